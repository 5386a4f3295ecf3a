"""The command line, the configuration file's diagnostics, and how the router starts, reloads and ends."""

import re
import signal
import socket

import httpx
import pytest

from fakes import scripts
from fakes.gate import Gate
from raw_http import events, text_of
from router import MASTER_KEY, PROMPT, PROVIDER_KEY, Router, chat_request, eventually, free_port, model, run, to_yaml

MOCK = {"model_list": [model("mock", mock_response="hello")], "general_settings": {"master_key": MASTER_KEY}}


def write(folder, text: str, name="config.yml"):
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)
    return folder / name


# -- the words of the command line


def test_version_says_which_version_it_is(tmp_path):
    ended = run("version", cwd=tmp_path)
    assert ended.returncode == 0
    assert re.search(r"\b\d+\.\d+\.\d+", ended.stdout)


@pytest.mark.parametrize("command", [[], ["serve"], ["check"], ["version"]], ids=lambda c: " ".join(c) or "none")
def test_help_explains_each_command(tmp_path, command):
    ended = run(*command, "--help", cwd=tmp_path)
    assert ended.returncode == 0
    assert f"open-llm-router {' '.join(command)}".strip() in ended.stdout


def test_help_of_serve_names_every_flag(tmp_path):
    shown = run("serve", "--help", cwd=tmp_path).stdout
    for flag in ("--config", "--host", "--port", "--threads", "--log-level", "--no-auth"):
        assert flag in shown


@pytest.mark.parametrize("arguments", [["--prot", "1"], ["serve", "--frobnicate"], ["chek", "x.yml"], ["version", "--loud"]],
                         ids=" ".join)
def test_an_unknown_word_is_refused_by_name(tmp_path, arguments):
    ended = run(*arguments, cwd=tmp_path)
    assert ended.returncode in (1, 2)
    wrong = next(word for word in arguments if word in ("--prot", "--frobnicate", "chek", "--loud"))
    assert wrong in ended.stderr


@pytest.mark.parametrize("arguments", [["--port", "99999"], ["--port", "http"], ["--threads", "-1"], ["--threads", "many"],
                                       ["--log-level", "chatty"], ["--port"]], ids=" ".join)
def test_a_flag_with_a_senseless_value_is_refused_by_name(tmp_path, arguments):
    write(tmp_path, to_yaml(MOCK))
    ended = run("serve", "--config", "config.yml", *arguments, cwd=tmp_path)
    assert ended.returncode in (1, 2)
    assert arguments[0] in ended.stderr


# -- check


def test_check_passes_a_good_file(tmp_path):
    file = write(tmp_path, to_yaml(MOCK))
    ended = run("check", file, cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert "error" not in ended.stdout + ended.stderr


def test_check_without_a_file_to_read_fails_and_names_it(tmp_path):
    ended = run("check", "absent.yml", cwd=tmp_path)
    assert ended.returncode == 1
    assert "absent.yml" in ended.stdout + ended.stderr


BAD = """\
model_list:
  - model_name: one
    litellm_params:
      model: opnai/gpt-4
      api_key: sk-never-shown-7788
  - model_name: two
    litellm_params:
      api_key: sk-never-shown-7788
general_settings:
  master_key: sk-never-shown-7788
  port: none
  ssl_certfile: cert.pem
"""


def test_check_reports_every_problem_of_a_file_with_its_place(tmp_path):
    file = write(tmp_path, BAD, "conf/bad.yml")
    ended = run("check", "conf/bad.yml", cwd=tmp_path)
    assert ended.returncode == 1
    said = ended.stdout + ended.stderr
    places = {int(line): text for line, text in re.findall(r"bad\.yml:(\d+):\d+: error: (.*)", said)}
    assert 4 in places and "opnai" in places[4] and "openai" in places[4], said  # the unknown provider
    assert {6, 7, 8} & places.keys(), said  # the entry without a model
    assert 11 in places and "port" in places[11], said
    assert "sk-never-shown-7788" not in said
    assert file.exists()


@pytest.mark.parametrize("text, line, column", [
    ("model_list: [\n", 2, None),
    ("model_list:\n\t- model_name: x\n", 2, None),
    ("- just\n- a list\n", 1, 1),
    ("model_list: a word\n", 1, None),
    ("model_list:\n  - model_name: [1]\n    litellm_params: {model: openai/x}\n", 2, None),
], ids=["unclosed", "tab", "no mapping", "wrong type", "wrong type inside"])
def test_check_gives_the_place_of_what_is_no_configuration(tmp_path, text, line, column):
    write(tmp_path, text)
    ended = run("check", "config.yml", cwd=tmp_path)
    assert ended.returncode == 1
    said = ended.stdout + ended.stderr
    places = [(int(a), int(b)) for a, b in re.findall(r"config\.yml:(\d+):(\d+): error:", said)]
    assert places, said
    assert abs(places[0][0] - line) <= 1, said  # parsers differ on where an unclosed bracket is noticed
    assert column is None or places[0][1] == column, said


def test_check_warns_of_an_unknown_key_with_the_nearest_known_one(tmp_path):
    config = {**MOCK, "general_settings": {"master_key": MASTER_KEY, "drain_timeuot": 3}}
    write(tmp_path, to_yaml(config))
    ended = run("check", "config.yml", cwd=tmp_path)
    said = ended.stdout + ended.stderr
    assert ended.returncode == 0
    assert re.search(r"config\.yml:\d+:\d+: warning: .*drain_timeuot.*drain_timeout", said), said
    assert MASTER_KEY not in said


def test_check_warns_of_a_key_that_is_known_but_not_supported_yet(tmp_path):
    config = {**MOCK, "router_settings": {"routing_strategy": "usage-based-routing"}}
    write(tmp_path, to_yaml(config))
    ended = run("check", "config.yml", cwd=tmp_path)
    assert ended.returncode == 0
    assert re.search(r"config\.yml:\d+:\d+: warning: .*routing_strategy", ended.stdout + ended.stderr)


def test_check_names_the_variable_that_is_not_set(tmp_path):
    config = {**MOCK, "model_list": [model("one", api_key="${ROUTER_TEST_ABSENT}")]}
    write(tmp_path, to_yaml(config))
    said = run("check", "config.yml", cwd=tmp_path)
    assert "ROUTER_TEST_ABSENT" in said.stdout + said.stderr


def test_check_reports_a_problem_in_an_included_file_under_that_files_name(tmp_path):
    write(tmp_path, to_yaml({**MOCK, "include": ["more.yml"]}))
    write(tmp_path, "model_list:\n  - model_name: two\n    litellm_params:\n      model: opnai/x\n", "more.yml")
    ended = run("check", "config.yml", cwd=tmp_path)
    assert ended.returncode == 1
    assert re.search(r"more\.yml:4:\d+: error:", ended.stdout + ended.stderr)


# -- starting


def test_without_a_command_it_serves(tmp_path):
    write(tmp_path, to_yaml(MOCK))
    port = free_port()
    with Router(tmp_path, None, port=port, command_line=["--config", "config.yml", "--port", str(port)]) as router:
        assert router.chat("mock").json()["choices"][0]["message"]["content"] == "hello"


@pytest.mark.parametrize("name", ["conf/config.yml", "conf/config.yaml"])
def test_without_a_flag_it_finds_the_configuration_in_conf(tmp_path, name):
    write(tmp_path, to_yaml({**MOCK, "model_list": [model("found-here", mock_response="hello")]}), name)
    port = free_port()
    with Router(tmp_path, None, port=port, command_line=["--port", str(port)]) as router:
        assert router.models() == ["found-here"]


def test_it_refuses_to_start_without_a_master_key(tmp_path):
    write(tmp_path, to_yaml({"model_list": MOCK["model_list"]}))
    ended = run("serve", "--config", "config.yml", "--port", free_port(), cwd=tmp_path)
    assert ended.returncode == 1
    assert "master_key" in ended.stderr and "--no-auth" in ended.stderr


def test_it_refuses_to_start_with_an_empty_master_key(tmp_path):
    write(tmp_path, to_yaml({"model_list": MOCK["model_list"], "general_settings": {"master_key": ""}}))
    ended = run("serve", "--config", "config.yml", "--port", free_port(), cwd=tmp_path)
    assert ended.returncode == 1
    assert "master_key" in ended.stderr


def test_with_no_auth_it_answers_without_a_key(start_router):
    router = start_router({"model_list": MOCK["model_list"]}, master_key=None, arguments=["--no-auth"])
    assert router.chat("mock").status_code == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_with_no_auth_it_refuses_to_listen_beyond_loopback(tmp_path, host):
    write(tmp_path, to_yaml({"model_list": MOCK["model_list"]}))
    ended = run("serve", "--config", "config.yml", "--no-auth", "--host", host, "--port", free_port(), cwd=tmp_path)
    assert ended.returncode == 1
    assert "--no-auth" in ended.stderr


def test_a_configuration_with_errors_keeps_it_from_starting(tmp_path):
    write(tmp_path, BAD)
    ended = run("serve", "--config", "config.yml", "--port", free_port(), cwd=tmp_path)
    assert ended.returncode == 1
    assert re.search(r"config\.yml:4:\d+: error:", ended.stderr)
    assert "sk-never-shown-7788" not in ended.stderr


def test_an_absent_configuration_is_named(tmp_path):
    ended = run("serve", "--config", "nowhere.yml", cwd=tmp_path)
    assert ended.returncode == 1
    assert "nowhere.yml" in ended.stderr


def test_a_port_in_use_is_named_and_ends_it(tmp_path):
    write(tmp_path, to_yaml(MOCK))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = run("serve", "--config", "config.yml", "--port", port, cwd=tmp_path)
    assert ended.returncode == 1
    assert str(port) in ended.stderr


def test_the_dot_env_file_of_the_working_directory_is_read(tmp_path, upstream):
    (tmp_path / ".env").write_text(f"# keys\nexport ROUTER_TEST_MASTER='{MASTER_KEY}'\nROUTER_TEST_PROVIDER={PROVIDER_KEY}\n")
    entry = model("chat", upstream, api_key="os.environ/ROUTER_TEST_PROVIDER")
    config = {"model_list": [entry], "general_settings": {"master_key": "os.environ/ROUTER_TEST_MASTER"}}
    with Router(tmp_path, config) as router:
        assert router.chat().status_code == 200
    assert upstream.only_call.header("authorization") == f"Bearer {PROVIDER_KEY}"


def test_the_environment_stands_above_the_dot_env_file(tmp_path, upstream):
    (tmp_path / ".env").write_text("ROUTER_TEST_PROVIDER=from-the-file\n")
    entry = model("chat", upstream, api_key="os.environ/ROUTER_TEST_PROVIDER")
    with Router(tmp_path, {"model_list": [entry]}, env={"ROUTER_TEST_PROVIDER": "from-the-environment"}) as router:
        router.chat()
    assert upstream.only_call.header("authorization") == "Bearer from-the-environment"


def test_the_environment_says_where_to_listen(tmp_path):
    write(tmp_path, to_yaml(MOCK), "conf/config.yml")
    port = free_port()
    env = {"LLM_ROUTER_PORT": str(port), "LLM_ROUTER_HOST": "127.0.0.1"}
    with Router(tmp_path, None, port=port, command_line=[], env=env) as router:
        assert router.models() == ["mock"]


def test_a_flag_stands_above_the_environment(start_router):
    router = start_router(MOCK, env={"LLM_ROUTER_PORT": "1", "LLM_ROUTER_HOST": "192.0.2.1"}, arguments=["--host", "127.0.0.1"])
    assert router.models() == ["mock"]


def test_the_human_log_says_where_it_listens(tmp_path):
    config = {**MOCK, "general_settings": {"log_format": "human", "log_file": ""}}
    with Router(tmp_path, config) as router:
        eventually(lambda: str(router.port) in router.stderr() + router.stdout_file.read_text(), what="the address in the log")


# -- ending


def test_on_sigterm_a_running_stream_finishes_and_no_new_call_is_taken(tmp_path, upstream):
    gate = Gate()
    upstream.next(scripts.gated_stream(gate))
    config = {"model_list": [model("chat", upstream)], "general_settings": {"drain_timeout": 20}}
    with Router(tmp_path, config) as router:
        running = router.start_chat(stream=True)
        head = running.read_head()
        upstream.wait_for_call()
        router.terminate()
        eventually(lambda: _refuses(router), what="a refusal of new connections")
        assert router.is_alive()
        gate.open()
        body = _rest_of_stream(running)
        assert head.status == 200
        assert "quokka-answer" in text_of(events(body))
        assert events(body)[-1] == "[DONE]"
        assert router.wait_until_gone() == 0


def _refuses(router) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", router.port), 5):
            return False
    except ConnectionError:
        return True


def _rest_of_stream(connection) -> bytes:
    body = b""
    while data := connection.read_chunk():
        body += data
    return body


def test_on_sigterm_an_idle_connection_does_not_hold_it(start_router):
    router = start_router({**MOCK, "general_settings": {"drain_timeout": 60}})
    with router.client() as client:
        assert client.get("/v1/models").status_code == 200  # and the connection stays open
        router.terminate()
        assert router.wait_until_gone(20) == 0


def test_a_stream_that_does_not_end_holds_it_no_longer_than_the_drain_timeout(tmp_path, upstream):
    upstream.next(scripts.stream_then("stall"))
    config = {"model_list": [model("chat", upstream)], "general_settings": {"drain_timeout": 0.3}}
    with Router(tmp_path, config) as router:
        running = router.start_chat(stream=True)
        running.read_head()
        running.read_chunk()
        router.terminate()
        assert router.wait_until_gone(20) == 0
        running.read_to_end()
    assert upstream.only_call.wait_until_left(5)


# -- reloading


def config_with(upstream, *names) -> dict:
    return {"model_list": [model(name, upstream) for name in names]}


def test_a_changed_file_is_read_by_itself(start_router, upstream):
    router = start_router(config_with(upstream, "before"))
    assert router.models() == ["before"]
    router.write_config(config_with(upstream, "after"))
    eventually(lambda: router.models() == ["after"], what="the new model")


def test_a_file_changed_in_place_is_read_by_itself(start_router, upstream):
    router = start_router(config_with(upstream, "before"))
    router.config_file.write_text(router.config_file.read_text().replace("before", "after-in-place"))
    eventually(lambda: router.models() == ["after-in-place"], what="the new model")


def test_sighup_reloads(start_router, upstream):
    router = start_router(config_with(upstream, "before"))
    router.write_config(config_with(upstream, "after"))
    router.process.send_signal(signal.SIGHUP)
    eventually(lambda: router.models() == ["after"], what="the new model")
    assert router.is_alive()


def test_the_admin_endpoint_reloads_at_once(start_router, upstream):
    router = start_router(config_with(upstream, "before"))
    router.write_config(config_with(upstream, "after"))
    with router.client() as client:
        answer = client.post("/admin/reload-backends")
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("application/json")
    assert router.models() == ["after"]


BROKEN = "model_list:\n  - model_name: broken\n    litellm_params:\n      model: opnai/x\ngeneral_settings:\n  master_key: %s\n"


def test_a_broken_file_is_refused_with_its_problems_and_the_old_configuration_stays(start_router, upstream):
    router = start_router(config_with(upstream, "chat"))
    router.write_config_text(BROKEN % MASTER_KEY)
    with router.client() as client:
        answer = client.post("/admin/reload-backends")
    assert answer.status_code in (400, 422)
    assert "opnai" in answer.json()["error"]["message"] or "opnai" in answer.text
    assert re.search(r"config\.yml:4:\d+", answer.text)
    assert MASTER_KEY not in answer.text
    assert router.models() == ["chat"]
    assert router.chat().status_code == 200


def test_sighup_with_a_broken_file_keeps_the_old_configuration_and_says_why(start_router, upstream):
    router = start_router(config_with(upstream, "chat"))
    router.write_config_text(BROKEN % MASTER_KEY)
    router.process.send_signal(signal.SIGHUP)
    eventually(lambda: "opnai" in router.log_text() + router.stderr(), what="the problem in the log")
    assert router.models() == ["chat"]


def test_a_file_that_vanishes_keeps_the_old_configuration(start_router, upstream):
    router = start_router(config_with(upstream, "chat"))
    router.config_file.unlink()
    with router.client() as client:
        assert client.post("/admin/reload-backends").status_code in (400, 422)
    assert router.chat().status_code == 200


def test_a_reload_can_change_the_master_key(start_router, upstream):
    router = start_router(config_with(upstream, "chat"))
    router.write_config({**config_with(upstream, "chat"), "general_settings": {"master_key": "sk-another-key-5521"}})
    with router.client() as client:
        assert client.post("/admin/reload-backends").status_code == 200
        assert client.get("/v1/models").status_code == 401
    router.secrets.append("sk-another-key-5521")
    new = httpx.get(f"{router.url}/v1/models", headers={"Authorization": "Bearer sk-another-key-5521"})
    assert new.status_code == 200


def test_a_call_under_way_ends_on_the_configuration_it_began_with(start_router, upstream):
    gate = Gate()
    upstream.next(scripts.gated_stream(gate))
    router = start_router(config_with(upstream, "leaving"))
    running = router.start_chat("leaving", stream=True)
    assert running.read_head().status == 200
    router.write_config(config_with(upstream, "coming"))
    with router.client() as client:
        assert client.post("/admin/reload-backends").status_code == 200
        assert client.post("/v1/chat/completions", json=chat_request("leaving")).status_code == 404
    gate.open()
    found = events(_rest_of_stream(running))
    assert "quokka-answer" in text_of(found) and found[-1] == "[DONE]"
    assert {chunk["model"] for chunk in found[:-1]} == {"leaving"}


def test_a_call_before_its_first_byte_survives_a_reload(start_router, upstream):
    gate = Gate()
    upstream.next(scripts.after(gate, scripts.well_behaved))
    router = start_router(config_with(upstream, "leaving"))
    with router.start_chat("leaving") as running:
        upstream.wait_for_call()
        router.write_config(config_with(upstream, "coming"))
        router.process.send_signal(signal.SIGHUP)
        eventually(lambda: router.models() == ["coming"], what="the new model")
        gate.open()
        answer = running.read_response()
    assert answer.status == 200 and answer.json()["model"] == "leaving"


def test_many_reloads_while_calls_run_disturb_none_of_them(start_router, upstream):
    router = start_router(config_with(upstream, "chat"))
    with router.client() as client:
        for round_number in range(20):
            router.write_config(config_with(upstream, "chat", f"extra-{round_number}"))
            running = [router.start_chat(stream=True) for _ in range(3)]
            assert client.post("/admin/reload-backends").status_code == 200
            for connection in running:
                assert "quokka-answer" in text_of(events(connection.read_response().body))
                connection.close()


def test_prompts_are_not_logged_at_the_most_talkative_level(start_router, upstream):
    router = start_router(config_with(upstream, "chat"), arguments=["--log-level", "debug"])
    assert router.chat(stream=False).status_code == 200
    assert router.chat(stream=True).status_code == 200
    upstream.next(scripts.whole(f"no json, but {PROMPT}".encode(), status=500))
    router.chat()
    with router.client() as client:
        client.post("/v1/chat/completions", content=b'{"model": "chat", "messages": [{"content": "' + PROMPT.encode())
    eventually(lambda: len(router.calls_logged()) >= 3, what="three lines in the log")

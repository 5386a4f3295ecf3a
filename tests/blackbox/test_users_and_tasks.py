"""Who sits behind a call, what it is for, and what becomes of both: Open WebUI's headers, its signed tokens, its small tasks."""

import base64
import hashlib
import hmac
import json
import time

import pytest

from router import MASTER_KEY, chat_request, model

SECRET = "a-secret-that-open-webui-signs-with"
PLAIN = {"X-OpenWebUI-User-Id": "u-17", "X-OpenWebUI-User-Email": "ada%40example.org", "X-OpenWebUI-User-Name": "Ada%20L%C3%B6we",
         "X-OpenWebUI-User-Role": "user", "X-OpenWebUI-Chat-Id": "c-4"}


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token(secret=SECRET, algorithm="HS256", **claims) -> str:
    """As Open WebUI makes it; a claim of None is left out."""
    now = int(time.time())
    claims = {"sub": "u-99", "email": "eve@example.org", "name": "Eve", "role": "user", "iss": "open-webui", "iat": now,
              "exp": now + 300, **claims}
    payload = {key: value for key, value in claims.items() if value is not None}
    parts = [encoded(json.dumps({"alg": algorithm, "typ": "JWT"}).encode()), encoded(json.dumps(payload).encode())]
    signature = hmac.new(secret.encode(), ".".join(parts).encode(), hashlib.sha256).digest()
    return ".".join([*parts, encoded(signature)])


def signed(**how) -> dict:
    return {"X-OpenWebUI-User-Jwt": token(**how)}


@pytest.fixture(scope="module")
def strict(tmp_path_factory, shared_upstream):
    """A router that believes signed tokens alone."""
    from router import Router

    router = Router(tmp_path_factory.mktemp("strict"),
                    {"model_list": [model("chat", shared_upstream)], "general_settings": {"openwebui_jwt_secret": SECRET}})
    router.secrets.append(SECRET)
    yield router
    router.stop()


def line_of(router, headers, **body):
    with router.client() as client:
        answer = client.post("/v1/chat/completions", json=chat_request(**body), headers=headers)
    assert answer.status_code == 200, answer.text
    return router.logged_call(answer)


# -- the user


def test_the_headers_of_open_webui_are_the_callers_user(router, upstream):
    line = line_of(router, PLAIN)
    assert (line["user"], line["user_email"], line["chat"]) == ("u-17", "ada@example.org", "c-4")


@pytest.mark.parametrize("name", ["Ada%20L%C3%B6we", "Ada Löwe".encode(), b"\xff\xfe", "%", "x" * 5000])
def test_a_name_in_any_form_does_no_harm(router, upstream, name):
    headers = PLAIN | {"X-OpenWebUI-User-Name": name, "X-OpenWebUI-User-Id": name}
    assert line_of(router, headers)["user"]


def test_nothing_of_the_user_reaches_a_provider(router, upstream):
    line_of(router, PLAIN | signed() | {"X-OpenWebUI-Task": "title_generation"})
    call = upstream.only_call
    assert not [name for name in call.header_names() if "openwebui" in name]
    assert b"u-17" not in call.raw_head and b"u-17" not in call.body


def test_a_call_without_headers_has_the_user_of_its_body(router, upstream):
    assert line_of(router, {}, user="u-body")["user"] == "u-body"
    assert line_of(router, {}, user={"id": "u-object", "email": "x"})["user"] == "u-object"
    assert "user" not in line_of(router, {})


def test_the_customers_header_of_litellm_stands_above_the_others(router, upstream):
    assert line_of(router, PLAIN | {"x-litellm-customer-id": "customer-1"}, user="u-body")["user"] == "customer-1"


def test_a_header_that_is_configured_names_the_user(start_router, upstream):
    settings = {"user_header_name": "X-Who", "user_header_mappings": [{"header_name": "X-Member", "litellm_user_role": "customer"}]}
    router = start_router({"model_list": [model("chat", upstream)], "general_settings": settings})
    assert line_of(router, {"x-who": "one"})["user"] == "one"
    assert line_of(router, {"x-who": "one", "X-MEMBER": "two"})["user"] == "two"


def test_plain_headers_can_be_left_unheard(start_router, upstream):
    router = start_router({"model_list": [model("chat", upstream)], "general_settings": {"openwebui_user_headers": False}})
    assert "user" not in line_of(router, PLAIN)


def test_a_signed_user_is_believed_and_plain_headers_beside_it_are_not(strict, upstream):
    line = line_of(strict, PLAIN | signed())
    assert (line["user"], line["user_email"]) == ("u-99", "eve@example.org")


FORGED = {
    "another secret": signed(secret="another"),
    "no algorithm": signed(algorithm="none"),
    "another algorithm": signed(algorithm="HS512"),
    "no signature": {"X-OpenWebUI-User-Jwt": token().rsplit(".", 1)[0] + "."},
    "another payload": {"X-OpenWebUI-User-Jwt": ".".join([*token().split(".")[:1], encoded(b'{"sub":"root"}'), token().split(".")[2]])},
    "another issuer": signed(iss="somebody"),
    "no user": signed(sub=None),
    "no end": signed(exp=None),
    "no token": {"X-OpenWebUI-User-Jwt": "x"},
    "no JSON": {"X-OpenWebUI-User-Jwt": "e30.e30"},
    "expired": signed(exp=int(time.time()) - 3600),
    "none at all": {},
    "plain headers": PLAIN,
}


@pytest.mark.parametrize("headers", FORGED.values(), ids=FORGED)
def test_a_user_that_is_not_signed_is_refused(strict, upstream, headers):
    with strict.client() as client:
        answer = client.post("/v1/chat/completions", json=chat_request(), headers=headers)
    assert answer.status_code == 401, answer.text
    error = answer.json()["error"]
    assert error["code"] in ("invalid_user_token", "expired_user_token", "missing_user_token")
    assert SECRET not in answer.text and "openwebui" in error["message"].lower()
    assert upstream.calls == []


def test_the_clocks_of_two_machines_may_differ_a_little(strict, upstream):
    assert line_of(strict, signed(exp=int(time.time()) - 20))["user"] == "u-99"


def test_a_signature_can_be_left_to_the_client(start_router, upstream):
    settings = {"openwebui_jwt_secret": SECRET, "openwebui_jwt_required": False}
    router = start_router({"model_list": [model("chat", upstream)], "general_settings": settings})
    assert "user" not in line_of(router, PLAIN)
    assert line_of(router, signed())["user"] == "u-99"
    with router.client() as client:
        assert client.post("/v1/chat/completions", json=chat_request(), headers=FORGED["another secret"]).status_code == 401


def test_the_secret_is_taken_from_the_environment_that_open_webui_shares(start_router, upstream):
    router = start_router({"model_list": [model("chat", upstream)]}, env={"FORWARD_USER_INFO_HEADER_JWT_SECRET": SECRET})
    assert line_of(router, signed())["user"] == "u-99"
    with router.client() as client:
        assert client.post("/v1/chat/completions", json=chat_request(), headers=PLAIN).status_code == 401
        assert client.get("/v1/models").status_code == 200  # a list is nobody's in particular


# -- tasks

PROMPTS = {
    "title_generation": "### Task:\nGenerate a concise, 3-5 word title.\n### Output:\nJSON format: { \"title\": \"your title here\" }\n<chat_history>\"tags\"",
    "tags_generation": "### Task:\nGenerate 1-3 broad tags.\n### Output:\nJSON format: { \"tags\": [\"tag1\"] }",
    "follow_up_generation": "### Task:\nSuggest 3-5 follow-up questions.\n### Output:\nJSON format: { \"follow_ups\": [\"Question 1?\"] }",
    "query_generation": "### Task:\nAnalyze the chat history.\n### Output:\n{ \"queries\": [\"query1\"] }",
    "task": "### Task:\nSay something.",
}


def asks(text, **more) -> dict:
    return {"messages": [{"role": "user", "content": text}], **more}


@pytest.mark.parametrize("task", PROMPTS)
def test_a_task_is_known_by_its_prompt(router, upstream, task):
    assert line_of(router, {}, **asks(PROMPTS[task]))["task"] == task


def test_a_task_in_parts_is_known_as_well(router, upstream):
    assert line_of(router, {}, **asks([{"type": "text", "text": PROMPTS["tags_generation"]}]))["task"] == "tags_generation"


@pytest.mark.parametrize("body", [
    asks(PROMPTS["title_generation"], stream=True),
    asks(PROMPTS["title_generation"], tools=[{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}]),
    asks("What is a ### Task: in a prompt?"),
], ids=["streams", "has tools", "speaks of tasks"])
def test_a_persons_question_is_no_task(router, upstream, body):
    assert "task" not in line_of(router, {}, **body)


def test_the_header_says_it_where_it_is_sent(router, upstream):
    assert line_of(router, {"X-OpenWebUI-Task": "emoji_generation"})["task"] == "emoji_generation"
    assert "task" not in line_of(router, {"X-OpenWebUI-Task": ""})
    assert line_of(router, {"X-OpenWebUI-Task": "no word;at all"})["task"] == "task"


@pytest.fixture(scope="module")
def with_task_model(tmp_path_factory, shared_upstream):
    from router import Router

    models = [model("chat", shared_upstream, "big"), model("cheap", shared_upstream, "gpt-5-nano"),
              model("plain", shared_upstream, "gpt-4.1")]
    router = Router(tmp_path_factory.mktemp("tasks"), {"model_list": models, "general_settings": {"task_model": "cheap"}})
    yield router
    router.stop()


def test_a_task_goes_to_the_cheap_model_with_little_thought(with_task_model, upstream):
    line = line_of(with_task_model, {}, **asks(PROMPTS["title_generation"], reasoning_effort="high", max_tokens=1000))
    assert (line["model"], line["target"], line["task"]) == ("chat", "openai/gpt-5-nano", "title_generation")
    sent = json.loads(upstream.only_call.body)
    assert (sent["model"], sent["reasoning_effort"], sent["max_completion_tokens"]) == ("gpt-5-nano", "low", 1000)
    assert sent["messages"][0]["content"] == PROMPTS["title_generation"]


def test_its_answer_has_the_name_that_was_asked_for(with_task_model, upstream):
    with with_task_model.client() as client:
        answer = client.post("/v1/chat/completions", json=chat_request(**asks(PROMPTS["tags_generation"])))
    assert answer.json()["model"] == "chat"


def test_a_person_still_gets_the_model_that_was_asked_for(with_task_model, upstream):
    assert line_of(with_task_model, {}, reasoning_effort="high")["target"] == "openai/big"


def test_a_task_model_that_is_not_served_is_an_error_in_the_file(tmp_path, upstream):
    from router import run, to_yaml

    config = {"model_list": [model("chat", upstream)], "general_settings": {"master_key": MASTER_KEY, "task_model": "chap"}}
    file = tmp_path / "config.yml"
    file.write_text(to_yaml(config))
    checked = run("check", file, cwd=tmp_path)
    assert checked.returncode == 1
    wrong = next(line for line in (checked.stdout + checked.stderr).splitlines() if "task_model" in line)
    number = 1 + [n for n, line in enumerate(file.read_text().splitlines()) if "task_model" in line][0]
    assert f"config.yml:{number}:" in wrong and 'did you mean "chat"' in wrong

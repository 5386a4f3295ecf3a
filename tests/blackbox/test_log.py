"""One line for each call, with all that is to be known of it and nothing that is not."""

import json
import re
import signal

import pytest

from fakes import bodies, scripts
from fakes.bodies import USAGE
from fakes.gate import Gate
from router import MASTER_KEY, chat_request, eventually, model

FIELDS = {"time", "level", "msg", "id", "caller", "method", "path", "model", "target", "provider", "status", "stream",
          "prompt_tokens", "completion_tokens", "total_tokens", "ttfb_ms", "upstream_ms", "total_ms", "overhead_ms",
          "bytes_in", "bytes_out", "finish", "attempts", "error"}


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_a_call_is_one_line_with_everything_about_it(router, stream):
    answer = router.chat("alias", stream=stream)
    line = router.logged_call(answer)
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", line["time"])
    assert line["level"] == "info"
    assert line["caller"]
    assert line["method"] == "POST" and line["path"].endswith("/chat/completions")
    assert line["model"] == "alias" and line["provider"] == "openai"
    assert line["target"] == "openai/gpt-upstream"
    assert (line["status"], line["stream"], line["attempts"], line["finish"]) == (200, stream, 1, "stop")
    assert (line["prompt_tokens"], line["completion_tokens"], line["total_tokens"]) == tuple(USAGE.values())
    assert 0 <= line["ttfb_ms"] <= line["total_ms"]
    assert 0 <= line["upstream_ms"] <= line["total_ms"]
    assert 0 <= line["overhead_ms"] <= line["total_ms"]
    assert line["bytes_in"] == int(answer.request.headers["content-length"])
    assert line["bytes_out"] >= len(answer.content)
    assert not line.get("error")


def test_the_fields_are_the_ones_that_were_promised(router, upstream):
    upstream.next(scripts.whole(bodies.error("no"), status=500))
    failed, good = router.logged_call(router.chat()), router.logged_call(router.chat())
    assert FIELDS <= failed.keys() | good.keys()


def test_the_overhead_is_what_the_upstream_did_not_take(router, upstream):
    gate = Gate()
    upstream.next(scripts.after(gate, scripts.well_behaved))
    with router.start_chat() as connection:
        upstream.wait_for_call()
        assert not connection.has_something(within=0.3)
        gate.open()
        answer = connection.read_response()
    (line,) = eventually(lambda: [c for c in router.calls_logged() if c["id"] in (answer.header("x-request-id"),
                                                                                  answer.header("x-litellm-call-id"))])
    assert line["upstream_ms"] >= 290 and line["total_ms"] >= line["upstream_ms"]
    assert line["overhead_ms"] <= line["total_ms"] - 290


@pytest.mark.parametrize("status", [400, 429, 500])
def test_a_refusal_of_the_upstream_is_logged_with_its_status(router, upstream, status):
    upstream.next(scripts.whole(bodies.error("they said no"), status=status))
    line = router.logged_call(router.chat())
    assert line["status"] == status and line["error"]


def test_an_upstream_that_breaks_is_logged_with_the_reason(router, upstream):
    upstream.always(scripts.drop)
    line = router.logged_call(router.chat())
    assert line["status"] == 502 and line["error"]


def test_calls_that_reach_no_upstream_are_logged_too(router, client):
    unknown = router.logged_call(router.chat("no-such-model"))
    assert (unknown["status"], unknown["model"]) == (404, "no-such-model")
    assert router.logged_call(client.post("/v1/chat/completions", content=b"{"))["status"] == 400
    stranger = router.client(headers={"Authorization": "Bearer sk-wrong-and-not-to-be-logged"})
    refused = router.logged_call(stranger.post("/v1/chat/completions", json=chat_request()))
    assert refused["status"] == 401
    assert "sk-wrong-and-not-to-be-logged" not in router.log_text()


@pytest.mark.parametrize("path, body", [
    ("/v1/embeddings", {"model": "chat", "input": "x"}), ("/v1/completions", {"model": "chat", "prompt": "x"}),
    ("/v1/audio/speech", {"model": "chat", "input": "x", "voice": "v"}), ("/v1/moderations", {"model": "chat", "input": "x"}),
])
def test_every_kind_of_call_is_logged(router, client, path, body):
    line = router.logged_call(client.post(path, json=body))
    assert line["path"] in (path, path.removeprefix("/v1"))
    assert (line["status"], line["model"]) == (200, "chat")


def test_tokens_of_embeddings_are_counted(router, client):
    line = router.logged_call(client.post("/v1/embeddings", json={"model": "chat", "input": ["x", "y"]}))
    assert line["prompt_tokens"] == 2


def test_the_finish_of_tool_calls_is_logged(router):
    assert router.logged_call(router.chat(stream=True, tools=[{"type": "function", "function": {"name": "f"}}]))["finish"] == "tool_calls"


def test_names_from_outside_cannot_forge_lines(router):
    forged = 'x"\n{"msg":"call","id":"forged"}\n\u2028\x1b[31m'
    line = router.logged_call(router.chat(forged))
    assert line["model"] == forged
    assert not [c for c in router.calls_logged() if c["id"] == "forged"]


def test_every_line_of_the_json_log_is_json(router):
    router.chat()
    for line in filter(None, router.log_text().split("\n")):
        assert isinstance(json.loads(line), dict)


def test_the_human_log_has_a_line_a_call_too(start_router, upstream):
    router = start_router({"model_list": [model("chat", upstream)], "general_settings": {"log_format": "human"}})
    identity = router.chat().headers["x-request-id"]

    def lines():
        return [line for line in router.log_text().splitlines() if identity in line]

    (line,) = eventually(lines, what="a line in the log")
    assert "chat" in line and "200" in line
    forged = 'x"\nERROR forged line\x1b[31m'
    router.chat(forged)
    eventually(lambda: "forged" in router.log_text(), what="the second line")
    assert not [line for line in router.log_text().splitlines() if line.startswith("ERROR forged")]
    assert "\x1b" not in router.log_text()


def test_an_upstreams_words_cannot_forge_lines_for_people(start_router, upstream):
    router = start_router({"model_list": [model("chat", upstream)], "general_settings": {"log_format": "human"}})
    forged = "x\r\n2026-01-01T00:00:00.000Z info call id=forged status=200\x1b[2J"
    finished = bodies.completion()
    finished["choices"][0]["finish_reason"] = forged  # no word of OpenAI's: it becomes one
    upstream.next(scripts.whole(finished), scripts.whole({"error": {"message": "no", "code": forged}}, status=400))
    router.chat()
    router.chat()
    eventually(lambda: router.log_text().count("id=forged") == 1, what="the second line")
    assert not [line for line in router.log_text().splitlines() if line.startswith("2026-01-01")]
    assert "\x1b" not in router.log_text()


def test_a_log_that_was_moved_away_is_opened_anew_on_reload(start_router, upstream):
    router = start_router({"model_list": [model("chat", upstream)]})
    router.chat()
    eventually(lambda: router.calls_logged(), what="a line")
    router.log_file.rename(router.log_file.with_suffix(".1"))
    router.process.send_signal(signal.SIGHUP)
    eventually(router.log_file.exists, what="a new log")
    answer = router.chat()
    assert router.logged_call(answer)["status"] == 200


def test_without_a_file_the_log_goes_to_standard_error(start_router, upstream):
    router = start_router({"model_list": [model("chat", upstream)], "general_settings": {"log_file": ""}})
    identity = router.chat().headers["x-request-id"]
    eventually(lambda: identity in router.stderr(), what="the line on standard error")


def test_a_quiet_log_has_no_lines_for_calls_that_went_well(start_router, upstream):
    router = start_router({"model_list": [model("chat", upstream)]}, arguments=["--log-level", "error"])
    router.chat()
    router.stop()
    assert router.calls_logged() == []
    assert MASTER_KEY not in router.log_text()

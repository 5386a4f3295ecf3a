"""Works with Open WebUI, by plain HTTP: cases 20 to 25 of its acceptance list; 26 comes with accounts."""

import json

import pytest

from fakes import bodies, scripts
from fakes.gate import Gate
from fakes.provider import says
from fakes.truth import Breaks, Refused, Said
from open_webui.providers import Pausing
from open_webui_reader import error_shown, read_answer, read_stream
from open_webui_site import MODELS, USER_HEADERS, Site, as_sent, user
from raw_http import comments, request
from router import MASTER_KEY, free_port, model
from sdk.world import entry

LONG = Said(text=("quokka-One, ", "two, ", "three, ", "four, ", "five."))


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    dead = entry("dead", "openai_chat", _Nobody(), "openai/gpt-4.1")
    slow = {"first_byte_timeout": 1, "heartbeat_interval": 0.4}
    made = Site(tmp_path_factory.mktemp("site"), [dead], general_settings=slow)
    yield made
    made.stop()


class _Nobody:
    base_url = f"http://127.0.0.1:{free_port()}/v1"


def whole_and_streaming(test):
    return pytest.mark.parametrize("stream", [True, False], ids=["stream", "whole"])(test)


# -- 20

TOLD = {529: 503}  # what clients of Chat know


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500, 529])
@pytest.mark.parametrize("name", MODELS)
@whole_and_streaming
def test_20_an_error_names_the_model_and_the_providers_reason(site, name, status, stream):
    site.provide(name, lambda seen: Refused(status, "The quokka is asleep."))
    answer = site.chat_response(name, stream=stream)
    assert answer.status_code == TOLD.get(status, status)
    assert answer.headers["content-type"].startswith("application/json")
    assert error_shown(answer.content) == f"{MODELS[name][1]}: The quokka is asleep."
    assert {"message", "type", "param", "code"} <= answer.json()["error"].keys()


@pytest.mark.parametrize("where", ["header", "body"])
@pytest.mark.parametrize("name", MODELS)
def test_20_a_limit_says_how_long_to_wait(site, name, where):
    """Open WebUI does not ask again, and shows no header."""
    site.provide(name, lambda seen: Refused(429, "Too many quokkas.", retry_after=7, retry_in=where))
    answer = site.chat_response(name)
    assert answer.status_code == 429
    wait = int(answer.headers["retry-after"])
    assert wait in (5, 6, 7)  # a moment may have passed
    assert error_shown(answer.content).endswith(f"Too many quokkas. Please try again in {wait}s.")


SHAPES = {
    "a page": (scripts.whole(scripts.HTML_502, status=502, content_type="text/html"), 502, "Bad Gateway"),
    "a list": (scripts.whole(scripts.GEMINI_ERROR, status=400), 401, "API key not valid."),
    "plain text": (scripts.whole(b"upstream connect error", status=503, content_type="text/plain"), 503, "upstream connect error"),
    "nothing": (scripts.whole(b"", status=500), 500, "500"),
    "events": (scripts.whole(b'data: {"error":{"message":"No stream today."}}\n\n', 500, content_type="text/event-stream"), 500, "No stream today."),
    "a page with status 200": (scripts.whole(scripts.HTML_502, content_type="text/html"), 502, ""),
    "it closes the connection": (scripts.drop, 502, ""),
}


@pytest.mark.parametrize("script, status, words", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("name", MODELS)
def test_20_an_error_of_any_shape_is_one_readable_object(site, name, script, status, words):
    site.answer_with(name, script)
    answer = site.chat_response(name)
    assert answer.status_code == status and answer.headers["content-type"].startswith("application/json")
    shown = error_shown(answer.content)
    assert words in shown and "<" not in shown and "{" not in shown
    assert MODELS[name][1].split("/")[-1] in shown or status == 502


def test_20_a_provider_that_is_not_there_is_named(site):
    answer = site.chat_response("dead", stream=False)
    assert answer.status_code == 502 and error_shown(answer.content).startswith("openai/gpt-4.1: ")


@pytest.mark.parametrize("name", MODELS)
def test_20_a_provider_that_never_answers_is_named(site, name):
    site.answer_with(name, scripts.silent)
    whole = site.chat_response(name, stream=False)
    assert whole.status_code == 504 and MODELS[name][1].split("/")[-1] in error_shown(whole.content)
    streamed = site.chat_response(name)  # heartbeats have begun it
    assert streamed.status_code == 200
    assert MODELS[name][1].split("/")[-1] in read_stream(streamed.content).error["message"]


# -- 21


@pytest.mark.parametrize("how", ["error", "fin", "rst"])
@pytest.mark.parametrize("name", MODELS)
def test_21_a_stream_that_breaks_ends_cleanly_with_an_error_object(site, name, how):
    after = {"openai_chat": 3, "anthropic_messages": 5, "gemini": 2, "openai_responses": 7}[MODELS[name][0]]
    site.provide(name, lambda seen: Breaks(LONG, after=after, how=how, message="The engine caught fire."))
    found = site.chat(name)
    assert found.text.startswith("quokka-One, ") and isinstance(found.error, dict) and found.finish is None
    assert ("The engine caught fire." if how == "error" else "broke off") in found.error["message"]


# -- 22

WRONG = {
    "an unknown model": ("POST", "/v1/chat/completions", {"model": "gptt", "messages": [user()]}, 404, 'gptt'),
    "no messages": ("POST", "/v1/chat/completions", {"model": "gpt"}, 400, "messages"),
    "no JSON": ("POST", "/v1/chat/completions", b'{"model": "gpt", ', 400, "JSON"),
    "a wrong method": ("DELETE", "/v1/chat/completions", b"", 405, "POST"),
    "an unknown path": ("GET", "/v1/quokkas", b"", 404, "/v1/quokkas"),
    "an unknown path to post to": ("POST", "/v1/quokkas", {}, 404, "/v1/quokkas"),
    "a filter of a pipeline": ("POST", "/v1/gpt/filter/inlet", {}, 404, "inlet"),
}


@pytest.mark.parametrize("method, path, body, status, words", WRONG.values(), ids=WRONG)
def test_22_a_wrong_request_gets_json(site, method, path, body, status, words):
    with site.router.raw() as connection:
        connection.send(request(method, path, body if isinstance(body, bytes) else as_sent(body), MASTER_KEY))
        answer = connection.read_response()
    assert answer.status == status and answer.header("content-type").startswith("application/json")
    assert words in error_shown(answer.body) and answer.json()["error"]["type"]


# -- 23


def test_23_what_an_upstream_puts_into_its_stream_does_not_work_on_the_page(site):
    chunks = bodies.text_chunks()
    chunks[1] |= {"event": {"type": "notification", "data": {"type": "error", "content": "Buy this!"}}, "type": None, "timings": None}
    chunks[2] |= {"selected_model_id": "another"}
    chunks.insert(3, bodies.chunk() | {"choices": [{"index": 0, "delta": None, "finish_reason": None}]})
    chunks += [chunks[-1], bodies.usage_chunk(), chunks[-1], bodies.usage_chunk()]  # told again, with its usage again
    events = [b": PROCESSING\n\n", *bodies.sse_stream(chunks, done=False), b": bye\n\n"]
    for name in ("gpt", "grok"):
        site.answer_with(name, scripts.stream(events))
        found = site.chat(name, stream_options={"include_usage": True})
        assert (found.text, found.finish, found.error) == (bodies.ANSWER, "stop", None)
        assert found.emitted == [] and found.answered_by is None
        assert found.usages == [bodies.USAGE]


# -- 24


@pytest.mark.parametrize("before", [None, 3], ids=["before the first byte", "in mid-stream"])
@pytest.mark.parametrize("name", MODELS)
def test_24_comments_keep_a_silent_stream_alive(start_router, site, name, before):
    gate = Gate()
    provider = site.provide(name, lambda seen: LONG, Pausing, gate=gate, before=before)
    dialect, upstream_model = MODELS[name]
    beating = start_router({"model_list": [entry(name, dialect, site.upstreams[name], upstream_model)], "general_settings": {"heartbeat_interval": 0.1}})
    with beating.raw() as connection:
        connection.send(request("POST", "/v1/chat/completions", as_sent({"model": name, "messages": [user()], "stream": True}), MASTER_KEY))
        head = connection.read_head()  # at once, whatever the provider does
        assert head.status == 200 and "text/event-stream" in head.header("content-type")
        body = b""
        while len(comments(body)) < 3:
            body += connection.read_chunk()
        gate.open()
        while piece := connection.read_chunk():
            body += piece
    found = read_answer(head.header("content-type"), body)
    assert found.text == LONG.whole_text and found.unread == [] and provider.refusals == []


# -- 25; signed users are in test_users_and_tasks.py


@pytest.mark.parametrize("who", ["Ada L%C3%B6we", "Ada Löwe".encode(), b"\xff", ""], ids=["encoded", "UTF-8", "no UTF-8", "empty"])
@pytest.mark.parametrize("name", MODELS)
def test_25_users_are_in_the_log_and_not_at_the_provider(site, name, who):
    provider = site.provide(name, lambda seen: says())
    sent = USER_HEADERS | {"X-OpenWebUI-User-Name": who, "X-Task": "", "X-OpenWebUI-User-Jwt": "a.b.c"}
    answer = site.chat_response(name, headers=sent)
    line = site.router.logged_call(answer)
    assert (line["user"], line["user_email"], line["chat"]) == ("u-17", "ada@example.org", "c-4")
    names = [key.lower() for key, _ in provider.seen[0].headers]
    assert not [key for key in names if "openwebui" in key or key == "x-task"]
    assert "u-17" not in json.dumps(provider.seen[0].body) and "ada" not in str(provider.seen[0].headers).lower()


def test_25_another_program_may_not_say_who_it_is_where_plain_headers_count_for_nothing(start_router, upstream):
    router = start_router({"model_list": [model("gpt", upstream)], "general_settings": {"openwebui_user_headers": False}})
    with router.client(headers=USER_HEADERS | {"Authorization": f"Bearer {MASTER_KEY}"}) as client:
        assert "user" not in router.logged_call(client.post("/v1/chat/completions", json={"model": "gpt", "messages": [user()]}))

"""An upstream's errors on their way back: the status, the words, the time to wait, whatever their shape."""

import gzip

import pytest

from fakes import bodies, scripts
from raw_http import errors_of, events
from router import PROVIDER_KEY


STATUSES = [400, 401, 402, 403, 404, 408, 409, 413, 422, 429, 500, 501, 503, 504, 529]
TOLD = {402: 429, 408: 504, 529: 503}  # what OpenAI's SDKs do not know, or take for something else


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("status", STATUSES)
def test_an_error_keeps_its_status_and_its_text(router, upstream, status, stream):
    upstream.always(scripts.whole(bodies.error("the model is not well today", "their_type", "their_code", "their_param"), status=status))
    answer = router.chat(stream=stream)
    assert answer.status_code == TOLD.get(status, status)
    assert answer.headers["content-type"].startswith("application/json")
    error = answer.json()["error"]
    assert "the model is not well today" in error["message"]
    code = "insufficient_quota" if status == 402 else "their_code"
    assert (error["type"], error["code"], error["param"]) == ("their_type", code, "their_param")


@pytest.mark.parametrize("value, at_least, is_worth_it", [("7", 7, "true"), ("Wed, 21 Oct 2099 07:28:00 GMT", 10**9, "false")])
def test_the_time_to_wait_is_told_in_seconds(router, upstream, value, at_least, is_worth_it):
    upstream.always(scripts.whole(bodies.error("slow down"), status=429, headers=[("Retry-After", value)]))
    answer = router.chat()
    assert answer.status_code == 429 and int(answer.headers["retry-after"]) >= at_least
    assert answer.headers["x-should-retry"] == is_worth_it


def test_amazon_names_an_error_in_the_answers_head(router, upstream):
    name = ("x-amzn-ErrorType", "ServiceUnavailableException:http://internal.example/coral/")
    upstream.next(scripts.whole({"message": "busy"}, status=503, headers=[name]))
    assert router.chat().json()["error"]["code"] == "overloaded"


def test_an_error_loses_the_upstreams_host_and_our_key(router, upstream):
    told = f"Incorrect API key provided: {PROVIDER_KEY}. See {upstream.origin}/account or 127.0.0.1:{upstream.port}; ask support."
    upstream.always(scripts.whole(bodies.error(told), status=401))
    message = router.chat().json()["error"]["message"]
    assert "Incorrect API key provided" in message and "ask support" in message
    assert PROVIDER_KEY not in message and f":{upstream.port}" not in message


UNUSUAL = {
    "a list": (scripts.GEMINI_ERROR, "API key not valid."),
    "a word": ({"error": "just a word"}, "just a word"),
    "message": ({"message": "at the top level"}, "at the top level"),
    "detail": ({"detail": "in the manner of FastAPI"}, "in the manner of FastAPI"),
    "details": ({"detail": [{"loc": ["body", "x"], "msg": "field required", "type": "missing"}]}, "field required"),
    "nested": ({"error": {"error": {"message": "deep down"}}}, "deep down"),
    "plain text": (b"upstream connect error", "upstream connect error"),
}


@pytest.mark.parametrize("body, text", UNUSUAL.values(), ids=UNUSUAL)
def test_an_error_of_any_shape_becomes_an_object_with_its_text(router, upstream, body, text):
    upstream.always(scripts.whole(body, status=400))
    answer = router.chat()
    assert answer.status_code == (401 if "API key" in text else 400)  # Google's status for a key that is none
    assert text in answer.json()["error"]["message"]


@pytest.mark.parametrize("body, content_type", [(scripts.HTML_502, "text/html"), (b"", None), (b"", "application/json"), (b"{", "application/json")],
                         ids=["HTML", "empty", "empty JSON", "half JSON"])
@pytest.mark.parametrize("status", [500, 502])
def test_an_error_without_a_readable_body_gets_a_readable_message(router, upstream, status, body, content_type):
    upstream.always(scripts.whole(body, status=status, content_type=content_type))
    answer = router.chat()
    assert answer.status_code == status
    message = answer.json()["error"]["message"]
    assert str(status) in message or "Bad Gateway" in message
    assert "<" not in message


def test_an_error_that_is_compressed_is_not_shown_as_it_is(router, upstream):
    upstream.next(scripts.whole(gzip.compress(b'{"error":{"message":"zipped"}}'), status=400, headers=[("Content-Encoding", "gzip")]))
    answer = router.chat()
    assert answer.status_code == 400 and answer.json()["error"]["message"].isprintable()


def test_an_error_with_the_type_of_a_stream_is_an_object_too(router, upstream):
    upstream.always(scripts.whole(b'data: {"error":{"message":"no stream today"}}\n\n', status=503, content_type="text/event-stream"))
    answer = router.chat(stream=True)
    assert answer.status_code == 503 and "no stream today" in answer.json()["error"]["message"]


def test_an_error_of_megabytes_is_cut_short(router, upstream):
    upstream.always(scripts.whole(bodies.error("x" * (8 << 20)), status=500))
    answer = router.chat()
    assert answer.status_code == 500 and 0 < len(answer.content) < 1 << 20


def test_an_error_with_status_200_is_still_an_error_to_the_client(router, upstream):
    upstream.always(scripts.whole(bodies.error("quota exceeded")))
    for stream in (False, True):
        answer = router.chat(stream=stream)
        assert answer.headers["content-type"].startswith(("application/json", "text/event-stream"))
        error = answer.json()["error"] if "json" in answer.headers["content-type"] else errors_of(events(answer.content))[0]
        assert "quota exceeded" in error["message"]


@pytest.mark.parametrize("content_type", ["text/html", "text/plain", None])
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_a_page_with_status_200_is_an_error(router, upstream, content_type, stream):
    """A captive portal, a proxy's page: a client that got this as its answer would hang or crash."""
    upstream.always(scripts.whole(b"<html><title>Sign in to the network</title></html>", content_type=content_type))
    answer = router.chat(stream=stream)
    assert answer.status_code == 502
    assert answer.json()["error"]["message"]

"""Streams that break off, and clients that do not read: every one ends, and none holds up another."""

import queue

import pytest

from fakes import bodies, scripts
from fakes.bodies import DONE, PIECES, chunk, sse, sse_stream, text_chunks
from fakes.gate import Gate
from raw_http import errors_of, events, text_of


BREAKS = ["fin", "rst", "bad_chunk", "truncated_chunk"]


@pytest.mark.parametrize("part", [b"", b'data: {"id":"chatcmpl-1","choices":[{"ind'], ids=["after an event", "inside an event"])
@pytest.mark.parametrize("ending", BREAKS)
def test_a_stream_that_breaks_ends_with_an_error_event_and_cleanly(router, upstream, ending, part):
    upstream.next(scripts.stream_then(ending, events=3, part=part))
    with router.start_chat(stream=True) as connection:
        answer = connection.read_response()  # raises where the body is cut
        found = events(answer.body)
        (error,) = errors_of(found)
        assert isinstance(error["message"], str) and error["message"]
        assert f":{upstream.port}" not in error["message"]
        said = [c for c in found if isinstance(c, dict) and "error" in c]
        assert "choices" not in said[0]
        assert text_of([c for c in found if c not in said]) == "".join(PIECES[:2])  # what came before is kept
        connection.send(router.chat_bytes())
        assert connection.read_response().status == 200  # and the connection is fit for the next call
    logged = router.logged_call(_Headers(answer))
    assert logged["error"]


class _Headers:
    """A raw answer, its headers as the log's finder wants them."""

    def __init__(self, answer):
        self.headers = {name.lower(): value for name, value in answer.headers}


def test_a_stream_of_done_alone_is_no_answer(router, upstream):
    upstream.next(scripts.stream([DONE]))
    answer = router.chat(stream=True)
    assert answer.status_code == 502 and answer.json()["error"]["message"]


@pytest.mark.parametrize("ending", BREAKS)
def test_a_stream_that_breaks_behind_its_finish_is_whole(router, upstream, ending):
    upstream.next(scripts.stream_then(ending, events=len(PIECES) + 2))
    found = events(router.chat(stream=True).content)
    assert text_of(found) == "".join(PIECES) and errors_of(found) == [] and found[-1] == "[DONE]"


def test_a_choice_that_has_finished_does_not_speak_for_the_others(router, upstream):
    other = chunk({"content": "half of it"})
    other["choices"][0]["index"] = 1
    upstream.next(scripts.raw(scripts.framed([sse(other), sse(chunk({"content": "all"})), sse(chunk(finish="stop"))])[:-5], then="fin"))
    assert errors_of(events(router.chat(stream=True, n=2).content))


def test_an_error_inside_a_stream_reaches_the_client(router, upstream):
    upstream.next(scripts.stream([sse(chunk({"content": "some "})), sse(bodies.error("out of credit", code=402)), DONE]))
    found = events(router.chat(stream=True).content)
    assert "gpt-upstream: out of credit" in errors_of(found)[0]["message"]


def test_an_error_inside_a_stream_that_is_only_a_word_becomes_an_object(router, upstream):
    upstream.next(scripts.stream([sse(chunk({"content": "some "})), sse({"error": "out of credit"})]))
    found = events(router.chat(stream=True).content)
    assert "out of credit" in errors_of(found)[0]["message"]


def test_an_endless_line_is_ended_within_bounds(router, upstream):
    taken = []

    def endless(call):
        call.stream_head()
        call.chunk(b'data: {"choices":[{"delta":{"content":"')
        piece = b"10000\r\n" + b"a" * 65536 + b"\r\n"
        try:
            taken.append(call.write_until_blocked(piece, limit=512 << 20))
        finally:
            taken.append(call.bytes_sent)

    upstream.next(endless)
    answer = router.chat(stream=True)
    if answer.status_code == 200:
        assert errors_of(events(answer.content))
    else:
        assert answer.status_code == 502 and answer.json()["error"]["message"]
    assert upstream.only_call.wait_until_ended()
    assert taken[-1] < 256 << 20


def test_an_endless_head_is_ended_within_bounds(router, upstream):
    taken = []

    def endless(call):
        call.write(b"HTTP/1.1 200 OK\r\n")
        try:
            call.write_until_blocked(b"X-More: " + b"a" * 1000 + b"\r\n", limit=64 << 20)
        finally:
            taken.append(call.bytes_sent)

    upstream.always(endless)
    answer = router.chat()
    assert answer.status_code == 502 and answer.json()["error"]["message"]
    assert upstream.calls[0].wait_until_ended()
    assert taken[-1] < 32 << 20


# -- back-pressure


def test_a_client_that_does_not_read_makes_the_upstream_wait(router, upstream):
    """The router may not gather a stream in its memory; when the client reads again, everything comes."""
    gate, taken = Gate(), queue.Queue()
    filler = "f" * 16_000

    def flood(call):
        call.stream_head()
        event = sse(chunk({"content": filler}))
        taken.put(call.write_until_blocked(b"%x\r\n%s\r\n" % (len(event), event), limit=256 << 20))
        call.finish_blocked_write()
        call.wait(gate)
        call.chunk(sse(chunk({"content": "the end"})))
        call.chunk(DONE)
        call.last_chunk()

    upstream.next(flood)
    with router.start_chat(stream=True) as connection:
        accepted = taken.get(timeout=60)
        gate.open()
        answer = connection.read_response()
    assert accepted < 64 << 20
    text = text_of(events(answer.body))
    assert text.endswith("the end") and set(text[: -len("the end")]) == {"f"}
    assert (len(text) - len("the end")) % len(filler) == 0
    assert len(text) >= accepted * 0.9


def test_a_client_that_does_not_read_does_not_hold_up_the_others(router, upstream):
    def flood(call):
        call.stream_head()
        event = sse(chunk({"content": "f" * 16_000}))
        call.write_until_blocked(b"%x\r\n%s\r\n" % (len(event), event), limit=64 << 20, quiet=0.5)
        call.wait_for_peer_to_leave()

    upstream.next(flood)
    with router.start_chat(stream=True):
        call = upstream.wait_for_call()
        for _ in range(5):
            assert router.chat().status_code == 200
    assert call.wait_until_ended()

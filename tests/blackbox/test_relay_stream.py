"""Streams on their way back: event by event, however the upstream cuts them, and counted once."""

import json

import pytest

from fakes import scripts
from fakes.bodies import ANSWER, DONE, PIECES, USAGE, chunk, sse, sse_stream, text_chunks, usage_chunk
from fakes.gate import Gate
from raw_http import chunks_of, comments, errors_of, events, text_of
from router import chat_request, model

ASKED = {"stream": True, "stream_options": {"include_usage": True}}


def test_a_stream_comes_back_event_by_event_with_the_clients_model(router, upstream):
    answer = router.chat(**ASKED)
    assert answer.headers["content-type"].startswith("text/event-stream")
    sent = text_chunks(usage=USAGE)
    assert events(answer.content) == [{**c, "model": "chat"} for c in sent] + ["[DONE]"]


def test_the_first_event_is_there_before_the_upstream_has_finished(router, upstream):
    gate = Gate()
    upstream.next(scripts.gated_stream(gate, before=2))
    with router.start_chat(stream=True) as connection:
        assert connection.read_head().status == 200
        seen = b""
        while PIECES[0].encode() not in seen:
            seen += connection.read_chunk()
        assert not upstream.only_call.ended
        gate.open()
        while data := connection.read_chunk():
            seen += data
    assert text_of(events(seen)) == ANSWER


SPLITTERS = {
    "one event a write": lambda events: scripts.stream(events),
    "byte by byte": lambda events: scripts.byte_by_byte(scripts.stream(events)),
    "each byte its own chunk": lambda events: scripts.stream([bytes([b]) for event in events for b in event]),
    "all in one chunk": lambda events: scripts.stream([b"".join(events)]),
    "chunks of 17 bytes": lambda events: scripts.stream(
        [b"".join(events)[at : at + 17] for at in range(0, len(b"".join(events)), 17)]),
    "until the connection ends": lambda events: scripts.raw(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n" + b"".join(events), then="fin"),
    "with a length": lambda events: scripts.raw(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: %d\r\n\r\n%s"
        % (len(b"".join(events)), b"".join(events))),
}


@pytest.mark.parametrize("splitter", SPLITTERS.values(), ids=SPLITTERS)
def test_every_chunk_and_every_read_ends_with_an_event(router, upstream, splitter):
    """Browsers split each network read on newlines without joining: half an event in a read is an event lost."""
    sent = text_chunks(usage=USAGE)
    upstream.next(splitter(sse_stream(sent)))
    with router.start_chat(**ASKED) as connection:
        answer = connection.read_response()
    assert events(answer.body) == [{**c, "model": "chat"} for c in sent] + ["[DONE]"]
    for piece in answer.chunks:
        assert piece.endswith(b"\n\n"), piece
    for read in answer.reads:
        assert read.endswith((b"\n\n\r\n", b"\r\n\r\n")) or not read, read[-60:]


def test_a_stream_split_anywhere_is_the_same_stream(router, upstream):
    data = scripts.framed(sse_stream([chunk({"content": "\U0001f600\u00fc"}), chunk(finish="stop")]))
    matters = [at for at in range(1, len(data)) if set(data[at - 1 : at + 1]) & {*b"\r\n", *range(0x80, 0x100)}]
    splits = sorted({*matters, *range(1, len(data), 19)})  # every line's end, every character of many bytes, and between
    for at in splits:
        upstream.next(scripts.split_at(data, at))
    with router.client() as client:
        for at in splits:
            found = events(client.post("/v1/chat/completions", json=chat_request(stream=True)).content)
            assert text_of(found) == "\U0001f600\u00fc" and found[-1] == "[DONE]", f"split at {at}: {data[at - 9:at]!r}"


def test_a_character_split_over_reads_comes_back_whole(router, upstream):
    data = scripts.framed([sse(chunk({"content": "a\u00fcb\u4f60c\U0001f600d"})), DONE])
    inside = [at for at in range(len(data)) if 0x80 <= data[at] < 0xC0]
    assert len(inside) == 6
    upstream.next(scripts.split_at(data, *inside))
    assert text_of(events(router.chat(stream=True).content)) == "a\u00fcb\u4f60c\U0001f600d"


@pytest.mark.parametrize("size", [130_000, 300_000, 3_000_000])
@pytest.mark.parametrize("dribble", [False, True], ids=["at once", "in pieces"])
def test_lines_of_any_length_come_back_whole(router, upstream, size, dribble):
    picture = {"images": [{"type": "image_url", "image_url": {"url": "data:image/png;base64," + "A" * size}}]}
    stream = b"".join(sse_stream([chunk(picture), chunk({"content": "after"}), chunk(finish="stop")]))
    step = 10_007 if dribble else len(stream)
    upstream.next(scripts.stream([stream[at : at + step] for at in range(0, len(stream), step)]))
    found = events(router.chat(stream=True).content)
    assert picture.items() <= found[0]["choices"][0]["delta"].items() and found[0]["model"] == "chat"
    assert text_of(found[1:]) == "after"


@pytest.mark.parametrize("splitter", ["one event a write", "byte by byte", "all in one chunk"])
def test_carriage_returns_are_understood(router, upstream, splitter):
    upstream.next(SPLITTERS[splitter](sse_stream(text_chunks(), end=b"\r\n")))
    found = events(router.chat(stream=True).content)
    assert text_of(found) == ANSWER and found[-1] == "[DONE]"
    assert {c["model"] for c in found[:-1]} == {"chat"}


def test_a_stream_without_done_ends_cleanly(router, upstream):
    upstream.next(scripts.chunks(text_chunks(usage=USAGE), done=False))
    with router.start_chat(**ASKED) as connection:
        answer = connection.read_response()  # raises where the body is cut
    found = events(answer.body)
    assert text_of(found) == ANSWER and errors_of(found) == []
    assert len([c for c in found if c != "[DONE]" and c.get("usage")]) == 1


def test_a_stream_without_its_last_blank_line_loses_nothing(router, upstream):
    upstream.next(scripts.stream(sse_stream(text_chunks()[:-1], done=False) + [sse(chunk(finish="stop"))[:-1]]))
    found = events(router.chat(stream=True).content)
    assert text_of(found) == ANSWER
    assert [c["choices"][0]["finish_reason"] for c in found if c != "[DONE]"][-1] == "stop"


def test_a_stream_ends_for_the_client_right_after_done(router, upstream):
    """Clients wait for the end of the body, not for [DONE]: an upstream that lingers must not make them linger."""
    gate = Gate()

    def linger(call):
        call.stream_head()
        for event in sse_stream(text_chunks()):
            call.chunk(event)
        call.wait(gate)
        call.last_chunk()

    upstream.next(linger)
    with router.start_chat(stream=True) as connection:
        answer = connection.read_response()
        assert events(answer.body)[-1] == "[DONE]"
    gate.open()


def test_comments_names_and_ids_of_events_do_no_harm(router, upstream):
    sent = sse_stream(text_chunks())
    upstream.next(scripts.stream([b": OPENROUTER PROCESSING\n\n", b"event: message\nid: 7\nretry: 100\n" + sent[0], b":\n\n",
                                  b"\n\n\n", *sent[1:], b": bye\n\n"]))
    found = events(router.chat(stream=True).content)
    assert text_of(found) == ANSWER and found[-1] == "[DONE]"


@pytest.mark.parametrize("space", [b"", b" "], ids=["data:{", "data: {"])
def test_the_space_after_data_is_optional(router, upstream, space):
    upstream.next(scripts.stream([event.replace(b"data: ", b"data:" + space) for event in sse_stream(text_chunks())]))
    found = events(router.chat(stream=True).content)
    assert text_of(found) == ANSWER and {c["model"] for c in found if c != "[DONE]"} == {"chat"}


def test_what_trips_clients_is_taken_out_of_a_stream(router, upstream):
    """A null delta makes a client drop the chunk; an `event` member would be shown to the user as a notice."""
    dirty = text_chunks()
    dirty[1]["choices"][0]["delta"] = None
    dirty[2]["event"] = {"type": "notification", "data": {"content": "buy this"}}
    dirty.append(chunk(finish="stop"))  # a second end
    upstream.next(scripts.chunks(dirty))
    answer = router.chat(stream=True)
    found = chunks_of(answer)
    assert not [c for c in found for choice in c["choices"] if choice.get("delta", {}) is None]
    assert not [c for c in found if "event" in c]
    assert text_of(found) == "".join(PIECES[1:])
    assert len([c for c in found if c["choices"] and c["choices"][0]["finish_reason"]]) == 1


def test_a_chunk_that_is_no_json_does_not_end_the_stream(router, upstream):
    sent = sse_stream(text_chunks())
    upstream.next(scripts.stream([sent[0], b"data: {not json}\n\n", b"data: 12\n\n", b"data:\n\n", *sent[1:]]))
    with router.start_chat(stream=True) as connection:
        body = connection.read_response().body
    good = [line for line in body.split(b"\n") if line.startswith(b'data: {"')]
    assert text_of([json.loads(line[6:]) for line in good]) == ANSWER
    assert DONE in body


def test_heartbeats_of_the_upstream_are_no_events(router, upstream):
    sent = sse_stream(text_chunks())
    upstream.next(scripts.stream([b": ping\n\n"] * 50 + sent))
    answer = router.chat(stream=True)
    assert text_of(events(answer.content)) == ANSWER
    assert len(comments(answer.content)) <= 50


# -- usage


def usages(found) -> list[dict]:
    return [c for c in found if c != "[DONE]" and c.get("usage")]


CUMULATIVE = [{**c, "usage": {"prompt_tokens": 11, "completion_tokens": n, "total_tokens": 11 + n}}
              for n, c in enumerate(text_chunks(), start=1)]
SHAPES = {
    "a chunk of its own": (text_chunks(usage=USAGE), USAGE),
    "in every chunk, growing": (CUMULATIVE, CUMULATIVE[-1]["usage"]),
    "growing, and once more at the end": (CUMULATIVE + [usage_chunk(USAGE)], USAGE),
    "in the finish chunk": (text_chunks()[:-1] + [chunk(finish="stop", usage=USAGE)], USAGE),
    "null until the end": ([{**c, "usage": None} for c in text_chunks()] + [usage_chunk(USAGE)], USAGE),
    "in two chunks of its own": (text_chunks(usage=USAGE) + [usage_chunk(USAGE)], USAGE),
    "before the finish": (text_chunks()[:-1] + [usage_chunk(USAGE), chunk(finish="stop")], USAGE),
}


@pytest.mark.parametrize("sent, counted", SHAPES.values(), ids=SHAPES)
def test_a_client_that_asked_gets_exactly_one_usage_chunk_after_the_text(router, upstream, sent, counted):
    upstream.next(scripts.chunks(sent))
    answer = router.chat(**ASKED)
    found = chunks_of(answer)
    assert text_of(found) == ANSWER
    with_usage = usages(found)
    assert [c["usage"] for c in with_usage] == [counted]
    assert with_usage[0]["choices"] == []
    assert found.index(with_usage[0]) == len(found) - 1
    assert router.logged_call(answer)["completion_tokens"] == counted["completion_tokens"]


@pytest.mark.parametrize("sent, counted", SHAPES.values(), ids=SHAPES)
def test_a_client_that_did_not_ask_gets_none_and_it_is_counted_nevertheless(router, upstream, sent, counted):
    upstream.next(scripts.chunks(sent))
    answer = router.chat(stream=True)
    found = chunks_of(answer)
    assert text_of(found) == ANSWER
    assert usages(found) == []
    assert not [c for c in found if c["choices"] == []]  # nothing is left of a chunk that was for usage alone
    logged = router.logged_call(answer)
    assert (logged["prompt_tokens"], logged["completion_tokens"]) == (counted["prompt_tokens"], counted["completion_tokens"])


def test_a_stream_whose_upstream_counts_nothing_passes(router, upstream):
    upstream.next(scripts.chunks(text_chunks()))
    answer = router.chat(**ASKED)
    assert text_of(events(answer.content)) == ANSWER
    assert usages(chunks_of(answer)) == []


def test_usage_keeps_the_details_that_the_upstream_gave(router, upstream):
    detailed = {**USAGE, "prompt_tokens_details": {"cached_tokens": 4}, "cost": 0.000123, "vendor": [1]}
    upstream.next(scripts.chunks(text_chunks(usage=detailed)))
    assert [c["usage"] for c in usages(chunks_of(router.chat(**ASKED)))] == [detailed]


def test_a_setting_sends_usage_to_clients_that_did_not_ask(start_router, upstream):
    router = start_router({"model_list": [model("chat", upstream)], "general_settings": {"always_include_stream_usage": True}})
    assert [c["usage"] for c in usages(chunks_of(router.chat(stream=True)))] == [USAGE]


def test_text_completions_are_treated_alike(client, upstream):
    asked = {"model": "chat", "prompt": "x", "stream": True}
    found = [c for c in events(client.post("/v1/completions", json=asked).content) if c != "[DONE]"]
    assert "".join(c["choices"][0]["text"] for c in found) == ANSWER and usages(found) == []
    assert {c["model"] for c in found} == {"chat"}
    found = events(client.post("/v1/completions", json={**asked, "stream_options": {"include_usage": True}}).content)
    assert len(usages(found)) == 1 and found[-1] == "[DONE]"

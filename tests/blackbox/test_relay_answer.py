"""What becomes of an answer on its way to the client, from upstreams that behave and that do not."""

import hashlib
import json
import queue

import pytest

from fakes import bodies, scripts
from fakes.bodies import ANSWER, DONE, PIECES, USAGE, chunk, sse, sse_stream, text_chunks, usage_chunk
from fakes.gate import Gate
from raw_http import comments, events, text_of
from router import PROVIDER_KEY, chat_request, model

ASKED = {"stream": True, "stream_options": {"include_usage": True}}


def chunks_of(answer) -> list[dict]:
    return [found for found in events(answer.content) if found != "[DONE]"]


def errors_of(found) -> list[dict]:
    return [c["error"] for c in found if isinstance(c, dict) and "error" in c]


# -- whole answers


def test_a_whole_answer_comes_back_byte_for_byte_but_for_the_models_name(router, upstream):
    odd = (b' {"id" : "x","big":12345678901234567890,"exp":1.0e2,"text":"\\u00fc \\"model\\":\\"gpt-upstream\\"",\n'
           b'"nested":{"model":"gpt-upstream"},"object":"chat.completion", "model" :"gpt-upstream","choices":[] }\n')
    upstream.next(scripts.whole(odd))
    answer = router.chat()
    assert answer.content.strip() == odd.replace(b'"model" :"gpt-upstream"', b'"model" :"chat"').strip()
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize("path, body", [
    ("/v1/chat/completions", {"messages": []}), ("/v1/completions", {"prompt": "x"}), ("/v1/embeddings", {"input": "x"}),
])
def test_the_answer_names_the_model_as_the_client_did(client, path, body):
    for name in ("chat", "alias", "secret-alias", "vendor/large/model", "local/anything"):
        assert client.post(path, json={"model": name, **body}).json()["model"] == name


def test_an_answer_without_a_model_stays_without(router, upstream):
    upstream.next(scripts.whole({"choices": []}))
    assert router.chat().json() == {"choices": []}


@pytest.mark.parametrize("make", [
    lambda body: b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body),
    lambda body: b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    + b"".join(b"1;ext=1\r\n%c\r\n" % byte for byte in body) + b"0\r\nTrailer: x\r\n\r\n",
    lambda body: b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n"
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body),
    lambda body: b"HTTP/1.1 200\r\ncontent-type:application/json\r\ncontent-length:%d\r\n\r\n%s" % (len(body), body),
], ids=["length", "chunks of one byte", "1xx before it", "terse"])
@pytest.mark.parametrize("dribble", [False, True], ids=["at once", "byte by byte"])
def test_every_framing_of_an_answer_is_understood(router, upstream, make, dribble):
    script = scripts.raw(make(bodies.as_json(bodies.completion())))
    upstream.next(scripts.byte_by_byte(script) if dribble else script)
    answer = router.chat()
    assert answer.status_code == 200
    assert answer.json()["choices"][0]["message"]["content"] == ANSWER
    assert router.chat().status_code == 200


@pytest.mark.parametrize("head", [b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n",
                                  b"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n"], ids=["close", "HTTP/1.0"])
def test_an_answer_that_ends_with_its_connection_is_whole(router, upstream, head):
    upstream.next(scripts.raw(head + bodies.as_json(bodies.completion()), then="fin"))
    with router.client() as client:
        assert client.post("/v1/chat/completions", json=chat_request()).json()["choices"][0]["message"]["content"] == ANSWER
        assert client.get("/v1/models").status_code == 200  # the upstream's `close` is not the client's


def test_an_answer_of_many_megabytes_comes_back_whole(router, upstream):
    text = hashlib.sha512(b"x").hexdigest() * (1 << 17)  # 16 MB
    upstream.next(scripts.whole(bodies.completion(text)))
    assert router.chat().json()["choices"][0]["message"]["content"] == text


def test_speech_comes_back_byte_for_byte(client, upstream):
    upstream.next(scripts.whole(bodies.SPEECH, content_type="audio/mpeg", headers=[("X-Vendor", "1")]))
    answer = client.post("/v1/audio/speech", json={"model": "chat", "input": "x", "voice": "alloy"})
    assert answer.content == bodies.SPEECH
    assert answer.headers["content-type"] == "audio/mpeg"


def test_speech_is_passed_on_while_it_arrives(router, upstream):
    gate = Gate()

    def speak(call):
        call.stream_head(content_type="audio/mpeg")
        call.chunk(bodies.SPEECH[:1000])
        call.wait(gate)
        call.chunk(bodies.SPEECH[1000:])
        call.last_chunk()

    upstream.next(speak)
    with router.client() as client:
        with client.stream("POST", "/v1/audio/speech", json={"model": "chat", "input": "x", "voice": "v"}) as answer:
            pieces = answer.iter_raw()
            first = next(pieces)  # ... and the upstream has more to say
            gate.open()
            assert first + b"".join(pieces) == bodies.SPEECH


def test_an_image_of_megabytes_comes_back_whole(client, upstream):
    image = {"created": 1, "data": [{"b64_json": "QUJD" * (1 << 20)}]}
    upstream.next(scripts.whole(image))
    assert client.post("/v1/images/generations", json={"model": "chat", "prompt": "x"}).json() == image


# -- streams


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
    assert found[0]["choices"][0]["delta"] == picture and found[0]["model"] == "chat"
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


# -- streams that break


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


def test_an_error_inside_a_stream_reaches_the_client(router, upstream):
    upstream.next(scripts.stream([sse(chunk({"content": "some "})), sse(bodies.error("out of credit", code=402)), DONE]))
    found = events(router.chat(stream=True).content)
    assert errors_of(found)[0]["message"].startswith("out of credit")


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


# -- errors


STATUSES = [400, 401, 402, 403, 404, 408, 409, 413, 422, 429, 500, 501, 503, 504, 529]


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("status", STATUSES)
def test_an_error_keeps_its_status_and_its_text(router, upstream, status, stream):
    upstream.always(scripts.whole(bodies.error("the model is not well today", "their_type", "their_code", "their_param"), status=status))
    answer = router.chat(stream=stream)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("application/json")
    error = answer.json()["error"]
    assert "the model is not well today" in error["message"]
    assert (error["type"], error["code"], error["param"]) == ("their_type", "their_code", "their_param")


@pytest.mark.parametrize("value, at_least, is_worth_it", [("7", 7, "true"), ("Wed, 21 Oct 2099 07:28:00 GMT", 10**9, "false")])
def test_the_time_to_wait_is_told_in_seconds(router, upstream, value, at_least, is_worth_it):
    upstream.always(scripts.whole(bodies.error("slow down"), status=429, headers=[("Retry-After", value)]))
    answer = router.chat()
    assert answer.status_code == 429 and int(answer.headers["retry-after"]) >= at_least
    assert answer.headers["x-should-retry"] == is_worth_it


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
    assert answer.status_code == 400
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


def test_a_whole_answer_to_a_stream_request_is_passed_on_as_it_is(router, upstream):
    upstream.next(scripts.whole(bodies.completion()))
    answer = router.chat(stream=True)
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.json()["choices"][0]["message"]["content"] == ANSWER and answer.json()["model"] == "chat"


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(router, upstream, status):
    upstream.always(scripts.whole(b"", status=status, headers=[("Location", f"{upstream.origin}/elsewhere")]))
    answer = router.chat()
    assert answer.status_code >= 400 and answer.json()["error"]["message"]
    assert {call.path for call in upstream.calls} == {"/v1/chat/completions"}


NOT_HTTP = {
    "garbage": b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n",
    "nothing": b"",
    "no status": b"HTTP/1.1 OK\r\n\r\n",
    "a status too large": b"HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n",
    "a length that is none": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1x\r\n\r\n{",
    "a negative length": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: -5\r\n\r\n{",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{} ",
    "a header without a colon": b"HTTP/1.1 200 OK\r\nContent-Type application/json\r\n\r\n{}",
    "half a head": b"HTTP/1.1 200 OK\r\nContent-Ty",
    "a bad chunk size": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
    "only 1xx": b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n",
    "switching protocols": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\nxx",
}


@pytest.mark.parametrize("data", NOT_HTTP.values(), ids=NOT_HTTP)
def test_what_is_no_answer_is_a_bad_gateway(router, upstream, data):
    upstream.always(scripts.raw(data, then="fin"))
    answer = router.chat()
    assert answer.status_code == 502, answer.text
    assert answer.json()["error"]["message"]


@pytest.mark.parametrize("then", ["fin", "rst"])
def test_a_whole_answer_that_is_cut_never_looks_whole(router, upstream, then):
    body = bodies.as_json(bodies.completion())
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
    upstream.always(scripts.raw(head + body[:-20], then=then))
    answer = router.chat()
    assert answer.status_code == 502
    assert answer.json()["error"]["message"]


def test_bytes_behind_an_answer_are_not_the_next_answer(router, upstream):
    body = bodies.as_json(bodies.completion("first"))
    poison = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n\"poison\"!"
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
    upstream.next(scripts.raw(head + body + poison))
    with router.client() as client:
        assert client.post("/v1/chat/completions", json=chat_request()).json()["choices"][0]["message"]["content"] == "first"
        for _ in range(4):
            answer = client.post("/v1/chat/completions", json=chat_request())
            assert answer.json()["choices"][0]["message"]["content"] == ANSWER


def test_trailers_without_end_are_not_an_end(router, upstream):
    def flood(call):
        call.head(200, [("Transfer-Encoding", "chunked")])
        call.chunk(bodies.as_json(bodies.completion()))
        call.write(b"0\r\n")
        while True:
            call.write(b"A: b\r\n" * 1000)

    upstream.next(flood)
    assert router.chat().status_code == 502


def test_an_answer_before_the_request_was_read_reaches_the_client(router, upstream):
    def refuse(call):
        call.whole(bodies.as_json(bodies.error("that is too much")), status=413, headers=[("Connection", "close")])
        call.finish()

    upstream.always(scripts.early(refuse))
    answer = router.chat(padding="p" * (16 << 20))
    assert answer.status_code in (413, 502)  # the refusal, or where the upstream's reset took it away, that it broke
    assert answer.json()["error"]["message"]
    assert router.chat("mock").status_code == 200


def test_heartbeats_of_the_upstream_are_no_events(router, upstream):
    sent = sse_stream(text_chunks())
    upstream.next(scripts.stream([b": ping\n\n"] * 50 + sent))
    answer = router.chat(stream=True)
    assert text_of(events(answer.content)) == ANSWER
    assert len(comments(answer.content)) <= 50

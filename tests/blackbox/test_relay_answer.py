"""Whole answers on their way back: every framing, every size, and what is no answer at all."""

import gzip
import hashlib

import pytest

from fakes import bodies, scripts
from fakes.bodies import ANSWER
from fakes.gate import Gate
from raw_http import events, text_of
from router import chat_request


def test_a_whole_answer_comes_back_byte_for_byte_but_for_the_models_name(router, upstream):
    odd = (b' {"id" : "x","big":12345678901234567890,"exp":1.0e2,"text":"\\u00fc \\"model\\":\\"gpt-upstream\\"",\n'
           b'"nested":{"model":"gpt-upstream"},"object":"chat.completion", "model" :"gpt-upstream",\n'
           b'"choices":[ {"index":0,"message":{"role":"assistant","content":"x"},"finish_reason":"stop"} ] }\n')
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


def test_an_answer_without_a_model_stays_without(client, upstream):
    upstream.next(scripts.whole({"data": []}))
    assert client.post("/v1/embeddings", json={"model": "chat", "input": "x"}).json() == {"data": []}


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


def test_a_whole_answer_to_a_stream_request_is_told_as_a_stream(router, upstream):
    upstream.next(scripts.whole(bodies.completion()))
    answer = router.chat(stream=True)
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert text_of(events(answer.content)) == ANSWER and answer.content.endswith(b"data: [DONE]\n\n")


def test_a_stream_to_a_request_for_a_whole_answer_is_told_in_one_piece(router, upstream):
    upstream.next(scripts.chunks(bodies.tool_chunks(bodies.USAGE)))
    answer = router.chat()
    assert answer.headers["content-type"].startswith("application/json")
    (choice,) = answer.json()["choices"]
    assert choice["message"]["tool_calls"] == bodies.TOOL_CALLS and choice["finish_reason"] == "tool_calls"
    assert answer.json()["usage"]["total_tokens"] == bodies.USAGE["total_tokens"] and answer.json()["model"] == "chat"


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


def test_an_answer_that_breaks_off_names_whose_it_was(router, upstream):
    upstream.next(scripts.raw(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{", then="fin"))
    assert router.chat().json()["error"]["message"] == "openai/gpt-upstream: The provider's answer broke off before its end."


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("body", [{}, {"choices": []}, {"id": "x", "object": "chat.completion", "model": "gpt-upstream"}], ids=str)
def test_an_answer_without_a_choice_is_none(router, upstream, body, stream):
    upstream.next(scripts.whole(body))
    answer = router.chat(stream=stream)
    assert answer.status_code == 502 and answer.json()["error"]["message"]


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_an_answer_that_is_compressed_unasked_is_an_error_that_says_so(router, upstream, stream):
    upstream.next(scripts.whole(gzip.compress(bodies.as_json(bodies.completion())), headers=[("Content-Encoding", "gzip")]))
    answer = router.chat(stream=stream)
    assert answer.status_code == 502 and "gzip" in answer.json()["error"]["message"]
    assert "accept-encoding" not in upstream.only_call.header_names()


def test_speech_may_be_compressed(client, upstream):
    upstream.next(scripts.whole(gzip.compress(bodies.SPEECH), headers=[("Content-Encoding", "gzip")], content_type="audio/mpeg"))
    answer = client.post("/v1/audio/speech", json={"model": "chat", "input": "hi", "voice": "alloy"})
    assert answer.content == bodies.SPEECH  # the client's own library undoes it


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

"""What becomes of a request on its way to the upstream: nothing, but for the model."""

import gzip
import hashlib
import json
import select

import pytest

from fakes import bodies, scripts
from fakes.gate import Gate
from raw_http import RawHttp, events, request
from router import MASTER_KEY, PROMPT, PROVIDER_KEY, chat_request, model


def post(router, body: bytes, path="/v1/chat/completions", **headers):
    with router.raw() as connection:
        connection.send(request("POST", path, body, MASTER_KEY, **headers))
        return connection.read_response()


ODD = (
    b' {\r\n\t"zeta" : 1.0e2 , "model"\t:\n"chat",  "big":12345678901234567890,"tiny":-0.0,"exp":1E+400,\n'
    b'"messages" : [ {"content":"\\u00fc\\ud83d\\ude00\\/ \\ud800 lone","role":"user","model":"chat"} ],'
    b'"nested":{"model":"chat","stream":true,"deeper":[{"model":"chat"}]},"unknown_field":null,"alpha":[ ],"text":"\\"model\\":\\"chat\\""}\r\n '
)


def test_every_byte_but_the_models_name_goes_through(router, upstream):
    assert post(router, ODD).status == 200
    assert upstream.only_call.body.strip() == ODD.replace(b'\n"chat",  "big"', b'\n"gpt-upstream",  "big"').strip()


def test_the_bytes_of_a_stream_request_go_through_too(router, upstream):
    body = ODD.rstrip()[:-1] + b',"stream":true}'
    assert post(router, body).status == 200
    sent = upstream.only_call.body
    assert json.loads(sent) == {**json.loads(body), "model": "gpt-upstream", "stream_options": {"include_usage": True}}
    for piece in (b'"zeta" : 1.0e2 ,', b'"big":12345678901234567890,"tiny":-0.0,"exp":1E+400,\n"messages" : [ {', b"\\ud83d\\ude00\\/ \\ud800 lone"):
        assert piece in sent


def test_a_stream_request_that_asks_for_usage_is_touched_nowhere_else(router, upstream):
    body = b'{ "stream_options" : { "include_usage" : true , "x":1 } , "stream":true,"model":"chat","messages":[{"role":"user","content":"hi"}] }'
    assert post(router, body).status == 200
    assert upstream.only_call.body == body.replace(b'"chat"', b'"gpt-upstream"')


@pytest.mark.parametrize("options, sent", [
    (None, {"include_usage": True}), ({}, {"include_usage": True}), ({"include_usage": False}, {"include_usage": True}),
    ({"include_obfuscation": False}, {"include_obfuscation": False, "include_usage": True}),
    ({"a": {"include_usage": False}, "include_usage": None}, {"a": {"include_usage": False}, "include_usage": True}),
], ids=json.dumps)
def test_the_upstream_is_always_asked_for_usage_and_other_options_stay(router, upstream, options, sent):
    answer = router.chat(stream=True, stream_options=options)
    assert answer.status_code == 200
    body = upstream.only_call.body
    assert json.loads(body)["stream_options"] == sent
    assert body.count(b'"stream_options"') == 1
    assert not [c for c in events(answer.content) if c != "[DONE]" and c.get("usage")]


@pytest.mark.parametrize("fields", [{}, {"stream": False}, {"stream": None}], ids=json.dumps)
def test_a_whole_answer_is_asked_for_without_stream_options(router, upstream, fields):
    assert router.chat(**fields).status_code == 200
    assert "stream_options" not in json.loads(upstream.only_call.body)


def top_level(body: bytes) -> list[tuple[str, object]]:
    """The members of the outermost object as they stand there, repeated ones too."""
    pairs = json.loads(body, object_pairs_hook=lambda pairs: ("object", pairs))
    return pairs[1]


@pytest.mark.parametrize("body", [
    b'{"model":"chat","messages":[],"model":"other-model"}',
    b'{"model":"other-model","messages":[],"model":"chat"}',
    b'{"model":"chat","messages":[],"mod\\u0065l":"other-model"}',
    b'{"\\u006dodel":"other-model","messages":[],"model":"chat"}',
    b'{"model":"chat","messages":[],"model":"chat"}',
], ids=["second", "first", "escaped second", "escaped first", "same"])
def test_a_repeated_model_never_lets_another_one_through(router, upstream, body):
    answer = post(router, body)
    if answer.status == 400:
        assert "model" in answer.json()["error"]["message"] and upstream.calls == []
    else:
        assert answer.status in (200, 404)
        for call in upstream.calls:
            assert {value for key, value in top_level(call.body) if key == "model"} == {"gpt-upstream"}


@pytest.mark.parametrize("body", [
    b'{"model":"chat","messages":[],"stream":false,"stream":true}',
    b'{"model":"chat","messages":[],"stream":true,"str\\u0065am":false}',
], ids=["plain", "escaped"])
def test_a_repeated_stream_flag_never_makes_two_minds(router, upstream, body):
    answer = post(router, body)
    if answer.status == 400:
        assert upstream.calls == []
    else:
        assert answer.status == 200
        assert len({value for key, value in top_level(upstream.only_call.body) if key == "stream"}) == 1


def test_an_escaped_key_is_understood(router, upstream):
    answer = post(router, b'{"mod\\u0065l":"ch\\u0061t","messages":[],"stre\\u0061m":true}')
    assert answer.status == 200
    assert answer.header("content-type").startswith("text/event-stream")
    sent = dict(top_level(upstream.only_call.body))
    assert sent["model"] == "gpt-upstream" and sent["stream"] is True


def test_deep_nesting_neither_breaks_nor_blocks_it(router, upstream):
    deep = b'{"model":"chat","messages":[],"deep":' + b"[" * 200_000 + b"]" * 200_000 + b"}"
    upstream.always(scripts.whole(bodies.completion()))
    assert post(router, deep).status in (200, 400)
    assert router.chat().status_code == 200


def test_a_body_of_64_mb_goes_through_untouched(router, upstream):
    picture = b"A" * ((64 << 20) - 200)
    body = b'{"messages":[{"role":"user","content":"' + picture + b'"}],"model":"chat"}'
    body += b" " * ((64 << 20) - len(body))
    assert len(body) == 64 << 20
    assert post(router, body).status == 200
    sent = upstream.only_call.body
    expected = body.replace(b'"model":"chat"', b'"model":"gpt-upstream"')
    assert hashlib.sha256(sent.rstrip()).digest() == hashlib.sha256(expected.rstrip()).digest()


def test_one_byte_more_than_64_mb_is_too_large(router, upstream):
    with router.raw() as connection:
        head = request("POST", "/v1/chat/completions", key=MASTER_KEY)
        connection.send(head.replace(b"Content-Length: 0", b"Content-Length: %d" % ((64 << 20) + 1)))
        assert connection.read_response().status == 413
    assert upstream.calls == []


@pytest.mark.parametrize("pieces", [1, 7, 1000])
def test_a_request_may_come_in_pieces_of_any_size(router, upstream, pieces):
    data = request("POST", "/v1/chat/completions", json.dumps(chat_request()).encode(), MASTER_KEY)
    with router.raw() as connection:
        for at in range(0, len(data), pieces):
            connection.send(data[at : at + pieces])
        assert connection.read_response().status == 200
    assert json.loads(upstream.only_call.body) == chat_request("gpt-upstream")


# -- headers


def test_the_upstream_sees_its_own_host_and_key_and_none_of_the_clients(router, upstream):
    strangers = {
        "X_API_Key": MASTER_KEY, "Cookie": "session=secret", "X_OpenWebUI_User_Email": "someone@example.org",
        "X_Forwarded_For": "192.0.2.7", "TE": "trailers", "Proxy_Authorization": "Basic eA==", "Keep_Alive": "timeout=5",
        "Upgrade": "h2c", "HTTP2_Settings": "AAMAAABk", "Connection": "keep-alive, x-hop", "X_Hop": "for you alone",
    }
    answer = post(router, json.dumps(chat_request()).encode(), **strangers)
    assert answer.status == 200
    call = upstream.only_call
    assert call.header("host") == f"127.0.0.1:{upstream.port}"
    assert call.header("authorization") == f"Bearer {PROVIDER_KEY}"
    assert call.header("content-type") == "application/json"
    names = call.header_names()
    assert len(names) == len(set(names)), names
    for name in strangers:
        if name not in ("Connection", "Keep_Alive"):
            assert name.replace("_", "-").lower() not in names
    assert MASTER_KEY not in call.raw_head.decode("latin-1")


def test_no_compressed_answer_is_asked_for(router, upstream):
    post(router, json.dumps(chat_request()).encode(), Accept_Encoding="gzip, deflate, br")
    assert (upstream.only_call.header("accept-encoding") or "identity") == "identity"


def test_a_length_is_sent_and_it_is_right(router, upstream):
    post(router, json.dumps(chat_request()).encode())
    call = upstream.only_call
    assert call.chunked or int(call.header("content-length")) == len(call.body)
    assert not (call.chunked and call.header("content-length"))


def test_a_chunked_request_reaches_the_upstream_whole(router, upstream):
    body = json.dumps(chat_request()).encode()
    head = request("POST", "/v1/chat/completions", key=MASTER_KEY).replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
    with router.raw() as connection:
        connection.send(head)
        for at in range(0, len(body), 5):
            piece = body[at : at + 5]
            connection.send(b"%x\r\n%s\r\n" % (len(piece), piece))
        connection.send(b"0\r\n\r\n")
        assert connection.read_response().status == 200
    assert json.loads(upstream.only_call.body) == chat_request("gpt-upstream")


# -- forms


def form(*parts: tuple[str, bytes], boundary=b"----bound-4711") -> bytes:
    written = b""
    for name, content in parts:
        file = b'; filename="a b.wav"\r\nContent-Type: audio/wav' if name == "file" else b""
        written += b"--" + boundary + b'\r\nContent-Disposition: form-data; name="' + name.encode() + b'"' + file
        written += b"\r\n\r\n" + content + b"\r\n"
    return written + b"--" + boundary + b"--\r\n"


FORM_TYPE = "multipart/form-data; boundary=----bound-4711"
RECORDING = bytes(range(256)) * 40 + b"\r\n--not the boundary\r\n------bound-471\r\n" + bytes(range(255, -1, -1))


def heard(recording: bytes) -> str:
    return f"{len(recording)} {hashlib.sha256(recording).hexdigest()}"


ORDERS = {
    "model first": [("model", b"chat"), ("language", b"de"), ("file", RECORDING)],
    "file first": [("file", RECORDING), ("language", b"de"), ("model", b"chat")],
    "model in the middle": [("language", b"de"), ("model", b"chat"), ("file", RECORDING)],
}


@pytest.mark.parametrize("chunk_size", [0, 1, 100, 4096], ids=["with length", "chunks of 1", "chunks of 100", "chunks of 4096"])
@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
def test_a_form_goes_through_with_its_model_replaced_wherever_it_stands(router, upstream, order, chunk_size):
    body = form(*order)
    head = request("POST", "/v1/audio/transcriptions", key=MASTER_KEY, Content_Type=FORM_TYPE)
    with router.raw() as connection:
        if chunk_size:
            pieces = [body[at : at + chunk_size] for at in range(0, len(body), chunk_size)]
            framed = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
            connection.send(head.replace(b"Content-Length: 0", b"Transfer-Encoding: chunked") + framed)
        else:
            connection.send(head.replace(b"Content-Length: 0", b"Content-Length: %d" % len(body)) + body)
        answer = connection.read_response()
    assert answer.status == 200, answer.body
    assert answer.json() == {"text": heard(RECORDING)}
    call = upstream.only_call
    assert call.header("content-type") == FORM_TYPE
    assert call.body == form(*[(name, b"gpt-upstream" if name == "model" else content) for name, content in order])


def test_a_form_with_two_models_never_lets_another_one_through(router, upstream):
    body = form(("model", b"chat"), ("file", b"x"), ("model", b"other-model"))
    answer = post(router, body, "/v1/audio/transcriptions", Content_Type=FORM_TYPE)
    assert answer.status in (200, 400, 404)
    for call in upstream.calls:
        assert b"other-model" not in call.body


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/messages", "/v1/audio/transcriptions"])
def test_a_request_that_is_compressed_is_told_so(router, upstream, path):
    body = gzip.compress(json.dumps(chat_request()).encode())
    answer = post(router, body, path, Content_Encoding="gzip")
    assert answer.status == 415 and "compressed" in answer.json()["error"]["message"]
    assert upstream.calls == []


def test_a_form_without_its_last_boundary_is_a_bad_request(router, upstream):
    body = form(("file", RECORDING), ("model", b"chat"))[:-20]
    answer = post(router, body, "/v1/audio/transcriptions", Content_Type=FORM_TYPE)
    assert answer.status in (200, 400)
    if answer.status == 200:
        assert upstream.only_call.body.endswith(b"gpt-upstream")


def test_a_large_upload_of_unknown_length_goes_through(router, upstream):
    recording = hashlib.sha256(b"seed").digest() * (1 << 18)  # 8 MB

    def pieces():
        body = form(("model", b"chat"), ("file", recording))
        for at in range(0, len(body), 100_000):
            yield body[at : at + 100_000]

    with router.client() as client:
        answer = client.post("/v1/audio/transcriptions", content=pieces(), headers={"Content-Type": FORM_TYPE})
    assert answer.json() == {"text": heard(recording)}


def test_an_endless_upload_is_gathered_no_further_than_the_limit(start_router, upstream):
    """A form is kept whole, so that it can be sent again: max_upload_size_mb bounds it, whatever the upstream does."""
    gate = Gate()
    upstream.next(scripts.early(lambda call: (call.wait(gate), call.reset())))
    router = start_router({"model_list": [model("chat", upstream)], "general_settings": {"max_upload_size_mb": 64}})
    head = request("POST", "/v1/audio/transcriptions", key=MASTER_KEY, Content_Type=FORM_TYPE)
    start = form(("model", b"chat"), ("file", b""))[: -len(b"\r\n------bound-4711--\r\n")]
    piece = b"10000\r\n" + b"s" * 65536 + b"\r\n"
    with RawHttp(("127.0.0.1", router.port)) as connection:
        connection.send(head.replace(b"Content-Length: 0", b"Transfer-Encoding: chunked"))
        connection.send(b"%x\r\n%s\r\n" % (len(start), start))
        accepted = _send_until_blocked(connection.sock, piece, limit=256 << 20)
    gate.open()
    assert accepted < 96 << 20


def _send_until_blocked(sock, piece: bytes, limit: int, quiet=1.0) -> int:
    sent = 0
    sock.setblocking(False)
    while sent < limit:
        rest = piece
        while rest:
            if not select.select([], [sock], [], quiet)[1]:
                return sent
            try:
                count = sock.send(rest)
            except OSError:
                return sent  # refused: that is not to be gathered either
            rest, sent = rest[count:], sent + count
    return sent


# -- many at once


def test_two_hundred_calls_at_once_get_each_its_own_answer(router, upstream):
    """As a client does that indexes a document: one embedding a call, all of them in parallel."""
    everyone_is_there = Gate()

    def wait_for_the_others(call):
        call.wait(everyone_is_there)
        scripts.well_behaved(call)

    upstream.always(wait_for_the_others)
    connections = []
    for number in range(200):
        connection = router.raw()
        text = f"text number {number}"
        connection.send(request("POST", "/v1/embeddings", json.dumps({"model": "chat", "input": [text]}).encode(), MASTER_KEY))
        connections.append((connection, text))
    upstream.wait_for_call(200)
    everyone_is_there.open()
    for connection, text in connections:
        answer = connection.read_response()
        assert answer.status == 200
        assert answer.json()["data"][0]["embedding"] == bodies.vector(text)
        connection.close()


def test_calls_one_after_the_other_share_a_connection_to_the_upstream(start_router, start_upstream):
    upstream = start_upstream()
    router = start_router({"model_list": [model("chat", upstream)]}, arguments=["--threads", "1"])
    with router.client() as client:
        for _ in range(10):
            assert client.post("/v1/chat/completions", json=chat_request()).status_code == 200
        for _ in range(3):
            assert client.post("/v1/chat/completions", json=chat_request(stream=True)).status_code == 200
    assert len(upstream.calls) == 13 and len(upstream.connections) == 1


def test_one_client_connection_serves_calls_to_many_upstreams(start_router, start_upstream):
    ups = [start_upstream() for _ in range(3)]
    router = start_router({"model_list": [model(f"m{i}", up) for i, up in enumerate(ups)]})
    with router.client() as client:
        for round_number in range(9):
            name = f"m{round_number % 3}"
            assert client.post("/v1/chat/completions", json=chat_request(name)).json()["model"] == name
    assert [len(up.calls) for up in ups] == [3, 3, 3]


def test_the_prompt_is_in_the_request_that_arrives(router, upstream):
    """So that the check that it is in no log means something."""
    router.chat()
    assert PROMPT.encode() in upstream.only_call.body

"""The edge towards the network, in raw bytes: whatever could be read in two ways is refused, and nothing hangs."""

import json
import random
import re
import socket

import pytest

from fakes import scripts
from fakes.gate import Gate
from raw_http import events, request, text_of
from router import MASTER_KEY, Router, chat_request, model

AUTH = f"Authorization: Bearer {MASTER_KEY}\r\n".encode()
BODY = json.dumps(chat_request()).encode()
SMUGGLED = b"GET /v1/models HTTP/1.1\r\nHost: x\r\n" + AUTH + b"\r\n"


def post_with(headers: bytes, body: bytes = BODY, line=b"POST /v1/chat/completions HTTP/1.1\r\n", host=b"Host: x\r\n") -> bytes:
    return line + host + AUTH + b"Content-Type: application/json\r\n" + headers + b"\r\n" + body


def get_with(headers: bytes = b"", line=b"GET /v1/models HTTP/1.1\r\n", host=b"Host: x\r\n") -> bytes:
    return line + host + AUTH + headers + b"\r\n"


def length(body: bytes = BODY) -> bytes:
    return b"Content-Length: %d\r\n" % len(body)


def chunked(body: bytes = BODY) -> bytes:
    return b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)


def refuse(router, upstream, data: bytes, statuses=(400,)):
    """One error, a closed connection, and nothing of what came behind is taken for a request."""
    with router.raw() as connection:
        connection.try_to_send(data + SMUGGLED)
        answer = connection.read_response()
        assert answer.status in statuses, (answer.status, answer.body)
        assert answer.json()["error"]["message"]
        assert connection.read_to_end() == b""
    assert upstream.calls == []


# -- lengths: where a request ends


AMBIGUOUS = {
    "length and chunked": length() + b"Transfer-Encoding: chunked\r\n",
    "chunked and length": b"Transfer-Encoding: chunked\r\n" + length(),
    "zero length and chunked": b"Content-Length: 0\r\nTransfer-Encoding: chunked\r\n",
    "the same length twice": length() + length(),
    "two lengths": length() + b"Content-Length: 0\r\n",
    "two lengths in a line": b"Content-Length: %d, %d\r\n" % (len(BODY), len(BODY)),
    "plus": b"Content-Length: +%d\r\n" % len(BODY),
    "minus": b"Content-Length: -1\r\n",
    "a space inside": b"Content-Length: 5 5\r\n",
    "hexadecimal": b"Content-Length: 0x5\r\n",
    "a letter behind": b"Content-Length: 5a\r\n",
    "a fraction": b"Content-Length: 5.0\r\n",
    "empty": b"Content-Length:\r\n",
    "quoted": b'Content-Length: "5"\r\n',
    "other digits": "Content-Length: \u0665\r\n".encode(),
    "chunked is not last": b"Transfer-Encoding: chunked, identity\r\n",
    "identity": b"Transfer-Encoding: identity\r\n",
    "chunked twice": b"Transfer-Encoding: chunked, chunked\r\n",
    "chunked in two headers": b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
    "chunked and another header": b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
    "xchunked": b"Transfer-Encoding: xchunked\r\n",
    "chunkedx": b"Transfer-Encoding: chunkedx\r\n",
    "quoted chunked": b'Transfer-Encoding: "chunked"\r\n',
    "a vertical tab": b"Transfer-Encoding: \x0bchunked\r\n",
    "an empty coding": b"Transfer-Encoding:\r\n" + length(),
    "a comma before": b"Transfer-Encoding: ,chunked\r\n",
    "a parameter": b"Transfer-Encoding: chunked;q=1\r\n",
}


@pytest.mark.parametrize("headers", AMBIGUOUS.values(), ids=AMBIGUOUS)
def test_a_request_whose_end_is_doubtful_is_refused(router, upstream, headers):
    refuse(router, upstream, post_with(headers, chunked()), statuses=(400, 501))


def test_a_compressed_request_is_refused(router, upstream):
    refuse(router, upstream, post_with(b"Transfer-Encoding: gzip, chunked\r\n", chunked()), statuses=(400, 501))


@pytest.mark.parametrize("number", [b"99999999999999999999", b"18446744073709551616", b"18446744073709551615", b"9223372036854775808",
                                    b"1" + b"0" * 200])
def test_a_length_beyond_all_numbers_is_refused(router, upstream, number):
    refuse(router, upstream, post_with(b"Content-Length: " + number + b"\r\n"), statuses=(400, 413))


def test_chunked_in_http_1_0_is_refused(router, upstream):
    data = post_with(b"Transfer-Encoding: chunked\r\n", chunked(), line=b"POST /v1/chat/completions HTTP/1.0\r\n")
    refuse(router, upstream, data, statuses=(400, 501))


@pytest.mark.parametrize("coding", [b"chunked ", b" chunked\t", b"Chunked", b"CHUNKED"])
def test_every_proper_way_to_write_chunked_is_understood(router, upstream, coding):
    with router.raw() as connection:
        connection.send(post_with(b"Transfer-Encoding: " + coding + b"\r\n", chunked()) + SMUGGLED)
        assert connection.read_response().status == 200
        assert connection.read_response().json()["object"] == "list"  # two requests: it was sent as the second one
    assert json.loads(upstream.only_call.body)["model"] == "gpt-upstream"


def test_leading_zeros_of_a_length_change_nothing(router, upstream):
    with router.raw() as connection:
        connection.send(post_with(b"Content-Length: 00%d\r\n" % len(BODY)))
        assert connection.read_response().status in (200, 400)


# -- heads


MALFORMED = {
    "a folded header": get_with(b"X-Long: one\r\n two\r\n"),
    "a folded header with a tab": get_with(b"X-Long: one\r\n\ttwo\r\n"),
    "a folded length": post_with(b"X: y\r\n Content-Length: 0\r\n" + length()),
    "a header that begins with a space": b"GET /v1/models HTTP/1.1\r\n Host: x\r\n" + AUTH + b"\r\n",
    "a bare CR in a value": get_with(b"X-A: one\rtwo\r\n"),
    "a bare CR before a header": get_with(b"X-A: one\rTransfer-Encoding: chunked\r\n"),
    "a bare CR in the request line": get_with(line=b"GET /v1/models\r HTTP/1.1\r\n"),
    "a bare LF after a header": get_with(b"X-A: one\n"),
    "a bare LF after the request line": get_with(line=b"GET /v1/models HTTP/1.1\n"),
    "a bare LF hides a header": post_with(b"X-A: b\nTransfer-Encoding: chunked\r\n" + length()),
    "bare LFs": b"GET /v1/models HTTP/1.1\nHost: x\n" + AUTH.replace(b"\r", b"") + b"\n",
    "an LF ends the head": b"GET /v1/models HTTP/1.1\r\nHost: x\r\n" + AUTH + b"\n",
    "a NUL in a value": get_with(b"X-A: one\0two\r\n"),
    "a NUL in a name": get_with(b"X-\0A: one\r\n"),
    "a NUL in the target": get_with(line=b"GET /v1/mod\0els HTTP/1.1\r\n"),
    "a control character in a value": get_with(b"X-A: one\x01two\r\n"),
    "a DEL in a value": get_with(b"X-A: one\x7ftwo\r\n"),
    "a space before the colon": get_with(b"X-A : one\r\n"),
    "a space before the colon of a coding": post_with(b"Transfer-Encoding : chunked\r\n" + length()),
    "a tab before the colon": post_with(b"Content-Length\t: 0\r\n" + length()),
    "a header without a colon": get_with(b"X-A one\r\n"),
    "a header without a name": get_with(b": one\r\n"),
    "a space in a name": get_with(b"X A: one\r\n"),
    "a bracket in a name": get_with(b"X[A]: one\r\n"),
    "a byte above 127 in a name": get_with("X-\u00fc: one\r\n".encode()),
    "no host": get_with(host=b""),
    "two hosts": get_with(b"Host: y\r\n"),
    "the same host twice": get_with(b"Host: x\r\n"),
    "a host with a path": get_with(host=b"Host: x/y\r\n"),
    "a host with a user": get_with(host=b"Host: u@x\r\n"),
    "no version": get_with(line=b"GET /v1/models\r\n"),
    "a small version": get_with(line=b"GET /v1/models http/1.1\r\n"),
    "a version with spaces": get_with(line=b"GET /v1/models HTTP/ 1.1\r\n"),
    "two spaces": get_with(line=b"GET  /v1/models HTTP/1.1\r\n"),
    "two spaces before the version": get_with(line=b"GET /v1/models  HTTP/1.1\r\n"),
    "a tab for a space": get_with(line=b"GET\t/v1/models HTTP/1.1\r\n"),
    "a space before the method": get_with(line=b" GET /v1/models HTTP/1.1\r\n"),
    "a space in the target": get_with(line=b"GET /v1/mod els HTTP/1.1\r\n"),
    "no target": get_with(line=b"GET HTTP/1.1\r\n"),
    "a method with a bracket": get_with(line=b"GE(T /v1/models HTTP/1.1\r\n"),
    "an empty method": get_with(line=b"/v1/models HTTP/1.1\r\n"),
    "a target that is no path": get_with(line=b"GET v1/models HTTP/1.1\r\n"),
}


@pytest.mark.parametrize("data", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_head_is_refused(router, upstream, data):
    refuse(router, upstream, data)


@pytest.mark.parametrize("version", [b"HTTP/2.0", b"HTTP/1.2", b"HTTP/0.9", b"HTTP/3.0", b"HTTP/11.1", b"HTTP/1.1x"])
def test_another_version_is_refused(router, upstream, version):
    refuse(router, upstream, get_with(line=b"GET /v1/models " + version + b"\r\n"), statuses=(400, 505))


def test_unusual_but_proper_heads_are_understood(router):
    proper = [
        b"\r\n" + get_with(),  # an empty line before: RFC 9112, 2.2
        get_with(b"x-a:one\r\nX-B: \t two \t \r\nX-Empty:\r\n"),
        get_with("X-Name: J\u00fcrgen\r\n".encode()),
        get_with("X-Name: J\u00fcrgen\r\n".encode("latin-1")),
        get_with(b"!#$%&'*+-.^_`|~09azAZ: token characters\r\n"),
        get_with(line=b"GET /v1/models?x=%20y&z HTTP/1.1\r\n"),
        get_with(line=b"GET http://anything.example/v1/models HTTP/1.1\r\n"),
        get_with(host=b"Host: [::1]:8086\r\n"),
        get_with(host=b"Host:\r\n"),
        get_with(b"Connection: Keep-Alive\r\nAccept: */*\r\n"),
    ]
    for data in proper:
        with router.raw() as connection:
            connection.send(data)
            answer = connection.read_response()
            assert answer.status == 200, (data, answer.body)


# -- sizes


def test_too_many_headers_are_refused(router, upstream):
    refuse(router, upstream, get_with(b"".join(b"X-%d: y\r\n" % n for n in range(1000))), statuses=(431,))


@pytest.mark.parametrize("headers", [b"X-Long: " + b"x" * 70_000 + b"\r\n", b"X" * 70_000 + b": x\r\n",
                                     b"".join(b"X-%d: %s\r\n" % (n, b"y" * 2000) for n in range(60))],
                         ids=["a long value", "a long name", "many"])
def test_too_large_a_head_is_refused(router, upstream, headers):
    refuse(router, upstream, get_with(headers), statuses=(431,))


def test_a_head_without_end_is_refused_while_it_grows(router):
    with router.raw() as connection:
        connection.send(b"GET /v1/models HTTP/1.1\r\nHost: x\r\n")
        for _ in range(2000):
            if connection.has_something(0.0001) or not connection.try_to_send(b"X-More: " + b"y" * 1000 + b"\r\n"):
                break
        else:
            pytest.fail("two megabytes of head were taken")
        assert connection.read_response().status == 431


def test_too_long_a_target_is_refused(router, upstream):
    refuse(router, upstream, get_with(line=b"GET /v1/models/" + b"x" * 70_000 + b" HTTP/1.1\r\n"), statuses=(414,))


def test_a_request_line_without_end_is_refused_while_it_grows(router):
    with router.raw() as connection:
        connection.send(b"GET /")
        for _ in range(2000):
            if connection.has_something(0.0001) or not connection.try_to_send(b"x" * 1000):
                break
        else:
            pytest.fail("two megabytes of request line were taken")
        assert connection.read_response().status in (414, 431)


def test_a_decent_amount_of_headers_is_taken(router):
    with router.raw() as connection:
        connection.send(get_with(b"".join(b"X-%d: %s\r\n" % (n, b"y" * 100) for n in range(60))))
        assert connection.read_response().status == 200


# -- time


@pytest.fixture(scope="module")
def strict(tmp_path_factory, shared_upstream):
    """A router with little patience for its clients."""
    config = {"model_list": [model("chat", shared_upstream)],
              "general_settings": {"head_timeout": 0.4, "body_timeout": 0.4, "keepalive_timeout": 0.4}}
    with Router(tmp_path_factory.mktemp("strict"), config) as router:
        yield router


def assert_given_up(connection):
    """Either a 408 or only the end."""
    rest = connection.read_to_end(within=10)
    assert rest == b"" or rest.startswith(b"HTTP/1.1 408"), rest


def test_a_head_that_stops_is_given_up(strict):
    with strict.raw() as connection:
        connection.send(get_with()[:30])
        assert_given_up(connection)


def test_a_head_that_dribbles_is_given_up(strict):
    with strict.raw() as connection:
        connection.send(b"GET /v1/models HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        for _ in range(200):  # twenty seconds of it, were it let
            if connection.has_something(0.1) or not connection.try_to_send(b"x"):
                break
        else:
            pytest.fail("a head that dribbles is waited for")
        assert_given_up(connection)


def test_a_body_that_stops_is_given_up(strict, upstream):
    with strict.raw() as connection:
        connection.send(post_with(length(), BODY[:10]))
        assert_given_up(connection)
    assert upstream.calls == []


def test_a_chunked_body_that_stops_is_given_up(strict, upstream):
    with strict.raw() as connection:
        connection.send(post_with(b"Transfer-Encoding: chunked\r\n", chunked()[:20]))
        assert_given_up(connection)
    assert upstream.calls == []


def test_a_connection_that_says_nothing_is_closed_without_a_word(strict):
    with strict.raw() as connection:
        assert connection.read_to_end(within=10) == b""


def test_a_connection_that_says_nothing_more_is_closed_without_a_word(strict):
    with strict.raw() as connection:
        connection.send(get_with())
        assert connection.read_response().status == 200
        assert connection.read_to_end(within=10) == b""


def test_a_long_call_is_no_idle_connection(strict, upstream):
    gate = Gate()
    upstream.next(scripts.after(gate, scripts.well_behaved))
    with strict.raw() as connection:
        connection.send(post_with(length()))
        assert not connection.has_something(within=1.2)  # three times its patience with clients
        gate.open()
        assert connection.read_response().status == 200


def test_slow_clients_do_not_hold_up_the_others(router):
    slow = [router.raw() for _ in range(100)]
    for connection in slow:
        connection.send(get_with()[:40])
    assert router.chat().status_code == 200
    for connection in slow:
        connection.close()


# -- several requests on a connection


def test_requests_in_one_packet_are_answered_in_order(router, upstream):
    with router.raw() as connection:
        connection.send(get_with() + post_with(length()) + get_with(line=b"GET /nothing HTTP/1.1\r\n") + get_with())
        answers = [connection.read_response() for _ in range(4)]
    assert [answer.status for answer in answers] == [200, 200, 404, 200]
    assert answers[0].json()["object"] == "list" and answers[1].json()["object"] == "chat.completion"


def test_a_request_that_comes_during_a_stream_is_answered_after_it(router, upstream):
    gate = Gate()
    upstream.next(scripts.gated_stream(gate))
    with router.raw() as connection:
        body = json.dumps(chat_request(stream=True)).encode()
        connection.send(post_with(length(body), body))
        connection.read_head()
        seen = connection.read_chunk()
        connection.send(get_with() + post_with(length()))
        gate.open()
        while data := connection.read_chunk():
            seen += data
        assert "quokka-answer" in text_of(events(seen))
        assert connection.read_response().json()["object"] == "list"
        assert connection.read_response().json()["object"] == "chat.completion"


def test_pipelining_without_end_does_not_fill_its_memory(router, upstream):
    """While a call runs, what comes behind it is left in the kernel's buffers."""
    gate = Gate()
    upstream.next(scripts.gated_stream(gate))
    with router.raw() as connection:
        body = json.dumps(chat_request(stream=True)).encode()
        connection.send(post_with(length(body), body))
        connection.read_head()
        connection.sock.settimeout(1)
        sent = 0
        try:
            while sent < 64 << 20:
                connection.sock.sendall(get_with() * 400)
                sent += len(get_with()) * 400
        except OSError:
            pass
        assert sent < 32 << 20
    gate.open()


def test_an_error_between_requests_does_not_lose_the_answer_before_it(router, upstream):
    with router.raw() as connection:
        connection.send(get_with() + b"garbage\r\n\r\n")
        assert connection.read_response().status == 200
        assert connection.read_response().status == 400
        assert connection.read_to_end() == b""


def test_a_refused_call_leaves_the_connection_fit_for_the_next(router, upstream):
    with router.raw() as connection:
        for bad in (b"{", json.dumps(chat_request("no-such-model")).encode(), b"[]"):
            connection.send(post_with(length(bad), bad))
            assert connection.read_response().status in (400, 404)
        connection.send(post_with(length()))
        assert connection.read_response().status == 200


def test_a_request_split_anywhere_is_the_same_request(router, upstream):
    data = request("POST", "/v1/chat/completions", BODY, MASTER_KEY)
    with router.raw() as connection:
        for at in range(1, len(data), 3):
            connection.send(data[:at])
            connection.send(data[at:])
            assert connection.read_response().status == 200, f"split at {at}"


def test_close_is_honoured(router):
    with router.raw() as connection:
        connection.send(get_with(b"Connection: close\r\n") + SMUGGLED)
        answer = connection.read_response()
        assert answer.status == 200 and answer.header("connection").lower() == "close"
        assert connection.read_to_end() == b""


# -- Expect


def test_a_client_that_expects_100_gets_it_before_it_sends(router, upstream):
    with router.raw() as connection:
        connection.send(post_with(length() + b"Expect: 100-continue\r\n", b""))
        assert connection.read_response().status == 100
        connection.send(BODY)
        assert connection.read_response().status == 200
    assert json.loads(upstream.only_call.body)["model"] == "gpt-upstream"
    assert "expect" not in upstream.only_call.header_names()


def test_a_client_that_expects_100_and_does_not_wait_is_served(router, upstream):
    with router.raw() as connection:
        connection.send(post_with(length() + b"Expect: 100-Continue\r\n"))
        answer = connection.read_response()
        if answer.status == 100:
            answer = connection.read_response()
        assert answer.status == 200


def test_any_other_expectation_fails(router, upstream):
    with router.raw() as connection:
        connection.send(post_with(length() + b"Expect: a-miracle\r\n"))
        assert connection.read_response().status == 417
    assert upstream.calls == []


# -- chunked requests


def test_extensions_and_trailers_of_chunks_are_skipped(router, upstream):
    half = len(BODY) // 2
    body = b'%x;name=value;q="a;b"\r\n%s\r\n000%X\r\n%s\r\n0;last\r\nX-Trailer: one\r\nContent-Length: 3\r\n\r\n' % (
        half, BODY[:half], len(BODY) - half, BODY[half:])
    with router.raw() as connection:
        connection.send(post_with(b"Transfer-Encoding: chunked\r\n", body) + SMUGGLED)
        assert connection.read_response().status == 200
        assert connection.read_response().json()["object"] == "list"
    assert json.loads(upstream.only_call.body) == chat_request("gpt-upstream")
    assert "x-trailer" not in upstream.only_call.header_names()


BAD_CHUNKS = {
    "no number": b"xyz\r\n" + BODY + b"\r\n0\r\n\r\n",
    "negative": b"-1\r\n" + BODY + b"\r\n0\r\n\r\n",
    "plus": b"+%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY),
    "empty": b"\r\n" + BODY + b"\r\n0\r\n\r\n",
    "0x": b"0x%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY),
    "a space before": b" %x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY),
    "beyond all numbers": b"FFFFFFFFFFFFFFFFF\r\n" + BODY + b"\r\n0\r\n\r\n",
    "the largest number": b"FFFFFFFFFFFFFFFF\r\n" + BODY + b"\r\n0\r\n\r\n",
    "zeros without end": b"0" * 5000 + b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY),
    "LF alone": b"%x\n%s\n0\n\n" % (len(BODY), BODY),
    "LF after the size": b"%x\n%s\r\n0\r\n\r\n" % (len(BODY), BODY),
    "CR alone": b"%x\r%s\r\n0\r\n\r\n" % (len(BODY), BODY),
    "an LF in an extension": b"%x;a\nb\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY),
    "a chunk too long": b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY) - 2, BODY),
    "no line after a chunk": b"%x\r\n%s0\r\n\r\n" % (len(BODY), BODY),
    "an extension without end": b"%x;%s\r\n%s\r\n0\r\n\r\n" % (len(BODY), b"e" * 100_000, BODY),
    "trailers without end": b"%x\r\n%s\r\n0\r\n%s\r\n" % (len(BODY), BODY, b"X-T: y\r\n" * 20_000),
}


@pytest.mark.parametrize("body", BAD_CHUNKS.values(), ids=BAD_CHUNKS)
def test_a_malformed_chunk_is_refused(router, upstream, body):
    refuse(router, upstream, post_with(b"Transfer-Encoding: chunked\r\n", body), statuses=(400, 413, 431))


# -- other methods and protocols


def test_a_client_of_http_1_0_is_served_and_sees_the_end(router, upstream):
    with router.raw() as connection:
        connection.send(get_with(line=b"GET /v1/models HTTP/1.0\r\n", host=b""))
        answer = connection.read_response()
        assert answer.status == 200 and answer.json()["object"] == "list"
        assert connection.read_to_end() == b""


def test_a_client_of_http_1_0_gets_a_stream_without_chunks(router, upstream):
    body = json.dumps(chat_request(stream=True)).encode()
    with router.raw() as connection:
        connection.send(post_with(length(body), body, line=b"POST /v1/chat/completions HTTP/1.0\r\n"))
        answer = connection.read_response()
        assert answer.header("transfer-encoding") is None and answer.header("content-length") is None
    found = events(answer.body)
    assert "quokka-answer" in text_of(found) and found[-1] == "[DONE]"


def test_head_has_no_body_and_leaves_the_connection_in_step(router):
    with router.raw() as connection:
        connection.send(get_with(line=b"HEAD /health/liveliness HTTP/1.1\r\n") + get_with())
        assert connection.read_response(to="HEAD").status in (200, 405)
        assert connection.read_response().json()["object"] == "list"


def test_options_for_everything_is_answered(router):
    with router.raw() as connection:
        connection.send(get_with(line=b"OPTIONS * HTTP/1.1\r\n") + get_with())
        assert connection.read_response().status in (200, 204, 400, 404, 405)
        assert connection.read_response().status == 200


@pytest.mark.parametrize("line", [b"CONNECT 127.0.0.1:22 HTTP/1.1\r\n", b"TRACE /v1/models HTTP/1.1\r\n", b"BREW /v1/models HTTP/1.1\r\n",
                                  b"get /v1/models HTTP/1.1\r\n", b"M-SEARCH /v1/models HTTP/1.1\r\n"])
def test_methods_from_elsewhere_are_refused(router, line):
    with router.raw() as connection:
        connection.send(get_with(line=line))
        answer = connection.read_response()
        assert answer.status in (400, 404, 405, 501)
        assert answer.json()["error"]["message"] and AUTH.strip() not in answer.body


def test_the_preface_of_http_2_is_cleanly_refused(router):
    with router.raw() as connection:
        connection.send(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00")
        rest = connection.read_to_end()
        assert rest.startswith((b"HTTP/1.1 4", b"HTTP/1.1 505"))
        assert len(re.findall(rb"HTTP/1\.1 \d", rest)) == 1


def test_an_upgrade_is_not_taken(router):
    with router.raw() as connection:
        connection.send(get_with(b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"))
        assert connection.read_response().status == 200


def test_tls_on_the_plain_port_is_refused(router):
    hello = bytes.fromhex("160301020001000001fc0303") + bytes(range(256)) * 2
    with router.raw() as connection:
        connection.send(hello)
        rest = connection.read_to_end()
        assert rest == b"" or rest.startswith(b"HTTP/1.1 400")
    assert router.chat().status_code == 200


@pytest.mark.parametrize("seed", range(8))
def test_noise_is_refused_and_does_no_harm(router, upstream, seed):
    """Good requests with some bytes changed, always the same ones."""
    dice = random.Random(seed)
    good = [post_with(length()), get_with(), post_with(b"Transfer-Encoding: chunked\r\n", chunked())]
    for _ in range(40):
        data = bytearray(dice.choice(good))
        for _ in range(dice.randint(1, 6)):
            at = dice.randrange(len(data))
            data[at : at + dice.randint(0, 2)] = bytes(dice.choice(b"\0\r\n\t :;,{}\"\\/\x7f\xff0aZ") for _ in range(dice.randint(0, 3)))
        with router.raw() as connection:
            connection.try_to_send(bytes(data))
            connection.sock.shutdown(socket.SHUT_WR)
            rest = connection.read_to_end()
            assert rest == b"" or rest.startswith(b"HTTP/1.1 "), data
    assert router.chat().status_code == 200

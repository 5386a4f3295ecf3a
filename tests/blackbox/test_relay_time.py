"""Who waits how long for whom: deadlines, clients that leave, heartbeats, connections gone stale."""

import json
import select
import socket
import struct

import pytest

from fakes import bodies, scripts
from fakes.bodies import ANSWER, sse_stream, text_chunks
from fakes.gate import Gate
from raw_http import Broken, comments, events, request, text_of
from router import MASTER_KEY, Router, chat_request, eventually, model

SOON = 2.0  # seconds; what is asked of the router is 100 ms, the rest is for a machine under load


@pytest.fixture(scope="module")
def hasty(tmp_path_factory, shared_upstream):
    """A router that loses its patience quickly, and sends no heartbeats."""
    config = {
        "model_list": [
            model("chat", shared_upstream),
            model("short-timeout", shared_upstream, timeout=0.3),
            model("short-stream-timeout", shared_upstream, stream_timeout=0.3),
            model("patient", shared_upstream, stream_timeout=20, timeout=20),
        ],
        "general_settings": {"connect_timeout": 0.3, "first_byte_timeout": 0.6, "idle_timeout": 0.6, "heartbeat_interval": 0,
                             "write_timeout": 0.6},
    }
    with Router(tmp_path_factory.mktemp("hasty"), config) as router:
        yield router


# -- deadlines


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("script", [scripts.silent, scripts.stall_in_head], ids=["silent", "inside the head"])
def test_an_upstream_that_does_not_begin_is_a_gateway_timeout(hasty, upstream, script, stream):
    upstream.next(script)
    answer = hasty.chat(stream=stream)
    assert answer.status_code == 504
    assert answer.json()["error"]["message"]
    assert upstream.only_call.wait_until_left(SOON)


def test_an_upstream_that_does_not_accept_is_a_gateway_timeout(start_router):
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        address = full.getsockname()
        waiting = []
        for _ in range(4):  # fills its queue: the kernel leaves whoever comes next without an answer
            waiting.append(socket.socket())
            waiting[-1].setblocking(False)
            waiting[-1].connect_ex(address)
        router = start_router({"model_list": [model("chat", f"http://127.0.0.1:{address[1]}/v1")],
                               "general_settings": {"connect_timeout": 0.3}})
        answer = router.chat()
        assert answer.status_code in (502, 504)
        assert answer.json()["error"]["message"] and str(address[1]) not in answer.text
        for sock in waiting:
            sock.close()


def test_an_upstream_that_refuses_the_connection_is_a_bad_gateway(start_router):
    router = start_router({"model_list": [model("chat", "http://127.0.0.1:1/v1")]})
    for stream in (False, True):
        answer = router.chat(stream=stream)
        assert answer.status_code == 502
        assert answer.json()["error"]["message"] and "127.0.0.1" not in answer.json()["error"]["message"]


def test_a_host_that_does_not_exist_is_a_bad_gateway(start_router):
    router = start_router({"model_list": [model("chat", "http://no-such-host.invalid/v1")],
                           "general_settings": {"connect_timeout": 5}})
    answer = router.chat()
    assert answer.status_code in (502, 504)
    assert "no-such-host" not in answer.json()["error"]["message"]


def test_a_stream_that_falls_silent_ends_with_an_error_event(hasty, upstream):
    upstream.next(scripts.stream_then("stall", events=3))
    with hasty.start_chat(stream=True) as connection:
        found = events(connection.read_response().body)
    assert found[-1] == "[DONE]" or "error" in found[-1]
    (error,) = [c for c in found if c != "[DONE]" and "error" in c]
    assert error["error"]["message"] and "choices" not in error
    assert upstream.only_call.wait_until_left(SOON)


def test_a_whole_answer_that_falls_silent_never_looks_whole(hasty, upstream):
    upstream.next(scripts.stall_in_body)
    answer = hasty.chat()
    assert answer.status_code in (502, 504)
    assert answer.json()["error"]["message"]
    assert upstream.only_call.wait_until_left(SOON)


@pytest.mark.parametrize("name, stream, status", [
    ("short-timeout", False, 504), ("short-timeout", True, 504), ("short-stream-timeout", True, 504),
])
def test_a_target_has_its_own_patience(hasty, upstream, name, stream, status):
    upstream.next(scripts.silent)
    assert hasty.chat(name, stream=stream).status_code == status
    assert upstream.only_call.wait_until_left(SOON)


def test_the_wait_for_an_answer_begins_when_the_request_has_left(hasty, upstream):
    """A long upload to an upstream that takes it slowly outlasts first_byte_timeout: both are at work."""

    def take_slowly(call):
        call.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
        pace, left = select.poll(), int(call.header("content-length"))
        while left:
            left -= len(call.connection.read_exactly(min(left, 1 << 20)))
            pace.poll(60)
        call.body = b""
        call.whole(bodies.as_json(bodies.completion()))

    upstream.next(scripts.early(take_slowly))
    answer = hasty.chat(padding="p" * (24 << 20))
    assert answer.status_code == 200, answer.text


def test_an_upstream_that_takes_nothing_of_a_request_is_a_gateway_timeout(hasty, upstream):
    upstream.next(scripts.early(scripts.silent))
    answer = hasty.chat(padding="p" * (24 << 20))
    assert answer.status_code == 504
    assert upstream.only_call.wait_until_left(SOON)


def test_the_whole_call_has_a_deadline_however_busy_the_upstream_seems(start_router, upstream):
    def babble(call):
        call.stream_head()
        while True:  # until the router leaves
            call.chunk(sse_stream([bodies.chunk({"content": "and "})])[0])
            call.until_read()

    upstream.next(babble)
    router = start_router({"model_list": [model("chat", upstream)], "litellm_settings": {"request_timeout": 0.6}})
    with router.start_chat(stream=True) as connection:
        found = events(connection.read_response().body)
    assert [c for c in found if c != "[DONE]" and "error" in c]
    assert upstream.only_call.wait_until_ended(SOON)


def test_a_client_that_takes_nothing_is_given_up(hasty, upstream):
    """write_timeout: a connection that nobody reads from may not hold an upstream for ever."""

    def flood(call):
        call.stream_head()
        event = sse_stream([bodies.chunk({"content": "f" * 16_000})])[0]
        while True:
            call.chunk(event)

    upstream.next(flood)
    with hasty.start_chat(stream=True):
        call = upstream.wait_for_call()
        assert call.wait_until_ended(15)


# -- clients that leave


LEAVERS = {"before the head": scripts.silent, "inside the head": scripts.stall_in_head, "inside a whole answer": scripts.stall_in_body}


@pytest.mark.parametrize("goodbye", ["fin", "rst"])
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("script", LEAVERS.values(), ids=LEAVERS)
def test_a_client_that_leaves_ends_the_call_upstream(router, upstream, script, stream, goodbye):
    upstream.next(script)
    connection = router.start_chat(stream=stream)
    call = upstream.wait_for_call()
    leave(connection, goodbye)
    assert call.wait_until_left(SOON)


@pytest.mark.parametrize("goodbye", ["fin", "rst"])
def test_a_client_that_leaves_in_mid_stream_ends_the_call_upstream(router, upstream, goodbye):
    upstream.next(scripts.stream_then("stall"))
    connection = router.start_chat(stream=True)
    connection.read_head()
    connection.read_chunk()
    leave(connection, goodbye)
    assert upstream.wait_for_call().wait_until_left(SOON)


def leave(connection, goodbye):
    if goodbye == "rst":
        connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def test_a_client_that_leaves_while_the_upstream_talks_ends_the_call(router, upstream):
    def talk(call):
        call.stream_head()
        while True:
            call.chunk(sse_stream([bodies.chunk({"content": "and "})])[0])
            call.until_read()

    upstream.next(talk)
    with router.start_chat(stream=True) as connection:
        connection.read_head()
        connection.read_chunk()
    assert upstream.wait_for_call().wait_until_left(SOON)


def test_a_client_that_leaves_is_logged_as_such(router, upstream):
    upstream.next(scripts.silent)
    before = len(router.calls_logged())
    connection = router.start_chat()
    upstream.wait_for_call()
    connection.close()
    line = eventually(lambda: router.calls_logged()[before:], what="a line in the log")[0]
    assert line["status"] == 499


def test_a_client_that_leaves_in_its_request_disturbs_nobody(router, upstream):
    data = router.chat_bytes()
    for at in range(1, len(data), 7):
        with router.raw() as connection:
            connection.send(data[:at])
    assert router.chat().status_code == 200
    assert len(upstream.calls) == 1


def test_many_clients_that_leave_at_once_end_their_calls(router, upstream):
    upstream.always(scripts.silent)
    connections = [router.start_chat(stream=True) for _ in range(50)]
    upstream.wait_for_call(50)
    for connection in connections:
        connection.close()
    assert all(call.wait_until_left(10) for call in upstream.calls)


# -- heartbeats


@pytest.fixture(scope="module")
def beating(tmp_path_factory, shared_upstream):
    config = {"model_list": [model("chat", shared_upstream)],
              "general_settings": {"heartbeat_interval": 0.1, "first_byte_timeout": 20, "idle_timeout": 20}}
    with Router(tmp_path_factory.mktemp("beating"), config) as router:
        yield router


def test_a_silent_upstream_is_covered_by_heartbeats(beating, upstream):
    gate = Gate()
    upstream.next(scripts.after(gate, scripts.well_behaved))
    with beating.start_chat(stream=True) as connection:
        head = connection.read_head()  # although the upstream has not said a word
        assert head.status == 200 and head.header("content-type").startswith("text/event-stream")
        beats = b"".join(connection.read_chunk() for _ in range(3))
        assert events(beats) == [] and len(comments(beats)) >= 3
        assert not upstream.only_call.ended
        gate.open()
        rest = b""
        while data := connection.read_chunk():
            rest += data
    found = events(rest)
    assert text_of(found) == ANSWER and found[-1] == "[DONE]"
    assert {c["model"] for c in found[:-1]} == {"chat"}


def test_a_stream_that_pauses_is_covered_by_heartbeats(beating, upstream):
    gate = Gate()
    upstream.next(scripts.gated_stream(gate, before=3))
    with beating.start_chat(stream=True) as connection:
        connection.read_head()
        seen = b""
        while len(comments(seen)) < 2:
            seen += connection.read_chunk()
        assert len(events(seen)) == 3
        gate.open()
        while data := connection.read_chunk():
            seen += data
    assert text_of(events(seen)) == ANSWER


def test_a_heartbeat_never_falls_into_an_event(beating, upstream):
    gate = Gate()
    event = sse_stream(text_chunks())[1]

    def half_an_event(call):
        call.stream_head()
        call.chunk(event[:30])
        call.wait(gate)
        call.chunk(event[30:])
        call.last_chunk()

    upstream.next(half_an_event)
    with beating.start_chat(stream=True) as connection:
        connection.read_head()
        seen = connection.read_chunk() + connection.read_chunk()
        gate.open()
        while data := connection.read_chunk():
            seen += data
    assert len(comments(seen)) >= 2
    assert text_of(events(seen)) == bodies.PIECES[0]


ERRORS = {
    "status": scripts.whole(bodies.error("no more credit"), status=402),
    "HTML": scripts.whole(scripts.HTML_502, status=502, content_type="text/html"),
    "dropped": scripts.drop,
    "garbage": scripts.raw(b"garbage\r\n\r\n", then="fin"),
}


@pytest.mark.parametrize("script", ERRORS.values(), ids=ERRORS)
def test_a_failure_after_the_heartbeats_is_an_error_event(beating, upstream, script):
    gate = Gate()
    upstream.always(scripts.after(gate, script))
    with beating.start_chat(stream=True) as connection:
        assert connection.read_head().status == 200
        connection.read_chunk()
        gate.open()
        rest = b""
        while data := connection.read_chunk():
            rest += data
        (error,) = [c for c in events(rest) if c != "[DONE]"]
        assert error["error"]["message"] and "choices" not in error
        if script is ERRORS["status"]:
            assert "no more credit" in error["error"]["message"]
        upstream.always(scripts.well_behaved)
        connection.send(beating.chat_bytes())
        assert connection.read_response().status == 200


def test_a_failure_before_the_first_heartbeat_keeps_its_status(beating, upstream):
    upstream.next(ERRORS["status"])
    assert beating.chat(stream=True).status_code == 429  # the 402, as OpenAI's SDKs know it


def test_a_whole_answer_has_no_heartbeats(beating, upstream):
    gate = Gate()
    upstream.next(scripts.after(gate, scripts.well_behaved))
    with beating.start_chat() as connection:
        upstream.wait_for_call()
        assert not connection.has_something(within=0.5)
        gate.open()
        assert connection.read_response().json()["choices"][0]["message"]["content"] == ANSWER


def test_a_whole_answer_to_a_stream_request_after_heartbeats_is_still_understood(beating, upstream):
    """The head of a stream is out already: the answer must come as one, or as an error in it."""
    gate = Gate()
    upstream.next(scripts.after(gate, scripts.whole(bodies.completion())))
    with beating.start_chat(stream=True) as connection:
        connection.read_head()
        connection.read_chunk()
        gate.open()
        rest = b""
        while data := connection.read_chunk():
            rest += data
    found = [c for c in events(rest) if c != "[DONE]"]
    assert found and all("choices" in c or "error" in c for c in found)


def test_a_client_that_leaves_between_heartbeats_ends_the_call(beating, upstream):
    upstream.next(scripts.silent)
    with beating.start_chat(stream=True) as connection:
        connection.read_head()
        connection.read_chunk()
    assert upstream.only_call.wait_until_left(SOON)


# -- connections kept alive, and gone stale


@pytest.fixture
def single(start_router, start_upstream):
    """One thread, so that there is one pool of connections, and an upstream that nobody else uses."""
    upstream = start_upstream()
    router = start_router({"model_list": [model("chat", upstream)]}, arguments=["--threads", "1"])
    return router, upstream


@pytest.mark.parametrize("ending", ["fin", "rst"])
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_a_kept_connection_that_dies_under_a_call_is_replaced_unseen(single, ending, stream):
    router, upstream = single

    def dies_when_used_again(call):
        if call.number_on_connection > 1:
            call.reset() if ending == "rst" else call.finish()
        scripts.well_behaved(call)

    upstream.always(dies_when_used_again)
    for _ in range(4):
        answer = router.chat(stream=stream)
        assert answer.status_code == 200
        assert (text_of(events(answer.content)) if stream else answer.json()["choices"][0]["message"]["content"]) == ANSWER
    assert len(upstream.connections) >= 4
    assert {json.loads(call.body)["model"] for call in upstream.calls} == {"gpt-upstream"}


def test_a_kept_connection_that_the_upstream_closed_is_not_used(single):
    router, upstream = single
    for _ in range(5):
        assert router.chat().status_code == 200
        upstream.close_idle_connections()
    assert len(upstream.calls) == 5


def test_a_fresh_connection_that_dies_is_not_tried_for_ever(single):
    router, upstream = single
    upstream.always(scripts.drop)
    answer = router.chat()
    assert answer.status_code == 502 and answer.json()["error"]["message"]
    assert len(upstream.calls) <= 2


def test_a_call_whose_answer_began_is_never_sent_again(single):
    router, upstream = single
    assert router.chat().status_code == 200  # a connection is kept now
    upstream.next(scripts.raw(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{", then="fin"))
    answer = router.chat()
    assert answer.status_code == 502
    assert len(upstream.calls) == 2


@pytest.mark.parametrize("answer", [b"H", b"HTTP/1.1 200 OK\r\nContent-Le", b"garbage\r\n\r\n",
                                    b"HTTP/1.1 200 OK\r\n" + b"X-More: " * 100_000], ids=["a byte", "half a head", "garbage", "too long a head"])
def test_a_call_of_whose_answer_a_byte_was_seen_is_never_sent_again(single, answer):
    router, upstream = single
    assert router.chat().status_code == 200
    upstream.next(scripts.raw(answer, then="fin"))
    assert router.chat().status_code == 502
    assert len(upstream.calls) == 2


def test_an_upstream_that_says_close_is_not_called_on_that_connection_again(single):
    router, upstream = single

    def last_one(call):
        call.whole(bodies.as_json(bodies.completion()), headers=[("Connection", "close")])
        call.wait_for_peer_to_leave()  # it says so, and waits for the router to do it

    upstream.always(last_one)
    for _ in range(3):
        assert router.chat().status_code == 200
    assert len(upstream.connections) == 3


def test_after_a_call_that_failed_its_connection_is_not_kept(single):
    router, upstream = single
    upstream.next(scripts.stall_in_body)
    connection = router.start_chat()
    upstream.wait_for_call()
    connection.close()
    assert upstream.calls[0].wait_until_left(SOON)
    assert router.chat().status_code == 200
    assert upstream.calls[1].number_on_connection == 1


def test_a_pipelined_poisoner_cannot_swap_answers(single):
    """A client that leaves in mid-answer must not leave the rest of it to the next call."""
    router, upstream = single
    for number in range(10):
        text = f"answer number {number}"
        upstream.next(scripts.whole(bodies.completion("x" * 200_000)), scripts.whole(bodies.completion(text)))
        with router.start_chat() as connection:
            connection.read_head()
        assert router.chat().json()["choices"][0]["message"]["content"] == text


def test_what_an_upstream_says_before_it_is_asked_is_no_answer(single):
    router, upstream = single
    forged = bodies.as_json(bodies.completion("forged"))

    def answer_twice(call):
        call.whole(bodies.as_json(bodies.completion()))
        call.until_read()
        call.whole(forged)
        call.until_read()

    upstream.next(answer_twice)
    assert router.chat().status_code == 200
    assert upstream.calls[-1].wait_until_ended()
    assert "forged" not in router.chat().text


def test_an_endless_row_of_interim_answers_is_no_answer(hasty, upstream):
    def flood(call):
        while True:
            call.write(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)

    upstream.next(flood)
    assert hasty.chat().status_code == 504
    assert upstream.only_call.wait_until_left(SOON)


def test_the_router_does_not_hurry_a_slow_but_living_client(hasty, upstream):
    with hasty.raw() as connection:
        connection.send(request("POST", "/v1/chat/completions", json.dumps(chat_request(stream=True)).encode(), MASTER_KEY))
        try:
            found = events(connection.read_response().body)
        except Broken as broken:
            pytest.fail(str(broken))
    assert text_of(found) == ANSWER

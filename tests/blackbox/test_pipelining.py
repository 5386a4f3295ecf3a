"""Requests that a client sends ahead: each is answered, in order, and with nobody else's bytes."""

import json

from fakes import scripts
from fakes.gate import Gate
from router import model


def one_thread(start_router, start_upstream):
    upstream = start_upstream()
    return upstream, start_router({"model_list": [model("chat", upstream)]}, arguments=["--threads", "1"])


def test_a_third_request_after_two_in_one_packet_is_answered(start_router, start_upstream):
    upstream, router = one_thread(start_router, start_upstream)
    gate = Gate()
    upstream.next(scripts.after(gate, scripts.well_behaved))
    with router.raw() as connection:
        connection.send(router.chat_bytes(user="first") + router.chat_bytes(user="second"))
        upstream.wait_for_call(1)
        gate.open()
        assert connection.read_response().status == 200
        assert connection.read_response().status == 200
        connection.send(router.chat_bytes(user="third"))
        assert connection.read_response().status == 200
    assert [json.loads(call.body)["user"] for call in upstream.calls] == ["first", "second", "third"]


def test_a_second_request_whose_body_comes_late_is_answered(start_router, start_upstream):
    upstream, router = one_thread(start_router, start_upstream)
    gate = Gate()
    upstream.next(scripts.after(gate, scripts.well_behaved))
    late = router.chat_bytes(user="second")
    with router.raw() as connection:
        connection.send(router.chat_bytes(user="first") + late[:-20])
        upstream.wait_for_call(1)
        gate.open()
        assert connection.read_response().status == 200
        connection.send(late[-20:])
        assert connection.read_response().status == 200
    assert [json.loads(call.body)["user"] for call in upstream.calls] == ["first", "second"]

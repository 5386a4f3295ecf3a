"""The fakes themselves, met without a router: a fake that misbehaves differently than it says would prove nothing."""

import json

import pytest

from fakes import bodies, scripts
from fakes.gate import Gate
from raw_http import Broken, RawHttp, events, request, text_of
from router import chat_request, to_yaml


@pytest.fixture
def fake(start_upstream):
    return start_upstream()


def ask(fake, **fields) -> RawHttp:
    connection = RawHttp(("127.0.0.1", fake.port))
    connection.send(request("POST", "/v1/chat/completions", json.dumps(chat_request(**fields)).encode()))
    return connection


def test_it_answers_and_remembers(fake):
    with ask(fake) as connection:
        assert connection.read_response().json()["choices"][0]["message"]["content"] == bodies.ANSWER
    call = fake.only_call
    assert call.path == "/v1/chat/completions" and json.loads(call.body) == chat_request()
    assert call.header("host") == "router.test"


def test_it_streams_and_counts_only_when_asked(fake):
    for options, count in (({}, 0), ({"stream_options": {"include_usage": True}}, 1)):
        with ask(fake, stream=True, **options) as connection:
            found = events(connection.read_response().body)
        assert text_of(found) == bodies.ANSWER and found[-1] == "[DONE]"
        assert len([c for c in found[:-1] if c.get("usage")]) == count


@pytest.mark.parametrize("ending", ["fin", "rst", "truncated_chunk"])
def test_it_cuts_a_stream(fake, ending):
    fake.next(scripts.stream_then(ending))
    with ask(fake, stream=True) as connection:
        with pytest.raises(Broken) as raised:
            connection.read_response()
    assert len(events(raised.value.response.body)) == 2


def test_it_sees_when_its_peer_leaves(fake):
    fake.next(scripts.silent)
    connection = ask(fake)
    call = fake.wait_for_call()
    assert not call.wait_until_left(0.1)
    connection.close()
    assert call.wait_until_left(5)


def test_it_waits_for_the_gate_and_no_longer(fake):
    gate = Gate()
    fake.next(scripts.after(gate, scripts.well_behaved))
    with ask(fake) as connection:
        assert not connection.has_something(0.2)
        gate.open()
        assert connection.read_response().status == 200


def test_it_knows_when_its_bytes_were_read(fake):
    order = []

    def script(call):
        call.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{")
        call.until_read()
        order.append("read")
        call.write(b"}")

    fake.next(script)
    with ask(fake) as connection:
        fake.wait_for_call()
        assert order == []
        assert connection.read_response().body == b"{}"
    assert order == ["read"]


def test_it_notices_when_it_is_made_to_wait(fake):
    amounts = []

    def flood(call):
        call.stream_head()
        amounts.append(call.write_until_blocked(b"x" * 65536, limit=256 << 20, quiet=0.2))

    fake.next(flood)
    with ask(fake):
        assert fake.wait_for_call().wait_until_ended(20)
    assert 0 < amounts[0] < 64 << 20


def test_it_can_answer_before_it_reads(fake):
    fake.next(scripts.early(scripts.whole({"early": True})))
    with RawHttp(("127.0.0.1", fake.port)) as connection:
        connection.send(request("POST", "/v1/chat/completions").replace(b"Content-Length: 0", b"Content-Length: 5"))
        assert connection.read_response().json() == {"early": True}
        connection.send(b"12345")


def test_the_yaml_of_the_tests_keeps_its_values():
    text = to_yaml({"a": [{"b": "x: y", "c": {"d": [1, 2.5, True, None]}}], "e/f*": 'quo"te', "g": [], "h": [["i"]]})
    assert text == ('a:\n  - b: "x: y"\n    c:\n      d:\n        - 1\n        - 2.5\n        - true\n        - null\n'
                    '"e/f*": "quo\\"te"\ng: []\nh:\n  - - "i"')

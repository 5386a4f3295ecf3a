"""What a caller never sees: a target that fails before anything of its answer was passed on."""

import json
import re
import threading

import pytest

from fakes import bodies, scripts
from fakes.gate import Gate
from fakes.upstream import FakeUpstream
from raw_http import events, text_of
from router import Router, chat_request, eventually, model

PAGE = b"<html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>"
ERROR = bodies.error("The server is overloaded.", "overloaded_error")

# Each is an answer of one kind or the other that is none, and that another target may do better.
FAULTS = {
    "drop": scripts.drop,
    "500": scripts.whole(ERROR, 500),
    "503 page": scripts.whole(PAGE, 503, content_type="text/html"),
    "529": scripts.whole(ERROR, 529),
    "429": scripts.whole(bodies.error("Rate limit reached."), 429),
    "429 with a long wait": scripts.whole(bodies.error("Rate limit reached."), 429, [("Retry-After", "55")]),
    "401": scripts.whole(bodies.error("Invalid API key."), 401),
    "garbage": scripts.raw(b"\x16\x03\x01 this is no HTTP\r\n\r\n", "fin"),
    "rst": scripts.raw(b"HTTP/1.1 200 OK\r\nContent-Type: appl", "rst"),
    "200 with a page": scripts.whole(PAGE, content_type="text/html"),
    "200 with nothing": scripts.whole(b""),
    "200 with an error": scripts.whole(ERROR),
    "200 with half": scripts.raw(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"id":', "fin"),
    "stream that breaks": scripts.stream_then("rst", events=0),
    "stream that ends": scripts.stream([]),
    "stream with an error": scripts.stream([b"data: " + bodies.as_json(ERROR) + b"\n\n"]),
    "stream with an error's event": scripts.stream([b"event: error\ndata: " + bodies.as_json(ERROR) + b"\n\n"]),
    "stream of a bad chunk": scripts.stream_then("bad_chunk", events=0),
}


@pytest.fixture(scope="module")
def pair():
    with FakeUpstream() as ill, FakeUpstream() as well:
        yield ill, well


@pytest.fixture(scope="module")
def twice(tmp_path_factory, pair):
    """One router; `ill` comes first wherever it stands."""
    ill, well = pair
    config = {
        "model_list": [
            model("both", ill), model("both", well),
            model("first", ill), model("second", well), model("third", well, upstream_model="third"),
            model("alone", ill), model("retried", ill, num_retries=2),
            model("ordered", well, order=2), model("ordered", ill, order=1),
            model("far/*", ill), model("mock-of-an-error", mock_response="litellm.RateLimitError"),
        ],
        "router_settings": {
            "fallbacks": [{"first": ["second"]}, {"far/away": ["second"]}, {"mock-of-an-error": ["second"]}],
            "context_window_fallbacks": [{"alone": ["third"]}],
            "content_policy_fallbacks": [{"alone": ["second"]}],
            "cooldown_time": 0,
            "model_group_alias": {"also-first": "first"},
        },
    }
    with Router(tmp_path_factory.mktemp("failover"), config) as router:
        yield router


@pytest.fixture
def ill(pair):
    pair[0].forget()
    yield pair[0]
    assert not pair[0].script_errors, pair[0].script_errors


@pytest.fixture
def well(pair):
    pair[1].forget()
    yield pair[1]
    assert not pair[1].script_errors, pair[1].script_errors


def said(answer, is_stream) -> str:
    assert answer.status_code == 200, answer.text
    return text_of(events(answer.content)) if is_stream else answer.json()["choices"][0]["message"]["content"]


@pytest.mark.parametrize("is_stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", ["both", "first", "ordered"])
def test_a_target_that_fails_is_not_seen(twice, ill, well, name, fault, is_stream):
    ill.always(FAULTS[fault])
    answer = twice.chat(name, stream=is_stream)
    assert said(answer, is_stream) == bodies.ANSWER
    assert ill.calls and len(well.calls) == 1  # a kept connection that is dropped is replaced once
    line = twice.logged_call(answer)
    assert line["attempts"] == 2 and line["status"] == 200, line
    assert re.fullmatch(r"openai/gpt-upstream (401|429|5\d\d)", line["failed_attempts"]), line


@pytest.mark.parametrize("is_stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault not in ("401", "429 with a long wait")])
def test_a_target_that_stands_alone_is_asked_again(twice, ill, fault, is_stream):
    ill.next(FAULTS[fault])
    answer = twice.chat("retried", stream=is_stream)
    assert said(answer, is_stream) == bodies.ANSWER
    assert len(ill.calls) == 2


@pytest.mark.parametrize("status, times", [(500, 3), (429, 3), (401, 1), (400, 1), (404, 1)])
def test_so_often_and_no_more(twice, ill, status, times):
    ill.always(scripts.whole(bodies.error("No."), status))
    assert twice.chat("retried").status_code == status
    assert len(ill.calls) == times


def test_who_is_to_wait_for_long_is_told_so(twice, ill):
    ill.always(scripts.whole(bodies.error("Rate limit reached."), 429, [("Retry-After", "31")]))
    answer = twice.chat("retried")
    assert answer.status_code == 429 and answer.headers["retry-after"] == "31"
    assert len(ill.calls) == 1


@pytest.mark.parametrize("name", ["also-first", "far/away", "mock-of-an-error"])
def test_a_name_of_whatever_kind_falls_back(twice, ill, well, name):
    ill.always(scripts.whole(ERROR, 500))
    assert said(twice.chat(name), False) == bodies.ANSWER
    assert len(well.calls) == 1


def test_a_conversation_that_is_too_long_goes_to_another_model(twice, ill, well):
    ill.next(scripts.whole(bodies.error("This model's maximum context length is 8192 tokens.",
                                        code="context_length_exceeded"), 400))
    assert said(twice.chat("alone"), False) == bodies.ANSWER
    assert json.loads(well.only_call.body)["model"] == "third"


def test_what_a_provider_objects_to_goes_to_another_model(twice, ill, well):
    ill.next(scripts.whole(bodies.error("The response was filtered.", code="content_filter"), 400))
    assert said(twice.chat("alone"), False) == bodies.ANSWER
    assert json.loads(well.only_call.body)["model"] == "gpt-upstream"


def test_the_requests_own_fault_goes_nowhere_else(twice, ill, well):
    ill.next(scripts.whole(bodies.error("temperature: must be at most 2"), 400))
    assert twice.chat("first").status_code == 400
    assert not well.calls


def test_what_has_begun_is_not_begun_again(twice, ill, well):
    ill.next(scripts.stream_then("rst", events=3))
    answer = twice.chat("both", stream=True)
    assert answer.status_code == 200 and b'"error"' in answer.content and b"[DONE]" not in answer.content
    assert not well.calls


# -- as the call itself says


def test_a_call_brings_its_own_fallbacks(twice, ill, well):
    ill.next(scripts.whole(ERROR, 500))
    assert said(twice.chat("alone", fallbacks=["nowhere", {"model": "third"}]), False) == bodies.ANSWER
    assert json.loads(well.only_call.body)["model"] == "third"
    assert not {"fallbacks", "num_retries"} & json.loads(well.only_call.body).keys()


@pytest.mark.parametrize("member", [{"disable_fallbacks": True}, {"fallbacks": []}])
def test_a_call_forgoes_fallbacks(twice, ill, well, member):
    ill.next(scripts.whole(ERROR, 500))
    assert twice.chat("first", **member).status_code == 500
    assert not well.calls


def test_a_call_says_how_often(twice, ill):
    ill.always(scripts.whole(ERROR, 500))
    assert twice.chat("alone", num_retries=1).status_code == 500
    assert len(ill.calls) == 2
    assert "num_retries" not in json.loads(ill.calls[0].body)


def test_a_header_says_how_often(twice, ill):
    ill.always(scripts.whole(ERROR, 500))
    with twice.client() as client:
        answer = client.post("/v1/chat/completions", json=chat_request("alone"), headers={"x-litellm-num-retries": "1"})
    assert answer.status_code == 500 and len(ill.calls) == 2


@pytest.mark.parametrize("member", [{"num_retries": "often"}, {"num_retries": -1}, {"fallbacks": "second"}, {"fallbacks": [7]}])
def test_what_cannot_be_a_wish_is_refused(twice, ill, member):
    answer = twice.chat("first", **member)
    assert answer.status_code == 400 and answer.json()["error"]["param"] == next(iter(member))
    assert not ill.calls


# -- a limit of calls under way


def test_calls_beyond_the_limit_wait_for_their_turn(tmp_path):
    gate = Gate()
    with FakeUpstream() as upstream, Router(tmp_path, {"model_list": [model("narrow", upstream, max_parallel_requests=3)]}) as router:
        under_way, most = [], []

        def counted(call):
            under_way.append(call)
            most.append(len(under_way))
            call.wait(gate)
            under_way.remove(call)
            scripts.well_behaved(call)

        upstream.always(counted)
        answers = []
        threads = [threading.Thread(target=lambda: answers.append(router.chat("narrow"))) for _ in range(12)]
        for thread in threads:
            thread.start()
        eventually(lambda: len(upstream.calls) == 3, what="three calls")
        assert router.models() == ["narrow"]  # the router itself is not held up
        assert len(upstream.calls) == 3
        gate.open()
        for thread in threads:
            thread.join()
        assert [answer.status_code for answer in answers] == [200] * 12
        assert max(most) == 3


def test_who_leaves_while_it_waits_for_its_turn_takes_none(tmp_path):
    gate = Gate()
    with FakeUpstream() as upstream, Router(tmp_path, {"model_list": [model("narrow", upstream, max_parallel_requests=1)]}) as router:
        upstream.next(scripts.after(gate, scripts.well_behaved))
        first = router.start_chat("narrow")
        upstream.wait_for_call()
        second = router.start_chat("narrow")
        second.close()
        eventually(lambda: [line for line in router.calls_logged() if line["status"] == 499], what="the one who left")
        gate.open()
        assert router.chat("narrow").status_code == 200
        first.close()
        assert len(upstream.calls) == 2


def test_a_full_target_lets_another_one_answer(tmp_path):
    gate = Gate()
    with FakeUpstream() as narrow, FakeUpstream() as wide:
        config = {"model_list": [model("m", narrow, max_parallel_requests=1), model("m", wide)]}
        with Router(tmp_path, config) as router:
            narrow.next(scripts.after(gate, scripts.well_behaved))
            first = router.start_chat("m")
            narrow.wait_for_call()
            assert router.chat("m").status_code == 200 and len(wide.calls) == 1
            gate.open()
            first.close()


def test_the_wait_for_a_turn_is_none_of_the_targets_time(tmp_path):
    """Nor is it its fault."""
    gates = [Gate() for _ in range(3)]
    config = {"model_list": [model("narrow", None, max_parallel_requests=1, stream_timeout=1.5)]}
    with FakeUpstream() as upstream:
        config["model_list"][0]["litellm_params"]["api_base"] = upstream.base_url
        with Router(tmp_path, config) as router:
            upstream.next(*(scripts.after(gate, scripts.well_behaved) for gate in gates))
            calls = [router.start_chat("narrow", stream=True) for _ in gates]
            for number, gate in enumerate(gates, 1):
                upstream.wait_for_call(number)
                calls[number - 1].has_something(0.7)  # each takes a while, all together longer than one may
                gate.open()
            assert [call.read_response().status for call in calls] == [200] * 3


def test_a_limit_outlives_a_reload(tmp_path):
    gate = Gate()
    with FakeUpstream() as upstream, Router(tmp_path, {"model_list": [model("narrow", upstream, max_parallel_requests=1)]}) as router:
        upstream.next(scripts.after(gate, scripts.well_behaved))
        first = router.start_chat("narrow")
        upstream.wait_for_call()
        with router.client() as client:
            assert client.post("/admin/reload-backends").status_code == 200
        second = router.start_chat("narrow")
        assert router.models() == ["narrow"] and len(upstream.calls) == 1
        gate.open()
        assert [call.read_response().status for call in (first, second)] == [200, 200]


# -- what is thought of a target


@pytest.mark.parametrize("fault", ["500", "200 with a page", "stream that breaks", "stream with an error"])
def test_failures_in_a_row_are_counted_whatever_they_are(tmp_path, fault):
    with FakeUpstream() as ill, FakeUpstream() as well:
        config = {"model_list": [model("m", ill), model("m", well)], "router_settings": {"allowed_fails": 2, "cooldown_time": 60}}
        with Router(tmp_path, config) as router:
            ill.always(FAULTS[fault])
            for _ in range(6):
                assert said(router.chat("m", stream=True), True) == bodies.ANSWER
            assert len(ill.calls) == 3


def test_streams_that_break_in_their_middle_are_counted_too(tmp_path):
    with FakeUpstream() as ill, FakeUpstream() as well:
        config = {"model_list": [model("m", ill), model("m", well)], "router_settings": {"allowed_fails": 2, "cooldown_time": 60}}
        with Router(tmp_path, config) as router:
            ill.always(scripts.stream_then("rst", events=3))
            broken = [b'"error"' in router.chat("m", stream=True).content for _ in range(5)]
            assert broken == [True, True, True, False, False]
            assert len(ill.calls) == 3 and len(well.calls) == 2


def test_losses_are_those_of_who_answered_and_wishes_are_none(tmp_path):
    with FakeUpstream() as ill:
        params = {"model": "anthropic/claude-sonnet-4-5", "api_key": "k", "api_base": ill.origin}
        entries = [{"model_name": name, "litellm_params": params} for name in ("m", "claude")]
        with Router(tmp_path, {"model_list": [*entries, model("m", mock_response="hi")]}) as router:
            ill.always(scripts.whole({"type": "error", "error": {"type": "overloaded_error", "message": "no"}}, 529))
            answer = router.chat("m", seed=7, num_retries=0)
            assert said(answer, False) == "hi" and "x-router-losses" not in answer.headers
            ill.always(scripts.whole({"id": "msg_1", "type": "message", "role": "assistant", "model": "claude", "stop_reason": "end_turn",
                                      "content": [{"type": "text", "text": "hello"}], "usage": {"input_tokens": 1, "output_tokens": 1}}))
            answer = router.chat("claude", seed=7, num_retries=0)
            assert said(answer, False) == "hello" and answer.headers["x-router-losses"] == "seed"


# -- heartbeats


def test_heartbeats_go_on_while_others_are_asked(tmp_path):
    with FakeUpstream() as ill, FakeUpstream() as well:
        config = {"model_list": [model("m", ill), model("m", well)], "general_settings": {"heartbeat_interval": 0.05}}
        with Router(tmp_path, config) as router:
            broken, whole = Gate(), Gate()
            ill.next(scripts.after(broken, FAULTS["stream with an error"]))
            well.next(scripts.after(whole, scripts.well_behaved))
            connection = router.start_chat("m", stream=True)
            head = connection.read_head()
            assert connection.read_chunk(head).startswith(b":")
            broken.open()
            well.wait_for_call()
            assert connection.read_chunk(head).startswith(b":")
            assert connection.read_chunk(head).startswith(b":")
            whole.open()
            body = b"".join(iter(lambda: connection.read_chunk(head), b""))
            assert text_of(events(body)) == bodies.ANSWER

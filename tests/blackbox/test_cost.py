"""What a call costs, where the prices of its target are known: told with its usage, and in the log."""

import json

import pytest

from fakes import bodies, scripts
from fakes.provider import says
from fakes.truth import Said
from router import chat_request, model
from sdk.world import World

PRICES = {"input_cost_per_token": 0.000003, "output_cost_per_token": 0.000015}
COST = bodies.USAGE["prompt_tokens"] * 3e-6 + bodies.USAGE["completion_tokens"] * 15e-6


@pytest.fixture(scope="module")
def priced(tmp_path_factory, shared_upstream):
    from router import Router

    models = [model("chat", shared_upstream, **PRICES), model("in-info", shared_upstream, model_info=PRICES),
              model("free", shared_upstream, input_cost_per_token=0, output_cost_per_token=0), model("unpriced", shared_upstream)]
    router = Router(tmp_path_factory.mktemp("priced"), {"model_list": models})
    yield router
    router.stop()


def usage_of(answer, stream: bool) -> dict:
    if not stream:
        return answer.json()["usage"]
    chunks = [json.loads(line[6:]) for line in answer.text.splitlines() if line.startswith("data: {")]
    (usage,) = [chunk["usage"] for chunk in chunks if chunk.get("usage")]
    return usage


def ask(router, name, stream=False):
    body = chat_request(name, stream=stream)
    if stream:
        body["stream_options"] = {"include_usage": True}
    with router.client() as client:
        return client.post("/v1/chat/completions", json=body)


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("name", ["chat", "in-info"])
def test_a_cost_stands_beside_the_tokens_and_in_the_log(priced, upstream, name, stream):
    answer = ask(priced, name, stream)
    usage = usage_of(answer, stream)
    assert usage.pop("cost") == pytest.approx(COST)
    assert {key: usage[key] for key in bodies.USAGE} == bodies.USAGE
    assert priced.logged_call(answer)["cost"] == pytest.approx(COST)


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_what_costs_nothing_says_so_and_what_is_not_known_says_nothing(priced, upstream, stream):
    assert usage_of(ask(priced, "free", stream), stream)["cost"] == 0
    answer = ask(priced, "unpriced", stream)
    assert "cost" not in usage_of(answer, stream) and "cost" not in priced.logged_call(answer)


def test_all_but_the_cost_comes_byte_for_byte(priced, upstream):
    body = b'{ "usage" : {"prompt_tokens":1,"completion_tokens":1, "total_tokens":2 },"x":1.50, "model":"m","object":"chat.completion","id":"i",' \
           b'"choices":[{"index":0,"message":{"role":"assistant","content":"a"},"finish_reason":"stop"}] }'
    upstream.next(scripts.whole(body))
    expected = body.replace(b'"total_tokens":2 }', b'"total_tokens":2 ,"cost":1.8e-05}').replace(b'"m"', b'"chat"')
    assert ask(priced, "chat").content == expected


def test_what_the_provider_says_it_costs_is_believed(priced, upstream):
    body = bodies.completion(usage={**bodies.USAGE, "cost": 0.25})
    upstream.next(scripts.whole(json.dumps(body).encode()))
    answer = ask(priced, "chat")
    assert answer.text.count('"cost"') == 1 and answer.json()["usage"]["cost"] == 0.25
    assert priced.logged_call(answer)["cost"] == 0.25


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    world = World(tmp_path_factory.mktemp("world"), prices=PRICES)
    yield world
    world.stop()


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("dialect", ["anthropic_messages", "gemini", "openai_responses"])
def test_a_converted_call_has_its_cost_too(world, dialect, stream):
    world.provide(dialect, lambda seen: says("Bonjour."))
    answer = ask(world.router, world.model(dialect), stream)
    usage = usage_of(answer, stream)
    assert usage["prompt_tokens"] and usage["completion_tokens"]
    assert usage["cost"] == pytest.approx(usage["prompt_tokens"] * 3e-6 + usage["completion_tokens"] * 15e-6)
    assert world.router.logged_call(answer)["cost"] == pytest.approx(usage["cost"])
    world.look(dialect)

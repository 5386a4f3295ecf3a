"""How many tokens a prompt has: the provider's own count where it counts in the client's dialect, else an estimate."""

import json

import pytest

from dialects import KEYS, body_of
from fakes import scripts
from fakes.sayings import SAID
from fakes.upstream import FakeUpstream
from router import PROMPT, PROVIDER_KEY, model
from sdk.world import UPSTREAMS, World, entry

CLIENTS = {"openai_responses": "input_tokens", "anthropic_messages": "input_tokens", "gemini": "totalTokens"}
COUNTS = {"anthropic_messages": "/v1/messages/count_tokens", "gemini": "/v1beta/models/gemini-3-pro-preview:countTokens"}
ESTIMATED = [(dialect, upstream) for dialect in CLIENTS for upstream in UPSTREAMS if (dialect, upstream) not in {(one, one) for one in [*COUNTS, "openai_responses"]}]


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = World(tmp_path_factory.mktemp("counting"))
    yield made
    made.stop()


class Counter:
    def __init__(self, world: World, router=None):
        self.http = world.http
        self.url = (router or world.router).url

    def ask(self, dialect: str, name: str, headers=None, **more):
        body = body_of(dialect, name, **more)
        for member in ("max_tokens", "store", "generationConfig"):
            body.pop(member, None)
        path = {"openai_responses": "/v1/responses/input_tokens", "anthropic_messages": "/v1/messages/count_tokens"}
        return self.http.post(self.url + path.get(dialect, f"/v1beta/models/{name}:countTokens"), json=body, headers=headers or KEYS[dialect])

    def count(self, dialect: str, name: str, **more) -> int:
        answer = self.ask(dialect, name, **more)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        assert set(body) == {CLIENTS[dialect]} | ({"object"} if dialect == "openai_responses" else set()), body
        return body[CLIENTS[dialect]]


@pytest.fixture(scope="module")
def counter(world):
    return Counter(world)


def forget_all(world):
    for upstream in world.upstreams.values():
        upstream.forget()


# -- counted


@pytest.mark.parametrize("dialect", COUNTS)
def test_the_providers_own_count_is_told(world, counter, dialect):
    forget_all(world)
    counted = 1_234_567
    world.upstreams[dialect].always(scripts.whole({CLIENTS[dialect]: counted, "cached": 3}))
    assert counter.count(dialect, world.model(dialect)) == counted
    call = world.upstreams[dialect].only_call
    assert call.path == COUNTS[dialect] and PROMPT.encode() in call.body
    if dialect == "anthropic_messages":
        assert json.loads(call.body)["model"] == "claude-sonnet-4-5"


@pytest.mark.parametrize("script", [scripts.whole({"error": {"message": "Overloaded."}}, 529), scripts.drop], ids=["an error", "nothing"])
def test_another_target_counts_where_one_cannot(world, start_router, script):
    with FakeUpstream(script) as broken:
        forget_all(world)
        world.upstreams["anthropic_messages"].always(scripts.whole({"input_tokens": 42}))
        models = [entry("both", "anthropic_messages", broken, order=1), entry("both", "gemini", world.upstreams["gemini"], order=2),
                  entry("both", "anthropic_messages", world.upstreams["anthropic_messages"], order=3)]
        counter = Counter(world, start_router({"model_list": models}))
        assert counter.count("anthropic_messages", "both") == 42
        assert len(broken.calls) >= 1 and world.upstreams["gemini"].calls == []  # it would have to answer, not count


@pytest.mark.parametrize("answer", [scripts.whole({"tokens": 3}), scripts.whole({"input_tokens": "3"}), scripts.whole(b"<html>")],
                         ids=["another member", "a text", "a page"])
def test_what_is_no_count_is_an_error(world, counter, answer):
    world.upstreams["anthropic_messages"].always(answer)
    refused = counter.ask("anthropic_messages", world.model("anthropic_messages"))
    assert refused.status_code == 500 and "no token count" in refused.json()["error"]["message"]


def test_the_providers_refusal_is_told(world, counter):
    world.upstreams["anthropic_messages"].always(scripts.whole({"type": "error", "error": {"type": "invalid_request_error", "message": "Odd."}}, 400))
    refused = counter.ask("anthropic_messages", world.model("anthropic_messages"))
    assert refused.status_code == 400 and refused.json()["error"]["message"] == "Odd."


def test_claude_at_vertex_counts_at_an_url_of_its_own(world, start_router):
    """There the model stays in the body."""
    with FakeUpstream(scripts.whole({"input_tokens": 7})) as upstream:
        params = {"model": "vertex_ai/claude-sonnet-4-5", "api_base": upstream.origin, "api_key": PROVIDER_KEY, "vertex_project": "quokka-1"}
        counter = Counter(world, start_router({"model_list": [{"model_name": "cloudy", "litellm_params": params}]}))
        assert counter.count("anthropic_messages", "cloudy") == 7
        assert upstream.only_call.path == "/v1/projects/quokka-1/locations/us-central1/publishers/anthropic/models/count-tokens:rawPredict"
        assert json.loads(upstream.only_call.body)["model"] == "claude-sonnet-4-5"


# -- estimated


@pytest.mark.parametrize("dialect, upstream", ESTIMATED)
def test_where_nobody_counts_nobody_is_called(world, counter, dialect, upstream):
    forget_all(world)
    assert 10 < counter.count(dialect, world.model(upstream)) < 200
    assert all(one.calls == [] for one in world.upstreams.values())


def test_a_mock_is_estimated(world, start_router):
    counter = Counter(world, start_router({"model_list": [model("demo", mock_response="hello")]}))
    assert counter.count("anthropic_messages", "demo") > 10


def test_a_prompt_with_others_proofs_is_not_sent_to_be_counted(world, counter):
    forget_all(world)
    thought = {"type": "thinking", "thinking": "Hm.", "signature": sealed_by_another(world)}
    messages = [{"role": "user", "content": PROMPT}, {"role": "assistant", "content": [thought, {"type": "text", "text": "Yes."}]},
                {"role": "user", "content": "why?"}]
    forget_all(world)
    assert counter.count("anthropic_messages", world.model("anthropic_messages"), messages=messages) > 10
    assert world.upstreams["anthropic_messages"].calls == []


def sealed_by_another(world) -> str:
    """The proof of another provider's thought, as a client of Anthropic's gets it."""
    world.provide("gemini", lambda seen: SAID["thought and call"])
    body = body_of("anthropic_messages", world.model("gemini"))
    answer = world.http.post(world.router.url + "/v1/messages", json=body, headers=KEYS["anthropic_messages"]).json()
    return next(block["signature"] for block in answer["content"] if block.get("signature"))


PICTURE = {"type": "image", "source": {"type": "url", "url": "https://q.example/a.png"}}


def test_an_estimate_is_about_right(world, counter):
    def count(content, **more):
        return counter.count("anthropic_messages", world.model("openai_chat"), messages=[{"role": "user", "content": content}], **more)

    short, long = count("x" * 400, tools=[]), count("x" * 4000, tools=[])
    assert 100 <= short <= 110 and 1000 <= long <= 1010
    assert count([{"type": "text", "text": "x" * 400}, PICTURE], tools=[]) - short == 1200  # a picture is not its bytes
    tools = [{"name": "weather", "description": "y" * 400, "input_schema": {"type": "object"}}]
    assert 100 <= count("x" * 400, tools=tools) - short <= 120
    assert count("x" * 400, tools=[], system="z" * 400) - short in range(100, 106)


# -- refused


@pytest.mark.parametrize("dialect", CLIENTS)
def test_counting_needs_a_key_and_a_model(world, counter, dialect):
    assert counter.ask(dialect, "no-such-model").status_code == 404
    assert counter.ask(dialect, world.model("gemini"), headers={"x-api-key": "sk-wrong"}).status_code == 401


def test_a_call_that_makes_no_sense_is_not_counted(world, counter):
    answer = counter.ask("anthropic_messages", world.model("gemini"), messages=[{"role": "user", "content": 7}])
    assert answer.status_code == 400, answer.text

"""What an entry of the configuration, or a model's provider, changes in a converted call: defaults, what is dropped and
named, and thoughts as text."""

import re

import pytest

import grammar
from dialects import KEYS, body_of, path_of
from fakes import bodies, scripts
from fakes.provider import says
from fakes.sayings import SAID
from fakes.truth import Refused, Said
from raw_http import events
from router import PROMPT
from sdk.world import UPSTREAMS, World, entry

PAIRS = [(dialect, upstream) for dialect in grammar.CHECKS for upstream in UPSTREAMS
         if dialect != upstream and (dialect, upstream) != ("openai_chat", "deepseek")]
USER = {"role": "user", "content": PROMPT}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = World(tmp_path_factory.mktemp("fields"))
    yield made
    made.stop()


class Ask:
    """ask(router, dialect, model, ...): a call without tools."""

    def __init__(self, world: World):
        self.http = world.http

    def __call__(self, router, dialect: str, model: str, stream=False, **more):
        body = body_of(dialect, model, stream, **more)
        if "tools" not in more:
            del body["tools"]
        return self.http.post(router.url + path_of(dialect, model, stream), json=body, headers=KEYS[dialect])


@pytest.fixture(scope="module")
def ask(world):
    return Ask(world)


@pytest.fixture
def router_for(world, start_router):
    """A router whose models, one for each dialect, have these parameters as well."""

    def start(settings=None, **params):
        models = [entry(world.model(name), name, upstream, **params) for name, upstream in world.upstreams.items()]
        return start_router({"model_list": models} | ({"litellm_settings": settings} if settings else {}))

    return start


# -- what could not be said is named


def losses_of(answer) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [name for name in answer.headers.get("x-router-losses", "").split(", ") if name]


LOST = {("openai_chat", "anthropic_messages"): ["logit_bias", "seed"], ("openai_chat", "gemini"): ["logit_bias"],
        ("openai_chat", "openai_responses"): ["logit_bias", "seed"]}


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streaming"])
@pytest.mark.parametrize("dialect, upstream", LOST)
def test_what_the_target_cannot_be_told_is_named(world, ask, dialect, upstream, stream):
    world.provide(upstream, lambda seen: says())
    answer = ask(world.router, dialect, world.model(upstream), stream, seed=7, logit_bias={"50256": -100})
    assert sorted(losses_of(answer)) == LOST[dialect, upstream]
    assert world.router.logged_call(answer)["losses"].split(", ") == losses_of(answer)


@pytest.mark.parametrize("upstream", UPSTREAMS)
def test_where_nothing_is_lost_nothing_is_named(world, ask, upstream):
    world.provide(upstream, lambda seen: says())
    answer = ask(world.router, "openai_chat", world.model(upstream))
    assert answer.status_code == 200 and "x-router-losses" not in answer.headers


@pytest.mark.parametrize("dialect", grammar.CHECKS)
def test_a_clients_own_words_cannot_split_a_header(world, ask, dialect):
    upstream = "gemini" if dialect != "gemini" else "anthropic_messages"
    world.provide(upstream, lambda seen: says())
    words = {"a\r\nx-evil: 1": 1, "b\nx-evil: 1": 1, "\u65e5": 1, "c\u0000d": 1, "e\u2028f": 1, "long" * 100: 1, "k, l": 1}
    answer = ask(world.router, dialect, world.model(upstream), **words)
    assert answer.status_code == 200 and "x-evil" not in answer.headers
    listed = answer.headers["x-router-losses"]
    assert "ax-evil1" in listed and re.fullmatch(r"[A-Za-z0-9_.\[\], ?-]*", listed), listed
    assert all(0 < len(name) <= 64 for name in listed.split(", ")) and "?" in listed.split(", ")


def test_the_list_of_losses_has_an_end(world, ask):
    world.provide("gemini", lambda seen: says())
    answer = ask(world.router, "openai_chat", world.model("gemini"), **{f"key{number}": 1 for number in range(400)})
    assert 0 < len(answer.headers["x-router-losses"]) < 1200


# -- defaults of an entry


@pytest.mark.parametrize("dialect, upstream", PAIRS)
def test_an_entrys_defaults_reach_every_dialect(world, ask, router_for, dialect, upstream):
    router = router_for(temperature=0.3, max_tokens=321, stop=["END"])
    provider = world.provide(upstream, lambda seen: says())
    answer = ask(router, dialect, world.model(upstream))
    assert answer.status_code == 200 and provider.refusals == [], answer.text
    seen = provider.seen[-1]
    assert seen.max_tokens == (8000 if dialect == "anthropic_messages" else 321), seen.body  # its clients always say one
    if upstream != "openai_responses":  # its model reasons, and refuses both
        assert seen.temperature == 0.3 and seen.stop == ["END"], seen.body


def test_what_the_client_said_stands(world, ask, router_for):
    router = router_for(temperature=0.3, max_tokens=321, stop=["END"], reasoning_effort="high")
    provider = world.provide("gemini", lambda seen: says())
    answer = ask(router, "openai_chat", world.model("gemini"), temperature=0.7, max_tokens=55, stop="HALT", reasoning_effort="low")
    seen = provider.seen[-1]
    assert (answer.status_code, seen.temperature, seen.max_tokens, seen.stop) == (200, 0.7, 55, ["HALT"])
    assert seen.thinks["thinkingLevel"].lower() == "low", seen.body


def test_a_default_of_one_target_is_not_the_nexts(world, ask, start_router):
    """The call is decoded once, for all of them."""
    models = [entry("both", "anthropic_messages", world.upstreams["anthropic_messages"], temperature=0.3, order=1),
              entry("both", "gemini", world.upstreams["gemini"], order=2)]
    router = start_router({"model_list": models})
    world.provide("anthropic_messages", lambda seen: Refused(500, "no"))
    provider = world.provide("gemini", lambda seen: says())
    assert ask(router, "openai_chat", "both").status_code == 200
    assert world.upstreams["anthropic_messages"].calls and provider.seen[-1].temperature is None


@pytest.mark.parametrize("upstream", ["anthropic_messages", "gemini"])
def test_an_entrys_own_members_reach_a_converted_body(world, ask, router_for, upstream):
    """extra_body goes over what the encoder wrote."""
    added = {"metadata": {"user_id": "quokka"}} if upstream == "anthropic_messages" else {"labels": {"team": "quokka"}}
    router = router_for(extra_body=added)
    provider = world.provide(upstream, lambda seen: says())
    assert ask(router, "openai_chat", world.model(upstream)).status_code == 200, provider.refusals
    [(name, value)] = added.items()
    assert provider.seen[-1].body[name] == value


# -- what is dropped


@pytest.mark.parametrize("everywhere", [False, True], ids=["for one entry", "for all"])
def test_drop_params_drops_what_would_be_refused(world, ask, router_for, everywhere):
    world.provide("anthropic_messages", lambda seen: says())
    refused = ask(world.router, "openai_chat", world.model("anthropic_messages"), n=3)
    assert refused.status_code == 400 and refused.json()["error"]["param"] == "n" and world.upstreams["anthropic_messages"].calls == []
    router = router_for({"drop_params": True}) if everywhere else router_for(drop_params=True)
    answer = ask(router, "openai_chat", world.model("anthropic_messages"), n=3)
    assert losses_of(answer) == ["n"]


def test_additional_drop_params_are_dropped_from_converted_calls(world, ask, router_for):
    router = router_for(additional_drop_params=["temperature", "stop"])
    provider = world.provide("gemini", lambda seen: says())
    answer = ask(router, "openai_chat", world.model("gemini"), temperature=0.3, stop="END", top_p=0.5)
    seen = provider.seen[-1]
    assert answer.status_code == 200 and seen.temperature is None and seen.stop == []
    assert seen.body["generationConfig"]["topP"] == 0.5
    provider = world.provide("anthropic_messages", lambda seen: says())
    assert ask(router, "gemini", world.model("anthropic_messages"), generationConfig={"temperature": 0.3}).status_code == 200
    assert provider.seen[-1].temperature is None


MENDED = {"the assistant first": [{"role": "assistant", "content": "Hello."}, USER], "a system prompt alone": [{"role": "system", "content": PROMPT}]}


@pytest.mark.parametrize("messages", MENDED.values(), ids=MENDED)
def test_modify_params_puts_in_the_turns_that_a_provider_wants(world, ask, router_for, messages):
    router = router_for({"modify_params": True})
    provider = world.provide("anthropic_messages", lambda seen: says())
    answer = ask(router, "openai_chat", world.model("anthropic_messages"), messages=messages)
    assert answer.status_code == 200 and provider.refusals == [], answer.text
    assert provider.seen[-1].body["messages"][0]["role"] == "user"


# -- thoughts as text


THOUGHT = Said(thought=("Hm, ", "\"well\"."), text=("Yes.",))
SHOWS = [(dialect, upstream) for dialect in grammar.CHECKS for upstream in ("deepseek", "anthropic_messages", "gemini", "openai_responses")]


def text_of(dialect: str, answer, stream: bool) -> str:
    if not stream:
        body = answer.json()
        if dialect == "openai_chat":
            assert "reasoning_content" not in body["choices"][0]["message"], body
            return body["choices"][0]["message"]["content"]
        if dialect == "openai_responses":
            return "".join(part["text"] for item in body["output"] if item["type"] == "message" for part in item["content"])
        if dialect == "anthropic_messages":
            return "".join(block["text"] for block in body["content"] if block["type"] == "text")
        return "".join(part["text"] for part in body["candidates"][0]["content"]["parts"])
    found = [one for one in events(answer.content) if one != "[DONE]"]
    if dialect == "openai_chat":
        return "".join(choice["delta"].get("content") or "" for one in found for choice in one["choices"])
    if dialect == "openai_responses":
        return "".join(one["delta"] for one in found if one["type"] == "response.output_text.delta")
    if dialect == "anthropic_messages":
        return "".join(one["delta"]["text"] for one in found if one["type"] == "content_block_delta")
    return "".join(part["text"] for one in found for part in one["candidates"][0]["content"]["parts"])


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streaming"])
@pytest.mark.parametrize("dialect, upstream", SHOWS)
def test_thoughts_can_be_shown_as_text(world, ask, router_for, dialect, upstream, stream):
    """Between a client and a provider of one dialect as well."""
    router = router_for(merge_reasoning_content_in_choices=True)
    world.provide(upstream, lambda seen: THOUGHT)
    answer = ask(router, dialect, world.model(upstream), stream)
    assert answer.status_code == 200, answer.text
    if stream:
        grammar.must_hold(dialect, answer.content, model=world.model(upstream))
    assert text_of(dialect, answer, stream) == '<think>Hm, "well".</think>\n\nYes.'
    if upstream != "gemini":  # whose texts have proofs of their own
        assert "thoughtSignature" not in answer.text, "the proof of a thought that is none any longer"


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streaming"])
@pytest.mark.parametrize("dialect", grammar.CHECKS)
def test_a_sealed_thought_has_no_text_to_show(world, ask, router_for, dialect, stream):
    router = router_for({"merge_reasoning_content_in_choices": True})
    world.provide("anthropic_messages", lambda seen: SAID["redacted"])
    assert text_of(dialect, ask(router, dialect, world.model("anthropic_messages"), stream), stream) == "Yes."


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streaming"])
def test_a_calls_proof_stays_with_it_where_thoughts_are_text(world, ask, router_for, stream):
    router = router_for(merge_reasoning_content_in_choices=True)
    world.provide("gemini", lambda seen: SAID["thought and call"])
    answer = ask(router, "gemini", world.model("gemini"), stream)
    found = events(answer.content) if stream else [answer.json()]
    [call] = [part for one in found for part in one["candidates"][0]["content"]["parts"] if "functionCall" in part]
    assert call["thoughtSignature"]


def test_the_thoughts_of_two_choices_are_shown_apart(world, ask, router_for):
    router = router_for(merge_reasoning_content_in_choices=True)
    deltas = [(0, {"reasoning_content": "a"}), (1, {"reasoning_content": "b"}), (0, {"content": "A"}), (1, {"content": "B"})]
    chunks = [bodies.chunk() | {"choices": [{"index": index, "delta": delta, "finish_reason": None}]} for index, delta in deltas]
    chunks += [bodies.chunk() | {"choices": [{"index": index, "delta": {}, "finish_reason": "stop"}]} for index in (0, 1)]
    world.upstreams["deepseek"].always(scripts.chunks(chunks))
    found = events(ask(router, "openai_chat", world.model("deepseek"), True, n=2).content)
    said = [choice for one in found if one != "[DONE]" for choice in one["choices"]]
    for index, text in ((0, "<think>a</think>\n\nA"), (1, "<think>b</think>\n\nB")):
        assert "".join(choice["delta"].get("content") or "" for choice in said if choice["index"] == index) == text

"""Thoughts that clients drop: the router notes what a model thought before it called a tool, and puts it back when the
call comes back without."""

import json

import pytest

import grammar
from dialects import KEYS, body_of, path_of
from fakes.provider import Provider, says
from fakes.sayings import SAID
from fakes.truth import Call, Said
from raw_http import events
from router import PROMPT, PROVIDER_KEY, Router
from sdk.world import World, entry

SIGNS = ("anthropic_messages", "gemini", "openai_responses", "deepseek")
PAIRS = [(dialect, upstream) for dialect in grammar.CHECKS for upstream in SIGNS if dialect != upstream]
NO_PROOF = "skip_thought_signature_validator"  # what Gemini takes for none
THINKS = {"openai_chat": {"reasoning_effort": "high"}, "openai_responses": {"reasoning": {"effort": "high", "summary": "auto"}},
          "anthropic_messages": {"thinking": {"type": "enabled", "budget_tokens": 4000}},
          "gemini": {"generationConfig": {"thinkingConfig": {"includeThoughts": True, "thinkingLevel": "high"}}}}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = World(tmp_path_factory.mktemp("notes"))
    yield made
    made.stop()


def first_turn(said=SAID["thought and call"]):
    return lambda seen: says() if seen.results else said


class Forgetful:
    """A client of one dialect that sends calls back, and nothing else of what the model said."""

    def __init__(self, world: World, dialect: str, upstream: str, thinks=True):
        self.world, self.dialect, self.model = world, dialect, world.model(upstream)
        self.more = THINKS[dialect] if thinks else {}

    def ask(self, stream=False, **more):
        body = body_of(self.dialect, self.model, stream, **self.more, **more)
        answer = self.world.http.post(self.world.router.url + path_of(self.dialect, self.model, stream), json=body, headers=KEYS[self.dialect])
        assert answer.status_code == 200, answer.text
        return answer

    def calls(self, stream=False) -> list:
        """Those of the model's answer: (id, name, arguments)."""
        answer = self.ask(stream)
        return CALLS_OF[self.dialect](events(answer.content) if stream else [answer.json()])

    def answer(self, calls: list):
        return self.ask(**RESULTS_OF[self.dialect](calls))


def _chat_calls(found) -> list:
    calls = {}
    for one in found:
        for choice in one["choices"] if one != "[DONE]" else []:
            for piece in choice.get("delta", choice.get("message")).get("tool_calls") or []:
                call = calls.setdefault(piece.get("index", len(calls)), {"id": "", "name": "", "arguments": ""})
                call["id"] += piece.get("id") or ""
                call["name"] += piece["function"].get("name") or ""
                call["arguments"] += piece["function"]["arguments"]
    return [(call["id"], call["name"], json.loads(call["arguments"])) for call in calls.values()]


def _responses_calls(found) -> list:
    whole = found[-1].get("response", found[-1])
    return [(item["call_id"], item["name"], json.loads(item["arguments"])) for item in whole["output"] if item["type"] == "function_call"]


def _anthropic_calls(found) -> list:
    if "content" in found[0]:
        return [(block["id"], block["name"], block["input"]) for block in found[0]["content"] if block["type"] == "tool_use"]
    calls = []
    for one in found:
        if one["type"] == "content_block_start" and one["content_block"]["type"] == "tool_use":
            calls.append([one["content_block"]["id"], one["content_block"]["name"], ""])
        elif one["type"] == "content_block_delta" and one["delta"]["type"] == "input_json_delta":
            calls[-1][2] += one["delta"]["partial_json"]
    return [(id, name, json.loads(arguments or "{}")) for id, name, arguments in calls]


def _gemini_calls(found) -> list:
    parts = [part for one in found for part in one["candidates"][0]["content"]["parts"] if "functionCall" in part]
    return [(part["functionCall"].get("id"), part["functionCall"]["name"], part["functionCall"]["args"]) for part in parts]


CALLS_OF = {"openai_chat": _chat_calls, "openai_responses": _responses_calls, "anthropic_messages": _anthropic_calls, "gemini": _gemini_calls}


def _chat_results(calls) -> dict:
    made = [{"id": id, "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}} for id, name, arguments in calls]
    return {"messages": [{"role": "user", "content": PROMPT}, {"role": "assistant", "content": None, "tool_calls": made},
                         *({"role": "tool", "tool_call_id": id, "content": "sunny"} for id, _, _ in calls)]}


def _responses_results(calls) -> dict:
    made = [{"type": "function_call", "call_id": id, "name": name, "arguments": json.dumps(arguments)} for id, name, arguments in calls]
    return {"input": [{"role": "user", "content": PROMPT}, *made,
                      *({"type": "function_call_output", "call_id": id, "output": "sunny"} for id, _, _ in calls)]}


def _anthropic_results(calls) -> dict:
    made = [{"type": "tool_use", "id": id, "name": name, "input": arguments} for id, name, arguments in calls]
    return {"messages": [{"role": "user", "content": PROMPT}, {"role": "assistant", "content": made},
                         {"role": "user", "content": [{"type": "tool_result", "tool_use_id": id, "content": "sunny"} for id, _, _ in calls]}]}


def _gemini_results(calls) -> dict:
    def part(kind, id, **members):
        return {kind: members | ({"id": id} if id else {})}

    return {"contents": [{"role": "user", "parts": [{"text": PROMPT}]},
                         {"role": "model", "parts": [part("functionCall", id, name=name, args=arguments) for id, name, arguments in calls]},
                         {"role": "user", "parts": [part("functionResponse", id, name=name, response={"output": "sunny"}) for id, name, _ in calls]}]}


RESULTS_OF = {"openai_chat": _chat_results, "openai_responses": _responses_results, "anthropic_messages": _anthropic_results, "gemini": _gemini_results}


def must_have_its_thoughts_back(provider: Provider):
    """The fakes look at each proof, and DeepSeek's at the thought itself."""
    seen = provider.seen[-1]
    assert provider.refusals == [] and [one["text"] for one in seen.results] == ["sunny"]
    if provider.dialect.name == "deepseek":
        assert seen.of("thought") == ["Look."]
    else:
        assert [proof for proof in seen.signatures if proof != NO_PROOF], seen.body


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streaming"])
@pytest.mark.parametrize("dialect, upstream", PAIRS)
def test_a_thought_that_was_dropped_is_put_back(world, dialect, upstream, stream):
    provider = world.provide(upstream, first_turn())
    client = Forgetful(world, dialect, upstream)
    client.answer(client.calls(stream))
    must_have_its_thoughts_back(provider)


@pytest.mark.parametrize("upstream", SIGNS)
def test_another_providers_proof_goes_to_nobody_else(world, upstream):
    for other in SIGNS:
        if other == upstream:
            continue
        world.provide(other, first_turn())
        calls = Forgetful(world, "openai_chat", other).calls()
        provider = world.provide(upstream, first_turn())
        Forgetful(world, "openai_chat", upstream).answer(calls)
        assert provider.refusals == [] and set(provider.seen[-1].signatures) <= {NO_PROOF}


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streaming"])
@pytest.mark.parametrize("upstream", ["gemini", "anthropic_messages"])
def test_a_proof_goes_back_to_the_account_that_made_it_alone(world, start_router, upstream, stream):
    """The client sends all that it got; the other account could not read what this one signed."""
    accounts = {"mine": PROVIDER_KEY, "yours": "sk-provider-of-another-account"}
    router = start_router({"model_list": [entry(name, upstream, world.upstreams[upstream], api_key=key) for name, key in accounts.items()]})

    def ask(name, **more):
        body = body_of("openai_responses", name, stream, **THINKS["openai_responses"], **more)
        answer = world.http.post(router.url + "/v1/responses", json=body, headers=KEYS["openai_responses"])
        assert answer.status_code == 200, answer.text
        return events(answer.content)[-1]["response"] if stream else answer.json()

    world.provide(upstream, first_turn())
    output = ask("mine")["output"]
    [call] = [item for item in output if item["type"] == "function_call"]
    result = {"type": "function_call_output", "call_id": call["call_id"], "output": "sunny"}
    proofs = {}
    for name in accounts:
        provider = world.provide(upstream, first_turn())
        ask(name, input=[{"role": "user", "content": PROMPT}, *output, result])
        proofs[name] = set(provider.seen[-1].signatures) - {NO_PROOF}
    assert proofs["mine"] and not proofs["yours"]


def test_a_sealed_thought_is_put_back(world):
    said = Said(is_redacted=True, calls=(Call("weather", {"city": "Bern"}),))
    for stream in (False, True):
        provider = world.provide("anthropic_messages", first_turn(said))
        client = Forgetful(world, "openai_chat", "anthropic_messages")
        client.answer(client.calls(stream))
        must_have_its_thoughts_back(provider)


def test_each_call_has_the_thoughts_before_it(world):
    said = Said(thought=("Both.",), calls=(Call("weather", {"city": "Bern"}), Call("now", {})))
    for stream in (False, True):
        provider = world.provide("anthropic_messages", first_turn(said))
        client = Forgetful(world, "openai_chat", "anthropic_messages")
        client.answer(client.calls(stream))
        assert provider.refusals == [] and provider.seen[-1].of("thought") == ["Both."]  # once, before the first


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streaming"])
def test_an_id_that_others_use_too_keeps_nothing(world, stream):
    """Some providers count their calls from 0: under such a name stands whatever was said last, to whomever."""
    said = Said(thought=("Look.",), calls=(Call("weather", {"city": "Bern"}, id="call_0"),))
    world.provide("anthropic_messages", first_turn(said))
    client = Forgetful(world, "openai_chat", "anthropic_messages", thinks=False)
    calls = client.calls(stream)
    provider = world.provide("anthropic_messages", first_turn())
    client.answer(calls)
    assert calls[0][0] == "call_0" and provider.seen[-1].signatures == [] and provider.seen[-1].of("thought") == []


def test_thoughts_outlive_a_kill_and_are_their_callers_alone(tmp_path):
    world = World(tmp_path)
    try:
        said, providers = [], {}
        for dialect, upstream in PAIRS:
            providers[dialect, upstream] = world.provide(upstream, first_turn())
            said.append(Forgetful(world, dialect, upstream).calls(stream=True))
        written = len({call[0] for [call] in said})
        world.router = world.router.kill_and_start_again({"signatures": written})
        for (dialect, upstream), calls in zip(PAIRS, said):
            world.upstreams[upstream].always(providers[dialect, upstream])
            Forgetful(world, dialect, upstream).answer(calls)
            must_have_its_thoughts_back(providers[dialect, upstream])
        world.router.stop()
        config = world.router.config_file.read_text()
        world.router.write_config_text("\n".join(line for line in config.split("\n") if "master_key" not in line))
        world.router = Router(tmp_path, None, master_key=None, arguments=["--no-auth"])
        provider = world.provide("anthropic_messages", first_turn())
        Forgetful(world, "openai_chat", "anthropic_messages", thinks=False).answer(said[PAIRS.index(("openai_chat", "anthropic_messages"))])
        assert provider.refusals == [] and provider.seen[-1].signatures == []
    finally:
        world.stop()

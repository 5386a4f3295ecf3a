"""What real providers do and no document says, as clients of every dialect see it."""

import pytest

import grammar
from dialects import KEYS, body_of, path_of
from fakes import scripts
from fakes.quirks import QUIRKS, WHOLE
from router import MASTER_KEY, PROMPT
from sdk import node, python_clients
from sdk.scenarios import TOOLS
from sdk.world import World


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = World(tmp_path_factory.mktemp("quirks"))
    yield made
    made.stop()


@pytest.fixture(scope="module")
def clients(world):
    made = {client.dialect: client(world.router.url, MASTER_KEY) for client in python_clients.CLIENTS.values()}
    yield made
    for client in made.values():
        client.close()


PAIRS = [pytest.param(quirk, dialect, id=f"{name} - to {dialect}") for name, quirk in QUIRKS.items() for dialect in grammar.CHECKS
         if dialect != quirk.dialect]


@pytest.mark.parametrize("quirk, dialect", PAIRS)
def test_a_providers_quirk_is_not_the_clients(world, clients, quirk, dialect):
    upstream = world.upstreams[quirk.dialect]
    upstream.forget()
    upstream.always(scripts.stream(quirk.events))
    model = world.model(quirk.dialect)
    answer = world.http.post(world.router.url + path_of(dialect, model, True), json=body_of(dialect, model, True), headers=KEYS[dialect])
    assert answer.status_code == 200, answer.text
    grammar.must_hold(dialect, answer.content, model=model)
    said = quirk.means
    if said is None:
        return
    outcome = clients[dialect].converse(_spec(model, stream=True))
    world.look(quirk.dialect)
    _must_be(said, outcome)


def _spec(model: str, stream: bool) -> dict:
    return {"user": PROMPT, "model": model, "stream": stream, "effort": "high", "tools": TOOLS, "results": {"weather": "sunny", "now": "noon"},
            "one_round": True}


def _must_be(said, outcome):
    assert outcome["error"] is None, outcome
    found = outcome["rounds"][0]
    assert found["text"] == said.whole_text and [(call["name"], call["arguments"]) for call in found["calls"]] == [
        (call.name, call.arguments) for call in said.calls]
    assert found["thought"] == said.whole_thought
    assert found["finish"] == ("calls" if said.calls else said.finish), found
    usage = found["usage"]
    assert (usage["prompt"], usage["completion"], usage["total"]) == (said.usage.prompt, said.usage.completion, said.usage.total), usage
    return found


# Between a client and a provider of Chat the bytes go through, mended only where an SDK would stumble.

@pytest.fixture(scope="module")
def chat_clients(world, clients):
    nodes = node.NodeClients()
    yield {"python chat": clients["openai_chat"].converse} | {
        name: lambda spec, name=name: nodes.converse(name, world.router.url, MASTER_KEY, spec) for name in ("node chat", "ai-sdk compatible")}
    nodes.stop()


CHAT_CLIENTS = ("python chat", "node chat", "ai-sdk compatible")
CHAT = {name.removeprefix("openai_chat: "): quirk for name, quirk in QUIRKS.items() if quirk.dialect == "openai_chat"}
OLD = "the old function_call"  # of no SDK's helper any more: it goes through as it is


def _answer_with(world, script) -> str:
    upstream = world.upstreams["openai_chat"]
    upstream.forget()
    upstream.always(script)
    return world.model("openai_chat")


@pytest.mark.parametrize("name", [name for name in CHAT if name != OLD])
def test_a_chat_providers_stream_is_one_that_openai_could_have_sent(world, name):
    model = _answer_with(world, scripts.stream(CHAT[name].events))
    answer = world.http.post(world.router.url + path_of("openai_chat", model, True), json=body_of("openai_chat", model, True), headers=KEYS["openai_chat"])
    assert answer.status_code == 200, answer.text
    grammar.must_hold("openai_chat", answer.content, model=model, relayed=True)


@pytest.mark.parametrize("client", CHAT_CLIENTS)
@pytest.mark.parametrize("name", [name for name, quirk in CHAT.items() if name != OLD and quirk.means])
def test_a_chat_providers_quirk_is_not_a_chat_clients(world, chat_clients, name, client):
    model = _answer_with(world, scripts.stream(CHAT[name].events))
    found = _must_be(CHAT[name].means, chat_clients[client](_spec(model, stream=True)))
    world.look("openai_chat")
    assert found["usage"]["cached"] in (None, CHAT[name].means.usage.cached), found


@pytest.mark.parametrize("client", CHAT_CLIENTS)
@pytest.mark.parametrize("name", WHOLE)
def test_a_chat_providers_answer_is_one_that_the_sdks_can_read(world, chat_clients, name, client):
    body, means = WHOLE[name]
    model = _answer_with(world, scripts.whole(body))
    found = _must_be(means, chat_clients[client](_spec(model, stream=False)))
    world.look("openai_chat")
    assert found["usage"]["cached"] in (None, means.usage.cached) and found["model"] == model, found

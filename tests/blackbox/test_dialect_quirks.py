"""What real providers do and no document says, as clients of every dialect see it."""

import pytest

import grammar
from dialects import KEYS, body_of, path_of
from fakes import scripts
from fakes.quirks import QUIRKS
from router import MASTER_KEY, PROMPT
from sdk import python_clients
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


# Between a client and a provider of one dialect the bytes go through as they are.
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
    spec = {"user": PROMPT, "model": model, "stream": True, "effort": "high", "tools": TOOLS, "results": {"weather": "sunny", "now": "noon"},
            "one_round": True}
    outcome = clients[dialect].converse(spec)
    world.look(quirk.dialect)
    found = outcome["rounds"][0]
    assert outcome["error"] is None, outcome
    assert found["text"] == said.whole_text and [(call["name"], call["arguments"]) for call in found["calls"]] == [
        (call.name, call.arguments) for call in said.calls]
    assert found["thought"] == said.whole_thought
    assert found["finish"] == ("calls" if said.calls else said.finish), found
    usage = found["usage"]
    assert (usage["prompt"], usage["completion"], usage["total"]) == (said.usage.prompt, said.usage.completion, said.usage.total), usage

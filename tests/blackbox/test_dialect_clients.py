"""Every official SDK, and Vercel's, speaks with every provider through the router: the same conversations, the same
outcome, whichever dialect the client and whichever the provider has. tests/sdk/scenarios.py has the conversations."""

import pytest

from router import MASTER_KEY
from sdk import node, python_clients
from sdk.scenarios import SCENARIOS, SPLITS, Run
from sdk.world import UPSTREAMS, World

CLIENTS = {name: client.dialect for name, client in python_clients.CLIENTS.items()} | node.CLIENTS
SOON = 5


class Clients:
    def __init__(self, world: World):
        self.world = world
        self.node = node.NodeClients()
        self.python = {name: make(world.router.url, MASTER_KEY) for name, make in python_clients.CLIENTS.items()}

    def converse(self, client: str, dialect: str, scenario, streaming: bool, **how) -> Run:
        provider = self.world.provide(dialect, scenario.mind, **how)
        if CLIENTS[client] == dialect == "gemini":  # in the same dialect the client's own spelling goes through
            provider.dialect.takes_snake_case = True
        spec = {**scenario.spec, "model": self.world.model(dialect), "stream": streaming}
        if client in self.python:
            outcome = self.python[client].converse(spec)
        else:
            outcome = self.node.converse(client, self.world.router.url, MASTER_KEY, spec)
        self.world.look(dialect)
        return Run(client, CLIENTS[client], dialect, spec, outcome["rounds"], outcome["error"], provider)

    def stop(self):
        self.node.stop()
        for client in self.python.values():
            client.close()


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = World(tmp_path_factory.mktemp("dialects"))
    yield made
    made.stop()


@pytest.fixture(scope="module")
def clients(world):
    made = Clients(world)
    yield made
    made.stop()


CASES = [pytest.param(client, upstream, name, streaming, id=f"{client} - {upstream} - {name}" + (", streaming" if streaming else ""))
         for client in CLIENTS for upstream in UPSTREAMS for name, scenario in SCENARIOS.items() if upstream not in scenario.not_for
         and (CLIENTS[client], upstream) != scenario.not_between for streaming in scenario.ways]


@pytest.mark.parametrize("client, upstream, name, streaming", CASES)
def test_every_client_speaks_with_every_provider(clients, client, upstream, name, streaming):
    scenario = SCENARIOS[name]
    scenario.check(clients.converse(client, upstream, scenario, streaming))
    if scenario.spec.get("abort"):
        assert clients.world.upstreams[upstream].wait_for_call().wait_until_left(SOON)


@pytest.mark.parametrize("how", [how for name, how in SPLITS.items() if how], ids=[name for name, how in SPLITS.items() if how])
@pytest.mark.parametrize("upstream", UPSTREAMS)
@pytest.mark.parametrize("client", python_clients.CLIENTS)
def test_a_stream_may_come_in_any_pieces(clients, client, upstream, how):
    scenario = SCENARIOS["thinking, and tools"]
    scenario.check(clients.converse(client, upstream, scenario, True, **how))

"""The SDKs' adaptors of tests/sdk, met without a router: each speaks with the provider of its own dialect, so that what
fails in test_dialect_clients.py is the router's doing."""

import pytest

from fakes.provider import Provider
from fakes.upstream import FakeUpstream
from sdk import node, python_clients
from sdk.scenarios import SCENARIOS, Run

MODELS = {"openai_chat": "gpt-4.1", "openai_responses": "gpt-5.5", "anthropic_messages": "claude-sonnet-4-5", "gemini": "gemini-3-pro"}
# What providers say otherwise than the router does for them: the kind of wait, a 401 as it is, thoughts that are not shown.
OWN_WAYS = ("our key is refused", "thinking, and tools, its proof not sent back", "503", "429", "an error in mid-stream")


@pytest.fixture(scope="module")
def node_clients():
    clients = node.NodeClients()
    yield clients
    clients.stop()


@pytest.mark.parametrize("name, streaming", [(name, way) for name, one in SCENARIOS.items() for way in one.ways if name not in OWN_WAYS])
@pytest.mark.parametrize("client", [*python_clients.CLIENTS, *node.CLIENTS])
def test_a_client_speaks_with_its_own_provider(node_clients, client, name, streaming):
    python = python_clients.CLIENTS.get(client)
    dialect = python.dialect if python else node.CLIENTS[client]
    scenario = SCENARIOS[name]
    provider = Provider(dialect, scenario.mind)
    provider.dialect.takes_snake_case = True  # as the real one does; Google's own client for Python mixes both
    spec = {**scenario.spec, "model": MODELS[dialect], "stream": streaming}
    with FakeUpstream(provider) as upstream:
        if python:
            made = python(upstream.origin, "sk-quokka")
            outcome = made.converse(spec)
            made.close()
        else:
            outcome = node_clients.converse(client, upstream.origin, "sk-quokka", spec)
    scenario.check(Run(client, dialect, dialect, spec, outcome["rounds"], outcome["error"], provider))

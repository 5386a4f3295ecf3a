"""Claude Code, Codex and Gemini CLI read a file through the router, whichever dialect the provider has: a whole round of
a tool, with the proof of thinking on its way out and back."""

import pytest

from agents import AGENTS, ASKED, WORD
from sdk.world import UPSTREAMS

PROVEN = ("anthropic_messages", "gemini", "openai_responses")


@pytest.mark.parametrize("dialect", UPSTREAMS)
@pytest.mark.parametrize("agent", AGENTS.values(), ids=AGENTS)
def test_an_agent_reads_a_file(world, tmp_path, agent, dialect):
    provider = world.provide(dialect, agent.mind(tmp_path))
    ended = agent.run(tmp_path, world.router.url, world.model(dialect))
    world.look(dialect)
    assert provider.refusals == []
    assert ended.returncode == 0, ended.stderr[-3000:]
    assert f"The note says {WORD}." in ended.stdout, ended.stdout[-3000:]
    last = provider.seen[-1]
    assert any(ASKED in text for text in last.of("text", "user"))
    if dialect in PROVEN:
        assert last.signatures and "skip_thought_signature_validator" not in last.signatures

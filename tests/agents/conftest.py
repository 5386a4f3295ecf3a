"""The fixtures of the agents' tests, which are not part of `./manage.sh test`: `./manage.sh test agents` runs them."""

import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "blackbox"), str(TESTS / "agents")]

from sdk.world import World  # noqa: E402


@pytest.fixture(scope="session")
def world(tmp_path_factory):
    # Claude Code asks unknown names to think as the newest Claude does, and in its own dialect that goes through as it is.
    made = World(tmp_path_factory.mktemp("agents"), {"anthropic_messages": "anthropic/claude-opus-5"}, general_settings={"master_key": "sk-agent-5d1c"})
    made.router.secrets = ["sk-agent-5d1c", "quokka-7731"]
    yield made
    made.stop()

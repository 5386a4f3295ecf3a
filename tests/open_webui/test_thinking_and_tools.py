"""Thoughts on the page, and their proofs on their way: cases 13 and 14."""

import re
import shutil

import pytest
from playwright.sync_api import expect

from fakes.truth import Call, Said, Usage

PROVEN = [("anthropic_messages", "claude"), ("gemini", "gemini")]  # they refuse a call that lost the thought it came from
THINKING = [*PROVEN, ("deepseek", "deepseek")]


def two_rounds(seen) -> Said:
    """A model that needs two rounds of a tool for its first answer."""
    done = len(seen.results)
    if "And then" in seen.last_user_text:
        return Said(thought=("Nothing ", "more."), text=("That was all.",))
    if done == 0:
        return Said(thought=("What time ", "is it?"), calls=(Call("get_current_timestamp", {}),), usage=Usage(thinking=7))
    if done == 1:
        return Said(thought=("And ", "yesterday?"), text=("Let me see. ",), calls=(Call("calculate_timestamp", {"days_ago": 1}),), usage=Usage(thinking=7))
    return Said(thought=("Now I ", "know."), text=("It is quokka time.",), usage=Usage(thinking=7))


@pytest.mark.parametrize("dialect, model", THINKING)
def test_w14_thoughts_are_shown_apart(site, chat, dialect, model):
    site.provide(dialect, lambda seen: Said(thought=("A marsupial, ", "I think."), text=("A quokka.",), usage=Usage(thinking=9)))
    chat.begin(model)
    said = chat.ask("What is it?").inner_text()
    assert "A quokka." in said and "marsupial" not in said and "<think" not in said
    expect(chat.answer.get_by_text(re.compile("^Thought for"))).to_have_count(1)
    chat.answer.get_by_text(re.compile("^Thought for")).click()
    expect(chat.answer).to_contain_text("A marsupial, I think.")


@pytest.mark.parametrize("dialect, model", [*THINKING, ("openai_chat", "gpt")])
def test_w13_two_rounds_of_tools_and_another_turn(site, chat, dialect, model):
    provider = site.provide(dialect, two_rounds)
    chat.begin(model)
    assert "It is quokka time." in chat.ask("What time is it?").inner_text()
    assert "That was all." in chat.ask("And then?").inner_text()
    assert provider.refusals == []
    assert len(provider.seen) == 4
    if (dialect, model) in PROVEN:
        assert provider.seen[-1].signatures and "skip_thought_signature_validator" not in provider.seen[-1].signatures


@pytest.mark.parametrize("dialect, model", PROVEN)
@pytest.mark.parametrize("memory", ["kept", "lost"])
def test_w13_the_proofs_outlive_a_restart_of_the_router(site, chat, dialect, model, memory):
    provider = site.provide(dialect, two_rounds)
    chat.begin(model)
    assert "It is quokka time." in chat.ask("What time is it?").inner_text()
    site.manage("stop", "llm-router")
    if memory == "lost":
        shutil.rmtree(site.folder / "state")
    site.manage("start", "llm-router")
    assert "That was all." in chat.ask("And then?").inner_text()
    assert provider.refusals == []
    if memory == "lost":
        assert any(signature != "skip_thought_signature_validator" for signature in provider.seen[-1].signatures)


def test_a_tool_is_shown(site, chat):
    site.provide("openai_chat", two_rounds)
    chat.begin("gpt")
    chat.ask("What time is it?")
    expect(chat.answer).to_contain_text("get_current_timestamp")

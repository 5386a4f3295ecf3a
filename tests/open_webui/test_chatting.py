"""What happens on the page while a model answers, and when it does not: cases 19, 20, 21 and 24, and the buttons under an
answer."""

import pytest
from playwright.sync_api import expect

from fakes.gate import Gate
from fakes.provider import says
from fakes.truth import Breaks, Refused, Said
from providers import Pausing, Silent
from site_under_test import IDLE_TIMEOUT

LONG = Said(text=("One, ", "two, ", "three, ", "four, ", "five."))


def test_an_answer_appears_while_it_is_made(site, chat):
    gate = Gate()
    site.provide("openai_chat", lambda seen: LONG, Pausing, gate=gate, before=3)
    chat.begin("gpt")
    chat.say("Count")
    expect(chat.answer).to_contain_text("One, two,")
    expect(chat.answer).not_to_contain_text("five")
    gate.open()
    assert "One, two, three, four, five." in chat.wait_for_answer().inner_text()


@pytest.mark.parametrize("before", [3, None], ids=["in mid-stream", "before the first byte"])
def test_w19_stop_ends_the_call_at_the_provider(site, chat, before):
    site.provide("openai_chat", lambda seen: LONG, Pausing, gate=Gate(), before=before)
    chat.begin("gpt")
    chat.say("Count")
    call = site.upstreams["openai_chat"].wait_for_call()
    if before:
        expect(chat.answer).to_contain_text("One, two,")
    chat.button("Stop").click()
    assert call.wait_until_left(10)
    chat.wait_for_answer()


def test_an_answer_is_made_again(site, chat):
    answers = iter(["The first one.", "The second one."])
    site.provide("openai_chat", lambda seen: says(next(answers)))
    chat.begin("gpt")
    assert "The first one." in chat.ask("Again").inner_text()
    chat.button("Regenerate").click()
    chat.page.get_by_text("Try Again").click()
    expect(chat.answer).to_contain_text("The second one.")


@pytest.mark.parametrize("dialect, model", [("openai_chat", "gpt"), ("anthropic_messages", "claude"), ("gemini", "gemini")])
def test_an_answer_is_continued(site, chat, dialect, model):
    answers = iter(["It begins ", "and it ends."])
    provider = site.provide(dialect, lambda seen: says(next(answers)))
    chat.begin(model)
    chat.ask("Tell me")
    chat.button("Continue Response").click()
    expect(chat.answer).to_contain_text("and it ends.")
    assert "It begins" in chat.answer.inner_text()
    assert provider.refusals == []


def test_a_conversation_goes_on(site, chat):
    provider = site.provide("anthropic_messages", lambda seen: says(f"I heard {len(seen.of('text', 'user'))}."))
    chat.begin("claude")
    assert "I heard 1." in chat.ask("First").inner_text()
    assert "I heard 2." in chat.ask("Second").inner_text()
    assert [text.split()[-1] for text in provider.seen[-1].of("text", "user")] == ["First", "Second"]


@pytest.mark.parametrize("dialect, model", [("openai_chat", "gpt"), ("anthropic_messages", "claude"), ("gemini", "gemini")])
def test_w20_a_refusal_is_readable(site, chat, dialect, model):
    site.provide(dialect, lambda seen: Refused(400, "The quokka is asleep."))
    chat.begin(model)
    said = chat.ask("Hello").inner_text()
    assert "The quokka is asleep." in said
    assert "{" not in said and "<" not in said


def test_w20_a_limit_says_how_long_to_wait(site, chat):
    site.provide("openai_chat", lambda seen: Refused(429, "Too many quokkas.", retry_after=7))
    chat.begin("gpt")
    said = chat.ask("Hello").inner_text()
    assert "Too many quokkas." in said and "gpt" in said and "7s" in said


@pytest.mark.parametrize("how", ["error", "fin", "rst"])
@pytest.mark.parametrize("dialect, model", [("openai_chat", "gpt"), ("anthropic_messages", "claude"), ("gemini", "gemini")])
def test_w21_a_stream_that_breaks_keeps_its_text_and_says_so(site, chat, dialect, model, how):
    after = {"openai_chat": 3, "anthropic_messages": 5, "gemini": 2}[dialect]
    site.provide(dialect, lambda seen: Breaks(LONG, after=after, how=how, message="the engine caught fire"))
    chat.begin(model)
    said = chat.ask("Count").inner_text()
    assert "One, " in said
    assert ("the engine caught fire" if how == "error" else "broke off") in said
    chat.reload()
    assert "One, " in chat.answer.inner_text()
    site.provide(dialect, lambda seen: says("Better now."))
    assert "Better now." in chat.ask("And now?").inner_text()


@pytest.mark.parametrize("before", [3, None], ids=["in mid-stream", "before the first byte"])
def test_w24_a_silent_provider_is_waited_for(site, chat, before):
    site.provide("openai_chat", lambda seen: LONG, Silent, before=before, seconds=2 * IDLE_TIMEOUT)
    chat.begin("gpt")
    assert "One, two, three, four, five." in chat.ask("Count").inner_text()

"""Titles, tags and follow-up questions, and what an answer has cost: cases 16 and 18."""

import re
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from fakes.provider import says
from fakes.truth import Call, Said, Usage
from router import eventually
from sdk.world import entry
from site_under_test import TASKS, answer_task

BACKGROUND = {"title_generation": True, "tags_generation": True, "follow_up_generation": True}


def test_w16_a_chat_gets_its_title_and_follow_up_questions(site, chat):
    site.provide("anthropic_messages", lambda seen: says("Hello."))
    site.tasks.forget()
    chat.begin("claude")
    chat.ask("Tell me of quokkas")
    expect(chat.page).to_have_title(re.compile(TASKS["title"]["title"]))
    expect(chat.page.get_by_text(TASKS["follow_ups"]["follow_ups"][0])).to_be_visible()
    assert len(site.upstreams["anthropic_messages"].calls) == 1  # the tasks went to the model for tasks
    assert site.tasks.refusals == []


def test_w16_tags_are_kept(site, webui):
    site.provide("openai_chat", lambda seen: says("Hello."))
    message = webui.say("gpt", "Tell me of quokkas", background_tasks=BACKGROUND)

    def tags():
        return [tag["name"] for tag in webui.get(f"/api/v1/chats/{message['chat_id']}/tags")]

    eventually(lambda: tags() == TASKS["tags"]["tags"], 30, "the chat's tags")


@pytest.mark.parametrize("dialect, model", [("anthropic_messages", "claude"), ("gemini", "gemini"), ("openai_chat", "gpt")])
def test_w16_a_thinking_model_writes_titles_too(site, webui, dialect, model):
    """Without a model for tasks. Open WebUI allows a title a thousand tokens, and no more."""
    provider = site.provide(dialect, lambda seen: answer_task(seen) if "### Task:" in seen.last_user_text else says("Hello."))
    with without_tasks(site, webui):
        message = webui.say(model, "Tell me of quokkas", background_tasks=BACKGROUND)
        eventually(lambda: webui.chat(message["chat_id"])["title"] == TASKS["title"]["title"], 30, "the chat's title")
    assert provider.refusals == []


def test_w16_the_routers_own_model_for_tasks_takes_them(site, webui):
    """`task_model`, which Open WebUI need not know of, nor list."""
    provider = site.provide("anthropic_messages", lambda seen: says("Hello."))
    cheap = {**entry("cheap", "openai_chat", site.tasks_upstream), "model_info": {"hidden": True}}
    with without_tasks(site, webui, cheap, task_model="cheap"):
        message = webui.say("claude", "Tell me of quokkas", background_tasks=BACKGROUND)
        eventually(lambda: webui.chat(message["chat_id"])["title"] == TASKS["title"]["title"], 30, "the chat's title")
    assert len(provider.seen) == 1


@contextmanager
def without_tasks(site, webui, *more, **settings):
    """Open WebUI finds no model for tasks, and asks the chat's own."""
    with site.configured([*(one for one in site.models if one["model_name"] != "tasks"), *more], **settings):
        eventually(lambda: "tasks" not in webui.models(), what="a list without the model for tasks")
        yield
    eventually(lambda: "tasks" in webui.models(), what="the model for tasks again")


def test_w16_tasks_are_marked_in_the_log(site, webui):
    site.provide("openai_chat", lambda seen: says("Hello."))
    before = len(site.log("llm-router"))
    webui.say("gpt", "Tell me of quokkas", background_tasks=BACKGROUND)
    for task in ("title_generation", "tags_generation", "follow_up_generation"):
        eventually(lambda: f"task={task}" in site.log("llm-router")[before:], what=f"{task} in the router's log")


@pytest.mark.parametrize("dialect, model", [("openai_chat", "gpt"), ("anthropic_messages", "claude"), ("gemini", "gemini"),
                                            ("deepseek", "deepseek")])
def test_w18_usage_is_what_the_provider_counted(site, chat, dialect, model):
    site.provide(dialect, lambda seen: Said(text=("One, ", "two."), usage=Usage(prompt=700, completion=41, cached=0)))
    chat.begin(model)
    chat.ask("Count")
    chat.reload()
    assert "prompt_tokens: 700" in chat.usage and "completion_tokens: 41" in chat.usage and "total_tokens: 741" in chat.usage, chat.usage


def test_w18_rounds_of_a_tool_are_added_up(site, webui):
    def mind(seen):
        usage = Usage(prompt=100, completion=10, cached=0)
        return Said(text=("Done.",), usage=usage) if seen.results else Said(calls=(Call("get_current_timestamp", {}),), usage=usage)

    site.provide("openai_chat", mind)
    message = webui.say("gpt", "What time is it?", stream_options={"include_usage": True})
    assert len(site.upstreams["openai_chat"].calls) == 2
    assert message["usage"]["input_tokens"] == 200 and message["usage"]["output_tokens"] == 20, message["usage"]


def test_w18_a_cost_is_shown_where_the_price_is_known(site, chat):
    priced = entry("priced", "openai_chat", site.upstreams["openai_chat"])
    priced["litellm_params"].update(input_cost_per_token=0.001, output_cost_per_token=0.002)
    site.provide("openai_chat", lambda seen: Said(text=("One.",), usage=Usage(prompt=100, completion=50, cached=0)))
    with site.configured([*site.models, priced]):
        chat.begin("priced")
        chat.ask("Count")
        assert "cost: 0.2" in chat.usage, chat.usage

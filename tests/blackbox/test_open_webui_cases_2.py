"""Works with Open WebUI, by plain HTTP: cases 10 to 19 of its acceptance list."""

import json

import pytest

from fakes import scripts
from fakes.gate import Gate
from fakes.provider import Provider, says
from fakes.truth import Call, Said, Usage
from open_webui.providers import Pausing
from open_webui_site import MODELS, Site, as_sent, built_in_tools, called, result, system, task, user
from raw_http import request
from router import MASTER_KEY, PROMPT, eventually
from sdk.world import entry

SOON = 10  # seconds; what is promised is one


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    made = Site(tmp_path_factory.mktemp("site"))
    yield made
    made.stop()


# -- 10

SPOKEN = Said(thought=("quokka-Hm 🤔 ",), text=("quokka-Grüße ", "你好 ", "👩‍👩‍👧 ", "😀"))


@pytest.mark.parametrize("pieces", [0, 1, 3], ids=["by events", "by one byte", "by three bytes"])
@pytest.mark.parametrize("name", MODELS)
def test_10_no_character_is_lost_however_it_is_cut(site, name, pieces):
    provider = site.provide(name, lambda seen: SPOKEN, pieces=pieces)
    asked = PROMPT + " \U0001f600 grüße 你好 \u2028 \x07"
    assert rb"\ud83d\ude00" in as_sent(asked)
    assert site.chat(name, system("Système 😀"), user(asked)).text == SPOKEN.whole_text
    assert provider.seen[0].last_user_text == asked and provider.seen[0].system == ["Système 😀"]


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("name", MODELS)
def test_10_half_of_a_pair_harms_nobody(site, name, stream):
    provider = site.provide(name, lambda seen: SPOKEN)
    found = site.chat(name, user(PROMPT + " \ud83d, \ude00 and on"), stream=stream)
    assert found.text == SPOKEN.whole_text
    assert provider.seen[0].last_user_text.endswith(" and on")


# -- 11

WEATHER = Call("notes_0", {"query": "Zürich \"old\"\n", "count": 3})
NOW = Call("timestamp_1", {})
AGAIN = Call("notes_0", {"query": "b"})


@pytest.mark.parametrize("more", [0, 12], ids=["28 tools", "40 tools"])
@pytest.mark.parametrize("name", MODELS)
def test_11_a_plain_chat_carries_all_built_in_tools(site, name, more):
    tools = built_in_tools(more)
    assert len(tools) == 28 + more and len(as_sent(tools)) > 21_000
    provider = site.provide(name, lambda seen: Said(calls=(WEATHER, NOW, AGAIN)))
    found = site.chat(name, system(), user(), tools=tools)
    assert provider.refusals == [] and len(provider.seen[0].tools) == len(tools)
    assert [(call["name"], json.loads(call["arguments"])) for call in found.calls] == [(c.name, c.arguments) for c in (WEATHER, NOW, AGAIN)]
    assert [call["index"] for call in found.calls] == [0, 1, 2] and found.finish == "tool_calls"
    assert len({call["id"] for call in found.calls}) == 3


# -- 12


def _calls_then_speaks(seen):
    return says("It is noon.") if seen.results else Said(calls=(WEATHER, NOW))


@pytest.mark.parametrize("content", ["", "Let me look."])
@pytest.mark.parametrize("name", MODELS)
def test_12_calls_and_their_results_find_each_other(site, name, content):
    provider = site.provide(name, _calls_then_speaks)
    tools = built_in_tools()
    first = site.chat(name, user(), tools=tools)
    results = [result(call["id"], f"of {call['name']}") for call in first.calls]
    found = site.chat(name, user(), called(*first.calls, content=content), *results, tools=tools)
    assert found.text == "It is noon." and provider.refusals == []
    seen = provider.seen[-1]
    assert [(one["name"], one["arguments"]) for one in seen.of("call")] == [(WEATHER.name, WEATHER.arguments), (NOW.name, NOW.arguments)]
    assert [one["name"] for one in seen.results] == ["notes_0", "timestamp_1"]
    assert "of notes_0" in seen.results[0]["text"]
    if seen.dialect == "anthropic_messages":
        assert [len(message["content"]) for message in seen.body["messages"][-2:]] == [2 + bool(content), 2]


@pytest.mark.parametrize("name", [name for name in MODELS if MODELS[name][0] != "openai_chat"])
@pytest.mark.parametrize("messages", [
    [user(), result("call_nobody", "of nobody"), user("And?")],
    [user(), called({"id": "call_1", "name": "notes_0", "arguments": "{}"}), user("And?")],
    [user(), called({"id": "call_1", "name": "notes_0", "arguments": "{}"}), result("call_1", "a"), result("call_2", "b"), user("And?")],
], ids=["a result of nothing", "a call without its result", "one result too many"])
def test_12_what_has_lost_its_other_half_is_no_error(site, name, messages):
    provider = site.provide(name, lambda seen: says())
    assert site.chat(name, *messages, tools=built_in_tools()).text
    assert provider.refusals == [] and provider.seen[-1].last_user_text == "And?"


# -- 15


@pytest.mark.parametrize("effort", ["low", "medium", "high"])
@pytest.mark.parametrize("limit", [None, 1000, 4000])
@pytest.mark.parametrize("name", MODELS)
def test_15_an_effort_becomes_what_the_provider_calls_it(site, name, effort, limit):
    provider = site.provide(name, lambda seen: says())
    site.chat(name, reasoning_effort=effort, **({"max_tokens": limit} if limit else {}))
    assert provider.refusals == []
    thinking = provider.seen[0].body.get("thinking")
    assert thinking is None or provider.seen[0].max_tokens > thinking.get("budget_tokens", 0)
    assert limit == 1000 or provider.seen[0].thinks, provider.seen[0].body


@pytest.mark.parametrize("dialect, model", [("anthropic_messages", "anthropic/claude-3-5-haiku-20241022"), ("gemini", "gemini/gemini-2.0-flash")])
def test_15_a_model_that_does_not_think_passes_over_it(start_router, start_upstream, dialect, model):
    provider = Provider(dialect, lambda seen: says())
    router = start_router({"model_list": [entry("plain", dialect, start_upstream(provider), model)]})
    assert router.chat("plain", reasoning_effort="high").status_code == 200
    assert not provider.seen[0].thinks and provider.refusals == []


# -- 16


@pytest.mark.parametrize("name", MODELS)
def test_16_a_title_is_written_by_a_model_that_thinks_much(site, name):
    """A thinking budget above the limit of 1000 tokens would be a 400, and the title the user's own text."""
    provider = site.provide(name, lambda seen: says('{ "title": "Quokkas" }'))
    found = site.chat(name, task(), stream=False, max_tokens=1000, reasoning_effort="high")
    assert json.loads(found.text) == {"title": "Quokkas"} and provider.refusals == []


# -- 17

COUNTED = Usage(prompt=1201, completion=77, cached=640)
THOUGHT = Usage(prompt=1201, completion=77, cached=640, thinking=40)


@pytest.mark.parametrize("name", MODELS)
def test_17_usage_is_in_exactly_one_chunk_behind_the_content(site, name):
    counted = COUNTED if MODELS[name][0] == "openai_chat" else THOUGHT
    site.provide(name, lambda seen: Said(thought=("Hm.",), text=("quokka-a", "b"), usage=counted))
    answer = site.chat_response(name, stream_options={"include_usage": True})
    chunks = [json.loads(line[5:]) for line in answer.text.split("\n") if line.startswith("data: {")]
    [last] = [chunk for chunk in chunks if chunk.get("usage")]
    assert last is chunks[-1] and last["choices"] == []
    usage = last["usage"]
    assert (usage["prompt_tokens"], usage["completion_tokens"], usage["total_tokens"]) == (counted.prompt, counted.completion, counted.total)
    assert usage["prompt_tokens_details"]["cached_tokens"] == counted.cached
    assert (usage.get("completion_tokens_details") or {}).get("reasoning_tokens", 0) == counted.thinking


@pytest.mark.parametrize("name", MODELS)
def test_17_no_usage_is_sent_unasked(site, name):
    site.provide(name, lambda seen: Said(text=("quokka-a",), usage=COUNTED))
    assert site.chat(name).usages == []


def test_17_what_is_written_to_a_cache_counts_as_prompt(site):
    site.provide("claude", lambda seen: Said(text=("quokka-a",), usage=Usage(prompt=1201, completion=77, cached=640, written=300)))
    found = site.chat("claude", stream_options={"include_usage": True})
    assert found.usage == {"prompt_tokens": 1201, "completion_tokens": 77, "total_tokens": 1278}


def test_17_counts_that_grow_from_chunk_to_chunk_are_told_once(site):
    """xAI counts in every chunk; added up, 43 tokens were shown as 359."""
    chunks = [{"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "grok", "choices": [{"index": 0, "delta": {"content": text}}],
               "usage": {"prompt_tokens": 32, "completion_tokens": at, "total_tokens": 32 + at}} for at, text in enumerate(["a", "b", "c"], 1)]
    chunks[-1]["choices"][0]["finish_reason"] = "stop"
    site.answer_with("grok", scripts.chunks(chunks))
    found = site.chat("grok", stream_options={"include_usage": True})
    assert found.text == "abc" and found.usage == {"prompt_tokens": 32, "completion_tokens": 3, "total_tokens": 35}


# -- 19


@pytest.mark.parametrize("before", [None, 3], ids=["before the first byte", "in mid-stream"])
@pytest.mark.parametrize("name", MODELS)
def test_19_who_stops_stops_the_provider(site, name, before):
    site.provide(name, lambda seen: Said(text=("quokka-a", "b", "c"), usage=COUNTED), Pausing, gate=Gate(), before=before)
    body = as_sent({"model": name, "messages": [user()], "stream": True})
    with site.router.raw() as connection:
        connection.send(request("POST", "/v1/chat/completions", body, MASTER_KEY))
        call = site.upstreams[name].wait_for_call()
        call_id = ""
        if before is not None:
            call_id = connection.read_head().header("x-request-id")
            connection.read_chunk()
    assert call.wait_until_left(SOON)
    if call_id:
        line = eventually(lambda: [line for line in site.router.calls_logged() if line["id"] == call_id])[0]
        assert line["status"] == 499

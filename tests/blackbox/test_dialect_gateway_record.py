"""What is kept of a converted call, and what no client is told of it: the record's numbers, and our secrets."""

import json

import pytest

import grammar
from dialects import KEYS, body_of, path_of
from fakes import bodies, scripts
from fakes.sayings import GOOD, SAID
from fakes.truth import Breaks, Call, Said
from raw_http import events
from router import PROVIDER_KEY
from sdk.world import UPSTREAMS, World, entry

CONVERTED = [(dialect, upstream) for dialect in grammar.CHECKS for upstream in UPSTREAMS if dialect != upstream]
both_ways = pytest.mark.parametrize("stream", [False, True], ids=["whole", "streaming"])


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = World(tmp_path_factory.mktemp("record"))
    yield made
    made.stop()


def ask(world, dialect: str, upstream: str, stream=False, router=None, name=None, **more):
    model = name or world.model(upstream)
    answer = world.http.post((router or world.router).url + path_of(dialect, model, stream), json=body_of(dialect, model, stream, **more),
                             headers=KEYS[dialect])
    world.look(upstream)
    return answer


@both_ways
@pytest.mark.parametrize("said, finish", [(GOOD, "tool_calls"), (SAID["length"], "length"), (SAID["text"], "stop")], ids=["calls", "length", "stop"])
@pytest.mark.parametrize("dialect, upstream", CONVERTED)
def test_a_converted_call_is_recorded_like_any_other(world, dialect, upstream, said, finish, stream):
    world.provide(upstream, lambda seen: said)
    line = world.router.logged_call(ask(world, dialect, upstream, stream))
    assert (line["status"], line["stream"], line["finish"], line["attempts"]) == (200, stream, finish, 1), line
    assert (line["prompt_tokens"], line["completion_tokens"], line["total_tokens"]) == (1201, 77, 1278)
    assert line["target"].startswith(line["provider"] + "/") and line["model"] == world.model(upstream)


@pytest.mark.parametrize("dialect, upstream", CONVERTED)
def test_a_stream_that_breaks_is_recorded_with_what_was_known(world, dialect, upstream):
    world.provide(upstream, lambda seen: Breaks(GOOD, after=7))
    line = world.router.logged_call(ask(world, dialect, upstream, stream=True))
    assert line["error"] and "finish" not in line and line["provider"]


@pytest.mark.parametrize("upstream", UPSTREAMS)
def test_usage_may_be_told_to_all(world, start_router, upstream):
    models = [entry("asked", upstream, world.upstreams[upstream])]
    router = start_router({"model_list": models, "general_settings": {"always_include_stream_usage": True}})
    world.provide(upstream, lambda seen: SAID["text"])
    answer = ask(world, "openai_chat", upstream, stream=True, router=router, name="asked")
    grammar.must_hold("openai_chat", answer.content, model="asked", usage=True)


@pytest.mark.parametrize("upstream", ["anthropic_messages", "deepseek", "openai_responses"])
def test_a_client_of_gemini_sees_thoughts_when_it_asks(world, upstream):
    world.provide(upstream, lambda seen: SAID["thought and text"])
    for asked in (None, False, True):
        config = {} if asked is None else {"generationConfig": {"thinkingConfig": {"includeThoughts": asked}}}
        for stream in (False, True):
            body = body_of("gemini", "") | {"generationConfig": {}} | config
            model = world.model(upstream)
            answer = world.http.post(world.router.url + path_of("gemini", model, stream), json=body, headers=KEYS["gemini"])
            assert ("Hm, " in answer.text) == bool(asked), answer.text


# -- names


LONG = "mcp.server/" + "a" * 70


@both_ways
@pytest.mark.parametrize("dialect, upstream", CONVERTED)
def test_a_tool_comes_back_by_the_name_that_its_client_gave(world, dialect, upstream, stream):
    """The provider knows it by another one."""
    provider = world.provide(upstream, lambda seen: Said(calls=(Call(next(iter(seen.tools)), {}),)))
    schema = {"type": "object", "properties": {}}
    tools = {"openai_chat": [{"type": "function", "function": {"name": LONG, "parameters": schema}}],
             "openai_responses": [{"type": "function", "name": LONG, "parameters": schema, "strict": False}],
             "anthropic_messages": [{"name": LONG, "input_schema": schema}],
             "gemini": [{"functionDeclarations": [{"name": LONG, "parametersJsonSchema": schema}]}]}
    answer = ask(world, dialect, upstream, stream, tools=tools[dialect])
    assert answer.status_code == 200 and provider.refusals == [], answer.text
    [name] = provider.seen[-1].tools
    assert f'"name":"{LONG}"' in answer.text.replace('": ', '":')
    assert name == LONG or f'"{name}"' not in answer.text


# -- what nobody is told


LEAKS = f"key {PROVIDER_KEY} is bad"


@pytest.mark.parametrize("dialect, upstream", CONVERTED)
def test_an_error_inside_a_stream_has_no_secret(world, dialect, upstream):
    world.provide(upstream, lambda seen: Breaks(GOOD, after=7, message=LEAKS))
    answer = ask(world, dialect, upstream, stream=True)
    assert PROVIDER_KEY not in answer.text and "is bad" in answer.text
    assert answer.status_code != 200 or events(answer.content)


@pytest.mark.parametrize("dialect", grammar.CHECKS)
@pytest.mark.parametrize("upstream", UPSTREAMS)
def test_an_error_with_the_status_of_an_answer_has_no_secret(world, dialect, upstream):
    error = {"error": {"message": LEAKS, "type": "server_error", "code": 500, "status": "INTERNAL"}} | (
        {"type": "error"} if upstream == "anthropic_messages" else {})
    world.upstreams[upstream].forget()
    world.upstreams[upstream].always(scripts.whole(error))
    answer = ask(world, dialect, upstream)
    assert answer.status_code >= 400 and PROVIDER_KEY not in answer.text, answer.text
    assert json.loads(answer.content)["error"]["message"]


@both_ways
@pytest.mark.parametrize("dialect", [dialect for dialect in grammar.CHECKS if dialect != "gemini"])
def test_an_answer_that_failed_is_an_error(world, dialect, stream):
    """Gemini ends a call that it could not write with a reason, and nothing else."""
    body = {"candidates": [{"content": {}, "finishReason": "MALFORMED_FUNCTION_CALL", "index": 0}],
            "usageMetadata": {"promptTokenCount": 3, "totalTokenCount": 3}, "modelVersion": "gemini-3-pro-preview"}
    world.upstreams["gemini"].forget()
    world.upstreams["gemini"].always(scripts.stream([bodies.sse(body)]) if stream else scripts.whole(body))
    answer = ask(world, dialect, "gemini", stream)
    assert answer.status_code >= 500 and "MALFORMED_FUNCTION_CALL" in answer.json()["error"]["message"], answer.text


BEGINNINGS = {"anthropic_messages": 2, "openai_responses": 2, "openai_chat": 1, "deepseek": 1}  # events that say nothing yet


@pytest.mark.parametrize("dialect, upstream", [pair for pair in CONVERTED if pair[1] in BEGINNINGS])
def test_an_error_before_a_word_is_no_stream(world, dialect, upstream):
    world.provide(upstream, lambda seen: Breaks(GOOD, after=BEGINNINGS[upstream]))
    answer = ask(world, dialect, upstream, stream=True)
    assert answer.status_code >= 500 and answer.headers["content-type"].startswith("application/json"), answer.text
    assert "the engine caught fire" in answer.json()["error"]["message"]

"""The tools of the dialects' tests, met without a router: fakes whose streams their own grammars allow, grammars that
find what is wrong, providers that refuse what the real ones refuse."""

import base64
import json

import httpx
import pytest

import grammar
from fakes.provider import DIALECTS, Provider
from fakes.sayings import GOOD, SAID
from fakes.truth import Breaks, Refused, mint, png
from fakes.upstream import FakeUpstream

MODELS = {"openai_chat": "gpt-4.1", "deepseek": "deepseek-reasoner", "openai_responses": "gpt-5.5",
          "anthropic_messages": "claude-sonnet-4-5", "gemini": "gemini-3-pro"}
TOOL_SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}}


def body_of(dialect: str, **more) -> dict:
    model = MODELS[dialect]
    turns = [{"role": "user", "content": "hello"}]
    return {
        "openai_chat": {"model": model, "messages": turns},
        "deepseek": {"model": model, "messages": turns},
        "openai_responses": {"model": model, "input": turns},
        "anthropic_messages": {"model": model, "max_tokens": 4096, "messages": turns},
        "gemini": {"contents": [{"role": "user", "parts": [{"text": "hello"}]}]},
    }[dialect] | more


def post(origin: str, dialect: str, body: dict, stream=False, **headers) -> httpx.Response:
    path = {"openai_responses": "/v1/responses", "anthropic_messages": "/v1/messages"}.get(dialect, "/v1/chat/completions")
    if dialect == "gemini":
        path = f"/v1beta/models/{MODELS[dialect]}:" + ("streamGenerateContent?alt=sse" if stream else "generateContent")
    elif stream:
        body = {**body, "stream": True}
    keys = {"authorization": "Bearer sk-quokka", "x-goog-api-key": "quokka", "anthropic-version": "2023-06-01"}
    return httpx.post(origin + path, json=body, headers={**keys, **headers}, timeout=10, trust_env=False)


@pytest.fixture
def provider():
    """provider(dialect, said) -> ask(body, ...): its answer."""
    started = []

    def start(dialect, said, **how):
        made = Provider(dialect, said if callable(said) else lambda seen: said, **how)
        started.append(FakeUpstream(made))

        def ask(body=None, **more):
            return post(started[-1].origin, dialect, body or body_of(dialect), **more)

        ask.provider = made
        return ask

    yield start
    for upstream in started:
        upstream.stop()
        assert not upstream.script_errors, upstream.script_errors


def check_of(dialect):
    return "openai_chat" if dialect == "deepseek" else dialect


@pytest.mark.parametrize("said", SAID.values(), ids=SAID)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_fakes_stream_is_one_that_its_dialect_allows(provider, dialect, said):
    answer = provider(dialect, said)(stream=True)
    assert answer.status_code == 200, answer.text
    grammar.must_hold(check_of(dialect), answer.content, model=MODELS[dialect])


@pytest.mark.parametrize("said", SAID.values(), ids=SAID)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_fakes_whole_answer_has_the_sdks_types(provider, dialect, said):
    answer = provider(dialect, said)()
    kind = {"openai_chat": "chat", "deepseek": "chat", "openai_responses": "responses", "anthropic_messages": "messages", "gemini": "gemini"}
    assert grammar.schemas.problems(f"{kind[dialect]} answer", answer.json()) == []


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_fake_breaks_off_as_it_is_told(provider, dialect):
    raw = provider(dialect, Breaks(GOOD, after=3))(stream=True).content
    assert b"the engine caught fire" in raw
    if dialect != "openai_responses":  # OpenAI's own error events are not of the form that every SDK raises
        grammar.must_hold(check_of(dialect), raw, ending="error")
    with pytest.raises(httpx.RemoteProtocolError):
        provider(dialect, Breaks(GOOD, after=3, how="fin"))(stream=True)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_fake_refuses_in_its_dialects_shape(provider, dialect):
    answer = provider(dialect, Refused(429, "Slow down, quokka.", retry_after=7))()
    assert answer.status_code == 429 and answer.json()["error"]["message"] == "Slow down, quokka."
    assert answer.headers["retry-after"] == "7"


STREAMS_CUT = {"by the byte": {"pieces": 1}, "with CRLF": {"end": b"\r\n"}}


@pytest.mark.parametrize("how", STREAMS_CUT.values(), ids=STREAMS_CUT)
def test_a_fake_cuts_its_stream_into_any_pieces(provider, how):
    raw = provider("gemini", SAID["text"], **how)(stream=True).content
    assert raw.replace(b"\r\n", b"\n") == provider("gemini", SAID["text"])(stream=True).content
    assert (b"\r\n" in raw) == ("end" in how)


# -- what the grammars find


def spoiled(dialect: str, raw: bytes) -> dict:
    """Streams that are wrong, each in one way, made from a right one."""
    found = {
        "CRLF": raw.replace(b"\n", b"\r\n"),
        "no blank line at the end": raw[:-1],
        "a byte order mark": b"\xef\xbb\xbf" + raw,
        "an id": raw.replace(b"data: ", b"id: 1\ndata: ", 1),
        "no space": raw.replace(b"data: ", b"data:", 1),
        "cut": raw[: raw.rindex(b"\n\n", 0, -2) + 2],
        "the end twice": raw + raw[raw.rindex(b"\n\n", 0, -2) + 2 :],
        "an unknown member": raw.replace(b'": ', b'": 1, "quokka": ', 1),
        "Latin-1": raw.replace("ü".encode(), b"\xfc"),
        "another model": raw.replace(MODELS[dialect].encode(), b"another"),
    }
    if dialect in ("anthropic_messages", "openai_responses"):
        found["no names"] = b"\n".join(line for line in raw.split(b"\n") if not line.startswith(b"event:"))
        found["a wrong name"] = raw.replace(b"event: ", b"event: x", 1)
        found["an index"] = raw.replace(b'index": 1', b'index": 2')
    more = {
        "openai_chat": {
            "no [DONE]": raw.replace(b"data: [DONE]\n\n", b""),
            "no role": raw.replace(b'"role": "assistant", ', b""),
            "another id": raw.replace(b"chatcmpl-", b"chatcmpl-x", 1),
            "a null error": raw.replace(b'"choices"', b'"error": null, "choices"', 1),
            "a half call": raw.replace(b'"}"', b'""'),
            "a repeated name": raw.replace(b'{"index": 0, "function": {', b'{"index": 0, "function": {"name": "weather", ', 1),
            "another finish": raw.replace(b'"finish_reason": "tool_calls"', b'"finish_reason": "stop"'),
        },
        "openai_responses": {
            "no numbers": raw.replace(b'"sequence_number"', b'"number"'),
            "a number twice": raw.replace(b'"sequence_number": 4', b'"sequence_number": 3'),
            "[DONE]": raw + b"data: [DONE]\n\n",
            "a delta lost": raw.replace("Grüße ".encode(), b"", 1),
            "another item": raw.replace(b'"item_id": "msg_', b'"item_id": "msg_x', 1),
            "the status": raw.replace(b'"status": "completed", "completed_at"', b'"status": "in_progress", "completed_at"'),
        },
        "anthropic_messages": {
            "[DONE]": raw + b"data: [DONE]\n\n",
            "two starts": raw[: raw.index(b"\n\n") + 2] + raw,
            "half an input": raw.replace(b'"partial_json": "}"', b'"partial_json": ""'),
            "the stop_reason": raw.replace(b'"stop_reason": "tool_use"', b'"stop_reason": "end_turn"'),
            "an empty signature": raw.replace(mint("thinking", "Hm, well.").encode(), b""),
        },
        "gemini": {
            "a comment": raw + b": alive\n\n",
            "a name": raw.replace(b"data: ", b"event: message\ndata: ", 1),
            "[DONE]": raw + b"data: [DONE]\n\n",
            "no role": raw.replace(b', "role": "model"', b"", 1),
            "no parts": raw.replace(b'"parts": [', b'"parts": [], "x": [', 1),
            "no finish": raw.replace(b', "finishReason": "STOP"', b""),
            "another id": raw.replace(b'"responseId": "', b'"responseId": "x', 1),
        },
    }[dialect]
    return {**found, **more}


@pytest.mark.parametrize("dialect", grammar.CHECKS)
def test_a_grammar_finds_what_is_wrong(provider, dialect):
    raw = provider(dialect, GOOD)(stream=True).content
    grammar.must_hold(dialect, raw, model=MODELS[dialect])
    for what, wrong in spoiled(dialect, raw).items():
        assert wrong != raw, f"{what} changed nothing"
        assert grammar.CHECKS[dialect](wrong, model=MODELS[dialect]), f"{what} was not found"


def test_the_usage_is_counted_once_and_where_it_was_asked_for(provider):
    ask = provider("openai_chat", GOOD)
    without = ask(stream=True).content
    counted = ask(body_of("openai_chat", stream_options={"include_usage": True}), stream=True).content
    grammar.must_hold("openai_chat", without, usage=False)
    grammar.must_hold("openai_chat", counted, usage=True)
    assert grammar.CHECKS["openai_chat"](without, usage=True) and grammar.CHECKS["openai_chat"](counted, usage=False)


def test_geminis_array_is_looked_at_too(provider):
    lines = provider("gemini", GOOD)(stream=True).content.split(b"\n\n")
    array = b"[" + b",\r\n".join(line.removeprefix(b"data: ") for line in lines if line) + b"]"
    assert grammar.CHECKS["gemini"](array, array=True) == []
    assert grammar.CHECKS["gemini"](array[:-1], array=True)


# -- what the providers refuse

CALL = {"anthropic_messages": {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {}}}
RESULT = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "sunny"}
TOOLS = [{"name": "weather", "input_schema": TOOL_SCHEMA}]


def turns(*contents):
    return [{"role": ("user", "assistant")[at % 2], "content": content} for at, content in enumerate(contents)]


def thinking(text="Hm.", signature=None):
    return {"type": "thinking", "thinking": text, "signature": signature or mint("thinking", text)}


CALL = CALL["anthropic_messages"]
REFUSED_BY_ANTHROPIC = {
    "no max_tokens": ({"max_tokens": None}, "max_tokens"),
    "a member of another dialect": ({"seed": 1}, "seed"),
    "an empty text": ({"messages": turns([{"type": "text", "text": ""}])}, "must be non-empty"),
    "the assistant first": ({"messages": [{"role": "assistant", "content": "hi"}, {"role": "user", "content": "hi"}]}, "first message"),
    "a call without its result": ({"messages": turns("hi", [CALL], "and?"), "tools": TOOLS}, "without `tool_result` blocks immediately"),
    "text before a result": ({"messages": turns("hi", [CALL], [{"type": "text", "text": "so"}, RESULT]), "tools": TOOLS}, "tool_result"),
    "a result without a call": ({"messages": turns("hi", "ho", [RESULT]), "tools": TOOLS}, "unexpected `tool_use_id`"),
    "no tools": ({"messages": turns("hi", [CALL], [RESULT])}, "must define tools"),
    "a changed thought": ({"messages": turns("hi", [thinking(), thinking("No.", mint("thinking", "Hm."))], "so")}, "Invalid `signature`"),
    "a foreign signature": ({"messages": turns("hi", [thinking(signature="abc")], "so")}, "Invalid `signature`"),
    "five marks": ({"system": [{"type": "text", "text": "x", "cache_control": {"type": "ephemeral"}}] * 5}, "maximum of 4 blocks"),
    "a budget over the limit": ({"thinking": {"type": "enabled", "budget_tokens": 4096}}, "must be greater than"),
    "a hot thinker": ({"thinking": {"type": "enabled", "budget_tokens": 2000}, "temperature": 0.5}, "may only be set to 1"),
    "two samplings": ({"temperature": 0.5, "top_p": 0.5}, "cannot both"),
    "a bad name": ({"tools": [{"name": "a.b", "input_schema": TOOL_SCHEMA}]}, "should match pattern"),
    "an open schema": ({"output_config": {"format": {"type": "json_schema", "schema": TOOL_SCHEMA}}}, "additionalProperties"),
    "a picture that is none": ({"messages": turns([{"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "aGFsbG8="}}])},
                               "media type"),
}


@pytest.mark.parametrize("change, words", REFUSED_BY_ANTHROPIC.values(), ids=REFUSED_BY_ANTHROPIC)
def test_anthropic_refuses(provider, change, words):
    body = {key: value for key, value in body_of("anthropic_messages", **change).items() if value is not None}
    answer = provider("anthropic_messages", SAID["text"])(body)
    assert answer.status_code == 400 and words in answer.json()["error"]["message"], answer.text


def test_anthropic_wants_the_thought_before_its_call(provider):
    ask = provider("anthropic_messages", SAID["thought and call"])
    asked = {"thinking": {"type": "enabled", "budget_tokens": 2000}, "tools": TOOLS}
    said = ask(body_of("anthropic_messages", **asked)).json()["content"]
    result = [{"type": "tool_result", "tool_use_id": said[-1]["id"], "content": "sunny"}]
    whole = body_of("anthropic_messages", messages=turns("hello", said, result), **asked)
    assert ask(whole).status_code == 200 and ask.provider.seen[-1].signatures == [said[0]["signature"]]
    without = body_of("anthropic_messages", messages=turns("hello", said[1:], result), **asked)
    assert "must start with a thinking block" in ask(without).json()["error"]["message"]


def contents(*turns):
    return [{"role": ("user", "model")[at % 2], "parts": list(parts)} for at, parts in enumerate(turns)]


HELLO, FUNCTION_CALL = {"text": "hello"}, {"functionCall": {"name": "weather", "args": {}}}
SIGNED_CALL = {**FUNCTION_CALL, "thoughtSignature": mint("gemini", "Hm.")}
FUNCTION_RESULT = {"functionResponse": {"name": "weather", "response": {"output": "sunny"}}}
REFUSED_BY_GEMINI = {
    "a member of another dialect": ({"messages": []}, "messages"),
    "another spelling": ({"generation_config": {}}, "generation_config"),
    "no parts": ({"contents": [{"role": "user", "parts": []}]}, "must not be empty"),
    "two things in a part": ({"contents": contents([{**HELLO, **FUNCTION_CALL}])}, "oneof"),
    "level and budget": ({"generationConfig": {"thinkingConfig": {"thinkingLevel": "low", "thinkingBudget": 1}}}, "only one of"),
    "an unsigned call": ({"contents": contents([HELLO], [FUNCTION_CALL], [FUNCTION_RESULT])}, "missing a thought_signature"),
    "a foreign signature": ({"contents": contents([HELLO], [{**SIGNED_CALL, "thoughtSignature": "c2lnbg=="}], [FUNCTION_RESULT])}, "Corrupted"),
    "a call without its result": ({"contents": contents([HELLO], [SIGNED_CALL], [HELLO])}, "number of function response parts"),
    "a schema beyond the subset": ({"tools": [{"functionDeclarations": [{"name": "a", "parameters": {"type": "object", "const": 1}}]}]}, "const"),
    "a bad name": ({"tools": [{"functionDeclarations": [{"name": "a b"}]}]}, "Invalid function name"),
    "six stops": ({"generationConfig": {"stopSequences": list("abcdef")}}, "at most 5"),
    "a schema without its mime type": ({"generationConfig": {"responseJsonSchema": {"type": "object"}}}, "application/json"),
}


@pytest.mark.parametrize("change, words", REFUSED_BY_GEMINI.values(), ids=REFUSED_BY_GEMINI)
def test_gemini_refuses(provider, change, words):
    answer = provider("gemini", SAID["text"])(body_of("gemini", **change))
    assert answer.status_code == 400 and words in answer.json()["error"]["message"], answer.text


def test_gemini_takes_a_signed_call(provider):
    ask = provider("gemini", SAID["text"])
    assert ask(body_of("gemini", contents=contents([HELLO], [SIGNED_CALL], [FUNCTION_RESULT]))).status_code == 200
    assert ask.provider.seen[-1].results[0]["text"] == "sunny"


REASONING = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": mint("encrypted", "rs_1")}
ITEM_CALL = {"type": "function_call", "call_id": "call_1", "name": "weather", "arguments": "{}"}
ITEM_RESULT = {"type": "function_call_output", "call_id": "call_1", "output": "sunny"}
USER = {"role": "user", "content": "hello"}
REFUSED_BY_RESPONSES = {
    "a member of another dialect": ({"max_tokens": 1}, "max_tokens"),
    "too few tokens": ({"max_output_tokens": 8}, "below minimum"),
    "hot reasoning": ({"temperature": 0.2}, "not supported with this model"),
    "a thought without what follows": ({"input": [USER, REASONING, USER]}, "required following item"),
    "a changed thought": ({"input": [USER, {**REASONING, "encrypted_content": "x"}, ITEM_CALL, ITEM_RESULT]}, "could not be verified"),
    "a call without its output": ({"input": [USER, ITEM_CALL]}, "No tool output found"),
    "an output without its call": ({"input": [USER, ITEM_RESULT]}, "No tool call found"),
    "an id of another kind": ({"input": [USER, {**ITEM_CALL, "id": "call_1"}, ITEM_RESULT]}, "begins with 'fc'"),
    "an assistant's input": ({"input": [USER, {"role": "assistant", "content": [{"type": "input_text", "text": "x"}]}]}, "input_text"),
    "a loose strict tool": ({"tools": [{"type": "function", "name": "a", "parameters": TOOL_SCHEMA, "strict": True}]}, "additionalProperties"),
}


@pytest.mark.parametrize("change, words", REFUSED_BY_RESPONSES.values(), ids=REFUSED_BY_RESPONSES)
def test_responses_refuses(provider, change, words):
    answer = provider("openai_responses", SAID["text"])(body_of("openai_responses", **change))
    assert answer.status_code == 400 and words in answer.json()["error"]["message"], answer.text


CHAT_CALL = {"role": "assistant", "content": None, "tool_calls": [
    {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": "{}"}}]}
CHAT_RESULT = {"role": "tool", "tool_call_id": "call_1", "content": "sunny"}
REFUSED_BY_CHAT = {
    "a member of another dialect": ({"top_k": 1}, "top_k"),
    "stream_options without a stream": ({"stream_options": {"include_usage": True}}, "only allowed when 'stream'"),
    "max_tokens": ({"model": "gpt-5.5", "max_tokens": 1}, "not supported with this model"),
    "a call without its result": ({"messages": [USER, CHAT_CALL, USER]}, "did not have response messages"),
    "a result without a call": ({"messages": [USER, CHAT_RESULT]}, "must be a response to"),
    "thoughts": ({"messages": [USER, {"role": "assistant", "content": "x", "reasoning_content": "y"}]}, "reasoning_content"),
    "no tools at all": ({"tools": []}, "empty array"),
    "five stops": ({"stop": list("abcde")}, "array too long"),
}


@pytest.mark.parametrize("change, words", REFUSED_BY_CHAT.values(), ids=REFUSED_BY_CHAT)
def test_chat_refuses(provider, change, words):
    answer = provider("openai_chat", SAID["text"])(body_of("openai_chat", **change))
    assert answer.status_code == 400 and words in answer.json()["error"]["message"], answer.text


def test_deepseek_wants_its_thoughts_back(provider):
    ask = provider("deepseek", SAID["thought and call"])
    message = ask().json()["choices"][0]["message"]
    message = {key: message[key] for key in ("role", "content", "tool_calls", "reasoning_content")}
    result = {**CHAT_RESULT, "tool_call_id": message["tool_calls"][0]["id"]}
    assert ask(body_of("deepseek", messages=[USER, message, result])).status_code == 200
    del message["reasoning_content"]
    answer = ask(body_of("deepseek", messages=[USER, message, result]))
    assert answer.status_code == 400 and "must be passed back" in answer.json()["error"]["message"]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_picture_is_seen(provider, dialect):
    data = base64.b64encode(png()).decode()
    url = f"data:image/png;base64,{data}"
    parts = {
        "openai_responses": {"input": [{"role": "user", "content": [{"type": "input_image", "image_url": url, "detail": "auto"}]}]},
        "anthropic_messages": {"messages": turns([{"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": data}}])},
        "gemini": {"contents": contents([{"inlineData": {"mimeType": "image/png", "data": data}}])},
    }.get(dialect, {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": url}}]}]})
    ask = provider(dialect, SAID["text"])
    assert ask(body_of(dialect, **parts)).status_code == 200
    assert ask.provider.seen[-1].of("image") == [("image/png", data)]


def test_what_is_said_is_said_alike_in_every_dialect(provider):
    texts = set()
    for dialect in DIALECTS:
        texts.add("Grüße" in json.dumps(provider(dialect, GOOD)().json(), ensure_ascii=False))
    assert texts == {True}

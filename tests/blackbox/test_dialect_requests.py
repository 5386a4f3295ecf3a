"""Requests with corners, in every dialect, to every provider: none of them is refused by a provider that is as strict as
the real one, and the model is told what the client meant."""

import base64

import pytest

import grammar
from dialects import KEYS, path_of
from fakes.truth import Said, png
from router import PROMPT
from sdk.world import UPSTREAMS, World

PICTURE = base64.b64encode(png()).decode()
PDF = base64.b64encode(b"%PDF-1.4\n%%EOF\n").decode()
URL = f"data:image/png;base64,{PICTURE}"
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
RICH = {"$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "additionalProperties": False, "required": ["when"], "properties": {
    "when": {"type": "string", "format": "date-time", "minLength": 3, "pattern": "^2"},
    "how": {"anyOf": [{"type": "string", "const": "fast"}, {"type": "null"}]}, "where": {"$ref": "#/$defs/place"},
    "many": {"type": ["integer", "null"], "exclusiveMinimum": 0}, "free": {"type": "object", "additionalProperties": {"type": "string"}}},
    "$defs": {"place": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"], "additionalProperties": False}}}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = World(tmp_path_factory.mktemp("requests"))
    yield made
    made.stop()


def _has_schema(seen) -> bool:
    return seen.dialect == "deepseek" or "city" in seen.schema["properties"]  # DeepSeek knows JSON and no schemas


def _are_none(signatures) -> bool:
    return set(signatures) <= {"skip_thought_signature_validator"}  # what Gemini takes for none


def chat(*messages, **more):
    return {"messages": list(messages), **more}


def user(content=PROMPT):
    return {"role": "user", "content": content}


def calls(*names, content=None, arguments="{}"):
    return {"role": "assistant", "content": content, "tool_calls": [
        {"id": f"call_{name}", "type": "function", "function": {"name": name, "arguments": arguments}} for name in names]}


def tool(name, content="sunny"):
    return {"role": "tool", "tool_call_id": f"call_{name}", "content": content}


def function(name="weather", schema=SCHEMA, **more):
    return {"type": "function", "function": {"name": name, "description": "Tells it.", "parameters": schema, **more}}


TOOLS = {"tools": [function()]}
BOTH = {"tools": [function(), function("now")]}
CHAT = {
    "developer and system, here and there": (
        chat({"role": "developer", "content": "Be terse."}, user("hi"), {"role": "assistant", "content": "ho"},
             {"role": "system", "content": "Be kind."}, user()),
        lambda seen: all(any(words in text for text in seen.of("text")) for words in ("Be terse.", "Be kind.", PROMPT))),
    "a system prompt alone": (chat({"role": "system", "content": PROMPT}), lambda seen: PROMPT in "".join(seen.of("text"))),
    "two users in a row": (chat(user("one"), user("two")), lambda seen: seen.of("text", "user") == ["one", "two"]),
    "an empty text beside a picture": (
        chat(user([{"type": "text", "text": ""}, {"type": "image_url", "image_url": {"url": URL, "detail": "low"}}])),
        lambda seen: seen.of("image") == [("image/png", PICTURE)]),
    "an empty assistant": (chat(user("hi"), {"role": "assistant", "content": ""}, user()), lambda seen: seen.last_user_text == PROMPT),
    "the assistant last": (chat(user(), {"role": "assistant", "content": "It is "}), lambda seen: any("It is" in text for text in seen.of("text"))),
    "results in another order": (
        chat(user(), calls("weather", "now", arguments='{"city":"Bern"}'), tool("now", "noon"), tool("weather"), **BOTH),
        lambda seen: sorted((one["name"], one["text"]) for one in seen.results) == [("now", "noon"), ("weather", "sunny")]),
    "a result, and words": (chat(user(), calls("weather"), tool("weather"), user("so?"), **TOOLS),
                            lambda seen: seen.results[0]["text"] == "sunny" and seen.last_user_text == "so?"),
    "an empty result": (chat(user(), calls("weather"), tool("weather", ""), **TOOLS), lambda seen: len(seen.results) == 1),
    "a result in parts": (chat(user(), calls("weather"), tool("weather", [{"type": "text", "text": "sun"}, {"type": "text", "text": "ny"}]), **TOOLS),
                          lambda seen: seen.results[0]["text"].replace("\n", "") == "sunny"),
    "a call with no arguments at all": (chat(user(), calls("weather", arguments=""), tool("weather"), **TOOLS),
                                        lambda seen: seen.of("call")[0]["arguments"] == {}),
    "text and calls": (chat(user(), calls("weather", content="Let me see."), tool("weather"), **TOOLS),
                       lambda seen: "Let me see." in seen.of("text", "assistant")),
    "two steps of tools": (chat(user(), calls("weather"), tool("weather"), calls("now"), tool("now", "noon"), **BOTH),
                           lambda seen: [one["text"] for one in seen.results] == ["sunny", "noon"]),
    "tools of before, none now": (chat(user(), calls("weather"), tool("weather"), {"role": "assistant", "content": "Sunny."}, user("thanks")),
                                  lambda seen: seen.last_user_text == "thanks"),
    "a long name with dots": (chat(user(), tools=[function("mcp.server/" + "a" * 70)]), lambda seen: len(seen.tools) == 1),
    "a rich schema": (chat(user(), tools=[function(schema=RICH)]), lambda seen: "when" in seen.tools["weather"]["properties"]),
    "a tool without parameters": (chat(user(), tools=[{"type": "function", "function": {"name": "now"}}]), lambda seen: "now" in seen.tools),
    "a tool that must be used": (chat(user(), tool_choice="required", **TOOLS), lambda seen: seen.choice in ("required", "weather")),
    "a tool by its name": (chat(user(), tool_choice={"type": "function", "function": {"name": "weather"}}, **BOTH),
                           lambda seen: seen.choice == "weather"),
    "no tool": (chat(user(), tool_choice="none", **TOOLS), lambda seen: seen.choice == "none" or not seen.tools),
    "one call at a time": (chat(user(), parallel_tool_calls=False, **TOOLS), None),
    "some limits": (chat(user(), max_tokens=300, temperature=0.3, stop=["END", "STOP"], seed=7, user="quokka"), None),
    "much heat": (chat(user(), temperature=1.7), None),
    "penalties and logits": (chat(user(), presence_penalty=0.5, frequency_penalty=0.5, logit_bias={"50256": -100}), None),
    "an answer in JSON": (chat(user("JSON please"), response_format={"type": "json_object"}), None),
    "an answer with a rich schema": (
        chat(user(), response_format={"type": "json_schema", "json_schema": {"name": "answer", "schema": RICH}}),
        lambda seen: "when" in seen.schema["properties"]),
    "a document": (chat(user([{"type": "file", "file": {"filename": "a.pdf", "file_data": f"data:application/pdf;base64,{PDF}"}},
                              {"type": "text", "text": PROMPT}])), lambda seen: seen.of("document") == [("application/pdf", PDF)]),
    "little effort": (chat(user(), reasoning_effort="minimal"), None),
    "no effort": (chat(user(), reasoning_effort="none"), None),
    "the highest effort, with tools": (chat(user(), reasoning_effort="xhigh", max_tokens=4000, **TOOLS), None),
    "foreign thoughts": (chat(user("hi"), {"role": "assistant", "content": "ho", "reasoning_content": "Hm."}, user()),
                         lambda seen: seen.last_user_text == PROMPT),
    "the old functions": (chat(user(), functions=[{"name": "weather", "parameters": SCHEMA}], function_call="auto"),
                          lambda seen: "weather" in seen.tools),
    "names": (chat({**user(), "name": "alice"}), lambda seen: PROMPT in seen.last_user_text),
}


def messages(*turns, **more):
    return {"max_tokens": 4000, "messages": [{"role": ("user", "assistant")[at % 2], "content": turn} for at, turn in enumerate(turns)], **more}


USE = {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {"city": "Bern"}}
CACHE = {"cache_control": {"type": "ephemeral"}}
IMAGE = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PICTURE}}
CLAUDE_TOOLS = {"tools": [{"name": "weather", "description": "Tells it.", "input_schema": SCHEMA}]}


def outcome(content="sunny", **more):
    return {"type": "tool_result", "tool_use_id": "toolu_1", "content": content, **more}


def text(words=PROMPT, **more):
    return {"type": "text", "text": words, **more}


MESSAGES = {
    "a system of blocks with marks": (
        messages(PROMPT, system=[text("x-anthropic-billing-header: cc_version=2.1; cc_entrypoint=cli;"), text("Be terse.", **CACHE), text("Be kind.", **CACHE)]),
        lambda seen: "Be terse." in "".join(seen.system) and "Be kind." in "".join(seen.system)),
    "a system message in the middle": (
        {"max_tokens": 4000, "messages": [user(), {"role": "system", "content": "Be kind."}]}, lambda seen: any("Be kind." in t for t in seen.of("text"))),
    "a picture in a result": (messages(PROMPT, [USE], [outcome([text("here"), IMAGE])], **CLAUDE_TOOLS),
                              lambda seen: ("image/png", PICTURE) in seen.of("image") + seen.results[0]["images"]),
    "an error as a result": (messages(PROMPT, [USE], [outcome("boom", is_error=True)], **CLAUDE_TOOLS),
                             lambda seen: seen.results[0]["is_error"] and "boom" in seen.results[0]["text"]),
    "a result, and words": (messages(PROMPT, [USE], [outcome(), text("so?")], **CLAUDE_TOOLS),
                            lambda seen: seen.results[0]["text"] == "sunny" and seen.last_user_text == "so?"),
    "a result without content": (messages(PROMPT, [USE], [{"type": "tool_result", "tool_use_id": "toolu_1"}], **CLAUDE_TOOLS),
                                 lambda seen: len(seen.results) == 1),
    "any id": (messages(PROMPT, [{**USE, "id": "functions.weather:0"}], [outcome() | {"tool_use_id": "functions.weather:0"}], **CLAUDE_TOOLS),
               lambda seen: seen.results[0]["text"] == "sunny"),
    "foreign thoughts": (
        messages(PROMPT, [{"type": "thinking", "thinking": "Hm.", "signature": ""}, text("Let me see."), USE], [outcome()], **CLAUDE_TOOLS,
                 thinking={"type": "enabled", "budget_tokens": 2000}), lambda seen: seen.results[0]["text"] == "sunny" and _are_none(seen.signatures)),
    "adaptive thinking": (messages(PROMPT, thinking={"type": "adaptive"}, output_config={"effort": "high"}), None),
    "no thinking": (messages(PROMPT, thinking={"type": "disabled"}), None),
    "a budget above the limit": (messages(PROMPT, max_tokens=1000, thinking={"type": "enabled", "budget_tokens": 1024}), None),
    "marks everywhere": (messages([text(**CACHE)], [text("ho", **CACHE)], [text(**CACHE)], system=[text("s", **CACHE)]), None),
    "context management": (
        messages(PROMPT, context_management={"edits": [{"type": "clear_thinking_20251015", "keep": "all"}]}, metadata={"user_id": "quokka"}), None),
    "any tool": (messages(PROMPT, tool_choice={"type": "any", "disable_parallel_tool_use": True}, **CLAUDE_TOOLS),
                 lambda seen: seen.choice in ("required", "weather")),
    "stops and sampling": (messages(PROMPT, stop_sequences=["a", "b", "c", "d", "e", "f"], temperature=0.3, top_k=5), None),
    "a schema": (messages(PROMPT, output_config={"format": {"type": "json_schema", "schema": {**SCHEMA, "additionalProperties": False}}}),
                 _has_schema),
    "a document": (messages([{"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": PDF}}, text()]),
                   lambda seen: seen.of("document") == [("application/pdf", PDF)]),
    "a document of text": (messages([{"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "quokkas"}}, text()]),
                           lambda seen: "quokkas" in str(seen.parts)),
    "a rich schema": (messages(PROMPT, tools=[{"name": "weather", "input_schema": RICH}]), lambda seen: "when" in seen.tools["weather"]["properties"]),
}


def items(*found, **more):
    return {"input": list(found), **more}


def item_call(name="weather", **more):
    return {"type": "function_call", "call_id": f"call_{name}", "name": name, "arguments": '{"city":"Bern"}', **more}


def output(name="weather", content="sunny"):
    return {"type": "function_call_output", "call_id": f"call_{name}", "output": content}


def flat(name="weather", **more):
    return {"type": "function", "name": name, "description": "Tells it.", "parameters": SCHEMA, "strict": False, **more}


FLAT = {"tools": [flat()]}
RESPONSES = {
    "a string": ({"input": PROMPT}, lambda seen: seen.last_user_text == PROMPT),
    "instructions and a developer": (items({"role": "developer", "content": "Be kind."}, user(), instructions="Be terse."),
                                     lambda seen: "Be terse." in "".join(seen.system) and any("Be kind." in t for t in seen.of("text"))),
    "a call and its output": (items(user(), item_call(id="fc_1", status="completed"), output(), **FLAT),
                              lambda seen: (seen.results[0]["name"], seen.results[0]["text"]) == ("weather", "sunny")),
    "an output in parts, with a picture": (
        items(user(), item_call(), output(content=[{"type": "input_text", "text": "here"}, {"type": "input_image", "image_url": URL, "detail": "auto"}]),
              **FLAT), lambda seen: ("image/png", PICTURE) in seen.of("image") + seen.results[0]["images"]),
    "messages as they came": (
        items(user("hi"), {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "phase": "final_answer", "content": [
            {"type": "output_text", "text": "ho", "annotations": [], "logprobs": []}]}, user()),
        lambda seen: seen.of("text", "assistant") == ["ho"]),
    "words between calls": (
        items(user(), {"role": "assistant", "content": "Let me see."}, item_call(), item_call("now"), output(), output("now"),
              tools=[flat(), flat("now")]), lambda seen: len(seen.results) == 2),
    "strictness of its own": (items(user(), tools=[{key: value for key, value in flat().items() if key != "strict"}]), lambda seen: "weather" in seen.tools),
    "a schema": (items(user(), text={"format": {"type": "json_schema", "name": "answer", "schema": {**SCHEMA, "additionalProperties": False},
                                                "strict": True}, "verbosity": "low"}), _has_schema),
    "effort and summary": (items(user(), reasoning={"effort": "high", "summary": "auto"}, include=["reasoning.encrypted_content"], store=False), None),
    "a limit and a choice": (items(user(), max_output_tokens=400, tool_choice={"type": "function", "name": "weather"}, parallel_tool_calls=False, **FLAT),
                             lambda seen: seen.choice == "weather"),
    "Codex's settings": (
        items(user(), store=False, include=["reasoning.encrypted_content"], prompt_cache_key="k", client_metadata={"a": "b"}, tool_choice="auto",
              parallel_tool_calls=True, reasoning={"summary": "auto"}, **FLAT), None),
}
# These only a provider of Responses knows; to others they are told in another way.
CODEX = {
    "a namespace": (
        items(user(), tools=[{"type": "namespace", "name": "mcp", "description": "Far away.", "tools": [flat("look")]}]),
        lambda seen: any("look" in name for name in seen.tools)),
    "a tool that takes text": (
        items(user(), {"type": "custom_tool_call", "call_id": "c1", "name": "apply_patch", "input": "*** Begin"},
              {"type": "custom_tool_call_output", "call_id": "c1", "output": "done"},
              tools=[{"type": "custom", "name": "apply_patch", "description": "Patches.",
                      "format": {"type": "grammar", "syntax": "lark", "definition": "start: /.+/"}}]),
        lambda seen: "apply_patch" in seen.tools and seen.of("call")[0]["arguments"] == {"input": "*** Begin"} and seen.results[0]["text"] == "done"),
    "tools among the items": (
        items({"type": "additional_tools", "role": "developer", "tools": [flat("exec")]}, user()), lambda seen: "exec" in seen.tools),
    "a search of the provider": (items(user(), tools=[flat(), {"type": "web_search", "external_web_access": False}]), lambda seen: "weather" in seen.tools),
    "a foreign thought": (
        items(user(), {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "Hm."}], "content": None, "encrypted_content": "gAAAA"},
              item_call(), output(), **FLAT), lambda seen: seen.results[0]["text"] == "sunny" and _are_none(seen.signatures)),
}


def contents(*turns, **more):
    return {"contents": [{"role": ("user", "model")[at % 2], "parts": list(parts)} for at, parts in enumerate(turns)], **more}


FUNCTION_CALL = {"functionCall": {"name": "weather", "args": {"city": "Bern"}}}
FUNCTION_RESPONSE = {"functionResponse": {"name": "weather", "response": {"output": "sunny"}}}
DECLARED = {"tools": [{"functionDeclarations": [{"name": "weather", "description": "Tells it.", "parametersJsonSchema": SCHEMA}]}]}
SIGNED = {**FUNCTION_CALL, "thoughtSignature": "skip_thought_signature_validator"}
HELLO = {"text": PROMPT}
GEMINI = {
    "no role": ({"contents": [{"parts": [HELLO]}]}, lambda seen: seen.last_user_text == PROMPT),
    "a system instruction": (contents([HELLO], systemInstruction={"parts": [{"text": "Be terse."}]}), lambda seen: "Be terse." in "".join(seen.system)),
    "snake case": ({"contents": [{"role": "user", "parts": [{"inline_data": {"mime_type": "image/png", "data": PICTURE}}, HELLO]}],
                    "system_instruction": {"parts": [{"text": "Be terse."}]}, "generation_config": {"max_output_tokens": 100}},
                   lambda seen: seen.of("image") == [("image/png", PICTURE)] and "Be terse." in "".join(seen.system)),
    "a call without an id": (contents([HELLO], [SIGNED], [FUNCTION_RESPONSE], **DECLARED), lambda seen: "sunny" in seen.results[0]["text"]),
    "two calls of one name": (
        contents([HELLO], [SIGNED, FUNCTION_CALL], [FUNCTION_RESPONSE, {"functionResponse": {"name": "weather", "response": {"output": "rainy"}}}], **DECLARED),
        lambda seen: ["sunny" in seen.results[0]["text"], "rainy" in seen.results[1]["text"]] == [True, True]),
    "upper-case types": (
        contents([HELLO], tools=[{"functionDeclarations": [{"name": "weather", "parameters": {
            "type": "OBJECT", "properties": {"city": {"type": "STRING", "nullable": True}}, "required": ["city"]}}]}]),
        lambda seen: seen.tools["weather"]["type"].lower() == "object"),
    "any tool": (contents([HELLO], toolConfig={"functionCallingConfig": {"mode": "ANY"}}, **DECLARED), lambda seen: seen.choice in ("required", "weather")),
    "one tool": (contents([HELLO], toolConfig={"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["weather"]}}, **DECLARED),
                 lambda seen: seen.choice in ("required", "weather")),
    "a schema": (contents([HELLO], generationConfig={"responseMimeType": "application/json", "responseJsonSchema": {
        **SCHEMA, "additionalProperties": False}}), _has_schema),
    "Gemini CLI's settings": (
        contents([HELLO], generationConfig={"temperature": 1, "topP": 0.95, "topK": 64, "thinkingConfig": {"includeThoughts": True, "thinkingLevel": "HIGH"}},
                 **DECLARED), None),
    "no level in particular": (contents([HELLO], generationConfig={"thinkingConfig": {"thinkingLevel": "THINKING_LEVEL_UNSPECIFIED"}}), None),
    "safety": (contents([HELLO], safetySettings=[{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_NONE"}]), None),
    "six stops": (contents([HELLO], generationConfig={"stopSequences": list("abcde"), "seed": 3, "presencePenalty": 0.1}), None),
    "a document": (contents([{"inlineData": {"mimeType": "application/pdf", "data": PDF}}, HELLO]),
                   lambda seen: seen.of("document") == [("application/pdf", PDF)]),
    "the model last": (contents([HELLO], [{"text": "It is "}]), lambda seen: any("It is" in words for words in seen.of("text"))),
}
CASES = {"openai_chat": CHAT, "anthropic_messages": MESSAGES, "openai_responses": RESPONSES | CODEX, "gemini": GEMINI}


def cases() -> list:
    """What is sent in a provider's own dialect is the client's and the provider's business."""
    same = {(dialect, dialect) for dialect in CASES} | {("openai_chat", "deepseek")}
    return [pytest.param(dialect, name, upstream, id=f"{dialect}: {name} - to {upstream}") for dialect, found in CASES.items() for name in found
            for upstream in UPSTREAMS if (dialect, upstream) not in same]


@pytest.mark.parametrize("dialect, name, upstream", cases())
def test_a_request_is_understood_by_every_provider(world, dialect, name, upstream):
    body, check = CASES[dialect][name]
    provider = world.provide(upstream, lambda seen: Said(text=("Well.",)))
    model = world.model(upstream)
    answer = world.http.post(world.router.url + path_of(dialect, model, False), json=body if dialect == "gemini" else {"model": model, **body},
                        headers=KEYS[dialect])
    world.look(upstream)
    assert provider.refusals == []
    if answer.status_code == 400 and upstream == "deepseek":
        assert "The model does not take" in answer.text  # pictures and documents
        return
    assert answer.status_code == 200, answer.text
    seen = provider.seen[-1]
    assert check is None or check(seen), seen.body


LONG = [f"{name} \"quoted\" \\ Zürich \U0001f324\n" * 2000 for name in ("one", "two", "three", "four")]
LONGER_PDF = base64.b64encode(b"%PDF-1.4\n" + bytes(range(256)) * 300).decode()


def long_texts(dialect):
    """Three of the user's with an answer between them, each longer than what is copied."""
    turns = list(zip(("user", "assistant", "user", "user"), LONG))
    if dialect == "gemini":
        return contents(*([{"text": text}] for _, text in turns[:2]), [{"text": text} for _, text in turns[2:]])
    messages = [{"role": role, "content": text} for role, text in turns]
    return {"input": messages} if dialect == "openai_responses" else {"messages": messages, "max_tokens": 100}


@pytest.mark.parametrize("upstream", UPSTREAMS)
@pytest.mark.parametrize("dialect", CASES)
def test_long_texts_arrive_whole(world, dialect, upstream):
    provider = world.provide(upstream, lambda seen: Said(text=("Well.",)))
    model, body = world.model(upstream), long_texts(dialect)
    answer = world.http.post(world.router.url + path_of(dialect, model, False), json=body if dialect == "gemini" else {"model": model, **body},
                             headers=KEYS[dialect])
    assert answer.status_code == 200 and provider.refusals == [], answer.text[:1000]
    heard = "".join(provider.seen[-1].of("text"))
    assert [heard.count(text) for text in LONG] == [1, 1, 1, 1]


@pytest.mark.parametrize("upstream", [upstream for upstream in UPSTREAMS if upstream not in ("gemini", "deepseek")])
def test_a_long_document_arrives_whole(world, upstream):
    provider = world.provide(upstream, lambda seen: Said(text=("Well.",)))
    body = contents([{"inlineData": {"mimeType": "application/pdf", "data": LONGER_PDF}}, HELLO])
    answer = world.http.post(world.router.url + path_of("gemini", world.model(upstream), False), json=body, headers=KEYS["gemini"])
    assert answer.status_code == 200 and provider.seen[-1].of("document") == [("application/pdf", LONGER_PDF)], answer.text[:1000]


def test_every_dialect_has_cases():
    assert set(CASES) == set(grammar.CHECKS)

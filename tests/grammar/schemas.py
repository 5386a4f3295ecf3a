"""JSON schemas of what goes over the wire, made from the types of the official SDKs, and made strict.

The SDKs' models let unknown members pass; here a member that the SDK does not know is a fault, but for those listed in
EXTENSIONS. Where a union is told apart by a member (`type`, `role`), that member decides which schema holds: the fault
found is then the one in the block that was meant, not "none of forty".
"""

import copy
import functools
import typing

import jsonschema
import typing_extensions
from pydantic import ConfigDict, TypeAdapter

# What we and the providers say beyond the SDKs' types: in messages and deltas of Chat, thoughts and their proofs; what
# OpenAI's own streams hold (read in recordings, 2026-11-22).
EXTENSIONS = {
    "Response": ["store"],
    "ResponseTextDeltaEvent": ["obfuscation"],
    "ResponseRefusalDeltaEvent": ["obfuscation"],
    "ResponseFunctionCallArgumentsDeltaEvent": ["obfuscation"],
    "ResponseReasoningSummaryTextDeltaEvent": ["obfuscation"],
    "ResponseFunctionCallArgumentsDoneEvent": ["name"],  # older SDKs want it
    "AnnotationURLCitation": ["content"],  # as OpenRouter says what was cited
    "CompletionUsage": ["server_tool_use_details", "prompt_cache_hit_tokens", "prompt_cache_miss_tokens"],
    "Choice": ["native_finish_reason", "stop_reason"],  # as OpenRouter and vLLM say what the provider said
    "ChatCompletionMessage": ["reasoning_content", "reasoning", "reasoning_details", "images"],
    "ChoiceDelta": ["reasoning_content", "reasoning", "reasoning_details", "images", "annotations"],
    "ChatCompletionMessageFunctionToolCall": ["extra_content", "index"],
    "ChoiceDeltaToolCall": ["extra_content"],
    "ChatCompletionAssistantMessageParam": ["reasoning_content", "reasoning", "reasoning_details"],
    "ChatCompletionMessageFunctionToolCallParam": ["extra_content"],
}
TELLING = ("type", "role")


def problems(name: str, value) -> list[str]:
    """What is wrong with a body; an empty list when nothing is."""
    found = []
    for error in _validator(name).iter_errors(value):
        deepest = jsonschema.exceptions.best_match([error])
        where = ".".join(str(step) for step in deepest.absolute_path) or "the body"
        found.append(f"{where}: {deepest.message[:300]}")
    return found


def event_problems(name: str, value: dict) -> list[str]:
    """The same for an event of a stream, whose `type` says which schema it has."""
    kind = value.get("type")
    if kind not in _EVENTS[name]():
        return [f"there is no event {kind!r}"]
    return problems(f"{name} {kind}", value)


def event_types(name: str) -> set[str]:
    return set(_EVENTS[name]())


def _chat_request():
    from openai.types.chat import completion_create_params as params

    schema = _both(params.CompletionCreateParamsNonStreaming, params.CompletionCreateParamsStreaming)
    pictures = {"type": "array", "items": {"oneOf": [{"$ref": "#/$defs/ChatCompletionContentPartTextParam"},
                                                     {"$ref": "#/$defs/ChatCompletionContentPartImageParam"}]}}
    schema["$defs"]["ChatCompletionToolMessageParam"]["properties"]["content"]["anyOf"].append(pictures)  # as the API says in its 400
    return schema


def _responses_request():
    from openai.types.responses import response_create_params as params

    schema = _both(params.ResponseCreateParamsNonStreaming, params.ResponseCreateParamsStreaming)
    schema["$defs"]["ResponseInputImageParam"]["required"].remove("detail")  # the AI SDK sends none
    schema["properties"]["client_metadata"] = {"type": "object"}  # Codex
    for name in ("EasyInputMessageParam", "Message"):
        schema["$defs"][name]["properties"]["id"] = {"type": "string"}  # Codex
    words = {"type": "array", "items": {"oneOf": [{"$ref": "#/$defs/ResponseOutputTextParam"}, {"$ref": "#/$defs/ResponseOutputRefusalParam"}]}}
    schema["$defs"]["EasyInputMessageParam"]["properties"]["content"]["anyOf"].append(words)  # of the assistant, as the API takes them
    schema["$defs"]["ResponseOutputTextParam"]["required"] = ["text", "type"]
    reasoning = schema["$defs"]["ResponseReasoningItemParam"]["properties"]
    reasoning["content"] = {"anyOf": [reasoning["content"], {"type": "null"}]}  # Codex
    return schema


def _messages_request():
    from anthropic.types import message_create_params as params

    return _both(params.MessageCreateParamsNonStreaming, params.MessageCreateParamsStreaming)


def _beta_messages_request():
    from anthropic.types.beta import message_create_params as params

    schema = _both(params.MessageCreateParamsNonStreaming, params.MessageCreateParamsStreaming)
    schema["properties"].pop("betas", None)  # a header on the wire
    return schema


def _old_messages_request(make=_messages_request):
    """As the version 2023-06-01 has it: the newest SDK has no members for sampling left."""
    schema = make()
    for name in ("temperature", "top_p"):
        schema["properties"][name] = {"type": "number", "minimum": 0, "maximum": 1}
    schema["properties"]["top_k"] = {"type": "integer", "minimum": 0}
    return schema


def _both(whole, streaming) -> dict:
    """One schema for a body with and without `stream`."""
    schema = TypeAdapter(whole).json_schema()
    schema["properties"]["stream"] = {"type": "boolean"}
    schema.pop("title", None)
    return schema


def _gemini_request():
    """The SDK has no type for the body as it is sent, only for its parts."""
    from google.genai import types

    class Body(typing_extensions.TypedDict, total=False):
        __pydantic_config__ = ConfigDict(arbitrary_types_allowed=True)
        contents: typing_extensions.Required[list[types.Content]]
        systemInstruction: types.Content
        tools: list[types.Tool]
        toolConfig: types.ToolConfig
        safetySettings: list[types.SafetySetting]
        generationConfig: types.GenerationConfig
        cachedContent: str
        labels: dict[str, str]
        serviceTier: str
        store: bool
        continuationToken: str

    schema = TypeAdapter(Body).json_schema(by_alias=True)
    for vertex_only in ("routingConfig", "audioTimestamp", "modelConfig"):
        schema["$defs"]["GenerationConfig"]["properties"].pop(vertex_only, None)
    for vertex_only in ("partialArgs", "willContinue"):
        schema["$defs"]["FunctionCall"]["properties"].pop(vertex_only, None)
    schema["$defs"]["GenerationConfig"]["properties"]["responseJsonSchema"] = True
    schema["$defs"]["ThinkingConfig"]["properties"]["thinkingLevel"] = {
        "enum": [case(level) for level in ("minimal", "low", "medium", "high", "xhigh") for case in (str.lower, str.upper)]}
    return _without_nulls(schema)


def _gemini_answer():
    from google.genai import types

    schema = TypeAdapter(types.GenerateContentResponse).json_schema(by_alias=True)
    for made_by_the_sdk in ("sdkHttpResponse", "automaticFunctionCallingHistory", "parsed"):
        schema["properties"].pop(made_by_the_sdk, None)
    schema["$defs"]["GenerateContentResponseUsageMetadata"]["properties"]["serviceTier"] = {"type": "string"}
    return _without_nulls(schema)


def _without_nulls(schema):
    """Google's types allow null everywhere; on the wire a member is there or not."""
    if isinstance(schema, list):
        return [_without_nulls(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    options = schema.get("anyOf", [])
    if {"type": "null"} in options:
        rest = [option for option in options if option != {"type": "null"}]
        others = {key: value for key, value in schema.items() if key != "anyOf"}
        schema = {**others, **(rest[0] if len(rest) == 1 else {"anyOf": rest})}
    schema = {key: value for key, value in schema.items() if key != "default"}
    return {key: _each(value, _without_nulls) if key in _MAPS else _without_nulls(value) for key, value in schema.items()}


_MAPS = ("properties", "$defs")  # their members are names, not words of JSON Schema


def _each(members: dict, change) -> dict:
    return {name: change(member) for name, member in members.items()}


def _of(module: str, name: str):
    def make():
        found = __import__(module, fromlist=[name])
        return TypeAdapter(getattr(found, name)).json_schema()

    return make


_SCHEMAS = {
    "chat request": _chat_request,
    "chat answer": _of("openai.types.chat", "ChatCompletion"),
    "chat chunk": _of("openai.types.chat", "ChatCompletionChunk"),
    "responses request": _responses_request,
    "responses answer": _of("openai.types.responses", "Response"),
    "messages request": _messages_request,
    "messages request 2023-06-01": _old_messages_request,
    "beta messages request": _beta_messages_request,
    "beta messages request 2023-06-01": lambda: _old_messages_request(_beta_messages_request),
    "messages answer": _of("anthropic.types", "Message"),
    "gemini request": _gemini_request,
    "gemini answer": _gemini_answer,
}


def _union(module: str, name: str):
    @functools.cache
    def members() -> dict:
        found = getattr(__import__(module, fromlist=[name]), name)
        while typing.get_origin(found) is typing.Annotated:
            found = typing.get_args(found)[0]
        return {typing.get_args(member.model_fields["type"].annotation)[0]: member for member in typing.get_args(found)}

    return members


_EVENTS = {
    "responses event": _union("openai.types.responses.response_stream_event", "ResponseStreamEvent"),
    "messages event": _union("anthropic.types", "RawMessageStreamEvent"),
}


@functools.cache
def _validator(name: str):
    if name in _SCHEMAS:
        schema = _SCHEMAS[name]()
    else:
        union, kind = name.rsplit(" ", 1)
        schema = TypeAdapter(_EVENTS[union]()[kind]).json_schema()
    return jsonschema.Draft202012Validator(strict(schema))


def strict(schema: dict) -> dict:
    definitions = schema.get("$defs", {})
    schema = copy.deepcopy(schema)
    return _strict(schema, definitions, "")


def _strict(schema, definitions, name):
    if isinstance(schema, list):
        return [_strict(item, definitions, "") for item in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {}
    for key, value in schema.items():
        if key in ("$defs", "properties"):
            closed[key] = {inner: _strict(item, definitions, inner if key == "$defs" else "") for inner, item in value.items()}
        elif key in ("default", "const", "enum", "required"):
            closed[key] = value
        else:
            closed[key] = _strict(value, definitions, "")
    if "properties" in closed and closed.get("additionalProperties", True) is True:
        closed["additionalProperties"] = False
        for extension in EXTENSIONS.get(name or schema.get("title", ""), []):
            closed["properties"][extension] = True
    for union in ("anyOf", "oneOf"):
        if union in closed:
            closed.pop("discriminator", None)
            closed["anyOf"] = _told_apart(closed.pop(union), definitions)
    return closed


def _told_apart(options: list, definitions: dict) -> list:
    """Puts those options that a member tells apart under one roof: the member's value names the one that holds."""
    for member in TELLING:
        values = [_values_of(option, member, definitions) for option in options]
        groups = [(option, value) for option, value in zip(options, values) if value]
        named = [value for _, value in groups for value in value]
        if len(groups) > 1 and len(named) == len(set(named)):
            one = {
                "type": "object",
                "required": [member],
                "properties": {member: {"enum": named}},
                "allOf": [{"if": {"properties": {member: {"enum": value}}, "required": [member]}, "then": option}
                          for option, value in groups],
            }
            return [one] + [option for option, value in zip(options, values) if not value]
    return options


def _values_of(option, member, definitions) -> list:
    if not isinstance(option, dict):
        return []
    target = definitions.get(option["$ref"].rsplit("/", 1)[1], {}) if "$ref" in option else option
    about = target.get("properties", {}).get(member, {})
    if member not in target.get("required", []):
        return []
    return [about["const"]] if "const" in about else list(about.get("enum", []))

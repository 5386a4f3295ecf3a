"""Streams with what real providers do and no document says: written from facts seen on the wire (2026-11-22).

Each is the dialect, the events, and the truth that they mean. WHOLE has answers in one piece, of Chat.
"""

import json
from typing import NamedTuple

from fakes.truth import Call, Said, Usage


class Quirk(NamedTuple):
    dialect: str
    events: list
    means: Said


def _data(*values, end="\n\n") -> list:
    return [("data: " + (value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)) + end).encode() for value in values]


def _named(*values, space="") -> list:
    return [f"event: {value['type']}\ndata: {json.dumps(value, ensure_ascii=False)}{space}\n\n".encode() for value in values]


# -- Chat


def _chunk(delta=None, finish=None, **more) -> dict:
    choice = {"index": 0, "delta": delta if delta is not None else {}, "finish_reason": finish}
    return {"id": "x-1", "object": "chat.completion.chunk", "created": 1790000000, "model": "up", "choices": [choice], **more}


def _usage(prompt, completion, total=None, **more) -> dict:
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": total or prompt + completion, **more}


def _call(index, arguments, **more) -> dict:
    return {"tool_calls": [{"index": index, "function": {"arguments": arguments, **more.pop("function", {})}, **more}]}


WEATHER = Call("weather", {"city": "Bern"})
NOW = Call("now", {})
_HELLO = Said(text=("Hel", "lo"), usage=Usage(10, 5, 0))
_CALLED = Said(calls=(WEATHER,), usage=Usage(10, 5, 0))

_CHAT = {
    "usage on the last chunk with a choice": (
        _data(_chunk({"role": "assistant", "content": "Hel"}), _chunk({"content": "lo"}), _chunk({}, "stop", usage=_usage(10, 5)), "[DONE]"), _HELLO),
    "usage twice, and in x_groq": (
        _data(_chunk({"role": "assistant", "content": ""}, x_groq={"id": "req_1", "seed": 7}), _chunk({"content": "Hel"}), _chunk({"content": "lo"}),
              _chunk({}, "stop", x_groq={"id": "req_1", "usage": _usage(10, 5, queue_time=0.1)}, usage=_usage(10, 5, queue_time=0.1)), "[DONE]"),
        _HELLO),
    "cumulative usage on every chunk": (
        _data(_chunk({"role": "assistant", "content": "Hel"}, usage=_usage(10, 1)), _chunk({"role": "assistant", "content": "lo"}, usage=_usage(10, 3)),
              _chunk({}, "stop", usage=_usage(10, 5)), "[DONE]"), _HELLO),
    "a first chunk without choices": (
        _data({**_chunk(), "choices": [], "prompt_filter_results": [{"prompt_index": 0}]}, _chunk({"role": "assistant", "content": ""}),
              _chunk({"content": "Hel"}), _chunk({"content": "lo"}), _chunk({}, "stop"), {**_chunk(), "choices": [], "usage": _usage(10, 5)},
              "[DONE]"), _HELLO),
    "comments, and empty events": (
        [b": OPENROUTER PROCESSING\n\n", b"\n\n"] + _data(_chunk({"role": "assistant", "content": "Hel"}), _chunk({"content": "lo"})) +
        [b": keep-alive\n\n"] + _data(_chunk({}, "stop"), {**_chunk(), "choices": [], "usage": _usage(10, 5)}, "[DONE]"), _HELLO),
    "no [DONE]": (
        _data(_chunk({"role": "assistant", "content": "Hel"}), _chunk({"content": "lo"}), _chunk({}, "stop", usage=_usage(10, 5))), _HELLO),
    "the end with the last words": (
        _data(_chunk({"role": "assistant", "content": "Hel"}), _chunk({"content": "lo"}, "stop"), {**_chunk(), "choices": [], "usage": _usage(10, 5)},
              "[DONE]"), _HELLO),
    "reasoning beside the total": (  # xAI: completion_tokens does not include it
        _data(_chunk({"role": "assistant", "content": "Hel"}), _chunk({"content": "lo"}), _chunk({}, "stop"),
              {**_chunk(), "choices": [], "usage": _usage(10, 2, 15, completion_tokens_details={"reasoning_tokens": 3})}, "[DONE]"),
        Said(text=("Hello",), usage=Usage(10, 5, 0, thinking=3))),
    "thoughts as reasoning": (
        _data(_chunk({"role": "assistant", "content": "", "reasoning": "Hm. "}), _chunk({"content": None, "reasoning": "Well."}),
              _chunk({"content": "Hel"}), _chunk({"content": "lo"}), _chunk({}, "stop", usage=_usage(10, 5)), "[DONE]"),
        Said(thought=("Hm. Well.",), text=("Hello",), usage=Usage(10, 5, 0))),
    "thoughts as reasoning_text": (  # GitHub Copilot
        _data(_chunk({"role": "assistant", "content": "", "reasoning_text": "Hm. "}), _chunk({"content": None, "reasoning_text": "Well."}),
              _chunk({"content": "Hel", "reasoning_opaque": "b3BhcXVl"}), _chunk({"content": "lo"}), _chunk({}, "stop", usage=_usage(10, 5)), "[DONE]"),
        Said(thought=("Hm. Well.",), text=("Hello",), usage=Usage(10, 5, 0))),
    "thoughts said twice": (
        _data(_chunk({"role": "assistant", "content": "", "reasoning": "Hm.", "reasoning_details": [
            {"type": "reasoning.text", "text": "Hm.", "format": "unknown", "index": 0}]}),
            _chunk({"content": "Hello"}), _chunk({}, "stop", usage=_usage(10, 5)), "[DONE]"),
        Said(thought=("Hm.",), text=("Hello",), usage=Usage(10, 5, 0))),
    "thoughts inside the content": (  # Mistral
        _data(_chunk({"role": "assistant", "content": [{"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}]}]}),
              _chunk({"content": [{"type": "text", "text": "Hel"}]}), _chunk({"content": "lo"}), _chunk({}, "stop", usage=_usage(10, 5)), "[DONE]"),
        Said(thought=("Hm.",), text=("Hello",), usage=Usage(10, 5, 0))),
    "a call without index and type, whole": (  # Mistral
        _data(_chunk({"role": "assistant", "content": ""}),
              _chunk({"tool_calls": [{"id": "9aBcD1234", "function": {"name": "weather", "arguments": '{"city": "Bern"}'}}]}, "tool_calls",
                     usage=_usage(10, 5)), "[DONE]"), _CALLED),
    "a later fragment with an empty name": (
        _data(_chunk({"role": "assistant", "content": None}), _chunk(_call(0, '{"ci', id="call_1", type="function", function={"name": "weather"})),
              _chunk(_call(0, 'ty": "Bern"}', id="", function={"name": ""})), _chunk({}, "tool_calls", usage=_usage(10, 5)), "[DONE]"), _CALLED),
    "id and name in every fragment": (
        _data(_chunk({"role": "assistant", "content": None}), _chunk(_call(0, '{"ci', id="call_1", type="function", function={"name": "weather"})),
              _chunk(_call(0, 'ty": "Bern"}', id="call_1", type="function", function={"name": "weather"})),
              _chunk({}, "tool_calls", usage=_usage(10, 5)), "[DONE]"), _CALLED),
    "calls, and it says stop": (
        _data(_chunk({"role": "assistant", "content": None}),
              _chunk(_call(0, '{"city": "Bern"}', id="call_1", type="function", function={"name": "weather"})), _chunk({}, "stop", usage=_usage(10, 5)),
              "[DONE]"), _CALLED),
    "fragments of two calls in turns": (
        _data(_chunk({"role": "assistant", "content": None}), _chunk(_call(0, '{"ci', id="call_1", type="function", function={"name": "weather"})),
              _chunk(_call(1, "", id="call_2", type="function", function={"name": "now"})), _chunk(_call(0, 'ty": "Bern"}')), _chunk(_call(1, "{}")),
              _chunk({}, "tool_calls", usage=_usage(10, 5)), "[DONE]"), Said(calls=(WEATHER, NOW), usage=Usage(10, 5, 0))),
    "a call without arguments": (
        _data(_chunk({"role": "assistant", "content": None}), _chunk(_call(0, "", id="call_2", type="function", function={"name": "now"})),
              _chunk({}, "tool_calls", usage=_usage(10, 5)), "[DONE]"), Said(calls=(NOW,), usage=Usage(10, 5, 0))),
    "a call without an id": (
        _data(_chunk({"role": "assistant", "content": None}), _chunk(_call(0, '{"city": "Bern"}', type="function", function={"name": "weather"})),
              _chunk({}, "tool_calls", usage=_usage(10, 5)), "[DONE]"), _CALLED),
    "null everywhere": (
        _data(_chunk({"role": "assistant", "content": "Hel", "refusal": None, "tool_calls": None, "function_call": None, "reasoning_content": None},
                     usage=None, system_fingerprint=None),
              {**_chunk({"content": "lo"}), "choices": [{"index": 0, "delta": {"content": "lo"}, "finish_reason": None, "logprobs": None}]},
              {**_chunk(), "choices": [{"index": 0, "delta": None, "finish_reason": "stop"}]},
              {**_chunk(), "choices": [], "usage": _usage(10, 5, prompt_tokens_details=None, completion_tokens_details=None)}, "[DONE]"), _HELLO),
    "a finish of its own": (
        _data(_chunk({"role": "assistant", "content": "Hel"}), _chunk({"content": "lo"}), _chunk({}, "model_length", usage=_usage(10, 5)), "[DONE]"),
        Said(text=("Hello",), finish="length", usage=Usage(10, 5, 0))),
    "no object and no id": (
        _data(*({key: value for key, value in chunk.items() if key not in ("object", "id", "created")} for chunk in (
            _chunk({"role": "assistant", "content": "Hel"}), _chunk({"content": "lo"}), _chunk({}, "stop", usage=_usage(10, 5)))), "[DONE]"), _HELLO),
    "no role, and no index": (
        _data({**_chunk(), "choices": [{"delta": {"content": "Hel"}}]}, {**_chunk(), "choices": [{"delta": {"content": "lo"}}]},
              {**_chunk(), "choices": [{"delta": {}, "finish_reason": "stop"}]}, {**_chunk(), "choices": [], "usage": _usage(10, 5)}, "[DONE]"), _HELLO),
    "no finish at all": (
        _data(_chunk({"role": "assistant", "content": "Hel"}), _chunk({"content": "lo"}), {**_chunk(), "choices": [], "usage": _usage(10, 5)},
              "[DONE]"), _HELLO),
    "an empty finish on each chunk": (
        _data(_chunk({"role": "assistant", "content": "Hel"}, ""), _chunk({"content": "lo"}, ""), _chunk({}, "stop", usage=_usage(10, 5)), "[DONE]"),
        _HELLO),
    "choices that are null": (
        _data({**_chunk(), "choices": None}, _chunk({"role": "assistant", "content": "Hel"}, error=None), _chunk({"content": "lo"}, error=None),
              _chunk({}, "stop"), {**_chunk(), "choices": None, "usage": _usage(10, 5)}, "[DONE]"), _HELLO),
    "role and citations on each chunk": (  # Perplexity
        _data(*(_chunk({"role": "assistant", "content": text}, finish, citations=["https://a.example"], usage=_usage(10, count))
                for text, finish, count in (("Hel", None, 1), ("lo", None, 3), ("", "stop", 5))), "[DONE]"), None),
    "usage in x_groq alone": (
        _data(_chunk({"role": "assistant", "content": "Hel"}), _chunk({"content": "lo"}), _chunk({}, "stop", x_groq={"usage": _usage(10, 5)}), "[DONE]"),
        _HELLO),
    "cached tokens in a field of its own": (  # DeepSeek
        _data(_chunk({"role": "assistant", "content": "Hel"}), _chunk({"content": "lo"}), _chunk(
            {}, "stop", usage=_usage(10, 5, prompt_cache_hit_tokens=4, prompt_cache_miss_tokens=6)), "[DONE]"),
        Said(text=("Hello",), usage=Usage(10, 5, 4))),
    "details of reasoning without an index": (  # OpenRouter
        _data(*(_chunk({"role": "assistant", "content": "", "reasoning_details": [{"type": "reasoning.text", "text": text}]}) for text in ("Hm. ", "Well.")),
              _chunk({"role": "assistant", "content": "Hello"}), _chunk({}, "stop", usage=_usage(10, 5)), "[DONE]"),
        Said(thought=("Hm. Well.",), text=("Hello",), usage=Usage(10, 5, 0))),
    "the index of a call as a string": (
        _data(_chunk({"role": "assistant", "content": None}), _chunk(_call("0", '{"ci', id="call_1", type="function", function={"name": "weather"})),
              _chunk(_call("0", 'ty": "Bern"}')), _chunk({}, "tool_calls", usage=_usage(10, 5)), "[DONE]"), _CALLED),
    "calls that are counted from one, as floats": (
        _data(_chunk({"role": "assistant", "content": None}), _chunk(_call(1.0, '{"ci', id="call_1", type="function", function={"name": "weather"})),
              _chunk(_call(1.0, 'ty": "Bern"}')), _chunk({}, "tool_calls", usage=_usage(10, 5)), "[DONE]"), _CALLED),
    "arguments as an object": (
        _data(_chunk({"role": "assistant", "content": None}),
              _chunk(_call(0, {"city": "Bern"}, id="call_1", type="function", function={"name": "weather"})),
              _chunk({}, "tool_calls", usage=_usage(10, 5)), "[DONE]"), _CALLED),
    "fragments of two calls that name none": (  # Moonshot
        _data(_chunk({"role": "assistant", "content": ""}), _chunk({"tool_calls": [
            {"id": f"{name}_{at}", "type": "function", "function": {"name": name, "arguments": ""}} for at, name in enumerate(("weather", "now"))]}),
            _chunk({"tool_calls": [{"function": {"arguments": piece}} for piece in ('{"city": "Bern"}', "{}")]}),
            _chunk({}, "tool_calls", usage=_usage(10, 5)), "[DONE]"), Said(calls=(WEATHER, NOW), usage=Usage(10, 5, 0))),
    "two calls that are both called null": (  # Mistral
        _data(_chunk({"role": "assistant", "content": "", "tool_calls": [
            {"id": "null", "function": {"name": name, "arguments": arguments}} for name, arguments in (("weather", '{"city": "Bern"}'), ("now", "{}"))]},
            "tool_calls", usage=_usage(10, 5)), "[DONE]"), Said(calls=(WEATHER, NOW), usage=Usage(10, 5, 0))),
    "a window that is full": (  # z.ai
        _data(_chunk({"role": "assistant", "content": "Hel"}), _chunk({"content": "lo"}),
              _chunk({}, "model_context_window_exceeded", usage=_usage(10, 5)), "[DONE]"),
        Said(text=("Hello",), finish="length", usage=Usage(10, 5, 0))),
    "sources beside the usage": (  # xAI
        _data(_chunk({"role": "assistant", "content": "Hel"}), _chunk({"content": "lo"}), _chunk({}, "stop"),
              {**_chunk(), "choices": [], "usage": _usage(10, 5), "citations": ["https://a.example"]}, "[DONE]"), None),
    "the old function_call": (
        _data(_chunk({"role": "assistant", "content": None, "function_call": {"name": "weather", "arguments": '{"city'}}),
              _chunk({"function_call": {"arguments": '": "Bern"}'}}), _chunk({}, "function_call", usage=_usage(10, 5)), "[DONE]"), _CALLED),
}

# -- Messages


def _begin(**usage) -> dict:
    message = {"id": "msg_1", "type": "message", "role": "assistant", "model": "up", "content": [], "stop_reason": None, "stop_sequence": None,
               "usage": {"input_tokens": 10, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0, "output_tokens": 1, **usage}}
    return {"type": "message_start", "message": message}


def _block(index, kind, *deltas, stop=True, **more) -> list:
    begin = {"type": "content_block_start", "index": index, "content_block": {"type": kind, **more}}
    middle = [{"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas]
    return [begin, *middle, *([{"type": "content_block_stop", "index": index}] if stop else [])]


def _text(index, *pieces, **more) -> list:
    return _block(index, "text", *({"type": "text_delta", "text": piece} for piece in pieces), text="", **more)


def _input(*pieces) -> list:
    return [{"type": "input_json_delta", "partial_json": piece} for piece in pieces]


def _over(reason="end_turn", **usage) -> list:
    return [{"type": "message_delta", "delta": {"stop_reason": reason, "stop_sequence": None}, "usage": {"output_tokens": 5, **usage}},
            {"type": "message_stop"}]


_PING = {"type": "ping"}
_MESSAGES = {
    "spaces at the ends of lines": (_named(_begin(), *_text(0, "Hel", "lo"), *_over(), space="   "), _HELLO),
    "pings everywhere": (_named(_begin(), _PING, *_text(0, "Hel", "lo"), _PING, *_over()[:1], _PING, *_over()[1:]), _HELLO),
    "a larger input at the end": (_named(_begin(input_tokens=7), *_text(0, "Hel", "lo"), *_over(input_tokens=10)), _HELLO),
    "unknown events, blocks and deltas": (
        _named(_begin(), {"type": "quokka_event", "x": 1}, *_block(0, "quokka_block", {"type": "quokka_delta", "y": 1}), *_text(1, "Hel", "lo"),
               *_over()), _HELLO),
    "no end of the last block": (
        _named(_begin(), *_block(0, "text", {"type": "text_delta", "text": "Hello"}, text="", stop=False), *_over("max_tokens")),
        Said(text=("Hello",), finish="length", usage=Usage(10, 5, 0))),
    "a tool with an empty fragment only": (
        _named(_begin(), *_block(0, "tool_use", *_input(""), id="toolu_1", name="now", input={}), *_over("tool_use")),
        Said(calls=(NOW,), usage=Usage(10, 5, 0))),
    "a tool with its input at the start": (
        _named(_begin(), *_block(0, "tool_use", id="toolu_1", name="weather", input={"city": "Bern"}), *_over("tool_use")), _CALLED),
    "null usage": (
        _named(_begin(cache_creation_input_tokens=None, cache_read_input_tokens=None, server_tool_use=None), *_text(0, "Hel", "lo"), *_over()), _HELLO),
    "thinking with an empty text": (
        _named(_begin(), *_block(0, "thinking", {"type": "signature_delta", "signature": "c2ln"}, thinking="", signature=""), *_text(1, "Hel", "lo"),
               *_over()), _HELLO),
    "a search by the provider": (
        _named(_begin(), *_block(0, "server_tool_use", *_input('{"query": "q"}'), id="srvtoolu_1", name="web_search", input={}),
               *_block(1, "web_search_tool_result", tool_use_id="srvtoolu_1", content=[]), *_text(2, "Hel", "lo"),
               *_over(server_tool_use={"web_search_requests": 1})), _HELLO),
    "a stop sequence": (
        _named(_begin(), *_text(0, "Hel", "lo"), {"type": "message_delta", "delta": {"stop_reason": "stop_sequence", "stop_sequence": "END"},
                                                 "usage": {"output_tokens": 5}}, {"type": "message_stop"}), None),
    "a context that is full": (
        _named(_begin(), *_text(0, "Hel", "lo"), *_over("model_context_window_exceeded")), None),
    "two texts": (_named(_begin(), *_text(0, "Hel", citations=[]), *_text(1, "lo"), *_over()), _HELLO),
    "no event names": ([event.split(b"\n", 1)[1] for event in _named(_begin(), *_text(0, "Hel", "lo"), *_over())], _HELLO),
}

# -- Gemini


def _said(*parts, finish=None, usage=None, role="model", **more) -> dict:
    content = {**({"parts": list(parts)} if parts else {}), **({"role": role} if role else {})}
    candidate = {"content": content, **({"finishReason": finish} if finish else {}), "index": 0, **more}
    return {"candidates": [candidate], **({"usageMetadata": usage} if usage else {}), "modelVersion": "up", "responseId": "r-1"}


_COUNT = {"promptTokenCount": 10, "candidatesTokenCount": 5, "totalTokenCount": 15}
_GEMINI = {
    "no role and no index": (
        _data({"candidates": [{"content": {"parts": [{"text": "Hel"}]}}]}, {"candidates": [
            {"content": {"parts": [{"text": "lo"}]}, "finishReason": "STOP"}], "usageMetadata": _COUNT}), _HELLO),
    "a signature on an empty last part": (
        _data(_said({"text": "Hel"}), _said({"text": "lo"}), _said({"text": "", "thoughtSignature": "EnNpZw=="}, finish="STOP", usage=_COUNT)), _HELLO),
    "an end without content": (_data(_said({"text": "Hel"}), _said({"text": "lo"}), {
        "candidates": [{"finishReason": "STOP", "index": 0}], "usageMetadata": _COUNT}), _HELLO),
    "no parts at all": (_data(_said(finish="MAX_TOKENS", usage={"promptTokenCount": 10, "totalTokenCount": 15, "thoughtsTokenCount": 5})),
                        Said(finish="length", usage=Usage(10, 5, 0, thinking=5))),
    "usage that grows": (_data(_said({"text": "Hel"}, usage={**_COUNT, "candidatesTokenCount": 1}), _said({"text": "lo"}, finish="STOP", usage=_COUNT)),
                         _HELLO),
    "a call without args": (_data(_said({"functionCall": {"name": "now"}}, finish="STOP", usage=_COUNT)), Said(calls=(NOW,), usage=Usage(10, 5, 0))),
    "two calls of one name": (
        _data(_said({"functionCall": {"name": "weather", "args": {"city": "Bern"}}, "thoughtSignature": "EnNpZw=="},
                    {"functionCall": {"name": "weather", "args": {"city": "Bern"}}}), _said({"text": ""}, finish="STOP", usage=_COUNT)),
        Said(calls=(WEATHER, WEATHER), usage=Usage(10, 5, 0))),
    "several parts in a chunk": (_data(_said({"text": "Hm.", "thought": True}, {"text": "Hel"}, {"text": "lo"}, finish="STOP", usage=_COUNT)),
                                 Said(thought=("Hm.",), text=("Hello",), usage=Usage(10, 5, 0))),
    "an unknown end": (_data(_said({"text": "Hello"}, finish="QUOKKA", usage=_COUNT)), None),
    "unknown members": (_data(_said({"text": "Hel", "quokka": 1}), _said({"text": "lo"}, finish="STOP", usage={**_COUNT, "serviceTier": "standard"},
                                                                      quokka={})), _HELLO),
    "tokens of tools": (
        _data(_said({"text": "Hello"}, finish="STOP", usage={"promptTokenCount": 7, "toolUsePromptTokenCount": 3, "candidatesTokenCount": 5,
                                                            "totalTokenCount": 15})), Said(text=("Hello",), usage=Usage(10, 5, 0))),
    "the answer was blocked": (_data({"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": {"promptTokenCount": 10, "totalTokenCount": 10}}),
                               None),
    "code that was run": (
        _data(_said({"executableCode": {"language": "PYTHON", "code": "print(1)"}}), _said({"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "1"}}),
              _said({"text": "Hello"}, finish="STOP", usage=_COUNT)), None),
}

# -- Responses


def _response(status="in_progress", **more) -> dict:
    return {"id": "resp_1", "object": "response", "created_at": 1790000000, "status": status, "model": "up", "output": [], "error": None,
            "incomplete_details": None, "usage": None, **more}


_TOKENS = {"input_tokens": 10, "input_tokens_details": {"cached_tokens": 0}, "output_tokens": 5, "output_tokens_details": {"reasoning_tokens": 0},
           "total_tokens": 15}
_MESSAGE = {"id": "msg_1", "type": "message", "status": "completed", "role": "assistant", "content": [
    {"type": "output_text", "text": "Hello", "annotations": [], "logprobs": []}]}
_FUNCTION = {"id": "fc_1", "type": "function_call", "status": "completed", "call_id": "call_1", "name": "weather", "arguments": '{"city": "Bern"}'}


def _numbered(*values) -> list:
    return _named(*({"sequence_number": at, **value} for at, value in enumerate(values)))


def _spoken(ids=("msg_1",) * 6) -> list:
    at = [{"output_index": 0, "content_index": 0, "item_id": one} for one in ids]
    return [
        {"type": "response.output_item.added", "output_index": 0, "item": {**_MESSAGE, "id": ids[0], "status": "in_progress", "content": []}},
        {"type": "response.content_part.added", **at[1], "part": {"type": "output_text", "text": "", "annotations": []}},
        {"type": "response.output_text.delta", **at[2], "delta": "Hel"},
        {"type": "response.output_text.delta", **at[3], "delta": "lo"},
        {"type": "response.output_text.done", **at[4], "text": "Hello"},
        {"type": "response.output_item.done", "output_index": 0, "item": {**_MESSAGE, "id": ids[5]}},
    ]


_CREATED = {"type": "response.created", "response": _response()}


def _completed(*output, **more) -> dict:
    return {"type": "response.completed", "response": _response("completed", output=list(output), usage=_TOKENS, **more)}


_RESPONSES = {
    "another id in each event": (_numbered(_CREATED, *_spoken(tuple(f"msg_{n}" for n in range(6))), _completed(_MESSAGE)), _HELLO),
    "a [DONE] at the end": (_numbered(_CREATED, *_spoken(), _completed(_MESSAGE)) + _data("[DONE]"), _HELLO),
    "no numbers": (_named(_CREATED, *_spoken(), _completed(_MESSAGE)), _HELLO),
    "unknown events": (_numbered(_CREATED, {"type": "response.quokka", "x": 1}, *_spoken(), {"type": "keepalive"}, _completed(_MESSAGE)), _HELLO),
    "an empty output at the end": (_numbered(_CREATED, *_spoken(), _completed()), _HELLO),
    "arguments in .done alone": (
        _numbered(_CREATED, {"type": "response.output_item.added", "output_index": 0, "item": {**_FUNCTION, "arguments": "", "status": "in_progress"}},
                  {"type": "response.function_call_arguments.done", "output_index": 0, "item_id": "fc_1", "arguments": _FUNCTION["arguments"]},
                  {"type": "response.output_item.done", "output_index": 0, "item": _FUNCTION}, _completed(_FUNCTION)), _CALLED),
    "arguments in the item alone": (
        _numbered(_CREATED, {"type": "response.output_item.added", "output_index": 0, "item": {**_FUNCTION, "arguments": "", "status": "in_progress"}},
                  {"type": "response.output_item.done", "output_index": 0, "item": _FUNCTION}, _completed(_FUNCTION)), _CALLED),
    "raw reasoning": (
        _numbered(_CREATED, {"type": "response.output_item.added", "output_index": 0, "item": {"id": "rs_1", "type": "reasoning", "summary": []}},
                  {"type": "response.reasoning_text.delta", "output_index": 0, "content_index": 0, "item_id": "rs_1", "delta": "Hm."},
                  {"type": "response.reasoning_text.done", "output_index": 0, "content_index": 0, "item_id": "rs_1", "text": "Hm."},
                  {"type": "response.output_item.done", "output_index": 0, "item": {"id": "rs_1", "type": "reasoning", "summary": [], "content": [
                      {"type": "reasoning_text", "text": "Hm."}]}},
                  *({**event, "output_index": 1} for event in _spoken()), _completed()),
        Said(thought=("Hm.",), text=("Hello",), usage=Usage(10, 5, 0))),
    "what is looked up on X": (  # xAI
        _numbered(_CREATED, *({"type": f"response.output_item.{what}", "output_index": 0, "item": {
            "type": "custom_tool_call", "id": "ctc_1", "call_id": "xs_call_1", "name": "x_keyword_search", "input": text, "status": status}}
            for what, text, status in (("added", "", "in_progress"), ("done", "{}", "completed"))),
            *({**event, "output_index": 1} for event in _spoken()), _completed()), _HELLO),
    "a search that begins as a call": (  # Perplexity
        _numbered(_CREATED, {"type": "response.output_item.added", "output_index": 0, "item": {**_FUNCTION, "name": "search_web"}},
                  {"type": "response.output_item.done", "output_index": 0, "item": {"type": "search_results", "queries": ["q"], "results": []}},
                  *({**event, "output_index": 1} for event in _spoken()), _completed()), _HELLO),
    "two messages": (
        _numbered(_CREATED, *_spoken(), *({**event, "output_index": 1} for event in _spoken(("msg_2",) * 6)), _completed(_MESSAGE, _MESSAGE)), None),
}


# -- Chat, in one piece


def _whole(message, finish="stop", usage=None, **more) -> dict:
    choice = {"index": 0, "message": {"role": "assistant", "content": None, **message}, "finish_reason": finish}
    return {"id": "x-1", "object": "chat.completion", "created": 1790000000, "model": "up", "choices": [choice],
            "usage": usage or _usage(10, 5), **more}


_FUNCTION_CALLED = {"name": "weather", "arguments": '{"city": "Bern"}'}
_SAID = {"role": "assistant", "content": "Hello"}
WHOLE = {
    "thoughts inside the content": (
        _whole({"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}]}, {"type": "text", "text": "Hello"}]}),
        Said(thought=("Hm.",), text=("Hello",), usage=Usage(10, 5, 0))),
    "thoughts as reasoning": (
        _whole({"content": "Hello", "reasoning": "Hm."}), Said(thought=("Hm.",), text=("Hello",), usage=Usage(10, 5, 0))),
    "thoughts in details alone": (
        _whole({"content": "Hello", "reasoning_details": [{"type": "reasoning.summary", "summary": "Hm."}]}),
        Said(thought=("Hm.",), text=("Hello",), usage=Usage(10, 5, 0))),
    "a call without id and type": (_whole({"tool_calls": [{"function": _FUNCTION_CALLED}]}, "tool_calls"), _CALLED),
    "arguments as an object": (
        _whole({"tool_calls": [{"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": {"city": "Bern"}}}]}, "tool_calls"),
        _CALLED),
    "a call without arguments": (
        _whole({"tool_calls": [{"id": "call_1", "type": "function", "function": {"name": "now", "arguments": ""}}]}, "tool_calls"),
        Said(calls=(NOW,), usage=Usage(10, 5, 0))),
    "calls, and it says stop": (_whole({"tool_calls": [{"id": "call_1", "type": "function", "function": _FUNCTION_CALLED}]}), _CALLED),
    "a finish of its own": (_whole({"content": "Hello"}, "model_length"), Said(text=("Hello",), finish="length", usage=Usage(10, 5, 0))),
    "no head, no index, no finish": (
        {"choices": [{"message": _SAID}], "usage": _usage(10, 5)}, Said(text=("Hello",), usage=Usage(10, 5, 0))),
    "text and calls told apart": (  # GitHub Copilot
        {**_whole({}), "choices": [{"message": message, "finish_reason": "tool_calls"} for message in (
            {"role": "assistant", "content": "Hello"},
            *({"role": "assistant", "tool_calls": [{"id": f"call_{name}", "type": "function", "function": {"name": name, "arguments": arguments}}]}
              for name, arguments in (("weather", '{"city": "Bern"}'), ("now", "{}"))))]},
        Said(text=("Hello",), calls=(WEATHER, NOW), usage=Usage(10, 5, 0))),
    "reasoning beside the total": (
        _whole({"content": "Hello"}, usage=_usage(10, 2, 15, completion_tokens_details={"reasoning_tokens": 3})),
        Said(text=("Hello",), usage=Usage(10, 5, 0, thinking=3))),
    "cached tokens in a field of its own": (
        _whole({"content": "Hello"}, usage=_usage(10, 5, prompt_cache_hit_tokens=4)), Said(text=("Hello",), usage=Usage(10, 5, 4))),
    "null everywhere": (
        _whole({"content": "Hello", "refusal": None, "tool_calls": None, "function_call": None, "reasoning_content": None}, error=None,
               service_tier=None, system_fingerprint=None), Said(text=("Hello",), usage=Usage(10, 5, 0))),
}


def _all(dialect, cases) -> dict:
    return {f"{dialect}: {name}": Quirk(dialect, events, means) for name, (events, means) in cases.items()}


QUIRKS = (_all("openai_chat", _CHAT) | _all("anthropic_messages", _MESSAGES) | _all("gemini", _GEMINI) | _all("openai_responses", _RESPONSES))

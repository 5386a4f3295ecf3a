"""OpenAI's Responses, as strict as the real one, with its own words for what is wrong."""

import json

from fakes import checks
from fakes.truth import Part, Refused, Said, Seen, media_type_of, mint, new_id
from grammar import schemas

PREFIXES = {"message": "msg", "function_call": "fc", "reasoning": "rs", "custom_tool_call": "ctc"}
REASONING = ("o1", "o3", "o4", "gpt-5", "gpt-6")
INCOMPLETE = {"length": "max_output_tokens", "filter": "content_filter"}


def _refuse(message: str, param="", code=""):
    raise Refused(400, message, param=param, code=code)


class OpenAiResponses:
    name = "openai_responses"

    def headers(self):
        return [("x-request-id", "req_quokka"), ("openai-processing-ms", "321")]

    # -- what it is sent

    def answers_other(self, call) -> bool:
        if call.path == "/v1/responses/input_tokens":
            call.whole(b'{"object":"response.input_tokens","input_tokens":1201}', headers=self.headers())
            return True
        return False

    def read(self, call) -> Seen:
        if call.method != "POST" or call.path != "/v1/responses":
            raise Refused(404, f"Invalid URL ({call.method} {call.path})")
        if not (call.header("authorization") or "").startswith("Bearer sk-"):
            raise Refused(401, "You didn't provide an API key.", code="invalid_api_key")
        body = checks.as_json(call)
        for problem in schemas.problems("responses request", body):
            _refuse(f"Unknown parameter or invalid value: {problem}", code="unknown_parameter")
        _check_settings(body)
        _check_tools(body)
        items = body.get("input", [])
        items = [{"role": "user", "content": items}] if isinstance(items, str) else items
        if not items:
            _refuse("One of \"input\" or \"previous_response_id\" or 'prompt' or 'conversation' must be provided.", "input")
        _check_items(items, body)
        return _seen(items, body, call)

    # -- what it answers

    def _items(self, said: Said, seen: Seen) -> list:
        about, items = (seen.model, len(seen.parts)), []
        if said.thought or said.is_redacted:
            summary = [{"type": "summary_text", "text": said.whole_thought}] if said.thought else []
            made = new_id("rs_", *about)
            items.append({"id": made, "type": "reasoning", "summary": summary, "encrypted_content": mint("encrypted", made)})
        if said.text or said.refusal:
            part = {"type": "output_text", "annotations": _annotations(said), "logprobs": [], "text": said.whole_text}
            if said.refusal:
                part = {"type": "refusal", "refusal": said.refusal}
            items.append({"id": new_id("msg_", *about), "type": "message", "status": "completed", "role": "assistant", "content": [part]})
        for at, call in enumerate(said.calls):
            items.append({"id": new_id("fc_", *about, at), "type": "function_call", "status": "completed", "name": call.name,
                          "arguments": json.dumps(call.arguments, ensure_ascii=False),
                          "call_id": call.id or new_id("call_", *about, at)})
        return items

    def answer(self, said: Said, seen: Seen) -> dict:
        reason = INCOMPLETE.get(said.finish)
        return {**_response(seen), "status": "incomplete" if reason else "completed", "completed_at": 1790000002,
                "incomplete_details": {"reason": reason} if reason else None, "output": self._items(said, seen), "usage": _usage(said)}

    def events(self, said: Said, seen: Seen) -> list[bytes]:
        stream = Sequence()
        begin = {**_response(seen), "status": "in_progress", "output": []}
        stream.add("response.created", response=begin)
        stream.add("response.in_progress", response=begin)
        for index, item in enumerate(self._items(said, seen)):
            _item_events(stream, index, item, said)
        whole = self.answer(said, seen)
        stream.add(f"response.{whole['status']}", response=whole)
        return stream.events

    def error(self, refused: Refused):
        headers, message = [], refused.message
        if refused.retry_after is not None and refused.retry_in == "header":
            headers.append(("retry-after", f"{refused.retry_after:g}"))
        if refused.retry_after is not None and refused.retry_in == "text":
            message += f" Please try again in {refused.retry_after:g}s."
        if refused.retry_after is not None and refused.retry_in == "body":
            headers += [("x-ratelimit-remaining-tokens", "0"), ("x-ratelimit-reset-tokens", f"{refused.retry_after:g}s")]
        kinds = {429: "rate_limit_error", 500: "server_error", 503: "server_error"}
        kind = refused.kind or kinds.get(refused.status, "invalid_request_error")
        code = refused.code or {429: "rate_limit_exceeded"}.get(refused.status)
        return {"error": {"message": message, "type": kind, "param": refused.param or None, "code": code}}, headers

    def error_events(self, breaks, sent) -> list[bytes]:
        stream = Sequence(sent)
        error = {"type": "server_error", "code": "server_error", "message": breaks.message, "param": None}
        stream.add("error", error=error)
        failed = {"id": new_id("resp_", breaks.message), "object": "response", "created_at": 1790000000, "status": "failed",
                  "model": "quokka", "output": [], "error": {"code": "server_error", "message": breaks.message},
                  "incomplete_details": None, "usage": None}
        stream.add("response.failed", response=failed)
        return stream.events


class Sequence:
    """The events of a stream, each with its number."""

    def __init__(self, begin=0):
        self.number = begin
        self.events = []

    def add(self, kind, **members):
        value = {"type": kind, "sequence_number": self.number, **members}
        self.events.append(b"event: " + kind.encode() + b"\ndata: " + json.dumps(value, ensure_ascii=False).encode() + b"\n\n")
        self.number += 1


def _item_events(stream, index, item, said):
    empty = {"reasoning": {"summary": [], "encrypted_content": ""}, "message": {"content": [], "status": "in_progress"},
             "function_call": {"arguments": "", "status": "in_progress"}}[item["type"]]
    at = {"item_id": item["id"], "output_index": index}
    stream.add("response.output_item.added", output_index=index, item={**item, **empty})
    if item["type"] == "reasoning":
        for part in item["summary"]:
            stream.add("response.reasoning_summary_part.added", **at, summary_index=0, part={**part, "text": ""})
            for piece in said.thought:
                stream.add("response.reasoning_summary_text.delta", **at, summary_index=0, delta=piece, obfuscation="x7Y")
            stream.add("response.reasoning_summary_text.done", **at, summary_index=0, text=part["text"])
            stream.add("response.reasoning_summary_part.done", **at, summary_index=0, part=part)
    elif item["type"] == "message":
        _message_events(stream, at, item["content"][0], said)
    else:
        for piece in checks.fragments(item["arguments"]):
            stream.add("response.function_call_arguments.delta", **at, delta=piece, obfuscation="q")
        stream.add("response.function_call_arguments.done", **at, arguments=item["arguments"])
    stream.add("response.output_item.done", output_index=index, item=item)


def _message_events(stream, at, part, said):
    at = {**at, "content_index": 0}
    is_text = part["type"] == "output_text"
    empty = {**part, "text": "", "annotations": []} if is_text else {**part, "refusal": ""}
    stream.add("response.content_part.added", **at, part=empty)
    if is_text:
        for piece in said.text:
            stream.add("response.output_text.delta", **at, delta=piece, logprobs=[], obfuscation="abc")
        for number, annotation in enumerate(part["annotations"]):
            stream.add("response.output_text.annotation.added", **at, annotation_index=number, annotation=annotation)
        stream.add("response.output_text.done", **at, text=part["text"], logprobs=[])
    else:
        for piece in checks.fragments(part["refusal"]):
            stream.add("response.refusal.delta", **at, delta=piece)
        stream.add("response.refusal.done", **at, refusal=part["refusal"])
    stream.add("response.content_part.done", **at, part=part)


def _check_settings(body):
    if (body.get("max_output_tokens") or 16) < 16:
        _refuse(f"Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got {body['max_output_tokens']} "
                "instead.", "max_output_tokens", "integer_below_min_value")
    if body["model"].startswith(REASONING):
        for name in ("temperature", "top_p"):
            if body.get(name, 1) != 1:
                _refuse(f"Unsupported parameter: '{name}' is not supported with this model.", name, "unsupported_parameter")
    if body.get("previous_response_id"):
        raise Refused(400, f"Previous response with id '{body['previous_response_id']}' not found.", param="previous_response_id",
                      code="previous_response_not_found")
    form = (body.get("text") or {}).get("format") or {}
    if form.get("type") == "json_schema":
        if not checks.NAME.fullmatch(form["name"]):
            _refuse("Invalid 'text.format.name': string does not match pattern.")
        fault = checks.strict_fault(form["schema"]) if form.get("strict") else ""
        if fault:
            _refuse(f"Invalid schema for response_format '{form['name']}': {fault}", "text.format.schema", "invalid_json_schema")


def _check_tools(body):
    names = []
    for at, tool in enumerate(body.get("tools", [])):
        if tool["type"] != "function":
            continue
        if not checks.NAME.fullmatch(tool["name"]):
            _refuse(f"Invalid 'tools[{at}].name': string does not match pattern '^[a-zA-Z0-9_-]+$'.", code="invalid_value")
        schema = tool.get("parameters")
        if schema is not None and schema.get("type") != "object":
            _refuse(f"Invalid schema for function '{tool['name']}': schema must be a JSON Schema of 'type: \"object\"'.")
        fault = checks.strict_fault(schema) if tool.get("strict") and schema else ""
        if fault:
            _refuse(f"Invalid schema for function '{tool['name']}': {fault}", code="invalid_function_parameters")
        names.append(tool["name"])
    choice = body.get("tool_choice")
    if isinstance(choice, dict) and choice["type"] == "function" and choice["name"] not in names:
        _refuse(f"Tool choice 'function' not found in 'tools' parameter: {choice['name']}", "tool_choice")


def _check_items(items, body):
    calls, answered = [], []
    for at, item in enumerate(items):
        kind = item.get("type", "message")
        prefix = PREFIXES.get(kind)
        if item.get("id") and prefix and not item["id"].startswith(prefix):
            _refuse(f"Invalid 'input[{at}].id': '{item['id']}'. Expected an ID that begins with '{prefix}'.", f"input[{at}].id",
                    "invalid_value")
        if kind == "message":
            _check_message(at, item)
        if kind == "reasoning":
            _check_reasoning(at, item, items, body)
        if kind == "function_call":
            checks.arguments_of(item["arguments"], f"input[{at}]")
            calls.append(item["call_id"])
            if len(item["call_id"]) > 64:
                _refuse(f"Invalid 'input[{at}].call_id': string too long. Expected a string with maximum length 64.")
        if kind == "function_call_output":
            answered.append(item["call_id"])
            if item["call_id"] not in calls:
                _refuse(f"No tool call found for function call output with call_id {item['call_id']}.", "input")
    for made in calls:
        if made not in answered:
            _refuse(f"No tool output found for function call {made}.", "input")


def _check_message(at, item):
    allowed = ("output_text", "refusal") if item["role"] == "assistant" else ("input_text", "input_image", "input_file")
    for number, part in enumerate(item["content"] if isinstance(item["content"], list) else []):
        if part["type"] not in allowed:
            _refuse(f"Invalid value: '{part['type']}'. Supported values are: {', '.join(map(repr, allowed))}.",
                    f"input[{at}].content[{number}]", "invalid_value")
        if part["type"] == "input_image" and part.get("image_url"):
            kind, data = checks.split_data_url(part["image_url"])
            if kind and media_type_of(data) != kind:
                _refuse("The image data you provided does not represent a valid image.", code="invalid_image")


def _check_reasoning(at, item, items, body):
    follower = items[at + 1] if at + 1 < len(items) else {}
    ours = follower.get("type", "message") in ("function_call", "message", "custom_tool_call", "reasoning")
    if not ours or follower.get("role", "assistant") != "assistant":
        _refuse(f"Item '{item['id']}' of type 'reasoning' was provided without its required following item.", "input")
    if not item.get("encrypted_content"):
        raise Refused(404, f"Item with id '{item['id']}' not found. Items are not persisted when `store` is set to false.", param="input")
    if item["encrypted_content"] != mint("encrypted", item["id"]):
        _refuse(f"The encrypted content for item {item['id']} could not be verified.", code="invalid_encrypted_content")


def _seen(items, body, call) -> Seen:
    seen = Seen("openai_responses", body["model"], body.get("stream") or False, body=body, headers=call.headers)
    if body.get("instructions"):
        seen.parts.append(Part("system", "text", body["instructions"]))
    names = {}
    for item in items:
        seen.parts += _parts_of(item, names)
        if item.get("encrypted_content"):
            seen.signatures.append(item["encrypted_content"])
    seen.tools = {tool["name"]: tool.get("parameters") for tool in body.get("tools", []) if "name" in tool}
    choice = body.get("tool_choice", "auto")
    seen.choice = choice if isinstance(choice, str) else choice.get("name")
    form = (body.get("text") or {}).get("format") or {}
    seen.schema = form.get("schema")
    seen.max_tokens, seen.temperature = body.get("max_output_tokens"), body.get("temperature")
    seen.thinks = body.get("reasoning")
    return seen


def _parts_of(item, names) -> list:
    kind = item.get("type", "message")
    if kind == "message":
        role = {"developer": "system"}.get(item["role"], item["role"])
        content = item["content"]
        return _content(role, [{"type": "input_text", "text": content}] if isinstance(content, str) else content)
    if kind == "reasoning":
        return [Part("assistant", "thought", "".join(part["text"] for part in item["summary"]))]
    if kind == "function_call":
        names[item["call_id"]] = item["name"]
        return [Part("assistant", "call", {"id": item["call_id"], "name": item["name"], "arguments": json.loads(item["arguments"])})]
    if kind == "function_call_output":
        output = item["output"]
        inner = _content("user", [{"type": "input_text", "text": output}] if isinstance(output, str) else output)
        text = "".join(part.value for part in inner if part.kind == "text")
        return [Part("user", "result", {"id": item["call_id"], "name": names.get(item["call_id"]), "text": text,
                                        "images": [part.value for part in inner if part.kind == "image"],
                                        "is_error": text.startswith("Error: ")})]
    return [Part("assistant", kind, item)]


def _content(role, parts) -> list:
    found = []
    for part in parts:
        if part["type"] == "input_image":
            found.append(Part(role, "image", checks.split_data_url(part["image_url"])))
        elif part["type"] == "input_file":
            found.append(Part(role, "document", checks.split_data_url(part.get("file_data") or part["file_url"])))
        else:
            found.append(Part(role, "text", part.get("text", part.get("refusal"))))
    return found


def _response(seen) -> dict:
    asked = seen.body
    return {"id": new_id("resp_", seen.model, len(seen.parts)), "object": "response", "created_at": 1790000000, "background": False,
            "error": None, "incomplete_details": None, "instructions": asked.get("instructions"),
            "max_output_tokens": asked.get("max_output_tokens"), "max_tool_calls": None, "model": seen.model,
            "parallel_tool_calls": asked.get("parallel_tool_calls", True), "previous_response_id": None, "prompt_cache_key": None,
            "reasoning": {"effort": "medium", "summary": None}, "safety_identifier": None, "service_tier": "default",
            "store": asked.get("store", True), "temperature": 1.0, "text": {"format": {"type": "text"}, "verbosity": "medium"},
            "tool_choice": asked.get("tool_choice", "auto"), "tools": asked.get("tools", []), "top_logprobs": 0, "top_p": 1.0,
            "truncation": "disabled", "usage": None, "user": None, "metadata": {}}


def _usage(said) -> dict:
    usage = said.usage
    return {"input_tokens": usage.prompt, "input_tokens_details": {"cached_tokens": usage.cached, "cache_write_tokens": usage.written},
            "output_tokens": usage.completion, "output_tokens_details": {"reasoning_tokens": usage.thinking}, "total_tokens": usage.total}


def _annotations(said) -> list:
    text = said.whole_text
    return [{"type": "url_citation", "start_index": text.index(c.text), "end_index": text.index(c.text) + len(c.text), "url": c.url,
             "title": c.title} for c in said.citations]

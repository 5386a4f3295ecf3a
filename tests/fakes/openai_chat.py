"""OpenAI's Chat Completions, as strict as the real one; and DeepSeek's, which wants its thoughts back."""

import json

from fakes import checks
from fakes.truth import Part, Refused, Said, Seen, media_type_of, new_id
from grammar import schemas

FINISHES = {"stop": "stop", "length": "length", "filter": "content_filter"}
REASONING = ("o1", "o3", "o4", "gpt-5", "gpt-6")


def _refuse(message: str, param="", code=""):
    raise Refused(400, message, param=param, code=code)


class OpenAiChat:
    name = "openai_chat"
    path = "/v1/chat/completions"
    own_members = ()  # of a request, beyond OpenAI's

    def headers(self):
        return [("x-request-id", "req_quokka"), ("openai-processing-ms", "321")]

    # -- what it is sent

    def answers_other(self, call) -> bool:
        return False

    def read(self, call) -> Seen:
        if call.method != "POST" or call.path != self.path:
            raise Refused(404, f"Invalid URL ({call.method} {call.path})")
        if not (call.header("authorization") or "").startswith("Bearer sk-"):
            raise Refused(401, "You didn't provide an API key.", code="invalid_api_key")
        body = checks.as_json(call)
        known = {key: value for key, value in body.items() if key not in self.own_members}
        for problem in schemas.problems("chat request", known):
            _refuse(f"Unknown parameter or invalid value: {problem}", code="unknown_parameter")
        self.check_settings(body)
        _check_tools(body)
        self.check_messages(body)
        return _seen(self.name, body, call)

    def check_settings(self, body):
        if "stream_options" in body and not body.get("stream"):
            _refuse("The 'stream_options' parameter is only allowed when 'stream' is enabled.", "stream_options")
        if body["model"].startswith(REASONING):
            for name in ("max_tokens", "temperature", "top_p", "stop", "presence_penalty", "frequency_penalty", "logit_bias"):
                if name in body and not (name in ("temperature", "top_p") and body[name] == 1):
                    _refuse(f"Unsupported parameter: '{name}' is not supported with this model.", name, "unsupported_parameter")
        if not 0 <= (body.get("temperature") or 0) <= 2:
            _refuse("Invalid 'temperature': decimal above maximum value. Expected a value <= 2.", "temperature", "decimal_above_max_value")
        if isinstance(body.get("stop"), list) and not 1 <= len(body["stop"]) <= 4:
            _refuse("Invalid 'stop': array too long. Expected an array with maximum length 4.", "stop", "array_above_max_length")
        form = body.get("response_format") or {}
        if form.get("type") == "json_schema":
            about = form["json_schema"]
            if not checks.NAME.fullmatch(about["name"]):
                _refuse("Invalid 'response_format.json_schema.name': string does not match pattern.")
            fault = checks.strict_fault(about.get("schema", {})) if about.get("strict") else ""
            if fault:
                _refuse(f"Invalid schema for response_format '{about['name']}': {fault}", "response_format", "invalid_json_schema")

    def check_messages(self, body):
        waiting = []
        for at, message in enumerate(body["messages"]):
            if message["role"] == "tool":
                if message["tool_call_id"] not in waiting:
                    _refuse("Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
                            f"messages.[{at}].role")
                waiting.remove(message["tool_call_id"])
                continue
            if waiting:
                _refuse("An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The "
                        f"following tool_call_ids did not have response messages: {', '.join(waiting)}", f"messages.[{at}].role")
            waiting = [call["id"] for call in message.get("tool_calls") or []]
            if message["role"] == "assistant":
                self.check_assistant(at, message)
            self.check_content(at, message)
        if waiting:
            _refuse("An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The "
                    f"following tool_call_ids did not have response messages: {', '.join(waiting)}", "messages")

    def check_assistant(self, at, message):
        calls = message.get("tool_calls")
        if calls == []:
            _refuse(f"Invalid 'messages[{at}].tool_calls': empty array. Expected an array with minimum length 1.")
        if not calls and message.get("content") is None and not message.get("refusal"):
            _refuse(f"Invalid value for 'content': expected a string, got null. messages.[{at}].content")
        for call in calls or []:
            if len(call["id"]) > 64 or not call["id"]:
                _refuse(f"Invalid 'messages[{at}].tool_calls[0].id': string too long. Expected a string with maximum length 64.")
            if not checks.NAME.fullmatch(call["function"]["name"]):
                _refuse(f"Invalid 'messages[{at}].tool_calls[0].function.name': string does not match pattern '^[a-zA-Z0-9_-]+$'.")
            checks.arguments_of(call["function"]["arguments"], f"messages[{at}]")
        for member in ("reasoning_content", "reasoning", "reasoning_details"):
            if member in message:
                _refuse(f"Unrecognized request argument supplied: messages[{at}].{member}", code="unknown_parameter")

    def check_content(self, at, message):
        for part in message["content"] if isinstance(message.get("content"), list) else []:
            if part["type"] == "image_url":
                kind, data = checks.split_data_url(part["image_url"]["url"])
                if kind and media_type_of(data) != kind:
                    _refuse("You uploaded an unsupported image. Please make sure your image is valid.", code="invalid_image_format")
            if part["type"] != "text" and message["role"] in ("system", "developer"):
                _refuse(f"Invalid 'messages[{at}]': {message['role']} messages hold text only.")

    # -- what it answers

    def thoughts(self, said: Said) -> dict:
        return {}  # OpenAI keeps them to itself

    def _calls(self, said: Said, seen: Seen) -> list:
        return [{"id": call.id or new_id("call_", call.name, at, len(seen.parts)), "type": "function",
                 "function": {"name": call.name, "arguments": json.dumps(call.arguments, ensure_ascii=False)}}
                for at, call in enumerate(said.calls)]

    def answer(self, said: Said, seen: Seen) -> dict:
        message = {"role": "assistant", "content": said.whole_text or None, "refusal": said.refusal or None, **self.thoughts(said)}
        if said.calls:
            message["tool_calls"] = self._calls(said, seen)
        message["annotations"] = _annotations(said)
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": _finish(said)}
        return {**_outside(seen, "chat.completion"), "choices": [choice], "usage": self.usage(said)}

    def events(self, said: Said, seen: Seen) -> list[bytes]:
        counted = (seen.body.get("stream_options") or {}).get("include_usage")
        deltas = [{"role": "assistant", "content": "" if said.text else None, "refusal": None}]
        deltas += self.thought_deltas(said)
        deltas += [{"content": piece} for piece in said.text]
        deltas += [{"annotations": _annotations(said)}] if said.citations else []
        deltas += [{"refusal": piece} for piece in checks.fragments(said.refusal)]
        for index, made in enumerate(self._calls(said, seen)):
            name, text = made["function"]["name"], made["function"]["arguments"]
            deltas.append({"tool_calls": [{"index": index, "id": made["id"], "type": "function",
                                           "function": {"name": name, "arguments": ""}}]})
            deltas += [{"tool_calls": [{"index": index, "function": {"arguments": piece}}]} for piece in checks.fragments(text)]
        around = {**_outside(seen, "chat.completion.chunk"), **({"usage": None} if counted else {})}
        found = [{**around, "choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": None}]} for delta in deltas]
        found.append({**around, "choices": [{"index": 0, "delta": {}, "logprobs": None, "finish_reason": _finish(said)}]})
        if counted:
            found.append({**around, "choices": [], "usage": self.usage(said)})
        return [_event(one) for one in found] + [b"data: [DONE]\n\n"]

    def thought_deltas(self, said):
        return []

    def usage(self, said) -> dict:
        usage = said.usage
        return {"prompt_tokens": usage.prompt, "completion_tokens": usage.completion, "total_tokens": usage.total,
                "prompt_tokens_details": {"cached_tokens": usage.cached, "audio_tokens": 0, "cache_write_tokens": usage.written},
                "completion_tokens_details": {"reasoning_tokens": usage.thinking, "audio_tokens": 0, "accepted_prediction_tokens": 0,
                                              "rejected_prediction_tokens": 0}}

    def error(self, refused: Refused):
        headers, message = [], refused.message
        if refused.retry_after is not None and refused.retry_in == "header":
            headers += [("retry-after", f"{refused.retry_after:g}"), ("retry-after-ms", f"{refused.retry_after * 1000:g}")]
        if refused.retry_after is not None and refused.retry_in == "body":  # here: the rate limit's own header
            headers += [("x-ratelimit-remaining-requests", "0"), ("x-ratelimit-reset-requests", f"{refused.retry_after:g}s")]
        if refused.retry_after is not None and refused.retry_in == "text":
            message += f" Please try again in {refused.retry_after:g}s."
        kinds = {401: "invalid_request_error", 429: "requests", 500: "server_error", 503: "server_error"}
        kind = refused.kind or kinds.get(refused.status, "invalid_request_error")
        code = refused.code or {429: "rate_limit_exceeded"}.get(refused.status)
        return {"error": {"message": message, "type": kind, "param": refused.param or None, "code": code}}, headers

    def error_events(self, breaks, sent) -> list[bytes]:
        return [_event({"error": {"message": breaks.message, "type": "server_error", "param": None, "code": None}})]


class DeepSeek(OpenAiChat):
    """Shows what it thinks, and refuses a second round without it."""

    name = "deepseek"
    own_members = ("thinking",)

    def __init__(self):
        self.thought_of = {}

    def check_assistant(self, at, message):
        thought = message.pop("reasoning_content", None)
        super().check_assistant(at, message)
        calls = message.get("tool_calls") or []
        expected = self.thought_of.get(calls[0]["id"]) if calls else None
        if expected and thought != expected:
            _refuse("The `reasoning_content` in the thinking mode must be passed back to the API.", f"messages.[{at}]")
        if thought is not None:
            message["reasoning_content"] = thought

    def thoughts(self, said) -> dict:
        return {"reasoning_content": said.whole_thought} if said.thought else {}

    def thought_deltas(self, said):
        return [{"content": None, "reasoning_content": piece} for piece in said.thought]

    def _calls(self, said, seen):
        found = super()._calls(said, seen)
        for made in found:
            self.thought_of[made["id"]] = said.whole_thought
        return found

    def usage(self, said) -> dict:
        usage = said.usage
        return {"prompt_tokens": usage.prompt, "completion_tokens": usage.completion, "total_tokens": usage.total,
                "prompt_tokens_details": {"cached_tokens": usage.cached},
                "completion_tokens_details": {"reasoning_tokens": usage.thinking},
                "prompt_cache_hit_tokens": usage.cached, "prompt_cache_miss_tokens": usage.prompt - usage.cached}


def _check_tools(body):
    names = []
    for at, tool in enumerate(body.get("tools", [])):
        about = tool[tool["type"]]
        if not checks.NAME.fullmatch(about["name"]):
            _refuse(f"Invalid 'tools[{at}].function.name': string does not match pattern '^[a-zA-Z0-9_-]+$'.", code="invalid_value")
        schema = about.get("parameters")
        if schema is not None and schema.get("type") != "object":
            _refuse(f"Invalid schema for function '{about['name']}': schema must be a JSON Schema of 'type: \"object\"', got 'type: "
                    f"\"{schema.get('type')}\"'.", code="invalid_function_parameters")
        fault = checks.strict_fault(schema) if about.get("strict") and schema else ""
        if fault:
            _refuse(f"Invalid schema for function '{about['name']}': {fault}", code="invalid_function_parameters")
        names.append(about["name"])
    choice = body.get("tool_choice")
    if body.get("tools") == []:
        _refuse("Invalid 'tools': empty array. Expected an array with minimum length 1.", "tools")
    if not names and (choice is not None or "parallel_tool_calls" in body):
        _refuse("'tool_choice' is only allowed when 'tools' are specified.", "tool_choice")
    if isinstance(choice, dict) and choice["type"] == "function" and choice["function"]["name"] not in names:
        _refuse(f"Invalid value for 'tool_choice': function '{choice['function']['name']}' not found in 'tools'.", "tool_choice")


def _seen(name, body, call) -> Seen:
    seen = Seen(name, body["model"], body.get("stream") or False, body=body, headers=call.headers)
    names = {}
    for message in body["messages"]:
        seen.parts += _parts_of(message, names)
    for tool in body.get("tools", []):
        about = tool[tool["type"]]
        seen.tools[about["name"]] = about.get("parameters")
    choice = body.get("tool_choice", "auto")
    seen.choice = choice if isinstance(choice, str) else (choice.get("function") or {}).get("name")
    seen.schema = ((body.get("response_format") or {}).get("json_schema") or {}).get("schema")
    seen.max_tokens = body.get("max_completion_tokens", body.get("max_tokens"))
    seen.temperature = body.get("temperature")
    stop = body.get("stop") or []
    seen.stop = [stop] if isinstance(stop, str) else stop
    seen.thinks = body.get("reasoning_effort")
    return seen


def _parts_of(message, names) -> list:
    role = {"developer": "system"}.get(message["role"], message["role"])
    content = message.get("content")
    content = [{"type": "text", "text": content}] if isinstance(content, str) else content or []
    if role == "tool":
        text = "".join(part["text"] for part in content if part["type"] == "text")
        images = [checks.split_data_url(part["image_url"]["url"]) for part in content if part["type"] == "image_url"]
        return [Part("user", "result", {"id": message["tool_call_id"], "name": names.get(message["tool_call_id"]), "text": text,
                                        "images": images, "is_error": text.startswith("Error: ")})]
    found = [Part(role, "thought", message["reasoning_content"])] if message.get("reasoning_content") else []
    for part in content:
        if part["type"] == "image_url":
            found.append(Part(role, "image", checks.split_data_url(part["image_url"]["url"])))
        elif part["type"] == "file":
            found.append(Part(role, "document", checks.split_data_url(part["file"]["file_data"])))
        else:
            found.append(Part(role, "text", part.get("text", part.get("refusal"))))
    for call in message.get("tool_calls") or []:
        names[call["id"]] = call["function"]["name"]
        found.append(Part(role, "call", {"id": call["id"], "name": call["function"]["name"],
                                         "arguments": json.loads(call["function"]["arguments"])}))
    return found


def _outside(seen, kind) -> dict:
    return {"id": new_id("chatcmpl-", seen.model, len(seen.parts)), "object": kind, "created": 1790000000, "model": seen.model,
            "service_tier": "default", "system_fingerprint": "fp_quokka"}


def _finish(said) -> str:
    return "tool_calls" if said.calls else FINISHES[said.finish]


def _annotations(said) -> list:
    text = said.whole_text
    return [{"type": "url_citation", "url_citation": {"start_index": text.index(c.text), "end_index": text.index(c.text) + len(c.text),
                                                      "url": c.url, "title": c.title}} for c in said.citations]


def _event(value) -> bytes:
    return b"data: " + json.dumps(value, ensure_ascii=False).encode() + b"\n\n"

"""Anthropic's Messages API, as strict as the real one, with its own words for what is wrong."""

import datetime
import json
import re

from fakes import checks
from fakes.truth import Part, Refused, Said, Seen, media_type_of, mint, new_id
from grammar import schemas

KINDS = {400: "invalid_request_error", 401: "authentication_error", 402: "billing_error", 403: "permission_error",
         404: "not_found_error", 413: "request_too_large", 429: "rate_limit_error", 500: "api_error",
         504: "timeout_error", 529: "overloaded_error"}
STOPS = {"stop": "end_turn", "length": "max_tokens", "filter": "refusal"}
VERSIONS = ("2023-06-01", "2026-10-21")
ID = re.compile(r"[a-zA-Z0-9_-]+")


def _refuse(message: str):
    raise Refused(400, message)


class AnthropicMessages:
    name = "anthropic_messages"

    def __init__(self):
        self.thought_of = {}  # id of a call -> the signatures of the thinking that led to it

    def headers(self):
        return [("request-id", "req_011CQquokka"), ("anthropic-organization-id", "org-quokka")]

    # -- what it is sent

    def answers_other(self, call) -> bool:
        if call.path.endswith("/count_tokens"):
            call.whole(b'{"input_tokens":1201}', headers=self.headers())
            return True
        return False

    def read(self, call) -> Seen:
        if call.method != "POST" or call.path != "/v1/messages":
            raise Refused(404, "Not found")
        if not call.header("x-api-key") and not (call.header("authorization") or "").startswith("Bearer "):
            raise Refused(401, "x-api-key header is required")
        version = call.header("anthropic-version")
        if version not in VERSIONS:
            _refuse("anthropic-version: header is required" if version is None else f"anthropic-version: {version!r} is not valid")
        body = checks.as_json(call)
        schema = ("beta " if call.header("anthropic-beta") else "") + "messages request"
        for problem in schemas.problems(schema + (f" {version}" if version == VERSIONS[0] else ""), body):
            _refuse(problem)
        _check_settings(body)
        _check_tools(body)
        _check_cache_marks(body)
        self._check_messages(body)
        return self._seen(body, call)

    def _check_messages(self, body):
        messages = body["messages"]
        if not messages:
            _refuse("messages: at least one message is required")
        if messages[0]["role"] != "user":
            _refuse("messages: first message must use the \"user\" role")
        if messages[-1]["role"] == "assistant" and not _may(body["model"], "prefill"):
            _refuse("This model does not support assistant message prefill. The conversation must end with a user message.")
        waiting, names = [], {}  # ids of calls without a result
        for at, message in enumerate(messages):
            blocks = _blocks(message["content"])
            if message["role"] == "assistant":
                if waiting:
                    _refuse(_unanswered(at - 1, waiting))
                waiting = [block["id"] for block in blocks if block["type"] == "tool_use"]
                self._check_assistant(at, blocks, body)
            elif message["role"] == "user":
                waiting = _check_user(at, blocks, waiting)
            names.update({block["id"]: block["name"] for block in blocks if block["type"] == "tool_use"})
            if not blocks and at < len(messages) - 1:
                _refuse(f"messages.{at}: all messages must have non-empty content except for the optional final assistant message")
            for index, block in enumerate(blocks):
                _check_block(f"messages.{at}.content.{index}", block)
        if waiting:
            _refuse(_unanswered(len(messages) - 1, waiting))

    def _check_assistant(self, at, blocks, body):
        for index, block in enumerate(blocks):
            where = f"messages.{at}.content.{index}"
            if block["type"] == "thinking" and block["signature"] != mint("thinking", block["thinking"]) \
                    and block["signature"] != mint("hidden thinking"):
                _refuse(f"{where}: Invalid `signature` in `thinking` block")
            if block["type"] == "redacted_thinking" and block["data"] != mint("redacted"):
                _refuse(f"{where}: Invalid `data` in `redacted_thinking` block")
        calls = [block["id"] for block in blocks if block["type"] == "tool_use"]
        if not calls or (body.get("thinking") or {}).get("type") not in ("enabled", "adaptive"):
            return
        signatures = [block.get("signature") or block.get("data") for block in blocks if "thinking" in block["type"]]
        expected = self.thought_of.get(calls[0], [])
        if expected and signatures != expected:
            _refuse(f"messages.{at}.content.0.type: Expected `thinking` or `redacted_thinking`, but found `{blocks[0]['type']}`. When "
                    "`thinking` is enabled, a final `assistant` message must start with a thinking block (preceeding the lastmost set of "
                    "`tool_use` and `tool_result` blocks). We recommend you include thinking blocks from previous turns.")

    def _seen(self, body, call) -> Seen:
        seen = Seen(self.name, body["model"], body.get("stream", False), body=body, headers=call.headers)
        for text in _blocks(body.get("system", [])):
            seen.parts.append(Part("system", "text", text["text"]))
        names = {}
        for message in body["messages"]:
            for block in _blocks(message["content"]):
                part = _part(message["role"], block, names)
                seen.parts.append(part)
                seen.signatures += [block[key] for key in ("signature", "data") if "thinking" in block["type"] and block.get(key)]
        seen.tools = {tool["name"]: tool.get("input_schema") for tool in body.get("tools", [])}
        choice = body.get("tool_choice") or {"type": "auto"}
        seen.choice = {"any": "required", "tool": choice.get("name")}.get(choice["type"], choice["type"])
        seen.schema = ((body.get("output_config") or {}).get("format") or {}).get("schema")
        seen.max_tokens, seen.temperature = body["max_tokens"], body.get("temperature")
        seen.stop = body.get("stop_sequences", [])
        seen.thinks = {**(body.get("thinking") or {}), **{k: v for k, v in (body.get("output_config") or {}).items() if k == "effort"}}
        return seen

    # -- what it answers

    def _content(self, said: Said, seen: Seen) -> list:
        blocks = []
        if said.is_redacted:
            blocks.append({"type": "redacted_thinking", "data": mint("redacted")})
        elif said.thought:
            blocks.append({"type": "thinking", "thinking": said.whole_thought, "signature": mint("thinking", said.whole_thought)})
        if said.text or said.refusal:
            blocks.append({"type": "text", "text": said.whole_text or said.refusal})
            if said.citations:
                blocks[-1]["citations"] = [_citation(citation) for citation in said.citations]
        signatures = [block.get("signature") or block.get("data") for block in blocks if "thinking" in block["type"]]
        for at, call in enumerate(said.calls):
            made = call.id or new_id("toolu_01", call.name, call.arguments, at, len(seen.parts))
            self.thought_of[made] = signatures
            blocks.append({"type": "tool_use", "id": made, "name": call.name, "input": call.arguments})
        return blocks

    def answer(self, said: Said, seen: Seen) -> dict:
        return {**_message(said, seen), "content": self._content(said, seen), **_stop(said), "usage": _usage(said)}

    def events(self, said: Said, seen: Seen) -> list[bytes]:
        begin = _message(said, seen)
        begin["usage"] = {**_usage(said), "output_tokens": 1}
        begin["usage"].pop("output_tokens_details", None)
        found = [_event("message_start", message=begin), _event("ping")]
        for index, block in enumerate(self._content(said, seen)):
            found += _block_events(index, block, said)
        usage = {key: value for key, value in _usage(said).items() if key not in ("cache_creation", "service_tier")}
        return found + [_event("message_delta", delta=_stop(said), usage=usage), _event("message_stop")]

    def error(self, refused: Refused):
        headers = []
        message = refused.message
        if refused.retry_after is not None and refused.retry_in == "header":
            headers.append(("retry-after", f"{refused.retry_after:g}"))
        if refused.retry_after is not None and refused.retry_in == "body":  # here: the rate limit's own header
            at = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=refused.retry_after)
            headers.append(("anthropic-ratelimit-requests-reset", at.strftime("%Y-%m-%dT%H:%M:%SZ")))
        kind = refused.kind or KINDS.get(refused.status, "api_error")
        return {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_011CQquokka"}, headers

    def error_events(self, breaks, sent) -> list[bytes]:
        kind = KINDS.get(breaks.status, "api_error")
        return [_event("error", error={"details": None, "type": kind, "message": breaks.message}, request_id="req_011CQquokka")]


# What a model's name decides; [doc of October 2026]
def _may(model: str, what: str) -> bool:
    old = re.search(r"claude-(3|(opus|sonnet|haiku)-4(-[015]\b|-2025|$))|claude-[\w-]*4-5", model) is not None
    middle = re.search(r"-4-6", model) is not None
    if what == "prefill":
        return old
    if what == "sampling":
        return old or middle
    if what == "budget":
        return old or middle
    if what == "adaptive":
        return not old
    if what == "force":
        return re.search(r"fable|mythos|(opus|sonnet)-5-5", model) is None
    raise KeyError(what)


def _check_settings(body):
    model, thinking = body["model"], body.get("thinking") or {}
    sampling = [name for name in ("temperature", "top_p", "top_k") if name in body]
    if sampling and not _may(model, "sampling"):
        _refuse(f"`{sampling[0]}` is not supported for this model.")
    if "temperature" in body and "top_p" in body:
        _refuse("`temperature` and `top_p` cannot both be specified for this model. Please use only one.")
    forced = (body.get("tool_choice") or {}).get("type") in ("any", "tool")
    if forced and not _may(model, "force"):
        _refuse("tool_choice: forced tool use is not supported for this model.")
    if thinking.get("type") == "enabled":
        if not _may(model, "budget"):
            _refuse("thinking.type: `enabled` is not supported for this model. Use `adaptive`.")
        if thinking["budget_tokens"] < 1024:
            _refuse("thinking.enabled.budget_tokens: Input should be greater than or equal to 1024")
        if thinking["budget_tokens"] >= body["max_tokens"]:
            _refuse("`max_tokens` must be greater than `thinking.budget_tokens`.")
        if body.get("temperature", 1) != 1:
            _refuse("`temperature` may only be set to 1 when thinking is enabled.")
        if forced:
            _refuse("Thinking may not be enabled when tool_choice forces tool use.")
    if thinking.get("type") == "adaptive" and not _may(model, "adaptive"):
        _refuse("thinking.type: `adaptive` is not supported for this model.")
    for sequence in body.get("stop_sequences", []):
        if not sequence.strip():
            _refuse("stop_sequences: each stop sequence must contain non-whitespace")
    form = (body.get("output_config") or {}).get("format")
    for node in checks.every_object(form["schema"]) if form else []:
        if node.get("additionalProperties") is not False:
            _refuse("output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly set to false")
    for word in ("minimum", "maximum", "minLength", "maxLength", "pattern", "oneOf") if form else []:
        if f'"{word}":' in json.dumps(form["schema"]):
            _refuse(f"output_config.format.schema: property '{word}' is not supported")


def _check_tools(body):
    tools = body.get("tools", [])
    names = [tool["name"] for tool in tools]
    if len(set(names)) != len(names):
        _refuse("tools: Tool names must be unique.")
    for at, tool in enumerate(tools):
        if not re.fullmatch(r"[a-zA-Z0-9_-]{1,128}", tool["name"]):
            _refuse(f"tools.{at}.custom.name: String should match pattern '^[a-zA-Z0-9_-]{{1,128}}$'")
    choice = body.get("tool_choice")
    if choice and not tools:
        _refuse("tool_choice: may only be specified while providing tools.")
    if choice and choice["type"] == "tool" and choice["name"] not in names:
        _refuse(f"Tool '{choice['name']}' not found in provided tools")
    used = any(block["type"] in ("tool_use", "tool_result") for m in body["messages"] for block in _blocks(m["content"]))
    if used and not tools:
        _refuse("Requests which include `tool_use` or `tool_result` blocks must define tools")


def _check_cache_marks(body):
    marks = json.dumps(body).count('"cache_control": {')
    if marks > 4:
        _refuse(f"A maximum of 4 blocks with cache_control may be provided. Found {marks}.")


def _check_user(at, blocks, waiting) -> list:
    answered, others = [], False
    for index, block in enumerate(blocks):
        if block["type"] != "tool_result":
            others = True
        elif others:
            _refuse(_unanswered(at - 1, waiting) if waiting else f"messages.{at}: `tool_result` blocks must come first")
        elif block["tool_use_id"] not in waiting:
            _refuse(f"messages.{at}.content.{index}: unexpected `tool_use_id` found in `tool_result` blocks: {block['tool_use_id']}. "
                    "Each `tool_result` block must have a corresponding `tool_use` block in the previous message.")
        elif block["tool_use_id"] in answered:
            _refuse(f"messages.{at}.content.{index}: each tool_use must have a single result. Found multiple `tool_result` blocks "
                    f"with id: {block['tool_use_id']}")
        else:
            answered.append(block["tool_use_id"])
    missing = [made for made in waiting if made not in answered]
    if missing:
        _refuse(_unanswered(at - 1, missing))
    return []


def _unanswered(at, ids) -> str:
    return (f"messages.{at}: `tool_use` ids were found without `tool_result` blocks immediately after: {', '.join(ids)}. Each "
            "`tool_use` block must have a corresponding `tool_result` block in the next message.")


def _check_block(where, block):
    kind = block["type"]
    if kind == "text" and not block["text"]:
        _refuse("messages: text content blocks must be non-empty")
    if kind == "text" and not block["text"].strip():
        _refuse("messages: text content blocks must contain non-whitespace text")
    if kind == "tool_use" and not ID.fullmatch(block["id"]):
        _refuse(f"{where}.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'")
    if kind in ("image", "document") and block["source"]["type"] == "base64":
        source = block["source"]
        if media_type_of(source["data"]) != source["media_type"]:
            _refuse(f"{where}.{kind}.source.base64: The file was specified using the {source['media_type']} media type, but does not "
                    "appear to be a valid one")
    if kind == "tool_result":
        for index, inner in enumerate(_blocks(block.get("content", []))):
            _check_block(f"{where}.tool_result.content.{index}", inner)


def _blocks(content) -> list:
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


def _part(role, block, names) -> Part:
    kind = block["type"]
    if kind == "text":
        return Part(role, "text", block["text"])
    if kind in ("image", "document"):
        source = block["source"]
        return Part(role, kind, (source.get("media_type"), source.get("data") or source.get("url")))
    if kind in ("thinking", "redacted_thinking"):
        return Part(role, "thought", block.get("thinking", ""))
    if kind == "tool_use":
        names[block["id"]] = block["name"]
        return Part(role, "call", {"id": block["id"], "name": block["name"], "arguments": block["input"]})
    if kind == "tool_result":
        inner = [_part(role, one, names) for one in _blocks(block.get("content", []))]
        return Part(role, "result", {
            "id": block["tool_use_id"], "name": names.get(block["tool_use_id"]), "is_error": block.get("is_error", False),
            "text": "".join(part.value for part in inner if part.kind == "text"),
            "images": [part.value for part in inner if part.kind == "image"]})
    return Part(role, kind, block)


def _message(said, seen) -> dict:
    return {"id": new_id("msg_01", seen.model, len(seen.parts)), "type": "message", "role": "assistant", "model": seen.model,
            "content": [], "stop_reason": None, "stop_sequence": None, "stop_details": None, "container": None,
            "diagnostics": None}


def _stop(said) -> dict:
    reason = "tool_use" if said.calls else "refusal" if said.refusal else STOPS[said.finish]
    details = {"type": "refusal", "category": None, "explanation": said.refusal or None} if reason == "refusal" else None
    return {"stop_reason": reason, "stop_sequence": None, "stop_details": details, "container": None}


def _usage(said) -> dict:
    usage = said.usage
    return {"input_tokens": usage.prompt - usage.cached - usage.written, "cache_creation_input_tokens": usage.written,
            "cache_read_input_tokens": usage.cached,
            "cache_creation": {"ephemeral_5m_input_tokens": usage.written, "ephemeral_1h_input_tokens": 0},
            "output_tokens": usage.completion, "output_tokens_details": {"thinking_tokens": usage.thinking},
            "service_tier": "standard"}


def _citation(citation) -> dict:
    return {"type": "web_search_result_location", "url": citation.url, "title": citation.title, "cited_text": citation.text,
            "encrypted_index": mint("index")}


def _block_events(index, block, said) -> list[bytes]:
    kind = block["type"]
    empty = {"text": {"type": "text", "text": ""}, "thinking": {"type": "thinking", "thinking": "", "signature": ""},
             "tool_use": {**block, "input": {}}}.get(kind, block)
    deltas = []
    if kind == "text":
        deltas = [{"type": "text_delta", "text": piece} for piece in said.text or (said.refusal,)]
        deltas += [{"type": "citations_delta", "citation": _citation(citation)} for citation in said.citations]
    if kind == "thinking":
        deltas = [{"type": "thinking_delta", "thinking": piece} for piece in said.thought]
        deltas.append({"type": "signature_delta", "signature": block["signature"]})
    if kind == "tool_use":  # without arguments there is one empty fragment and no more
        text = json.dumps(block["input"], ensure_ascii=False) if block["input"] else ""
        deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in ["", *checks.fragments(text)]]
    found = [_event("content_block_start", index=index, content_block=empty)]
    found += [_event("content_block_delta", index=index, delta=delta) for delta in deltas]
    return found + [_event("content_block_stop", index=index)]


def _event(kind, **members) -> bytes:
    return b"event: " + kind.encode() + b"\ndata: " + json.dumps({"type": kind, **members}, ensure_ascii=False).encode() + b"\n\n"

"""The official SDKs for Python: openai (both APIs), anthropic, google-genai."""

import json

import anthropic
import openai
from google import genai
from google.genai import types as genai_types

ROUNDS = 4


class Left(Exception):
    """We were told to leave in mid-stream."""


class _Client:
    """Holds a conversation round by round; a subclass says how one round is asked in its dialect."""

    def converse(self, spec: dict) -> dict:
        self.spec = spec
        self.rounds = []
        self.turns = self.begin(spec)
        try:
            for _ in range(ROUNDS):
                found = dict(text="", thought="", calls=[], finish=None, usage=None, model=None)
                self.rounds.append(found)
                native = self.stream(found) if spec.get("stream") else self.whole(found)
                if not found["calls"] or spec.get("one_round"):
                    break
                self.turns += self.replay(native, found["calls"])
        except Left:
            pass
        except Exception as error:  # what each SDK raises is its own
            return {"rounds": self.rounds, "error": self.described(error)}
        return {"rounds": self.rounds, "error": None}

    def heard(self, found: dict, kind: str, text: str | None):
        if text:
            found[kind] += text
            if self.spec.get("abort") and found["text"]:
                self.abort()
                raise Left

    def result_of(self, call: dict) -> str:
        return self.spec["results"][call["name"]]

    def described(self, error) -> dict:
        body = getattr(error, "body", None) if isinstance(getattr(error, "body", None), dict) else {}
        headers = dict(error.response.headers) if getattr(error, "response", None) is not None else {}
        inner = body.get("error") if isinstance(body.get("error"), dict) else body
        return {"status": getattr(error, "status_code", None), "message": str(error), "name": type(error).__name__,
                "code": inner.get("code") or inner.get("type"), "retry_after": headers.get("retry-after")}


class Chat(_Client):
    dialect = "openai_chat"

    def __init__(self, url, key):
        self.sdk = openai.OpenAI(api_key=key, base_url=url + "/v1", max_retries=0, timeout=30)

    def close(self):
        self.sdk.close()

    def begin(self, spec) -> list:
        content = spec["user"]
        if spec.get("image"):
            url = "data:image/png;base64," + spec["image"]
            content = [{"type": "text", "text": content}, {"type": "image_url", "image_url": {"url": url}}]
        system = [{"role": "system", "content": spec["system"]}] if spec.get("system") else []
        return system + [{"role": "user", "content": content}]

    def asked(self) -> dict:
        spec = self.spec
        asked = {"model": spec["model"], "messages": self.turns, "max_completion_tokens": spec.get("max_tokens")}
        asked["tools"] = [{"type": "function", "function": {"name": tool["name"], "description": tool["description"],
                                                            "parameters": tool["schema"]}} for tool in spec.get("tools", [])]
        if spec.get("schema"):
            about = {"name": "answer", "schema": spec["schema"], "strict": True}
            asked["response_format"] = {"type": "json_schema", "json_schema": about}
        asked["reasoning_effort"] = spec.get("effort")
        return {key: value for key, value in asked.items() if value}

    def whole(self, found):
        return self.read(self.sdk.chat.completions.create(**self.asked()), found)

    def stream(self, found):
        with self.sdk.chat.completions.stream(**self.asked(), stream_options={"include_usage": True}) as stream:
            self.abort = stream.close
            usage = None
            try:
                for event in stream:
                    if event.type == "chunk":
                        usage = event.chunk.usage or usage
                        for choice in event.chunk.choices:
                            self.heard(found, "text", choice.delta.content)
            except (openai.LengthFinishReasonError, openai.ContentFilterFinishReasonError):
                for chunk in stream._raw_stream:  # the helper ends with them, and the usage comes later
                    usage = chunk.usage or usage
            answer = stream.current_completion_snapshot
            answer.usage = usage
            return self.read(answer, found)

    def read(self, answer, found):
        choice = answer.choices[0]
        message = choice.message
        found["text"] = message.content or getattr(message, "refusal", None) or ""
        found["thought"] = getattr(message, "reasoning_content", None) or ""
        found["calls"] = [{"id": call.id, "name": call.function.name, "arguments": json.loads(call.function.arguments)}
                          for call in message.tool_calls or []]
        found["finish"] = {"tool_calls": "calls", "content_filter": "filter"}.get(choice.finish_reason, choice.finish_reason)
        found["model"] = answer.model
        usage = answer.usage.model_dump() if answer.usage else {}
        prompt, completion = usage.get("prompt_tokens_details") or {}, usage.get("completion_tokens_details") or {}
        found["usage"] = {"prompt": usage.get("prompt_tokens"), "completion": usage.get("completion_tokens"),
                          "cached": prompt.get("cached_tokens"), "written": prompt.get("cache_write_tokens"),
                          "thinking": completion.get("reasoning_tokens"), "total": usage.get("total_tokens")}
        return message

    def replay(self, message, calls) -> list:
        turn = message.model_dump(exclude_none=True, exclude={"parsed", "annotations"})
        for call in turn["tool_calls"]:
            call["function"].pop("parsed_arguments", None)
            call.pop("index", None)
        if self.spec.get("bare"):
            turn = {"role": "assistant", "content": message.content, "tool_calls": [
                {"id": call["id"], "type": "function", "function": {"name": call["function"]["name"], "arguments": call["function"]["arguments"]}}
                for call in turn["tool_calls"]]}
        return [turn] + [{"role": "tool", "tool_call_id": call["id"], "content": self.result_of(call)} for call in calls]


class Responses(_Client):
    dialect = "openai_responses"

    def __init__(self, url, key):
        self.sdk = openai.OpenAI(api_key=key, base_url=url + "/v1", max_retries=0, timeout=30)

    def close(self):
        self.sdk.close()

    def begin(self, spec) -> list:
        content = [{"type": "input_text", "text": spec["user"]}]
        if spec.get("image"):
            content.append({"type": "input_image", "image_url": "data:image/png;base64," + spec["image"], "detail": "auto"})
        return [{"role": "user", "content": content}]

    def asked(self) -> dict:
        spec = self.spec
        asked = {"model": spec["model"], "input": self.turns, "max_output_tokens": spec.get("max_tokens"),
                 "instructions": spec.get("system"), "include": ["reasoning.encrypted_content"]}
        asked["tools"] = [{"type": "function", "name": tool["name"], "description": tool["description"], "parameters": tool["schema"],
                           "strict": False} for tool in spec.get("tools", [])]
        if spec.get("schema"):
            asked["text"] = {"format": {"type": "json_schema", "name": "answer", "schema": spec["schema"], "strict": True}}
        if spec.get("effort"):
            asked["reasoning"] = {"effort": spec["effort"], "summary": "auto"}
        return {"store": False, **{key: value for key, value in asked.items() if value}}

    def whole(self, found):
        return self.read(self.sdk.responses.create(**self.asked()), found)

    def stream(self, found):
        with self.sdk.responses.stream(**self.asked()) as stream:
            self.abort = stream.close
            final = None
            for event in stream:
                if event.type == "response.output_text.delta":
                    self.heard(found, "text", event.delta)
                if event.type in ("response.completed", "response.incomplete"):
                    final = event.response
                if event.type == "response.failed":
                    raise openai.APIError(event.response.error.message, request=None, body={"code": event.response.error.code})
            if final is None:
                raise openai.APIError("the stream ended without its response", request=None, body=None)
            found["text"] = ""
            return self.read(final, found)

    def read(self, answer, found):
        for item in answer.output:
            if item.type == "message":
                found["text"] += "".join(part.text if part.type == "output_text" else part.refusal for part in item.content)
            if item.type == "reasoning":
                found["thought"] += "".join(part.text for part in item.summary)
            if item.type == "function_call":
                found["calls"].append({"id": item.call_id, "name": item.name, "arguments": json.loads(item.arguments)})
        reason = answer.incomplete_details.reason if answer.incomplete_details else None
        found["finish"] = {"max_output_tokens": "length", "content_filter": "filter"}.get(reason, "calls" if found["calls"] else "stop")
        found["model"] = answer.model
        usage = answer.usage
        found["usage"] = {"prompt": usage.input_tokens, "completion": usage.output_tokens, "cached": usage.input_tokens_details.cached_tokens,
                          "written": usage.input_tokens_details.cache_write_tokens,
                          "thinking": usage.output_tokens_details.reasoning_tokens, "total": usage.total_tokens}
        return answer.output

    def replay(self, output, calls) -> list:
        items = [item.model_dump(exclude_none=True, exclude={"parsed_arguments"}) for item in output]
        for item in items:
            for part in item.get("content") or []:
                part.pop("parsed", None)
        return items + [{"type": "function_call_output", "call_id": call["id"], "output": self.result_of(call)} for call in calls]


class Messages(_Client):
    dialect = "anthropic_messages"

    def __init__(self, url, key):
        self.sdk = anthropic.Anthropic(api_key=key, base_url=url, max_retries=0, timeout=30)

    def close(self):
        self.sdk.close()

    def begin(self, spec) -> list:
        content = [{"type": "text", "text": spec["user"]}]
        if spec.get("image"):
            content.insert(0, {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": spec["image"]}})
        return [{"role": "user", "content": content}]

    def asked(self) -> dict:
        spec = self.spec
        asked = {"model": spec["model"], "messages": self.turns, "max_tokens": spec.get("max_tokens") or 8192, "system": spec.get("system")}
        asked["tools"] = [{"name": tool["name"], "description": tool["description"], "input_schema": tool["schema"]}
                          for tool in spec.get("tools", [])]
        if spec.get("schema"):
            asked["output_config"] = {"format": {"type": "json_schema", "schema": spec["schema"]}}
        if spec.get("effort"):
            asked["thinking"] = {"type": "enabled", "budget_tokens": 2048}
        return {key: value for key, value in asked.items() if value}

    def whole(self, found):
        return self.read(self.sdk.messages.create(**self.asked()), found)

    def stream(self, found):
        with self.sdk.messages.stream(**self.asked()) as stream:
            self.abort = stream.close
            for event in stream:
                if event.type == "text":
                    self.heard(found, "text", event.text)
            final = stream.get_final_message()
        found["text"] = ""
        return self.read(final, found)

    def read(self, answer, found):
        for block in answer.content:
            if block.type == "text":
                found["text"] += block.text
            if block.type == "thinking":
                found["thought"] += block.thinking
            if block.type == "tool_use":
                found["calls"].append({"id": block.id, "name": block.name, "arguments": block.input})
        found["finish"] = {"end_turn": "stop", "max_tokens": "length", "model_context_window_exceeded": "length", "tool_use": "calls",
                           "refusal": "filter"}.get(
            answer.stop_reason, answer.stop_reason)
        found["model"] = answer.model
        usage = answer.usage
        read, written = usage.cache_read_input_tokens or 0, usage.cache_creation_input_tokens or 0
        details = getattr(usage, "output_tokens_details", None)
        prompt = usage.input_tokens + read + written
        found["usage"] = {"prompt": prompt, "completion": usage.output_tokens, "cached": read, "written": written,
                          "thinking": details.thinking_tokens if details else None, "total": prompt + usage.output_tokens}
        return answer.content

    def replay(self, content, calls) -> list:
        blocks = [block.model_dump(exclude_none=True, exclude={"parsed_output", "caller", "citations"}) for block in content]
        results = [{"type": "tool_result", "tool_use_id": call["id"], "content": self.result_of(call)} for call in calls]
        return [{"role": "assistant", "content": blocks}, {"role": "user", "content": results}]


class Gemini(_Client):
    dialect = "gemini"

    def __init__(self, url, key):
        self.sdk = genai.Client(api_key=key, http_options=genai_types.HttpOptions(base_url=url, timeout=30_000))

    def close(self):
        self.sdk.close()

    def begin(self, spec) -> list:
        parts = [{"text": spec["user"]}]
        if spec.get("image"):
            parts.append({"inline_data": {"mime_type": "image/png", "data": spec["image"]}})
        return [genai_types.Content.model_validate({"role": "user", "parts": parts})]

    def asked(self) -> dict:
        spec = self.spec
        config = {"system_instruction": spec.get("system"), "max_output_tokens": spec.get("max_tokens"),
                  "automatic_function_calling": {"disable": True}}
        if spec.get("tools"):
            config["tools"] = [{"function_declarations": [
                {"name": tool["name"], "description": tool["description"], "parameters_json_schema": tool["schema"]}
                for tool in spec["tools"]]}]
        if spec.get("schema"):
            config |= {"response_mime_type": "application/json", "response_json_schema": spec["schema"]}
        if spec.get("effort"):
            config["thinking_config"] = {"thinking_level": spec["effort"], "include_thoughts": True}
        return {"model": spec["model"], "contents": self.turns, "config": {k: v for k, v in config.items() if v is not None}}

    def whole(self, found):
        answer = self.sdk.models.generate_content(**self.asked())
        parts = []
        self.read(answer, found, parts)
        return parts

    def stream(self, found):
        parts = []
        stream = self.sdk.models.generate_content_stream(**self.asked())
        self.abort = stream.close
        for chunk in stream:
            self.read(chunk, found, parts)
        if not found["finish"]:
            raise ValueError("the stream ended without a finishReason")
        return parts

    def read(self, answer, found, parts):
        usage = answer.usage_metadata
        found["model"] = answer.model_version
        if usage:
            thinking = usage.thoughts_token_count
            found["usage"] = {"prompt": (usage.prompt_token_count or 0) + (usage.tool_use_prompt_token_count or 0),
                              "completion": (usage.candidates_token_count or 0) + (thinking or 0),
                              "cached": usage.cached_content_token_count, "written": None, "thinking": thinking,
                              "total": usage.total_token_count}
        if answer.prompt_feedback and answer.prompt_feedback.block_reason:
            found["finish"] = "filter"
        for candidate in answer.candidates or []:
            for part in (candidate.content.parts if candidate.content else None) or []:
                parts.append(part)
                if part.function_call:
                    call = part.function_call
                    found["calls"].append({"id": call.id, "name": call.name, "arguments": call.args or {}})
                elif part.text:
                    self.heard(found, "thought" if part.thought else "text", part.text)
            if candidate.finish_reason:
                reason = candidate.finish_reason.value
                found["finish"] = {"MAX_TOKENS": "length", "STOP": "calls" if found["calls"] else "stop"}.get(reason, "filter")

    def replay(self, parts, calls) -> list:
        parts = [part for part in parts if not part.thought]
        if self.spec.get("bare"):
            parts = [part.model_copy(update={"thought_signature": None}) for part in parts]
            parts = [part for part in parts if part.text or part.function_call]
        responses = [genai_types.Part(function_response=genai_types.FunctionResponse(
            id=call["id"], name=call["name"], response={"output": self.result_of(call)})) for call in calls]
        return [genai_types.Content(role="model", parts=parts), genai_types.Content(role="user", parts=responses)]

    def described(self, error) -> dict:
        return {"status": getattr(error, "code", None), "message": str(error), "name": type(error).__name__,
                "code": getattr(error, "status", None), "retry_after": None}


CLIENTS = {"python chat": Chat, "python responses": Responses, "python messages": Messages, "python gemini": Gemini}

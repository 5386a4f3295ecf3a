"""Google's Gemini API, as strict as the real one, with its own words for what is wrong."""

import base64
import json
import re

from fakes import checks
from fakes.truth import Part, Refused, Said, Seen, media_type_of, mint, new_id
from grammar import schemas

STATUS = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 429: "RESOURCE_EXHAUSTED",
          499: "CANCELLED", 500: "INTERNAL", 503: "UNAVAILABLE", 504: "DEADLINE_EXCEEDED", 529: "UNAVAILABLE"}
FINISHES = {"stop": "STOP", "length": "MAX_TOKENS", "filter": "SAFETY"}
CONTENT = ("text", "inlineData", "fileData", "functionCall", "functionResponse", "executableCode", "codeExecutionResult",
           "toolCall", "toolResponse")
SUBSET = {"type", "format", "title", "description", "nullable", "enum", "items", "minItems", "maxItems", "properties", "required",
          "propertyOrdering", "minProperties", "maxProperties", "minLength", "maxLength", "pattern", "minimum", "maximum", "anyOf",
          "default", "example"}
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.:-]{0,63}")


def _refuse(message: str):
    raise Refused(400, message)


class Gemini:
    name = "gemini"

    def __init__(self):
        self.gives_ids = False  # newer models name their calls
        self.takes_snake_case = False  # the real one does; what the router sends shall be better

    def headers(self):
        return [("Server-Timing", "gfet4t7; dur=321"), ("X-Content-Type-Options", "nosniff")]

    # -- what it is sent

    def answers_other(self, call) -> bool:
        if call.path.endswith(":countTokens"):
            call.whole(b'{"totalTokens":1201}', headers=self.headers())
            return True
        return False

    def read(self, call) -> Seen:
        found = re.fullmatch(r"/v1(beta)?/models/([^:]+):(generateContent|streamGenerateContent)", call.path)
        if call.method != "POST" or not found:
            raise Refused(404, "Requested entity was not found.")
        if not call.header("x-goog-api-key"):
            raise Refused(403, "Method doesn't allow unregistered callers (callers without established identity).")
        streaming = found[3] == "streamGenerateContent"
        if streaming and "alt=sse" not in call.target:
            _refuse("this fake streams with alt=sse only")
        body = checks.as_json(call)
        if self.takes_snake_case:
            body = _in_camel_case(body)
        for problem in schemas.problems("gemini request", body):
            _refuse(f"Invalid JSON payload received. {problem}")
        _check_settings(found[2], body)
        _check_tools(body)
        _check_contents(found[2], body)
        return _seen(found[2], streaming, body, call)

    # -- what it answers

    def _parts(self, said: Said, seen: Seen) -> list:
        parts = [{"text": piece, "thought": True} for piece in said.thought]
        parts += [{"text": piece} for piece in said.text]
        proof = mint("gemini", said.whole_thought)
        for at, call in enumerate(said.calls):
            made = {"id": call.id or new_id("", call.name, at, len(seen.parts), length=8)} if self.gives_ids else {}
            part = {"functionCall": {"name": call.name, "args": call.arguments, **made}}
            if at == 0 and _signs(seen.model):
                part["thoughtSignature"] = proof
            parts.append(part)
        if said.thought and not said.calls:
            parts.append({"text": "", "thoughtSignature": proof})
        return parts

    def answer(self, said: Said, seen: Seen) -> dict:
        if said.refusal:
            return self._blocked(said, seen)
        parts = _joined(self._parts(said, seen))
        content = {"parts": parts, "role": "model"} if parts else {"role": "model"}
        return {"candidates": [_finished({"content": content, "index": 0}, said)], **_outside(said, seen)}

    def _blocked(self, said, seen) -> dict:
        usage = {"promptTokenCount": said.usage.prompt, "totalTokenCount": said.usage.prompt}
        return {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "usageMetadata": usage, "modelVersion": seen.model,
                "responseId": new_id("", seen.model, length=22)}

    def events(self, said: Said, seen: Seen) -> list[bytes]:
        if said.refusal:
            return [_event(self._blocked(said, seen))]
        around = _outside(said, seen)
        found = [{"candidates": [{"content": {"parts": [part], "role": "model"}, "index": 0}], **around,
                  "usageMetadata": {**around["usageMetadata"], "candidatesTokenCount": 1}} for part in self._parts(said, seen)]
        if not found or said.calls:
            found.append({"candidates": [{"content": {"parts": [{"text": ""}], "role": "model"}, "index": 0}], **around})
        found[-1]["candidates"] = [_finished(found[-1]["candidates"][0], said)]
        found[-1]["usageMetadata"] = around["usageMetadata"]
        return [_event(one) for one in found]

    def error(self, refused: Refused):
        details, headers, message = [], [], refused.message
        if refused.retry_after is not None and refused.retry_in != "header":
            details.append({"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": f"{refused.retry_after:g}s"})
            details.append({"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [
                {"quotaMetric": "generativelanguage.googleapis.com/generate_requests", "quotaId": "PerMinute"}]})
        elif refused.retry_after is not None:
            headers.append(("retry-after", f"{refused.retry_after:g}"))
        error = {"code": refused.status, "message": message, "status": refused.kind or STATUS.get(refused.status, "UNKNOWN")}
        return {"error": {**error, **({"details": details} if details else {})}}, headers

    def error_events(self, breaks, sent) -> list[bytes]:
        status = 503 if breaks.status == 529 else breaks.status
        return [_event({"error": {"code": status, "message": breaks.message, "status": STATUS.get(status, "UNKNOWN")}})]


def _signs(model: str) -> bool:
    return "gemini-3" in model


def _in_camel_case(value, name=""):
    if isinstance(value, list):
        return [_in_camel_case(item, name) for item in value]
    if not isinstance(value, dict) or name in ("args", "response", "parametersJsonSchema", "responseJsonSchema", "properties"):
        return value
    renamed = {re.sub(r"_([a-z])", lambda found: found[1].upper(), key): item for key, item in value.items()}
    return {key: _in_camel_case(item, key) for key, item in renamed.items()}


def _check_settings(model, body):
    settings = body.get("generationConfig", {})
    thinking = settings.get("thinkingConfig", {})
    if "thinkingLevel" in thinking and "thinkingBudget" in thinking:
        _refuse("You can only set only one of thinking budget and thinking level.")
    if "thinkingLevel" in thinking and "gemini-2" in model:
        _refuse("Thinking level is not supported for this model.")
    if thinking.get("thinkingBudget") == 0 and re.search(r"2\.5-pro|gemini-3", model):
        _refuse("Budget 0 is invalid. This model only works in thinking mode.")
    if len(settings.get("stopSequences", [])) > 5:
        _refuse("The number of stop sequences must be at most 5.")
    if not 0 <= settings.get("temperature", 1) <= 2:
        _refuse("temperature must be in the range [0.0, 2.0].")
    if "responseSchema" in settings and "responseJsonSchema" in settings:
        _refuse("response_json_schema must be omitted when response_schema is set")
    if ("responseSchema" in settings or "responseJsonSchema" in settings) and settings.get("responseMimeType") != "application/json":
        _refuse("Function calling with a response mime type: response_schema requires application/json")
    if "responseSchema" in settings:
        _check_subset(settings["responseSchema"], "generation_config.response_schema")


def _check_tools(body):
    names = []
    for tool in body.get("tools", []):
        if not tool:
            _refuse("* GenerateContentRequest.tools[0].tool_type: required one_of 'tool_type' must have one initialized field")
        for at, function in enumerate(tool.get("functionDeclarations", [])):
            where = f"* GenerateContentRequest.tools[0].function_declarations[{at}]"
            if not NAME.fullmatch(function.get("name", "")):
                _refuse(f"{where}.name: Invalid function name. Must start with a letter or an underscore.")
            if "parameters" in function and "parametersJsonSchema" in function:
                _refuse(f"{where}: parameters and parameters_json_schema are mutually exclusive")
            if "parameters" in function:
                _check_subset(function["parameters"], where + ".parameters")
            if function["name"] in names:
                _refuse(f"Duplicate function declaration found: {function['name']}")
            names.append(function["name"])
    calling = body.get("toolConfig", {}).get("functionCallingConfig", {})
    for name in calling.get("allowedFunctionNames", []):
        if calling.get("mode") not in ("ANY", "VALIDATED"):
            _refuse("allowed_function_names should only be set when the mode is ANY or VALIDATED")
        if name not in names:
            _refuse(f"{name} in allowed_function_names is not among the declared functions")


def _check_subset(schema, where):
    for key, value in schema.items():
        if key not in SUBSET:
            _refuse(f'Invalid JSON payload received. Unknown name "{key}" at \'{where}\': Cannot find field.')
        if key == "properties":
            for name, inner in value.items():
                _check_subset(inner, f"{where}.properties[{name}]")
        if key == "items":
            _check_subset(value, f"{where}.items")
    if schema.get("type", "").upper() == "OBJECT" and not schema.get("properties"):
        _refuse(f"* {where}.properties: should be non-empty for OBJECT type")


def _check_contents(model, body):
    contents = body.get("contents") or _refuse("* GenerateContentRequest.contents: contents is not specified")
    calls = []  # of the turn before
    for at, content in enumerate(contents):
        parts = content.get("parts")
        if not parts:
            _refuse(f"* GenerateContentRequest.contents[{at}].parts: contents.parts must not be empty.")
        if content.get("role", "user") not in ("user", "model"):
            _refuse("Please use a valid role: user, model.")
        for index, part in enumerate(parts):
            _check_part(f"contents[{at}].parts[{index}]", part)
            if part == {"text": ""} and content.get("role", "user") == "user":
                _refuse("Unable to submit request because it has an empty text parameter. Add a value to the parameter and try again.")
        responses = [part["functionResponse"] for part in parts if "functionResponse" in part]
        if calls or responses:
            _check_responses(calls, responses)
        calls = [part["functionCall"] for part in parts if "functionCall" in part]
        if calls and (at == 0 or contents[at - 1].get("role", "user") != "user"):
            _refuse("Please ensure that function call turn comes immediately after a user turn or after a function response turn.")
    if calls:
        _refuse("Please ensure that the number of function response parts is equal to the number of function call parts of the "
                "function call turn.")
    if contents[0].get("role", "user") != "user":
        _refuse("Please ensure that multiturn requests start with a user turn.")
    if _signs(model):
        _check_signatures(contents)


def _check_part(where, part):
    content = [name for name in CONTENT if name in part]
    if len(content) != 1:
        _refuse(f"{where}.data: required oneof field 'data' must have one initialized field")
    for blob in [part.get("inlineData")] + (part.get("functionResponse") or {}).get("parts", []):
        blob = (blob or {}).get("inlineData", blob)
        if blob and media_type_of(blob["data"]) not in ("", blob["mimeType"]):
            _refuse("Unable to process input image. Please retry or report in https://developers.generativeai.google/guide/troubleshooting")


def _check_responses(calls, responses):
    if len(calls) != len(responses):
        _refuse("Please ensure that the number of function response parts is equal to the number of function call parts of the "
                "function call turn.")
    for call, response in zip(calls, responses):
        if call["name"] != response.get("name"):
            _refuse(f"Function response {response.get('name')} does not answer the call of {call['name']}.")
        if not isinstance(response.get("response"), dict):
            _refuse("function_response.response: must be an object")
        if call.get("id") != response.get("id"):
            _refuse(f"Function response id {response.get('id')} does not match the call's {call.get('id')}.")


def _check_signatures(contents):
    """The first call of each step since the last words of the user must carry its proof."""
    last = max(at for at, content in enumerate(contents) if content.get("role", "user") == "user"
               and any("functionResponse" not in part for part in content["parts"]))
    for at, content in enumerate(contents):
        for index, part in enumerate(content["parts"]):
            signature = part.get("thoughtSignature")
            if signature is not None and signature != "skip_thought_signature_validator" and not _is_ours(signature):
                _refuse("Corrupted thought signature.")
        first = next((part for part in content["parts"] if "functionCall" in part), None)
        if at > last and first and not first.get("thoughtSignature"):
            _refuse("Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, "
                    "and missing thought_signature may lead to degraded model performance. Additional data, function call "
                    f"`default_api:{first['functionCall']['name']}` , position {at + 1}. Please refer to "
                    "https://ai.google.dev/gemini-api/docs/thought-signatures for more details.")


def _is_ours(signature) -> bool:
    try:
        return base64.b64decode(_standard(signature), validate=True)[1:].startswith(b"gemini")
    except ValueError:
        return False


def _standard(signature: str) -> str:
    """Google's client for Python writes the URL's alphabet."""
    return signature.translate(str.maketrans("-_", "+/"))


def _seen(model, streaming, body, call) -> Seen:
    settings = body.get("generationConfig", {})
    seen = Seen("gemini", model, streaming, body=body, headers=call.headers)
    for part in body.get("systemInstruction", {}).get("parts", []):
        seen.parts.append(Part("system", "text", part["text"]))
    for content in body["contents"]:
        role = {"model": "assistant"}.get(content.get("role"), "user")
        for part in content["parts"]:
            seen.parts.append(_part(role, part))
            if part.get("thoughtSignature"):
                seen.signatures.append(part["thoughtSignature"])
    for tool in body.get("tools", []):
        for function in tool.get("functionDeclarations", []):
            seen.tools[function["name"]] = function.get("parametersJsonSchema") or function.get("parameters")
    calling = body.get("toolConfig", {}).get("functionCallingConfig", {})
    allowed = calling.get("allowedFunctionNames", [])
    seen.choice = {"ANY": allowed[0] if len(allowed) == 1 else "required", "NONE": "none"}.get(calling.get("mode"), "auto")
    seen.schema = settings.get("responseJsonSchema") or settings.get("responseSchema")
    seen.max_tokens, seen.temperature = settings.get("maxOutputTokens"), settings.get("temperature")
    seen.stop = settings.get("stopSequences", [])
    seen.thinks = settings.get("thinkingConfig")
    return seen


def _part(role, part) -> Part:
    if "functionCall" in part:
        call = part["functionCall"]
        return Part(role, "call", {"id": call.get("id"), "name": call["name"], "arguments": call.get("args", {})})
    if "functionResponse" in part:
        result = part["functionResponse"]
        response = result["response"]
        text = next((response[key] for key in ("output", "result", "error", "content") if key in response), None)
        return Part(role, "result", {
            "id": result.get("id"), "name": result["name"], "is_error": "error" in response,
            "text": text if isinstance(text, str) else json.dumps(response),
            "images": [(one["inlineData"]["mimeType"], one["inlineData"]["data"]) for one in result.get("parts", [])]})
    if "inlineData" in part:
        kind = "image" if part["inlineData"]["mimeType"].startswith("image/") else "document"
        return Part(role, kind, (part["inlineData"]["mimeType"], part["inlineData"]["data"]))
    if "fileData" in part:
        return Part(role, "image", (part["fileData"].get("mimeType"), part["fileData"]["fileUri"]))
    if part.get("thought"):
        return Part(role, "thought", part.get("text", ""))
    return Part(role, "text", part.get("text", ""))


def _joined(parts) -> list:
    """A whole answer has one part for what a stream has in pieces."""
    found = []
    for part in parts:
        if found and set(part) == set(found[-1]) and "text" in part and "thoughtSignature" not in part:
            found[-1] = {**part, "text": found[-1]["text"] + part["text"]}
        else:
            found.append(part)
    return found


def _finished(candidate, said) -> dict:
    candidate = {**candidate, "finishReason": FINISHES[said.finish]}
    if said.citations:
        candidate["groundingMetadata"] = _grounding(said)
    return candidate


def _grounding(said) -> dict:
    text, supports = said.whole_text, []
    for at, citation in enumerate(said.citations):
        begin = len(text[: text.index(citation.text)].encode())
        segment = {"startIndex": begin, "endIndex": begin + len(citation.text.encode()), "text": citation.text}
        supports.append({"segment": segment, "groundingChunkIndices": [at]})
    return {"groundingChunks": [{"web": {"uri": c.url, "title": c.title}} for c in said.citations], "groundingSupports": supports,
            "webSearchQueries": ["quokkas"]}


def _outside(said, seen) -> dict:
    usage = said.usage
    counts = {"promptTokenCount": usage.prompt, "candidatesTokenCount": usage.completion - usage.thinking, "totalTokenCount": usage.total,
              "promptTokensDetails": [{"modality": "TEXT", "tokenCount": usage.prompt}]}
    if usage.cached:
        counts["cachedContentTokenCount"] = usage.cached
        counts["cacheTokensDetails"] = [{"modality": "TEXT", "tokenCount": usage.cached}]
    if usage.thinking:
        counts["thoughtsTokenCount"] = usage.thinking
    return {"usageMetadata": counts, "modelVersion": seen.model, "responseId": new_id("", seen.model, length=22)}


def _event(value) -> bytes:
    return b"data: " + json.dumps(value, ensure_ascii=False).encode() + b"\n\n"

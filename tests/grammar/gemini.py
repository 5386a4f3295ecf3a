"""A stream of Gemini: unnamed events and nothing else at all, or one JSON array; the last chunk finishes."""

import json

from grammar import schemas
from grammar.framing import Event, Faults, each, events


def check(raw: bytes, ending="whole", model: str | None = None, usage: bool | None = None, array=False) -> Faults:
    faults = Faults()
    found = _array(raw, faults) if array else _events(raw, faults)
    stream = _Stream(faults, model)
    each(found, faults, lambda name, value: stream.take(value))
    stream.end(ending)
    return faults


def _events(raw, faults) -> list[Event]:
    while b"\n\n\n" in raw:  # empty lines keep the connection alive
        raw = raw.replace(b"\n\n\n", b"\n\n")
    return events(raw.lstrip(b"\n"), faults, names=False, comments=False)


def _array(raw, faults) -> list[Event]:
    try:
        found = json.loads(raw)
    except ValueError as error:
        faults.say(f"the body is no JSON: {error}")
        return []
    faults.unless(isinstance(found, list), "the body is no array")
    return [Event(None, value) for value in found] if isinstance(found, list) else []


class _Stream:
    def __init__(self, faults, model):
        self.faults = faults
        self.model = model
        self.id = None
        self.finishes = {}
        self.is_blocked = self.is_error = False
        self.usage = None

    def take(self, value):
        say = self.faults.unless
        if not say(isinstance(value, dict), f"not an object: {value!r}"):
            return
        say(not self.is_error, "something follows an error")
        if "error" in value:
            self._error(value)
            return
        for problem in schemas.problems("gemini answer", value):
            self.faults.say(problem)
        say(self.model in (None, value.get("modelVersion")), f"the model is {value.get('modelVersion')!r}, not {self.model!r}")
        self.id = self.id or value.get("responseId")
        say(value.get("responseId") == self.id and self.id, f"responseId is {value.get('responseId')!r}, not {self.id!r}")
        self.usage = value.get("usageMetadata") or self.usage
        self.is_blocked = self.is_blocked or "blockReason" in value.get("promptFeedback", {})
        for candidate in value.get("candidates", []):
            self._candidate(candidate)
        say(value.get("candidates") or self.is_blocked, "a chunk without candidates")  # spoils a chat's history in Google's SDKs

    def _error(self, value):
        self.is_error = True
        error = value["error"]
        self.faults.unless(isinstance(error.get("code"), int) and error.get("message") and error.get("status"),
                           f"an error without code, message or status: {value!r}")

    def _candidate(self, candidate):
        say, index = self.faults.unless, candidate.get("index", 0)
        content = candidate.get("content") or {}
        say(index not in self.finishes, f"candidate {index} goes on after its finishReason")
        say(content.get("role") == "model", "content without the role")
        say(content.get("parts"), "content without parts")
        for part in content.get("parts", []):
            say(set(part) - {"thought", "thoughtSignature", "partMetadata", "videoMetadata"}, f"a part without content: {part!r}")
            say("functionCall" not in part or isinstance(part["functionCall"].get("args", {}), dict), "args that are no object")
        if candidate.get("finishReason"):
            self.finishes[index] = candidate["finishReason"]

    def end(self, ending):
        say = self.faults.unless
        if ending == "whole":
            say(not self.is_error, "an error in a stream that should be whole")
            say(self.finishes or self.is_blocked, "no finishReason")
            say(self.usage and "totalTokenCount" in self.usage, "no usageMetadata")
        if ending == "error":
            say(self.is_error, "no error at the end")
            say(not self.finishes, "a stream that failed says that it finished")

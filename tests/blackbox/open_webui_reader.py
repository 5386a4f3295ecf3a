"""Reads an answer as Open WebUI does (0.12.4, seen in a run, 2026-11-22): line by line, forgiving where it is, deaf where it is."""

import dataclasses
import json

LONGEST_LINE = 128 << 10  # older versions stop at one that is longer
COUNTED = ("prompt_tokens", "completion_tokens", "total_tokens")


@dataclasses.dataclass
class Reading:
    """What Open WebUI would show and keep."""

    text: str = ""
    thought: str = ""
    finish: str | None = None
    error: object = None
    calls: list = dataclasses.field(default_factory=list)  # name, arguments, id
    usages: list = dataclasses.field(default_factory=list)  # of every chunk: they are added up
    details: dict = dataclasses.field(default_factory=dict)  # index -> an item of reasoning_details
    sources: list = dataclasses.field(default_factory=list)
    images: list = dataclasses.field(default_factory=list)
    emitted: list = dataclasses.field(default_factory=list)  # goes to the browser as it is
    answered_by: str | None = None
    unread: list = dataclasses.field(default_factory=list)  # chunks that fall silently by the way

    @property
    def usage(self) -> dict:
        return {name: sum(usage.get(name) or 0 for usage in self.usages) for name in COUNTED}


def read_answer(content_type: str, body: bytes) -> Reading:
    """The whole body of an answer with status 200; anything but events and JSON would make the chat hang for ever."""
    if "text/event-stream" in content_type:
        return read_stream(body)
    assert content_type.startswith("application/json"), f"the chat would hang: {content_type}"
    return _read_whole(json.loads(body))


def read_stream(body: bytes) -> Reading:
    found = Reading()
    for line in body.split(b"\n"):
        assert len(line) < LONGEST_LINE or b'"images"' in line, f"a line of {len(line)} bytes: {line[:200]!r}"
        line = line.strip().decode()  # UTF-8, or the chat breaks
        if not line.startswith("data:"):
            _read_other_line(found, line)
            continue
        text = line[5:].strip()
        if text == "[DONE]":
            continue
        try:
            chunk = json.loads(text)
            _read_chunk(found, chunk)
        except (ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
            found.unread.append((text, error))
    return found


def _read_other_line(found: Reading, line: str):
    try:
        value = json.loads(line)
    except ValueError:
        return
    if isinstance(value, dict) and "error" in value:
        found.error = value["error"]


def _read_chunk(found: Reading, chunk: dict):
    if "event" in chunk:
        found.emitted.append(chunk["event"])
    if "selected_model_id" in chunk:
        found.answered_by = chunk["selected_model_id"]
        return
    chunk.get("type", "").startswith("response.")  # a null is an exception
    usage = dict(chunk.get("usage") or {})
    usage.update(chunk.get("timings", {}))
    if usage:
        found.usages.append(usage)
    choices = chunk.get("choices", [])
    if not choices:
        if chunk.get("error"):
            found.error = chunk["error"]
        return
    found.finish = choices[0].get("finish_reason") or found.finish
    _read_delta(found, choices[0].get("delta", {}))


def _read_delta(found: Reading, delta: dict):
    found.text += delta.get("content") or ""
    found.thought += delta.get("reasoning_content") or delta.get("reasoning") or delta.get("thinking") or ""
    for item in delta.get("reasoning_details") or []:
        kept = found.details.setdefault(item["index"], {})
        for key, value in item.items():
            kept[key] = kept.get(key, "") + value if key in ("text", "summary") else value
    found.sources += [note["url_citation"] for note in delta.get("annotations") or [] if note["type"] == "url_citation"]
    found.images += [image["image_url"]["url"] for image in delta.get("images") or []]
    for fragment in delta.get("tool_calls") or []:
        _read_fragment(found, fragment)


def _read_fragment(found: Reading, fragment: dict):
    index, about = fragment.get("index"), fragment.get("function", {})
    if not isinstance(index, int):
        found.unread.append((fragment, "no index"))
        return
    call = next((call for call in found.calls if call["index"] == index), None)
    if call is None:
        assert fragment["id"] and about["name"], f"begins without id or name: {fragment}"
        assert fragment["id"] not in [call["id"] for call in found.calls], "an id that was used before becomes another one"
        found.calls.append({"index": index, "id": fragment["id"], "name": about["name"], "arguments": about.get("arguments", "")})
        return
    call["name"] = about.get("name") or call["name"]
    call["arguments"] += about.get("arguments", "")


def _read_whole(answer: dict) -> Reading:
    """Calls of tools in it are not looked at."""
    found = Reading(error=answer.get("error"), usages=[answer["usage"]] if answer.get("usage") else [])
    for choice in answer.get("choices", [])[:1]:
        message = choice["message"]
        found.text = message.get("content") or ""
        found.thought = message.get("reasoning_content") or message.get("reasoning") or ""
        found.finish = choice.get("finish_reason")
    return found


def error_shown(body: bytes) -> str:
    """What the user sees of an answer with an error's status: `error`, `message`, `detail`, down to a string."""
    value = json.loads(body)
    while isinstance(value, dict):
        value = next((value[key] for key in ("error", "message", "detail") if value.get(key)), None)
    assert isinstance(value, str), f"the user would see an object: {body[:300]!r}"
    return value

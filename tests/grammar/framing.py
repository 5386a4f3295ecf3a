"""The framing that every official SDK reads rightly: LF, `event: name` where the dialect has names, `data: ` and one line
of JSON, a blank line behind every event; no byte order mark, no `id:`, no `retry:`, no event without data."""

import json
from typing import NamedTuple


class Event(NamedTuple):
    name: str | None
    value: object  # the JSON, or the text when it is none


class Faults(list):
    """What is wrong with a stream, each with the number of its event."""

    def __init__(self):
        super().__init__()
        self.at = None

    def say(self, what: str):
        self.append(what if self.at is None else f"event {self.at}: {what}")

    def unless(self, holds, what: str) -> bool:
        if not holds:
            self.say(what)
        return bool(holds)


def events(raw: bytes, faults: Faults, names: bool, comments: bool) -> list[Event]:
    """Takes a stream apart.

    names      each event must have one
    comments   lines of comment are allowed
    """
    faults.unless(not raw.startswith(b"\xef\xbb\xbf"), "the stream begins with a byte order mark")
    faults.unless(b"\r" not in raw, "a carriage return is in the stream")
    faults.unless(not raw or raw.endswith(b"\n\n"), f"the stream does not end with a blank line but with {raw[-40:]!r}")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        faults.say(f"the stream is no UTF-8: {error}")
        text = raw.decode("utf-8", "replace")
    found = []
    for block in text.split("\n\n"):
        lines = [line for line in block.split("\n") if line]
        said = [line for line in lines if not line.startswith(":")]
        faults.unless(comments or len(said) == len(lines), f"there is a comment: {block!r}")
        if said:
            faults.at = len(found)
            found.append(_event(said, faults, names))
    faults.at = None
    return found


def _event(lines: list[str], faults: Faults, names: bool) -> Event:
    name = None
    if lines[0].startswith("event: "):
        name = lines.pop(0)[len("event: ") :]
    faults.unless((name is not None) == names, f"the event is named {name!r}" if name else "the event has no name")
    if not faults.unless(len(lines) == 1 and lines[0].startswith("data: "), f"not one `data: ` line: {lines!r}"):
        return Event(name, "\n".join(lines))
    data = lines[0][len("data: ") :]
    try:
        return Event(name, json.loads(data, parse_constant=lambda word: faults.say(f"{word} is no JSON")))
    except ValueError:
        return Event(name, data)


def each(found: list[Event], faults: Faults, take):
    """Lets `take` look at every event; what it cannot read is a fault as well."""
    for faults.at, event in enumerate(found):
        try:
            take(*event)
        except (AttributeError, IndexError, KeyError, TypeError) as error:
            faults.say(f"cannot be read: {error!r}")
    faults.at = None

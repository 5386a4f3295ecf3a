"""What a model says and what it was told, in no dialect: the truth that every client's view is compared with.

A `Said` is an answer; each fake provider writes it in its own dialect. A `Seen` is a request as the model would
understand it, read by the fake out of its own dialect.
"""

import base64
import dataclasses
import hashlib
import struct
import zlib
from typing import Any, NamedTuple


@dataclasses.dataclass(frozen=True)
class Usage:
    """Tokens: `prompt` includes the cached ones, `completion` those of thinking."""

    prompt: int = 1201
    completion: int = 77
    cached: int = 640
    written: int = 0
    thinking: int = 0

    @property
    def total(self) -> int:
        return self.prompt + self.completion


@dataclasses.dataclass(frozen=True)
class Call:
    name: str
    arguments: dict
    id: str = ""  # empty: the provider makes one


@dataclasses.dataclass(frozen=True)
class Citation:
    url: str
    title: str
    text: str  # the stretch of the answer that it stands for


@dataclasses.dataclass(frozen=True)
class Said:
    """An answer. Of `finish` there are stop, length, filter; calls go before it."""

    text: tuple = ()
    thought: tuple = ()
    calls: tuple = ()
    finish: str = "stop"
    refusal: str = ""
    is_redacted: bool = False  # the thought is sealed altogether
    citations: tuple = ()
    usage: Usage = Usage()

    @property
    def whole_text(self) -> str:
        return "".join(self.text)

    @property
    def whole_thought(self) -> str:
        return "".join(self.thought)


@dataclasses.dataclass(frozen=True)
class Refused(Exception):
    """The provider answers with an error before it says anything."""

    status: int
    message: str
    kind: str = ""  # in the dialect's word; empty: the usual one for the status
    code: str = ""
    param: str = ""
    retry_after: float | None = None
    retry_in: str = "header"  # where the hint stands: header, body, text
    headers: tuple = ()


@dataclasses.dataclass(frozen=True)
class Breaks:
    """A stream that does not come to its end.

    after    so many events are sent before
    how      error, fin, rst, stall
    """

    said: Said
    after: int = 3
    how: str = "error"
    message: str = "the engine caught fire"
    status: int = 529


class Part(NamedTuple):
    """Of a conversation: kind is text, image, document, audio, thought, call, result."""

    role: str
    kind: str
    value: Any


@dataclasses.dataclass
class Seen:
    dialect: str
    model: str = ""
    stream: bool = False
    parts: list = dataclasses.field(default_factory=list)
    tools: dict = dataclasses.field(default_factory=dict)  # name -> schema
    choice: Any = "auto"  # auto, none, required, or a name
    schema: Any = None  # of the answer
    max_tokens: int | None = None
    temperature: float | None = None
    stop: list = dataclasses.field(default_factory=list)
    thinks: Any = None  # what was asked about thinking, as the dialect has it
    signatures: list = dataclasses.field(default_factory=list)  # proofs of thinking that came back, as they were minted
    body: dict = dataclasses.field(default_factory=dict)
    headers: list = dataclasses.field(default_factory=list)

    def of(self, kind: str, role: str | None = None) -> list:
        return [part.value for part in self.parts if part.kind == kind and role in (None, part.role)]

    @property
    def system(self) -> list:
        return self.of("text", "system")

    @property
    def results(self) -> list:
        return self.of("result")

    @property
    def last_user_text(self) -> str:
        return (self.of("text", "user") or [""])[-1]


def mint(kind: str, *about) -> str:
    """A signature that only this provider could have made, and that it knows again: base64, as Google asks."""
    seal = hashlib.sha256(repr(("quokka", kind, *about)).encode()).digest()
    return base64.b64encode(b"\x12" + kind.encode() + seal * 2).decode()


def new_id(prefix: str, *about, length=24) -> str:
    return prefix + hashlib.sha256(repr(about).encode()).hexdigest()[:length]


def png(red=200, green=30, blue=60) -> bytes:
    """A picture of one point."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    row = zlib.compress(bytes([0, red, green, blue]))
    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", row) + chunk(b"IEND", b"")


def media_type_of(encoded: str) -> str:
    """What a file of base64 is by its first bytes; providers look, too."""
    begin = base64.b64decode(encoded, validate=True)[:8]
    for mark, kind in ((b"\x89PNG", "image/png"), (b"\xff\xd8", "image/jpeg"), (b"GIF8", "image/gif"), (b"RIFF", "image/webp"), (b"%PDF", "application/pdf")):
        if begin.startswith(mark):
            return kind
    return ""

"""An HTTP/1.1 client that sends the bytes it is told and shows the bytes it gets."""

import dataclasses
import json
import socket
import ssl
import time

PATIENCE = 20.0


@dataclasses.dataclass
class Response:
    status: int
    headers: list[tuple[str, str]]
    body: bytes = b""
    chunks: list[bytes] | None = None  # of a chunked body, as they were framed
    reads: list[bytes] = dataclasses.field(default_factory=list)  # what each recv() brought, head included

    def header(self, name: str, otherwise=None):
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        return values[0] if values else otherwise

    def json(self):
        return json.loads(self.body)


class Broken(Exception):
    """The connection ended inside an answer."""

    def __init__(self, response: Response | None, rest: bytes):
        super().__init__(f"ended inside {response}, after {rest[-200:]!r}")
        self.response = response
        self.rest = rest


class RawHttp:
    def __init__(self, address, tls: ssl.SSLContext | None = None, receive_buffer: int | None = None):
        if isinstance(address, str):
            self.sock = socket.socket(socket.AF_UNIX)
        else:
            self.sock = socket.socket(socket.AF_INET)
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if receive_buffer:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.sock.settimeout(PATIENCE)
        self.sock.connect(address)
        if tls:
            self.sock = tls.wrap_socket(self.sock, server_hostname="localhost")
        self.buffer = b""
        self.reads: list[bytes] = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.sock.close()

    def send(self, data: bytes):
        self.sock.sendall(data)

    def try_to_send(self, data: bytes) -> bool:
        """False when the router does not want to hear it."""
        try:
            self.sock.sendall(data)
            return True
        except OSError:
            return False

    def _receive(self) -> bytes:
        try:
            data = self.sock.recv(1 << 20)
        except ConnectionError:
            data = b""
        self.reads.append(data)
        self.buffer += data
        return data

    def _line(self, response=None) -> bytes:
        while b"\r\n" not in self.buffer:
            if not self._receive():
                raise Broken(response, self.buffer)
        line, self.buffer = self.buffer.split(b"\r\n", 1)
        return line

    def _exactly(self, length: int, response) -> bytes:
        pieces, have = [self.buffer], len(self.buffer)
        while have < length:
            self.buffer = b""
            data = self._receive()
            if not data:
                self.buffer = b"".join(pieces)
                raise Broken(response, self.buffer)
            pieces.append(data)
            have += len(data)
        whole = b"".join(pieces)
        self.buffer = whole[length:]
        return whole[:length]

    def read_head(self) -> Response:
        """The status line and the headers; of 1xx answers too."""
        first = self._line().decode("latin-1")
        version, status, _ = (first + " ").split(" ", 2)
        assert version in ("HTTP/1.1", "HTTP/1.0"), f"not an HTTP answer: {first!r}"
        response = Response(int(status), [])
        while line := self._line(response):
            name, colon, value = line.decode("latin-1").partition(":")
            assert colon and name == name.strip(), f"not a header: {line!r}"
            response.headers.append((name, value.strip()))
        return response

    def read_chunk(self, response=None) -> bytes:
        """One chunk's bytes; nothing at the last one."""
        size = int(self._line(response).split(b";")[0], 16)
        data = self._exactly(size, response) if size else b""
        assert self._line(response) == b"", "a chunk does not end with its line"
        return data

    def read_response(self, to="GET") -> Response:
        """The next answer, whole. Raises Broken where the connection ends inside it."""
        self.reads = []
        response = self.read_head()
        response.reads = self.reads
        if to == "HEAD" or response.status in (204, 304) or response.status < 200:
            return response
        if response.header("transfer-encoding") == "chunked":
            response.chunks = []
            while data := self.read_chunk(response):
                response.chunks.append(data)
                response.body += data
        elif response.header("content-length") is not None:
            response.body = self._exactly(int(response.header("content-length")), response)
        else:
            while self._receive():
                pass
            response.body, self.buffer = self.buffer, b""
        return response

    def read_to_end(self, within=PATIENCE) -> bytes:
        """Everything until the router closes; fails when it does not."""
        deadline = time.monotonic() + within
        while True:
            self.sock.settimeout(max(deadline - time.monotonic(), 0.001))
            try:
                if not self._receive():
                    rest, self.buffer = self.buffer, b""
                    return rest
            except TimeoutError:
                raise AssertionError(f"the router keeps the connection open, after {self.buffer[:300]!r}") from None
            finally:
                self.sock.settimeout(PATIENCE)

    def has_something(self, within: float) -> bool:
        """True when bytes, or the end, arrive in this time."""
        if self.buffer:
            return True
        self.sock.settimeout(within)
        try:
            self._receive()
            return True
        except TimeoutError:
            return False
        finally:
            self.sock.settimeout(PATIENCE)


def request(method: str, path: str, body: bytes = b"", key: str | None = None, host="router.test", **headers) -> bytes:
    """The bytes of a proper request; header names are given with _ for -."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}"]
    if key:
        lines.append(f"Authorization: Bearer {key}")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if body or method == "POST":
        lines += ["Content-Type: application/json"] if "Content_Type" not in headers else []
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def events(body: bytes) -> list:
    """The data of a stream's events, as JSON where it is; comments are left out."""
    found = []
    for block in body.replace(b"\r\n", b"\n").split(b"\n\n"):
        data = [line[5:].lstrip(b" ") for line in block.split(b"\n") if line.startswith(b"data:")]
        if data:
            text = b"\n".join(data)
            found.append("[DONE]" if text == b"[DONE]" else json.loads(text))
    return found


def comments(body: bytes) -> list[bytes]:
    return [line for line in body.replace(b"\r\n", b"\n").split(b"\n") if line.startswith(b":")]


def text_of(found: list) -> str:
    """The answer that the chunks of a chat add up to."""
    pieces = [c["choices"][0]["delta"].get("content") or "" for c in found if c != "[DONE]" and c.get("choices")]
    return "".join(pieces)


def chunks_of(answer) -> list[dict]:
    """The chunks of a stream, as httpx received it."""
    return [found for found in events(answer.content) if found != "[DONE]"]


def errors_of(found: list) -> list[dict]:
    return [c["error"] for c in found if isinstance(c, dict) and "error" in c]

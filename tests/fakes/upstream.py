"""An OpenAI-compatible upstream on real sockets that does, byte by byte, what a script tells it.

    upstream = FakeUpstream()
    upstream.next(scripts.cut_after(2))   # the next call is answered like this, the ones after it normally
    ...
    call = upstream.wait_for_call()       # what the router sent, as bytes
    assert call.wait_until_left(5)        # ... and that it closed the connection

A script is a function of one Call. It is given the request with its body read, unless it carries `before_body = True`.
"""

import dataclasses
import fcntl
import select
import socket
import ssl
import struct
import termios
import threading
import time

from fakes.gate import Gate

PATIENCE = 20.0  # seconds that a fake waits for anything before it says that the test hangs


class PeerLeft(Exception):
    """The router closed the connection while a script was writing or waiting."""


class ScriptOver(Exception):
    """A script ended the connection itself."""


class Connection:
    def __init__(self, upstream, sock, number):
        self.upstream = upstream
        self.sock = sock
        self.number = number
        self.calls = 0
        self.session_reused = None  # of a TLS connection
        self.buffer = b""
        self.closed_at = None  # when the router's end of the connection was seen

    def receive(self) -> bytes:
        try:
            data = self.sock.recv(1 << 18)
        except OSError:
            data = b""
        if not data:
            self.saw_end()
        return data

    def saw_end(self):
        with self.upstream.changed:
            if self.closed_at is None:
                self.closed_at = time.monotonic()
            self.upstream.changed.notify_all()

    def read_until(self, mark: bytes) -> bytes | None:
        while mark not in self.buffer:
            data = self.receive()
            if not data:
                return None
            self.buffer += data
        found, self.buffer = self.buffer.split(mark, 1)
        return found

    def read_exactly(self, length: int) -> bytes | None:
        pieces, have = [self.buffer], len(self.buffer)
        while have < length:
            data = self.receive()
            if not data:
                return None
            pieces.append(data)
            have += len(data)
        whole = b"".join(pieces)
        self.buffer = whole[length:]
        return whole[:length]


class Call:
    """One request and the means to answer it."""

    def __init__(self, connection: Connection, raw_head: bytes):
        self.connection = connection
        self.upstream = connection.upstream
        self.raw_head = raw_head
        lines = raw_head.decode("latin-1").split("\r\n")
        self.method, self.target, self.version = lines[0].split(" ")
        self.path = self.target.split("?")[0]
        self.headers = [tuple(part.strip() for part in line.split(":", 1)) for line in lines[1:]]
        self.body: bytes | None = None  # None until it is read
        self.chunked = self.header("transfer-encoding", "").lower() == "chunked"
        self.number_on_connection = connection.calls
        self.bytes_sent = 0
        self.left = False  # the router closed before the script was through
        self.ended = False
        self.one_byte_at_a_time = False

    def header(self, name: str, otherwise=None):
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        return values[0] if values else otherwise

    def header_names(self) -> list[str]:
        return [name.lower() for name, _ in self.headers]

    @property
    def sock(self):
        return self.connection.sock

    # -- the request

    def read_body(self) -> bytes:
        if self.body is not None:
            return self.body
        if self.chunked:
            body = self._read_chunks()
        else:
            body = self.connection.read_exactly(int(self.header("content-length", "0")))
        if body is None:
            raise PeerLeft
        self.body = body
        return body

    def _read_chunks(self) -> bytes | None:
        pieces = []
        while True:
            line = self.connection.read_until(b"\r\n")
            if line is None:
                return None
            size = int(line.split(b";")[0], 16)
            if size == 0:
                while True:
                    trailer = self.connection.read_until(b"\r\n")
                    if not trailer:
                        return None if trailer is None else b"".join(pieces)
            piece = self.connection.read_exactly(size + 2)
            if piece is None:
                return None
            pieces.append(piece[:-2])

    # -- the answer

    def write(self, data: bytes):
        step = 1 if self.one_byte_at_a_time else max(len(data), 1)
        for at in range(0, len(data), step):
            try:
                self.sock.sendall(data[at : at + step])
            except OSError:
                raise PeerLeft from None
            self.bytes_sent += len(data[at : at + step])

    def head(self, status=200, headers=(), reason="Fine", content_type="application/json"):
        lines = [f"HTTP/1.1 {status} {reason}"]
        if content_type:
            lines.append(f"Content-Type: {content_type}")
        lines += [f"{name}: {value}" for name, value in headers]
        self.write("\r\n".join(lines).encode() + b"\r\n\r\n")

    def whole(self, body: bytes, status=200, headers=(), content_type="application/json"):
        lines = [f"HTTP/1.1 {status} Fine"]
        if content_type:
            lines.append(f"Content-Type: {content_type}")
        lines += [f"{name}: {value}" for name, value in headers] + [f"Content-Length: {len(body)}"]
        self.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    def stream_head(self, headers=(), content_type="text/event-stream; charset=utf-8"):
        self.head(200, [*headers, ("Transfer-Encoding", "chunked")], content_type=content_type)

    def chunk(self, data: bytes):
        self.write(b"%x\r\n" % len(data) + data + b"\r\n")

    def last_chunk(self):
        self.write(b"0\r\n\r\n")

    def write_until_blocked(self, piece: bytes, limit: int, quiet=1.0) -> int:
        """Writes `piece` again and again until the router takes nothing for `quiet` seconds, or `limit` is reached.

        Ends on a whole piece only when the limit is reached or the rest of it fits later: the rest is sent, blocking,
        by finish_blocked_write().
        """
        sent, self._rest = 0, b""
        self.sock.setblocking(False)
        try:
            while sent < limit:
                rest = piece
                while rest:
                    try:
                        count = self.sock.send(rest)
                        rest = rest[count:]
                        sent += count
                    except (BlockingIOError, ssl.SSLWantWriteError):
                        poller = select.poll()
                        poller.register(self.sock, select.POLLOUT)
                        if not poller.poll(quiet * 1000):
                            self._rest = rest
                            return sent
                    except OSError:
                        raise PeerLeft from None
            return sent
        finally:
            self.bytes_sent += sent
            self.sock.setblocking(True)

    def finish_blocked_write(self):
        self.write(self._rest)

    def until_read(self, within=5.0):
        """Returns when the router has taken every byte written so far out of its kernel's buffer."""
        try:
            ours, theirs = self.sock.getsockname()[1], self.sock.getpeername()[1]
        except OSError:
            raise PeerLeft from None
        deadline = time.monotonic() + within
        while time.monotonic() < deadline and not _all_read(self.sock, ours, theirs):
            if self._peer_has_left():
                raise PeerLeft

    def split(self, data: bytes, *positions: int):
        """Writes data in pieces; each is read by the router before the next one is sent."""
        edges = [0, *positions, len(data)]
        for begin, end in zip(edges, edges[1:]):
            self.write(data[begin:end])
            if end < len(data):
                self.until_read()

    # -- waiting, and ways to end

    def wait(self, gate: Gate):
        """Waits until the test opens the gate; raises PeerLeft when the router goes first."""
        poller = select.poll()
        poller.register(gate, select.POLLIN)
        poller.register(self.upstream.stopping, select.POLLIN)
        poller.register(self.sock, select.POLLRDHUP)
        ready = dict(poller.poll(PATIENCE * 1000))
        if gate.fileno() in ready:
            return
        if self.upstream.stopping.fileno() in ready:
            raise ScriptOver
        if not ready:
            raise TimeoutError("neither did the test open the gate nor the router leave")
        raise PeerLeft

    def wait_for_peer_to_leave(self):
        self.wait(Gate())

    def finish(self):
        """Ends the connection with FIN."""
        raise ScriptOver

    def reset(self):
        """Ends the connection with RST."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise ScriptOver

    def _peer_has_left(self) -> bool:
        poller = select.poll()
        poller.register(self.sock, select.POLLRDHUP)
        return bool(poller.poll(0))

    # -- what a test asks

    def wait_until_left(self, within: float) -> bool:
        """True when the router closed the connection before the answer was through."""
        return self.upstream.wait_until(lambda: self.left, within)

    def wait_until_ended(self, within=PATIENCE) -> bool:
        return self.upstream.wait_until(lambda: self.ended, within)


def _all_read(sock, ours: int, theirs: int) -> bool:
    unacknowledged = struct.unpack("i", fcntl.ioctl(sock, termios.TIOCOUTQ, b"\0" * 4))[0]
    if unacknowledged:
        return False
    with open("/proc/net/tcp") as table:
        for line in table:
            fields = line.split()
            if fields[1].endswith(f":{theirs:04X}") and fields[2].endswith(f":{ours:04X}"):
                return fields[4].endswith(":00000000")
    return True  # closed: there is nobody to read


@dataclasses.dataclass
class Tls:
    context: ssl.SSLContext
    host: str = "localhost"


class FakeUpstream:
    """Listens on 127.0.0.1; each connection has a thread, each call a script."""

    def __init__(self, default=None, tls: Tls | None = None, backlog=512):
        from fakes import scripts  # the scripts are written in terms of a Call

        self.default = default or scripts.well_behaved
        self.tls = tls
        self.changed = threading.Condition()
        self.stopping = Gate()
        self.calls: list[Call] = []
        self.connections: list[Connection] = []
        self.script_errors: list[BaseException] = []
        self._scripts: list = []
        self._live: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=backlog)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def origin(self) -> str:
        scheme, host = ("https", self.tls.host) if self.tls else ("http", "127.0.0.1")
        return f"{scheme}://{host}:{self.port}"

    @property
    def base_url(self) -> str:
        return self.origin + "/v1"

    def next(self, *scripts):
        """The next calls are answered by these, in order; then the default answers again."""
        with self.changed:
            self._scripts += scripts

    def always(self, script):
        self.default = script

    def forget(self):
        """For the next test: no scripts, no records. Connections stay open."""
        from fakes import scripts

        with self.changed:
            self.default = scripts.well_behaved
            self._scripts.clear()
            self.calls = []
            self.connections = []
            self.script_errors = []

    def wait_until(self, condition, within=PATIENCE) -> bool:
        with self.changed:
            return self.changed.wait_for(condition, within)

    def wait_for_call(self, number=1, within=PATIENCE) -> Call:
        """The number-th call since the start or forget(), as soon as its script begins."""
        if not self.wait_until(lambda: len(self.calls) >= number, within):
            raise AssertionError(f"the upstream was called {len(self.calls)} times, not {number}")
        return self.calls[number - 1]

    @property
    def only_call(self) -> Call:
        assert len(self.calls) == 1, f"the upstream was called {len(self.calls)} times, not once"
        return self.calls[0]

    def stop(self):
        self.stopping.open()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self.changed:
            live = list(self._live)
        for sock in live:
            _shut_down(sock)

    def close_idle_connections(self):
        """Every connection gets its FIN, as by an upstream that tires of keep-alive."""
        with self.changed:
            live = list(self._live)
        for sock in live:
            _shut_down(sock)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    # -- threads

    def _accept(self):
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.tls:
            try:
                sock = self.tls.context.wrap_socket(sock, server_side=True)
            except OSError:
                sock.close()
                return
        with self.changed:
            connection = Connection(self, sock, len(self.connections))
            connection.session_reused = getattr(sock, "session_reused", None)
            self.connections.append(connection)
            self._live.add(sock)
            self.changed.notify_all()
        try:
            while self._serve_call(connection):
                pass
        finally:
            with self.changed:
                self._live.discard(sock)
            _close(sock)

    def _serve_call(self, connection: Connection) -> bool:
        raw_head = connection.read_until(b"\r\n\r\n")
        if raw_head is None:
            return False
        connection.calls += 1
        call = Call(connection, raw_head)
        with self.changed:
            script = self._scripts.pop(0) if self._scripts else self.default
        try:
            early = getattr(script, "before_body", False)
            if not early:
                call.read_body()
            with self.changed:
                self.calls.append(call)
                self.changed.notify_all()
            script(call)
            if early and call.body is None:
                call.read_body()
            return call.header("connection", "").lower() != "close"
        except PeerLeft:
            call.left = True
            connection.saw_end()
            return False
        except ScriptOver:
            return False
        except BaseException as error:  # a fault of the script: the test shall hear of it
            self.script_errors.append(error)
            return False
        finally:
            with self.changed:
                call.ended = True
                self.changed.notify_all()


def _shut_down(sock):
    """Ends a connection that its own thread may be using; the thread closes it."""
    try:
        socket.socket.shutdown(sock, socket.SHUT_RDWR)
    except OSError:
        pass


def _close(sock):
    try:
        sock.close()
    except OSError:
        pass

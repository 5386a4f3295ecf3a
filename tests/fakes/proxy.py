"""An HTTP proxy that opens tunnels with CONNECT and remembers what it was asked for."""

import socket
import threading


class FakeProxy:
    def __init__(self, refusal: bytes | None = None):
        self.refusal = refusal  # answered to every CONNECT instead of a tunnel
        self.heads: list[str] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def targets(self) -> list[str]:
        return [head.split(" ")[1] for head in self.heads if head.startswith("CONNECT ")]

    def _accept(self):
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, client):
        with client:
            head = b""
            while b"\r\n\r\n" not in head:
                data = client.recv(4096)
                if not data:
                    return
                head += data
            self.heads.append(head.decode("latin-1"))
            if self.refusal is not None or not head.startswith(b"CONNECT "):
                client.sendall(self.refusal or b"HTTP/1.1 405 Only CONNECT\r\nContent-Length: 0\r\n\r\n")
                return
            host, _, port = self.targets[-1].rpartition(":")
            with socket.create_connection((host.strip("[]"), int(port))) as server:
                client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                there = threading.Thread(target=_copy, args=(client, server), daemon=True)
                there.start()
                _copy(server, client)
                there.join()

    def stop(self):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def _copy(source, sink):
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass

"""A certificate authority of the test's own, and servers and clients that believe in it."""

import ssl
from pathlib import Path

import trustme

from fakes.upstream import Tls


class Authority:
    def __init__(self, folder: Path):
        self._ca = trustme.CA()
        self.pem = folder / "ca.pem"
        self._ca.cert_pem.write_to_path(self.pem)
        self._folder = folder

    def server(self, *names) -> Tls:
        """A TLS server that is who it says: names are its hosts and addresses."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._ca.issue_cert(*(names or ("localhost", "127.0.0.1"))).configure_cert(context)
        return Tls(context)

    def files(self, *names) -> tuple[Path, Path]:
        """A certificate chain and its key, as files for the router to serve with."""
        issued = self._ca.issue_cert(*(names or ("localhost", "127.0.0.1")))
        chain, key = self._folder / "server.pem", self._folder / "server.key"
        chain.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
        issued.private_key_pem.write_to_path(key)
        return chain, key

    def client(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.pem))

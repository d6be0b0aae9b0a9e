"""An API that means harm: it answers with any bytes, at any pace, and keeps what it was sent."""

from __future__ import annotations

import contextlib
import json
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

TOKEN = "token-of-the-person-4711"
API_KEY = "key-of-the-person-4712"
REDIRECTS = ["301 Moved Permanently", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"]
ACCOUNT: dict[str, Any] = {"id": "acc_1", "status": "active", "displayName": "Acme"}


class Received(NamedTuple):
    """A request as it came over the wire, before anything made sense of it."""

    head: str
    body: bytes

    @property
    def method(self) -> str:
        """The method of the request line."""
        return self.head.split(" ", 1)[0]

    @property
    def target(self) -> str:
        """The target of the request line, undecoded."""
        return self.head.split(" ", 2)[1]

    @property
    def headers(self) -> dict[str, str]:
        """The headers, with lower-case names."""
        lines = (line.partition(":") for line in self.head.split("\r\n")[1:])
        return {name.lower(): value.strip() for name, _, value in lines}


Answering = Callable[[Received], Iterable[bytes]]


def answer(body: object, status: str = "200 OK", **headers: str) -> bytes:
    """A complete response with a JSON body, or with text or bytes as they are."""
    content = body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode()
    fields = {"Content-Type": "application/json", "Content-Length": str(len(content))}
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode("latin-1") + content


def always(response: bytes) -> Answering:
    """The same response to every request."""
    return lambda _request: [response]


@dataclass
class Server:
    """A server on this machine; `received` fills as requests come."""

    port: int
    answering: Answering
    scheme: str = "http"
    received: list[Received] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The base URL that `audian:apiUrl` takes."""
        return f"{self.scheme}://127.0.0.1:{self.port}/v2"

    def sent(self) -> str:
        """Everything that was sent to it, as one text to search in."""
        return "\n".join(f"{request.head}\n{request.body.decode('latin-1')}" for request in self.received)


class _Handler(socketserver.StreamRequestHandler):
    timeout = 30

    def handle(self) -> None:
        with contextlib.suppress(OSError):  # whoever asked is gone, or does not speak TLS as this server does
            while (request := self._request()) is not None:
                served: Server = self.server.served  # type: ignore[attr-defined] # set by `serving`
                served.received.append(request)
                for piece in served.answering(request):
                    self.wfile.write(piece)
                    self.wfile.flush()

    def _request(self) -> Received | None:
        lines = []
        while (line := self.rfile.readline()).strip():
            lines.append(line.decode("latin-1").rstrip("\r\n"))
        if not lines:
            return None
        request = Received("\r\n".join(lines), b"")
        return request._replace(body=self.rfile.read(int(request.headers.get("content-length", 0))))


class _Listener(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    tls: ssl.SSLContext | None = None

    def get_request(self) -> Any:
        connection, address = super().get_request()
        if self.tls is not None:
            # The handshake follows in the connection's own thread, at its first read.
            connection = self.tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        self.close_request(request)


@contextlib.contextmanager
def serving(answering: Answering, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """A server on a free port of the loopback interface, with TLS where a context is given."""
    with _Listener(("127.0.0.1", 0), _Handler) as listener:
        listener.tls = tls
        server = Server(listener.server_address[1], answering, "https" if tls else "http")
        listener.served = server  # type: ignore[attr-defined] # read by the handler
        thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            listener.shutdown()
            thread.join()

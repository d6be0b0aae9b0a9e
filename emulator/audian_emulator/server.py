"""The emulator as an ASGI application, in a thread, or in the foreground."""

from __future__ import annotations

import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING

from audian_emulator.control_api import create_control_app
from audian_emulator.gateway import Gateway
from audian_emulator.messages import API_PREFIX
from audian_emulator.seed import Seed, load_seed
from audian_emulator.serving import Server
from audian_emulator.state import EmulatorState

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from starlette.types import ASGIApp, Receive, Scope, Send


class ListenError(Exception):
    """An address that cannot be listened on; the message is one line."""


def create_app(state: EmulatorState) -> ASGIApp:
    """Build the ASGI application: the API under /v2, the control endpoints beside it."""
    gateway, control = Gateway(state), create_control_app(state)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        is_api = scope["type"] == "http" and scope["path"].startswith(f"{API_PREFIX}/")
        await (gateway if is_api else control)(scope, receive, send)

    return app


class Emulator:
    """One emulator, listening as soon as it is made; requests are answered once it serves."""

    def __init__(self, seed: Seed | None = None, host: str = "127.0.0.1", port: int = 0) -> None:
        self.state = EmulatorState(seed or load_seed())
        listening = _listening_socket(host, port)
        self.url = f"http://{host}:{listening.getsockname()[1]}{API_PREFIX}"
        self._server = Server(create_app(self.state), listening)

    def serve(self) -> None:
        """Answer requests until a signal or `stop` ends it."""
        self._server.answer()

    def stop(self) -> None:
        """Make `serve` return, breaking off open connections."""
        self._server.stop()

    @classmethod
    @contextmanager
    def running(cls, seed: Seed | Path | None = None) -> Iterator[Emulator]:
        """Run an emulator in a thread, on a free port, for the length of a `with` block."""
        emulator = cls(seed if isinstance(seed, Seed) else load_seed(seed))
        with emulator._server.in_thread("audian-emulator"):
            yield emulator


def _listening_socket(host: str, port: int) -> socket.socket:
    try:
        listening = socket.create_server((host, port), backlog=2048)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        message = f"Audian emulator cannot listen on {host}:{port}: {reason}; choose another --port."
        raise ListenError(message) from error
    # Accepted connections inherit it; asyncio sets it only on sockets that it has opened itself,
    # and without it each answer on a kept-alive connection waits 40 ms for an acknowledgement.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening

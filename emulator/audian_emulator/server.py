"""The emulator as an ASGI application, in a thread, or in the foreground."""

from __future__ import annotations

import socket
from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING

import uvicorn

from audian_emulator.control_api import create_control_app
from audian_emulator.gateway import Gateway
from audian_emulator.messages import API_PREFIX
from audian_emulator.seed import Seed, load_seed
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


class _Server(uvicorn.Server):
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # A held-back answer would otherwise hold back the exit.
        for connection in list(self.server_state.connections):
            transport = getattr(connection, "transport", None)
            if transport is not None:
                transport.abort()
        await super().shutdown(sockets)


class Emulator:
    """One emulator, listening as soon as it is made; requests are answered once it serves."""

    def __init__(self, seed: Seed | None = None, host: str = "127.0.0.1", port: int = 0) -> None:
        self.state = EmulatorState(seed or load_seed())
        self._socket = _listening_socket(host, port)
        self.url = f"http://{host}:{self._socket.getsockname()[1]}{API_PREFIX}"
        config = uvicorn.Config(create_app(self.state), lifespan="off", log_config=None, log_level="error")
        self._server = _Server(config)

    def serve(self) -> None:
        """Answer requests until a signal or `stop` ends it."""
        self._server.run(sockets=[self._socket])

    def stop(self) -> None:
        """Make `serve` return, breaking off open connections."""
        self._server.should_exit = True

    @classmethod
    @contextmanager
    def running(cls, seed: Seed | Path | None = None) -> Iterator[Emulator]:
        """Run an emulator in a thread, on a free port, for the length of a `with` block."""
        emulator = cls(seed if isinstance(seed, Seed) else load_seed(seed))
        thread = Thread(target=emulator.serve, name="audian-emulator", daemon=True)
        thread.start()
        try:
            yield emulator
        finally:
            emulator.stop()
            thread.join()
            emulator._socket.close()


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

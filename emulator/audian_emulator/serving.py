"""An ASGI application on a socket that listens already: in a thread, or in the foreground."""

from __future__ import annotations

from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING

import uvicorn

if TYPE_CHECKING:
    from collections.abc import Iterator
    from socket import socket

    from starlette.types import ASGIApp

_LONGEST_END_SECONDS = 1


class Server(uvicorn.Server):
    """A server that ends when told: neither a held-back answer nor a client that doesn't read holds back the exit."""

    def __init__(self, app: ASGIApp, listening: socket) -> None:
        config = uvicorn.Config(
            app, lifespan="off", log_config=None, log_level="error", timeout_graceful_shutdown=_LONGEST_END_SECONDS
        )
        super().__init__(config)
        self._listening = listening

    def answer(self) -> None:
        """Answer requests until a signal or `stop` ends it."""
        self.run(sockets=[self._listening])

    def stop(self) -> None:
        """Make `answer` return, breaking off open connections."""
        self.should_exit = True

    @contextmanager
    def in_thread(self, name: str) -> Iterator[None]:
        """Answer requests in a thread of that name for the length of a `with` block, and close the socket then."""
        thread = Thread(target=self.answer, name=name, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self.stop()
            thread.join()
            self._listening.close()

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        """End everything that is under way: uvicorn by itself would wait for it."""
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            transport = getattr(connection, "transport", None)
            if transport is not None:
                transport.abort()
        await super().shutdown(sockets)

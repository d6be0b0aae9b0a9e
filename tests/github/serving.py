"""The stand-in as a server: in a thread for tests, or in the foreground."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.middleware.base import RequestResponseEndpoint
from tests.github import forge as known
from tests.github.endpoints import create_api
from tests.github.forge import Fault, Forge
from tests.github.messages import PREFIX
from tests.github.page import page

from audian_emulator.serving import Server


class StandIn:
    """A local GitHub, listening as soon as it is made; requests are answered once it serves."""

    def __init__(self, port: int = 0) -> None:
        listening = socket.create_server(("127.0.0.1", port))
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        self.api_url = self.url + PREFIX
        self._app = create_app()
        self.reset()
        self._server = Server(self._app, listening)

    def reset(self) -> None:
        """Forget everything."""
        self.forge = self._app.state.forge = Forge()

    def serve(self) -> None:
        """Answer requests until a signal ends it."""
        self._server.answer()

    @classmethod
    @contextmanager
    def running(cls) -> Iterator[StandIn]:
        """Run one in a thread, on a free port, for the length of a `with` block."""
        stand_in = cls()
        with stand_in._server.in_thread("github-stand-in"):
            yield stand_in


def create_app() -> FastAPI:
    """The API, and pages for a person: `/` shows the issues and comments, `/requests` what was asked."""
    app = create_api()
    app.middleware("http")(_gate)
    app.add_route("/", _show_page)
    app.add_route("/requests", _show_requests)
    return app


async def _show_page(request: Request) -> Response:
    return HTMLResponse(page(request.app.state.forge))


async def _show_requests(request: Request) -> Response:
    forge: Forge = request.app.state.forge
    return JSONResponse({"requests": [vars(one) for one in forge.requests], "violations": forge.violations})


async def _gate(request: Request, call_next: RequestResponseEndpoint) -> Response:
    """Log a request to the API, check who makes it, and inject faults."""
    path = request.url.path.removeprefix(PREFIX)
    if path == request.url.path:
        return await call_next(request)
    forge: Forge = request.app.state.forge
    body = await request.body()
    entry = known.Request(request.method, path, dict(request.query_params), json.loads(body) if body else None)
    forge.requests.append(entry)
    response = await _answer(request, forge, path, call_next)
    entry.status = response.status_code
    return response


async def _answer(request: Request, forge: Forge, path: str, call_next: RequestResponseEndpoint) -> Response:
    fault = next((fault for fault in forge.faults if fault.takes(request.method, path)), None)
    if fault and not fault.execute:
        return await _faulty(request, fault)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() not in {"token", "bearer"} or not request.headers.get("user-agent"):
        forge.violations.append(f"{request.method} {path}: no authorization or no user agent")
        return JSONResponse({"message": "Requires authentication"}, 401)
    if token not in forge.tokens:
        return JSONResponse({"message": "Bad credentials"}, 401)
    request.state.user = forge.tokens[token]
    response = await call_next(request)
    return await _faulty(request, fault) if fault else response


async def _faulty(request: Request, fault: Fault) -> Response:
    await asyncio.sleep(fault.delay)
    text = fault.body if isinstance(fault.body, str) else json.dumps(fault.body)
    kind = "text/html" if isinstance(fault.body, str) else "application/json"
    quoted = text.replace("{authorization}", request.headers.get("authorization", ""))
    return Response(quoted, fault.status, dict(fault.headers), media_type=kind)

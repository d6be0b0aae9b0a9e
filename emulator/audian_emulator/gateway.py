"""The ASGI edge of the API: logs each request, applies faults, sends or drops the answer."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from audian_emulator.api import error_answer, respond
from audian_emulator.delivery import client_leaves_within, deliver, drop
from audian_emulator.errors import ApiError
from audian_emulator.messages import Answer, Call, credentials_in, parse_body

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import Receive, Scope, Send

    from audian_emulator.document import JsonObject
    from audian_emulator.faults import Fault
    from audian_emulator.request_log import LogEntry
    from audian_emulator.state import EmulatorState

_FIRST_ERROR_STATUS = 400


class Gateway:
    """A raw ASGI application, since dropping a connection needs the web server's own `send`."""

    def __init__(self, state: EmulatorState) -> None:
        self._state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one API request."""
        try:
            call = await _read_call(Request(scope, receive))
        except ClientDisconnect:
            return
        entry, fault = self._admit(call)
        answer = self._answer(call, entry, fault)
        if fault and await client_leaves_within(fault.delay_seconds, receive):
            return
        if answer is None:
            await drop(receive, send)
        elif fault and fault.delivery:
            await deliver(self._response(call, entry, answer), fault.delivery, receive, send)
        else:
            await self._response(call, entry, answer)(scope, receive, send)

    def _admit(self, call: Call) -> tuple[LogEntry, Fault | None]:
        state = self._state
        with state.lock:
            entry = state.log.open(call, state.tokens.kind(call.token))
            fault = state.faults.take(call.method, call.account)
            entry.fault = fault.label if fault else None
            return entry, fault

    def _answer(self, call: Call, entry: LogEntry, fault: Fault | None) -> Answer | None:
        """Decide the answer, executing the request where the fault lets it; None drops."""
        if fault is None:
            return self._execute(call, entry)
        self._edit(call, fault.edit)
        executed = self._execute(call, entry) if fault.executes else None
        self._edit(call, fault.edit_after)
        if fault.drop:
            return None
        return executed if fault.answer_status is None else self._fault_answer(call, fault)

    def _execute(self, call: Call, entry: LogEntry) -> Answer:
        with self._state.lock:
            answer = respond(self._state, call)
            entry.executed = answer.status < _FIRST_ERROR_STATUS
            account = self._state.accounts.get(str(call.account))
            entry.revision = account.revision if account and entry.executed else None
            return answer

    def _edit(self, call: Call, patch: JsonObject | None) -> None:
        if patch is not None:
            with self._state.lock:
                self._state.accounts.edit(str(call.account), patch)

    def _fault_answer(self, call: Call, fault: Fault) -> Answer:
        status = fault.answer_status or 500
        if fault.body is not None or status < _FIRST_ERROR_STATUS:
            return Answer(status, fault.body, fault.answer_headers)
        error = ApiError(status, "Injected fault", headers=fault.answer_headers)
        return error_answer(self._state.behaviours, call, error)

    def _response(self, call: Call, entry: LogEntry, answer: Answer) -> Response:
        with self._state.lock:
            entry.status = answer.status
            limits = self._limit_headers()
        headers = {"x-request-id": call.request_id, **limits, **_lowercased(answer.headers)}
        if answer.body is None or isinstance(answer.body, str):
            return Response(answer.body, answer.status, headers, media_type="text/plain")
        content = json.dumps(answer.body)
        return Response(content, answer.status, headers, media_type="application/json")

    def _limit_headers(self) -> dict[str, str]:
        enabled = self._state.behaviours.rate_limit_headers
        return _lowercased(self._state.bucket.headers()) if enabled else {}


def _lowercased(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


async def _read_call(request: Request) -> Call:
    return Call(
        method=request.method,
        path=request.scope["path"],
        query=dict(request.query_params),
        credentials=credentials_in(request.headers),
        if_match=request.headers.get("if-match"),
        body=parse_body(await request.body()),
        request_id=uuid.uuid4().hex,
    )

"""The log of API requests, without any credential in it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from audian_emulator.messages import API_AUTH_PATH

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import JsonValue

    from audian_emulator.auth import TokenKind
    from audian_emulator.behaviours import AuthScheme
    from audian_emulator.messages import Call

SECRET = "[secret]"  # noqa: S105


@dataclass
class LogEntry:
    """One request as it arrived, and what came of it.

    `status` is None while it is under way and where the connection was dropped; `executed` says
    that the API carried the request out, whatever the client got to see, and `revision` is then
    that of the account which it read or stored. `fault` is the label of the fault that applied.
    """

    seq: int
    method: str
    path: str
    query: Mapping[str, str]
    account: str | None
    auth_scheme: AuthScheme | None
    token: TokenKind
    if_match: str | None
    body: JsonValue
    status: int | None = None
    executed: bool = False
    revision: int | None = None
    fault: str | None = None


class RequestLog:
    """Entries in the order of arrival; sequence numbers go on after a clear."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self.entries: list[LogEntry] = []

    def open(self, call: Call, token: TokenKind) -> LogEntry:
        """Record a request that has just arrived."""
        entry = LogEntry(
            seq=next(self._numbers),
            method=call.method,
            path=call.path,
            query=call.query,
            account=call.account,
            auth_scheme=call.auth_scheme,
            token=token,
            if_match=call.if_match,
            body=_masked(call.body) if call.path == API_AUTH_PATH else call.body,
        )
        self.entries.append(entry)
        return entry

    def clear(self) -> None:
        """Forget every entry."""
        self.entries.clear()


def _masked(body: JsonValue) -> JsonValue:
    if isinstance(body, dict):
        return {key: _masked(value) for key, value in body.items()}
    return SECRET if body is not None else None

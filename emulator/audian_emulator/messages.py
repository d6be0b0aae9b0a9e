"""One request to the emulated API, and its answer, free of any web framework."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import JsonValue

    from audian_emulator.behaviours import AuthScheme
    from audian_emulator.document import JsonObject

API_PREFIX = "/v2"
API_AUTH_PATH = f"{API_PREFIX}/api_auth"
_ACCOUNT_PATH = re.compile(rf"{API_PREFIX}/accounts/([^/]+)")
_BEARER = re.compile(r"bearer +(.+)", re.IGNORECASE)


@dataclass(frozen=True)
class Call:
    """A request; `body` is its parsed JSON, None where there is none or it does not parse."""

    method: str
    path: str
    query: Mapping[str, str]
    credentials: Mapping[AuthScheme, str]
    if_match: str | None
    body: JsonValue
    request_id: str

    @property
    def account(self) -> str | None:
        """The account that the path names."""
        match = _ACCOUNT_PATH.fullmatch(self.path)
        return match.group(1) if match else None

    @property
    def auth_scheme(self) -> AuthScheme | None:
        """The scheme of the credential; X-Auth-Token where both are sent."""
        return next(iter(self.credentials), None)

    @property
    def token(self) -> str | None:
        """The token as sent; it never goes into the request log."""
        return next(iter(self.credentials.values()), None)

    def envelope(self, status: str, data: JsonValue) -> JsonObject:
        """Wrap data as Audian's older pages show it, echoing the caller's token."""
        wrapped: JsonObject = {"data": data, "request_id": self.request_id, "status": status}
        return wrapped if self.token is None else {"auth_token": self.token, **wrapped}


@dataclass(frozen=True)
class Answer:
    """A response; a string body is sent as it stands, None as an empty body."""

    status: int
    body: JsonValue
    headers: Mapping[str, str] = field(default_factory=dict)


def credentials_in(headers: Mapping[str, str]) -> dict[AuthScheme, str]:
    """Collect the tokens of a request by scheme."""
    found: dict[AuthScheme, str] = {}
    if "x-auth-token" in headers:
        found["x-auth-token"] = headers["x-auth-token"]
    bearer = _BEARER.fullmatch(headers.get("authorization", ""))
    if bearer:
        found["bearer"] = bearer.group(1)
    return found


def parse_body(content: bytes) -> JsonValue:
    """Parse strict JSON (no NaN or Infinity); None for anything else."""
    try:
        parsed: JsonValue = json.loads(content, parse_constant=_refuse_constant)
    except ValueError:
        return None
    return parsed


def _refuse_constant(name: str) -> JsonValue:
    message = f"{name} is not JSON"
    raise ValueError(message)

"""Which tokens the emulated API knows, and what each may do."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Literal

from audian_emulator.errors import ApiError

if TYPE_CHECKING:
    from audian_emulator.behaviours import AuthScheme
    from audian_emulator.messages import Call
    from audian_emulator.seed import Seed

TokenKind = Literal["full", "readOnly", "issued", "unknown", "none"]


class TokenRegistry:
    """The seed's tokens and those that api_auth issued."""

    def __init__(self, seed: Seed) -> None:
        self._api_key = seed.api_key
        self._kinds: dict[str, TokenKind] = {
            seed.tokens.full: "full",
            seed.tokens.read_only: "readOnly",
        }

    def kind(self, token: str | None) -> TokenKind:
        """Classify a token; an expired one is unknown."""
        return "none" if token is None else self._kinds.get(token, "unknown")

    def issue(self, api_key: str) -> str | None:
        """Return a new token for the right API key, None for any other."""
        if api_key != self._api_key:
            return None
        token = f"issued-{secrets.token_urlsafe(24)}"
        self._kinds[token] = "issued"
        return token

    def expire_issued(self) -> int:
        """Forget every issued token; return how many there were."""
        expired = [token for token, kind in self._kinds.items() if kind == "issued"]
        for token in expired:
            del self._kinds[token]
        return len(expired)

    def authorize(self, call: Call, accepted: tuple[AuthScheme, ...]) -> None:
        """Raise 401 for a caller that is not known, 403 for one that may only read."""
        tokens = [token for scheme, token in call.credentials.items() if scheme in accepted]
        kind = self.kind(tokens[0] if tokens else None)
        if kind in ("unknown", "none"):
            raise ApiError(401, "Invalid or missing authentication token")
        if call.method != "GET" and kind == "readOnly":
            raise ApiError(403, "Insufficient permissions: the token may only read")

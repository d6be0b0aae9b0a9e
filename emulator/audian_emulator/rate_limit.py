"""The token bucket behind 429 answers and RateLimit headers."""

from __future__ import annotations

import math
import time

from audian_emulator.behaviours import RateLimit

# What Kazoo, which the API resembles, allows: 100 tokens, refilled at 10 a second.
_UNENFORCED = RateLimit(capacity=100, refill_per_second=10)


class TokenBucket:
    """One bucket for all callers: here every request has the same address and tenant.

    Without a limit it counts against Kazoo's figures, for the headers, and refuses nothing.
    """

    def __init__(self, limit: RateLimit | None) -> None:
        self._limit = limit or _UNENFORCED
        self._enforced = limit is not None
        self._tokens = float(self._limit.capacity)
        self._filled_at = time.monotonic()

    def take(self) -> bool:
        """Spend one token; False where the limit forbids the request."""
        self._refill()
        if self._tokens >= 1:
            self._tokens -= 1
            return True
        return not self._enforced

    def refusal_headers(self) -> dict[str, str]:
        """Return Retry-After, in whole seconds, where the limit is set to send it."""
        if not self._limit.retry_after:
            return {}
        return {"Retry-After": str(self._seconds_until(1))}

    def headers(self) -> dict[str, str]:
        """Return RateLimit-Limit, -Remaining and -Reset (seconds until the bucket is full)."""
        self._refill()
        return {
            "RateLimit-Limit": str(self._limit.capacity),
            "RateLimit-Remaining": str(int(self._tokens)),
            "RateLimit-Reset": str(self._seconds_until(self._limit.capacity)),
        }

    def _refill(self) -> None:
        now = time.monotonic()
        gained = (now - self._filled_at) * self._limit.refill_per_second
        self._tokens = min(self._limit.capacity, self._tokens + gained)
        self._filled_at = now

    def _seconds_until(self, tokens: float) -> int:
        return math.ceil(max(0.0, tokens - self._tokens) / self._limit.refill_per_second)

"""When to try again and how long to wait: the policy, with the retrying itself left to tenacity."""

from __future__ import annotations

import math
import random
import threading
import time
from collections.abc import Callable, Mapping
from datetime import timezone
from email.utils import parsedate_to_datetime

import tenacity

from pulumi_audian.errors import AudianError

BUSY = frozenset({429, 502, 503, 504})
"""Statuses after which the same request may succeed later (contract, "Status Codes"; public rate-limit page)."""

TOO_MANY_REQUESTS = 429
_FIRST_WAIT_SECONDS = 0.5
_LONGEST_BACKOFF_SECONDS = 20.0
_MOST_DOUBLINGS = 16
_SECONDS_BETWEEN_CONNECTIONS = 1.0
_EPOCH_LIKE = 10_000_000
WORTH_SAYING_SECONDS = 5.0
"""A longer wait would look like a hang."""


class Again(Exception):
    """Asks for another attempt, after `wait` seconds where it is known how long; `error` is raised at the end."""

    def __init__(self, error: AudianError, wait: float | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.wait = wait


def asked_wait(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds that an answer asks to wait: Retry-After as seconds or date, else RateLimit-Reset.

    `now` is the current time in seconds since the epoch; header names are lower-case.
    """
    for name in ("retry-after", "ratelimit-reset"):
        seconds = _seconds(headers.get(name, ""), now)
        if seconds is not None:
            return max(0.0, seconds)
    return None


def _seconds(text: str, now: float) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return _seconds_until(text, now)
    if not math.isfinite(number):
        return None
    return number - now if number > _EPOCH_LIKE else number


def _seconds_until(date: str, now: float) -> float | None:
    try:
        asked = parsedate_to_datetime(date)
    except ValueError:
        return None
    # A date without a zone is one of HTTP's older forms, which are in UTC as well (RFC 9110, 5.6.7).
    return (asked if asked.tzinfo else asked.replace(tzinfo=timezone.utc)).timestamp() - now


def backoff(attempt: int) -> float:
    """Seconds to wait after the given attempt, counted from 1: doubling, capped, and spread by jitter."""
    ceiling = min(_FIRST_WAIT_SECONDS * 2 ** min(attempt - 1, _MOST_DOUBLINGS), _LONGEST_BACKOFF_SECONDS)
    return random.uniform(ceiling / 2, ceiling)  # noqa: S311 - spreads load, keeps no secret


class Throttle:
    """Holds back every thread of the process while the API asks for less traffic."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open_at = 0.0

    def hold(self, seconds: float) -> None:
        """Let no request start for this many seconds."""
        with self._lock:
            self._open_at = max(self._open_at, time.monotonic() + seconds)

    def remaining(self) -> float:
        """Seconds until a request may start."""
        with self._lock:
            return max(0.0, self._open_at - time.monotonic())


class Patience:
    """How long every thread of the process tries to connect, from the first attempt that failed on.

    Without a number of seconds that is as long as the budget of its call.
    """

    def __init__(self, seconds: float = math.inf) -> None:
        self._lock = threading.Lock()
        self._seconds = seconds
        self._failing_since: float | None = None

    def renew(self) -> None:
        """Begin again, because there was a connection."""
        with self._lock:
            self._failing_since = None

    def is_over(self, started: float) -> bool:
        """Whether to give up after an attempt that failed, and started at a time of `time.monotonic`."""
        with self._lock:
            self._failing_since = min(started, self._failing_since or started)
            return time.monotonic() - self._failing_since >= self._seconds

    @property
    def wait(self) -> float | None:
        """Seconds until the next attempt, where it is not the usual backoff: it would outlast a limited patience."""
        return None if math.isinf(self._seconds) else _SECONDS_BETWEEN_CONNECTIONS


def retrying(
    budget_seconds: float, say: Callable[[str], None], worth_saying: float = WORTH_SAYING_SECONDS
) -> tenacity.Retrying:
    """A loop that repeats what raises `Again` until the next wait would exceed the budget in seconds.

    `say` is told of each wait that is longer than `worth_saying` seconds.
    """
    return tenacity.Retrying(
        retry=tenacity.retry_if_exception_type(Again),
        wait=_wait,
        stop=tenacity.stop_before_delay(budget_seconds),
        before_sleep=lambda state: _announce(state, say, worth_saying),
        retry_error_callback=_give_up,
    )


def _wait(state: tenacity.RetryCallState) -> float:
    return _again(state).wait or backoff(state.attempt_number)


def _announce(state: tenacity.RetryCallState, say: Callable[[str], None], worth_saying: float) -> None:
    if state.upcoming_sleep > worth_saying:
        say(f"{_again(state)}; trying again in {state.upcoming_sleep:.0f} s")


def _give_up(state: tenacity.RetryCallState) -> None:
    raise _again(state).error


def _again(state: tenacity.RetryCallState) -> Again:
    exception = state.outcome.exception() if state.outcome else None
    if not isinstance(exception, Again):
        raise TypeError from exception
    return exception

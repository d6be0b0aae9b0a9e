"""Every kind of fault that the chaos suite injects into requests, as one table; docs/reliability.md shows it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from random import Random
from typing import Any, NamedTuple

TIMEOUT_SECONDS = 1
"""How long a request may take while faults are injected."""
RETRY_SECONDS = 2

_BEYOND_TIMEOUT = 2.5 * TIMEOUT_SECONDS
_HUGE_BYTES = 11_000_000
_ELSEWHERE = {"Location": "http://127.0.0.2:9/v2/accounts/elsewhere"}
_LOGIN_PAGE = "<html><body>Please log in</body></html>"


class Kind(NamedTuple):
    """One kind of fault.

    `make` draws a fault of the emulator. `spoils` tells that the client can't take an account from the answer. With
    `edits`, someone else's edit goes with it, `before` or `after` the execution of the request.
    """

    name: str
    what: str
    make: Callable[[Random], dict[str, Any]]
    methods: tuple[str, ...] = ("GET", "PATCH")
    spoils: bool = True
    edits: str = ""
    weight: int = 2


def _busy(random: Random) -> int:
    return random.choice([502, 503, 504])


def _skewed(random: Random) -> dict[str, Any]:
    """A wait until a date by a clock that goes wrong by up to a day into the past, or by a second into the future."""
    off = random.choice([-86_400, -3_600, -61, -1, 0, 1])
    date = format_datetime(datetime.now(timezone.utc) + timedelta(seconds=off), usegmt=True)
    return {"status": random.choice([429, 503]), "retry_after": date}


_NONSENSE = ("soon", "-5", "NaN", "1e400", "Wed, 99 Oct 2026 07:28:00 GMT", "0x10", "")

KINDS: tuple[Kind, ...] = (
    Kind(
        "429",
        "too many requests; not executed",
        lambda random: {"status": 429, "retry_after": random.choice([None, 0, 0])},
        weight=3,
    ),
    Kind("skewed Retry-After", "429 or 503 with a date from a clock that is off by up to a day", _skewed),
    Kind(
        "absurd Retry-After",
        "a wait that is no number and no date",
        lambda random: {"status": random.choice([429, 503]), "retry_after": random.choice(_NONSENSE)},
    ),
    Kind(
        "endless Retry-After",
        "a wait beyond every budget, which holds back all accounts of the run; at most once a run",
        lambda random: {"status": 429, "retry_after": random.choice([3600, 10**9])},
        weight=0,
    ),
    Kind("500", "not executed", lambda _: {"status": 500}),
    Kind("500 after execution", "executed, and answered as if it failed", lambda _: {"status": 500, "execute": True}),
    Kind("502, 503, 504", "not executed", lambda random: {"status": _busy(random)}, weight=3),
    Kind(
        "502, 503, 504 after execution",
        "executed, and answered as if it failed",
        lambda random: {"status": _busy(random), "execute": True},
        weight=3,
    ),
    Kind(
        "delay",
        "the answer is late, within the timeout",
        lambda random: {"delay_seconds": random.uniform(0.02, 0.2)},
        spoils=False,
    ),
    Kind(
        "delay beyond the timeout",
        "executed, and the client has left before the answer",
        lambda _: {"delay_seconds": _BEYOND_TIMEOUT},
    ),
    Kind("connection lost before execution", "without an answer", lambda _: {"drop": "before"}, weight=3),
    Kind("connection lost after execution", "without an answer", lambda _: {"drop": "after"}, weight=3),
    Kind(
        "body cut off",
        "the connection closes within the announced body",
        lambda random: {"delivery": {"cut_after_bytes": random.randint(0, 200)}},
    ),
    Kind(
        "half a JSON",
        "status 200, executed",
        lambda random: {"status": 200, "execute": True, "body": '{"id": "acc_chaos", "name'[: random.randint(0, 25)]},
    ),
    Kind(
        "a web page",
        "status 200 of something before the API; executed or not",
        lambda random: {"status": 200, "execute": random.random() < 0.5, "body": _LOGIN_PAGE},
    ),
    Kind(
        "an error page",
        "403, 404 or 502 with HTML, of something before the API; not executed",
        lambda random: {"status": random.choice([403, 404, 502]), "body": _LOGIN_PAGE},
    ),
    Kind(
        "other JSON",
        "status 200, executed, with JSON that is no account",
        lambda random: {"status": 200, "execute": True, "body": random.choice([[], 7, {}, {"status": "success"}])},
    ),
    Kind(
        "another account",
        "status 200, executed, and the answer is about another account",
        lambda _: {"status": 200, "execute": True, "body": {"id": "acc_stranger", "name": "S", "email": "s@acme.com"}},
    ),
    Kind(
        "a part of the account",
        "status 200, executed, and the answer leaves out most",
        lambda _: {"status": 200, "execute": True, "body": {"id": "acc_chaos"}},
        methods=("PATCH",),
    ),
    Kind("no content", "204, executed", lambda _: {"status": 204, "execute": True}, methods=("PATCH",)),
    Kind(
        "wrong content type",
        "the API's own answer under another label",
        lambda random: {"delivery": {"content_type": random.choice(["text/html", "image/png", "application/xml"])}},
        spoils=False,
    ),
    Kind(
        "redirect",
        "301, 302, 307 or 308 to another host; executed or not",
        lambda random: {
            "status": random.choice([301, 302, 307, 308]),
            "headers": _ELSEWHERE,
            "execute": random.random() < 0.3,
        },
    ),
    Kind(
        "slow body",
        "the body trickles, within the timeout",
        lambda random: {"delivery": {"trickle_seconds": random.uniform(0.05, 0.25)}},
        spoils=False,
    ),
    Kind(
        "slow body beyond the timeout",
        "executed, and the client has left before the end of the body",
        lambda _: {"delivery": {"trickle_seconds": _BEYOND_TIMEOUT}},
    ),
    Kind(
        "large body",
        "1 MB, which is read",
        lambda _: {"delivery": {"padding_bytes": 1_000_000}},
        spoils=False,
        weight=1,
    ),
    Kind(
        "huge body",
        "11 MB, more than is read",
        lambda _: {"delivery": {"padding_bytes": _HUGE_BYTES}},
        weight=1,
    ),
    Kind(
        "refusal",
        "400, 401, 403, 409 or 412 of the API itself; not executed",
        lambda random: {"status": random.choice([400, 401, 403, 409, 412])},
        weight=1,
    ),
    Kind(
        "edit between read and write",
        "someone else changes the account after our read was executed",
        lambda _: {},
        methods=("GET",),
        spoils=False,
        edits="after",
        weight=4,
    ),
    Kind(
        "edit right before the write",
        "someone else changes the account while our write is under way",
        lambda _: {},
        methods=("PATCH",),
        spoils=False,
        edits="before",
        weight=4,
    ),
    Kind(
        "edit right after the write",
        "someone else changes the account before our answer is out",
        lambda _: {},
        methods=("PATCH",),
        spoils=False,
        edits="after",
        weight=3,
    ),
    Kind(
        "edit and lost answer",
        "the write is executed, its answer lost, and someone else changes the account before we look",
        lambda random: random.choice([{"drop": "after"}, {"status": 503, "execute": True}]),
        methods=("PATCH",),
        edits="after",
        weight=3,
    ),
    Kind(
        "edit and lost write",
        "the write is lost, and someone else changes the account before we look",
        lambda random: random.choice([{"drop": "before"}, {"status": 503}]),
        methods=("PATCH",),
        edits="after",
        weight=3,
    ),
)

BY_NAME: dict[str, Kind] = {kind.name: kind for kind in KINDS}
ENDLESS = BY_NAME["endless Retry-After"]
HELD = "held for a kill"
"""The label of the fault that holds a write's answer back until a process is killed."""

OTHERS: dict[str, str] = {
    "edit between runs": "someone else changes the account between two commands",
    "provider killed": "kill -9 of the dynamic host",
    "program killed": "kill -9 of the Python program",
    "engine killed": "kill -9 of the engine, and later of what it leaves behind",
}
"""What is injected besides faults of requests."""


def spoiled(label: str | None) -> bool:
    """Whether the client can't take an account from an answer with the fault of this label."""
    return label == HELD or (label is not None and BY_NAME[label].spoils)

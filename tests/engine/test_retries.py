"""A busy API: waits that it asks for, waits of our own, and one throttle for all threads."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

import pytest

from workbench import ACME, CLOSED, GLOBEX, INITECH, Workbench

ACCOUNTS = {"acme": ACME, "globex": GLOBEX, "initech": INITECH, "closed": CLOSED}


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_busy_read_is_repeated(bench: Workbench, status: int) -> None:
    """A read that the API can't answer now is asked again."""
    bench.config["audian:retrySeconds"] = 30  # the two waits take up to 1.5, and a busy machine more
    bench.api.fault(method="GET", status=status, times=2)
    bench.declare(acme={"accountId": ACME, "displayName": "Acme Corp"})
    preview = bench.preview()
    assert preview.code == 0, preview.text
    assert bench.calls() == ["GET", "GET", "GET"]


def test_a_lost_connection_is_tried_again(bench: Workbench) -> None:
    """A read whose connection breaks is repeated."""
    bench.config["audian:retrySeconds"] = 30  # the two waits take up to 1.5, and a busy machine more
    bench.api.fault(method="GET", drop="before", times=2)
    bench.declare(acme={"accountId": ACME, "displayName": "Acme Corp"})
    assert bench.preview().code == 0


def test_a_date_in_retry_after_is_honoured(bench: Workbench) -> None:
    """Retry-After may be a date: one beyond the budget ends the call at once."""
    far = format_datetime(datetime.now(timezone.utc) + timedelta(hours=1), usegmt=True)
    bench.api.fault(method="GET", status=429, retryAfter=far)
    bench.declare(acme={"accountId": ACME, "displayName": "Acme Corp"})
    preview = bench.preview()
    assert preview.code != 0
    assert bench.calls() == ["GET"]


def test_ratelimit_reset_is_honoured(bench: Workbench) -> None:
    """Without Retry-After, RateLimit-Reset says how long to wait."""
    bench.api.fault(method="GET", status=429, headers={"RateLimit-Reset": "3600"})
    bench.declare(acme={"accountId": ACME, "displayName": "Acme Corp"})
    preview = bench.preview()
    assert preview.code != 0
    assert bench.calls() == ["GET"]


def test_a_long_wait_is_shown(bench: Workbench) -> None:
    """A wait of more than five seconds is announced, with its reason, while it lasts."""
    bench.config["audian:retrySeconds"] = 30
    bench.api.fault(method="GET", status=429, retryAfter=6)
    bench.declare(acme={"accountId": ACME, "displayName": "Acme Corp"})
    preview = bench.preview()
    assert preview.code == 0, preview.text
    assert any("HTTP 429" in text and "trying again in 6 s" in text for text in preview.messages("info"))


def test_many_accounts_share_a_small_rate_limit(bench: Workbench) -> None:
    """With a bucket of two requests, all accounts come up: one 429 slows every thread."""
    bench.config["audian:retrySeconds"] = 60
    bench.api.behave(rateLimit={"capacity": 2, "refillPerSecond": 5, "retryAfter": True})
    bench.declare(**{name: {"accountId": account, "displayName": f"{name} 2"} for name, account in ACCOUNTS.items()})
    up = bench.up("--skip-preview")
    assert up.code == 0, up.text
    executed = [entry for entry in bench.api.writes() if entry["executed"]]
    assert sorted(entry["account"] for entry in executed) == sorted(ACCOUNTS.values())


def test_one_request_to_slow_down_holds_back_all_threads(bench: Workbench) -> None:
    """After a 429 that names a wait, no other account's request starts before the wait is over."""
    bench.config["audian:retrySeconds"] = 60
    bench.settle(**{name: {"accountId": account} for name, account in ACCOUNTS.items()})
    bench.api.fault(method="GET", account=ACME, status=429, retryAfter=3)
    bench.declare(**{name: {"accountId": account, "phone": "+1-555-0199"} for name, account in ACCOUNTS.items()})
    started = time.monotonic()
    up = bench.up("--skip-preview")
    assert up.code == 0, up.text
    requests = bench.api.requests()
    refused = next(index for index, entry in enumerate(requests) if entry["status"] == 429)
    # The four threads may each have one request under way; everything after it waits.
    assert refused <= 4
    assert time.monotonic() - started >= 3

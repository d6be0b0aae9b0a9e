"""What the property tests share: a clock that nobody waits for."""

from __future__ import annotations

from types import SimpleNamespace

import pytest


@pytest.fixture
def _nothing_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let waits pass at once on a clock of their own, so that retry budgets run out as they would for a user."""
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    clock = SimpleNamespace(sleep=sleep, monotonic=lambda: now[0], time=lambda: now[0])
    for user in ("tenacity", "tenacity.nap", "pulumi_audian.client", "pulumi_audian.retry"):
        monkeypatch.setattr(f"{user}.time", clock)

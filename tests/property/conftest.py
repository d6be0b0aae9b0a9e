"""What the property tests share: the workbench of the engine tests, an API, and a clock that nobody waits for."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from audian_emulator import Control, Emulator

sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))


@pytest.fixture
def api() -> Iterator[Control]:
    """A running API with the accounts of the shipped seed."""
    with Emulator.running() as emulator:
        yield Control(emulator.url)


@pytest.fixture
def _nothing_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let waits pass at once on a clock of their own, so that retry budgets run out as they would for a user."""
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    clock = SimpleNamespace(sleep=sleep, monotonic=lambda: now[0], time=lambda: now[0])
    for user in ("tenacity", "tenacity.nap", "pulumi_audian.client", "pulumi_audian.retry"):
        monkeypatch.setattr(f"{user}.time", clock)

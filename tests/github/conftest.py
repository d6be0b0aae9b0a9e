"""A run of GitHub Actions on a pull request, and the local GitHub that it talks to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.github.forge import Forge
from tests.github.serving import StandIn
from tests.github.stand_in import payload, variables

from pulumi_audian.cli.github import Event, session


@pytest.fixture(scope="session")
def running() -> Iterator[StandIn]:
    """One server for all tests."""
    with StandIn.running() as server:
        yield server


@pytest.fixture
def stand_in(running: StandIn) -> Iterator[StandIn]:
    """A new local GitHub; nothing that it doesn't know, or that nobody should do, may have been asked of it."""
    running.reset()
    yield running
    assert running.forge.violations == []


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "FIRST_WAIT_SECONDS", 0.05)


@pytest.fixture
def forge(stand_in: StandIn) -> Forge:
    """What the local GitHub knows."""
    return stand_in.forge


@pytest.fixture
def environ(stand_in: StandIn, tmp_path: Path) -> dict[str, str]:
    """The runner's variables for a pull request."""
    (tmp_path / "event.json").write_text(json.dumps(payload()), encoding="utf-8")
    return variables(stand_in, tmp_path)


@pytest.fixture
def event(environ: dict[str, str]) -> Event:
    """The event of a pull request."""
    found = Event.from_environment(environ)
    assert found
    return found

"""What the security tests share: clients of a hostile API, and the workbench of the engine tests."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.security.hostile import ACCOUNT, Server, always, answer, serving

from audian_emulator import Control, Emulator

sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))

from workbench import Workbench, find_engine


@pytest.fixture
def server() -> Iterator[Server]:
    """A server that shows an account until a test has it answer otherwise."""
    with serving(always(answer(ACCOUNT))) as running:
        yield running


@pytest.fixture
def api() -> Iterator[Control]:
    """A running API with the accounts of the shipped seed."""
    with Emulator.running() as emulator:
        yield Control(emulator.url)


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests say themselves what the environment has."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NETRC"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture(scope="module")
def server_of_module() -> Iterator[Server]:
    """A server for tests that ask many times."""
    with serving(always(answer(ACCOUNT))) as running:
        yield running


@pytest.fixture
def bench(tmp_path: Path, api: Control) -> Workbench:
    """A new stack of this checkout's project, with the full token, against the emulator."""
    return Workbench(tmp_path, api, find_engine())

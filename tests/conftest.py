"""What all tests share: an API to talk to, and a project with a stack on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from audian_emulator import Control, Emulator
from workbench import Workbench, find_engine


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the option with which `make engines` chooses its tests."""
    parser.addoption("--engine-only", action="store_true", help="run the tests that need the engine, and no others")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what has nothing to do with the engine, where that was asked for."""
    if config.getoption("--engine-only"):
        items[:] = [item for item in items if "engine_directory" in getattr(item, "fixturenames", ())]


@pytest.fixture(scope="session")
def engine_directory() -> Path:
    """The directory of the `pulumi` command."""
    return find_engine()


@pytest.fixture
def api() -> Iterator[Control]:
    """A running API with the accounts of the shipped seed."""
    with Emulator.running() as emulator:
        yield Control(emulator.url)


@pytest.fixture
def bench(tmp_path: Path, api: Control, engine_directory: Path) -> Workbench:
    """A new stack of this checkout's project, with the full token, against the API."""
    return Workbench(tmp_path, api, engine_directory)

"""The workbench of the engine tests, for the examples."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from audian_emulator import Control, Emulator

sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))


@pytest.fixture
def api() -> Iterator[Control]:
    """A running API with the accounts of the shipped seed."""
    with Emulator.running() as emulator:
        yield Control(emulator.url)

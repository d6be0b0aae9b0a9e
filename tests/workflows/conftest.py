"""A runner for each test."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.workflows.steps import Runner


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    """A runner whose directories have names that a careless script would take apart."""
    return Runner(tmp_path / "it's a $(touch evil) runner")

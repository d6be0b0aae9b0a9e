"""The previews that the report's tests read are what the engine prints."""

from __future__ import annotations

import json

import pytest

from previews import SCENARIOS, files, record
from pulumi_audian.cli.diagnosis.engine import NEWEST
from workbench import Workbench


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_recorded_preview_is_what_the_engine_prints(bench: Workbench, name: str) -> None:
    """A preview made afresh is the recorded one; record anew with `make previews` where the change is meant."""
    if bench.version()[:2] < NEWEST:
        pytest.skip("the recordings are what the newest engine prints")
    printed, left = (file.read_text("utf-8") if file.exists() else "" for file in files(name))
    made, found = record(bench, name)
    assert json.loads(made) == json.loads(printed)
    assert found == left

"""The JSON Schema of the pack's configuration, which catches what the engine would ignore."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from audian_policy.schema import build

PACK = Path(__file__).parents[2] / "policy"
MISTAKES: list[tuple[Any, str]] = [
    ({"metadata-key": {"keys": ["costCenter"]}}, "'metadata-key' was unexpected"),
    ({"metadata-keys": {"key": ["costCenter"]}}, "'key' was unexpected"),
    ({"metadata-keys": "mandatory"}, "'mandatory' is not of type 'object'"),
    ({"metadata-keys": {"enforcementLevel": "mandatory"}}, "is not valid under any of the given schemas"),
    ({"recording-retention": {"minimumDays": 400}}, "400 is greater than the maximum of 365"),
]


def check(config: Any, folder: Path) -> subprocess.CompletedProcess[str]:
    """Check a configuration with the command that the pack's README names."""
    file = folder / "policy.json"
    file.write_text(json.dumps(config), "utf-8")
    return subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--schemafile", PACK / "schema.json", file],
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_committed_schema_is_the_one_that_the_rules_give() -> None:
    """`python -m audian_policy.schema > schema.json` was run after the last change of a rule."""
    assert json.loads((PACK / "schema.json").read_text("utf-8")) == build()


def test_the_documented_configuration_is_valid(tmp_path: Path) -> None:
    """What README.md tells a team to write is accepted, and names rules that exist."""
    text = re.search(r"```json\n(.*?)```", (PACK / "README.md").read_text("utf-8"), re.DOTALL)
    assert text is not None
    done = check(json.loads(text[1]), tmp_path)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(("config", "complaint"), MISTAKES)
def test_a_mistake_is_found(config: Any, complaint: str, tmp_path: Path) -> None:
    """A misspelt rule or setting and a rule that is on in name only are refused."""
    done = check(config, tmp_path)
    assert done.returncode == 1
    assert complaint in done.stdout


def test_the_documented_table_has_every_rule_and_setting() -> None:
    """README.md names what can be configured."""
    text = (PACK / "README.md").read_text("utf-8")
    for name, rule in build()["properties"].items():
        assert f"`{name}`" in text
        assert [setting for setting in rule["properties"] if f"`{setting}`" not in text] == []

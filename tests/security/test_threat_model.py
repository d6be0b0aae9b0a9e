"""The threat model points to the tests that hold it."""

from __future__ import annotations

import re
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
TEXT = (CHECKOUT / "docs" / "threat-model.md").read_text("utf-8")
FILES = [path for path in (CHECKOUT / "tests").rglob("test_*.py") if path != Path(__file__)]


def test_every_file_that_it_names_exists() -> None:
    """Each is in the folder that stands before it, or in the one of security tests."""
    named = re.findall(r"`(?:tests/(\w+)/)?(test_\w+\.py)`", TEXT)
    folders = {path.name: path.parent.name for path in FILES}
    assert len(named) > 10
    assert [name for folder, name in named if folders.get(name) not in (folder or "security", "workflows")] == []


def test_every_security_test_is_named() -> None:
    """A file of tests that no threat mentions is a threat that nobody described."""
    unnamed = [path.name for path in FILES if path.parent == Path(__file__).parent and path.name not in TEXT]
    assert unnamed == []

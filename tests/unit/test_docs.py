"""The documents keep their promises: every test that they name exists."""

from __future__ import annotations

import re
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]


def test_every_test_named_in_the_documents_exists() -> None:
    """A renamed test is renamed where the documents point to it."""
    documents = "".join(path.read_text("utf-8") for path in (CHECKOUT / "docs").glob("*.md"))
    tests = "".join(path.read_text("utf-8") for path in (CHECKOUT / "tests").rglob("test_*.py"))
    named = set(re.findall(r"`(test_\w+)`", documents))
    assert named
    assert {name for name in named if f"def {name}(" not in tests} == set()

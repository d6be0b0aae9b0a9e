"""What a rule finds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

_SHOWN_ENTRIES = 5


class Violation(NamedTuple):
    """A rule is broken; `urn` says by which account, where there is one."""

    text: str
    urn: str = ""


class Undecided(NamedTuple):
    """A rule can't tell whether it is broken; it is an advice whatever the rule's level."""

    text: str


Finding = Violation | Undecided


def one_of(entries: Sequence[str]) -> str:
    """A list of a rule's settings as messages show it: `"DE", "US" and 3 more`."""
    shown = ", ".join(json.dumps(entry, ensure_ascii=False) for entry in entries[:_SHOWN_ENTRIES])
    rest = len(entries) - _SHOWN_ENTRIES
    return f"{shown} and {rest} more" if rest > 0 else shown

"""An account as the engine shows it to a policy."""

from __future__ import annotations

import enum
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

_SHOWN_CHARACTERS = 60


class Marker(enum.Enum):
    """Stands where there is no value to judge."""

    ABSENT = "absent"
    """There is nothing at the path, or null."""
    UNKNOWN = "unknown"
    """It is an output that only `up` computes."""


ABSENT = Marker.ABSENT
UNKNOWN = Marker.UNKNOWN


@dataclass(frozen=True)
class Account:
    """One account: its properties have the API's names, and UNKNOWN in place of what is not known yet."""

    urn: str
    name: str
    properties: Mapping[str, Any]
    plain: frozenset[str] = frozenset()
    """The top-level fields that hold no secret. Values of all others are not shown."""

    def __str__(self) -> str:
        account_id = self.value("accountId") if "accountId" in self.plain else UNKNOWN
        return f"account {self.name}" if isinstance(account_id, Marker) else f"account {self.name} ({account_id})"

    def value(self, path: str) -> Any:
        """The value at a dotted path; UNKNOWN below an unknown object, ABSENT where there is none."""
        found: Any = self.properties
        for part in path.split("."):
            if found is UNKNOWN:
                return UNKNOWN
            found = found.get(part) if isinstance(found, Mapping) else None
        return ABSENT if found is None else found

    def shown(self, path: str) -> str:
        """The value at a path as messages show it: on one line, cut, and not at all where it is secret."""
        if path.partition(".")[0] not in self.plain:
            return "[secret]"
        value = self.value(path)
        whole = int(value) if isinstance(value, float) and value.is_integer() else value
        text = json.dumps(whole, ensure_ascii=False, default=str)
        return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}..."

    def listed(self, entries: Collection[str]) -> bool:
        """Whether a list has its resource name or its account id."""
        return self.name in entries or self.value("accountId") in entries

    def may_be_listed(self, entries: Collection[str]) -> bool:
        """Whether a list has entries, one of which may be its account id, which is not known yet."""
        return bool(entries) and self.value("accountId") is UNKNOWN


@dataclass(frozen=True)
class Stack:
    """The accounts of a stack, by URN."""

    name: str
    declared: Mapping[str, Account]
    """With the inputs that the program gives them."""
    outcome: Mapping[str, Account]
    """With their outputs at the end: an account that a preview would change has only its inputs there."""

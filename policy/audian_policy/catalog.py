"""The rules that a team can turn on: names, settings and checks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from audian_policy.account import Account, Stack
from audian_policy.finding import Finding
from audian_policy.metadata import required_metadata
from audian_policy.places import allowed_places
from audian_policy.protected import untouched_accounts
from audian_policy.retention import declared_retention, last_known_retention
from audian_policy.status import refused_status

Subject = TypeVar("Subject", Account, Stack)
Schema = dict[str, Any]


@dataclass(frozen=True)
class Rule(Generic[Subject]):
    """One rule: it is on where one of the settings in `turned_on_by` is set."""

    name: str
    description: str
    turned_on_by: tuple[str, ...]
    settings: Mapping[str, Schema]
    """The JSON Schema of each setting."""
    check: Callable[[Subject, Mapping[str, Any]], Iterable[Finding]]


def _texts(description: str) -> Schema:
    items = {"type": "string", "minLength": 1}
    return {"type": "array", "items": items, "description": description}


def _switch(description: str) -> Schema:
    return {"type": "boolean", "default": False, "description": description}


_STATUSES = {"type": "string", "enum": ["suspended", "closed"]}
_REFUSED = {"type": "array", "items": _STATUSES, "description": "The statuses that no account may be declared with"}
_DAYS = {"type": "integer", "minimum": 1, "maximum": 365, "description": "The least number of days"}
_STACKS = {
    "type": "object",
    "additionalProperties": _texts("Resource names or account ids"),
    "description": "The protected accounts of each stack, by the stack's name",
}

ACCOUNT_RULES: tuple[Rule[Account], ...] = (
    Rule(
        "account-status",
        "No account is taken out of service without leave",
        ("refuse",),
        {
            "refuse": _REFUSED,
            "allow": _texts("Resource names or account ids that may have such a status"),
            "allowAll": _switch("Whether all accounts may; for a workflow to set, say by a pull request's label"),
        },
        refused_status,
    ),
    Rule(
        "recording-retention",
        "Recordings are kept long enough",
        ("minimumDays",),
        {"minimumDays": _DAYS},
        declared_retention,
    ),
    Rule(
        "allowed-places",
        "Accounts are where they may be",
        ("countries", "timezones"),
        {
            "countries": _texts("The values that address.country may have"),
            "timezones": _texts("The names that settings.timezone may have, or their beginnings such as Europe/"),
        },
        allowed_places,
    ),
    Rule(
        "metadata-keys",
        "Metadata says what it must",
        ("keys",),
        {
            "keys": _texts("The keys that metadata must have, with a value"),
            "onlyWhereDeclared": _switch("Whether accounts that declare no metadata are left alone"),
        },
        required_metadata,
    ),
)
STACK_RULES: tuple[Rule[Stack], ...] = (
    Rule(
        "recording-retention-last-known",
        "Recordings whose retention is not declared are kept long enough",
        ("minimumDays",),
        {"minimumDays": _DAYS},
        last_known_retention,
    ),
    Rule(
        "protected-accounts",
        "Protected accounts stay as they are",
        ("stacks",),
        {"stacks": _STACKS},
        untouched_accounts,
    ),
)

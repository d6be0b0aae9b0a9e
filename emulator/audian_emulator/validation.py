"""The contract's Validation Rules as a table over the whole account document."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import available_timezones

from audian_emulator.document import JsonObject, has_path, value_at

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import JsonValue

PATCHABLE = ("displayName", "email", "phone", "address", "settings", "status", "metadata")
IMMUTABLE = ("id", "name", "plan", "createdAt")
REQUIRED = ("name", "email")
STATUSES = ("active", "suspended", "closed")

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
# The contract's own sample, +1-555-0200, is no E.164 number: 7 to 15 digits, freely grouped.
_PHONE = re.compile(r"\+?(?:[ ().-]*[0-9]){7,15}")
_MAX_DISPLAY_NAME = 100
_MAX_RETENTION_DAYS = 365


@dataclass(frozen=True)
class Problem:
    """One field that breaks a rule; `rule` is the key that error shape 6 reports it under."""

    field: str
    rule: str
    message: str
    value: JsonValue = None


@dataclass(frozen=True)
class Rule:
    """What a present field must satisfy; `aspect` completes "Invalid <field> <aspect>"."""

    path: str
    aspect: str
    accepts: Callable[[JsonValue], bool]

    def check(self, account: JsonObject) -> Problem | None:
        """Return the problem that an account has with this rule, if any."""
        value = value_at(account, self.path)
        if not has_path(account, self.path) or self.accepts(value):
            return None
        leaf = self.path.rpartition(".")[2]
        return Problem(self.path, self.aspect, f"Invalid {leaf} {self.aspect}", value)


def _is_object(value: JsonValue) -> bool:
    return isinstance(value, dict)


def _is_text(value: JsonValue) -> bool:
    return isinstance(value, str)


def _is_flag(value: JsonValue) -> bool:
    return isinstance(value, bool)


def _is_display_name(value: JsonValue) -> bool:
    return isinstance(value, str) and 1 <= len(value) <= _MAX_DISPLAY_NAME


def _is_email(value: JsonValue) -> bool:
    return isinstance(value, str) and _EMAIL.fullmatch(value) is not None


def _is_phone(value: JsonValue) -> bool:
    return isinstance(value, str) and _PHONE.fullmatch(value) is not None


def _is_status(value: JsonValue) -> bool:
    return value in STATUSES


def _is_timezone(value: JsonValue) -> bool:
    return isinstance(value, str) and value in _timezones()


@cache
def _timezones() -> set[str]:
    return available_timezones()


def _is_retention(value: JsonValue) -> bool:
    if isinstance(value, bool) or not isinstance(value, int):
        return False
    return 1 <= value <= _MAX_RETENTION_DAYS


RULES = (
    Rule("displayName", "length", _is_display_name),
    Rule("email", "format", _is_email),
    Rule("phone", "format", _is_phone),
    Rule("status", "value", _is_status),
    Rule("address", "type", _is_object),
    Rule("address.street", "type", _is_text),
    Rule("address.city", "type", _is_text),
    Rule("address.state", "type", _is_text),
    Rule("address.postalCode", "type", _is_text),
    Rule("address.country", "type", _is_text),
    Rule("settings", "type", _is_object),
    Rule("settings.timezone", "format", _is_timezone),
    Rule("settings.language", "type", _is_text),
    Rule("settings.enableVoiceMail", "type", _is_flag),
    Rule("settings.enableRecording", "type", _is_flag),
    Rule("settings.recordingRetention", "value", _is_retention),
    Rule("settings.smsEnabled", "type", _is_flag),
    Rule("metadata", "type", _is_object),
)


def account_problems(account: JsonObject) -> list[Problem]:
    """Check a whole account, so that a stored value can be at fault as well as a sent one."""
    missing = [Problem(name, "required", f"Field '{name}' is required") for name in REQUIRED if name not in account]
    return missing + [problem for rule in RULES if (problem := rule.check(account))]


def key_problems(patch: JsonObject) -> list[Problem]:
    """Report the top-level keys of a patch that may not be written."""
    return [_key_problem(key, patch[key]) for key in patch if key not in PATCHABLE]


def _key_problem(key: str, value: JsonValue) -> Problem:
    if key in IMMUTABLE:
        return Problem(key, "immutable", f"Field '{key}' is immutable", value)
    if key == "updatedAt":
        return Problem(key, "readOnly", f"Field '{key}' is read-only", value)
    return Problem(key, "additionalProperties", f"Unknown field '{key}'", value)

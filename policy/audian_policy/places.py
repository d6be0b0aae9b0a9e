"""Where accounts may be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from audian_policy.account import ABSENT, UNKNOWN, Account
from audian_policy.finding import Finding, Undecided, Violation, one_of


def allowed_places(account: Account, settings: Mapping[str, Any]) -> Iterator[Finding]:
    """A declared country is one of `countries`, a declared timezone is in `timezones`."""
    yield from _allowed(account, "address.country", "countries", settings, _is_listed)
    yield from _allowed(account, "settings.timezone", "timezones", settings, _is_covered)


def _allowed(
    account: Account,
    path: str,
    setting: str,
    settings: Mapping[str, Any],
    covers: Callable[[Sequence[str], Any], bool],
) -> Iterator[Finding]:
    entries, value = settings.get(setting, []), account.value(path)
    if not entries or value is ABSENT:
        return
    remedy = f"declare one of {one_of(entries)}, or extend {setting} of allowed-places"
    if value is UNKNOWN:
        yield Undecided(f"{account}: {path} is known only after up: {remedy}")
    elif not covers(entries, value):
        yield Violation(f"{account}: {path} is {account.shown(path)}, which is not allowed: {remedy}")


def _is_listed(entries: Sequence[str], value: Any) -> bool:
    return value in entries


def _is_covered(entries: Sequence[str], value: Any) -> bool:
    return any(value == entry or (entry.endswith("/") and str(value).startswith(entry)) for entry in entries)

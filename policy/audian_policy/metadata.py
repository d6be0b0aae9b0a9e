"""What metadata must say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from audian_policy.account import ABSENT, UNKNOWN, Account
from audian_policy.finding import Finding, Undecided, Violation


def required_metadata(account: Account, settings: Mapping[str, Any]) -> Iterator[Finding]:
    """Every account declares each of `keys`; with `onlyWhereDeclared`, every account that declares metadata."""
    metadata = account.value("metadata")
    if metadata is ABSENT and settings.get("onlyWhereDeclared"):
        return
    for key in settings.get("keys", []):
        # A key may have dots in it, so it is no path.
        value = metadata.get(key) if isinstance(metadata, Mapping) else metadata
        if value is UNKNOWN:
            yield Undecided(f"{account}: metadata {key} is known only after up: look whether it will be there")
        elif value is ABSENT or value is None or not str(value).strip():
            yield Violation(f"{account}: metadata {key} is missing or empty: declare it under metadata")

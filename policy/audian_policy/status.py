"""Accounts that would be taken out of service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from audian_policy.account import ABSENT, UNKNOWN, Account
from audian_policy.finding import Finding, Undecided, Violation


def refused_status(account: Account, settings: Mapping[str, Any]) -> Iterator[Finding]:
    """No status that `refuse` lists, unless `allow` lists the account or `allowAll` is set."""
    refuse, allow, status = settings.get("refuse", []), settings.get("allow", []), account.value("status")
    if not refuse or settings.get("allowAll") or status is ABSENT or account.listed(allow):
        return
    if status is UNKNOWN:
        yield Undecided(f"{account}: status is known only after up: declare it as text, or look at it by hand")
    elif status in refuse:
        text = f"{account}: status is {account.shown('status')}, which is refused: remove it, or have "
        yield (
            Undecided(f"{text}its accountId declared as text, so that allow can list it")
            if account.may_be_listed(allow)
            else Violation(f"{text}{account.name} added to allow of account-status")
        )

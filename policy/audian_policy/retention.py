"""How long recordings are kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from audian_policy.account import ABSENT, Account, Marker, Stack
from audian_policy.finding import Finding, Undecided, Violation

_SWITCH = "settings.enableRecording"
_DAYS = "settings.recordingRetention"


def declared_retention(account: Account, settings: Mapping[str, Any]) -> Iterator[Finding]:
    """An account declared to record keeps its recordings for `minimumDays`, by its declaration."""
    minimum, switch, days = int(settings.get("minimumDays", 0)), account.value(_SWITCH), account.value(_DAYS)
    if not minimum or switch in (ABSENT, False):
        return
    remedy = f"declare {minimum} or more"
    if days is ABSENT:
        yield Undecided(f"{account}: {_DAYS} is not declared, and recordings need {minimum} days: {remedy}")
    elif isinstance(days, Marker):
        yield Undecided(f"{account}: {_DAYS} is known only after up, and recordings need {minimum} days: {remedy}")
    elif days < minimum:
        text = f"{account}: {_DAYS} is {account.shown(_DAYS)}, and recordings need {minimum} days: {remedy}"
        yield Violation(text) if switch is True else Undecided(f"{text} if {_SWITCH}, known only after up, is true")


def last_known_retention(stack: Stack, settings: Mapping[str, Any]) -> Iterator[Finding]:
    """Where the days are not declared, the account had at least `minimumDays` when it was last read."""
    minimum = int(settings.get("minimumDays", 0))
    if not minimum:
        return
    remedy = f"declare {minimum} or more"
    for urn, account in stack.declared.items():
        if account.value(_SWITCH) is not True or account.value(_DAYS) is not ABSENT or urn not in stack.outcome:
            continue
        days = stack.outcome[urn].value(_DAYS)
        if isinstance(days, Marker):
            yield Undecided(f"{account}: {_DAYS} is neither declared nor known in this preview: {remedy}")
        elif days < minimum:
            # The number is not shown: the account's settings may once have been secret.
            yield Violation(f"{account}: {_DAYS} was below {minimum} days when last read: {remedy}", urn)

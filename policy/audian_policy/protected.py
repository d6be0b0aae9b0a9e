"""Accounts that code may not touch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from audian_policy.account import Account, Stack
from audian_policy.finding import Finding, Undecided, Violation

# No program can declare it, so only an account that stays as it is has it in the outcome of a preview.
_ONLY_AS_READ = "updatedAt"


def untouched_accounts(stack: Stack, settings: Mapping[str, Any]) -> Iterator[Finding]:
    """Each account that `stacks` lists for this stack is in the program, and a preview plans no change of it."""
    for entry in settings.get("stacks", {}).get(stack.name, []):
        found = {urn: account for urn, account in stack.declared.items() if account.listed([entry])}
        if not found:
            yield _missing(entry, stack)
        for urn, account in found.items():
            yield from _change(stack.outcome.get(urn), account)


def _missing(entry: str, stack: Stack) -> Finding:
    unknown = [account.name for account in stack.declared.values() if account.may_be_listed([entry])]
    text = f"protected account {entry} is not declared in stack {stack.name}"
    if unknown:
        return Undecided(f"{text}, unless as {unknown[0]}, whose accountId is known only after up: declare it as text")
    return Violation(f"{text}, so up would release it: restore its declaration, or take it off protected-accounts")


def _change(outcome: Account | None, account: Account) -> Iterator[Finding]:
    if outcome is not None and _ONLY_AS_READ not in outcome.properties:
        text = f"protected {account} would be adopted, changed or replaced by up: undo the change of its declaration"
        yield Violation(f"{text}, or take it off protected-accounts", account.urn)

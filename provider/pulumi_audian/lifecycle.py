"""An account's life under management: adopt, update, restore; the order of reads, checks and writes.

Every operation reads the account afresh, refuses before it writes, writes only declared fields that differ, and
compares what the account holds afterwards with what was declared.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from pulumi_audian.declaration import Declaration, canonical
from pulumi_audian.diff import Change, Document, changes, value_at
from pulumi_audian.errors import AccountGone, ApiError, Problem, Refused
from pulumi_audian.fields import Path, dotted
from pulumi_audian.patch import overlay
from pulumi_audian.plan import (
    Adoption,
    adoption,
    changed_elsewhere,
    due_paths,
    immutable_problems,
    new_assertions,
    not_due,
    reopening_problems,
)
from pulumi_audian.state import NOTHING_KNOWN, Known, Outcome, Overwritten
from pulumi_audian.values import MISSING, same
from pulumi_audian.writing import Api, Notices, Write, conflict


def preview_adoption(api: Api, declaration: Declaration) -> tuple[Adoption, list[Problem]]:
    """What adopting would change, and what forbids it; reads the account once and writes nothing."""
    observed = api.read(declaration.account_id).account
    problems = immutable_problems(observed, declaration, declaration.asserted)
    return adoption(observed, declaration), [*problems, *reopening_problems(observed, declaration, ())]


def preview_assertions(api: Api, declaration: Declaration, names: Iterable[str]) -> list[Problem]:
    """Which of the named assertions the live account contradicts; reads it once and writes nothing."""
    return immutable_problems(api.read(declaration.account_id).account, declaration, names)


def converge(  # noqa: PLR0913 - what an operation consists of
    api: Api,
    declaration: Declaration,
    known: Known,
    notices: Notices,
    *,
    old: Declaration | None = None,
    ignored: Collection[Path] = (),
) -> Outcome:
    """Write what is due to an account, and return it as it is afterwards.

    On adoption all that is declared is due, and nothing is `known`. An update writes what changed since the `old`
    declaration, and what an earlier write left unapplied. Whatever else differs is left as it is, with a warning unless
    its path is below an `ignored` one, or forbids the update where the declaration says so.

    Raises `Refused` before any write, `ApiError` or `Unreachable` where the API refused or can't be reached,
    `OutcomeUnknown` where that can't be told (`Unconfirmed` where the account can't be read either), and `NotApplied`
    where the account holds something else.
    """
    due = None if old is None else due_paths(old, declaration, known)
    asserted = declaration.asserted if old is None else new_assertions(old, declaration)
    left_before: set[Path] = set()

    def decide(observed: Document) -> Declaration:
        problems = immutable_problems(observed, declaration, asserted)
        if due is None or ("status",) in due:
            problems += reopening_problems(observed, declaration, known.overwritten)
        if problems:
            raise Refused(f"account {declaration.account_id}: {'; '.join(map(str, problems))}; nothing was written")
        for change in () if due is None else changes(canonical(observed), not_due(declaration, due, asserted)):
            if change.path not in left_before and not _below(change.path, ignored):
                left_before.add(change.path)
                _leave(change, declaration, known, notices)
        return declaration

    snapshot = api.read(declaration.account_id)
    closed_notice(snapshot.account.get("status", ""), declaration, notices)
    return Write(api, snapshot, decide=decide, known=known, notices=notices, due=due).carried_out()


def _leave(change: Change, declaration: Declaration, known: Known, notices: Notices) -> None:
    before = value_at(known.outputs, change.path)
    if same(before, change.observed):
        declared, observed = (declaration.shown(change.path, value) for value in (change.desired, change.observed))
        fact = f"account {declaration.account_id}: {dotted(change.path)} is {observed}, not {declared} as declared"
    else:
        fact = changed_elsewhere(change, declaration, before)
    if declaration.on_conflict == "fail":
        raise conflict(fact)
    notices.warn(
        f"{fact}; it is left as it is, because its declaration did not change: run pulumi refresh, and the next "
        "preview shows it"
    )


def _below(path: Path, patterns: Iterable[Path]) -> bool:
    return any(
        len(pattern) <= len(path) and all(part in ("*", own) for part, own in zip(pattern, path, strict=False))
        for pattern in patterns
    )


def closed_notice(status: str, declaration: Declaration, notices: Notices) -> None:
    """Say that an account was found closed, unless the program itself declares it so."""
    if status == "closed" and declaration.desired.get("status") != "closed":
        notices.warn(f"account {declaration.account_id} is closed: its settings are managed, but its phones are off")


def restore(api: Api, account_id: str, known: Known, notices: Notices) -> None:
    """Put back what we overwrote, where the account still holds ours, in one PATCH; say what was left."""
    try:
        snapshot = api.read(account_id)
    except AccountGone:
        notices.info(f"account {account_id} is gone: nothing to restore")
        return
    allowed = frozenset(known.outputs.get("allowStatus", ()))
    decided = [_restoration(snapshot.account, known.overwritten, allowed)]

    def decide(observed: Document) -> Declaration:
        decided[0] = _restoration(observed, known.overwritten, allowed)
        return _former_values(account_id, decided[0].back, known.secret)

    remedy = f"have the account corrected{_WAY_OUT}"
    try:
        Write(api, snapshot, decide=decide, known=NOTHING_KNOWN, notices=notices, remedy=remedy).carried_out()
    except ApiError as error:
        if error.status not in _NOT_TAKEN:
            raise
        raise ApiError(f"{error}{_WAY_OUT}", status=error.status, code=error.code, field=error.field) from None
    notices.info(_restored(account_id, decided[0]))


_NOT_TAKEN = (400, 409)
_WAY_OUT = ", or declare onDelete: retain and bring that up first"


class _Restoration(NamedTuple):
    """Which records are put back, and which are left, with the reason."""

    back: list[Overwritten]
    left: list[tuple[Overwritten, str]]


def _restoration(account: Document, records: Iterable[Overwritten], allowed: frozenset[str]) -> _Restoration:
    decided = _Restoration([], [])
    for record in records:
        live = value_at(account, record.path)
        if same(live, record.was):
            continue
        if not same(live, record.ours) or _stands_under_a_value(account, record.path):
            decided.left.append((record, "someone else changed it since"))
        elif record.path == ("status",) and record.was not in ("active", *allowed):
            decided.left.append((record, f"{record.was} is not in allowStatus"))
        else:
            decided.back.append(record)
    return decided


def _stands_under_a_value(account: Document, path: Path) -> bool:
    above = (value_at(account, path[:length]) for length in range(1, len(path)))
    return not all(isinstance(value, Mapping) or same(value, MISSING) for value in above)


def _former_values(account_id: str, records: Iterable[Overwritten], secret: frozenset[str]) -> Declaration:
    desired: dict[str, Any] = {}
    for record in records:
        desired = overlay(desired, record.path, _former_value(record.was, record.ours))
    paths = tuple(record.path for record in records)
    return Declaration(account_id, desired, paths, {}, "retain", "warn", secret)


def _former_value(was: Any, ours: Any) -> Any:
    # What we added to an object has to be cleared: sending the former object alone would leave it where objects merge.
    if isinstance(was, Mapping) and isinstance(ours, Mapping):
        return {key: _former_value(was.get(key), ours.get(key)) for key in {*was, *ours}}
    return None if was is MISSING else was


def _restored(account_id: str, decided: _Restoration) -> str:
    names = ", ".join(dotted(record.path) for record in decided.back)
    done = f"restored {names}" if names else "nothing to restore"
    kept = "".join(f"; left {dotted(record.path)} as it is: {why}" for record, why in decided.left)
    return f"account {account_id}: {done}{kept}"

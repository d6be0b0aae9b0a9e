"""An account's life under management: adopt, read, update, restore; the order of reads, checks and writes.

Every operation reads the account afresh, refuses before it writes, writes only declared fields that differ, and
compares what the account holds afterwards with what was declared.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from pulumi_audian import retry
from pulumi_audian.declaration import Declaration
from pulumi_audian.diff import Change, Document, changes, value_at
from pulumi_audian.errors import AccountGone, ApiError, NotApplied, OutcomeUnknown, Problem, Refused
from pulumi_audian.fields import Path, dotted
from pulumi_audian.patch import build_patch, overlay
from pulumi_audian.plan import Adoption, adoption, immutable_problems, reopening_problems
from pulumi_audian.state import NOTHING_KNOWN, Known, Outcome, Overwritten, recorded
from pulumi_audian.values import MISSING, same, scalars
from pulumi_audian.wire import Snapshot

_CONFLICTS = (409, 412)


class Api(Protocol):
    """The account calls that a lifecycle needs."""

    retry_seconds: float

    def read(self, account_id: str) -> Snapshot:
        """The account as it is."""

    def write(self, account_id: str, body: Document, etag: str | None, secrets: Sequence[str] = ()) -> Snapshot:
        """The account as the answer to one PATCH shows it."""


class Notices(Protocol):
    """Where an operation says what a person should know."""

    def info(self, message: str) -> None:
        """A fact."""

    def warn(self, message: str) -> None:
        """A fact that may call for action."""

    def status(self, message: str) -> None:
        """A fact of the moment, such as a wait."""


def preview_adoption(api: Api, declaration: Declaration) -> tuple[Adoption, list[Problem]]:
    """What adopting would change, and what forbids it; reads the account once and writes nothing."""
    observed = api.read(declaration.account_id).account
    return adoption(observed, declaration), [
        *immutable_problems(observed, declaration),
        *reopening_problems(observed, declaration, ()),
    ]


def converge(
    api: Api, declaration: Declaration, known: Known, notices: Notices, ignored: Iterable[Path] = ()
) -> Outcome:
    """Make an account hold what is declared, and return it as it is afterwards.

    `known` is what state knew, `NOTHING_KNOWN` on adoption; changes below `ignored` paths are not made. Raises
    `Refused` before any write, `ApiError` or `Unreachable` where the API refused or can't be reached,
    `OutcomeUnknown` where that can't be told, and `NotApplied` where the account holds something else.
    """
    snapshot = api.read(declaration.account_id)
    _refuse([*immutable_problems(snapshot.account, declaration)], declaration.account_id)
    _refuse(reopening_problems(snapshot.account, declaration, known.overwritten), declaration.account_id)
    closed_notice(snapshot.account.get("status", ""), declaration, notices)
    return _written(_Write(api, declaration, known, notices, tuple(ignored), snapshot))


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
    back, left = _split_restorable(snapshot.account, known.overwritten, allowed)
    declaration = _former_values(account_id, back, known.secret)
    _written(_Write(api, declaration, NOTHING_KNOWN, notices, (), snapshot))
    notices.info(_restored(account_id, back, left))


def _former_values(account_id: str, records: Iterable[Overwritten], secret: frozenset[str]) -> Declaration:
    desired: dict[str, Any] = {}
    for record in records:
        desired = overlay(desired, record.path, None if record.was is MISSING else record.was)
    return Declaration(account_id, desired, {}, "retain", "warn", secret)


def _written(write: _Write) -> Outcome:
    retry.retrying(write.api.retry_seconds, write.notices.status)(write.attempt)
    return write.outcome()


@dataclass
class _Write:
    """The one write of an operation, with a fresh decision after every answer that leaves doubt."""

    api: Api
    declaration: Declaration
    known: Known
    notices: Notices
    ignored: tuple[Path, ...]
    snapshot: Snapshot
    written: tuple[Change, ...] = ()
    decided_again: bool = False

    def attempt(self) -> None:
        """Write what differs now; raises `retry.Again` where the same write may be repeated after a wait."""
        found = self._changes(self.snapshot.account)
        if not found:
            return
        self._review_conflicts(found)
        self.written = self.written or found
        body = build_patch(self.snapshot.account, found)
        try:
            answer = self.api.write(self.declaration.account_id, body, self.snapshot.etag, self._secrets())
        except OutcomeUnknown as error:
            self._settle_doubt(error)
        except ApiError as error:
            self._decide_again(error)
        else:
            self.snapshot = answer if self._tells_all(answer.account) else self._read()

    def outcome(self) -> Outcome:
        """The account after the write; raises `NotApplied` where it does not hold what was declared."""
        account = self.snapshot.account
        overwritten = recorded(self.known.overwritten, self.written, self.declaration.paths)
        wrong = self._changes(account)
        if wrong:
            raise NotApplied(_not_applied(wrong, self.declaration), observed=account, overwritten=overwritten)
        return Outcome(account, overwritten)

    def _changes(self, account: Document) -> tuple[Change, ...]:
        found = changes(account, self.declaration.desired)
        return tuple(change for change in found if not _below(change.path, self.ignored))

    def _tells_all(self, answered: Document) -> bool:
        complete = answered.keys() >= self.snapshot.account.keys()
        return complete and answered["id"] == self.declaration.account_id and not self._changes(answered)

    def _read(self) -> Snapshot:
        return self.api.read(self.declaration.account_id)

    def _settle_doubt(self, error: OutcomeUnknown) -> None:
        self.snapshot = self._read()
        if not self._changes(self.snapshot.account):
            return
        if error.repeatable:
            raise retry.Again(error)
        raise error

    def _decide_again(self, error: ApiError) -> None:
        if error.status not in _CONFLICTS or self.snapshot.etag is None or self.decided_again:
            raise error
        self.decided_again = True
        self.snapshot = self._read()
        self.attempt()

    def _review_conflicts(self, found: Iterable[Change]) -> None:
        for change in found:
            before = value_at(self.known.outputs, change.path)
            if change.path in self.known.declared and not same(before, change.observed):
                self._report_conflict(change, before)

    def _report_conflict(self, change: Change, before: Any) -> None:
        show = self.declaration.shown
        fact = (
            f"account {self.declaration.account_id}: {dotted(change.path)} was {show(change.path, before)} when last "
            f"read and was changed to {show(change.path, change.observed)} by someone else"
        )
        if self.declaration.on_conflict == "fail":
            raise Refused(f"{fact}; nothing was written: run pulumi refresh, then decide in code which value is right")
        self.notices.warn(f"{fact}; writing {show(change.path, change.desired)} as declared")

    def _secrets(self) -> list[str]:
        values = (self.declaration.desired.get(name) for name in self.declaration.secret)
        return [text for value in values for text in scalars(value) if isinstance(text, str)]


def _refuse(problems: list[Problem], account_id: str) -> None:
    if problems:
        raise Refused(f"account {account_id}: {'; '.join(map(str, problems))}; nothing was written")


def _below(path: Path, prefixes: Iterable[Path]) -> bool:
    return any(prefix == ("*",) or path[: len(prefix)] == prefix for prefix in prefixes)


def _not_applied(wrong: Iterable[Change], declaration: Declaration) -> str:
    facts = ", ".join(
        f"{dotted(change.path)} is {declaration.shown(change.path, change.observed)}"
        f" instead of {declaration.shown(change.path, change.desired)}"
        for change in wrong
    )
    return (
        f"account {declaration.account_id}: the API accepted the change, but {facts}; "
        "state holds what the account really has: declare that value, or have the account corrected"
    )


def _split_restorable(
    account: Document, records: Iterable[Overwritten], allowed: frozenset[str]
) -> tuple[list[Overwritten], list[tuple[Overwritten, str]]]:
    back: list[Overwritten] = []
    left: list[tuple[Overwritten, str]] = []
    for record in records:
        live = value_at(account, record.path)
        if same(live, record.was):
            continue
        if not same(live, record.ours):
            left.append((record, "someone else changed it since"))
        elif record.path == ("status",) and record.was not in ("active", *allowed):
            left.append((record, f"{record.was} is not in allowStatus"))
        else:
            back.append(record)
    return back, left


def _restored(account_id: str, back: list[Overwritten], left: list[tuple[Overwritten, str]]) -> str:
    done = f"restored {', '.join(dotted(record.path) for record in back)}" if back else "nothing to restore"
    kept = "".join(f"; left {dotted(record.path)} as it is: {why}" for record, why in left)
    return f"account {account_id}: {done}{kept}"

"""An account's life under management: adopt, read, update, restore; the order of reads, checks and writes.

Every operation reads the account afresh, refuses before it writes, writes only declared fields that differ, and
compares what the account holds afterwards with what was declared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, Protocol

from pulumi_audian import retry
from pulumi_audian.declaration import Declaration
from pulumi_audian.diff import Change, Document, changes, overlap, value_at
from pulumi_audian.errors import AccountGone, ApiError, AudianError, NotApplied, OutcomeUnknown, Problem, Refused
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


def preview_adoption(api: Api, declaration: Declaration, *, adopting: bool = True) -> tuple[Adoption, list[Problem]]:
    """What adopting would change, and what forbids it; reads the account once and writes nothing.

    Whether an account may be reopened is judged on adoption only: afterwards it takes what state knows.
    """
    observed = api.read(declaration.account_id).account
    reopening = reopening_problems(observed, declaration, ()) if adopting else []
    return adoption(observed, declaration), [*immutable_problems(observed, declaration), *reopening]


def converge(
    api: Api, declaration: Declaration, known: Known, notices: Notices, ignored: Iterable[Path] = ()
) -> Outcome:
    """Make an account hold what is declared, and return it as it is afterwards.

    `known` is what state knew, `NOTHING_KNOWN` on adoption; changes below `ignored` paths are not made. Raises
    `Refused` before any write, `ApiError` or `Unreachable` where the API refused or can't be reached,
    `OutcomeUnknown` where that can't be told, and `NotApplied` where the account holds something else.
    """

    def decide(observed: Document) -> Declaration:
        problems = immutable_problems(observed, declaration)
        problems += reopening_problems(observed, declaration, known.overwritten)
        if problems:
            raise Refused(f"account {declaration.account_id}: {'; '.join(map(str, problems))}; nothing was written")
        return declaration

    snapshot = api.read(declaration.account_id)
    closed_notice(snapshot.account.get("status", ""), declaration, notices)
    return _Write(api, snapshot, decide=decide, known=known, notices=notices, ignored=ignored).carried_out()


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

    _Write(api, snapshot, decide=decide, known=NOTHING_KNOWN, notices=notices).carried_out()
    notices.info(_restored(account_id, decided[0]))


class _Write:
    """The one write of an operation, with a fresh decision after every answer that leaves doubt."""

    def __init__(  # noqa: PLR0913 - what an operation consists of
        self,
        api: Api,
        snapshot: Snapshot,
        *,
        decide: Callable[[Document], Declaration],
        known: Known,
        notices: Notices,
        ignored: Iterable[Path] = (),
    ) -> None:
        self._api = api
        self._decide = decide
        self._known = known
        self._notices = notices
        self._ignored = tuple(ignored)
        self._snapshot = snapshot
        self._declaration = decide(snapshot.account)
        self._written: tuple[Change, ...] = ()
        self._decided_again = False

    def carried_out(self) -> Outcome:
        """Write until the account holds what is declared; raises `NotApplied` where it does not come to that."""
        retry.retrying(self._api.retry_seconds, self._notices.status)(self._attempt)
        account = self._snapshot.account
        overwritten = recorded(self._known.overwritten, self._written, self._declaration.paths)
        wrong = self._changes(account)
        if wrong:
            raise NotApplied(_not_applied(wrong, self._declaration), observed=account, overwritten=overwritten)
        return Outcome(account, overwritten)

    def _attempt(self) -> None:
        self._declaration = self._decide(self._snapshot.account)
        found = self._changes(self._snapshot.account)
        if found:
            self._review_conflicts(found)
            self._send(found)

    def _send(self, found: tuple[Change, ...]) -> None:
        body, etag = build_patch(self._snapshot.account, found), self._snapshot.etag
        try:
            answer = self._api.write(self._declaration.account_id, body, etag, self._secrets())
        except OutcomeUnknown as error:
            self._settle_doubt(error)
        except ApiError as error:
            self._decide_again(error)
            return
        else:
            self._snapshot = answer if self._tells_all(answer.account) else self._read_after_write()
        self._written = found

    def _changes(self, account: Document) -> tuple[Change, ...]:
        found = changes(account, self._declaration.desired)
        return tuple(change for change in found if not _below(change.path, self._ignored))

    def _tells_all(self, answered: Document) -> bool:
        complete = answered.keys() >= self._snapshot.account.keys()
        return complete and answered["id"] == self._declaration.account_id and not self._changes(answered)

    def _read_after_write(self) -> Snapshot:
        account_id = self._declaration.account_id
        try:
            return self._api.read(account_id)
        except AudianError as error:
            message = f"account {account_id}: a change was sent, but not confirmed by a read ({error}); run again"
            raise OutcomeUnknown(message, repeatable=False) from None

    def _settle_doubt(self, error: OutcomeUnknown) -> None:
        self._snapshot = self._read_after_write()
        if self._changes(self._snapshot.account):
            raise retry.Again(error) if error.repeatable else error

    def _decide_again(self, error: ApiError) -> None:
        if error.status not in _CONFLICTS or self._snapshot.etag is None or self._decided_again:
            raise error
        self._decided_again = True
        self._snapshot = self._api.read(self._declaration.account_id)
        self._attempt()

    def _review_conflicts(self, found: Iterable[Change]) -> None:
        for change in found:
            before = value_at(self._known.outputs, change.path)
            watched = any(overlap(change.path, path) for path in self._known.declared)
            if watched and not same(before, change.observed):
                self._report_conflict(change, before)

    def _report_conflict(self, change: Change, before: Any) -> None:
        show = self._declaration.shown
        fact = (
            f"account {self._declaration.account_id}: {dotted(change.path)} was {show(change.path, before)} when last "
            f"read and was changed to {show(change.path, change.observed)} by someone else"
        )
        if self._declaration.on_conflict == "fail":
            raise Refused(f"{fact}; nothing was written: run pulumi refresh, then decide in code which value is right")
        self._notices.warn(f"{fact}; writing {show(change.path, change.desired)} as declared")

    def _secrets(self) -> list[str]:
        values = (self._declaration.desired.get(name) for name in self._declaration.secret)
        return [str(inner) for value in values for inner in scalars(value) if inner is not None]


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
        if not same(live, record.ours):
            decided.left.append((record, "someone else changed it since"))
        elif record.path == ("status",) and record.was not in ("active", *allowed):
            decided.left.append((record, f"{record.was} is not in allowStatus"))
        else:
            decided.back.append(record)
    return decided


def _former_values(account_id: str, records: Iterable[Overwritten], secret: frozenset[str]) -> Declaration:
    desired: dict[str, Any] = {}
    for record in records:
        desired = overlay(desired, record.path, None if record.was is MISSING else record.was)
    return Declaration(account_id, desired, {}, "retain", "warn", secret)


def _restored(account_id: str, decided: _Restoration) -> str:
    names = ", ".join(dotted(record.path) for record in decided.back)
    done = f"restored {names}" if names else "nothing to restore"
    kept = "".join(f"; left {dotted(record.path)} as it is: {why}" for record, why in decided.left)
    return f"account {account_id}: {done}{kept}"


def _below(path: Path, patterns: Iterable[Path]) -> bool:
    return any(
        len(pattern) <= len(path) and all(part in ("*", own) for part, own in zip(pattern, path, strict=False))
        for pattern in patterns
    )


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

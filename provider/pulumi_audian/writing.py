"""One write to an account: send what differs, settle every doubt, compare what the account holds afterwards."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, Protocol

import tenacity

from pulumi_audian import retry
from pulumi_audian.declaration import Declaration
from pulumi_audian.diff import Change, Document, changes, leaves, overlap, satisfied, value_at
from pulumi_audian.errors import ApiError, AudianError, NotApplied, OutcomeUnknown, Refused, Unconfirmed
from pulumi_audian.fields import Path, dotted
from pulumi_audian.patch import build_patch, part
from pulumi_audian.plan import changed_elsewhere
from pulumi_audian.state import Known, Outcome, recorded
from pulumi_audian.values import MISSING, same, scalars
from pulumi_audian.wire import Snapshot

_CONFLICTS = (409, 412)
_LATEST_READ_SECONDS = 5.0
_FIRST_WAIT_SECONDS = 0.5


class Api(Protocol):
    """The account calls that a lifecycle needs."""

    retry_seconds: float

    def read(self, account_id: str) -> Snapshot:
        """The account as it is."""

    def write(self, account_id: str, body: Document, etag: str | None, secrets: Sequence[str] = ()) -> Snapshot | None:
        """The account as the answer to one PATCH shows it, or None where it shows none."""


class Notices(Protocol):
    """Where an operation says what a person should know."""

    def info(self, message: str) -> None:
        """A fact."""

    def warn(self, message: str) -> None:
        """A fact that may call for action."""

    def status(self, message: str) -> None:
        """A fact of the moment, such as a wait."""


class Write:
    """The one write of an operation, with a fresh decision after every answer that leaves doubt."""

    def __init__(  # noqa: PLR0913 - what an operation consists of
        self,
        api: Api,
        snapshot: Snapshot,
        *,
        decide: Callable[[Document], Declaration],
        known: Known,
        notices: Notices,
        due: Collection[Path] | None = None,
        remedy: str = "state holds what the account really has: declare that value, or have the account corrected",
    ) -> None:
        self._api = api
        self._decide = decide
        self._known = known
        self._notices = notices
        self._due = due
        self._remedy = remedy
        self._snapshot = snapshot
        self._declaration = decide(snapshot.account)
        self._written: tuple[Change, ...] = ()
        self._unsettled: tuple[Change, ...] = ()
        self._decided_again = False
        self._warned: set[Path] = set()

    def carried_out(self) -> Outcome:
        """Write until the account holds what is declared; raises `NotApplied` where it does not come to that."""
        retry.retrying(self._api.retry_seconds, self._notices.status)(self._attempt)
        account = self._snapshot.account
        overwritten = recorded(self._known.overwritten, self._written, self._declaration)
        wrong = self._changes(account)
        if wrong:
            raise NotApplied(
                _not_applied(wrong, self._declaration, self._remedy),
                observed=account,
                overwritten=overwritten,
                unapplied=_paths(wrong),
            )
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
            self._settle_doubt(error, found)
        except ApiError as error:
            self._decide_again(error)
            return
        else:
            told = answer if answer and self._tells_all(answer.account, found) else None
            self._snapshot = told or self._read_settled(found)
        self._written = found

    def _changes(self, account: Document) -> tuple[Change, ...]:
        desired = self._declaration.desired
        return changes(account, desired if self._due is None else part(desired, self._due))

    def _tells_all(self, answered: Document, sent: Iterable[Change]) -> bool:
        untouched = [
            path
            for path, value in leaves(self._snapshot.account)
            if value is not None and not any(overlap(path, change.path) for change in sent)
        ]
        complete = all(value_at(answered, path) is not MISSING for path in untouched)
        return complete and answered["id"] == self._declaration.account_id and not self._changes(answered)

    def _read_settled(self, sent: tuple[Change, ...]) -> Snapshot:
        """The account after a change: read again for some seconds where it shows only what it had before."""
        read = tenacity.Retrying(
            retry=tenacity.retry_if_result(lambda found: not _had_effect(found.account, sent)),
            wait=tenacity.wait_exponential(multiplier=_FIRST_WAIT_SECONDS),
            stop=tenacity.stop_before_delay(min(self._api.retry_seconds, _LATEST_READ_SECONDS)),
            retry_error_callback=lambda state: state.outcome.result() if state.outcome else None,
        )
        settled: Snapshot = read(self._read_after, sent)
        return settled

    def _read_after(self, sent: Iterable[Change]) -> Snapshot:
        account_id = self._declaration.account_id
        try:
            return self._api.read(account_id)
        except AudianError as error:
            raise Unconfirmed(
                f"account {account_id}: a change was sent, but not confirmed by a read ({error}); run again",
                observed=self._snapshot.account,
                overwritten=recorded(self._known.overwritten, sent, self._declaration),
                unapplied=_paths(sent),
            ) from None

    def _settle_doubt(self, error: OutcomeUnknown, sent: tuple[Change, ...]) -> None:
        # Where it will be repeated anyway, nothing is gained by waiting for a late effect.
        self._snapshot = self._read_after(sent) if error.repeatable else self._read_settled(sent)
        account = self._snapshot.account
        self._unsettled = sent
        if self._changes(account) and not _had_effect(account, sent):
            raise retry.Again(error, error.wait) if error.repeatable else error

    def _decide_again(self, error: ApiError) -> None:
        if error.status not in _CONFLICTS or self._snapshot.etag is None or self._decided_again:
            raise error
        self._decided_again = True
        refused = self._snapshot.etag
        self._snapshot = self._api.read(self._declaration.account_id)
        if self._snapshot.etag == refused:
            raise error
        arrived = self._arrived_late()
        self._attempt()
        self._written = (*arrived, *self._written)

    def _arrived_late(self) -> tuple[Change, ...]:
        # What an earlier attempt sent without an answer, and no read showed, may be what this one was refused for.
        account = self._snapshot.account
        return tuple(change for change in self._unsettled if satisfied(value_at(account, change.path), change.desired))

    def _review_conflicts(self, found: Iterable[Change]) -> None:
        if not self._known.outputs:  # an adoption, whose preview showed the live values
            return
        for change in found:
            before = value_at(self._known.outputs, change.path)
            if not same(before, change.observed):
                self._report_conflict(change, before)

    def _report_conflict(self, change: Change, before: Any) -> None:
        fact = changed_elsewhere(change, self._declaration, before)
        if self._declaration.on_conflict == "fail":
            raise conflict(fact)
        if change.path not in self._warned:
            self._warned.add(change.path)
            desired = self._declaration.shown(change.path, change.desired)
            self._notices.warn(f"{fact}; writing {desired} as declared")

    def _secrets(self) -> list[str]:
        values = (self._declaration.desired.get(name) for name in self._declaration.secret)
        return [str(inner) for value in values for inner in scalars(value) if inner is not None]


def conflict(fact: str) -> Refused:
    """The error of an operation that a change by someone else forbids, as the declaration has it."""
    return Refused(f"{fact}; nothing was written: run pulumi refresh, then decide in code which value is right")


def _paths(found: Iterable[Change]) -> tuple[Path, ...]:
    return tuple(change.path for change in found)


def _had_effect(account: Document, sent: Iterable[Change]) -> bool:
    return any(not same(value_at(account, change.path), change.observed) for change in sent)


def _not_applied(wrong: Iterable[Change], declaration: Declaration, remedy: str) -> str:
    facts = ", ".join(
        f"{dotted(change.path)} is {declaration.shown(change.path, change.observed)}"
        f" instead of {declaration.shown(change.path, change.desired)}"
        for change in wrong
    )
    return f"account {declaration.account_id}: the API accepted the change, but {facts}; {remedy}"

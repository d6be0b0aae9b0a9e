"""The report: what is to happen to which account, and whether it may, as data that every rendering shares.

Texts are not escaped for any output: that is each renderer's business.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from pulumi_audian.records import Plain, Shown


class Purpose(str, Enum):
    """What was asked: what an `up` would do, or what was changed outside of code."""

    PREVIEW = "preview"
    DRIFT = "drift"


class Action(str, Enum):
    """What is to happen to an account."""

    ADOPT = "adopt"
    """It comes under management."""
    UPDATE = "update"
    """What is declared of it changes."""
    REPLACE = "replace"
    """Its resource is replaced; the account itself never is."""
    RETAIN = "retain"
    """Its resource goes, and it stays as it is."""
    RESTORE = "restore"
    """Its resource goes, and the values that were overwritten come back."""
    DRIFT = "drift"
    """Someone else changed a declared value."""
    LEFT = "left"
    """Someone else changed a declared value before, and it stays as it is: nobody changed it in code since."""
    GONE = "gone"
    """The API no longer knows it."""
    REFUSED = "refused"
    """Its declaration can't be carried out: nothing of the stack will be."""
    UNREAD = "unread"
    """Its live values could not be read: whether its declaration can be carried out is not known."""


class Effect(str, Enum):
    """What is to happen to one field."""

    WRITE = "write"
    CLEAR = "clear"
    RELEASE = "release"
    """It is no longer declared: it keeps its value and is no longer watched."""
    RESTORE = "restore"
    DRIFT = "drift"
    UNREAD = "unread"
    """It is written or cleared where the account has another value, which is not known."""
    LEFT = "left"
    """It has another value than the declared one, and keeps it."""


class Severity(str, Enum):
    """How much a note matters."""

    INFO = "info"
    WARNING = "warning"


@dataclass(frozen=True)
class Place:
    """Where in the repository something is declared; the line counts from 1."""

    file: str
    line: int


@dataclass(frozen=True)
class Row:
    """One field of an account: its path, the value it has, the value it is to have."""

    path: str
    """Such as `settings.timezone`."""
    live: Shown
    """The live value, or the last known one where `Account.live` is false."""
    declared: Shown
    """The value that is declared, or comes back."""
    effect: Effect
    """What is to happen to it."""
    place: Place | None = None
    """Where it is declared."""

    @property
    def switches(self) -> bool:
        """Whether it changes the status, on which it depends whether any phone works; also where it may do so.

        What is declared active can only bring phones back.
        """
        if self.path != "status" or self.effect in (Effect.RELEASE, Effect.LEFT):
            return False
        return self.effect is not Effect.UNREAD or self.declared != Plain("active")


@dataclass(frozen=True)
class Note:
    """Something said in words about an account or a stack."""

    text: str
    severity: Severity = Severity.INFO
    place: Place | None = None


@dataclass(frozen=True)
class Problem:
    """Why an account is refused or can't be read; `field` is the path it is about, or empty."""

    text: str
    field: str = ""
    place: Place | None = None


@dataclass(frozen=True)
class Account:
    """An account of which something is to be said; `title` is its name, where it is known."""

    name: str
    """The resource's name."""
    account_id: str
    """Empty where it is not known."""
    title: str
    action: Action
    """What is to happen to it."""
    live: bool = False
    """Whether the rows show values just read from the API."""
    rows: tuple[Row, ...] = ()
    notes: tuple[Note, ...] = ()
    problems: tuple[Problem, ...] = ()
    place: Place | None = None


@dataclass(frozen=True)
class Others:
    """The program's other resources: how many of a type an operation is to be done to."""

    operation: str
    type: str
    count: int


@dataclass(frozen=True)
class Stack:
    """What is to be said of one stack; `failure` is why there is no complete answer."""

    project: str
    name: str
    accounts: tuple[Account, ...] = ()
    unchanged: int = 0
    """How many accounts stay as declared."""
    unseen: int = 0
    """How many accounts were not looked at, because only others were asked for."""
    others: tuple[Others, ...] = ()
    notes: tuple[Note, ...] = ()
    failure: str | None = None
    """Why there is no complete answer, in one or several lines."""
    organization: str = ""
    """The organization of Pulumi Cloud that was named with it."""
    directory: str = ""
    """Where its project is, as seen from the repository's root; empty where it is that."""

    @property
    def failed(self) -> bool:
        """Whether it can't be brought up as it is."""
        return self.failure is not None or bool(self.refused)

    @property
    def refused(self) -> tuple[Account, ...]:
        """The accounts with problems."""
        return tuple(account for account in self.accounts if account.problems)

    @property
    def changed(self) -> tuple[Account, ...]:
        """The accounts without problems of which something changes."""
        return tuple(account for account in self.accounts if not account.problems)

    @property
    def changes(self) -> bool:
        """Whether anything changes, other resources included."""
        return any(account.action is not Action.LEFT for account in self.changed) or bool(self.others)


class Concern(str, Enum):
    """A kind of change that a team may want to turn a check red."""

    STATUS = "status"
    DELETE = "delete"
    DRIFT = "drift"
    ANY = "any"


@dataclass(frozen=True)
class Report:
    """One answer for one or several stacks."""

    purpose: Purpose
    stacks: tuple[Stack, ...]
    fail_on: frozenset[Concern] = frozenset()
    """The kinds of change that make the check fail."""

    @property
    def failed(self) -> bool:
        """Whether any stack failed."""
        return any(stack.failed for stack in self.stacks)

    @property
    def changes(self) -> bool:
        """Whether anything changes in any stack."""
        return any(stack.changes for stack in self.stacks)

    @property
    def unwanted(self) -> tuple[Concern, ...]:
        """The kinds of change it holds of those that make the check fail."""
        return tuple(sorted(concerns(self) & self.fail_on))


def concerns(report: Report) -> frozenset[Concern]:
    """The kinds of change that a report holds."""
    accounts = [account for stack in report.stacks for account in stack.changed]
    actions = {account.action for account in accounts}
    found = {Concern.ANY} if report.changes else set()
    if any(row.switches for account in accounts for row in account.rows):
        found.add(Concern.STATUS)
    if actions & {Action.RETAIN, Action.RESTORE, Action.GONE}:
        found.add(Concern.DELETE)
    effects = {row.effect for account in accounts for row in account.rows}
    if Action.DRIFT in actions or effects & {Effect.DRIFT, Effect.LEFT}:
        found.add(Concern.DRIFT)
    return frozenset(found)


_WORDS = {
    Action.ADOPT: ("is adopted", "are adopted"),
    Action.UPDATE: ("changes", "change"),
    Action.REPLACE: ("has its resource replaced", "have their resources replaced"),
    Action.RETAIN: ("leaves the code and stays as it is", "leave the code and stay as they are"),
    Action.RESTORE: ("leaves the code and is restored", "leave the code and are restored"),
    Action.DRIFT: ("differs from code", "differ from code"),
    Action.LEFT: ("differs from code and is left as it is", "differ from code and are left as they are"),
    Action.GONE: ("is gone", "are gone"),
    Action.REFUSED: ("is refused", "are refused"),
    Action.UNREAD: ("can't be read", "can't be read"),
}


def status_changes(stacks: Iterable[Stack]) -> list[tuple[Account, Row]]:
    """The accounts of which the status changes, has changed or may change, with that row."""
    accounts = (account for stack in stacks for account in stack.changed)
    return [(account, row) for account in accounts for row in account.rows if row.switches]


def headline(stacks: Iterable[Stack]) -> str:
    """The whole verdict in one line without markup: `2 accounts change, 1 is refused, 3 other resources change`."""
    stacks = tuple(stacks)
    accounts = [account for stack in stacks for account in stack.accounts]
    found = [(action, sum(1 for account in accounts if account.action is action)) for action in Action]
    parts = [f"{count} {_WORDS[action][count > 1]}" for action, count in found if count]
    if parts:
        first = next(count for _, count in found if count)
        parts[0] = parts[0].replace(f"{first} ", f"{first} account{'s' if first > 1 else ''} ", 1)
    others = sum(other.count for stack in stacks for other in stack.others)
    if others:
        parts.append(f"{others} other resource{'s' if others > 1 else ''} change{'' if others > 1 else 's'}")
    unseen = sum(stack.unseen for stack in stacks)
    if unseen:
        parts.append(f"{unseen} account{'s' if unseen > 1 else ''} not looked at")
    switched = len(status_changes(stacks))
    if switched:
        parts.append(f"{switched} status change{'s' if switched > 1 else ''}")
    failures = [stack for stack in stacks if stack.failure is not None]
    if failures:
        names = ", ".join(stack.name or "?" for stack in failures)
        parts.insert(0, f"no complete answer for {names}" if parts else f"no answer for {names}")
    return ", ".join(parts) or "no changes"

"""What every rendering says in the same words, before any of them escapes it."""

from __future__ import annotations

from collections.abc import Iterable

from pulumi_audian.plan import counted
from pulumi_audian.records import Mark, Marked, Shown
from pulumi_audian.report.escaping import Excerpt, excerpts
from pulumi_audian.report.model import (
    Account,
    Action,
    Concern,
    Effect,
    Others,
    Place,
    Problem,
    Purpose,
    Report,
    Row,
    Stack,
    concerns,
    headline,
    status_changes,
)
from pulumi_audian.values import shown

_SENTENCES = {
    Action.ADOPT: "comes under management",
    Action.UPDATE: "changes",
    Action.REPLACE: "has its resource replaced, the account itself stays",
    Action.RETAIN: "leaves the code and stays as it is",
    Action.RESTORE: "leaves the code, and what was overwritten comes back",
    Action.DRIFT: "was changed outside of code",
    Action.LEFT: "differs from code, and is left as it is",
    Action.GONE: "is gone: the API no longer knows it",
    Action.REFUSED: "is refused",
    Action.UNREAD: "can't be read",
}
_REMEDIES = {
    Action.DRIFT: "To keep a live value, declare it; to put the declared ones back, run pulumi up --refresh.",
    Action.LEFT: (
        "Up leaves alone what someone else changed and code did not: to write it as declared, run pulumi up --refresh; "
        "to keep it, declare it."
    ),
    Action.GONE: "Remove an account that is gone from the code, or correct its accountId.",
}
_COUNTED = {
    Effect.WRITE: "writes {}",
    Effect.CLEAR: "clears {}",
    Effect.RESTORE: "puts {} back",
    Effect.RELEASE: "releases {}",
    Effect.DRIFT: "overwrites {} changed outside of code",
    Effect.UNREAD: "may write {}, not knowing what the account has",
    Effect.LEFT: "leaves {} as it is",
}
FIELD_WORDS = {
    Effect.WRITE: "",
    Effect.CLEAR: "cleared",
    Effect.RELEASE: "released: keeps its value, no longer watched",
    Effect.RESTORE: "put back",
    Effect.DRIFT: "changed outside of code",
    Effect.UNREAD: "written unless it is so already",
    Effect.LEFT: "left as it is",
}
_MARKS = {
    Mark.MISSING: "(none)",
    Mark.UNKNOWN: "(known after apply)",
    Mark.SECRET: "[secret]",
    Mark.HIDDEN: "(hidden)",
    Mark.NOT_KNOWN: "(not known)",
    Mark.UNDECLARED: "(no longer declared)",
}
_LINE_LENGTH = 500
_LEAVING = frozenset({Action.RETAIN, Action.RESTORE, Action.GONE})


def mark(report: Report) -> str:
    """The verdict as one sign: failed, changes that take something away, other changes, none."""
    if report.failed or report.unwanted:
        return "❌"
    if concerns(report) & {Concern.STATUS, Concern.DELETE}:
        return "⚠️"
    return "📝" if any(stack.accounts or stack.others or stack.unseen for stack in report.stacks) else "✅"


def verdict(report: Report) -> str:
    """The whole report in one line: what was asked of which stacks, and what came out."""
    asked = "Preview" if report.purpose is Purpose.PREVIEW else "Drift"
    which = label(report.stacks[0]) if len(report.stacks) == 1 else counted(len(report.stacks), "stack")
    unwanted = f" (this check fails on {', '.join(report.unwanted)})" if report.unwanted else ""
    return _brief(f"{asked} of {which}: {headline(report.stacks)}{unwanted}")


def summary(stack: Stack) -> str:
    """One of several stacks in one line."""
    return _brief(f"{label(stack)}: {headline([stack])}")


def _brief(text: str) -> str:
    """A line without its middle where it is long: names of stacks come first, and the counts last."""
    return text if len(text) <= _LINE_LENGTH else f"{text[: _LINE_LENGTH // 5]}…{text[1 - _LINE_LENGTH * 4 // 5 :]}"


def label(stack: Stack) -> str:
    """A stack with its project and with what else tells it from others: `acme/shop/prod in infra/phones`."""
    name = "/".join(filter(None, (stack.organization, stack.project, stack.name))) or "?"
    return f"{name} in {stack.directory}" if stack.directory else name


def status_row(account: Account) -> Row | None:
    """The row of an account that changes its status."""
    return next((row for row in account.rows if row.switches), None)


def status_warning(report: Report) -> str:
    """What no reviewer may miss, where a status changes."""
    found = status_changes(report.stacks)
    number, certain = counted(len(found), "account"), any(row.effect is not Effect.UNREAD for _, row in found)
    changes = (
        "was changed outside of code" if report.purpose is Purpose.DRIFT else "changes" if certain else "may change"
    )
    return f"The status of {number} {changes}. Phones work on active accounts only."


def text(value: Shown) -> str:
    """A value as messages show it, or what stands in its place."""
    return _MARKS[value.mark] if isinstance(value, Marked) else shown(value.value)


def compared(row: Row) -> tuple[Excerpt, Excerpt]:
    """The live and the declared value of a row, each with what is shown of it."""
    return excerpts(text(row.live), text(row.declared))


def arrow(row: Row) -> str:
    """What stands between the live and the declared value of a row."""
    return "where code says" if row.effect in (Effect.DRIFT, Effect.LEFT) else "→"


def leaves(account: Account) -> bool:
    """Whether an account is no longer to be managed, or no longer there."""
    return account.action in _LEAVING


def weight(account: Account) -> int:
    """How much an account matters to a reviewer: 2 where something may be lost, 1 for what is no plain update."""
    if leaves(account) or status_row(account):
        return 2
    return 0 if account.action in (Action.UPDATE, Action.LEFT) else 1


def ranked(stack: Stack) -> list[Account]:
    """The accounts that are not refused, those first that matter most."""
    return sorted(stack.changed, key=weight, reverse=True)


def sentence(account: Account) -> str:
    """What happens to an account, following its name: `changes: up writes 2 values, clears 1 value`."""
    effects = [row.effect for row in account.rows if account.action is not Action.DRIFT]
    counts = {effect: effects.count(effect) for effect in _COUNTED}
    parts = [words.format(counted(counts[effect], "value")) for effect, words in _COUNTED.items() if counts[effect]]
    if parts:
        return f"{_SENTENCES[account.action]}: up {', '.join(parts)}"
    if account.action is Action.ADOPT and account.live:
        return f"{_SENTENCES[account.action]}, and already is as declared: up writes nothing"
    return _SENTENCES[account.action]


def stopped(stack: Stack, purpose: Purpose) -> str:
    """What the problems of a stack's accounts amount to."""
    if all(account.action is Action.UNREAD for account in stack.refused):
        return "Not read"
    return "Refused" if purpose is Purpose.DRIFT else "Refused: nothing is written"


def incomplete(stack: Stack, purpose: Purpose) -> str:
    """What may be missing where an account has problems, and how to find it."""
    if purpose is Purpose.DRIFT:
        return "Whether these accounts differ from code is not known."
    ended = "Other accounts may have problems or change too: a preview ends at the first problem that it meets."
    offline = any(account.action is Action.REFUSED for account in stack.refused)
    return f"{ended} The command audian validate checks all accounts of a stack file." if offline else ended


def remedies(stack: Stack) -> str:
    """What to do about accounts that no longer are as declared, or nothing where all are."""
    actions = {account.action for account in stack.changed}
    return " ".join(text for action, text in _REMEDIES.items() if action in actions)


def reason(problem: Problem, account: Account) -> str:
    """What is wrong, without the field and the account, which stand before it."""
    return problem.text.removeprefix(f"account {account.account_id}: ").removeprefix(f"{problem.field}: ")


def observed(account: Account) -> str:
    """What the first value of each row is."""
    return "live" if account.live else "last known"


def rest(stack: Stack) -> str:
    """How many accounts stay as declared, and how many were not looked at."""
    same = f"{counted(stack.unchanged, 'account')} {'stays' if stack.unchanged == 1 else 'stay'} as declared."
    unseen = f"{counted(stack.unseen, 'account')} {'was' if stack.unseen == 1 else 'were'} not looked at."
    return " ".join([same] * bool(stack.unchanged) + [unseen] * bool(stack.unseen))


def located(place: Place) -> str:
    """A place as editors and reviewers write it: `Pulumi.prod.yaml:12`."""
    return f"{place.file}:{place.line}"


def other_resources(others: Iterable[Others]) -> str:
    """How many resources of other kinds change."""
    return counted(sum(other.count for other in others), "other resource")

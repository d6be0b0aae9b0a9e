"""The report as tables on a terminal, and in the log of a CI job.

All text from outside stands behind a border or on a line that is not wrapped: GitHub's runner carries out what it finds
at the start of a line.
"""

from __future__ import annotations

from collections.abc import Iterator

from rich import box
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.measure import Measurement
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from pulumi_audian.report import wording
from pulumi_audian.report.escaping import PROSE_LENGTH, Excerpt, block, excerpt, without_commands
from pulumi_audian.report.model import (
    Account,
    Note,
    Others,
    Place,
    Purpose,
    Report,
    Row,
    Severity,
    Stack,
    status_changes,
)

_FAILURE_LENGTH = 10_000
_SEEN_AT_ONCE = 5
"""How many accounts there may be, so that the heading is still seen below them."""
_WIDEST = 10_000
_VERDICT_STYLES = {"❌": "bold red", "⚠️": "bold yellow", "📝": "bold", "✅": "bold green"}


def render(report: Report, console: Console, *, brief: bool = False) -> None:
    """Print the report to a console; a brief one has a line for each account and nothing of its fields."""
    style = _VERDICT_STYLES[wording.mark(report)]
    verdict = _text(excerpt(wording.verdict(report), PROSE_LENGTH), style)
    console.print(verdict if brief else Panel(verdict, border_style=style), soft_wrap=brief)
    if status_changes(report.stacks):
        warning = Text(wording.status_warning(report), style="bold red")
        console.print(warning if brief else Panel(warning, border_style="bold red"))
    for stack in report.stacks:
        if len(report.stacks) > 1:
            summary = _text(excerpt(wording.summary(stack), PROSE_LENGTH), "bold")
            console.print(summary if brief else Panel(summary), soft_wrap=brief)
        for part in _lines(stack, report.purpose) if brief else _stack(stack, report.purpose):
            console.print(part, soft_wrap=isinstance(part, Text) and brief)
    if sum(len(stack.accounts) for stack in report.stacks) > _SEEN_AT_ONCE:
        # The heading is far above by now.
        console.print(verdict, soft_wrap=True)


def _lines(stack: Stack, purpose: Purpose) -> Iterator[Text]:
    """A stack in lines that are not wrapped, so that the runner finds no command at the start of one."""
    for account in stack.refused:
        for problem in account.problems:
            told = ": ".join(filter(None, (problem.field, wording.reason(problem, account))))
            said = excerpt(f"{told}{_at(problem.place or account.place)}", PROSE_LENGTH)
            yield Text.assemble("- ", _named(account), ": ", _text(said, "red"))
    if stack.refused:
        yield Text(wording.incomplete(stack, purpose))
    for line in block(stack.failure, _FAILURE_LENGTH) if stack.failure is not None else ():
        yield Text(f"- {line}")
    for note in stack.notes:
        yield Text.assemble("- ", _note(note))
    for account in wording.ranked(stack):
        status = wording.status_row(account)
        switched = _text(Excerpt(f"; STATUS: {_switched(status)}"), "bold red") if status else ""
        yield Text.assemble("- ", _named(account), f" {wording.sentence(account)}", switched)
    for other in stack.others:
        yield Text.assemble("- ", _other(other))
    for text in filter(None, (wording.remedies(stack), wording.rest(stack))):
        yield Text(text)


def _stack(stack: Stack, purpose: Purpose) -> Iterator[RenderableType]:
    if stack.refused:
        title = wording.stopped(stack, purpose)
        yield Panel(Group(*_refusals(stack, purpose)), title=title, border_style="red")
    if stack.failure is not None:
        lines = block(stack.failure, _FAILURE_LENGTH)
        yield Panel(Text("\n".join(lines)), title="no complete answer", border_style="red")
    if stack.notes:
        yield Panel(Group(*map(_note, stack.notes)), title="notes")
    alike: dict[str, list[Account]] = {}
    for account in wording.ranked(stack):
        if wording.weight(account) > 1 or account.rows or account.notes:
            yield Panel(Group(*_account(account)), border_style="yellow" if wording.weight(account) > 1 else "none")
        else:
            alike.setdefault(wording.sentence(account), []).append(account)
    for said, accounts in alike.items():
        yield Panel(Group(*(_account(accounts[0]) if len(accounts) == 1 else _listed(said, accounts))))
    if wording.remedies(stack):
        yield Text(wording.remedies(stack))
    if stack.others:
        yield Panel(Group(*map(_other, stack.others)), title=wording.other_resources(stack.others))
    if wording.rest(stack):
        yield Text(wording.rest(stack))


def _listed(said: str, accounts: list[Account]) -> Iterator[RenderableType]:
    """Accounts of which the same is to be said, and nothing else: a line for each."""
    yield Text(f"Each of these {said}:")
    yield from (Padding(_named(account), (0, 0, 0, 2)) for account in accounts)


def _refusals(stack: Stack, purpose: Purpose) -> Iterator[RenderableType]:
    for account in stack.refused:
        for problem in account.problems:
            where = excerpt(f"{problem.field}{_at(problem.place or account.place)}".strip())
            yield Text.assemble(_named(account), " ", _text(where))
            yield Padding(_text(excerpt(wording.reason(problem, account), PROSE_LENGTH)), (0, 0, 0, 2))
        yield from map(_note, account.notes)
    yield Text()
    yield Text(wording.incomplete(stack, purpose))


def _account(account: Account) -> Iterator[RenderableType]:
    known = " ".join(filter(None, (account.account_id, account.title)))
    yield Text.assemble(_text(excerpt(account.name), "bold"), f" {wording.sentence(account)}")
    yield _text(Excerpt(f"{excerpt(known)}{excerpt(_at(account.place))}"), "dim")
    status = wording.status_row(account)
    if status:
        yield _text(Excerpt(f"STATUS: {_switched(status)}"), "bold red")
    if account.rows:
        yield _Rows(account)
    yield from map(_note, account.notes)


class _Rows:
    """The fields of an account: a table where it fits, or else one value below the other."""

    def __init__(self, account: Account) -> None:
        self._observed = wording.observed(account)
        self._rows = sorted(account.rows, key=lambda row: row.switches, reverse=True)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """What rich prints."""
        table = self._table()
        if Measurement.get(console, options.update(max_width=_WIDEST), table).maximum <= options.max_width:
            yield table
            return
        width = max(len(self._observed), len("declared")) + 1
        yield Text()
        for row in self._rows:
            yield _path(row)
            for name, value in zip((self._observed, "declared"), wording.compared(row), strict=True):
                yield Padding(Text.assemble(f"{name + ':':<{width}} ", _text(value)), (0, 0, 0, 2))
        yield Text()

    def _table(self) -> Table:
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for column in ("field", self._observed, "declared"):
            table.add_column(column, overflow="fold")
        for row in self._rows:
            table.add_row(_path(row), *map(_text, wording.compared(row)))
        return table


def _path(row: Row) -> Text:
    words = wording.FIELD_WORDS[row.effect]
    path = _text(excerpt(row.path), "bold red" if row.switches else "")
    return Text.assemble(path, f" ({words})" if words else "")


def _named(account: Account) -> Text:
    known = f" ({excerpt(account.account_id)})" if account.account_id else ""
    return Text.assemble(_text(excerpt(account.name), "bold"), _text(Excerpt(known), "dim"))


def _switched(row: Row) -> str:
    live, declared = wording.compared(row)
    return f"{live} {wording.arrow(row)} {declared}"


def _at(place: Place | None) -> str:
    return f" ({wording.located(place)})" if place else ""


def _other(other: Others) -> Text:
    return _text(Excerpt(f"{excerpt(other.operation)} {excerpt(other.type)}: {other.count:,}"))


def _note(note: Note) -> Text:
    style = "yellow" if note.severity is Severity.WARNING else ""
    word = "Warning" if note.severity is Severity.WARNING else "Note"
    return _text(Excerpt(f"{word}: {excerpt(note.text, PROSE_LENGTH)}{excerpt(_at(note.place))}"), style)


def _text(part: Excerpt, style: str = "") -> Text:
    """A text that the console neither interprets as markup nor highlights."""
    return Text(without_commands(str(part)), style=style, overflow="fold")

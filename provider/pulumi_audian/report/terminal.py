"""The report as tables on a terminal, and in the log of a CI job.

All text from outside stands behind a border: GitHub's runner carries out what it finds at the start of a line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich import box
from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from pulumi_audian.report import wording
from pulumi_audian.report.escaping import PROSE_LENGTH, Excerpt, block, excerpt, without_commands
from pulumi_audian.report.model import Account, Note, Others, Purpose, Report, Row, Severity, Stack, status_changes

_FAILURE_LENGTH = 10_000
_VERDICT_STYLES = {"❌": "bold red", "⚠️": "bold yellow", "📝": "bold", "✅": "bold green"}


def render(report: Report, console: Console) -> None:
    """Print the report to a console."""
    style = _VERDICT_STYLES[wording.mark(report)]
    console.print(Panel(_text(excerpt(wording.verdict(report), PROSE_LENGTH), style), border_style=style))
    if status_changes(report.stacks):
        console.print(Panel(Text(wording.status_warning(report)), style="bold red"))
    for stack in report.stacks:
        if len(report.stacks) > 1:
            console.print(Panel(_text(excerpt(wording.summary(stack), PROSE_LENGTH), "bold")))
        for part in _stack(stack, report.purpose):
            console.print(part)


def _stack(stack: Stack, purpose: Purpose) -> Iterator[RenderableType]:
    if stack.refused:
        title = wording.stopped(stack, purpose)
        yield Panel(Group(*_refusals(stack, purpose)), title=title, border_style="red")
    if stack.failure is not None:
        lines = block(stack.failure, _FAILURE_LENGTH)
        yield Panel(Text("\n".join(lines)), title="no complete answer", border_style="red")
    if stack.notes:
        yield Panel(Group(*map(_note, stack.notes)), title="notes")
    for account in wording.ranked(stack):
        yield Panel(Group(*_account(account)), border_style="yellow" if wording.weight(account) > 1 else "none")
    if wording.remedies(stack):
        yield Text(wording.remedies(stack))
    if stack.others:
        yield Panel(_others(stack.others), title=wording.other_resources(stack.others))
    if wording.rest(stack):
        yield Text(wording.rest(stack))


def _refusals(stack: Stack, purpose: Purpose) -> Iterator[RenderableType]:
    table = _table("account", "field", "problem", "declared in")
    notes: list[Text] = []
    for account in stack.refused:
        known = f" ({excerpt(account.account_id)})" if account.account_id else ""
        for problem in account.problems:
            place = problem.place or account.place
            table.add_row(
                Text.assemble(_text(excerpt(account.name), "bold"), _text(Excerpt(known), "dim")),
                _text(excerpt(problem.field)),
                _text(excerpt(wording.reason(problem, account), PROSE_LENGTH)),
                _text(excerpt(wording.located(place) if place else "")),
            )
        notes += map(_note, account.notes)
    yield table
    yield from notes
    yield Text(wording.incomplete(stack, purpose))


def _account(account: Account) -> Iterator[RenderableType]:
    known = " ".join(filter(None, (account.account_id, account.title)))
    place = f" ({wording.located(account.place)})" if account.place else ""
    yield Text.assemble(_text(excerpt(account.name), "bold"), f" {wording.sentence(account)}")
    yield _text(Excerpt(f"{excerpt(known)}{excerpt(place)}"), "dim")
    status = wording.status_row(account)
    if status:
        live, declared = wording.compared(status)
        yield _text(Excerpt(f"STATUS: {live} {wording.arrow(status)} {declared}"), "bold red")
    if account.rows:
        yield _rows(account)
    yield from map(_note, account.notes)


def _rows(account: Account) -> Table:
    table = _table("field", wording.observed(account), "declared")
    for row in sorted(account.rows, key=lambda row: row.switches, reverse=True):
        live, declared = wording.compared(row)
        table.add_row(_path(row), _text(live), _text(declared))
    return table


def _path(row: Row) -> Text:
    words = wording.FIELD_WORDS[row.effect]
    path = _text(excerpt(row.path), "bold red" if row.switches else "")
    return Text.assemble(path, f" ({words})" if words else "")


def _others(others: Iterable[Others]) -> Table:
    table = _table("operation", "type", "resources")
    for other in others:
        table.add_row(_text(excerpt(other.operation)), _text(excerpt(other.type)), f"{other.count:,}")
    return table


def _note(note: Note) -> Text:
    place = f" ({wording.located(note.place)})" if note.place else ""
    style = "yellow" if note.severity is Severity.WARNING else ""
    word = "Warning" if note.severity is Severity.WARNING else "Note"
    return _text(Excerpt(f"{word}: {excerpt(note.text, PROSE_LENGTH)}{excerpt(place)}"), style)


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _text(part: Excerpt, style: str = "") -> Text:
    """A text that the console neither interprets as markup nor highlights."""
    return Text(without_commands(str(part)), style=style, overflow="fold")

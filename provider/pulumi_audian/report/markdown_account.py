"""One account of the report as Markdown, in full and in one line."""

from __future__ import annotations

from collections.abc import Sequence

from pulumi_audian.plan import counted
from pulumi_audian.report import wording
from pulumi_audian.report.escaping import PROSE_LENGTH, code, excerpt, prose
from pulumi_audian.report.fitting import Importance, Piece
from pulumi_audian.report.model import Account, Note, Place, Problem, Row, Severity

_MOST_ROWS = 50
_MOST_NOTES = 10
_MOST_PROBLEMS = 20
_MOST_PATHS = 3
_NAME_LENGTH = 60
_BRIEF_LENGTH = 160
_TABLES = (Importance.PLAIN_TABLE, Importance.TABLE, Importance.CRITICAL_TABLE)
_LINES = (Importance.PLAIN_LINE, Importance.LINE, Importance.CRITICAL_LINE)


def change(account: Account, level: str) -> Piece:
    """What happens to an account that is not refused, under a heading of a level such as `###`."""
    weight = wording.weight(account)
    return Piece((_full(account, level), _line(account), ""), (_TABLES[weight], _LINES[weight]))


def refusal(account: Account) -> Piece:
    """Why an account is refused or can't be read, as a list item for each problem."""
    problems = account.problems
    listed = [_problem(problem, account) for problem in problems[:_MOST_PROBLEMS]]
    left = len(problems) - len(listed)
    more = [f"- **{named(account)}**: {counted(left, 'more problem')}"] if left else []
    notes = [f"  {item}" for item in _notes(account.notes)]
    others = f" ({counted(len(problems) - 1, 'more problem')})" if len(problems) > 1 else ""
    brief = f"{_problem(problems[0], account, _BRIEF_LENGTH)}{others}"
    return Piece(("\n".join([*listed, *more, *notes]), brief, ""), (Importance.PROBLEM, Importance.CRITICAL_LINE))


def noted(note: Note) -> str:
    """Something said in words, as a list item."""
    sign = "⚠️ " if note.severity is Severity.WARNING else "Note: "
    return f"- {sign}{prose(note.text)}{_at(note.place)}"


def named(account: Account) -> str:
    """An account's name in the program."""
    return code(excerpt(account.name or "?", _NAME_LENGTH))


def switched(row: Row) -> str:
    """What becomes, or became, of a status."""
    live, declared = wording.compared(row)
    return f"**{code(live)} {wording.arrow(row)} {code(declared)}**"


def _full(account: Account, level: str) -> str:
    """An account with all that is known of it, as paragraphs."""
    status = wording.status_row(account)
    paragraphs = [
        f"{level} {named(account)} {wording.sentence(account)}",
        _identity(account),
        f"⛔ **status**: {switched(status)}" if status else "",
        "\n".join(_table(account)) if account.rows else "",
        "\n".join(_notes(account.notes)),
    ]
    return "\n\n".join(filter(None, paragraphs))


def _line(account: Account) -> str:
    """An account without its values, but for its status, as a list item."""
    status = wording.status_row(account)
    paths = [code(row.path) for row in account.rows if not row.switches]
    more = [f"{len(paths) - _MOST_PATHS:,} more"] if len(paths) > _MOST_PATHS else []
    said = [
        f"**{named(account)}** {wording.sentence(account)}",
        f"⛔ status: {switched(status)}" if status else "",
        ", ".join([*paths[:_MOST_PATHS], *more]),
    ]
    return f"- {'; '.join(filter(None, said))}"


def _table(account: Account) -> list[str]:
    rows = sorted(account.rows, key=lambda row: row.switches, reverse=True)
    left = len(rows) - _MOST_ROWS
    return [
        f"| field | {wording.observed(account)} | declared |",
        "| --- | --- | --- |",
        *map(_row, rows[:_MOST_ROWS]),
        *([f"| …and {counted(left, 'more field')} | | |"] if left > 0 else []),
    ]


def _row(row: Row) -> str:
    live, declared = wording.compared(row)
    path = f"⛔ **{code(row.path)}**" if row.switches else code(row.path)
    words = wording.FIELD_WORDS[row.effect]
    return f"| {path}{f' ({words})' if words else ''} | {code(live)} | {code(declared)} |"


def _notes(notes: Sequence[Note]) -> list[str]:
    more = [f"- …and {counted(len(notes) - _MOST_NOTES, 'more note')}"] if len(notes) > _MOST_NOTES else []
    return [*map(noted, notes[:_MOST_NOTES]), *more]


def _problem(problem: Problem, account: Account, most: int = PROSE_LENGTH) -> str:
    field = f" {code(problem.field)}" if problem.field else ""
    known = f" ({code(account.account_id)})" if account.account_id else ""
    said = prose(wording.reason(problem, account), most)
    return f"- **{named(account)}**{known}{field}: {said}{_at(problem.place or account.place)}"


def _identity(account: Account) -> str:
    title = prose(account.title, _NAME_LENGTH)
    return f"Account {code(account.account_id or '?')}" + (f", {title}" if title else "") + _at(account.place)


def _at(place: Place | None) -> str:
    return f" ({_place(place)})" if place else ""


def _place(place: Place) -> str:
    return code(excerpt(wording.located(place)))

"""The report as commands to GitHub's runner, which shows them beside the lines that they are about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pulumi_audian.plan import counted
from pulumi_audian.report import wording
from pulumi_audian.report.escaping import block, excerpt
from pulumi_audian.report.model import Account, Effect, Note, Place, Report, Row, Severity, status_changes

_SHOWN = 10
"""How many annotations of a kind GitHub shows for a step."""
_MESSAGE_LENGTH = 1_000


@dataclass(frozen=True)
class _Annotation:
    title: str
    message: str
    place: Place | None = None


def render(report: Report) -> list[str]:
    """One command a line: errors for what fails, warnings for what may be lost or was changed, a notice otherwise."""
    whole = [_Annotation("Audian", wording.verdict(report))]
    notice = whole if report.changes and not (report.failed or report.unwanted) else []
    return [
        *_commands("error", [*(whole if report.unwanted else []), *_errors(report)]),
        *_commands("warning", list(_warnings(report))),
        *_commands("notice", notice),
    ]


def _errors(report: Report) -> Iterator[_Annotation]:
    for stack in report.stacks:
        if stack.failure is not None:
            yield _Annotation(f"No complete answer for {wording.label(stack)}", stack.failure)
    for stack in report.stacks:
        for account in stack.refused:
            for problem in account.problems:
                text = ": ".join(filter(None, (problem.field, wording.reason(problem, account))))
                yield _about(account, text, problem.place)


def _warnings(report: Report) -> Iterator[_Annotation]:
    """From the most important on: changes of status, leaving accounts, drift, other warnings that have a place."""
    changed = [account for stack in report.stacks for account in stack.changed]
    yield from (_switched(account, row) for account, row in status_changes(report.stacks))
    yield from (_about(account, wording.sentence(account)) for account in changed if wording.leaves(account))
    yield from (_about(account, _drift(account)) for account in changed if _drift(account))
    for account in changed:
        yield from (_about(account, note.text, note.place) for note in _warned(account.notes))
    for stack in report.stacks:
        yield from (_Annotation(wording.label(stack), note.text, note.place) for note in _warned(stack.notes))


def _switched(account: Account, row: Row) -> _Annotation:
    live, declared = wording.compared(row)
    return _about(account, f"status: {live} {wording.arrow(row)} {declared}", row.place)


def _drift(account: Account) -> str:
    """The fields, other than the status, that someone else changed."""
    paths = [str(excerpt(row.path)) for row in account.rows if row.effect is Effect.DRIFT and not row.switches]
    return f"changed outside of code: {', '.join(paths)}" if paths else ""


def _warned(notes: Iterable[Note]) -> list[Note]:
    return [note for note in notes if note.severity is Severity.WARNING and note.place]


def _about(account: Account, message: str, place: Place | None = None) -> _Annotation:
    return _Annotation(account.name, message, place or account.place)


def _commands(level: str, found: list[_Annotation]) -> list[str]:
    """As many commands as are shown, the last of which says how many there would be."""
    if len(found) <= _SHOWN:
        return [_command(level, annotation) for annotation in found]
    rest = counted(len(found) - _SHOWN + 1, f"more {level}")
    last = _Annotation("Audian", f"{rest}: see the report in the job's summary")
    return [_command(level, annotation) for annotation in (*found[: _SHOWN - 1], last)]


def _command(level: str, annotation: _Annotation) -> str:
    place = annotation.place
    where = {"file": place.file, "line": str(place.line)} if place else {}
    return command(level, annotation.message, {**where, "title": str(excerpt(annotation.title))})


def command(level: str, message: str, properties: Mapping[str, str]) -> str:
    """One command of the runner: a message with properties such as `file`, `line`, `col` and `title`."""
    listed = ",".join(f"{name}={_property(text)}" for name, text in properties.items())
    return f"::{level} {listed}::{_data(message)}"


def _data(text: str) -> str:
    """A message as the runner reads it, which turns these escapes back and shows the rest as it is."""
    shown = "\n".join(block(text, _MESSAGE_LENGTH))
    return shown.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")

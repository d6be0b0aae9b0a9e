"""The report as Markdown: what a reviewer reads as a comment on a pull request and as a job's summary."""

from __future__ import annotations

from pulumi_audian.report import markdown_account, wording
from pulumi_audian.report.escaping import code, fenced, prose
from pulumi_audian.report.fitting import Chapter, Importance, Piece, Section, fit
from pulumi_audian.report.model import Note, Others, Purpose, Report, Stack, status_changes

LIMIT = 65_000
"""GitHub takes 65,536 characters for a comment; the rest is for what others put around the report."""
_FAILURE_LENGTHS = (3_000, 500)
_MOST_NAMED = 10
_MOST_TYPES = 20


def render(report: Report, *, limit: int = LIMIT) -> str:
    """The report in at most that many bytes of UTF-8, as long as its title fits in there.

    The title is the heading with up to ten changes of status. Detail is dropped from the least important on; how many
    accounts change or are refused is always said.
    """
    several = len(report.stacks) > 1
    return fit(_title(report), [_chapter(stack, report.purpose, several=several) for stack in report.stacks], limit)


def _title(report: Report) -> str:
    heading = f"## {wording.mark(report)} {prose(wording.verdict(report))}"
    switched = status_changes(report.stacks)
    if not switched:
        return heading
    more = [f"> - and {len(switched) - _MOST_NAMED:,} more"] if len(switched) > _MOST_NAMED else []
    return "\n".join(
        [
            f"{heading}\n",
            "> [!CAUTION]",
            f"> **{wording.status_warning(report)}**",
            ">",
            *(
                f"> - {markdown_account.named(account)}: {markdown_account.switched(row)}"
                for account, row in switched[:_MOST_NAMED]
            ),
            *more,
        ]
    )


def _chapter(stack: Stack, purpose: Purpose, *, several: bool) -> Chapter:
    level = "####" if several else "###"
    summary = f"### {prose(wording.summary(stack))}"
    return Chapter(
        Piece((summary, ""), (Importance.STACK,)) if several else Piece(("",)),
        [
            Section(
                [markdown_account.refusal(account) for account in stack.refused],
                "refused account",
                f"{level} {wording.stopped(stack, purpose)}",
            ),
            Section([_incomplete(stack, purpose)] if stack.refused else [], ""),
            Section([] if stack.failure is None else [_failure(stack.failure, level)], ""),
            Section([_note(note) for note in stack.notes], "note", f"{level} Notes"),
            Section(
                [markdown_account.change(account, level) for account in wording.ranked(stack)],
                "account",
                f"{level} In short",
            ),
            Section(_rest(stack, level), ""),
        ],
    )


def _incomplete(stack: Stack, purpose: Purpose) -> Piece:
    return Piece((prose(wording.incomplete(stack, purpose)), ""), (Importance.LINE,))


def _failure(text: str, level: str) -> Piece:
    forms = (f"{level} No complete answer\n\n{fenced(text, most)}" for most in _FAILURE_LENGTHS)
    return Piece((*forms, ""), (Importance.FAILURE, Importance.CRITICAL_LINE))


def _note(note: Note) -> Piece:
    return Piece((markdown_account.noted(note), ""), (Importance.LINE,))


def _rest(stack: Stack, level: str) -> list[Piece]:
    """What is said of all that is not listed: other resources, accounts without changes."""
    pieces = []
    if wording.remedies(stack):
        pieces.append(Piece((prose(wording.remedies(stack)), ""), (Importance.CRITICAL_LINE,)))
    if stack.others:
        total = f"{level} {wording.other_resources(stack.others)}"
        pieces.append(
            Piece((f"{total}\n\n{_others(stack)}", total, ""), (Importance.OTHER_RESOURCES, Importance.PLAIN_LINE))
        )
    if wording.rest(stack):
        pieces.append(Piece((wording.rest(stack), ""), (Importance.CRITICAL_LINE,)))
    return pieces


def _others(stack: Stack) -> str:
    """The changes of other resources, one kind of change to one type a line."""
    lines = [_other(other) for other in stack.others[:_MOST_TYPES]]
    left = sum(other.count for other in stack.others[_MOST_TYPES:])
    return "\n".join([*lines, *([f"- {left:,} of other types"] if left else [])])


def _other(other: Others) -> str:
    return f"- {code(other.operation)} {code(other.type)}: {other.count:,}"

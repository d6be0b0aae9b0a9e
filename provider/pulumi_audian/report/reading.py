"""Reads what the engine printed into the report of one stack; whatever it printed, there is one."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from pulumi_audian.fields import parse_dotted
from pulumi_audian.report.accounts import account
from pulumi_audian.report.model import Account, Action, Note, Others, Problem, Purpose, Severity, Stack
from pulumi_audian.report.places import Places
from pulumi_audian.report.preview import ACCOUNT, Diagnostic, Preview, Step, findings, name_of, parse, stack_of, type_of

_QUIET = frozenset({"same", "refresh", "read", "read-replacement", "discard"})
_ENGINES_OWN = ("pulumi:pulumi:Stack", "pulumi:providers:")
# How the engine begins where a check or a read failed. A check names a field, unless the account could not be read.
_LEAD = re.compile(rf"{re.escape(ACCOUNT)} resource '.*?' has a problem: |Preview failed: ")
_IDENTITY = re.compile(r"account (\S+): ")
# What follows from an error of which another line tells: by the engine, and by the program that it stopped.
_NOISE = (
    "an unhandled error occurred: program exited with non-zero exit code",
    "preview failed",
    "Resource monitor has terminated, shutting down",
)
_REASON_LINES = 20
_PATH = r"""(?:(?:^|(?<= )|\.)[A-Za-z_$][\w$-]*|\["(?:[^"\\]|\\.)*"\])+"""
# The provider begins with the field, a policy names it after itself and the account.
_FIELD = re.compile(rf"(?P<field>{_PATH})(?=: )|policy \S+: account .+?: (?P<judged>{_PATH})(?= is )")


@dataclass(frozen=True)
class Printed:
    """What a command of the engine left: `code` is None where only its standard output is known."""

    output: str
    errors: str = ""
    code: int | None = None
    reason: str = ""
    """Why it did not end by itself, such as a timeout."""
    events: str = ""
    """The engine's event log, where policies may have found something."""


def _nowhere(_stack: str) -> Places:
    return Places.nowhere()


def read(
    printed: Printed, purpose: Purpose, project: str, stack: str, locate: Callable[[str], Places] = _nowhere
) -> Stack:
    """The report of one stack; `project` and `stack` are for where the output names none.

    `locate` gives the places of declarations for the name of a stack.
    """
    try:
        preview = parse(printed.output).with_diagnostics(findings(printed.events))
    except ValueError as error:
        return Stack(project, stack, failure=_incomplete(printed, str(error)))
    urns = [step.urn for step in preview.steps] + [line.urn for line in preview.diagnostics if line.urn]
    project, stack = stack_of(urns[0]) if urns else (project, stack)
    try:
        found = _stack(preview, purpose, Stack(project, stack), locate(stack))
    except (LookupError, TypeError, ValueError) as error:
        return Stack(project, stack, failure=_unreadable(error))
    if found.failed or not (printed.code or printed.reason):
        return found
    return Stack(project, stack, failure=_incomplete(printed, ""))


def _stack(preview: Preview, purpose: Purpose, named: Stack, places: Places) -> Stack:
    said: dict[str, list[Diagnostic]] = defaultdict(list)
    for line in preview.diagnostics:
        said[line.urn].append(line)
    refused = tuple(_refused(urn, lines, places) for urn, lines in said.items() if _is_refused(urn, lines))
    failure = _failure(preview.diagnostics, explained=bool(refused))
    failed = failure is not None or bool(refused)
    steps = _accounts(preview.steps)
    changed = tuple(
        account(step, read_step, _spoken(said[urn]), places, purpose)
        for urn, (step, read_step) in steps.items()
        if step.op not in _QUIET and not _is_refused(urn, said[urn])
    )
    return Stack(
        named.project,
        named.name,
        accounts=tuple(sorted((*refused, *changed), key=lambda found: (not found.problems, found.name))),
        unchanged=0 if failed else _unchanged(preview, steps),
        others=_others(preview.steps),
        notes=tuple(Note(line.text, Severity.WARNING) for line in said[""] if line.severity == "warning"),
        failure=failure,
    )


def _accounts(steps: Iterable[Step]) -> Mapping[str, tuple[Step, Step | None]]:
    # With --refresh there are two steps of a resource: that of the read, and that of what follows from it.
    found: dict[str, tuple[Step, Step | None]] = {}
    for step in steps:
        if type_of(step.urn) == ACCOUNT:
            found[step.urn] = (step, found[step.urn][0] if step.urn in found else None)
    return found


def _unchanged(preview: Preview, steps: Mapping[str, tuple[Step, Step | None]]) -> int:
    quiet = sum(1 for step, _ in steps.values() if step.op in _QUIET)
    # Without --show-sames the engine only counts what stays: the stack's own entry, and others.
    return quiet or max(0, preview.changeSummary.get("same", 0) - 1)


def _others(steps: Iterable[Step]) -> tuple[Others, ...]:
    counted = Counter(
        (step.op, type_of(step.urn))
        for step in steps
        if step.op not in _QUIET and type_of(step.urn) != ACCOUNT and not type_of(step.urn).startswith(_ENGINES_OWN)
    )
    return tuple(Others(*key, count) for key, count in sorted(counted.items()))


def _spoken(lines: Iterable[Diagnostic]) -> list[Diagnostic]:
    return [line for line in lines if line.severity in ("info", "warning")]


def _is_refused(urn: str, lines: Iterable[Diagnostic]) -> bool:
    return bool(urn) and type_of(urn) == ACCOUNT and any(line.severity == "error" for line in lines)


def _refused(urn: str, lines: Iterable[Diagnostic], places: Places) -> Account:
    name = name_of(urn)
    texts = [line.text for line in lines if line.severity == "error" and line.text not in _NOISE]
    causes = list(dict.fromkeys(_without(_LEAD, text) for text in texts))
    problems = tuple(_problem(cause, name, places) for cause in causes)
    unread = bool(texts) and all(map(_LEAD.match, texts)) and not any(problem.field for problem in problems)
    identity = next(filter(None, map(_IDENTITY.match, causes)), None)
    return Account(
        name=name,
        account_id=identity[1] if identity else places.account_id(name),
        title="",
        action=Action.UNREAD if unread else Action.REFUSED,
        notes=tuple(Note(line.text, Severity.WARNING) for line in lines if line.severity == "warning"),
        problems=problems or (Problem("the engine gave no reason"),),
        place=places.declared(name),
    )


def _without(lead: re.Pattern[str], text: str) -> str:
    match = lead.match(text)
    return text[match.end() :] if match else text


def _problem(cause: str, name: str, places: Places) -> Problem:
    text = _without(_IDENTITY, cause)
    match = _FIELD.match(text)
    field = (match["field"] or match["judged"]) if match else ""
    return Problem(text, field, places.declared(name, parse_dotted(field)))


def _failure(diagnostics: Iterable[Diagnostic], *, explained: bool) -> str | None:
    """What failed besides accounts; that all of it did says nothing where accounts explain it."""
    errors = [line for line in diagnostics if line.severity == "error" and not _is_refused(line.urn, [line])]
    texts = [f"{name_of(line.urn)}: {line.text}" if line.urn else line.text for line in errors]
    telling = [text for text in dict.fromkeys(texts) if not text.startswith(_NOISE)]
    return "\n".join(telling or ([] if explained else texts)) or None


def _unreadable(error: Exception) -> str:
    return (
        f"the stack holds an account that this version can't read ({type(error).__name__}: {error}): "
        "its state was edited by hand, or written by another version of pulumi-audian"
    )


def _incomplete(printed: Printed, why: str) -> str:
    ended = printed.reason or (f"ended with exit code {printed.code}" if printed.code else "ended early")
    lines = [line for line in printed.errors.splitlines() if line.strip()][-_REASON_LINES:]
    said = f"what it printed is no complete answer: {why}" if why else "it gave no reason"
    return "\n".join([f"pulumi {ended}", *(lines or ([] if printed.reason else [said]))])

"""Reads what the engine printed into the report of one stack; whatever it printed, there is one."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pulumi_audian import plan
from pulumi_audian.fields import parse_dotted
from pulumi_audian.records import decode
from pulumi_audian.report.accounts import QUIET, account
from pulumi_audian.report.findings import Findings
from pulumi_audian.report.model import Account, Action, Note, Others, Problem, Purpose, Severity, Stack
from pulumi_audian.report.places import Places
from pulumi_audian.report.preview import ACCOUNT, Diagnostic, Preview, Step, findings, name_of, parse, stack_of, type_of

_ENGINES_OWN = ("pulumi:pulumi:Stack", "pulumi:providers:")
# What follows from an error of which another line tells: by the engine, and by the program that it stopped.
_NOISE = (
    "an unhandled error occurred: program exited with non-zero exit code",
    "preview failed",
    "Resource monitor has terminated, shutting down",
)
_REASON_LINES = 20
_NO_RECORDS = (
    "the preview left no record of any account: have the project's environment use the version of pulumi-audian that "
    "this command is of"
)
_PATH = r"""(?:(?:(?<= )|\.)[A-Za-z_$][\w$-]*|\["(?:[^"\\]|\\.)*"\])+"""
# A policy names the field after itself and the account.
_JUDGED = re.compile(rf"policy \S+: account .+?: ({_PATH})(?= is )")


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
    records: str | None = None
    """What the provider left; None where it was not asked to, as for a saved preview."""
    selection: tuple[str, ...] = ()
    """The options by which only a part of the stack was looked at."""


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
        left = None if printed.records is None else Findings.of(decode(printed.records))
    except ValueError as error:
        return Stack(project, stack, failure=_incomplete(printed, str(error)))
    urns = [step.urn for step in preview.steps] + [line.urn for line in preview.diagnostics if line.urn]
    project, stack = stack_of(urns[0]) if urns else (project, stack)
    try:
        found = _Reading(preview, purpose, left, printed.selection, locate(stack)).stack(project, stack)
    except (LookupError, TypeError, ValueError) as error:
        return Stack(project, stack, failure=_unreadable(error))
    if found.failed or not (printed.code or printed.reason):
        return found
    return Stack(project, stack, failure=_incomplete(printed, ""))


class _Reading:
    """What is read of one preview of a stack."""

    def __init__(
        self, preview: Preview, purpose: Purpose, findings: Findings | None, selection: tuple[str, ...], places: Places
    ) -> None:
        self._preview = preview
        self._purpose = purpose
        self._findings = findings
        self._selection = selection
        self._places = places
        self._said: dict[str, list[Diagnostic]] = defaultdict(list)
        for line in preview.diagnostics:
            self._said[line.urn].append(line)

    def stack(self, project: str, name: str) -> Stack:
        """The report of the stack."""
        stopped = [urn for urn, lines in self._said.items() if _is_refused(urn, lines)]
        stopped += [urn for urn in (self._findings.refused if self._findings else ()) if urn not in stopped]
        refused = [self._refused(urn) for urn in stopped]
        steps = _accounts(self._preview.steps)
        changed = {urn: self._changed(urn, taken) for urn, taken in steps.items() if urn not in stopped}
        quiet = [urn for urn, found in changed.items() if found is None]
        unseen = [urn for urn in quiet if not self._is_seen(urn)]
        failure = _failure(self._preview.diagnostics, explained=bool(refused))
        accounts = [*refused, *(found for found in changed.values() if found)]
        others = _others(self._preview.steps)
        if failure is None and not accounts and not others and len(unseen) == len(quiet):
            failure = self._nothing_seen(has_accounts=bool(unseen))
        if failure is None and not refused:
            failure = self._not_shown(steps, [steps[urn][0] for urn, found in changed.items() if found])
        failed = failure is not None or bool(refused)
        return Stack(
            project,
            name,
            accounts=tuple(sorted(accounts, key=lambda found: (not found.problems, found.name))),
            unchanged=0 if failed else self._unchanged(quiet, unseen),
            unseen=0 if failed else len(unseen),
            others=others,
            notes=tuple(self._notes()),
            failure=failure,
        )

    def _changed(self, urn: str, taken: tuple[Step, Step | None]) -> Account | None:
        # What is said of an account for information stands in the rows, where there are records.
        severities = ("warning",) if self._findings else ("warning", "info")
        notes = [_note(line) for line in self._said[urn] if line.severity in severities]
        return account(taken, notes, self._findings, self._places, self._purpose)

    def _refused(self, urn: str) -> Account:
        name, lines = name_of(urn), self._said[urn]
        recorded = self._findings.refused.get(urn) if self._findings else None
        errors = [line for line in lines if line.severity == "error" and line.text not in _NOISE]
        told = [line for line in errors if line.by_policy or not recorded]
        place = self._places.in_program(recorded.place) if recorded else None
        problems = [
            *(
                Problem(str(problem), problem.path, place or self._places.declared(name, parse_dotted(problem.path)))
                for problem in (recorded.problems if recorded else ())
            ),
            *(self._judgement(name, line) for line in told),
        ]
        unread = all(problem.unread for problem in recorded.problems) if recorded else self._purpose is Purpose.DRIFT
        return Account(
            name=name,
            account_id=(recorded.account_id if recorded else "") or self._places.account_id(name),
            title="",
            action=Action.UNREAD if unread and not any(line.by_policy for line in told) else Action.REFUSED,
            notes=tuple(_note(line) for line in lines if line.severity == "warning"),
            problems=tuple(dict.fromkeys(problems)) or (Problem("the engine gave no reason"),),
            place=place or self._places.declared(name),
        )

    def _judgement(self, name: str, line: Diagnostic) -> Problem:
        match = _JUDGED.match(line.text) if line.by_policy else None
        field = match[1] if match else ""
        return Problem(_without_lead(line.text, name), field, self._places.declared(name, parse_dotted(field)))

    def _is_seen(self, urn: str) -> bool:
        return self._findings is None or urn in self._findings.checked

    def _unchanged(self, quiet: Sequence[str], unseen: Sequence[str]) -> int:
        # Without --show-sames the engine only counts what stays: the stack's own entry, and others.
        counted = 0 if self._findings else max(0, self._preview.changeSummary.get("same", 0) - 1)
        return len(quiet) - len(unseen) or counted

    def _nothing_seen(self, *, has_accounts: bool) -> str | None:
        if self._selection:
            return f"nothing was looked at: no account is among what {' '.join(self._selection)} selects"
        return _NO_RECORDS if has_accounts else None

    def _not_shown(self, steps: Mapping[str, Any], changed: Sequence[Step]) -> str | None:
        unshown = [urn for urn in (self._findings.checked if self._findings else ()) if urn not in steps]
        if unshown:
            return f"the engine shows nothing of {plan.counted(len(unshown), 'account')} that it had checked"
        counted = sum(count for op, count in self._preview.changeSummary.items() if op not in QUIET)
        shown = sum(1 for step in self._preview.steps if step.op not in QUIET)
        missing = counted - shown - sum(1 for step in changed if step.op in QUIET)
        if missing <= 0:
            return None
        return (
            f"the engine counts {plan.counted(missing, 'change')} of which it shows nothing: run it without "
            "PULUMI_ENABLE_LEGACY_REFRESH_DIFF"
        )

    def _notes(self) -> Iterator[Note]:
        yield from (_note(line) for line in self._said[""] if line.severity == "warning")
        if self._selection:
            yield Note(f"only a part of the stack was looked at ({' '.join(self._selection)})", Severity.WARNING)


def _note(line: Diagnostic) -> Note:
    text = "; ".join(part.strip() for part in line.text.splitlines())
    return Note(text, Severity.WARNING if line.severity == "warning" else Severity.INFO)


def _without_lead(text: str, name: str) -> str:
    """A message without what the engine puts before the provider's words."""
    return text.removeprefix("Preview failed: ").removeprefix(f"{ACCOUNT} resource '{name}' has a problem: ")


def _accounts(steps: Iterable[Step]) -> Mapping[str, tuple[Step, Step | None]]:
    # With --refresh there are two steps of a resource: that of the read, and that of what follows from it.
    found: dict[str, tuple[Step, Step | None]] = {}
    for step in steps:
        if type_of(step.urn) == ACCOUNT:
            found[step.urn] = (step, found[step.urn][0] if step.urn in found else None)
    return found


def _others(steps: Iterable[Step]) -> tuple[Others, ...]:
    counted = Counter(
        (step.op, type_of(step.urn))
        for step in steps
        if step.op not in QUIET and type_of(step.urn) != ACCOUNT and not type_of(step.urn).startswith(_ENGINES_OWN)
    )
    return tuple(Others(*key, count) for key, count in sorted(counted.items()))


def _is_refused(urn: str, lines: Iterable[Diagnostic]) -> bool:
    return bool(urn) and type_of(urn) == ACCOUNT and any(line.severity == "error" for line in lines)


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

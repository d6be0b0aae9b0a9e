"""What must hold whatever goes wrong: each invariant judges one account by what its commands left behind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from tests.chaos.evidence import Case, Leg, Write, others, writes
from tests.chaos.stories import TEXTS
from tests.property.documents import Document, Path, at, canonical, differing, holds, leaves, uncovered
from tests.property.programs import wanted
from tests.property.promises import MUTABLE, due_values, new_assertions, unsatisfied_paths


class Invariant(NamedTuple):
    """One invariant: its name, what it says, and what it finds wrong with an account's commands."""

    name: str
    what: str
    problems: Callable[[Case], Iterator[str]]


class Violation(NamedTuple):
    """One thing that must not happen, and did."""

    invariant: str
    account_id: str
    text: str


class Record(NamedTuple):
    """What state holds of an overwritten value."""

    was: Any
    ours: Any


def records(leg_outputs: Mapping[str, Any]) -> dict[Path, Record]:
    """The records in stored outputs, by path."""
    entries = leg_outputs.get("overwritten", ())
    return {TEXTS[entry["path"]]: Record(entry.get("was"), entry.get("ours")) for entry in entries}


def intended(leg: Leg) -> dict[Path, Any]:
    """The values that a command may write: what is due, or what is on record when it destroys.

    An up that refreshes state first may write all that is declared.
    """
    if leg.command == "up":
        state = leg.before if not leg.refreshed else None
        unapplied = state.outputs.get("__unapplied", ()) if state else ()
        return due_values(leg.program, state.inputs if state else None, [TEXTS[text] for text in unapplied])
    if leg.before is None or leg.before.outputs.get("onDelete") != "restore":
        return {}
    return {path: record.was for path, record in records(leg.before.outputs).items()}


def _all_writes(case: Case) -> Iterator[tuple[Leg, Write]]:
    for leg in case.legs:
        for write in writes(case, leg):
            yield leg, write


def undeclared(case: Case) -> Iterator[str]:
    """What was sent or changed that is not declared, not as it is declared, or not changed in code."""
    for leg, write in _all_writes(case):
        values = intended(leg)
        read = write.read.document if write.read else {}
        sent = [path for path, value in leaves(write.body) if canonical(at(read, path)) != canonical(value)]
        for path in uncovered(sent, values):
            yield f"request {write.seq} sends {path}, which is not due"
        for path in uncovered(write.changed(), values):
            if case.etag or not _repeats_what_was_read(write, path):
                yield f"request {write.seq} changed {path}, which is not due"
        for path, value in values.items():
            found = at(write.after.document, path) if write.after else None
            if write.after and path in write.changed() and not holds(found, value):
                yield f"request {write.seq} changed {path} to {found!r} instead of {value!r}"


def _repeats_what_was_read(write: Write, path: Path) -> bool:
    """Whether a write put back a value that it had read: an object is sent whole, and may undo an edit."""
    return write.read is not None and canonical(at(write.body, path)) == canonical(at(write.read.document, path))


def unchecked(case: Case) -> Iterator[str]:
    """Writes to an account that was not read, or whose check must have failed."""
    for leg, write in _all_writes(case):
        if write.read is None:
            yield f"request {write.seq} writes without an account read before it"
        elif leg.command == "up":
            for reason in _refusals(leg, write.read.document):
                yield f"request {write.seq} writes although {reason}"


def _refusals(leg: Leg, account: Document) -> Iterator[str]:
    for name, value in new_assertions(leg.program, leg.before.inputs if leg.before else None).items():
        if value != account.get(name):
            yield f"{name} is {account.get(name)!r}"
    before = leg.before.outputs if leg.before else {}
    reopens = account.get("status") == "closed" and intended(leg).get(("status",), "closed") != "closed"
    if reopens and records(before).get(("status",), Record(None, None)).ours != "closed":
        yield "the account is closed"
    if leg.program.get("onConflict") == "fail":
        for path in [*_conflicts(leg, account), *_left(leg, account)]:
            yield f"someone else changed {path}"


def _conflicts(leg: Leg, account: Document) -> list[Path]:
    """The paths to write which someone else changed since state knew them."""
    if leg.before is None or leg.refreshed:
        return []
    known, written = leg.before.outputs, unsatisfied_paths(intended(leg), account)
    return [path for path in written if canonical(at(known, path)) != canonical(at(account, path))]


def _left(leg: Leg, account: Document) -> list[Path]:
    """The declared paths that the account does not hold, and that are not to be written."""
    due = intended(leg)
    return unsatisfied_paths({path: value for path, value in wanted(leg.program).items() if path not in due}, account)


def overwritten(case: Case) -> Iterator[str]:
    """Other people's edits that were written over without having been read, or without a word."""
    for leg, write in _all_writes(case):
        if case.etag:
            for path in unseen(write):
                yield f"request {write.seq} replaced {path}, which someone else had changed after the last read"
        if leg.command == "up" and not leg.killed and write.read is not None:
            for path in _conflicts(leg, write.read.document):
                if path in write.changed() and not _is_told(leg, case.account_id, path):
                    yield f"request {write.seq} replaced {path}, which someone else had changed, without a warning"


def unseen(write: Write) -> list[Path]:
    """The paths whose value someone else had changed after the last read, and which a write changed."""
    if write.read is None or write.before is None:
        return []
    later = differing(write.read.document, write.before.document)
    return [path for path in write.changed() if path in later]


def _is_told(leg: Leg, account_id: str, path: Path) -> bool:
    told = [line for line in leg.warnings if account_id in line and "by someone else" in line]
    return any(all(part in line for part in path) for line in told)


def repeated(case: Case) -> Iterator[str]:
    """Writes that had nothing to do, and values that one command wrote twice with nobody else in between."""
    for leg in case.legs:
        done: list[Write] = []
        for write in writes(case, leg):
            if write.read is not None and not write.attempted(intended(leg)):
                yield f"request {write.seq} writes what the account already held"
            for earlier in done:
                for path in set(write.changed()) & set(earlier.changed()):
                    if not _changed_between(case, earlier, write, path):
                        yield f"requests {earlier.seq} and {write.seq} both changed {path}"
            done.append(write)


def _changed_between(case: Case, earlier: Write, later: Write, path: Path) -> bool:
    if earlier.after is None or later.after is None:
        return False
    between = others(case, earlier.after.revision, later.after.revision)
    return any(canonical(at(earlier.after.document, path)) != canonical(at(other.document, path)) for other in between)


def immutable(case: Case) -> Iterator[str]:
    """Immutable or unknown fields that were named in a write."""
    for _, write in _all_writes(case):
        if not write.body.keys() <= MUTABLE:
            yield f"request {write.seq} names {sorted(write.body.keys() - MUTABLE)}"


ON_WRITES: tuple[Invariant, ...] = (
    Invariant(
        "no undeclared field is written",
        "A PATCH changes declared paths only, to the declared value; of an account that is managed already only "
        "those that changed in code or that an earlier write left unapplied; a destroy only recorded ones, to the "
        "former value",
        undeclared,
    ),
    Invariant(
        "no write after a failed check",
        "Before each PATCH stands a read that gave the account, and it has the immutable values that are declared for "
        "the first time, is not to be reopened, and with `onConflict: fail` holds nothing that someone else put there",
        unchecked,
    ),
    Invariant(
        "no later edit is overwritten",
        "With ETags no PATCH replaces what someone else wrote after the last read; with and without, a replaced edit "
        "of a declared field is warned of",
        overwritten,
    ),
    Invariant(
        "no effect is repeated",
        "No PATCH is sent for values that the account already has, and no command changes a value twice, unless "
        "someone else changed it in between; an API key is exchanged once a process",
        repeated,
    ),
    Invariant("immutable fields are never named", "No PATCH holds a field that can't be changed", immutable),
)


def judged(case: Case, invariants: Iterable[Invariant]) -> list[Violation]:
    """Everything that went wrong with an account."""
    return [
        Violation(invariant.name, case.account_id, text)
        for invariant in invariants
        for text in invariant.problems(case)
    ]

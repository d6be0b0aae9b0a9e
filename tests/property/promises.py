"""What an account's manager promises, as a model that the account-life machine compares with."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.property.documents import (
    Document,
    Path,
    at,
    canonical,
    differing,
    holds,
    leaves,
    nested,
    related,
    replaced,
    uncovered,
    with_value,
    without_empty,
)
from tests.property.programs import TAKEN, wanted
from tests.property.stack_model import Stored, Write

from pulumi_audian.errors import AccountGone, ApiError, AudianError, Refused

MUTABLE = {"displayName", "email", "phone", "address", "settings", "status", "metadata"}
ASSERTABLE = ("name", "plan", "createdAt")
LIVE = (*sorted(MUTABLE), *ASSERTABLE, "updatedAt")


@dataclass
class Promises:
    """What is known of an account's management after its last stored operation: the program, and what it overwrote."""

    program: Document = field(default_factory=dict)
    records: dict[Path, tuple[Any, Any]] = field(default_factory=dict)
    """By path of a value that was replaced as a whole: what was found first, and what is declared for it now."""
    unapplied: tuple[Path, ...] = ()
    """What the last stored operation should have changed, and did not."""

    def due(self, program: Document, stored: Stored | None) -> dict[Path, Any]:
        """The declared values that an up may write: all on adoption, then what changed or was left unapplied."""
        return due_values(program, stored.inputs if stored else None, self.unapplied)

    def remember(
        self, program: Document, writes: Iterable[Write], due: Mapping[Path, Any], live: Document | None
    ) -> bool:
        """Take over a stored operation and what it left unapplied; tells whether it released anything."""
        declared = wanted(program)
        released = wanted(self.program).keys() - declared.keys()
        self.unapplied = tuple(unheld(due, live))
        for write in writes:
            for path in unsatisfied_paths(due, write.before):
                self._record(path, write.before)
        self.records = {
            path: (was, at(nested(declared), path) if any(other[: len(path)] == path for other in declared) else ours)
            for path, (was, ours) in self.records.items()
            if any(related(path, other) for other in declared)
        }
        self.program = copy.deepcopy(program)
        return bool(released)

    def _record(self, path: Path, before: Document) -> None:
        if any(path[: len(known)] == known for known in self.records):
            return
        for known in [known for known in self.records if known[: len(path)] == path]:
            before = with_value(before, known, self.records.pop(known)[0])
        self.records[path] = (at(before, path), None)

    def obstacle(self, program: Document, live: Document | None, stored: Stored | None) -> type[AudianError] | None:
        """The error that an up of a program must end in, without trouble; `stored` is None on adoption."""
        due = self.due(program, stored)
        if stored and ("status",) in due and self._reopens(program, stored.outputs):
            return Refused
        if live is None:
            return AccountGone
        asserted = new_assertions(program, stored.inputs if stored else None)
        if (("status",) in due and self._reopens(program, live)) or any(
            live.get(name) != asserted[name] for name in asserted
        ):
            return Refused
        met = [*self.conflicts(program, live, stored), *self.left(program, live, stored)]
        if program.get("onConflict") == "fail" and met:
            return Refused
        return ApiError if due.get(("email",)) == TAKEN else None

    def _reopens(self, program: Document, account: Document) -> bool:
        ours = self.records.get(("status",), (None, None))[1] == "closed"
        return account.get("status") == "closed" != program.get("status", "closed") and not ours

    def conflicts(self, program: Document, live: Document | None, stored: Stored | None) -> list[Path]:
        """The values to write that someone else changed since they were last read, to something not declared."""
        if live is None or stored is None:
            return []
        found = unsatisfied_paths(self.due(program, stored), live)
        return [path for path in found if canonical(at(stored.outputs, path)) != canonical(at(live, path))]

    def left(self, program: Document, live: Document | None, stored: Stored | None) -> list[Path]:
        """The declared values that the account does not have, and that an up leaves alone."""
        if live is None or stored is None:
            return []
        due, asserted = self.due(program, stored), new_assertions(program, stored.inputs if stored else None)
        kept = {path: value for path, value in wanted(program).items() if path not in due}
        kept |= {(name,): program[name] for name in ASSERTABLE if name in program and name not in asserted}
        return unsatisfied_paths(kept, live)

    def check_restored(self, before: Document, after: Document, allowed_status: Iterable[str]) -> int:
        """Check that what was still ours is as it was first found, and nothing else changed; returns what was left."""
        back: list[Path] = []
        for path, (was, ours) in self.records.items():
            is_ours = canonical(at(before, path)) == canonical(ours) and replaced(before, path) == path
            goes_back = is_ours and (path != ("status",) or was in ("active", *allowed_status))
            assert without_empty(at(after, path)) == without_empty(was if goes_back else at(before, path))
            back += [path] if goes_back else []
        assert uncovered(differing(before, after), back) == []
        return len(self.records) - len(back)


def due_values(program: Document, inputs: Document | None, unapplied: Iterable[Path]) -> dict[Path, Any]:
    """The declared values that an up may write over a declaration in state; without one, all of them."""
    declared, before = wanted(program), wanted(inputs or {})
    unapplied = list(unapplied)
    return {
        path: value
        for path, value in declared.items()
        if path not in before
        or canonical(before[path]) != canonical(value)
        or any(related(path, other) for other in unapplied)
    }


def new_assertions(program: Document, inputs: Document | None) -> dict[str, Any]:
    """The immutable values that a program asserts for the first time, or otherwise than the declaration in state."""
    before = inputs or {}
    return {name: program[name] for name in ASSERTABLE if name in program and program[name] != before.get(name)}


def unsatisfied_paths(declared: Mapping[Path, Any], account: Document) -> list[Path]:
    """What has to be written: declared paths, or what stands above them where that is no object."""
    return sorted({replaced(account, path) for path, value in declared.items() if not holds(at(account, path), value)})


def unsatisfied(program: Document, live: Document | None) -> list[Path]:
    """The declared and asserted values that an account does not hold."""
    return unheld(wanted(program) | {(name,): program[name] for name in ASSERTABLE if name in program}, live)


def unheld(expected: Mapping[Path, Any], live: Document | None) -> list[Path]:
    """The paths of those values that an account does not hold."""
    return [path for path, value in expected.items() if not holds(at(live, path), value)]


def check_sent(write: Write, allowed: Iterable[Path]) -> None:
    """Check that a PATCH names changeable fields only, and says nothing new outside of the allowed paths."""
    assert write.body.keys() <= MUTABLE
    sent = [path for path, value in leaves(write.body) if canonical(at(write.before, path)) != canonical(value)]
    assert uncovered(sent, allowed) == []


def check_effect(write: Write, allowed: Iterable[Path]) -> None:
    """Check that a PATCH changed nothing outside of the allowed paths."""
    assert uncovered(differing(write.before, write.after), allowed) == []


def check_state(stored: Stored | None, live: Document | None) -> None:
    """Check that state holds every known field as the account has it."""
    assert stored is not None
    assert live is not None
    assert stored.outputs["accountId"] == live["id"]
    assert [name for name in LIVE if canonical(stored.outputs.get(name)) != canonical(live.get(name))] == []

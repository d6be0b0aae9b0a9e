"""The part of the account-life machine that is not rules: carrying an operation out, and checking what it did."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from hypothesis import event
from hypothesis.stateful import RuleBasedStateMachine
from tests.property import programs
from tests.property.documents import Document, Path, differing, uncovered
from tests.property.promises import Promises, check_effect, check_sent, check_state, new_assertions, unheld, unsatisfied
from tests.property.stack_model import Notes, Stack, Stored, watched_client

from audian_emulator import Control
from pulumi_audian.errors import AudianError, NotApplied

OTHER = {"id": "acc_other", "name": "Other", "email": programs.TAKEN, "status": "active"}


def is_stored(life: Life) -> bool:
    """Whether the stack manages the account."""
    return life.stack.stored is not None


def exists(life: Life) -> bool:
    """Whether the API knows the account."""
    return life.removed is None


class Life(RuleBasedStateMachine):
    """One account, its program and its stack, with the checks that follow each operation."""

    api: Control
    account_id: str
    stack: Stack
    program: Document

    def __init__(self) -> None:
        super().__init__()
        self.api.reset()
        self.api.put("acc_other", OTHER)
        self.client = watched_client(self.api)
        self.distorted = self.versioned = False
        self.troubles: list[Document] = []
        self.past_troubles: list[Document] = []
        self.removed: Document | None = None
        self.promises = Promises()

    def crash_in_up(self) -> None:
        """Bring the program up in a process that dies before state is stored."""
        before = self.stack.stored
        due = self.promises.due(self.program, before)
        error = self.attempt(lambda: self.stack.up(self.program, crashes=True))
        self.check_writes(due)
        event("crash in an up" + (" after its write" if self.client.writes else ""))
        if isinstance(error, NotApplied):
            self.remember(due)
        else:
            assert self.stack.stored == before

    def bring_up(self, operation: Callable[[], None], before: Stored | None, *, works: bool) -> None:
        """Carry an up out where it `works` at all, and compare its outcome with what was to be expected.

        `before` is what the operation gets to know of the account: None on adoption.
        """
        live, stored = self.live(), self.stack.stored
        obstacle = self.promises.obstacle(self.program, live, before) if works else None
        conflicts = self.promises.conflicts(self.program, live, before) if works else []
        left = self.promises.left(self.program, live, before) if works else []
        due = self.promises.due(self.program, before)
        asserted = new_assertions(self.program, before.inputs if before else None)
        error = self.attempt(operation)
        self.check_writes(due)
        what = [name for name, paths in (("conflict", conflicts), ("left", left)) if paths]
        event(f"up: {type(error).__name__}, {len(self.client.writes)} writes, {', '.join(what)}")
        if isinstance(error, NotApplied):
            assert self.distorted
            self.remember(due)
        elif error is not None:
            self._check_failure(error, obstacle, stored)
        elif works:
            assert unheld(due | {(name,): value for name, value in asserted.items()}, self.live()) == []
            self._check_success(obstacle, conflicts, left)
            self.remember(due)

    def _check_success(self, obstacle: type[AudianError] | None, conflicts: list[Path], left: list[Path]) -> None:
        assert obstacle is None or self.distorted
        assert not self.stack.sees_change(self.program)
        told = {line for line in self.stack.notes.warnings if " as declared" in line or "left as it is" in line}
        assert len(told) == len(conflicts) + len(left)
        assert len([line for line in told if "left as it is" in line]) == len(left)

    def _check_failure(self, error: AudianError, obstacle: type[AudianError] | None, before: Stored | None) -> None:
        assert self.stack.stored == before
        if obstacle is None:
            assert self.may_end_in_error(), error
        elif not self.past_troubles and not self.distorted:
            assert isinstance(error, obstacle), error
            assert self.client.writes == []

    def check_refreshed(self) -> None:
        """Check that state is the account, and that a preview shows drift exactly where there is some."""
        live = self.live()
        check_state(self.stack.stored, live)
        self.promises.unapplied = ()
        drifted = unsatisfied(self.promises.program, live)
        event("refresh" + (" with drift" if drifted else ""))
        assert self.stack.sees_change(self.promises.program) == bool(drifted)

    def check_restored(self, stored: Stored) -> None:
        """Check that a destroy that restores brought back what it can, and that only."""
        after = self.live()
        assert after is not None
        before = self.client.writes[0].before if self.client.writes else after
        left = self.promises.check_restored(before, after, stored.outputs.get("allowStatus", ()))
        event(f"restore of {min(len(self.promises.records), 3)}" + (" that left something" if left else ""))

    def check_writes(self, allowed: Iterable[Path]) -> None:
        """Check that an operation sent at most one PATCH, about the allowed paths only."""
        effective = [write for write in self.client.writes if uncovered(differing(write.before, write.after), ())]
        assert len(effective) <= 1
        assert len(self.client.writes) <= 1 or self.distorted
        for write in self.client.writes:
            check_sent(write, allowed)
            if not self.distorted:
                check_effect(write, allowed)
            self._check_status(write.before["status"], write.after["status"])

    def _check_status(self, before: str, after: str) -> None:
        if after != before:
            stored = self.stack.stored.outputs.get("allowStatus", []) if self.stack.stored else []
            assert after in ["active", *self.program.get("allowStatus", []), *stored]
            assert before != "closed" or self.promises.records[("status",)][1] == "closed"

    def attempt(self, operation: Callable[[], None]) -> AudianError | None:
        """Carry an operation out, with the trouble that was prepared for it, and return how it failed."""
        self.client.writes = []
        self.stack.notes = Notes()
        stored, given = self.stack.stored, copy.deepcopy(self.stack.stored)
        try:
            operation()
        except AudianError as error:
            return error
        finally:
            self.api.clear_faults()
            self.past_troubles, self.troubles = self.troubles, []
            assert stored == given
        return None

    def may_end_in_error(self) -> bool:
        """Whether the trouble of the last operation excuses an error."""
        return self.distorted or any(trouble in programs.FATAL for trouble in self.past_troubles)

    def remember(self, due: Mapping[Path, Any]) -> None:
        """Take over what an operation stored, which is true."""
        check_state(self.stack.stored, self.live())
        if self.promises.remember(self.program, self.client.writes, due, self.live()):
            event("release")

    def live(self) -> Document | None:
        """The account as it is, None where it is gone."""
        return self.api.account(self.account_id) if exists(self) else None

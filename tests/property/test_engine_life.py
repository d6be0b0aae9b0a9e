"""A short life of an account under the real engine: the promises of the account-life machine, once more in earnest."""

from __future__ import annotations

from pathlib import Path

from hypothesis import Phase, given, note, settings
from hypothesis import strategies as st
from tests.property import programs
from tests.property.documents import Document, canonical
from tests.property.programs import valid, wanted
from tests.property.promises import Promises, check_effect, check_sent, check_state, unsatisfied
from tests.property.stack_model import Stored, Write

from audian_emulator import Control
from workbench import GLOBEX, Run, Workbench, find_engine

MOVES = st.lists(
    st.tuples(st.sampled_from(["up", "up --refresh", "refresh"]), programs.parts(2), st.just({}) | programs.edits()),
    min_size=2,
    max_size=2,
)


class EngineLife:
    """An account, its program, and the engine's commands with the checks that follow each."""

    def __init__(self, bench: Workbench) -> None:
        self.bench = bench
        bench.api.reset()
        bench.api.put("acc_other", {"id": "acc_other", "name": "Other", "email": programs.TAKEN, "status": "active"})
        self.program: Document = {"accountId": GLOBEX, "onDelete": "restore"}
        self.promises = Promises()
        self.stored: Stored | None = None

    def declare(self, part: Document) -> None:
        """Write a program with other values."""
        self.program = valid({**self.program, **part})
        self.bench.declare(globex=self.program)

    def run(self, command: str) -> None:
        """Carry a command out, and check what it did and what the next preview says."""
        note(f"{command}: {self.program}")
        before, known = self.live(), self.stored
        due = self.promises.due(self.program, known)
        done, writes = self.observed(*command.split(), "--yes", "--skip-preview")
        self.stored = self.exported()
        if done.code != 0:
            assert self.promises.obstacle(self.program, before, known) is not None, done.text
            assert writes == []
            assert self.stored == known or "--refresh" in command
        elif command != "refresh":
            self.check_up(before, known, refreshed="--refresh" in command)
            self.promises.remember(self.program, writes, due, self.live())
        elif known is not None:
            assert self.is_stored(self.promises.program) == (unsatisfied(self.promises.program, before) == [])
        self.check_preview()

    def check_up(self, before: Document, known: Stored | None, *, refreshed: bool) -> None:
        """Check that a successful up was right to be one, and did what was declared where it did anything."""
        if refreshed or known is None or canonical(known.inputs) != canonical(self.program):
            assert self.promises.obstacle(self.program, before, known) is None
            left = () if refreshed else self.promises.left(self.program, before, known)
            assert unsatisfied(self.program, self.live()) == list(left)
            check_state(self.stored, self.live())
        assert self.is_stored(self.program)

    def check_preview(self) -> None:
        """Check that a preview shows a difference exactly where stored and declared inputs differ, and writes none."""
        preview, writes = self.observed("preview", "--expect-no-changes")
        assert (preview.code == 0) == self.is_stored(self.program), preview.text
        assert writes == []

    def leave(self) -> None:
        """Destroy the stack's resources, and check that the account has back what was overwritten."""
        before = self.live()
        done, _ = self.observed("destroy", "--yes", "--skip-preview", allowed=self.promises)
        assert done.code == 0, done.text
        assert self.exported() is None
        self.promises.check_restored(before, self.live(), ())

    def observed(self, *command: str, allowed: Promises | None = None) -> tuple[Run, list[Write]]:
        """Run a command; it may send one PATCH about what is declared, or about what is on record."""
        before = self.live()
        self.bench.api.clear()
        done = self.bench.observed(*command)
        executed = [entry["body"] for entry in self.bench.api.writes() if entry["executed"]]
        writes = [Write(before, body, self.live()) for body in executed]
        assert len(writes) <= 1
        for write in writes:
            paths = allowed.records if allowed else wanted(self.program)
            check_sent(write, paths)
            check_effect(write, paths)
        return done, writes

    def is_stored(self, program: Document) -> bool:
        """Whether state holds the inputs of a program."""
        return self.stored is not None and canonical(self.stored.inputs) == canonical(program)

    def exported(self) -> Stored | None:
        """What state holds of the account, without the engine's own entries."""
        resource = self.bench.stored("globex")
        if resource is None:
            return None
        inputs = {name: value for name, value in resource["inputs"].items() if name != "__provider"}
        return Stored(inputs, resource["outputs"])

    def live(self) -> Document:
        """The account as it is."""
        return self.bench.api.account(GLOBEX)


def test_promises_are_kept_under_the_engine(tmp_path: Path, api: Control) -> None:
    """Of whatever is declared, edited, brought up and refreshed, the engine's runs change and restore what they may."""
    bench = Workbench(tmp_path, api, find_engine())

    @settings(max_examples=3, deadline=None, print_blob=True, phases=[Phase.explicit, Phase.reuse, Phase.generate])
    @given(programs.parts(4), MOVES)
    def live(part: Document, moves: list[tuple[str, Document, Document]]) -> None:
        life = EngineLife(bench)
        life.declare(part)
        life.run("up")
        for command, other_part, edit in moves:
            bench.api.edit(GLOBEX, edit)
            life.declare(other_part)
            life.run(command)
        life.leave()

    live()

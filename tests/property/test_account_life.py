"""An account's whole life under management, in orders that nobody thought of, against the emulator."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule, run_state_machine_as_test
from tests.property import programs
from tests.property.documents import Document, nested
from tests.property.life import Life, exists, is_stored
from tests.property.programs import CLEARABLE, valid
from tests.property.promises import ASSERTABLE, Promises, unheld
from tests.property.stack_model import Stack

from audian_emulator import Control
from pulumi_audian.errors import AccountGone, Refused

ACCOUNTS = ["acc_1234567890", "acc_2345678901", "acc_3456789012", "acc_4567890123"]

THEN = st.sampled_from(["up"] * 5 + ["later", "crash"])


class AccountLife(Life):
    """A program, others and the network act on one account; after each operation the promises are checked."""

    @initialize(
        account_id=st.sampled_from(ACCOUNTS),
        options=programs.OPTIONS,
        part=programs.parts(4),
        status=st.just({}) | programs.DECLARED_STATUSES,
        versioned=st.booleans(),
    )
    def _begin(self, account_id: str, options: Document, part: Document, status: Document, *, versioned: bool) -> None:
        self.account_id = account_id
        self.stack = Stack(self.client, account_id)
        self.program = valid({"accountId": account_id, "onDelete": "restore", **options, **part, **status})
        self.behave("deep", etag=versioned)

    @rule(part=programs.parts(3) | programs.DECLARED_STATUSES | programs.OPTIONS, then=THEN)
    def declare(self, part: Document, then: str) -> None:
        """The program declares other values."""
        self.program = valid({**self.program, **part})
        self.go_on(then)

    @rule(name=st.sampled_from(programs.RELEASABLE), then=THEN)
    def release(self, name: str, then: str) -> None:
        """The program no longer mentions a field."""
        self.program = valid({key: value for key, value in self.program.items() if key != name})
        self.go_on(then)

    @rule(texts=st.lists(st.sampled_from(sorted(CLEARABLE)), max_size=2, unique=True), then=THEN)
    def clear(self, texts: list[str], then: str) -> None:
        """The program clears fields that it does not declare."""
        self.program = valid({**self.program, "clear": texts})
        self.go_on(then)

    def go_on(self, then: str) -> None:
        """Bring an edited program up, in a process that sometimes dies before the end, or leave it for later."""
        if then == "up":
            self.up()
        elif then == "crash":
            self.crash_in_up()

    @rule(names=st.sets(st.sampled_from(ASSERTABLE), min_size=1), rightly=st.sampled_from([True] * 5 + [False]))
    def assert_immutable(self, names: set[str], *, rightly: bool) -> None:
        """The program asserts values that never change, sometimes wrong ones."""
        live = self.live() or {}
        self.program |= {name: live.get(name, "unknown") if rightly else "wrong" for name in sorted(names)}

    @rule(edit=programs.edits())
    def edit(self, edit: Document) -> None:
        """Someone else changes the account, and puts it back before where it is gone."""
        if self.removed is not None:
            self.api.put(self.account_id, self.removed)
            self.removed = None
        self.api.edit(self.account_id, edit)

    @precondition(lambda self: is_stored(self) and exists(self))
    @rule(briefly=st.sampled_from([True, True, False]))
    def remove(self, *, briefly: bool) -> None:
        """Someone else removes the account, often for the length of one operation only."""
        self.removed = self.api.account(self.account_id)
        self.api.remove(self.account_id)
        if briefly:
            self.refresh()
            self.edit({})

    @rule(merge=st.sampled_from(["deep", "replace"]), etag=st.booleans())
    def behave(self, merge: str, *, etag: bool) -> None:
        """The API treats objects and versions in one of the ways that the contract leaves open."""
        self.api.behave(merge=merge, etag=etag, ignoreFields=[], coerce={}, nulls="delete")
        self.versioned, self.distorted = etag, False

    @rule(distortion=st.sampled_from(programs.DISTORTIONS))
    def distort(self, distortion: Document) -> None:
        """The API accepts writes without doing what they say."""
        self.api.behave(**distortion)
        self.distorted = True

    @precondition(lambda self: not self.troubles)
    @rule(trouble=st.sampled_from([*programs.TRANSIENT * 2, *programs.FATAL]), part=st.none() | programs.parts(2))
    def get_into_trouble(self, trouble: Document, part: Document | None) -> None:
        """Something goes wrong in the next operation."""
        self.api.fault(**trouble)
        self.troubles.append(trouble)
        if part is not None:
            self.declare(part, "up")

    @rule()
    def preview(self) -> None:
        """A preview writes nothing, and finds in a first adoption what will refuse it."""
        live, problems = self.live(), list[str]()
        assert self.attempt(lambda: problems.extend(self.stack.preview(self.program))) is None
        assert (self.client.writes, self.live()) == ([], live)
        if not is_stored(self) and not self.may_end_in_error():
            refused = self.promises.obstacle(self.program, live, None) in (AccountGone, Refused)
            assert bool(problems) == refused

    @rule()
    def up(self) -> None:
        """Declared values are brought to the account."""
        works = self.stack.sees_change(self.program)
        self.bring_up(lambda: self.stack.up(self.program), self.stack.stored, works=works)

    @precondition(exists)
    @rule(contest=programs.contests())
    def contend(self, contest: tuple[Document, Document]) -> None:
        """Someone else and the program change the same field."""
        theirs, ours = contest
        self.edit(theirs)
        self.declare(ours, "up")

    @precondition(exists)
    @rule(contest=programs.contests())
    def give_in(self, contest: tuple[Document, Document]) -> None:
        """Someone else changes what the program declared, and the program leaves the account to them."""
        theirs, ours = contest
        self.declare(ours, "up")
        self.edit(theirs)
        if is_stored(self):
            self.destroy(crashes=False, meanwhile=None)

    @precondition(exists)
    @rule(text=st.sampled_from(sorted(CLEARABLE)))
    def refill(self, text: str) -> None:
        """Someone else puts a value where the program cleared one."""
        self.clear([text], "up")
        path = CLEARABLE[text]
        self.edit(nested({path: programs.REFILLED.get(path, "x")}))
        if is_stored(self):
            self.refresh()

    @precondition(exists)
    @rule(turn=programs.turns())
    def recover(self, turn: tuple[Document, Document]) -> None:
        """A process dies before its end, the next up finds what it did, and the program leaves the account."""
        before, after = turn
        self.declare(before, "up")
        self.declare(after, "crash")
        self.up()
        if is_stored(self):
            self.destroy(crashes=False, meanwhile=None)

    @precondition(exists)
    @rule(values=st.lists(programs.ANYTHING, min_size=2, max_size=3))
    def reshape(self, values: list[Any]) -> None:
        """Values and objects take each other's place, and the program leaves the account."""
        for value in values:
            self.declare({"metadata": {"any": value}}, "up")
        if is_stored(self):
            self.destroy(crashes=False, meanwhile=None)

    # Without versions nothing can tell that an account changed between read and write; and after a write of unknown
    # outcome, nothing can tell who wrote a declared value that someone else means too.
    @precondition(lambda self: self.versioned and not self.troubles and exists(self))
    @rule(contest=programs.contests())
    def race(self, contest: tuple[Document, Document]) -> None:
        """Someone else changes the account between our read and our write, and we decide anew."""
        self.declare(contest[1], "later")
        self.client.meanwhile, before = contest[0], self.stack.stored
        due = self.promises.due(self.program, before)
        error = self.attempt(lambda: self.stack.up(self.program))
        self.check_writes(due)
        met, self.client.meanwhile = self.client.meanwhile is None, None
        event("race" + (f", met: {type(error).__name__}" if met else ""))
        if self.stack.stored != before:
            self.remember(due)
        if error is None and met:
            assert unheld(due, self.live()) == []

    @precondition(is_stored)
    @rule()
    def refresh(self) -> None:
        """State takes over what the account is: drift of declared values shows in the next preview."""
        before = self.stack.stored
        error = self.attempt(self.stack.refresh)
        assert self.client.writes == []
        if error is not None:
            assert self.stack.stored == before
            assert self.may_end_in_error(), error
        elif self.stack.stored is None:
            assert not exists(self)
            self.promises = Promises()
        else:
            self.check_refreshed()

    @precondition(is_stored)
    @rule(crashes=st.sampled_from([False] * 3 + [True]), meanwhile=st.none() | programs.edits())
    def destroy(self, *, crashes: bool, meanwhile: Document | None) -> None:
        """The account is left as it is, or gets back what was overwritten and is still ours."""
        stored = self.stack.stored
        assert stored is not None
        restores = stored.outputs.get("onDelete") == "restore"
        self.client.meanwhile = meanwhile if self.versioned and not self.troubles else None
        error = self.attempt(lambda: self.stack.destroy(crashes=crashes))
        self.client.meanwhile = None
        self.check_writes(self.promises.records if restores else ())
        if error is not None:
            assert self.stack.stored == stored
            assert self.may_end_in_error(), error
            return
        if restores and exists(self) and not self.distorted:
            self.check_restored(stored)
        if not crashes:
            self.promises = Promises()

    @precondition(is_stored)
    @rule()
    def replace(self) -> None:
        """A replacement that someone forces adopts the account once more, and keeps what was overwritten."""
        self.bring_up(lambda: self.stack.replace(self.program), None, works=True)


@pytest.mark.usefixtures("_nothing_waits")
def test_an_account_keeps_its_promises_for_life(api: Control) -> None:
    """Whatever program, others and network do, only declared values change, state is true, and restoring undoes."""
    AccountLife.api = api
    run_state_machine_as_test(
        AccountLife,
        settings=settings(
            max_examples=200,
            stateful_step_count=30,
            deadline=None,
            print_blob=True,
            report_multiple_bugs=False,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
        ),
    )

"""From a step of the engine and what the provider left to the rows of a report: nothing that up writes is missing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from pulumi_audian import records
from pulumi_audian.records import Mark, Marked, Plain, Record, Shown
from pulumi_audian.report import wording
from pulumi_audian.report.model import Account, Action, Concern, Effect, Purpose, Report, Stack, concerns, headline
from pulumi_audian.report.reading import Printed, read

URN = "urn:pulumi:test::audian::pulumi-python:dynamic/audian:Account::"
ID = {"accountId": "acc_1"}
SECRET = Marked(Mark.SECRET)
NOT_KNOWN = Marked(Mark.NOT_KNOWN)
HIDDEN = Marked(Mark.HIDDEN)
SIGNED = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


def step(  # noqa: PLR0913 - what a step consists of
    operation: str,
    old: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
    outputs: Mapping[str, Any] | None = None,
    *,
    diff: tuple[str, ...] = (),
    name: str = "acme",
    **more: Any,
) -> dict[str, Any]:
    """One step as the engine prints it; without `outputs` the account has what was declared."""
    before = {"id": "acc_1", "inputs": {**ID, **(old or {})}, "outputs": {**ID, **(outputs or old or {})}}
    return {
        "op": operation,
        "urn": URN + name,
        **({"oldState": before} if old is not None else {}),
        **({"newState": {"inputs": {**ID, **new}, **more}} if new is not None else {}),
        "detailedDiff": {path: {"kind": "update", "inputDiff": True} for path in diff},
    }


def found(
    *steps: dict[str, Any],
    left: tuple[records.Finding, ...] | None = None,
    selection: tuple[str, ...] = (),
    purpose: Purpose = Purpose.PREVIEW,
) -> Stack:
    """The report of these steps, with what the provider left of the account acme; `None` for a saved preview."""
    kept = None if left is None else "".join(records.encode(Record(f"{URN}acme", one)).decode() for one in left)
    return read(Printed(json.dumps({"steps": steps}), records=kept, selection=selection), purpose, "audian", "test")


def only(stack: Stack) -> Account:
    """The one account of a report."""
    assert stack.failure is None
    (account,) = stack.accounts
    return account


def rows(stack: Stack) -> list[tuple[str, Shown, Shown, Effect]]:
    """The rows of its one account."""
    return [(row.path, row.live, row.declared, row.effect) for row in only(stack).rows]


def adopted(*writes: records.Write) -> tuple[records.Finding, ...]:
    """What the provider leaves of an account that comes under management."""
    return (records.Adopted("acc_1", "Acme", "active", writes, 3), records.Passed())


PHONE_DECLARED = {"__declared": ["phone"]}
NAME = records.Write(("displayName",), Plain("Corp<{%reset%}>"), Plain("Acme Holdings"))
PHONE = records.Write(("phone",), Plain("+1-555-0100"), Plain("+1-555-0199"))
STATUS = records.Write(("status",), Plain("active"), Plain("suspended"))
CLEARED = records.Write(("email",), Plain("a@acme.com"), Plain(None))


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        pytest.param(
            found(step("create", new={"displayName": "x", "clear": ["email"]}), left=adopted(NAME, CLEARED)),
            [
                ("displayName", Plain("Corp<{%reset%}>"), Plain("Acme Holdings"), Effect.WRITE),
                ("email", Plain("a@acme.com"), Plain(None), Effect.CLEAR),
            ],
            id="an adoption",
        ),
        pytest.param(
            found(step("create", new={"phone": "[secret]"}), left=adopted(PHONE)),
            [("phone", SECRET, SECRET, Effect.WRITE)],
            id="a value that became secret after the provider was asked",
        ),
        pytest.param(
            found(step("create", new={"metadata": "[secret]"}), left=adopted(
                records.Write(("metadata", "a"), Plain({"b": 1}), Plain("x")))),
            [("metadata.a", SECRET, SECRET, Effect.WRITE)],
            id="a value in a secret object",
        ),
        pytest.param(
            found(step("create", new={"phone": "x"}, hideDiff=["phone"]), left=adopted(PHONE)),
            [("phone", HIDDEN, HIDDEN, Effect.WRITE)],
            id="a value that previews hide",
        ),
        pytest.param(
            found(step("create", new={"phone": "x", "clear": ["email"]})),
            [
                ("email", NOT_KNOWN, Plain(None), Effect.UNREAD),
                ("phone", NOT_KNOWN, Plain("x"), Effect.UNREAD),
            ],
            id="a saved adoption",
        ),
        pytest.param(
            found(step("create", new={"phone": SIGNED}), left=(records.Unread("choice"), records.Passed())),
            [("phone", NOT_KNOWN, Marked(Mark.UNKNOWN), Effect.UNREAD)],
            id="an adoption that was not read",
        ),
        pytest.param(
            found(step("replace", {"phone": "x"}, {"phone": "x"}), left=adopted(PHONE)),
            [("phone", Plain("+1-555-0100"), Plain("+1-555-0199"), Effect.WRITE)],
            id="a replacement of an account that someone edited",
        ),
        pytest.param(
            found(step("update", {"phone": "x"}, {"phone": "y"}, diff=("phone",))),
            [("phone", Plain("x"), Plain("y"), Effect.WRITE)],
            id="an update",
        ),
        pytest.param(
            found(step("update", {"phone": "x"}, {"clear": ["phone"]}, diff=("phone", "clear"))),
            [("phone", Plain("x"), Plain(None), Effect.CLEAR)],
            id="a field that is cleared",
        ),
        pytest.param(
            found(step("update", {"phone": "x"}, {}, diff=("phone",))),
            [("phone", Plain("x"), Marked(Mark.UNDECLARED), Effect.RELEASE)],
            id="a field that is released",
        ),
        pytest.param(
            found(step("update", {"phone": "x", "email": "a"}, {"phone": "x", "email": "b"},
                       {"phone": "z", "email": "a"}, diff=("email",))),
            [
                ("email", Plain("a"), Plain("b"), Effect.WRITE),
                ("phone", Plain("z"), Plain("x"), Effect.LEFT),
            ],
            id="an update beside a field that someone else changed",
        ),
        pytest.param(
            found(step("same", {"phone": "x"}, {"phone": "x"}, {"phone": "z"}), left=(records.Passed(),)),
            [("phone", Plain("z"), Plain("x"), Effect.LEFT)],
            id="nothing to do but for a field that someone else changed",
        ),
        pytest.param(
            found(step("update", {"phone": "x"}, {"phone": "x"}, {"phone": "z", "__unapplied": ["phone"]})),
            [("phone", Plain("z"), Plain("x"), Effect.WRITE)],
            id="a field that an earlier up could not write",
        ),
        pytest.param(
            found(step("update", {"phone": "[secret]"}, {"phone": "[secret]"}, diff=("phone",))),
            [("phone", SECRET, SECRET, Effect.WRITE)],
            id="a secret that changed",
        ),
        pytest.param(
            found(step("update", {"metadata": "[secret]"}, {"metadata": "[secret]", "clear": ["metadata.x"]},
                       {"metadata": {"x": 1}}, diff=("metadata", "clear"))),
            [("metadata", SECRET, SECRET, Effect.WRITE)],
            id="a secret object that changed, with a member that is cleared",
        ),
        pytest.param(
            found(step("delete", {"onDelete": "restore"}, outputs={"overwritten": "[secret]", **PHONE_DECLARED})),
            [("phone", SECRET, SECRET, Effect.RESTORE)],
            id="records of which one is secret, after a refresh",
        ),
        pytest.param(
            found(step("update", {"metadata": "[secret]"}, {"metadata": "[secret]"}, diff=("metadata",)),
                  left=(records.Passed(), records.Updated((records.Write(("metadata", "pin"), SECRET, SECRET),)))),
            [("metadata.pin", SECRET, SECRET, Effect.WRITE)],
            id="a secret object that changed, as the provider knows",
        ),
        pytest.param(
            found(step("update", {"phone": "x", "address": "[secret]"}, {"phone": "y", "address": "[secret]"},
                       diff=("phone", "address")),
                  left=(records.Passed(), records.Updated((records.Write(("phone",), Plain("x"), Plain("y")),)))),
            [("phone", Plain("x"), Plain("y"), Effect.WRITE)],
            id="a secret that changed to what the account has",
        ),
        pytest.param(
            found(step("update", {"phone": "x"}, {"phone": "x"}, diff=("settings.timezone",))),
            [("settings.timezone", NOT_KNOWN, NOT_KNOWN, Effect.UNREAD)],
            id="a difference that no state explains",
        ),
        pytest.param(
            found(step("update", {}, {"settings": {"a": 1, "b": 2}}, {"settings": {"a": 1}}, diff=("settings",))),
            [("settings.b", Marked(Mark.MISSING), Plain(2), Effect.WRITE)],
            id="an object of which a part is there already",
        ),
    ],
)  # fmt: skip
def test_each_field_that_up_writes_has_its_row(stack: Stack, expected: list[tuple[str, Shown, Shown, Effect]]) -> None:
    """Rows come from data alone; where data says too little, a row says that it is not known."""
    assert rows(stack) == expected


@pytest.mark.parametrize(
    ("stack", "concern"),
    [
        (found(step("create", new={"status": "active"})), False),
        (found(step("create", new={"status": "suspended"})), True),
        (found(step("create", new={"status": "closed"})), True),
        (found(step("create", new={"status": SIGNED})), True),
        (found(step("create", new={"status": "[secret]"})), True),
        (found(step("create", new={"status": "active"}, hideDiff=["status"])), True),
        (found(step("create", new={"status": "[secret]"}), left=adopted(STATUS)), True),
        (found(step("create", new={"status": "suspended"}, hideDiff=["status"]), left=adopted(STATUS)), True),
        (found(step("create", new={"status": "active"}), left=adopted()), False),
        (found(step("update", {"status": "[secret]"}, {"status": "[secret]"}, diff=("status",))), True),
        (found(step("update", {"status": "active"}, {}, diff=("status",))), False),
        (found(step("same", {"status": "active"}, {"status": "active"}, {"status": "suspended"})), False),
    ],
    ids=range(12),
)
def test_what_may_take_phones_out_of_service_is_a_concern(stack: Stack, *, concern: bool) -> None:
    """Where the live status is not known, the declared one decides, and where that is hidden, it may be any."""
    assert (Concern.STATUS in concerns(Report(Purpose.PREVIEW, (stack,)))) is concern
    assert ("status change" in headline([stack])) is concern


SAME = step("same", {}, {}, name="acme")
OTHER = step("same", {}, {}, name="globex")


@pytest.mark.parametrize(
    ("stack", "unchanged", "unseen", "failure"),
    [
        (found(SAME, OTHER, left=(records.Passed(),), selection=("--target",)), 1, 1, ""),
        (found(SAME, OTHER, left=(), selection=("--target",)), 0, 2, "nothing was looked at: no account is among what"),
        (found(SAME, OTHER, left=()), 0, 2, "the preview left no record of any account"),
        (found(SAME, OTHER), 2, 0, ""),
        (found(left=()), 0, 0, ""),
        (found(selection=("--target",), purpose=Purpose.DRIFT), 0, 0, "nothing was looked at"),
    ],
    ids=range(6),
)
def test_what_was_not_looked_at_does_not_stay_as_declared(
    stack: Stack, unchanged: int, unseen: int, failure: str
) -> None:
    """An account of which the provider left nothing is counted apart; where that is all, there is no answer."""
    assert (stack.failure or "").startswith(failure)
    assert bool(stack.failure) == bool(failure)
    if not failure:
        assert (stack.unchanged, stack.unseen) == (unchanged, unseen)
        assert (wording.mark(Report(Purpose.PREVIEW, (stack,))) == "✅") is not bool(unseen)


@pytest.mark.parametrize("text", ["hello\n", "{}\n", '{"urn": "x", "found": {"kind": "unheard of"}}\n'])
def test_records_that_are_none_are_no_answer(text: str) -> None:
    """A report that can't read what the provider left is never green."""
    stack = read(Printed(json.dumps({"steps": [SAME]}), records=text), Purpose.PREVIEW, "audian", "test")
    assert "line 1 is no record" in str(stack.failure)


@pytest.mark.parametrize("operation", ["import", "remove-pending-replace", "sing"])
def test_a_step_that_is_not_known_is_no_answer(operation: str) -> None:
    """What an engine of the future does to an account is never taken for something else."""
    assert f"the step {operation} is not known" in str(found(step(operation, {}, {})).failure)


@pytest.mark.parametrize(
    ("refresh", "action"),
    [
        (step("refresh", {"phone": "x"}, {"phone": "z"}), Action.DRIFT),
        ({**step("refresh", {"phone": "x"}), "newState": None}, Action.GONE),
    ],
    ids=["edited", "gone"],
)
def test_drift_is_found_without_a_difference_of_the_engine(refresh: dict[str, Any], action: Action) -> None:
    """A drift check saved with the engine's former behaviour names no differences: states tell them."""
    if refresh["newState"]:
        refresh["newState"]["outputs"] = {**ID, "phone": "z"}
    account = only(found(refresh, purpose=Purpose.DRIFT))
    assert account.action is action
    assert [row.path for row in account.rows] == (["phone"] if action is Action.DRIFT else [])


def test_an_adoption_without_a_record_says_so() -> None:
    """Where records were asked for, a missing one is not taken for an account that was not to be read."""
    (note,) = only(found(step("create", new={"phone": "x"}), left=(records.Passed(),))).notes
    assert note.text.startswith("what up writes of it is not known: the preview left no record of it")
    assert only(found(step("create", new={}), left=(records.Unread("choice"), records.Passed()))).notes == ()


def test_a_name_may_hold_the_separator_of_urns() -> None:
    """A resource named `x::y` has this name in the report."""
    assert only(found(step("create", new={}, name="x::y"))).name == "x::y"


def test_a_count_without_its_steps_is_no_answer() -> None:
    """What the engine counts and does not show is not taken for nothing."""
    printed = {"steps": [SAME], "changeSummary": {"same": 1, "update": 2}}
    stack = read(Printed(json.dumps(printed)), Purpose.PREVIEW, "audian", "test")
    assert str(stack.failure).startswith("the engine counts 2 changes of which it shows nothing")


def test_an_account_without_its_step_is_no_answer() -> None:
    """What the provider was asked about and the engine does not show is not taken for nothing."""
    other = step("update", {"phone": "x"}, {"phone": "y"}, diff=("phone",), name="globex")
    stack = found(other, left=(records.Passed(),))
    assert str(stack.failure).startswith("the engine shows nothing of 1 account that it had checked")


@pytest.mark.parametrize(("declared", "title"), [({}, "Acme"), ({"name": "Acme"}, "Acme"), ({"name": "[secret]"}, "")])
def test_a_name_that_became_secret_is_no_title(declared: dict[str, Any], title: str) -> None:
    """What the engine prints no value of is shown from nowhere else."""
    assert only(found(step("create", new=declared), left=adopted())).title == title

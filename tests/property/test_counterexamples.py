"""Small lives that broke a promise when the account-life machine, or the thought of it, first found them."""

from __future__ import annotations

from typing import Any

import pytest
from tests.property.stack_model import Stack, watched_client

from audian_emulator import Control
from pulumi_audian.errors import NotApplied

pytestmark = pytest.mark.usefixtures("_nothing_waits")
GLOBEX = "acc_2345678901"


@pytest.fixture
def stack(api: Control) -> Stack:
    """A stack that has not adopted its account yet."""
    return Stack(watched_client(api), GLOBEX)


def declared(**fields: Any) -> dict[str, Any]:
    """A program that restores."""
    return {"accountId": GLOBEX, "onDelete": "restore", **fields}


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"allowStatus": []}, id="no status allowed"),
        pytest.param({"clear": []}, id="nothing cleared"),
        pytest.param({"settings": {}, "clear": ["settings.language"]}, id="only cleared members"),
    ],
)
def test_a_refresh_without_drift_shows_none(stack: Stack, fields: dict[str, Any]) -> None:
    """Where nobody changed the account, nothing differs from the program after a refresh."""
    stack.up(declared(**fields))
    stack.refresh()
    assert not stack.sees_change(declared(**fields))


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"metadata": {"costCenter": "x"}, "clear": ["metadata.costCenter.y"]}, id="below a declared text"),
        pytest.param({"clear": ["metadata.costCenter", "metadata.costCenter.y"]}, id="below a cleared field"),
    ],
)
def test_contradictory_clears_are_refused(stack: Stack, fields: dict[str, Any]) -> None:
    """What is to hold a text, or nothing, can't have a member to clear: writing that makes an object of it."""
    assert stack.preview(declared(**fields)) != []


def test_an_altered_write_is_not_sent_again(stack: Stack) -> None:
    """A write whose effect is seen, though not the one asked for, was carried out, and is reported as altered."""
    stack.api.control.behave(coerce={"displayName": "COERCED"})
    stack.api.control.fault(method="PATCH", status=503, execute=True)
    with pytest.raises(NotApplied):
        stack.up(declared(displayName="One"))
    assert len(stack.api.writes) == 1


def test_our_own_write_is_no_conflict(stack: Stack) -> None:
    """No one is told that nothing was written after a write that was carried out."""
    stack.up(declared(displayName="One"))
    stack.api.control.behave(coerce={"displayName": "COERCED"})
    stack.api.control.fault(method="PATCH", status=503, execute=True)
    with pytest.raises(NotApplied):
        stack.up(declared(displayName="Two", onConflict="fail"))


def test_what_a_crashed_up_wrote_is_restored(stack: Stack) -> None:
    """A declared value of a field on record is ours, also where the process died that wrote it."""
    before = stack.api.control.account(GLOBEX)["displayName"]
    stack.up(declared(displayName="One"))
    stack.up(declared(displayName="Two"), crashes=True)
    stack.up(declared(displayName="Two"))
    stack.destroy()
    assert stack.api.control.account(GLOBEX)["displayName"] == before


@pytest.mark.parametrize(
    ("before", "declared_in_turn"),
    [
        pytest.param("text", [{"k": 1}], id="an object in place of text"),
        pytest.param("text", [{}, {"k": 1}], id="first no members"),
        pytest.param("text", [{"k": 1}, {"k": 2, "j": {"i": []}}], id="more members"),
        pytest.param("text", ["x", {"k": 1}, [1]], id="text, object, list"),
        pytest.param({"k": 0, "b": 1}, [{"k": 1}, "x"], id="text in place of an object"),
        pytest.param({"k": {"z": 1}}, [[1], {"k": [2]}], id="a list in place of an object"),
        pytest.param({"b": 1}, ["x", {"k": 1}], id="another object"),
        pytest.param(None, [{"k": 1}, "x"], id="an object, then text"),
    ],
)
def test_shapes_that_change_are_restored(stack: Stack, before: Any, declared_in_turn: list[Any]) -> None:
    """What comes back is what was there before, whether values, objects and lists replaced each other or not."""
    stack.api.control.edit(GLOBEX, {"metadata": {"a": before}})
    account = stack.api.control.account(GLOBEX)
    for value in declared_in_turn:
        stack.up(declared(metadata={"a": value}))
    stack.destroy()
    assert stack.api.control.account(GLOBEX)["metadata"] == account["metadata"]


def test_a_cleared_member_is_not_restored_over_what_someone_else_put_above_it(stack: Stack) -> None:
    """What someone else wrote where an object stood is left, not made an object again."""
    stack.api.control.edit(GLOBEX, {"metadata": {"a": {"k": 0}}})
    stack.up(declared(clear=["metadata.a.k"]))
    stack.api.control.edit(GLOBEX, {"metadata": {"a": "theirs"}})
    stack.destroy()
    assert stack.api.control.account(GLOBEX)["metadata"]["a"] == "theirs"


def test_clearing_what_is_not_there_leaves_what_stands_above_it(stack: Stack) -> None:
    """A text has no members to clear, and nobody declared it to be anything else."""
    stack.api.control.edit(GLOBEX, {"metadata": {"a": "theirs"}})
    stack.up(declared(clear=["metadata.a.k"]))
    assert stack.api.control.account(GLOBEX)["metadata"]["a"] == "theirs"

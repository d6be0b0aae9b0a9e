"""What the engine's state holds of an account: outputs, records of what was overwritten, drift."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_audian.declaration import SECRET_FIELDS, Declaration
from pulumi_audian.diff import Change
from pulumi_audian.fields import Path
from pulumi_audian.state import (
    NOTHING_KNOWN,
    ONCE_SECRET,
    OVERWRITTEN,
    Known,
    Overwritten,
    Secret,
    declared_inputs,
    recorded,
    records_of,
    to_outputs,
)
from pulumi_audian.values import MISSING, mapped

ACCOUNT: dict[str, Any] = {
    "id": "acc_1",
    "name": "Acme Corporation",
    "displayName": "Acme",
    "email": None,
    "plan": "starter",
    "settings": {"timezone": "UTC", "recordingRetention": 30},
    "metadata": {"tier": "gold"},
    "updatedAt": "2023-10-20T16:45:00Z",
    "shinyNewField": 1,
}
INPUTS: dict[str, Any] = {
    "accountId": "acc_1",
    "displayName": "Acme",
    "settings": {"timezone": "UTC"},
    "onDelete": "restore",
}
RECORD = Overwritten(("displayName",), "Old", "Acme")


def stored(
    account: dict[str, Any],
    inputs: dict[str, Any],
    *,
    records: tuple[Overwritten, ...] = (),
    was: Known = NOTHING_KNOWN,
) -> dict[str, Any]:
    """The outputs of an operation as the engine gives them back: plain values, secrets unwrapped."""
    known = Known(was.outputs, was.declared, records, was.secret)
    outputs = to_outputs(account, inputs, Declaration.of(inputs).watched, known)
    return dict(mapped(outputs, Secret, lambda secret: secret.value))


def test_outputs_are_the_live_account() -> None:
    """Every known field that has a value is an output, declared or not; null and unheard-of fields are none."""
    outputs = to_outputs(ACCOUNT, INPUTS, (), NOTHING_KNOWN)
    names = {"name", "displayName", "plan", "settings", "metadata", "updatedAt"}
    assert {name: outputs[name] for name in names} == {name: ACCOUNT[name] for name in names}
    assert outputs["accountId"] == "acc_1"
    assert not {"id", "email", "shinyNewField"} & outputs.keys()


@pytest.mark.parametrize("option", ["onDelete", "onConflict", "allowStatus", "clear"])
def test_outputs_keep_the_options(option: str) -> None:
    """A later delete or refresh finds the options where no program speaks."""
    given = {"onDelete": "restore", "onConflict": "fail", "allowStatus": ["closed"], "clear": ["phone"]}
    assert stored(ACCOUNT, {**INPUTS, **given})[option] == given[option]


def test_values_of_secret_fields_are_encrypted() -> None:
    """The live value of a field with a secret input is a secret, and the others are plain."""
    outputs = to_outputs(ACCOUNT, {**INPUTS, SECRET_FIELDS: ["metadata"]}, (), NOTHING_KNOWN)
    assert outputs["metadata"] == Secret({"tier": "gold"})
    assert outputs["settings"] == ACCOUNT["settings"]


def test_records_of_secret_fields_are_encrypted() -> None:
    """What was overwritten in a secret field is as secret as what was written."""
    record = Overwritten(("metadata", "tier"), "silver", "gold")
    known = Known({}, (), (record,), frozenset({"metadata"}))
    (entry,) = to_outputs(ACCOUNT, INPUTS, (), known)["overwritten"]
    assert entry == {"path": "metadata.tier", "was": Secret("silver"), "ours": Secret("gold")}


def test_a_released_secret_stays_one() -> None:
    """A field that once was secret is still encrypted when code no longer declares it so."""
    first = Known.of(stored(ACCOUNT, {**INPUTS, SECRET_FIELDS: ["metadata"]}))
    second = Known.of(stored(ACCOUNT, INPUTS, was=first))
    assert to_outputs(ACCOUNT, INPUTS, (), second)["metadata"] == Secret({"tier": "gold"})


@pytest.mark.parametrize(
    "record",
    [
        pytest.param(RECORD, id="text"),
        pytest.param(Overwritten(("settings", "timezone"), MISSING, "UTC"), id="added"),
        pytest.param(Overwritten(("phone",), "+1-555-0200", MISSING), id="cleared"),
        pytest.param(Overwritten(("metadata", "crm.id"), 0, ["a"]), id="quoted key"),
        pytest.param(Overwritten(("settings", "smsEnabled"), True, False), id="false is a value"),
    ],
)
def test_records_survive_the_way_through_state(record: Overwritten) -> None:
    """What was overwritten is read back as it was recorded."""
    assert Known.of(stored(ACCOUNT, INPUTS, records=(record,))).overwritten == (record,)


def test_watched_paths_survive_the_way_through_state() -> None:
    """The declared paths, quoted keys and assertions included, are read back."""
    inputs = {**INPUTS, "metadata": {"crm.id": "1"}, "plan": "starter"}
    paths = {("displayName",), ("settings", "timezone"), ("metadata", "crm.id"), ("plan",)}
    assert set(Known.of(stored(ACCOUNT, inputs)).declared) == paths


def test_a_state_without_entries_is_read() -> None:
    """Outputs that hold nothing of ours yield empty knowledge, not an error."""
    known = Known.of({"accountId": "acc_1"})
    assert (known.declared, known.overwritten, known.secret) == ((), (), frozenset())


NAME: Path = ("displayName",)


@pytest.mark.parametrize(
    ("before", "written", "declared", "after"),
    [
        pytest.param([], [], {"displayName": "Acme"}, [], id="nothing written"),
        pytest.param(
            [], [Change(NAME, "Old", "Acme")], {"displayName": "Acme"}, [(NAME, "Old", "Acme")], id="first write"
        ),
        pytest.param(
            [(NAME, "Old", "Acme")],
            [Change(NAME, "Acme", "New")],
            {"displayName": "New"},
            [(NAME, "Old", "New")],
            id="the first value found stays, ours is the last",
        ),
        pytest.param(
            [(NAME, "Old", "Acme")], [], {"displayName": "Acme"}, [(NAME, "Old", "Acme")], id="nothing written since"
        ),
        pytest.param(
            [(NAME, "Old", "Acme")],
            [],
            {"displayName": "New"},
            [(NAME, "Old", "New")],
            id="written by an up that never reached state",
        ),
        pytest.param([(NAME, "Old", "Acme")], [], {}, [], id="released"),
        pytest.param(
            [(("metadata", "tier"), "gold", "silver")],
            [],
            {"metadata": {}},
            [(("metadata", "tier"), "gold", "silver")],
            id="released, and still inside of what is declared",
        ),
        pytest.param(
            [(("phone",), "1", "222")],
            [Change(NAME, "Old", "Acme")],
            {"phone": "222", "displayName": "Acme"},
            [(NAME, "Old", "Acme"), (("phone",), "1", "222")],
            id="sorted by path",
        ),
        pytest.param(
            [], [Change(NAME, MISSING, "Acme")], {"displayName": "Acme"}, [(NAME, MISSING, "Acme")], id="nothing there"
        ),
        pytest.param([], [Change(NAME, "Old", None)], {"clear": ["displayName"]}, [(NAME, "Old", None)], id="cleared"),
        pytest.param(
            [],
            [Change(("metadata", "tier"), "gold", {"name": "silver"})],
            {"metadata": {"tier": {"name": "silver"}}},
            [(("metadata", "tier"), "gold", {"name": "silver"})],
            id="an object in place of text",
        ),
        pytest.param(
            [(("metadata", "tier"), "gold", {"name": "silver"})],
            [Change(("metadata", "tier", "name"), "silver", "bronze")],
            {"metadata": {"tier": {"name": "bronze"}}},
            [(("metadata", "tier"), "gold", {"name": "bronze"})],
            id="a member of a recorded object",
        ),
        pytest.param(
            [(("metadata", "tier", "name"), "gold", "silver")],
            [Change(("metadata", "tier"), {"name": "silver", "since": 2020}, "none")],
            {"metadata": {"tier": "none"}},
            [(("metadata", "tier"), {"name": "gold", "since": 2020}, "none")],
            id="text in place of an object with a recorded member",
        ),
        pytest.param(
            [(("metadata", "tier", "name"), MISSING, "silver")],
            [Change(("metadata", "tier"), {"name": "silver", "since": 2020}, "none")],
            {"metadata": {"tier": "none"}},
            [(("metadata", "tier"), {"since": 2020}, "none")],
            id="text in place of an object with a member that we added",
        ),
        pytest.param(
            [(("metadata", "tier", "name"), MISSING, "silver")],
            [Change(("metadata", "tier"), {"name": "silver"}, "none")],
            {"metadata": {"tier": "none"}},
            [(("metadata", "tier"), MISSING, "none")],
            id="text in place of an object that is there only because of us",
        ),
        pytest.param(
            [(("metadata", "a", "b", "c"), MISSING, 1)],
            [Change(("metadata", "a"), {"b": {"c": 1, "d": 2}, "e": 3}, "none")],
            {"metadata": {"a": "none"}},
            [(("metadata", "a"), {"b": {"d": 2}, "e": 3}, "none")],
            id="text in place of an object with something deep that we added",
        ),
        pytest.param(
            [(("metadata", "a", "b", "c"), MISSING, 1)],
            [Change(("metadata", "a"), {"b": {"c": 1}}, "none")],
            {"metadata": {"a": "none"}},
            [(("metadata", "a"), MISSING, "none")],
            id="text in place of objects that are all there only because of us",
        ),
        pytest.param(
            [(("metadata", "a", "b", "c"), MISSING, 1)],
            [Change(("metadata", "a"), "someone else's", "none")],
            {"metadata": {"a": "none"}},
            [(("metadata", "a"), MISSING, "none")],
            id="text in place of someone else's text where we had added an object",
        ),
    ],
)
def test_records_after_a_write(
    before: list[tuple[Any, ...]],
    written: list[Change],
    declared: dict[str, Any],
    after: list[tuple[Any, ...]],
) -> None:
    """Each record holds what was there before we came and what we declare now, for what is still declared."""
    declaration = Declaration.of({"accountId": "acc_1", **declared})
    assert recorded([Overwritten(*row) for row in before], written, declaration) == tuple(
        Overwritten(*row) for row in after
    )


def test_the_records_in_outputs() -> None:
    """A next resource gets what was overwritten and what of it is secret, and nothing of an account without records."""
    outputs = {
        "displayName": "Acme",
        OVERWRITTEN: [{"path": "phone", "ours": "1"}],
        SECRET_FIELDS: ["phone"],
        ONCE_SECRET: ["email"],
    }
    assert records_of(outputs) == {name: outputs[name] for name in (OVERWRITTEN, SECRET_FIELDS, ONCE_SECRET)}
    assert records_of({OVERWRITTEN: outputs[OVERWRITTEN], "phone": "1"}) == {OVERWRITTEN: outputs[OVERWRITTEN]}
    assert records_of({OVERWRITTEN: [], SECRET_FIELDS: ["phone"]}) == {}
    assert records_of({SECRET_FIELDS: ["phone"]}) == {}


def refreshed(inputs: dict[str, Any], live: dict[str, Any]) -> dict[str, Any]:
    """The inputs that a refresh puts in state, after an account held what `inputs` declare and then became `live`."""
    return declared_inputs(Known.of(stored(ACCOUNT, inputs)), {**ACCOUNT, **live})


@pytest.mark.parametrize(
    ("live", "drifted"),
    [
        pytest.param({}, {}, id="no drift"),
        pytest.param({"displayName": "Drift"}, {"displayName": "Drift"}, id="a declared field"),
        pytest.param({"phone": "+1-555-0200", "plan": "enterprise"}, {}, id="undeclared fields"),
        pytest.param({"settings": {"timezone": "UTC", "language": "fr"}}, {}, id="an undeclared member"),
        pytest.param(
            {"settings": {"timezone": "Asia/Tokyo"}}, {"settings": {"timezone": "Asia/Tokyo"}}, id="a declared member"
        ),
    ],
)
def test_drift_is_that_of_declared_fields(live: dict[str, Any], drifted: dict[str, Any]) -> None:
    """After a refresh the inputs are those declared, with live values where a declared field drifted."""
    assert refreshed(INPUTS, live) == {**INPUTS, **drifted}


def test_a_declared_value_that_is_gone_is_left_out() -> None:
    """The engine shows an input that disappeared as a difference from the program."""
    assert "displayName" not in refreshed(INPUTS, {"displayName": None})
    assert "timezone" not in refreshed(INPUTS, {"settings": {}}).get("settings", {})
    assert "settings" not in refreshed(INPUTS, {"settings": None})


def test_drift_of_an_assertion_is_seen() -> None:
    """An asserted plan that was changed elsewhere shows up as drift."""
    assert refreshed({**INPUTS, "plan": "starter"}, {"plan": "enterprise"})["plan"] == "enterprise"


def test_a_cleared_field_that_has_a_value_again_is_a_difference() -> None:
    """A path under `clear` stays there only while the account holds nothing at it."""
    inputs = {**INPUTS, "clear": ["email", "phone"]}
    assert refreshed(inputs, {})["clear"] == ["email", "phone"]
    assert refreshed(inputs, {"phone": "+1-555-0200"})["clear"] == ["email"]
    assert refreshed(inputs, {"phone": "+1-555-0200", "email": "a@acme.com"})["clear"] == []


def test_a_path_under_clear_may_be_spelt_in_another_way() -> None:
    """It stays as it was written, and is not taken for a declared value that is gone."""
    inputs = {**INPUTS, "clear": ['metadata["rank"]', '["phone"]']}
    assert refreshed(inputs, {}) == inputs
    assert refreshed(inputs, {"phone": "+1-555-0200"})["clear"] == ['metadata["rank"]']


def test_what_is_declared_beside_a_cleared_field_is_watched() -> None:
    """A path under `clear` doesn't end the search for drift."""
    inputs = {**INPUTS, "metadata": {"tier": "gold", "zone": "a"}, "clear": ["email", "metadata.rank"]}
    live = {"metadata": {"tier": "silver", "zone": "b"}, "settings": {"timezone": "Asia/Tokyo"}}
    assert refreshed(inputs, live)["metadata"] == live["metadata"]
    assert refreshed(inputs, live)["settings"] == live["settings"]


def test_an_object_whose_declared_members_are_gone_is_empty() -> None:
    """The object is still there, so that it is its members that the engine shows as missing, however many."""
    inputs = {**INPUTS, "metadata": {"a": {"b": 1, "c": 2}, "d": 3}}
    assert refreshed(inputs, {"metadata": {"a": {}, "d": 3}})["metadata"] == {"a": {}, "d": 3}
    assert refreshed(inputs, {"metadata": {"a": {"c": 2}}})["metadata"] == {"a": {"c": 2}}
    assert refreshed(inputs, {"metadata": {}})["metadata"] == {}


def test_an_object_declared_empty_does_not_watch_its_members() -> None:
    """`metadata: {}` says that there is an object, and members that appear in it are no drift."""
    assert refreshed({**INPUTS, "metadata": {}}, {"metadata": {"added": 1}})["metadata"] == {}


def test_a_refresh_keeps_the_names_of_secret_fields() -> None:
    """Values that were secret before a refresh are still masked and encrypted after it."""
    assert refreshed({**INPUTS, SECRET_FIELDS: ["displayName"]}, {})[SECRET_FIELDS] == ["displayName"]

"""What a program says of an account, as read from the inputs that the engine holds."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pulumi import FileAsset

from pulumi_audian import marks
from pulumi_audian.declaration import (
    SECRET_FIELDS,
    Declaration,
    Facts,
    canonical,
    engine_marks,
    is_object,
    is_plain,
    no_map,
    null_paths,
    unfit_values,
    wire_names,
)
from pulumi_audian.errors import Problem
from pulumi_audian.fields import ASSERTABLE, MUTABLE
from pulumi_audian.values import MISSING, UNKNOWN

INPUTS: dict[str, Any] = {
    "accountId": "acc_1",
    "displayName": "Acme",
    "settings": {"timezone": "UTC"},
    "name": "Acme Corporation",
    "plan": "starter",
    "onDelete": "restore",
    "onConflict": "fail",
    "allowStatus": ["closed"],
}


def test_inputs_are_sorted_by_who_may_change_them() -> None:
    """Changeable fields are desired, immutable ones asserted, and options are neither."""
    declaration = Declaration.of(INPUTS)
    assert declaration.account_id == "acc_1"
    assert declaration.desired == {"displayName": "Acme", "settings": {"timezone": "UTC"}}
    assert declaration.asserted == {"name": "Acme Corporation", "plan": "starter"}
    assert (declaration.on_delete, declaration.on_conflict) == ("restore", "fail")


def test_options_have_their_documented_defaults() -> None:
    """Without options an account is retained, conflicts are warned of and nothing is secret."""
    declaration = Declaration.of({"accountId": "acc_1"})
    assert (declaration.on_delete, declaration.on_conflict) == ("retain", "warn")
    assert declaration.secret == frozenset()
    assert declaration.paths == ()


def test_an_account_id_may_be_unknown_at_preview() -> None:
    """An id that another resource will produce is unknown, not missing."""
    assert Declaration.of({"displayName": "Acme"}).account_id is UNKNOWN


@pytest.mark.parametrize(
    ("clear", "desired"),
    [
        pytest.param(["phone"], {"settings": {"timezone": "UTC"}, "phone": None}, id="scalar"),
        pytest.param(
            ["settings.language"], {"settings": {"timezone": "UTC", "language": None}}, id="beside a declared member"
        ),
        pytest.param(
            ["address.state"], {"settings": {"timezone": "UTC"}, "address": {"state": None}}, id="in no declared object"
        ),
        pytest.param(
            ['metadata["crm.id"]'],
            {"settings": {"timezone": "UTC"}, "metadata": {"crm.id": None}},
            id="quoted metadata key",
        ),
    ],
)
def test_cleared_fields_are_desired_to_be_null(clear: list[str], desired: dict[str, Any]) -> None:
    """`clear` adds null at its paths and leaves what is declared beside them."""
    inputs = {"accountId": "acc_1", "settings": {"timezone": "UTC"}, "clear": clear}
    assert Declaration.of(inputs).desired == desired


def test_what_is_cleared_inside_an_unknown_object_leaves_it_unknown() -> None:
    """A null beside values that nobody knows yet would pass for the whole object."""
    inputs = {"accountId": "acc_1", "settings": UNKNOWN, "clear": ["settings.language", "phone"]}
    assert Declaration.of(inputs).desired == {"settings": UNKNOWN, "phone": None}


def test_reading_a_declaration_leaves_the_inputs_alone() -> None:
    """The engine's inputs are not changed by what is cleared."""
    inputs = {"accountId": "acc_1", "settings": {"timezone": "UTC"}, "clear": ["settings.language"]}
    Declaration.of(inputs)
    assert inputs["settings"] == {"timezone": "UTC"}


def test_paths_are_the_mutable_ones_and_watched_adds_the_assertions() -> None:
    """Drift matters for asserted values too, but only mutable ones are written or released."""
    declaration = Declaration.of({**INPUTS, "clear": ["phone"]})
    mutable = {("displayName",), ("settings", "timezone"), ("phone",)}
    assert set(declaration.paths) == mutable
    assert set(declaration.watched) == mutable | {("name",), ("plan",)}


@pytest.mark.parametrize(
    ("path", "value", "text"),
    [
        pytest.param(("metadata", "pin"), "1234", "[secret]", id="inside a secret field"),
        pytest.param(("metadata",), {"pin": "1234"}, "[secret]", id="the secret field itself"),
        pytest.param(("displayName",), "Acme", '"Acme"', id="not secret"),
        pytest.param(("displayName",), MISSING, "(none)", id="absent and not secret"),
    ],
)
def test_secret_values_are_masked(path: tuple[str, ...], value: Any, text: str) -> None:
    """A value below a secret top-level field is never shown."""
    declaration = Declaration.of({"accountId": "acc_1", SECRET_FIELDS: ["metadata"]})
    assert declaration.shown(path, value) == text


def test_facts_are_read_from_their_input() -> None:
    """What only the program knows arrives as plain JSON."""
    facts = Facts.of(
        {
            "urn": "urn:pulumi:dev::infra::audian:Account::acme",
            "preview": False,
            "secret": ["phone"],
            "ignored": ["settings.timezone", 'metadata["crm.id"]'],
            "nulls": ["email"],
            "unfit": [["metadata.logo", "FileAsset"]],
            "misspelt": [["ignore_changes", "settings.sms"]],
            "former": {"overwritten": [{"path": "phone", "ours": "1"}]},
            "later": {"secret": ["metadata"], "nulls": ["address.city"], "unfit": [["metadata.at", "date"]]},
        }
    )
    assert facts.urn.endswith("::acme")
    assert facts.preview is False
    assert facts.secret == {"phone", "metadata"}
    assert facts.unfit == (("metadata.logo", "FileAsset"), ("metadata.at", "date"))
    assert facts.misspelt == (("ignore_changes", "settings.sms"),)
    assert facts.ignored == (("settings", "timezone"), ("metadata", "crm.id"))
    assert facts.nulls == ("email", "address.city")
    assert facts.former == {"overwritten": [{"path": "phone", "ours": "1"}]}


@pytest.mark.parametrize("facts", [None, UNKNOWN, {"blind": True}])
def test_without_facts_every_field_is_secret(facts: Any) -> None:
    """A transform dropped them, or hid from the program what it did."""
    found = Facts.of(facts)
    assert found.secret == {*MUTABLE, *ASSERTABLE}
    assert found.preview is True


def test_a_path_of_nothing_ignores_nothing() -> None:
    """It would lie above every path."""
    assert Facts.of({"ignored": ["", "."]}).ignored == ()


def test_missing_facts_are_harmless() -> None:
    """Without facts nothing is ignored, secret or null, and nothing is taken for an update."""
    facts = Facts.of({})
    assert facts.preview is True
    assert (facts.secret, facts.ignored, facts.nulls) == (frozenset(), (), ())
    assert (facts.unfit, facts.misspelt) == ((), ())
    assert (facts.urn, facts.former) == ("", {})


@pytest.mark.parametrize(
    ("facts", "path", "told"),
    [
        ({}, "settings.smsEnabled", "settings.smsEnabled: is wrong"),
        ({"python": True}, "settings.smsEnabled", "settings.sms_enabled: is wrong"),
        ({"python": True}, "accountId", "account_id: is wrong"),
        ({"python": True}, "allowStatus", "allow_status: is wrong"),
        ({"python": True}, "settings.smsEnabeld", "settings.smsEnabeld: is wrong"),
        ({"python": True}, "metadata.smsEnabled", "metadata.smsEnabled: is wrong"),
        ({"python": True}, "metadata.list[0].displayName", "metadata.list[0].displayName: is wrong"),
        ({"python": True}, "", "is wrong"),
        ({"place": "site.py:7"}, "phone", "phone: is wrong (declared in site.py:7)"),
    ],
)
def test_a_problem_is_told_in_the_words_of_the_program(facts: dict[str, Any], path: str, told: str) -> None:
    """With the names that the declaration has, where they are names of fields, and the line that has it."""
    assert Facts.of(facts).told(Problem(path, "is wrong")) == told


@pytest.mark.parametrize(
    ("name", "value", "wire"),
    [
        ("settings", {"enable_recording": True, "timezone": "UTC"}, {"enableRecording": True, "timezone": "UTC"}),
        ("settings", {"enableRecording": True}, {"enableRecording": True}),
        pytest.param(
            "settings",
            {"enable_recording": True, "enableRecording": False},
            {"enable_recording": True, "enableRecording": False},
            id="both spellings stay, for one to be refused",
        ),
        ("address", {"postal_code": "1", "unheard_of": "x"}, {"postalCode": "1", "unheard_of": "x"}),
        pytest.param("metadata", {"postal_code": "1"}, {"postal_code": "1"}, id="keys of metadata are the user's"),
        pytest.param("unknown", {"postal_code": "1"}, {"postal_code": "1"}, id="no field"),
        pytest.param("settings", "none", "none", id="no object"),
        pytest.param("displayName", "display_name", "display_name", id="a text"),
        ("clear", ["settings.enable_recording", "phone"], ["settings.enableRecording", "phone"]),
        pytest.param("clear", ("display_name", 7, None), ["displayName", 7, None], id="what is no path is kept"),
        pytest.param("clear", "display_name", "display_name", id="clear is no list"),
        pytest.param("allowStatus", ["display_name"], ["display_name"], id="a list of something else"),
    ],
)
def test_python_names_become_the_apis(name: str, value: Any, wire: Any) -> None:
    """Inside objects of known fields, and in the paths of `clear`; nowhere else."""
    assert wire_names(name, value) == wire


@pytest.mark.parametrize(
    ("name", "expected"),
    [("address", True), ("settings", True), ("metadata", False), ("displayName", False), ("unknown", False)],
)
def test_objects_of_known_fields(name: str, *, expected: bool) -> None:
    """Address and settings have members that the contract names."""
    assert is_object(name) is expected


@pytest.mark.parametrize(
    ("declaration", "paths"),
    [
        ({}, []),
        ({"phone": None, "email": "a@acme.com"}, ["phone"]),
        ({"settings": {"language": None, "timezone": "UTC"}, "plan": None}, ["settings.language", "plan"]),
        ({"metadata": {"crm.id": None, "a": {"b": {"c": None}}}}, ['metadata["crm.id"]', "metadata.a.b.c"]),
        ({"metadata": {7: None, "list": [None]}}, ['metadata["7"]']),
        ({"metadata": {"list": [{"a": None}, [{"b c": None}]]}}, ["metadata.list[0].a", 'metadata.list[1][0]["b c"]']),
    ],
)
def test_nulls_have_their_paths(declaration: dict[str, Any], paths: list[str]) -> None:
    """Each null of a declaration is found, however deep, except as an item of a list, which the engine hands on."""
    assert list(null_paths(declaration)) == paths


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"metadata": {"a": [1, 2.5, None, True, {"b": "text"}], "c": UNKNOWN}}, []),
        ({"metadata": {"logo": FileAsset("x")}}, [("metadata.logo", "FileAsset")]),
        ({"metadata": {"a b": [1, {"c": {1}}]}}, [('metadata["a b"][1].c', "set")]),
        ({"displayName": b"Acme"}, [("displayName", "bytes")]),
        ({"metadata": {"since": date(2026, 1, 31)}}, [("metadata.since", "date")]),
        ({"metadata": {7: "x"}}, [('metadata["7"]', "int as a name")]),
        ({"allowStatus": ("closed",)}, []),
    ],
)
def test_what_is_not_json_has_its_path(value: Any, found: list[tuple[str, str]]) -> None:
    """Whatever an account can't hold is named with its type, however deep."""
    assert list(unfit_values(value)) == found


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"metadata": {"a": ["text", None, {"b": 1}]}}, []),
        ({"metadata": {"a": {marks.KEY: "x"}}}, [f'metadata.a["{marks.KEY}"]']),
        ({"metadata": {"list": [{"u": marks.UNKNOWN_TEXTS[0]}]}, "phone": "x"}, ["metadata.list[0].u"]),
        ({"displayName": marks.UNKNOWN_TEXTS[1]}, ["displayName"]),
    ],
)
def test_marks_of_the_engine_have_their_paths(value: Any, found: list[str]) -> None:
    """What the engine would take for a secret, an asset or an unknown value is no value of a declaration."""
    assert list(engine_marks(value)) == [(path, "a mark of the engine's own") for path in found]


@pytest.mark.parametrize(("declared", "shown"), [("acc_1", '"acc_1"'), (["acc_1"], '["acc_1"]'), (None, "(none)")])
def test_what_stands_in_place_of_a_map_is_told(declared: Any, shown: str) -> None:
    """The message shows what was written and how to write it."""
    assert no_map("acme", declared) == (
        f"account acme: {shown} is not a map of fields; write it as acme: {{accountId: acc_1234567890, ...}}; "
        "nothing was read or written"
    )


@pytest.mark.parametrize(
    ("given", "spelt"),
    [
        pytest.param(
            {"createdAt": "2023-10-15T10:30:00.000Z"}, {"createdAt": "2023-10-15T10:30:00Z"}, id="no fraction"
        ),
        pytest.param(
            {"createdAt": "2023-10-15T10:30:00.1200Z"}, {"createdAt": "2023-10-15T10:30:00.12Z"}, id="a fraction"
        ),
        pytest.param(
            {"createdAt": "2023-10-15t12:30:00+02:00"}, {"createdAt": "2023-10-15T10:30:00Z"}, id="another zone"
        ),
        pytest.param({"createdAt": "2023-13-45T10:30:00Z"}, {"createdAt": "2023-13-45T10:30:00Z"}, id="no such day"),
        pytest.param(
            {"createdAt": "0001-01-01T00:00:00+14:00"}, {"createdAt": "0001-01-01T00:00:00+14:00"}, id="too early"
        ),
        pytest.param({"createdAt": "last autumn"}, {"createdAt": "last autumn"}, id="no time"),
        pytest.param({"createdAt": UNKNOWN}, {"createdAt": UNKNOWN}, id="an unknown time"),
        pytest.param({"displayName": "Cafe\u0301"}, {"displayName": "Caf\u00e9"}, id="a composed letter"),
        pytest.param({"metadata": {"a": ["e\u0301"]}}, {"metadata": {"a": ["\u00e9"]}}, id="deep inside"),
        pytest.param({"metadata": {"e\u0301": 1}}, {"metadata": {"e\u0301": 1}}, id="a name is as it is"),
        pytest.param({"clear": ["metadata.e\u0301"]}, {"clear": ["metadata.e\u0301"]}, id="an option is as it is"),
        pytest.param(
            {"metadata": {"at": "2023-10-15T10:30:00.000Z"}},
            {"metadata": {"at": "2023-10-15T10:30:00.000Z"}},
            id="a time of the users",
        ),
    ],
)
def test_two_spellings_of_one_value_are_one(given: dict[str, Any], spelt: dict[str, Any]) -> None:
    """Times and texts that mean the same are no difference, and a second look changes nothing more."""
    assert canonical(given) == spelt
    assert canonical(spelt) == spelt


@pytest.mark.parametrize(
    "value",
    [None, UNKNOWN, marks.UNKNOWN_TEXTS[0], b"x", {1}, [None], {"a": [{"b": None}]}, {7: "x"}, {"a": {marks.KEY: "x"}}],
    ids=repr,
)
def test_what_needs_a_look_is_not_plain(value: Any) -> None:
    """Each value in which one of the slower functions finds something."""
    assert not is_plain({"metadata": value})
    assert not is_plain({"metadata": {"inside": ["x", value]}})


def test_ordinary_values_are_plain() -> None:
    """Nothing is looked for in them."""
    assert is_plain({"a": "x", "b": [1, 2.5, True, {"c": {}}], "d": {}})

"""What differs between a declared and an observed document: only what is declared, field by field."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_audian.diff import Change, changes, leaves, satisfied, value_at
from pulumi_audian.values import MISSING, UNKNOWN

OBSERVED: dict[str, Any] = {
    "displayName": "Acme",
    "phone": None,
    "settings": {"timezone": "UTC", "recordingRetention": 30, "enableRecording": True},
    "metadata": {"tags": ["a", "b"], "crm": {"id": "1"}},
    "shiny": "new API field",
}


@pytest.mark.parametrize(
    ("desired", "expected"),
    [
        pytest.param({}, [], id="nothing declared"),
        pytest.param({"displayName": "Acme"}, [], id="already so"),
        pytest.param({"settings": {"recordingRetention": 30.0}}, [], id="the same number as a double"),
        pytest.param({"displayName": "New"}, [(("displayName",), "Acme", "New")], id="another text"),
        pytest.param({"email": "a@acme.com"}, [(("email",), MISSING, "a@acme.com")], id="not there yet"),
        pytest.param({"settings": {"timezone": "UTC"}}, [], id="undeclared members do not count"),
        pytest.param(
            {"settings": {"timezone": "Europe/Paris", "enableRecording": True}},
            [(("settings", "timezone"), "UTC", "Europe/Paris")],
            id="only the member that differs",
        ),
        pytest.param(
            {"settings": {"enableRecording": 1}}, [(("settings", "enableRecording"), True, 1)], id="1 is not true"
        ),
        pytest.param({"settings": {"language": None}}, [], id="cleared, and absent"),
        pytest.param({"phone": None}, [], id="cleared, and null"),
        pytest.param({"settings": {"timezone": None}}, [(("settings", "timezone"), "UTC", None)], id="to be cleared"),
        pytest.param({"displayName": {"first": None}}, [], id="a text has no member to be cleared"),
        pytest.param(
            {"displayName": {"first": None, "last": "x"}},
            [(("displayName",), "Acme", {"first": None, "last": "x"})],
            id="a text in place of an object with members",
        ),
        pytest.param({"settings": {}}, [], id="an empty object says nothing about its members"),
        pytest.param({"address": {}}, [(("address",), MISSING, {})], id="an object to be made"),
        pytest.param({"phone": {}}, [(("phone",), None, {})], id="an object where null is"),
        pytest.param(
            {"metadata": {"tags": ["b", "a"]}}, [(("metadata", "tags"), ["a", "b"], ["b", "a"])], id="arrays are whole"
        ),
        pytest.param(
            {"metadata": {"crm": "1"}}, [(("metadata", "crm"), {"id": "1"}, "1")], id="a text in place of an object"
        ),
        pytest.param(
            {"metadata": {"tags": {"a": 1}}},
            [(("metadata", "tags"), ["a", "b"], {"a": 1})],
            id="an object in place of an array",
        ),
        pytest.param({"settings": UNKNOWN}, [(("settings",), OBSERVED["settings"], UNKNOWN)], id="unknown object"),
        pytest.param(
            {"settings": {"timezone": UNKNOWN}}, [(("settings", "timezone"), "UTC", UNKNOWN)], id="unknown member"
        ),
    ],
)
def test_changes(desired: dict[str, Any], expected: list[tuple[Any, ...]]) -> None:
    """A change is a declared path whose observed value is another one, with both values."""
    assert changes(OBSERVED, desired) == tuple(Change(*row) for row in expected)


def test_changes_are_sorted_by_path() -> None:
    """The order of declaration does not matter to a reader of the changes."""
    desired = {"settings": {"timezone": "x", "language": "y"}, "email": "z", "displayName": "w"}
    assert [change.path for change in changes(OBSERVED, desired)] == [
        ("displayName",),
        ("email",),
        ("settings", "language"),
        ("settings", "timezone"),
    ]


def test_leaves_of_a_document() -> None:
    """Members are walked in sorted order; arrays, null and empty objects are values."""
    document = {"b": {"d": {}, "c": [1, 2]}, "a": None}
    assert list(leaves(document)) == [(("a",), None), (("b", "c"), [1, 2]), (("b", "d"), {})]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("settings", "timezone"), "UTC"),
        (("phone",), None),
        (("email",), MISSING),
        (("displayName", "first"), MISSING),
        (("phone", "country"), MISSING),
        (("metadata", "tags", "0"), MISSING),
        ((), OBSERVED),
    ],
)
def test_value_at_a_path(path: tuple[str, ...], value: Any) -> None:
    """A path leads to its value, and nowhere where something on the way is no object."""
    assert value_at(OBSERVED, path) == value


@pytest.mark.parametrize(
    ("observed", "holds"),
    [({}, True), ({"a": 1}, True), (None, False), (MISSING, False), ([], False), ("", False)],
)
def test_an_empty_object_declares_an_object(observed: Any, *, holds: bool) -> None:
    """`{}` is satisfied by every object and by nothing else."""
    assert satisfied(observed, {}) is holds

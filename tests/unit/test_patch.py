"""The smallest PATCH body: changed fields only, and touched objects whole."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from pulumi_audian.diff import changes
from pulumi_audian.patch import build_patch, overlay

OBSERVED: dict[str, Any] = {
    "id": "acc_1",
    "displayName": "Acme",
    "email": "old@acme.com",
    "address": None,
    "settings": {"timezone": "UTC", "language": "en", "smsEnabled": True, "betaFeature": [[1]]},
    "metadata": {"crm": {"id": "1", "owner": "kim", "phone": None}, "tier": "gold", "note": None},
    "updatedAt": "2023-10-20T16:45:00Z",
}


@pytest.mark.parametrize(
    ("desired", "body"),
    [
        pytest.param({}, {}, id="nothing declared"),
        pytest.param({"displayName": "Acme", "settings": {"timezone": "UTC"}}, {}, id="nothing differs"),
        pytest.param({"displayName": "New", "email": "old@acme.com"}, {"displayName": "New"}, id="one scalar"),
        pytest.param(
            {"settings": {"timezone": "Europe/Paris", "language": "en"}},
            {"settings": {"timezone": "Europe/Paris", "language": "en", "smsEnabled": True, "betaFeature": [[1]]}},
            id="a touched object whole, with members of which this library knows nothing",
        ),
        pytest.param(
            {"settings": {"language": None}},
            {"settings": {"timezone": "UTC", "language": None, "smsEnabled": True, "betaFeature": [[1]]}},
            id="a cleared member is null, not omitted",
        ),
        pytest.param(
            {"metadata": {"crm": {"id": "2"}, "note": "x"}},
            {"metadata": {"crm": {"id": "2", "owner": "kim"}, "note": "x", "tier": "gold"}},
            id="observed nulls are left out, which keeps them where null is refused or deletes",
        ),
        pytest.param({"email": None}, {"email": None}, id="a cleared scalar"),
        pytest.param({"settings": None}, {"settings": None}, id="a cleared object"),
        pytest.param({"address": {"city": "Bonn"}}, {"address": {"city": "Bonn"}}, id="an object in place of null"),
        pytest.param({"address": {}}, {"address": {}}, id="an empty object in place of null"),
        pytest.param(
            {"metadata": {"crm": {"id": "2"}}},
            {"metadata": {"crm": {"id": "2", "owner": "kim"}, "tier": "gold"}},
            id="siblings at every depth",
        ),
        pytest.param(
            {"metadata": {"tier": {"name": "gold"}}},
            {"metadata": {"crm": {"id": "1", "owner": "kim"}, "tier": {"name": "gold"}}},
            id="an object in place of a scalar",
        ),
        pytest.param(
            {"displayName": "New", "address": {"city": "Bonn", "country": "DE"}},
            {"displayName": "New", "address": {"city": "Bonn", "country": "DE"}},
            id="several fields in one body",
        ),
    ],
)
def test_body(desired: dict[str, Any], body: dict[str, Any]) -> None:
    """The body holds each changed top-level field, and nothing of what is only observed elsewhere."""
    assert build_patch(OBSERVED, changes(OBSERVED, desired)) == body


def test_building_a_body_changes_neither_side() -> None:
    """The observed account stays as it was observed, and the body shares nothing with it."""
    before = copy.deepcopy(OBSERVED)
    body = build_patch(OBSERVED, changes(OBSERVED, {"settings": {"timezone": "Europe/Paris"}}))
    body["settings"]["betaFeature"][0].append(2)
    assert before == OBSERVED


@pytest.mark.parametrize(
    ("base", "path", "result"),
    [
        pytest.param({}, ("a",), {"a": 1}, id="new key"),
        pytest.param({"a": 0, "b": 2}, ("a",), {"a": 1, "b": 2}, id="existing key"),
        pytest.param({}, ("a", "b", "c"), {"a": {"b": {"c": 1}}}, id="objects on the way"),
        pytest.param({"a": "text"}, ("a", "b"), {"a": {"b": 1}}, id="a scalar on the way"),
        pytest.param({"a": {"x": 0}}, ("a", "b"), {"a": {"x": 0, "b": 1}}, id="siblings"),
    ],
)
def test_overlay(base: dict[str, Any], path: tuple[str, ...], result: dict[str, Any]) -> None:
    """One value is laid over a document, whose other values stay."""
    before = copy.deepcopy(base)
    assert overlay(base, path, 1) == result
    assert base == before


def test_an_overlaid_value_is_a_copy() -> None:
    """Changing the value afterwards does not reach into the document."""
    value = [["a"]]
    document = overlay({}, ("metadata", "tags"), value)
    value[0].append("b")
    assert document == {"metadata": {"tags": [["a"]]}}

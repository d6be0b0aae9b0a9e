"""Options of a declaration that take effect on the account: statuses that may be set, fields to clear."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_audian import models


def problems(**inputs: Any) -> list[str]:
    """The problems of inputs of an account, as a person reads them."""
    known = {"accountId": "acc_1", **inputs}
    return [str(problem) for problem in models.problems(known, unknown=frozenset(), secret=frozenset())]


@pytest.mark.parametrize(
    ("inputs", "refused"),
    [
        ({"status": "active"}, False),
        ({"status": "suspended"}, True),
        ({"status": "closed"}, True),
        ({"status": "suspended", "allowStatus": ["suspended"]}, False),
        ({"status": "closed", "allowStatus": ["suspended"]}, True),
        ({"status": "closed", "allowStatus": ["suspended", "closed"]}, False),
    ],
    ids=str,
)
def test_only_an_allowed_status_takes_phones_out_of_service(inputs: dict[str, Any], *, refused: bool) -> None:
    """Suspended and closed need allowStatus, each by name, and the message says how."""
    found = problems(**inputs)
    assert bool(found) is refused
    assert all(problem.startswith(f'status: "{inputs["status"]}" takes the phones of everyone') for problem in found)
    assert all(problem.endswith(f"add {inputs['status']} to allowStatus") for problem in found)


@pytest.mark.parametrize("allowed", [True, 5])
def test_an_allow_status_that_is_no_list_is_a_problem(allowed: object) -> None:
    """A switch or number for allowStatus is a named problem beside the status itself."""
    found = problems(status="closed", allowStatus=allowed)
    assert any("is not a list of suspended and closed" in problem for problem in found)


@pytest.mark.parametrize(
    ("clear", "inputs", "expected"),
    [
        pytest.param("phone", {}, None, id="scalar"),
        pytest.param("settings.language", {"settings": {"timezone": "UTC"}}, None, id="beside a declared member"),
        pytest.param('metadata["crm.id"]', {"metadata": {"crm": 1}}, None, id="metadata key"),
        pytest.param("plan", {}, '"plan" is not the path of a field that can be changed', id="immutable"),
        pytest.param("accountId", {}, '"accountId" is not the path of a field that can be changed', id="account id"),
        pytest.param("status", {}, '"status" is not the path of a field that can be changed', id="status"),
        pytest.param("updatedAt", {}, '"updatedAt" is not the path of a field that can be changed', id="read-only"),
        pytest.param("", {}, '"" is not the path of a field that can be changed', id="empty"),
        pytest.param(
            "settings.timezon", {}, "settings.timezon is not a known field; did you mean timezone?", id="misspelt"
        ),
        pytest.param(
            "phone", {"phone": "112"}, "phone is declared or cleared as well: keep one of the two", id="declared"
        ),
        pytest.param(
            "settings",
            {"settings": {"timezone": "UTC"}},
            "settings is declared or cleared as well: keep one of the two",
            id="declared in part",
        ),
        pytest.param(
            "metadata.a.b",
            {"metadata": {"a": {"b": 1}}},
            "metadata.a.b is declared or cleared as well: keep one of the two",
            id="declared deep inside",
        ),
    ],
)
def test_what_may_be_cleared(clear: str, inputs: dict[str, Any], expected: str | None) -> None:
    """A cleared path is one of a changeable field that the program does not declare as well."""
    assert problems(clear=[clear], **inputs) == ([f"clear: {expected}"] if expected else [])


def test_a_cleared_path_is_text() -> None:
    """A number is a problem beside those of the other paths, and no crash."""
    assert "clear: 5 is not the path of a field that can be changed" in problems(clear=[5, "phone"])


def test_a_path_below_a_scalar_is_refused_in_full_sentences() -> None:
    """Clearing inside a text is a problem whose hint is not empty."""
    (problem,) = problems(clear=["displayName.first"])
    assert not problem.rstrip().endswith("known here:")


TWICE = "is declared or cleared as well: keep one of the two"


@pytest.mark.parametrize(
    ("clear", "twice"),
    [
        (["phone", "phone"], ["phone"]),
        (["metadata", "metadata.tier"], ["metadata.tier"]),
        (["metadata.a.b", "metadata.a"], ["metadata.a.b"]),
        (["metadata.a", "metadata.b"], []),
        (["phone", "metadata.tier"], []),
        (["settings.language", "address"], []),
    ],
)
def test_a_path_is_cleared_once(clear: list[str], twice: list[str]) -> None:
    """Neither two times nor together with what is above it."""
    assert problems(clear=clear) == [f"clear: {path} {TWICE}" for path in twice]


def test_under_a_declared_value_nothing_is_cleared() -> None:
    """A text where an object should be has no members that could be."""
    assert f"clear: settings.language {TWICE}" in problems(settings="none", clear=["settings.language"])

"""JSON values: equality, display, exactness, and what is unknown before the program has run for real."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_audian.values import (
    MISSING,
    UNKNOWN,
    is_exact,
    mapped,
    same,
    scalars,
    shown,
    whole_numbers,
    without_unknowns,
)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        pytest.param(60, 60.0, id="integer and the engine's double"),
        pytest.param(None, MISSING, id="null and absent"),
        pytest.param({"a": None}, {}, id="null member and no member"),
        pytest.param({"a": 1, "b": 2}, {"b": 2, "a": 1}, id="order of keys"),
        pytest.param([{"a": 1}], [{"a": 1.0}], id="inside arrays"),
        pytest.param({"a": {"b": [1, None]}}, {"a": {"b": [1, None]}}, id="nested"),
        pytest.param("", "", id="empty text"),
    ],
)
def test_equal_values(left: Any, right: Any) -> None:
    """Values that mean the same to the API are equal, either way round."""
    assert same(left, right)
    assert same(right, left)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        pytest.param(True, 1, id="true and 1"),
        pytest.param(False, 0, id="false and 0"),
        pytest.param([True], [1], id="true and 1 in an array"),
        pytest.param({"a": False}, {"a": 0}, id="false and 0 in an object"),
        pytest.param("60", 60, id="text and number"),
        pytest.param("", None, id="empty text and null"),
        pytest.param(0, None, id="zero and null"),
        pytest.param({}, None, id="empty object and null"),
        pytest.param([1, 2], [2, 1], id="order of an array"),
        pytest.param([1], [1, None], id="length of an array"),
        pytest.param({"a": 1}, [1], id="object and array"),
        pytest.param(UNKNOWN, None, id="unknown and null"),
        pytest.param(UNKNOWN, {"a": 1}, id="unknown and object"),
        pytest.param("Acme", "acme", id="letter case"),
    ],
)
def test_different_values(left: Any, right: Any) -> None:
    """Values that the API tells apart are not equal, either way round."""
    assert not same(left, right)
    assert not same(right, left)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param("UTC", '"UTC"', id="text"),
        pytest.param("Zoë\n", '"Zoë\\n"', id="line break escaped, letters not"),
        pytest.param(60, "60", id="number"),
        pytest.param(True, "true", id="switch"),
        pytest.param([1, "a"], '[1, "a"]', id="array"),
        pytest.param({"a": 1}, "{...}", id="object"),
        pytest.param({}, "{}", id="empty object"),
        pytest.param(None, "(none)", id="null"),
        pytest.param(MISSING, "(none)", id="absent"),
        pytest.param(UNKNOWN, "(known after apply)", id="unknown"),
    ],
)
def test_display(value: Any, text: str) -> None:
    """A value is shown as JSON on one line, an object not spread, and what is no value in words."""
    assert shown(value) == text


def test_an_array_with_something_unknown_can_be_shown() -> None:
    """Showing an array with an unknown element does not fail, and shows what is known."""
    assert shown(["known", UNKNOWN]).startswith('["known", ')


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        pytest.param(60.0, 60, id="whole"),
        pytest.param(60.5, 60.5, id="fraction"),
        pytest.param(-3.0, -3, id="negative"),
        pytest.param({"a": [1.0, {"b": 2.0}]}, {"a": [1, {"b": 2}]}, id="nested"),
        pytest.param(2.0**60, 2.0**60, id="beyond exactness"),
        pytest.param("60.0", "60.0", id="text"),
    ],
)
def test_the_engines_doubles_become_integers_again(sent: Any, meant: Any) -> None:
    """Whole doubles turn into integers and everything else keeps value and type."""
    assert repr(whole_numbers(sent)) == repr(meant)


def test_switches_are_not_numbers() -> None:
    """True and false come through the conversion of numbers as they are."""
    assert whole_numbers({"on": True, "off": False}) == {"on": True, "off": False}
    assert whole_numbers({"on": True})["on"] is True


@pytest.mark.parametrize(
    ("number", "exact"),
    [
        (2.0**53 - 1, True),
        (2.0**53, False),
        (-(2.0**53), False),
        (0.1, True),
        (float("inf"), False),
        (float("nan"), False),
    ],
)
def test_exactness(number: float, *, exact: bool) -> None:
    """Numbers below 2^53 in size survive the way to the provider; infinities and NaN are not JSON."""
    assert is_exact(number) is exact


def test_conversion_reaches_every_depth_and_copies() -> None:
    """Everything of the given type is converted, and the original stays as it was."""
    original = {"a": "x", "b": ["y", {"c": "z"}], "d": 1}
    assert mapped(original, str, str.upper) == {"a": "X", "b": ["Y", {"c": "Z"}], "d": 1}
    assert original == {"a": "x", "b": ["y", {"c": "z"}], "d": 1}


def test_scalars_are_found_at_every_depth() -> None:
    """Objects and arrays are opened, null counts, and a lone value is its own scalar."""
    assert list(scalars({"a": [1, {"b": None}], "c": "x", "d": {}})) == [1, None, "x"]
    assert list(scalars("x")) == ["x"]


@pytest.mark.parametrize(
    ("document", "known"),
    [
        pytest.param({"a": UNKNOWN, "b": 1}, {"b": 1}, id="top level"),
        pytest.param({"s": {"a": UNKNOWN, "b": 1}}, {"s": {"b": 1}}, id="member"),
        pytest.param({"m": {"t": [1, UNKNOWN]}}, {"m": {}}, id="array with an unknown element"),
        pytest.param({"m": {"t": [{"x": UNKNOWN}]}}, {"m": {}}, id="deep inside an array"),
        pytest.param({"a": None, "b": False, "c": {}}, {"a": None, "b": False, "c": {}}, id="falsy values stay"),
    ],
)
def test_what_is_unknown_is_left_out(document: dict[str, Any], known: dict[str, Any]) -> None:
    """Unknown members go one by one; an array with anything unknown inside goes whole."""
    assert without_unknowns(document) == known

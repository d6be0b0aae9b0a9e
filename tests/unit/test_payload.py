"""JSON from the network: what is read, and what is refused because neither program nor engine can hold it."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_audian.payload import DEEPEST, Unkeepable, parsed


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{}", {}),
        ("null", None),
        ('"text"', "text"),
        ("[1, 1.5, -2, 1e3, true]", [1, 1.5, -2, 1000.0, True]),
        pytest.param('{"a": 12345678901234567890}', {"a": 12345678901234567890}, id="integers keep their digits"),
        pytest.param('"\\ud83d\\ude00"', "\U0001f600", id="a character in two halves"),
        pytest.param('"\\\\ud83d"', "\\ud83d", id="what only looks like half a character"),
    ],
)
def test_json_is_read_as_it_is(text: str, value: Any) -> None:
    """Values, and their types, are those of the text."""
    assert parsed(text) == value
    assert type(parsed(text)) is type(value)


def test_whole_numbers_are_integers() -> None:
    """A number without a fraction is no double."""
    assert [type(number) for number in parsed("[1, 1.0]")] == [int, float]


@pytest.mark.parametrize("text", ["", "{", "{'a': 1}", "undefined", "{}{}", '{"a": 1,}'])
def test_what_is_no_json_is_a_value_error(text: str) -> None:
    """And none of the kind that tells a reason."""
    with pytest.raises(ValueError, match=r"\(char \d+\)") as caught:
        parsed(text)
    assert not isinstance(caught.value, Unkeepable)


TOO_LARGE = "it holds a number that is too large"
HALF = "it holds half a character"
TOO_DEEP = "it has more than 100 levels"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("NaN", TOO_LARGE),
        ('{"a": [-Infinity]}', TOO_LARGE),
        ("1e999", TOO_LARGE),
        pytest.param("9" * 400, TOO_LARGE, id="an integer beyond doubles"),
        pytest.param("9" * 5000, TOO_LARGE, id="an integer beyond what Python reads"),
        ('"\\ud83d"', HALF),
        ('{"\\uDE00": 1}', HALF),
        ('{"a": ["x", "\\uDbFf"]}', HALF),
        pytest.param("[" * 100_000, TOO_DEEP, id="beyond Python's recursion"),
    ],
)
def test_what_can_not_be_held_says_why(text: str, reason: str) -> None:
    """Each reason is one that a person can act on."""
    with pytest.raises(Unkeepable) as caught:
        parsed(text)
    assert str(caught.value) == reason


def nested(levels: int, opening: str, closing: str) -> str:
    """A text with so many levels; the innermost holds a number."""
    return opening * levels + "1" + closing * levels


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a": ', "}"), ('[0, {"a": 1, "b": [', "]}]")])
def test_levels_are_counted(opening: str, closing: str) -> None:
    """Of objects and arrays alike; as many as are allowed are read, and one more is refused."""
    each = opening.count("[") + opening.count("{")
    most = DEEPEST // each
    assert parsed(nested(most, opening, closing)) is not None
    with pytest.raises(Unkeepable, match=TOO_DEEP):
        parsed(nested(most + 1, opening, closing))

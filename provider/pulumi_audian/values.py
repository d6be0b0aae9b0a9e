"""JSON values as they travel between program, engine and API: absence, equality, display, exactness."""

from __future__ import annotations

import enum
import json
import math
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from types import UnionType
from typing import Any

from pulumi_audian.legible import visible


class Marker(enum.Enum):
    """Stands where there is no JSON value."""

    MISSING = "missing"
    """The document has nothing at the path."""
    UNKNOWN = "unknown"
    """The engine does not know the value before the program has run for real."""
    SECRET = "secret"  # noqa: S105 - a word
    """The engine shows nothing of the value."""


MISSING = Marker.MISSING
UNKNOWN = Marker.UNKNOWN
SECRET = Marker.SECRET

# Numbers travel between the engine and a dynamic provider as IEEE doubles: from here on they lose digits.
_FIRST_INEXACT = 2**53


def same(left: Any, right: Any) -> bool:
    """Whether two JSON values are equal: 60 equals 60.0, true does not equal 1, null equals an absent value.

    Texts are equal where Unicode calls them canonically equivalent: "é" is one character to one server, two to another.
    """
    if _is_absent(left) or _is_absent(right):
        return _is_absent(left) and _is_absent(right)
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return all(same(left.get(key), right.get(key)) for key in {*left, *right})
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, str) and isinstance(right, str):
        return composed(left) == composed(right)
    return isinstance(left, bool) == isinstance(right, bool) and bool(left == right)


def composed(text: str) -> str:
    """A text with one character for each that Unicode can compose (its form NFC)."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def shown(value: Any) -> str:
    """A value as messages show it: on one line, with nothing invisible in it.

    An absent one and null read the same, and an object is not spread.
    """
    if value is UNKNOWN:
        return "(known after apply)"
    if value is SECRET:
        return "[secret]"
    if isinstance(value, Mapping):
        return "{...}" if value else "{}"
    return "(none)" if _is_absent(value) else visible(json.dumps(value, ensure_ascii=False, default=str))


def mapped(value: Any, kind: type | UnionType, convert: Callable[[Any], Any]) -> Any:
    """A value with everything of one type inside it converted."""
    if isinstance(value, kind):
        return convert(value)
    if isinstance(value, str):  # most are, and to ask whether something is a Mapping takes long
        return value
    if isinstance(value, Mapping):
        return {key: mapped(inner, kind, convert) for key, inner in value.items()}
    if isinstance(value, list):
        return [mapped(inner, kind, convert) for inner in value]
    return value


def whole_numbers(value: Any) -> Any:
    """A value with the engine's doubles turned back into the integers that the program wrote."""
    return mapped(value, float, whole)


def whole(number: float) -> int | float:
    """One of the engine's doubles as the integer that the program wrote, where it is one."""
    return int(number) if number.is_integer() and is_exact(number) else number


def is_exact(number: float) -> bool:
    """Whether a number survives the way to the provider and is JSON at all."""
    return math.isfinite(number) and abs(number) < _FIRST_INEXACT


def scalars(value: Any) -> Iterator[Any]:
    """Every value inside a JSON value that is neither an object nor an array."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from scalars(inner)
    else:
        yield value


def without_unknowns(document: Mapping[str, Any]) -> dict[str, Any]:
    """A document without the values that are, or contain in an array, something unknown."""
    return {
        key: without_unknowns(value) if isinstance(value, Mapping) else value
        for key, value in document.items()
        if isinstance(value, Mapping) or UNKNOWN not in list(scalars(value))
    }


def _is_absent(value: Any) -> bool:
    return value is None or value is MISSING

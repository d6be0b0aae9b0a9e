"""JSON from the network, as far as program and engine can hold it."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

DEEPEST = 100
"""How many levels of objects and arrays are read: the SDK's own recursion ends some hundred levels deeper."""

_TOO_DEEP = f"it has more than {DEEPEST} levels"
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class Unkeepable(ValueError):
    """JSON that can't be held; its text says why."""


def parsed(text: str) -> Any:
    """The JSON value of a text; raises `ValueError` where it is none, `Unkeepable` where it can't be held."""
    try:
        value = json.loads(text, parse_int=_whole, parse_float=_finite, parse_constant=_finite)
    except RecursionError:
        raise Unkeepable(_TOO_DEEP) from None
    if _is_deeper(value, DEEPEST):
        raise Unkeepable(_TOO_DEEP)
    if _SURROGATE.search(text):
        _require_unicode(value)
    return value


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise Unkeepable("it holds a number that is too large")
    return number


def _whole(text: str) -> int:
    _finite(text)
    return int(text)


def _is_deeper(value: Any, most: int) -> bool:
    layer: list[Any] = [value]
    for _ in range(most):
        layer = [inner for outer in layer for inner in _inner(outer)]
    return any(isinstance(inner, Mapping | list) for inner in layer)


def _inner(value: Any) -> Iterable[Any]:
    if isinstance(value, Mapping):
        return value.values()
    return value if isinstance(value, list) else ()


def _require_unicode(value: Any) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise Unkeepable("it holds half a character") from None

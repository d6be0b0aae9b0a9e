"""What the engine's YAML parser, gopkg.in/yaml.v3, takes an unquoted text for.

It is neither YAML 1.1 nor 1.2: `no` is text, 0123 is 83, 09 is 9, 1e3 is 1000 and 2024-01-31 is a point in time.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
from datetime import datetime
from typing import Any

_TAG = "tag:yaml.org,2002:"
_NAMED: dict[str, Any] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), math.inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf),
}
_BASES = {"x": 16, "b": 2, "o": 8}
_INTEGER = re.compile(r"([-+]?)(?:0([xX])([0-9a-fA-F]+)|0([bB])([01]+)|0([oO]?)([0-7]+)|(0|[1-9][0-9]*))")
_INTEGERS = range(-(2**63), 2**64)
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_BETWEEN_DIGITS = re.compile(r"(?<=[0-9])_(?=[0-9])")
_TIME = re.compile(
    r"(?P<date>\d{4}-\d{1,2}-\d{1,2})"
    r"(?:(?P<t>[Tt ])(?P<time>\d{1,2}:\d{1,2}:\d{1,2})(?P<fraction>\.\d+)?(?P<zone>Z|[-+]\d{2}:\d{2})?)?"
)
_KINDS = {"str": str, "bool": bool, "int": int, "float": float | int, "null": type(None)}


class Date(str):
    """The text that a point in time becomes on the way to the program."""

    __slots__ = ()


def resolved(text: str) -> Any:
    """The value of an unquoted text: a string, number, boolean, None or `Date`."""
    if text in _NAMED:
        return _NAMED[text]
    if text[0] not in "+-.0123456789":
        return text
    return _date(text) or _number(text)


def tagged(tag: str, text: str) -> Any:
    """The value of a text with an explicit tag; raises `ValueError` where it has none."""
    kind = tag.removeprefix(_TAG)
    if tag == kind or kind not in (*_KINDS, "timestamp", "binary"):
        return text
    if kind == "binary":
        return _binary(text)
    value = text if kind == "str" else resolved(text)
    if kind == "timestamp":
        fits = isinstance(value, Date)
    else:
        fits = isinstance(value, _KINDS[kind]) and (kind == "bool" or not isinstance(value, bool))
    if not fits:
        raise ValueError(f'"{text}" is not what its tag !!{kind} says')
    return value


def _number(text: str) -> int | float | str:
    plain = _BETWEEN_DIGITS.sub("", text) if text[0] == "." else text.replace("_", "")
    match = _INTEGER.fullmatch(plain)
    value = _integer(match) if match else None
    if value is not None and value in _INTEGERS:
        return value
    if _FLOAT.fullmatch(plain) and math.isfinite(float(plain)):
        return float(plain)
    return text


def _integer(match: re.Match[str]) -> int:
    sign, *groups = match.groups()
    *based, decimal = groups
    if decimal is not None:
        return int(sign + decimal)
    letters, digits = based[::2], based[1::2]
    letter, found = next((letter, found) for letter, found in zip(letters, digits, strict=True) if found is not None)
    return int(sign + found, _BASES[letter.lower() or "o"])


def _date(text: str) -> Date | None:
    match = _TIME.fullmatch(text)
    if match is None or bool(match["zone"]) != (match["t"] in ("T", "t")):
        return None
    try:
        moment = datetime.strptime(f"{match['date']} {match['time'] or '0:0:0'}", "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007
    except ValueError:
        return None
    zone = (match["zone"] or "Z").replace(":", "")
    fraction = (match["fraction"] or "").rstrip("0").rstrip(".")
    return Date(f"{moment}{fraction} {'+0000 UTC' if zone == 'Z' else f'{zone} {zone}'}")


def _binary(text: str) -> str:
    try:
        return base64.b64decode("".join(text.split()), validate=True).decode("utf-8", "replace")
    except binascii.Error:
        raise ValueError("a text with the tag !!binary is not base64") from None

r"""The engine's marks in what an account holds: text that engine and SDK would take for something else.

A value that is one of them stands for an unknown, and an object with a key of theirs for a secret, an asset or the
like (sdk/go/common/resource/sig in the engine's source). On the way to the engine such a text gets a backslash, and
one that begins with backslashes and goes on as a mark gets one more, so that each comes back as it was.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

KEY = "4dabf18193072939515e22adb298388d"
"""The key of an object that stands for something else."""

UNKNOWN_TEXTS = (
    "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
    "030794c1-ac77-496b-92df-f27374a8bd58",
    "e48ece36-62e2-4504-bad9-02848725956a",
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
)
"""The texts that stand for an unknown value, one for each type of value."""

_MARK = re.compile(rf"\\*(?:{'|'.join((KEY, *UNKNOWN_TEXTS))})")


def escaped(value: Any) -> Any:
    """A JSON value as the engine keeps it unchanged."""
    return _converted(value, lambda text: f"\\{text}" if _MARK.fullmatch(text) else text)


def unescaped(value: Any) -> Any:
    """What `escaped` made its argument from."""
    return _converted(value, lambda text: text[1:] if text[:1] == "\\" and _MARK.fullmatch(text) else text)


def _converted(value: Any, convert: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return convert(value)
    if isinstance(value, Mapping):
        return {convert(key): _converted(inner, convert) for key, inner in value.items()}
    if isinstance(value, list):
        return [_converted(inner, convert) for inner in value]
    return value

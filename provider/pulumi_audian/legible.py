"""Text from outside as a terminal may have it: nothing in it moves the cursor, hides, or changes its order."""

from __future__ import annotations

import re

# Printable by category, and yet nothing is seen: fillers, the blank Braille pattern, variation selectors.
_BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")

RUNNER_COMMAND = re.compile(r"##\[|^\s*::", re.MULTILINE)
"""Finds what GitHub's runner takes for a command of its own where a text is printed to a log."""


def visible(text: str) -> str:
    r"""A text on one line, with each character that can't be seen, or moves others about, as an escape like \u202e."""
    if text.isprintable() and not _BLANK.search(text):
        return text
    return "".join(_escaped(char) if _BLANK.match(char) or not char.isprintable() else char for char in text)


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode()

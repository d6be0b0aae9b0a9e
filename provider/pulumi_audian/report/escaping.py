"""Text from outside, made harmless: for eyes, for Markdown as GitHub renders it, for the runner's commands.

Everything that a report says may have been written by a stranger: values, names, titles, messages, file names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pulumi_audian.legible import RUNNER_COMMAND, visible

VALUE_LENGTH = 120
"""How many characters of a value, a name or a path are shown."""
PROSE_LENGTH = 500
"""How many characters of a message are shown."""


_UNSAFE = r"""[^\w "'(),\-./:;=?%+{}!^\u0080-\U0010ffff]"""
# GitHub turns text into links, mentions, emoji and formulas after Markdown was rendered, so entities do not stop it.
# It looks at one piece of text at a time, and a pair of tags splits the piece; inside <code> only renderers look.
_LINKED_IN_CODE = r"[@$]|:(?=/)|(?<=[wW]{3})\."
_LINKED = _LINKED_IN_CODE + r"|#|:(?=\S)|-(?=\d)|[0-9a-fA-F]{6}(?=[0-9a-fA-F])"
# An underscore before a letter can begin emphasis, but then none is left that could end it.
_IN_CODE = re.compile(rf"(?P<linked>{_LINKED_IN_CODE})|_(?![A-Za-z0-9])|{_UNSAFE}")
_IN_PROSE = re.compile(rf"(?P<linked>{_LINKED})|_|{_UNSAFE}")


@dataclass(frozen=True)
class Excerpt:
    """What is shown of a text, with nothing invisible in it, and how long the text is where that is not all of it."""

    shown: str
    remark: str = ""

    def __str__(self) -> str:
        return f"{self.shown} {self.remark}" if self.remark else self.shown


def excerpt(text: str, most: int = VALUE_LENGTH, start: int = 0) -> Excerpt:
    """At most that many characters of a text, from a position on."""
    if len(text) <= most:
        return Excerpt(visible(text))
    before, after = "…" * (start > 0), "…" * (start + most < len(text))
    return Excerpt(before + visible(text[start : start + most]) + after, f"({len(text):,} characters)")


def excerpts(one: str, other: str) -> tuple[Excerpt, Excerpt]:
    """Two values to be compared: of long ones the characters around the first that differs."""
    differs = next((index for index, (left, right) in enumerate(zip(one, other, strict=False)) if left != right), 0)
    hidden = min(len(one), len(other)) > VALUE_LENGTH and differs > VALUE_LENGTH * 3 // 4
    start = differs - VALUE_LENGTH // 4 if hidden else 0
    return excerpt(one, start=start), excerpt(other, start=start)


def code(text: str | Excerpt) -> str:
    """A value as Markdown that shows it in a fixed width, in a table too."""
    part = excerpt(text) if isinstance(text, str) else text
    inside = _IN_CODE.sub(_entity, part.shown)
    return " ".join(filter(None, (inside and f"<code>{inside}</code>", part.remark)))


def prose(text: str, most: int = PROSE_LENGTH) -> str:
    """A message as Markdown without effect: no markup, link, mention, emoji or formula; never to be first on a line."""
    return _IN_PROSE.sub(_entity, str(excerpt(text, most)))


def block(text: str, most: int) -> list[str]:
    """The lines of a longer text, without what GitHub's runner would carry out; of a long one its start and its end."""
    if len(text) > most:
        head, tail = text[: most // 3], text[len(text) - most * 2 // 3 :]
        text = f"{head}\n… {len(text) - len(head) - len(tail):,} characters left out …\n{tail}"
    lines = re.split(r"\r\n|\r|\n", text.expandtabs(4).strip("\r\n"))
    return [without_commands(visible(line.rstrip())) for line in lines]


def fenced(text: str, most: int) -> str:
    """A longer text as a fenced code block that nothing in it can end."""
    lines = block(text, most)
    longest = max((len(run) for line in lines for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n".join([f"{fence}text", *lines, fence])


def without_commands(text: str) -> str:
    """A text in which GitHub's runner finds no command, wherever it starts on a line; the change is seen."""
    return RUNNER_COMMAND.sub(lambda match: f"{match[0][:-1]}\\u{ord(match[0][-1]):04x}", text)


def _entity(match: re.Match[str]) -> str:
    linked = match["linked"]
    if linked is None:
        return f"&#{ord(match[0])};"
    return f"<span>{linked if linked.isalnum() or linked in '-.:' else f'&#{ord(linked)};'}</span>"

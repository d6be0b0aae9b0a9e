"""The documents that users read, and the examples in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from tools.docs.markdown import blocks
from tools.docs.pages import CHECKOUT, Site

PROMPT = re.compile(r"^\$ (.*(?:\\\n.*)*)", re.MULTILINE)
SOURCES = sorted({page.source for page in Site().written.values()})


class Example(NamedTuple):
    """A code block of a document, named for the document and counted from 1."""

    source: str
    number: int
    text: str

    def __str__(self) -> str:
        return f"{self.source}:{self.number}"


def examples(language: str) -> list[Example]:
    """All code blocks in a language."""
    found = []
    for source in SOURCES:
        texts = blocks((CHECKOUT / source).read_text("utf-8"), language)
        found += [Example(source, number, text) for number, text in enumerate(texts, 1)]
    return found


def example(source: str, language: str, containing: str) -> str:
    """The one code block of a document that contains a text."""
    (found,) = [one.text for one in examples(language) if one.source == source and containing in one.text]
    return found


def commands() -> list[Example]:
    """Every command that a document shows at a prompt."""
    return [
        Example(one.source, one.number, command) for one in examples("console") for command in PROMPT.findall(one.text)
    ]


def parts(command: str) -> Iterator[str]:
    """The commands of one line that are joined by `;` or `&&`, without redirections."""
    for part in re.split(r";|&&", command):
        yield part.split(" > ")[0].strip()

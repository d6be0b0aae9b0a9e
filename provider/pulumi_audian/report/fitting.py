"""A document kept under a size by shortening what matters least, each piece at most a few times."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum

# What "…and 1,000 more accounts" takes at most, with its line breaks.
_SENTENCE = 60
_BREAK = "\n\n"


class Importance(IntEnum):
    """What gives way for what: the lowest first."""

    OTHER_RESOURCES = 0
    PLAIN_TABLE = 1
    TABLE = 2
    PLAIN_LINE = 3
    LINE = 4
    FAILURE = 5
    CRITICAL_TABLE = 6
    PROBLEM = 7
    CRITICAL_LINE = 8
    STACK = 9


@dataclass
class Piece:
    """A part of the document in forms from full to brief, and how much each but the last matters."""

    forms: tuple[str, ...]
    matters: tuple[Importance, ...] = ()
    form: int = 0

    @property
    def text(self) -> str:
        """The form that it has now; empty where the piece was left out."""
        return self.forms[self.form]

    def shorten(self) -> int:
        """Take the next form; returns how many bytes that saves."""
        before = self.text
        self.form += 1
        return _size(before) - _size(self.text)


@dataclass
class Section:
    """Pieces of a kind, from the most important on.

    What is left out of them is counted as that many more `noun`, if there is one. `introduction` stands before the
    first list item.
    """

    pieces: list[Piece]
    noun: str
    introduction: str = ""


@dataclass
class Chapter:
    """Sections that make no sense without their heading."""

    heading: Piece
    sections: list[Section] = field(default_factory=list)


def fit(title: str, chapters: list[Chapter], limit: int) -> str:
    """The document in at most that many bytes of UTF-8; only the title is never shortened."""
    total = _size(title) + _SENTENCE + sum(map(_full_size, chapters))
    for piece, besides in _steps(chapters):
        if total <= limit:
            break
        total -= piece.shorten() + besides
    return _joined([title, *_chapters(chapters)]) + "\n"


def _size(text: str) -> int:
    return len(text.encode()) + len(_BREAK) if text else 0


def _full_size(chapter: Chapter) -> int:
    return _besides(chapter) + sum(_size(piece.text) for piece in _pieces(chapter))


def _besides(chapter: Chapter) -> int:
    """What a chapter may take besides its pieces."""
    sections = [section for section in chapter.sections if section.pieces]
    return sum(_size(section.introduction) + (_SENTENCE if section.noun else 0) for section in sections)


def _pieces(chapter: Chapter) -> Iterator[Piece]:
    yield chapter.heading
    for section in chapter.sections:
        yield from section.pieces


def _steps(chapters: Iterable[Chapter]) -> list[tuple[Piece, int]]:
    """Each shortening that there is, from the least important and the end of the document on.

    With each goes what it saves besides: the heading of a chapter goes last, and then the chapter.
    """
    pieces = ((piece, chapter) for chapter in chapters for piece in _pieces(chapter))
    steps = [
        (importance, -position, piece, _besides(chapter) if piece is chapter.heading else 0)
        for position, (piece, chapter) in enumerate(pieces)
        for importance in piece.matters
    ]
    return [(piece, besides) for _, _, piece, besides in sorted(steps, key=lambda step: step[:2])]


def _chapters(chapters: Iterable[Chapter]) -> Iterator[str]:
    left_out = 0
    for chapter in chapters:
        if chapter.heading.matters and not chapter.heading.text:
            left_out += 1
            continue
        yield chapter.heading.text
        for section in chapter.sections:
            yield from _section(section)
    yield _remainder(left_out, "stack")


def _section(section: Section) -> Iterator[str]:
    texts = [piece.text for piece in section.pieces if piece.text]
    items = next((index for index, text in enumerate(texts) if text.startswith("- ")), len(texts))
    yield from texts[:items]
    yield section.introduction if items < len(texts) else ""
    yield from texts[items:]
    yield _remainder(len(section.pieces) - len(texts), section.noun)


def _remainder(number: int, noun: str) -> str:
    return f"…and {number:,} more {noun}{'s' if number > 1 else ''}" if number and noun else ""


def _joined(texts: Iterable[str]) -> str:
    """The texts as paragraphs, list items in a row as one list."""
    document: list[str] = []
    for text in filter(None, texts):
        in_list = document and document[-1].startswith("- ") and text.startswith("- ")
        document += [text] if not document else ["\n" if in_list else _BREAK, text]
    return "".join(document)

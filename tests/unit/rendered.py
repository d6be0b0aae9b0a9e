"""Markdown as GitHub shows it: rendered by its own renderer, and read back as elements and texts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

import cmarkgfm  # type: ignore[import-untyped] # ships no types
from cmarkgfm.cmark import Options  # type: ignore[import-untyped] # ships no types

_VOID = frozenset({"hr", "br", "img", "input", "wbr"})


@dataclass
class Element:
    """An HTML element with its attributes and what is in it."""

    tag: str
    attributes: dict[str, str | None] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All text inside."""
        return "".join(child if isinstance(child, str) else child.text for child in self.children)

    def all(self, *tags: str) -> Iterator[Element]:
        """The elements of some kinds inside, or of any kind, in the order of the document."""
        for child in self.children:
            if isinstance(child, Element):
                if not tags or child.tag in tags:
                    yield child
                yield from child.all(*tags)

    def loose_texts(self) -> Iterator[str]:
        """The pieces of text in which GitHub looks for mentions and references: those that are not code."""
        for child in self.children:
            if isinstance(child, str):
                yield child
            elif child.tag not in {"code", "pre"}:
                yield from child.loose_texts()


def rendered(markdown: str) -> Element:
    """The document that GitHub's renderer makes of Markdown; raw HTML stays in it, as before GitHub's sanitizer."""
    reader = _Reader()
    reader.feed(cmarkgfm.github_flavored_markdown_to_html(markdown, Options.CMARK_OPT_UNSAFE))
    reader.close()
    assert len(reader.open) == 1, f"not closed: {[element.tag for element in reader.open]}"
    return reader.open[0]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open = [Element("")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        self.open[-1].children.append(element)
        if tag not in _VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)

    def handle_comment(self, data: str) -> None:
        self.open[-1].children.append(Element("comment", {"data": data}))

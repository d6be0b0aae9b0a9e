"""The pages of the site: which file of the repository each comes from, and those made from code."""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from tools.docs import markdown, reference

CHECKOUT = Path(__file__).resolve().parents[2]
STYLE = Path(__file__).with_name("site.css")


class Page(NamedTuple):
    """A page that is a file of the repository, with other words where the site has a page about it."""

    source: str
    replaced: Mapping[str, str] = MappingProxyType({})


ELSEWHERE: dict[str, Page] = {
    "index.md": Page(
        "README.md",
        {
            "An account's fields": "They are listed in [Fields](reference/fields.md).",
            "Settings": "They are listed in [Settings](reference/settings.md).",
            "What an error means": "Each is listed in [Messages](messages.md).",
        },
    ),
    "examples.md": Page("examples/README.md"),
    "policy-pack.md": Page("policy/README.md"),
    "emulator.md": Page("emulator/README.md"),
    "changelog.md": Page("CHANGELOG.md"),
}
"""By their place on the site: the pages that are kept outside of `docs`."""

GENERATED = {
    "reference/fields.md": reference.fields_page,
    "reference/settings.md": reference.settings_page,
    "reference/commands.md": reference.commands_page,
    "reference/python.md": reference.python_page,
}
"""By their place on the site: the pages that are made from code."""


class Site:
    """The files that the site is built from, of one checkout."""

    def __init__(self, checkout: Path = CHECKOUT) -> None:
        self._checkout = checkout
        self._docs = checkout / "docs"
        own = sorted(path.relative_to(self._docs).as_posix() for path in self._docs.rglob("*.md"))
        self.written: dict[str, Page] = {**{place: Page(f"docs/{place}") for place in own}, **ELSEWHERE}
        self._places = {page.source: place for place, page in self.written.items()}

    def contents(self) -> dict[str, bytes]:
        """Every file by its place on the site; raises `LookupError` where a link leads nowhere."""
        pages = {place: self._read(place, page).encode() for place, page in self.written.items()}
        made = {place: make().encode() for place, make in GENERATED.items()}
        linked = {place: source for source, place in self._places.items() if place not in pages}
        files = {place: (self._checkout / source).read_bytes() for place, source in linked.items()}
        return {**pages, **made, **files, "site.css": STYLE.read_bytes()}

    def _read(self, place: str, page: Page) -> str:
        """A page as the site's builder reads it."""

        def target(link: str) -> str:
            return markdown.relative(self._place_of(posixpath.dirname(page.source), link), place)

        def drawn(source: str) -> str:
            return f"![Diagram]({target(posixpath.relpath(diagram(source), posixpath.dirname(page.source)))})"

        text = (self._checkout / page.source).read_text("utf-8")
        text = markdown.with_deep_lists(markdown.with_links(text, target))
        return markdown.with_pictures(markdown.with_sections(text, page.replaced), drawn)

    def _place_of(self, directory: str, link: str) -> str:
        """The place of what a page links to; a file that is no page becomes part of the site by that."""
        source = posixpath.normpath(posixpath.join(directory, link))
        if source not in self._places:
            if not (self._checkout / source).is_file():
                raise LookupError(f"a page of {directory or 'the checkout'} links to {link}, which is no file")
            self._places[source] = source.removeprefix("docs/").replace(".github/", "github/")
        return self._places[source]


def diagram(source: str) -> str:
    """The file with the picture of a Mermaid diagram: its name depends on the source, so that none is outdated."""
    return f"docs/pictures/diagram-{hashlib.sha256(source.encode()).hexdigest()[:12]}.svg"

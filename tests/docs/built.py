"""A built page as a browser sees it: what it links to, what it loads, and the anchors that it has."""

from __future__ import annotations

import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

NEEDS_BUILDER = pytest.mark.skipif(sys.version_info < (3, 11), reason="the site's builder needs Python 3.11")


class BuiltPage(HTMLParser):
    """The links, loaded files, anchors and text of one HTML file, with what the theme's script looks for."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.loaded: set[str] = set()
        self.anchors: set[str] = {""}
        self.classes: set[str] = set()
        self.components: set[str] = set()
        self.text = ""
        self.feed(file.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what an element names."""
        named = {name: value or "" for name, value in attrs}
        self.anchors |= {named[name] for name in ("id", "name") if name in named}
        self.classes |= set(named.get("class", "").split())
        self.components |= {named["data-md-component"]} if "data-md-component" in named else set()
        if "href" in named:
            (self.links if tag == "a" else self.loaded).add(named["href"])
        self.loaded |= {named[name] for name in ("src", "srcset", "data", "poster") if name in named}

    def handle_data(self, data: str) -> None:
        """Collect the text."""
        self.text += data

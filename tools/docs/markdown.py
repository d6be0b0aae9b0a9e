"""Markdown as GitHub shows it, turned into Markdown as the site's builder reads it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping

_FENCE = re.compile(r"^\s*(```|~~~)")
_HEADING = re.compile(r"^(#+) (.*)$")
_LINK = re.compile(r"(\]\()([^)#\s]*)(#[^)\s]*)?(?=\))")
_ITEM = re.compile(r"^\d+\. ")
_ABSOLUTE = re.compile(r"^[a-z]+:", re.IGNORECASE)


def with_sections(text: str, replaced: Mapping[str, str]) -> str:
    """A text with other words below some of its headings, all that is below them included.

    Raises `LookupError` where there is no such heading.
    """
    kept: list[str] = []
    level = 0
    missing = set(replaced)
    for line, is_code in _lines(text):
        heading = None if is_code else _HEADING.match(line)
        if heading and (not level or len(heading[1]) <= level):
            level = len(heading[1]) if heading[2] in replaced else 0
            missing.discard(heading[2])
            kept += [line, "", replaced[heading[2]], ""] if level else []
        if not level:
            kept.append(line)
    if missing:
        raise LookupError(f"there is no heading {', '.join(sorted(missing))}")
    return "\n".join(kept)


def with_links(text: str, target: Callable[[str], str]) -> str:
    """A text whose relative links go where `target` says; code is left alone."""

    def moved(link: re.Match[str]) -> str:
        path = link[2] if not link[2] or _ABSOLUTE.match(link[2]) else target(link[2])
        return f"{link[1]}{path}{link[3] or ''}"

    return "\n".join(line if is_code else _LINK.sub(moved, line) for line, is_code in _lines(text))


def with_deep_lists(text: str) -> str:
    """A text with what belongs to a numbered item indented by four spaces and not three, as the builder asks for."""
    inside = False
    deep: list[str] = []
    for line in text.split("\n"):
        belongs = line.startswith("   ") or not line.strip()
        inside = bool(_ITEM.match(line)) or (inside and belongs)
        deep.append(f" {line}" if inside and line.startswith("   ") else line)
    return "\n".join(deep)


def with_pictures(text: str, drawn: Callable[[str], str]) -> str:
    """A text with each Mermaid diagram replaced by what `drawn` gives for its source."""
    return re.sub(r"^```mermaid\n(.*?)^```$", lambda block: drawn(block[1]), text, flags=re.MULTILINE | re.DOTALL)


def blocks(text: str, language: str) -> list[str]:
    """The contents of a text's code blocks in a language."""
    found = re.findall(rf"^( *)```{language}\n(.*?)^\1```$", text, re.MULTILINE | re.DOTALL)
    return [re.sub(rf"^{indent}", "", content, flags=re.MULTILINE) for indent, content in found]


def relative(target: str, page: str) -> str:
    """The link from one page of the site to another file of it."""
    return posixpath.relpath(target, posixpath.dirname(page) or ".")


def _lines(text: str) -> Iterator[tuple[str, bool]]:
    """Each line, and whether it is code."""
    fence = ""
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        is_code = bool(fence or mark)
        if mark and not fence:
            fence = mark[1]
        elif mark and mark[1] == fence:
            fence = ""
        yield line, is_code

"""The hidden lines by which a comment or an issue of ours is found again, and its age is told."""

from __future__ import annotations

import hashlib
import re
from typing import NamedTuple
from urllib.parse import quote

_LONGEST_KEY = 200
_ORIGIN = re.compile(r"<!-- commit ([0-9a-f]{40,64}), run ([0-9]+), attempt ([0-9]+) -->\r?")


class Origin(NamedTuple):
    """The commit that a text is about, and the run that wrote it; later runs have greater numbers."""

    commit: str
    run: int
    attempt: int


def marker(key: str) -> str:
    """An HTML comment for a key, such as `preview shop/production`; different keys have different ones.

    Nothing in a key can end the comment or the line. A key that would take more than 200 characters is hashed.
    """
    raw = key.encode("utf-8", "surrogatepass")
    # "--" may not stand inside of an HTML comment; as a literal "%" is encoded too, the replacement stays unambiguous.
    text = quote(raw, safe=" /").replace("--", "%2D%2D")
    if len(text) > _LONGEST_KEY:
        # An encoded key has no colon.
        text = f"sha256:{hashlib.sha256(raw).hexdigest()}"
    return f"<!-- pulumi-audian: {text} -->"


def marked(key: str, body: str, origin: Origin | None = None) -> str:
    """A body with the key's marker as its first line, and with its origin as the second one where that is known."""
    source = f"<!-- commit {origin.commit}, run {origin.run}, attempt {origin.attempt} -->\n" if origin else ""
    return f"{marker(key)}\n{source}{body}"


def origin_of(body: str | None) -> Origin | None:
    """The origin that the second line of a body tells, or None where it tells none."""
    found = _ORIGIN.fullmatch(f"{body or ''}\n".split("\n", 2)[1])
    return Origin(found[1], int(found[2]), int(found[3])) if found else None


def has_marker(body: str | None, key: str) -> bool:
    """Whether the very first line is the key's marker: one that is quoted further down is somebody's talk."""
    return (body or "").split("\n", 1)[0].rstrip("\r") == marker(key)


def same_text(one: str | None, other: str) -> bool:
    """Whether two bodies differ at most by what GitHub does to line ends and outer blanks."""
    return (one or "").replace("\r\n", "\n").strip() == other.replace("\r\n", "\n").strip()

"""The hidden first line by which a comment or an issue of ours is found again."""

from __future__ import annotations

import hashlib
from urllib.parse import quote

_LONGEST_KEY = 200


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


def marked(key: str, body: str) -> str:
    """A body with the key's marker as its first line."""
    return f"{marker(key)}\n{body}"


def has_marker(body: str | None, key: str) -> bool:
    """Whether the very first line is the key's marker: one that is quoted further down is somebody's talk."""
    return (body or "").split("\n", 1)[0].rstrip("\r") == marker(key)


def same_text(one: str | None, other: str) -> bool:
    """Whether two bodies differ at most by what GitHub does to line ends and outer blanks."""
    return (one or "").replace("\r\n", "\n").strip() == other.replace("\r\n", "\n").strip()

"""What a comment says of a value that is left out."""

from __future__ import annotations

from pulumi_audian.export.tree import LeftOut
from pulumi_audian.fields import Path, dotted
from pulumi_audian.legible import visible

_LONGEST = 300


def remark(path: Path, omission: LeftOut, hint: str = "") -> str:
    """A comment on one line, of visible characters, with a hint on what to do about a secret."""
    text = visible(f"{_short(dotted(path))} is left out: {_short(omission.reason)}")
    return f"# {text}{f'; {hint}' if omission.secret and hint else ''}"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"

"""What of an account is to be declared."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

from pulumi_audian.diff import overlap
from pulumi_audian.errors import Refused
from pulumi_audian.fields import ASSERTABLE, BY_PATH, MUTABLE, Path, dotted, parse_dotted, wire_path
from pulumi_audian.values import shown

_PART = re.compile(r'(?:\["(?:[^"\\]|\\.)*"\]|[^,\[])+')


@dataclass(frozen=True)
class Choice:
    """Which mutable fields are declared, all where none is named; whether immutable ones are asserted; and where."""

    paths: tuple[Path, ...] = ()
    asserts: bool = False
    in_stack_file: bool = True

    def includes(self, path: Path) -> bool:
        """Whether a field, or something in it, is to be declared."""
        return not self.paths or any(overlap(path, chosen) for chosen in self.paths)

    def names(self, path: Path) -> bool:
        """Whether a field was asked for by its name."""
        return path in self.paths


def chosen_paths(texts: list[str]) -> tuple[Path, ...]:
    """The paths in comma-separated texts, in the API's or in Python's names; raises `Refused` for an unknown one."""
    return tuple(_path(part.strip()) for text in texts for part in _PART.findall(text) if part.strip())


def _path(text: str) -> Path:
    path = parse_dotted(wire_path(text))
    if path[:1] == ("metadata",) or (path in BY_PATH and path[0] in MUTABLE):
        return path
    raise Refused(f"{shown(text)} is no field that can be declared; {_hint(path, text)}")


def _hint(path: Path, text: str) -> str:
    if path[:1] in [(name,) for name in ASSERTABLE]:
        return "--assert writes the immutable ones"
    known = {dotted(other): None for other in BY_PATH if other[0] in MUTABLE}
    nearest = difflib.get_close_matches(text, known, n=1)
    return f"did you mean {nearest[0]}?" if nearest else f"known are {', '.join(MUTABLE)}"

"""Values that would come out of a stack file, or through the engine, as others than they went in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_audian.fields import Path
from pulumi_audian.legible import visible
from pulumi_audian.marks import KEY, UNKNOWN_TEXTS
from pulumi_audian.values import is_exact

# YAML parsers take no more than 1024 characters for a key, and escapes may double the number of these.
_LONGEST_KEY = 500
# `audian validate` reads 100 levels of a stack file, some of which are the file's own.
_DEEPEST = 80
# The engine writes a stack file anew before it reads it, and loses these, or its own understanding, at such a start.
_LOST_AT_START = ("\n", "\t", "\u2028", "\u2029")


@dataclass(frozen=True)
class Traps:
    """Finds what can't be declared, be it anywhere or in a stack file only."""

    in_stack_file: bool

    def of(self, document: Mapping[str, Any], depth: int = 0) -> Iterator[tuple[Path, str]]:
        """The paths of such values in an object, each with the reason."""
        for key, value in document.items():
            is_object = isinstance(value, Mapping)
            reason = self._of_key(key) or (self._of_object if is_object else self._of_value)(value, depth)
            if reason:
                yield (key,), reason
            elif is_object:
                yield from (((key, *path), inner) for path, inner in self.of(value, depth + 1))

    def _of_key(self, key: str) -> str:
        if self.in_stack_file and key == "<<":
            return "in a stack file its name would merge objects, quoted or not"
        if self.in_stack_file and len(visible(key)) > _LONGEST_KEY:
            return "its name is too long for a stack file"
        return self._of_text(key)

    def _of_object(self, value: Mapping[str, Any], depth: int) -> str:
        if KEY in value:
            return "the engine would take it for an object of its own"
        if self.in_stack_file and len(value) == 1 and isinstance(value.get("secure"), str):
            return "in a stack file it would stand for an encrypted value"
        return _of_depth(depth)

    def _of_value(self, value: Any, depth: int) -> str:
        """Why a value can't be declared, or something in it: an array is declared as a whole or not at all."""
        if isinstance(value, list):
            return _of_depth(depth) or _first(self._of_value(inner, depth + 1) for inner in value)
        if isinstance(value, Mapping):
            members = (self._of_key(key) or self._of_value(inner, depth + 1) for key, inner in value.items())
            return self._of_object(value, depth) or _first(members)
        return self._of_text(value) if isinstance(value, str) else _of_number(value)

    def _of_text(self, text: str) -> str:
        if text in UNKNOWN_TEXTS:
            return "the engine would take it for a value that is not known yet"
        if self.in_stack_file and "\n" in text and text.startswith(_LOST_AT_START):
            return "the engine does not read several lines that start so from a stack file"
        return ""


def _of_depth(depth: int) -> str:
    return "it is nested too deeply" if depth >= _DEEPEST else ""


def _of_number(value: Any) -> str:
    inexact = isinstance(value, int | float) and not is_exact(value)
    return "a number that large loses digits on the way through the engine" if inexact else ""


def _first(reasons: Iterable[str]) -> str:
    return next(filter(None, reasons), "")

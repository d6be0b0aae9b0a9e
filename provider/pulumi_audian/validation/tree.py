"""A YAML document as a tree that knows where everything stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_audian.fields import Path
from pulumi_audian.validation.finding import Position

DEEPEST = 100
"""How many levels a document may have, so that its nesting never is one of calls that is too deep."""


@dataclass(frozen=True, slots=True)
class Node:
    """A value: a scalar, a list of nodes, or a map of entries by name.

    `size` is the number of values in it, and `depth` that of the levels, where aliases stand for what they name.
    """

    at: Position
    content: Any
    size: int = 1
    depth: int = 0

    @property
    def entries(self) -> Mapping[str, Entry]:
        """The entries of a map; none of anything else."""
        return self.content if isinstance(self.content, dict) else {}

    @property
    def is_secure(self) -> bool:
        """Whether it is a value that the engine encrypted."""
        entries = self.entries
        return len(entries) == 1 and "secure" in entries and isinstance(entries["secure"].value.content, str)

    def plain(self) -> Any:
        """The value without places."""
        if isinstance(self.content, dict):
            return {key: entry.value.plain() for key, entry in self.content.items()}
        if isinstance(self.content, list):
            return [node.plain() for node in self.content]
        return self.content

    def walk(self, path: Path = (), at: Position | None = None) -> Iterator[tuple[Path, Position, Node]]:
        """It and all inside it, each with its path and its key's position; what is in a list has the list's path."""
        yield path, at or self.at, self
        for key, entry in self.entries.items():
            yield from entry.value.walk((*path, key), entry.at)
        for node in self.content if isinstance(self.content, list) else ():
            yield from node.walk(path, node.at)


@dataclass(frozen=True, slots=True)
class Entry:
    """A key of a map, where it stands, and its value."""

    at: Position
    value: Node


def tree_of(value: Any, at: Position, levels: int = DEEPEST) -> Node:
    """A JSON value as a tree that all stands at one place; raises `RecursionError` where it is nested too deeply."""
    if not levels:
        raise RecursionError
    if isinstance(value, dict):
        return Node(at, {key: Entry(at, tree_of(inner, at, levels - 1)) for key, inner in value.items()})
    if isinstance(value, list):
        return Node(at, [tree_of(inner, at, levels - 1) for inner in value])
    return Node(at, value)

"""A declaration as it is to be written: values, and in their places the reasons why others are left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_audian.fields import Path


@dataclass(frozen=True)
class LeftOut:
    """Stands where the live account has a value that is not declared; `secret` where only its name tells why."""

    reason: str
    secret: bool = False


Tree = dict[str, Any]
"""Names to JSON values, objects of them, or `LeftOut`; inside of arrays nothing is left out."""


@dataclass(frozen=True)
class Exported:
    """One account under its resource name."""

    name: str
    account_id: str
    tree: Tree

    @property
    def declaration(self) -> dict[str, Any]:
        """The inputs that are written, by stack-file names."""
        return written(self.tree)

    @property
    def omissions(self) -> list[tuple[Path, LeftOut]]:
        """What is left out, by path."""
        return list(omissions(self.tree))


def written(tree: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a tree; an object of which nothing remains is not written either."""
    pairs = ((key, written(value) if isinstance(value, Mapping) else value) for key, value in tree.items())
    return {key: value for key, value in pairs if not isinstance(value, LeftOut) and (value != {} or tree[key] == {})}


def omissions(tree: Mapping[str, Any], prefix: Path = ()) -> Iterator[tuple[Path, LeftOut]]:
    """What is left out of a tree, by path."""
    for key, value in tree.items():
        if isinstance(value, LeftOut):
            yield (*prefix, key), value
        elif isinstance(value, Mapping):
            yield from omissions(value, (*prefix, key))


def without(tree: Tree, path: Path, omission: LeftOut) -> Tree:
    """A tree in which a value is left out."""
    key, *rest = path
    inner = tree.get(key)
    if rest and isinstance(inner, Mapping):
        return {**tree, key: without(dict(inner), tuple(rest), omission)}
    return {**tree, key: omission}

"""The entries of a YAML map: keys as the engine names them, written once, and merged with other maps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pulumi_audian.validation.finding import Finding, Position, about_file
from pulumi_audian.validation.tree import Entry, Node

_MERGE = "<<"
"""Quoted or not: the engine writes a file anew before it reads it for good, and loses the quotes."""


def entries(pairs: Sequence[tuple[Node, Node]]) -> tuple[dict[str, Entry], list[Finding]]:
    """The entries by name, and what the engine refuses in them; an entry of the map itself wins over a merged one."""
    findings: list[Finding] = []
    own: dict[str, Entry] = {}
    merged: dict[str, Entry] = {}
    for key, value in pairs:
        if isinstance(key.content, list | dict):
            findings.append(about_file(key.at, "is a list or a map in the place of a name"))
        elif key.content == _MERGE:
            merged = {**dict(_merged(value, findings)), **merged}
        else:
            name = _name(key.content)
            findings += _twice(name, key.at, own)
            own.setdefault(name, Entry(key.at, value))
    return {**merged, **own}, findings


def _twice(name: str, at: Position, own: dict[str, Entry]) -> Iterator[Finding]:
    if name in own:
        yield about_file(at, f"{name} is written twice, here and in line {own[name].at.line}: keep one of the two")


def _merged(value: Node, findings: list[Finding]) -> Iterator[tuple[str, Entry]]:
    sources = value.content if isinstance(value.content, list) else [value]
    for source in reversed(sources):  # the first one wins
        if not isinstance(source.content, dict):
            findings.append(about_file(source.at, "is merged by <<, and is no map"))
        yield from source.entries.items()


def _name(key: Any) -> str:
    if isinstance(key, bool):
        return str(key).lower()
    return "<nil>" if key is None else str(key)

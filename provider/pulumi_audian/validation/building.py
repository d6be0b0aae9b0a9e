"""Builds a tree from the events of a YAML parser, without recursion: what a file nests is not under our control."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import yaml

from pulumi_audian.validation.finding import START, Finding, Position, about_file
from pulumi_audian.validation.mapping import entries
from pulumi_audian.validation.scalars import resolved, tagged
from pulumi_audian.validation.tree import DEEPEST, Node

_HARMLESS_VALUES, _FEWEST_VALUES, _MOST_VALUES = 1_000, 400_000, 4_000_000


class RefusedYaml(Exception):
    """The engine would not read the file; `finding` says why."""

    def __init__(self, at: Position, message: str) -> None:
        super().__init__(message)
        self.finding = about_file(at, message)


@dataclass
class _Open:
    """A list or a map whose end was not yet read."""

    at: Position
    anchor: str | None
    is_map: bool
    nodes: list[Node] = field(default_factory=list)


class Builder:
    """The tree of the first document, as far as it was read, and what is wrong with how it is written."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self.findings: list[Finding] = []
        self._open: list[_Open] = []
        self._anchored: dict[str, Node | None] = {}
        self._count = 0

    def read(self, parser: Any) -> None:
        """Build the first document; what comes after it is a finding."""
        while parser.check_event():
            event = parser.get_event()
            if isinstance(event, yaml.DocumentStartEvent) and self.root is not None:
                message = "starts a second document, which the engine does not read: put it into a file of its own"
                self.findings.append(about_file(_position(event), message))
                return
            self._handle(event)

    def _handle(self, event: Any) -> None:
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._start(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._end()

    def _scalar(self, event: Any) -> None:
        at = _position(event)
        try:
            value = _scalar_value(event)
        except ValueError as error:
            raise RefusedYaml(at, str(error)) from None
        self._add(Node(at, value), event.anchor)

    def _alias(self, event: Any) -> None:
        at, name = _position(event), event.anchor
        node = self._anchored.get(name)
        if node is None:
            reason = "contains itself" if name in self._anchored else "is not defined above"
            raise RefusedYaml(at, f"*{name} {reason}")
        self._add(Node(at, node.content, node.size, node.depth), None)

    def _start(self, event: Any) -> None:
        _check_depth(_position(event), len(self._open) + 1)
        self._open.append(_Open(_position(event), event.anchor, isinstance(event, yaml.MappingStartEvent)))
        if event.anchor:
            self._anchored[event.anchor] = None

    def _end(self) -> None:
        done = self._open.pop()
        size = 1 + sum(node.size for node in done.nodes)
        depth = 1 + max((node.depth for node in done.nodes), default=0)
        _check_depth(done.at, depth)
        self._add(Node(done.at, self._content(done), size, depth), done.anchor)

    def _content(self, done: _Open) -> Any:
        if not done.is_map:
            return done.nodes
        found, findings = entries(list(zip(done.nodes[::2], done.nodes[1::2], strict=True)))
        self.findings += findings
        return found

    def _add(self, node: Node, anchor: str | None) -> None:
        self._count += 1
        if anchor:
            self._anchored[anchor] = node
        if self._open:
            self._open[-1].nodes.append(node)
        else:
            self.root = node
            self._check_aliases(node)

    def _check_aliases(self, root: Node) -> None:
        """Refuse what the engine refuses: a small file that aliases make a large one."""
        if (root.size - self._count) / root.size > _allowed_share(root.size):
            raise RefusedYaml(START, f"{self._count:,} values become {root.size:,} by aliases: too many for the engine")


def _check_depth(at: Position, depth: int) -> None:
    if depth > DEEPEST:
        raise RefusedYaml(at, f"is nested more than {DEEPEST} levels deep")


def _allowed_share(size: int) -> float:
    if size <= _HARMLESS_VALUES:
        return 1
    beyond = min(max(size - _FEWEST_VALUES, 0) / (_MOST_VALUES - _FEWEST_VALUES), 1)
    return 0.99 - 0.89 * beyond


def _scalar_value(event: Any) -> Any:
    if event.tag not in (None, "!"):
        return tagged(event.tag, event.value)
    return resolved(event.value) if event.implicit[0] and not event.style else event.value


def _position(event: Any) -> Position:
    return Position(event.start_mark.line + 1, event.start_mark.column + 1)

"""A stack file that accounts are to be added to: what it declares, and where more can stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from pulumi_audian.errors import Refused
from pulumi_audian.export.stack_file import KEY
from pulumi_audian.validation.parsing import parse
from pulumi_audian.validation.project import namespaced
from pulumi_audian.validation.stack import account_tree
from pulumi_audian.validation.tree import Node

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Pair = tuple[yaml.ScalarNode, yaml.Node]


@dataclass(frozen=True)
class StackFile:
    """A stack file's text; `label` is how messages name it, `project` the name of its project."""

    label: str
    text: str
    project: str

    def refused(self, why: str) -> Refused:
        """The error that says why nothing can be added to the file."""
        return Refused(f"{self.label}: {why}; nothing was written")

    def content(self) -> Any:
        """What the file says, as the engine reads it; raises `Refused` where the engine would not read it."""
        document = parse(self.text.encode())
        for finding in document.findings:
            raise self.refused(f"line {finding.at.line}: {finding}")
        return document.root.plain() if document.root else None

    def accounts(self) -> Mapping[str, Node]:
        """The declared accounts by resource name; raises `Refused` where they can't be told or added to."""
        self.content()
        root = parse(self.text.encode()).root
        value = self._setting(root) if root else None
        tree = account_tree(value) if value else None
        if value and (tree is None or isinstance(value.content, str)):
            raise self.refused(f"{KEY} is {'encrypted' if tree is None else 'text'}, and not a map to add to")
        return {name: entry.value for name, entry in tree.entries.items()} if tree else {}

    def _setting(self, root: Node) -> Node | None:
        config = root.entries.get("config")
        entries = config.value.entries if config else {}
        return next((entry.value for key, entry in entries.items() if self.is_accounts(key)), None)

    def is_accounts(self, key: str) -> bool:
        """Whether a key of the configuration is that of the accounts."""
        return namespaced(key, self.project) == KEY

    def composed(self) -> yaml.Node | None:
        """The file with the places of everything in it."""
        loader = _LOADER(self.text)
        try:
            node: yaml.Node | None = loader.get_single_node()
        finally:
            loader.dispose()
        return node


def pairs(node: yaml.Node | None) -> list[Pair]:
    """The keys and values of a map in the order of the file; none of anything else."""
    return list(node.value) if isinstance(node, yaml.MappingNode) else []

"""Accounts as YAML that the engine's parser, and every other, reads in the same way."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import yaml

from pulumi_audian.export.remarks import remark
from pulumi_audian.export.tree import Exported, LeftOut, omissions, written
from pulumi_audian.fields import Path, dotted
from pulumi_audian.legible import RUNNER_COMMAND, visible
from pulumi_audian.settings import ACCOUNTS, NAMESPACE

KEY = NAMESPACE + ACCOUNTS
STEP = 2
# Parsers disagree on what else is text without quotes, and on which words mean true, false or nothing.
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./@+\-]*(?: [A-Za-z0-9_./@+(][A-Za-z0-9_./@+()\-]*)*")
_RESOLVER = yaml.SafeLoader("")
_TEXT = "tag:yaml.org,2002:str"


def section(accounts: Iterable[Exported]) -> str:
    """The accounts as a whole stack file."""
    lines = [line for account in accounts for line in entry(account, 2 * STEP)]
    return "\n".join(["config:", f"  {KEY}:", *lines, ""])


def entry(account: Exported, indent: int) -> list[str]:
    """The lines of one account, indented by so many spaces."""
    return [f"{' ' * indent}{scalar(account.name)}:", *_Writer(account.name).mapping(account.tree, (), indent + STEP)]


def scalar(value: Any) -> str:
    """A value without members as YAML on one line."""
    if not isinstance(value, str):
        return json.dumps(value)
    if _PLAIN.fullmatch(value) and _resolved(value) == _TEXT:
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{visible(escaped)}"'


def _resolved(text: str) -> str:
    tag: str = _RESOLVER.resolve(yaml.ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]
    return tag


class _Writer:
    """Writes the values of the account of a resource name."""

    def __init__(self, name: str) -> None:
        self._name = name

    def mapping(self, tree: Mapping[str, Any], path: Path, indent: int) -> Iterator[str]:
        for key, value in tree.items():
            inner = (*path, key)
            if isinstance(value, LeftOut) or (value and isinstance(value, Mapping) and not written(value)):
                yield from self._remarks(inner, value, indent)
            else:
                yield from self._value(f"{' ' * indent}{scalar(key)}:", value, inner, indent)

    def _remarks(self, path: Path, value: Any, indent: int) -> Iterator[str]:
        found = [(path, value)] if isinstance(value, LeftOut) else omissions(value, path)
        return (f"{' ' * indent}{remark(inner, omission, self._hint(inner))}" for inner, omission in found)

    def _hint(self, path: Path) -> str:
        key = visible(f"{KEY}.{dotted((self._name, *path))}").replace(KEY + ".[", KEY + "[")
        return f"to declare it encrypted: pulumi config set --secret --path {shlex.quote(key)}"

    def _value(self, start: str, value: Any, path: Path, indent: int) -> Iterator[str]:
        if isinstance(value, Mapping) and value:
            yield start
            yield from self.mapping(value, path, indent + STEP)
        elif isinstance(value, list) and value:
            yield start
            yield from self._sequence(value, path, indent + STEP)
        elif isinstance(value, str) and _reads_as_lines(value):
            yield from _block(start, value, indent + STEP)
        else:
            yield f"{start} {scalar(value)}"

    def _sequence(self, items: list[Any], path: Path, indent: int) -> Iterator[str]:
        for item in items:
            first, *rest = self._item(item, path, indent)
            yield f"{' ' * indent}- {first.lstrip(' ')}"
            yield from rest

    def _item(self, item: Any, path: Path, indent: int) -> Iterator[str]:
        if isinstance(item, Mapping) and item:
            return self.mapping(item, path, indent + STEP)
        if isinstance(item, list) and item:
            return self._sequence(item, path, indent + STEP)
        return iter([scalar(item)])


def _reads_as_lines(text: str) -> bool:
    lines = text.removesuffix("\n").split("\n")
    quiet = all(visible(line) == line == line.rstrip() for line in lines) and not RUNNER_COMMAND.search(text)
    return len(lines) > 1 and quiet and bool(lines[0] and lines[-1]) and not lines[0].startswith(" ")


def _block(start: str, text: str, indent: int) -> Iterator[str]:
    yield f"{start} |" if text.endswith("\n") else f"{start} |-"
    for line in text.removesuffix("\n").split("\n"):
        yield f"{' ' * indent}{line}" if line else ""

"""Accounts into an existing stack file: everything else in it stays as it is, byte for byte."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import yaml

from pulumi_audian.errors import Refused
from pulumi_audian.export.existing import Pair, StackFile, pairs
from pulumi_audian.export.places import end, line_end
from pulumi_audian.export.stack_file import KEY, STEP, entry, section
from pulumi_audian.export.tree import Exported
from pulumi_audian.values import same

Lines = Callable[[int], list[str]]
"""Makes lines that are indented by so many spaces."""


class _Edit(NamedTuple):
    """The text from one position to another, and what takes its place."""

    start: int
    end: int
    text: str


def merged(file: StackFile, accounts: Sequence[Exported]) -> str:
    """The file's text with the accounts in it, each written anew where the file has one of that name.

    Raises `Refused` where the file is written in a way that can't be added to.
    """
    before, text = file.content() or {}, file.text
    for edit in sorted(_edits(file, accounts), reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    if not same(_content(replace(file, text=text)), _expected(file, before, accounts)):
        raise file.refused("nothing can be added to it as it is written: end its last line, and write maps as blocks")
    return text


def _edits(file: StackFile, accounts: Sequence[Exported]) -> Iterator[_Edit]:
    root = file.composed()
    config = _pair(root, lambda key: key == "config")
    if root is None or config is None:
        yield _inside(file, root, 0, lambda _: section(accounts).split("\n")[:-1])
        return
    declared = _pair(config[1], file.is_accounts)
    old = {key.value: (key, value) for key, value in pairs(declared[1] if declared else None)}
    yield from (_anew(file, old[account.name], account) for account in accounts if account.name in old)
    new = [account for account in accounts if account.name not in old]
    if declared is None:
        yield _inside(file, config[1], config[0].start_mark.column + STEP, lambda indent: _with_key(new, indent))
    elif new:
        yield _inside(file, declared[1], declared[0].start_mark.column + STEP, lambda indent: _entries(new, indent))


def _pair(node: yaml.Node | None, is_wanted: Callable[[str], bool]) -> Pair | None:
    return next((pair for pair in pairs(node) if is_wanted(str(pair[0].value))), None)


def _with_key(accounts: Sequence[Exported], indent: int) -> list[str]:
    return [f"{' ' * indent}{KEY}:", *_entries(accounts, indent + STEP)]


def _entries(accounts: Sequence[Exported], indent: int) -> list[str]:
    return [line for account in accounts for line in entry(account, indent)]


def _inside(file: StackFile, node: yaml.Node | None, indent: int, lines: Lines) -> _Edit:
    """Lines at the end of a map, or in the place of nothing."""
    if node is None:
        return _inserted(file.text, len(file.text), lines(indent))
    if node.value in ("", "~", "null", []):
        return _in_place_of_nothing(file.text, node, lines(indent))
    if not isinstance(node, yaml.MappingNode) or node.flow_style:
        raise file.refused(f"line {node.start_mark.line + 1}: is no map with each entry on a line of its own")
    column = node.start_mark.column
    return _inserted(file.text, end(file.text, node, column), lines(column))


def _in_place_of_nothing(text: str, node: yaml.Node, lines: list[str]) -> _Edit:
    start = len(text[: node.start_mark.index].rstrip(" "))
    stop = line_end(text, node.end_mark.index)
    comment = text[node.end_mark.index : stop].strip()
    head = [f" {comment}" if comment else ""] if start and not text.endswith("\n", 0, start) else []
    return _Edit(start, stop, _newline(text).join([*head, *lines]))


def _anew(file: StackFile, pair: Pair, account: Exported) -> _Edit:
    """An account in the place of its former entry, whose first line stays where nothing else is on it."""
    key, value = pair
    indent = key.start_mark.column
    keeps_key = value.start_mark.line > key.start_mark.line
    start = (value if keeps_key else key).start_mark
    lines = entry(account, indent)[keeps_key:]
    return _Edit(start.index - start.column, end(file.text, value, indent + 1), _joined(file.text, lines))


def _inserted(text: str, position: int, lines: list[str]) -> _Edit:
    before = _newline(text) if position and not text.endswith("\n", 0, position) else ""
    return _Edit(position, position, before + _joined(text, lines))


def _joined(text: str, lines: list[str]) -> str:
    newline = _newline(text)
    return "".join(line + newline for line in lines)


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _content(file: StackFile) -> Any:
    try:
        return file.content()
    except Refused:
        return None


def _expected(file: StackFile, before: Mapping[str, Any], accounts: Sequence[Exported]) -> dict[str, Any]:
    """What the file has to say afterwards, however unusual it is: the accounts, and nothing else that is new."""
    config = before.get("config") or {}
    key = next(filter(file.is_accounts, config), KEY)
    added = {account.name: account.declaration for account in accounts}
    return {**before, "config": {**config, key: {**(config.get(key) or {}), **added}}}

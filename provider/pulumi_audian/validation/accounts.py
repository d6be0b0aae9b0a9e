"""The accounts of a stack file, checked by the rules and in the words of the provider."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_audian import review
from pulumi_audian.declaration import Facts, engine_marks, is_object, no_map, null_paths, wire_names
from pulumi_audian.errors import Problem
from pulumi_audian.fields import ASSERTABLE, BY_PATH, MUTABLE, WIRE_NAMES, Path, Rule, dotted, parse_dotted
from pulumi_audian.run import Run
from pulumi_audian.validation.finding import Finding, Position
from pulumi_audian.validation.scalars import Date
from pulumi_audian.validation.tree import Entry, Node
from pulumi_audian.values import UNKNOWN, mapped, shown, whole_numbers

_MASK = "[secret]"
_NO_TEXT = frozenset({Rule.SWITCH, Rule.RETENTION_DAYS, Rule.OBJECT, Rule.FREE_OBJECT})
_LISTS = ("allowStatus", "clear")
_VALUES = frozenset({*MUTABLE, *ASSERTABLE})


def check(accounts: Node) -> Iterator[Finding]:
    """The findings in the accounts by resource name, each as the provider would say it."""
    # Where one value is encrypted the provider shows none.
    secret = _VALUES if any(node.is_secure for _, _, node in accounts.walk()) else frozenset()
    run = Run(_nothing_configured)
    for name, entry in accounts.entries.items():
        if not name:
            yield Finding(entry.at, "", "", "an account needs a resource name: give it one in place of the empty text")
        elif isinstance(entry.value.content, dict) and not entry.value.is_secure:
            yield from _check_account(name, entry, secret, run)
        else:
            yield Finding(entry.at, name, "", _no_map(name, entry.value))


def _nothing_configured(_key: str) -> None:
    """The settings of a run that calls nothing."""


def _no_map(name: str, value: Node) -> str:
    return no_map(name, _MASK if value.is_secure else value.plain()).removeprefix(f"account {name}: ")


def _check_account(name: str, entry: Entry, secret: frozenset[str], run: Run) -> Iterator[Finding]:
    declared = {key: _declared(inner.value, (key,)) for key, inner in entry.value.entries.items()}
    secret |= {key for key in _LISTS if declared.get(key) == _MASK}
    found = list(_problems(name, declared, secret, run))
    for problem in found:
        yield Finding(_place(entry, problem.path), name, problem.path, problem.message)
    yield from _dates(name, entry, secret, {problem.path for problem in found})


def _problems(name: str, declared: Mapping[str, Any], secret: frozenset[str], run: Run) -> Iterator[Problem]:
    given = {key: wire_names(key, value) for key, value in declared.items() if value is not None}
    nulls = [*(key for key, value in declared.items() if value is None), *null_paths(given)]
    facts = Facts.of({"urn": name, "secret": secret, "nulls": nulls, "unfit": engine_marks(given)})
    inputs = _as_sent(given)
    yield from review.input_problems(inputs, {}, facts)
    if isinstance(inputs.get("accountId"), str):
        yield from run.claim(inputs, {}, facts)


def _declared(node: Node, path: Path) -> Any:
    """A value as the provider gets it, except that an encrypted one is unknown, or wrong where no text can be right."""
    if node.is_secure:
        return UNKNOWN if _takes_text(path) else _MASK
    if isinstance(node.content, dict):
        return {key: _declared(entry.value, (*path, key)) for key, entry in node.content.items()}
    if isinstance(node.content, list):
        return [UNKNOWN if item.is_secure else _declared(item, path) for item in node.content]
    return node.content


def _takes_text(path: Path) -> bool:
    field = BY_PATH.get(_wire_path(path))
    return path[0] not in _LISTS if field is None else field.rule not in _NO_TEXT


def _wire_path(path: Path) -> Path:
    inside = is_object(path[0])
    return tuple(WIRE_NAMES.get(key, key) if depth == 1 and inside else key for depth, key in enumerate(path))


def _as_sent(given: Mapping[str, Any]) -> dict[str, Any]:
    """Inputs after their way through the engine, which drops nulls and knows no number but doubles."""
    return dict(whole_numbers(mapped(_without_nulls(given), int, _as_double)))


def _as_double(number: int) -> float | bool:
    try:
        return number if isinstance(number, bool) else float(number)
    except OverflowError:
        return math.inf


def _without_nulls(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_nulls(inner) for key, inner in value.items() if inner is not None}
    return [_without_nulls(inner) for inner in value] if isinstance(value, list) else value


def _place(entry: Entry, path: str) -> Position:
    """Where a field is declared, or what it would be in."""
    found = entry
    for depth, part in enumerate(parse_dotted(path)):
        inside = found.value.entries
        named = (key for key in inside if key == part or (depth == 1 and WIRE_NAMES.get(key) == part))
        key = next(named, None)
        if key is None:
            break
        found = inside[key]
    return found.at


def _dates(name: str, entry: Entry, secret: frozenset[str], known: set[str]) -> Iterator[Finding]:
    for path, at, node in entry.value.walk():
        if isinstance(node.content, Date) and dotted(path) not in known:
            value = _MASK if path[0] in secret else shown(node.content)
            yield Finding(at, name, dotted(path), f"{value} is not {Rule.TEXT.value}")

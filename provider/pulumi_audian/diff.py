"""What differs between a declared document and an observed one: pure, and limited to what is declared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pulumi_audian.fields import Path
from pulumi_audian.values import MISSING, same

Document = Mapping[str, Any]


class Change(NamedTuple):
    """One declared field whose observed value differs; `desired` is None where the field is to be cleared."""

    path: Path
    observed: Any
    desired: Any


def leaves(document: Document, prefix: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every path of a document that holds a value, in sorted order; an empty object counts as a value."""
    for key in sorted(document):
        value = document[key]
        if isinstance(value, Mapping) and value:
            yield from leaves(value, (*prefix, key))
        else:
            yield (*prefix, key), value


def value_at(document: Document, path: Path) -> Any:
    """The value at a path, or `MISSING`."""
    value: Any = document
    for key in path:
        if not isinstance(value, Mapping) or key not in value:
            return MISSING
        value = value[key]
    return value


def satisfied(observed: Any, desired: Any) -> bool:
    """Whether an observed value is what was declared; `{}` declares an object without saying what is in it."""
    if desired == {}:
        return isinstance(observed, Mapping)
    return same(observed, desired)


def changes(observed: Document, desired: Document, prefix: Path = ()) -> tuple[Change, ...]:
    """The declared fields that the observed document does not satisfy, sorted by path.

    Where an object is declared and something else is observed, the change is that of the whole object.
    """
    found: list[Change] = []
    for key in sorted(desired):
        path, value, live = (*prefix, key), desired[key], observed.get(key, MISSING)
        if isinstance(value, Mapping) and value and (isinstance(live, Mapping) or same(live, MISSING)):
            found += changes(live if isinstance(live, Mapping) else {}, value, path)
        elif not satisfied(live, value) and not (isinstance(value, Mapping) and only_clears(value)):
            found.append(Change(path, live, value))
    return tuple(found)


def only_clears(desired: Document) -> bool:
    """Whether a declared object only says which of its members are to be cleared: a text, say, has none."""
    return bool(desired) and all(value is None for _, value in leaves(desired))


def overlap(one: Path, other: Path) -> bool:
    """Whether one of two paths lies at or below the other."""
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]

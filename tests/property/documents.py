"""JSON documents as these tests compare them: a second opinion, which shares no code with the library."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Path = tuple[str, ...]
Document = dict[str, Any]
READ_ONLY = (("updatedAt",),)


def through_json(value: Any) -> Any:
    """A value as the engine hands it on: every number a double, no null in objects."""
    if isinstance(value, Mapping):
        return {key: through_json(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [through_json(inner) for inner in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def canonical(value: Any) -> str:
    """A text that two values share exactly if they are the same to the engine; null is that of an absent value."""
    return json.dumps(through_json(value), sort_keys=True)


def at(document: Any, path: Path) -> Any:
    """The value at a path, None where there is none."""
    for key in path:
        document = document.get(key) if isinstance(document, Mapping) else None
    return document


def leaves(document: Mapping[str, Any], prefix: Path = ()) -> Iterator[tuple[Path, Any]]:
    """The values of a document by path; an empty object counts as one."""
    for key, value in document.items():
        if isinstance(value, Mapping) and value:
            yield from leaves(value, (*prefix, key))
        else:
            yield (*prefix, key), value


def holds(observed: Any, desired: Any) -> bool:
    """Whether an observed value is the declared one; an empty object declares any object."""
    return isinstance(observed, Mapping) if desired == {} else canonical(observed) == canonical(desired)


def differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Path]:
    """The paths of the values that are not the same in both documents."""
    paths = {path for document in (before, after) for path, _ in leaves(document)}
    return sorted(path for path in paths if canonical(at(before, path)) != canonical(at(after, path)))


def uncovered(found: Iterable[Path], allowed: Iterable[Path]) -> list[Path]:
    """The found paths that lie neither below an allowed one nor above it.

    Above, because writing a member makes an object of what held none, and removing the last one leaves it empty.
    """
    permitted = [*allowed, *READ_ONLY]
    return [path for path in found if not any(related(path, other) for other in permitted)]


def related(one: Path, other: Path) -> bool:
    """Whether one path lies at, below or above another."""
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]


def replaced(document: Document, path: Path) -> Path:
    """The path of what a value at a path replaces: that of the first value above it which is no object, if any."""
    above = (path[:length] for length in range(1, len(path)))
    return next((prefix for prefix in above if not isinstance(at(document, prefix), dict | None)), path)


def with_value(document: Any, path: Path, value: Any) -> Any:
    """A document with another value at a path."""
    if not path:
        return value
    members = document if isinstance(document, dict) else {}
    return {**members, path[0]: with_value(members.get(path[0]), path[1:], value)}


def nested(values: Mapping[Path, Any]) -> Document:
    """The document that holds these values at these paths."""
    document: Document = {}
    for path, value in values.items():
        document = with_value(document, path, value)
    return document


def without_empty(value: Any) -> str:
    """The canonical text of a value in which empty objects do not count, nor objects of nothing else."""
    return canonical(_pruned(value))


def _pruned(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    members = {key: _pruned(inner) for key, inner in value.items()}
    return {key: inner for key, inner in members.items() if inner is not None} or None

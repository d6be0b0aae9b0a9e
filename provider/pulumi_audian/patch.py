"""The smallest PATCH body that makes an account hold its declared values."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any

from pulumi_audian.diff import Change, Document, value_at
from pulumi_audian.fields import Path


def overlay(base: Document, path: Path, value: Any) -> dict[str, Any]:
    """A copy of `base` that holds `value` at `path`; whatever is not an object on the way becomes one."""
    head, *rest = path
    if not rest:
        return {**base, head: copy.deepcopy(value)}
    inner = base.get(head)
    return {**base, head: overlay(inner if isinstance(inner, Mapping) else {}, tuple(rest), value)}


def part(document: Document, paths: Iterable[Path]) -> dict[str, Any]:
    """What a document holds at these paths, each of which it has."""
    found: dict[str, Any] = {}
    for path in paths:
        found = overlay(found, path, value_at(document, path))
    return found


def build_patch(observed: Document, changes: Iterable[Change]) -> dict[str, Any]:
    """The body of a PATCH: changed top-level fields only, and each touched object whole.

    A touched object is the observed one overlaid with the declared keys, so that the outcome is the same whether
    the server merges objects or replaces them: the contract's "Partial Updates" section doesn't say which. Its null
    members are left out: sent back they could be refused, or taken as a wish to delete.
    """
    body: dict[str, Any] = {}
    for change in changes:
        top = change.path[0]
        if len(change.path) > 1 and top not in body:
            body[top] = _without_nulls(observed.get(top))
        body = overlay(body, change.path, change.desired)
    return body


def _without_nulls(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return copy.deepcopy(value)
    return {key: _without_nulls(inner) for key, inner in value.items() if inner is not None}

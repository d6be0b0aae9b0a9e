"""Pure operations on JSON documents; every result is new, no argument is changed."""

from __future__ import annotations

from typing import TypeAlias

from pydantic import JsonValue

JsonObject: TypeAlias = dict[str, JsonValue]


def deep_merge(document: JsonObject, patch: JsonObject) -> JsonObject:
    """Merge as 2600Hz Kazoo does: null deletes a key; {}, arrays and scalars replace."""
    merged = dict(document)
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = _merged_member(merged.get(key), value)
    return merged


def _merged_member(current: JsonValue, value: JsonValue) -> JsonValue:
    if not isinstance(value, dict) or not value:
        return value
    return deep_merge(current if isinstance(current, dict) else {}, value)


def replace_members(document: JsonObject, patch: JsonObject) -> JsonObject:
    """Replace each patched member whole; a null member becomes absent."""
    merged = document | deep_merge({}, patch)
    return {key: value for key, value in merged.items() if patch.get(key, value) is not None}


def without_nulls(patch: JsonObject) -> JsonObject:
    """Drop null members, and objects that held nothing else (an empty object would replace)."""
    kept: JsonObject = {}
    for key, value in patch.items():
        pruned = without_nulls(value) if isinstance(value, dict) and value else value
        if pruned is not None and (pruned != {} or value == {}):
            kept[key] = pruned
    return kept


def null_paths(patch: JsonObject, prefix: str = "") -> list[str]:
    """List the dotted paths of null members."""
    paths: list[str] = []
    for key, value in patch.items():
        if value is None:
            paths.append(prefix + key)
        elif isinstance(value, dict):
            paths += null_paths(value, f"{prefix}{key}.")
    return paths


def has_path(document: JsonObject, path: str) -> bool:
    """Say whether the dotted path exists, even with a null value."""
    parent, leaf = _parent(document, path)
    return leaf in parent


def value_at(document: JsonObject, path: str) -> JsonValue:
    """Return the value at the dotted path, None where it is absent."""
    parent, leaf = _parent(document, path)
    return parent.get(leaf)


def _parent(document: JsonObject, path: str) -> tuple[JsonObject, str]:
    *keys, leaf = path.split(".")
    node = document
    for key in keys:
        child = node.get(key)
        node = child if isinstance(child, dict) else {}
    return node, leaf


def with_value(document: JsonObject, path: str, value: JsonValue) -> JsonObject:
    """Set the dotted path to a value; None removes it."""
    key, _, rest = path.partition(".")
    child = document.get(key)
    if rest:
        value = with_value(child if isinstance(child, dict) else {}, rest, value)
    changed = document | {key: value}
    return {name: member for name, member in changed.items() if name != key or member is not None}

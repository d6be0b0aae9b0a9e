"""What a PATCH makes of an account, as a pure function of both and of the behaviours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audian_emulator.document import (
    JsonObject,
    deep_merge,
    has_path,
    null_paths,
    replace_members,
    value_at,
    with_value,
    without_nulls,
)
from audian_emulator.errors import ApiError
from audian_emulator.validation import Problem, account_problems, key_problems

if TYPE_CHECKING:
    from pydantic import JsonValue

    from audian_emulator.behaviours import Behaviours


def patch_of(body: JsonValue, envelope: str) -> JsonObject:
    """Take the patch out of a request body; raises 400 where the dialect is the other one."""
    if not isinstance(body, dict):
        raise ApiError(400, "Request body must be a JSON object")
    if envelope == "flat":
        return body
    data = body.get("data")
    if set(body) != {"data"} or not isinstance(data, dict):
        raise ApiError(400, 'Request body must be {"data": {...}}')
    return data


def patched(account: JsonObject, patch: JsonObject, behaviours: Behaviours) -> JsonObject:
    """Return the account after the patch; raises 400 naming the fields at fault."""
    _refuse(key_problems(patch))
    patch = _with_null_policy(patch, behaviours.nulls)
    merge = deep_merge if behaviours.merge == "deep" else replace_members
    merged = merge(account, patch)
    _refuse(account_problems(merged))
    return _as_stored(account, patch, merged, behaviours)


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise ApiError.at(*problems)


def _with_null_policy(patch: JsonObject, nulls: str) -> JsonObject:
    if nulls == "reject":
        _refuse([Problem(path, "null", f"Field '{path}' is null") for path in null_paths(patch)])
    return without_nulls(patch) if nulls == "ignore" else patch


def _as_stored(account: JsonObject, patch: JsonObject, merged: JsonObject, behaviours: Behaviours) -> JsonObject:
    for path in behaviours.ignore_fields:
        if value_at(merged, path) != value_at(account, path):
            merged = with_value(merged, path, value_at(account, path))
    for path, value in behaviours.coerce.items():
        if has_path(patch, path):
            merged = with_value(merged, path, value)
    return merged

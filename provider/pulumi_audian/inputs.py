"""The arguments of a program as the engine takes them, and what of them only the program knows."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping
from typing import Any

import pulumi
from pulumi.output import Unknown

from pulumi_audian import marks
from pulumi_audian.declaration import engine_marks, is_json_scalar, null_paths, unfit_values
from pulumi_audian.values import UNKNOWN, mapped


def resolves_later(value: Any) -> bool:
    """Whether a value is, or has in it, one that is not there before the program has run."""
    if isinstance(value, Mapping):
        return any(map(resolves_later, value.values()))
    if isinstance(value, list | tuple):
        return any(map(resolves_later, value))
    return isinstance(value, pulumi.Output | Awaitable)


def fitting(value: Any) -> Any:
    """A value without what is not JSON, which the SDK could not send, or would send as something else."""
    if isinstance(value, pulumi.Output):
        return value.apply(fitting)
    if isinstance(value, Awaitable):
        return pulumi.Output.from_input(value).apply(fitting)
    if isinstance(value, Mapping):
        return {key: fitting(inner) for key, inner in value.items() if _fits(inner) and _is_name(key)}
    if isinstance(value, list | tuple):
        return [fitting(item) for item in value if _fits(item)]
    return value if _fits(value) else None


def later_facts(inputs: Mapping[str, Any]) -> pulumi.Input[Mapping[str, Any]]:
    """The facts about inputs that resolve later: which are secret, what in them is null, and what is not JSON."""
    return asyncio.ensure_future(_later_facts(inputs)) if inputs else {}


async def _later_facts(inputs: Mapping[str, Any]) -> Mapping[str, Any]:
    outputs = {name: pulumi.Output.from_input(value) for name, value in inputs.items()}
    secret = [name for name, output in outputs.items() if await output.is_secret()]
    known = {name: await _known(output) for name, output in outputs.items()}
    return {"secret": secret, "nulls": [*null_paths(known)], "unfit": unfit(known)}


def unfit(value: Any) -> list[list[str]]:
    """The paths of what an account can't hold, each with what it is."""
    return [list(found) for found in (*unfit_values(value), *engine_marks(value))]


async def _known(output: pulumi.Output[Any]) -> Any:
    value = await output.future(with_unknowns=True)
    if value is None and not await output.is_known():
        return UNKNOWN
    return mapped(value, Unknown, lambda _: UNKNOWN)


def _is_name(key: Any) -> bool:
    return isinstance(key, str) and key != marks.KEY


def _fits(value: Any) -> bool:
    if isinstance(value, str):
        return value not in marks.UNKNOWN_TEXTS
    return is_json_scalar(value) or isinstance(value, Mapping | list | tuple | pulumi.Output | Awaitable | Unknown)

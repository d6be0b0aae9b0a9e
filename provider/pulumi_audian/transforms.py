"""Looks at declarations once more after the program's transforms, which may have made values secret.

The engine tells a provider in Python nothing of secrets, so the program does; but transforms run after that. The SDK
would hand a transform of ours the declaration without what it doesn't know, and take it back so: what is registered
here reads the engine's request as it is, and changes our own input alone.
"""

from __future__ import annotations

import asyncio
import functools
import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

import grpc
import pulumi
from pulumi.runtime import settings
from pulumi.runtime.mocks import MockMonitor
from pulumi.runtime.proto.callback_pb2 import Callback
from pulumi.runtime.proto.resource_pb2 import TransformRequest, TransformResponse

from pulumi_audian import marks
from pulumi_audian.declaration import FACTS, null_paths
from pulumi_audian.fields import parse_dotted, wire_path
from pulumi_audian.values import UNKNOWN

if TYPE_CHECKING:
    from google.protobuf.struct_pb2 import Struct, Value

TYPE_TOKEN = "pulumi-python:dynamic/audian:Account"  # noqa: S105 - the engine's name of the resource type
PATH_OPTIONS = ("ignore_changes", "replace_on_changes", "additional_secret_outputs", "hide_diffs")
"""The resource options that name paths, and so may have Python's names."""

_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the engine's mark of a secret
_OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
_FOLLOWED: WeakSet[pulumi.Resource] = WeakSet()
"""The root resources of the programs of this process whose transforms ours comes after."""


def unseen_transforms(opts: pulumi.ResourceOptions) -> pulumi.Input[bool]:
    """Whether transforms may change an account without our seeing it; where there are any, ours is made the last one.

    A component that a provider in Python serves to another program knows nothing of that program's transforms.
    """
    if isinstance(settings.get_monitor(), MockMonitor):
        return False
    root = settings.get_root_resource()
    if root in _FOLLOWED:
        return False
    if root is None:
        return True
    above = opts.parent or root
    try:
        if opts.transforms or opts.transformations or above._transformations or _are_registered():
            from pulumi.runtime.sync_await import _sync_await

            return not _sync_await(_are_followed(root))
    except (AttributeError, ImportError):  # an SDK without what is private in this one
        return True
    return asyncio.ensure_future(_unseen_above(root, opts.parent)) if opts.parent else False


def _are_registered() -> bool:
    # Each task that registers a transform gets a server of its own from the SDK.
    from pulumi.runtime._callbacks import _CallbackServicer

    return any(callbacks._transforms for callbacks in _CallbackServicer._servicers)


async def _unseen_above(root: pulumi.Resource, parent: pulumi.Resource) -> bool:
    # A parent registers its transforms before the engine knows it.
    await parent.urn.future()
    try:
        return _are_registered() and not await _are_followed(root)
    except (AttributeError, ImportError):
        return True


async def _are_followed(root: pulumi.Resource) -> bool:
    callbacks: Any = await settings._get_callbacks()
    if root in _FOLLOWED:
        return True
    try:
        _register_ours(callbacks)
    except grpc.RpcError:
        return False
    _follow_later_ones()
    _FOLLOWED.add(root)
    return True


@functools.cache
def _follow_later_ones() -> None:
    """Register ours again after each transform that a program with accounts registers for its whole stack."""
    from pulumi.runtime._callbacks import _CallbackServicer

    register = _CallbackServicer.register_stack_transform

    def register_and_follow(callbacks: Any, transform: Any) -> None:
        register(callbacks, transform)
        if settings.get_root_resource() in _FOLLOWED:
            _register_ours(callbacks)

    _CallbackServicer.register_stack_transform = register_and_follow  # type: ignore[assignment,method-assign]


def _register_ours(callbacks: Any) -> None:
    token = str(uuid.uuid4())
    callbacks._callbacks[token] = _look_again
    callbacks._monitor.RegisterStackTransform(Callback(token=token, target=callbacks._target))


async def _look_again(request: bytes) -> TransformResponse:
    asked = TransformRequest.FromString(request)
    if asked.type == TYPE_TOKEN:
        for option in (*PATH_OPTIONS, "hide_diff"):
            _use_wire_names(getattr(asked.options, option, None))
        facts = _facts(asked.properties)
        if facts is not None:
            _correct(facts, asked)
    return TransformResponse(properties=asked.properties, options=asked.options)


def _use_wire_names(paths: Any) -> None:
    if paths:
        paths[:] = [wire_path(path) for path in paths]


def _facts(properties: Struct) -> Struct | None:
    if FACTS not in properties.fields:
        return None
    value = properties.fields[FACTS]
    while marks.KEY in value.struct_value.fields:
        if "value" not in value.struct_value.fields:
            return None
        value = value.struct_value.fields["value"]
    return value.struct_value if value.HasField("struct_value") else None


def _correct(facts: Struct, asked: TransformRequest) -> None:
    declared = {name: value for name, value in asked.properties.fields.items() if not name.startswith("__")}
    known = {
        name: content for name, content in ((name, _content(value)) for name, value in declared.items()) if content
    }
    facts.update(
        {
            "secret": sorted(
                {
                    *_texts(facts, "secret"),
                    *(name for name, value in declared.items() if _holds_secret(value)),
                    *(parse_dotted(path)[0] for path in asked.options.additional_secret_outputs),
                }
            ),
            "ignored": list(asked.options.ignore_changes),
            "nulls": list(dict.fromkeys((*_texts(facts, "nulls"), *null_paths(known)))),
        }
    )


def _texts(facts: Struct, name: str) -> Iterator[str]:
    if name in facts.fields:
        yield from (item.string_value for item in facts.fields[name].list_value.values)


def _holds_secret(value: Value) -> bool:
    if value.HasField("list_value"):
        return any(map(_holds_secret, value.list_value.values))
    members = value.struct_value.fields if value.HasField("struct_value") else {}
    mark = members[marks.KEY].string_value if marks.KEY in members else ""
    is_secret_output = mark == _OUTPUT and "secret" in members and members["secret"].bool_value
    return mark == _SECRET or is_secret_output or any(map(_holds_secret, members.values()))


def _content(value: Value) -> Any:
    """What is in a value, without the engine's marks: objects, lists, None, and something else for all others."""
    if value.HasField("list_value"):
        return [_content(item) for item in value.list_value.values]
    if not value.HasField("struct_value"):
        return None if value.HasField("null_value") else value
    members = value.struct_value.fields
    if marks.KEY not in members:
        return {name: _content(member) for name, member in members.items()}
    return _content(members["value"]) if "value" in members else UNKNOWN

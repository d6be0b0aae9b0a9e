"""The `Account` resource that programs declare."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Mapping, Sequence
from types import FrameType
from typing import Any, Generic, Literal, TypeVar

import pulumi
from pulumi.dynamic import Resource

from pulumi_audian.configuration import check_configuration
from pulumi_audian.declaration import FACTS, LATER, is_object, is_plain, no_map, null_paths, wire_names
from pulumi_audian.fields import (
    FIELDS,
    TOP_LEVEL,
    WIRE_NAMES,
    Rule,
    is_path_of_field,
    parse_dotted,
    snake_case,
    wire_path,
)
from pulumi_audian.former import former_records
from pulumi_audian.inputs import fitting, later_facts, resolves_later, unfit
from pulumi_audian.registration import begin_registrations
from pulumi_audian.shapes import Address, AddressArgs, Settings, SettingsArgs
from pulumi_audian.transforms import PATH_OPTIONS, TYPE_TOKEN, unseen_transforms
from pulumi_audian.values import MISSING

Status = Literal["active", "suspended", "closed"]

T = TypeVar("T")


class _Live(Generic[T]):
    """An output of the live account, typed for editors and with Python names inside objects."""

    def __init__(self, wire_name: str) -> None:
        self._wire_name = wire_name

    def __get__(self, account: Account, _owner: type[Account] | None = None) -> pulumi.Output[T]:
        output: pulumi.Output[Any] = account.__dict__[self._wire_name]
        return output.apply(_python_names) if self._wire_name in _OBJECTS else output

    def __set__(self, account: Account, value: object) -> None:
        raise AttributeError(self._wire_name)


_OBJECTS = frozenset(field.path[0] for field in FIELDS if field.rule is Rule.OBJECT)
_NESTED = frozenset(field.path[-1] for field in FIELDS if len(field.path) > 1)
_OUTPUTS = ("accountId", "overwritten", *(field.path[0] for field in TOP_LEVEL if not field.input_name))
_DEFAULTS: dict[str, Any] = {"onConflict": "warn", "allowStatus": (), "clear": ()}
_NO_TIMEOUTS = "custom_timeouts has no effect on an account: set audian:timeoutSeconds or audian:retrySeconds"
_PROVIDER = "gASVMQAAAAAAAACMFnB1bHVtaV9hdWRpYW4ucHJvdmlkZXKUjA9BY2NvdW50UHJvdmlkZXKUk5QpUpQu"
"""The reference to the provider's class that state holds: an `AccountProvider`, pickled and in Base64.

Written out, because the SDK serialises the provider for each account again, and in the protocol of the program's
Python: every account in state would change with 3.14, where that is another one.
"""


class Account(Resource, module="audian", name="Account"):
    """An existing Audian account, whose declared settings are kept as declared.

    The account is adopted, never created, replaced or deleted; what is not declared is neither changed nor watched.
    `name`, `plan` and `created_at` are assertions: where the live account differs from a new one, an `up` stops before
    any write.

    `on_delete` says what happens when the resource goes: `retain` (default) leaves the account as it is, `restore` puts
    back the values that this resource overwrote. `on_conflict` says what happens when someone else changed a declared
    field since it was last read: `warn` (default) goes on, `fail` stops before any write. `allow_status` lists the
    statuses other than active that `status` may be set to. `clear` lists paths of fields to set to null.
    """

    def __init__(  # noqa: PLR0913 - one argument a field
        self,
        resource_name: str,
        *,
        account_id: pulumi.Input[str],
        display_name: pulumi.Input[str] | None = None,
        email: pulumi.Input[str] | None = None,
        phone: pulumi.Input[str] | None = None,
        address: pulumi.Input[AddressArgs] | None = None,
        settings: pulumi.Input[SettingsArgs] | None = None,
        status: pulumi.Input[Status] | None = None,
        metadata: pulumi.Input[Mapping[str, Any]] | None = None,
        name: pulumi.Input[str] | None = None,
        plan: pulumi.Input[str] | None = None,
        created_at: pulumi.Input[str] | None = None,
        on_delete: Literal["retain", "restore"] = "retain",
        on_conflict: Literal["warn", "fail"] = "warn",
        allow_status: Sequence[Literal["suspended", "closed"]] = (),
        clear: Sequence[str] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        given = locals()
        declared = {wire: given[python] for python, wire in WIRE_NAMES.items() if python in given}
        # What from_mapping's callers share is the line: it would be the same for all accounts of a file.
        self._declare(resource_name, declared, opts, {"python": True, "place": _place(sys._getframe(1))})  # noqa: SLF001

    @classmethod
    def from_mapping(
        cls, resource_name: str, declaration: Mapping[str, Any], opts: pulumi.ResourceOptions | None = None
    ) -> Account:
        """An account declared by a mapping with the API's own names, as in a stack file.

        Unknown names are not dropped: they fail the preview with the nearest known one.
        """
        if not isinstance(declaration, Mapping):
            raise pulumi.RunError(no_map(resource_name, declaration))
        account = cls.__new__(cls)
        nulls = [name for name, value in declaration.items() if value is None]
        account._declare(resource_name, {"onDelete": "retain", **declaration}, opts, {"nulls": nulls})  # noqa: SLF001
        return account

    def _declare(
        self,
        resource_name: str,
        declared: Mapping[str, Any],
        opts: pulumi.ResourceOptions | None,
        told: Mapping[str, Any],
    ) -> None:
        check_configuration()
        begin_registrations()
        given = {
            name: _wire_names(name, value)
            for name, value in declared.items()
            if value is not None and value != _DEFAULTS.get(name, MISSING)
        }
        now = {name: value for name, value in given.items() if not resolves_later(value)}
        plain = is_plain(now)
        unfitting = [] if plain else unfit(now)
        inputs = fitting(given) if unfitting or len(now) < len(given) else given
        misspelt = _misspelt(opts)
        opts = _options(resource_name, opts, inputs.get("onDelete"))
        facts: dict[str, Any] = {
            **told,
            "urn": _urn(resource_name, opts.parent),
            "secret": [parse_dotted(path)[0] for path in opts.additional_secret_outputs or []],
            "ignored": opts.ignore_changes or [],
            "nulls": [*told.get("nulls", ()), *(() if plain else null_paths(now))],
            "unfit": unfitting,
            "misspelt": misspelt,
            "former": former_records(TYPE_TOKEN, inputs.get("accountId", "")),
            "blind": unseen_transforms(opts),
            LATER: later_facts({name: value for name, value in given.items() if name not in now}),
            "preview": pulumi.runtime.is_dry_run(),
        }
        # What is empty is left out: each entry takes its time on the way.
        facts = {name: fact for name, fact in facts.items() if fact not in ([], {}, "", False) or name == "preview"}
        properties = {**dict.fromkeys(_OUTPUTS), **inputs, FACTS: facts, "__provider": _PROVIDER}
        # Directly, because the SDK takes the caller of the third `__init__` for the line that declares the resource.
        # There is none in `from_mapping`: state does without the stack trace, the same for all accounts of a file.
        pulumi.CustomResource.__init__(self, TYPE_TOKEN, resource_name, properties, opts)
        if opts.custom_timeouts is not None:
            pulumi.log.warn(_NO_TIMEOUTS, self)

    name = _Live[str]("name")
    display_name = _Live[str]("displayName")
    email = _Live[str]("email")
    phone = _Live[str]("phone")
    status = _Live[str]("status")
    plan = _Live[str]("plan")
    address = _Live[Address]("address")
    settings = _Live[Settings]("settings")
    metadata = _Live[dict[str, Any]]("metadata")
    created_at = _Live[str]("createdAt")
    updated_at = _Live[str]("updatedAt")
    account_id = _Live[str]("accountId")
    overwritten = _Live[list[dict[str, Any]]]("overwritten")


def _options(resource_name: str, opts: pulumi.ResourceOptions | None, on_delete: Any) -> pulumi.ResourceOptions:
    # Retaining is said to the engine, so that its previews show it.
    own = pulumi.ResourceOptions(retain_on_delete=on_delete == "retain" or None)
    merged = pulumi.ResourceOptions.merge(own, opts)
    if merged.import_:
        raise pulumi.RunError(
            f"account {resource_name}: import_ is not needed: an account is adopted by declaring it; remove import_, "
            f"and set account_id. `audian export {merged.import_}` writes the declaration; nothing was read or written"
        )
    for option in PATH_OPTIONS:
        paths = getattr(merged, option, None)
        if paths:
            setattr(merged, option, [wire_path(path) for path in paths])
    return merged


def _misspelt(opts: pulumi.ResourceOptions | None) -> list[list[str]]:
    """The paths in resource options that lead to no field, so that the options would have no effect."""
    return [
        [option, wire_path(path)]
        for option in PATH_OPTIONS
        for path in (opts and getattr(opts, option, None)) or ()
        if not is_path_of_field(parse_dotted(wire_path(path)))
    ]


def _place(frame: FrameType) -> str:
    """The line of the program that a frame is at, as `file:line`, relative to the project where it is in it."""
    file = frame.f_code.co_filename.removeprefix(os.getcwd() + os.sep)  # noqa: PTH109 - many times faster
    return f"{file}:{frame.f_lineno}"


def _wire_names(name: str, value: Any) -> Any:
    if isinstance(value, Awaitable):  # which may be awaited once only
        value = pulumi.Output.from_input(value)
    if isinstance(value, pulumi.Output) and is_object(name):
        return value.apply(lambda known: wire_names(name, known))
    return wire_names(name, value)


def _python_names(value: Any) -> Any:
    # The live account may have nothing there, or something that is not an object.
    if not isinstance(value, Mapping):
        return value
    return {snake_case(key) if key in _NESTED else key: inner for key, inner in value.items()}


def _urn(resource_name: str, parent: pulumi.Resource | None) -> pulumi.Input[str]:
    # Without a parent it takes no Output to know the URN: a thousand accounts would notice.
    if parent is not None:
        return asyncio.ensure_future(_known_urn(pulumi.create_urn(resource_name, TYPE_TOKEN, parent)))
    return f"urn:pulumi:{pulumi.get_stack()}::{pulumi.get_project()}::{TYPE_TOKEN}::{resource_name}"


async def _known_urn(urn: pulumi.Output[str]) -> str:
    # Awaited, and not passed on: as an Output it would make the account depend on the parent, and so on itself.
    return await urn.future() or ""

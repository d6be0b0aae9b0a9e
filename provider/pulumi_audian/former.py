"""What the stack's state held of its accounts before this run, asked of the engine by the program.

The engine hands a provider nothing of the resource that a replacement or a renamed resource takes the place of.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

import pulumi

from pulumi_audian.state import records_of

_READ = "pulumi:pulumi:readStackResourceOutputs"
_RECORDS: WeakKeyDictionary[pulumi.Resource, Mapping[str, dict[str, Any]]] = WeakKeyDictionary()
"""By the root resource of each program that ran in this process."""


def former_records(type_token: str, account_id: pulumi.Input[str]) -> pulumi.Input[Mapping[str, Any]]:
    """The part of an account's stored outputs that its next resource has to keep, as a secret; {} where there is none.

    Reads the state once a run, and not in previews, where nothing comes of it.
    """
    stack = pulumi.runtime.get_root_resource()
    if stack is None or pulumi.runtime.is_dry_run():
        return {}
    if stack not in _RECORDS:
        _RECORDS[stack] = _stored_records(type_token)
    records = _RECORDS[stack]
    if not records:
        return {}
    return pulumi.Output.secret(account_id).apply(lambda known: records.get(known, {}))


def _stored_records(type_token: str) -> Mapping[str, dict[str, Any]]:
    name = f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}"
    try:
        stored = pulumi.runtime.invoke(_READ, {"stackName": name}).value["outputs"]
    except Exception as error:  # noqa: BLE001 - the SDK raises nothing narrower
        pulumi.log.warn(
            f"the state of stack {name} can't be read ({error}): an account whose resource this up replaces or renames "
            "loses the values to restore; its settings are not affected"
        )
        return {}
    accounts = [resource["outputs"] for resource in stored.values() if resource["type"] == type_token]
    return {account["accountId"]: records_of(account) for account in accounts if records_of(account)}

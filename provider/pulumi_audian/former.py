"""What the stack's state held of its accounts before this run, asked of the engine by the program.

The engine hands a provider nothing of the resource that a replacement or a renamed resource takes the place of.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

import pulumi
from pulumi.runtime.mocks import MockMonitor
from pulumi.runtime.settings import get_monitor

from pulumi_audian.state import records_of

_READ = "pulumi:pulumi:readStackResourceOutputs"
_READ_NOTHING = "pulumi:pulumi:getResource"
_ATTEMPTS = 5
_WAIT_SECONDS = 0.2
_RECORDS: WeakKeyDictionary[pulumi.Resource, Mapping[str, dict[str, Any]]] = WeakKeyDictionary()
"""By the root resource of each program that ran in this process."""


def former_records(type_token: str, account_id: pulumi.Input[str]) -> pulumi.Input[Mapping[str, Any]]:
    """The part of an account's stored outputs that its next resource has to keep, as a secret; {} where there is none.

    Reads the state once a run, and not in previews, where nothing comes of it, nor under a user's mocks of the engine.
    """
    stack = pulumi.runtime.get_root_resource()
    if stack is None or isinstance(get_monitor(), MockMonitor):
        return {}
    if stack not in _RECORDS:
        _RECORDS[stack] = _nothing_stored() if pulumi.runtime.is_dry_run() else _stored_records(type_token)
    records = _RECORDS[stack]
    if not records:
        return {}
    return pulumi.Output.secret(account_id).apply(lambda known: records.get(known, {}))


def _nothing_stored() -> Mapping[str, dict[str, Any]]:
    # What up asks brings the engine's built-in provider into the state, and `up --plan` does only what its preview did:
    # so a preview asks that provider too, for what the engine has at hand.
    with contextlib.suppress(Exception):
        pulumi.runtime.invoke(_READ_NOTHING, {"urn": ""})
    return {}


def _stored_records(type_token: str) -> Mapping[str, dict[str, Any]]:
    name = f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}"
    try:
        stored = _stored_outputs(name)
    except Exception as error:  # noqa: BLE001 - the SDK raises nothing narrower
        cause = " ".join(str(error).split())
        pulumi.log.warn(
            f"the state of stack {name} can't be read ({cause}): an account whose resource this up replaces or renames "
            "loses the values to restore; its settings are not affected"
        )
        return {}
    accounts = [resource["outputs"] for resource in stored.values() if resource["type"] == type_token]
    records = {account["accountId"]: records_of(account) for account in accounts}
    return {account_id: {"accountId": account_id, **found} for account_id, found in records.items() if found}


def _stored_outputs(stack_name: str) -> Mapping[str, Any]:
    import tenacity  # not needed in previews, which import this module too

    # The engine saves the state while the program runs, and a file is empty for the moment in which it is written anew.
    read = tenacity.Retrying(
        stop=tenacity.stop_after_attempt(_ATTEMPTS), wait=tenacity.wait_fixed(_WAIT_SECONDS), reraise=True
    )
    outputs: Mapping[str, Any] = read(pulumi.runtime.invoke, _READ, {"stackName": stack_name}).value["outputs"]
    return outputs

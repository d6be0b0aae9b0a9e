"""The program's look at its own configuration, before any account is declared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from weakref import WeakSet

import pulumi
from pulumi.runtime import config

from pulumi_audian.fields import ASSERTABLE, MUTABLE
from pulumi_audian.settings import ACCOUNTS, NAMESPACE, refusal

_CHECKED: WeakSet[pulumi.Resource] = WeakSet()
"""The root resources of the programs of this process whose configuration is right."""


def check_configuration() -> None:
    """Stop the program where a credential stands unencrypted in the stack file, or a setting is misspelt.

    A misspelt setting would be ignored, and a write could go to another place than was meant. Raises
    `pulumi.RunError`, which the engine shows without a traceback.
    """
    # Once a program, and not for each account: the SDK parses the whole configuration at each look. One process may run
    # many programs, and their configuration differs even where project and stack don't.
    root = pulumi.runtime.get_root_resource()
    if root in _CHECKED:
        return
    keys = {*config.get_config_env(), *config.CONFIG.get()}
    for key in sorted(key for key in keys if key.startswith(NAMESPACE)):
        reason = refusal(key, encrypted=config.is_config_secret(key))
        if reason:
            raise pulumi.RunError(reason)
    if root is not None:
        _CHECKED.add(root)


def declared_accounts() -> dict[str, Any]:
    """The accounts of the stack file, by resource name, as `Account.from_mapping` takes them.

    Where the file encrypts any value in them, the values of all are secret: the engine says of a setting whether there
    is a secret in it, and not where.
    """
    check_configuration()
    accounts: dict[str, Any] = pulumi.Config("audian").get_object(ACCOUNTS) or {}
    if not config.is_config_secret(NAMESPACE + ACCOUNTS):
        return accounts
    return {name: _with_secret_values(declaration) for name, declaration in accounts.items()}


def _with_secret_values(declaration: Any) -> Any:
    if not isinstance(declaration, Mapping):
        return declaration
    return {
        name: pulumi.Output.secret(value) if name in (*MUTABLE, *ASSERTABLE) and value is not None else value
        for name, value in declaration.items()
    }

"""Declares the accounts of the selected stack: each entry of `audian:accounts` becomes an `Account`."""

from __future__ import annotations

import pulumi

import pulumi_audian as audian

accounts = audian.declared_accounts()
if not accounts:
    pulumi.log.warn("this stack declares no accounts: add them under audian:accounts in its stack file")
for resource_name, declaration in accounts.items():
    account = audian.Account.from_mapping(resource_name, declaration)
    pulumi.export(
        resource_name,
        {
            "accountId": account.account_id,
            "name": account.name,
            "displayName": account.display_name,
            "status": account.status,
            "plan": account.plan,
            "updatedAt": account.updated_at,
        },
    )

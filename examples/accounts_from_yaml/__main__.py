"""Each entry of `audian:accounts` in the stack file becomes an account, so that a new one needs no Python."""

from __future__ import annotations

import pulumi

import pulumi_audian as audian

for name, declaration in audian.declared_accounts().items():
    account = audian.Account.from_mapping(name, declaration)
    pulumi.export(name, account.updated_at)

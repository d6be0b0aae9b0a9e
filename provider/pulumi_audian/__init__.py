"""Keep the settings of existing Audian phone accounts in a Pulumi program."""

from pulumi_audian.configuration import check_configuration, declared_accounts
from pulumi_audian.resource import Account
from pulumi_audian.shapes import Address, AddressArgs, Settings, SettingsArgs

__all__ = [
    "Account",
    "Address",
    "AddressArgs",
    "Settings",
    "SettingsArgs",
    "check_configuration",
    "declared_accounts",
]

"""Keep the settings of existing Audian phone accounts in a Pulumi program."""

from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from pulumi_audian.configuration import check_configuration, declared_accounts
    from pulumi_audian.resource import Account
    from pulumi_audian.shapes import Address, AddressArgs, Settings, SettingsArgs
else:
    # The engine's SDK takes longer to load than everything else, and commands and the core do without it. Type checkers
    # do not see this function: they would take any name for one of the package.
    def __getattr__(name: str) -> object:
        from importlib import import_module

        module = _MODULES.get(name)
        if module is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        globals()[name] = value = getattr(import_module(f"{__name__}.{module}"), name)
        return value

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})


__all__ = [
    "Account",
    "Address",
    "AddressArgs",
    "Settings",
    "SettingsArgs",
    "check_configuration",
    "declared_accounts",
]

_MODULES = {
    "Account": "resource",
    "Address": "shapes",
    "AddressArgs": "shapes",
    "Settings": "shapes",
    "SettingsArgs": "shapes",
    "check_configuration": "configuration",
    "declared_accounts": "configuration",
}

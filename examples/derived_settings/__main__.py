"""Settings that come from another resource: the account follows the office that it serves."""

from __future__ import annotations

from typing import Any

import pulumi
from pulumi.dynamic import CreateResult, Resource, ResourceProvider

import pulumi_audian as audian


class Directory(ResourceProvider):
    """Stands for any other provider: it knows an office's facts once the office is there."""

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Register an office."""
        facts = {"phone": "+49-30-555-0100", "timezone": "Europe/Berlin", "building": 7}
        return CreateResult(f"office-{props['city']}", {**props, **facts})


class Office(Resource):
    """An office in a city."""

    phone: pulumi.Output[str]
    timezone: pulumi.Output[str]
    building: pulumi.Output[int]

    def __init__(self, name: str, *, city: pulumi.Input[str]) -> None:
        super().__init__(Directory(), name, {"city": city, "phone": None, "timezone": None, "building": None})


office = Office("berlin", city=pulumi.Config().require("city"))
globex = audian.Account(
    "globex",
    account_id="acc_2345678901",
    display_name=pulumi.Output.format("Globex, building {0}", office.building),
    phone=office.phone,
    settings={"timezone": office.timezone, "language": "en"},
)
pulumi.export("phone", globex.phone)

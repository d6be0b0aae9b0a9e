"""The program of an infra repo: a phone number from a carrier, and the account that uses it."""

from __future__ import annotations

from typing import Any

import pulumi
from pulumi.dynamic import CreateResult, Resource, ResourceProvider

import pulumi_audian as audian


class Carrier(ResourceProvider):
    """Assigns phone numbers."""

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Assign the next one."""
        return CreateResult("number-1", {**props, "number": "+1-555-0200"})


class PhoneNumber(Resource):
    """A phone number in a city."""

    number: pulumi.Output[str]

    def __init__(self, name: str, city: pulumi.Input[str]) -> None:
        super().__init__(Carrier(), name, {"city": city, "number": None})


main = PhoneNumber("main", city="New York")
acme = audian.Account(
    "acme",
    account_id="acc_1234567890",
    phone=main.number,
    settings={"timezone": "America/New_York", "recording_retention": 60},
    plan="professional",
)
pulumi.export("phone", acme.phone)
pulumi.export("retention", acme.settings["recording_retention"])

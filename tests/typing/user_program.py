"""What mypy says of a user's program: run by `make check`, never executed.

Each deliberate mistake carries the error that it must cause; mypy reports an ignore that nothing needs.
"""

from __future__ import annotations

import pulumi
from typing_extensions import assert_type

import pulumi_audian as audian

account = audian.Account(
    "acme",
    account_id="acc_1234567890",
    display_name=pulumi.Output.from_input("Acme"),
    address={"street": "456 Corporate Blvd", "postal_code": pulumi.Output.secret("10001")},
    settings={"timezone": "America/New_York", "enable_recording": True, "recording_retention": 60},
    metadata={"crm": {"id": 7}, "tags": ["a"]},
    status="active",
    plan="professional",
    on_delete="restore",
    allow_status=["suspended"],
    clear=["phone"],
    opts=pulumi.ResourceOptions(protect=True),
)

assert_type(account.display_name, pulumi.Output[str])
assert_type(account.settings, pulumi.Output[audian.Settings])
assert_type(account.settings.apply(lambda settings: settings["recording_retention"]), pulumi.Output[int])
assert_type(account.address.apply(lambda address: address["postal_code"]), pulumi.Output[str])

audian.Account("a")  # type: ignore[call-arg]
audian.Account("b", account_id=7)  # type: ignore[arg-type]
audian.Account("c", account_id="acc_1", displayname="x")  # type: ignore[call-arg]
audian.Account("d", account_id="acc_1", settings={"time_zone": "UTC"})  # type: ignore[arg-type]
audian.Account("e", account_id="acc_1", settings={"recording_retention": "60"})  # type: ignore[arg-type]
audian.Account("f", account_id="acc_1", status="paused")  # type: ignore[arg-type]
audian.Account("g", account_id="acc_1", on_delete="delete")  # type: ignore[arg-type]

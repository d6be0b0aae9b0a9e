"""One account: what is declared here is kept, and everything else about it stays as it is."""

from __future__ import annotations

import pulumi

import pulumi_audian as audian

config = pulumi.Config()
acme = audian.Account(
    "acme",
    account_id=config.require("accountId"),
    display_name="Acme Corp - Updated",
    settings={"timezone": "America/New_York", "enable_recording": True, "recording_retention": 60},
    plan="professional",  # an assertion: up stops where the account has another plan
)
pulumi.export("phone", acme.phone)
pulumi.export("timezone", acme.settings["timezone"])

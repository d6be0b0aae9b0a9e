"""One program, a stack for each environment: the stack file says what differs between them."""

from __future__ import annotations

import pulumi

import pulumi_audian as audian

config = pulumi.Config()
production = pulumi.get_stack() == "prod"

support = audian.Account(
    "support",
    account_id=config.require("accountId"),
    display_name="Support" if production else f"Support ({pulumi.get_stack()})",
    settings={
        "enable_recording": True,
        "recording_retention": config.require_int("recordingRetention"),
        "sms_enabled": production,
    },
    on_conflict="fail" if production else "warn",
)
pulumi.export("phone", support.phone)

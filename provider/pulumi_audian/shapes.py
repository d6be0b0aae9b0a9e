"""The shapes of an account's objects: as arguments, whose values may be Outputs, and as outputs of the live account."""

from __future__ import annotations

from typing import TypedDict

import pulumi


class AddressArgs(TypedDict, total=False):
    """The billing address."""

    street: pulumi.Input[str]
    city: pulumi.Input[str]
    state: pulumi.Input[str]
    postal_code: pulumi.Input[str]
    country: pulumi.Input[str]


class SettingsArgs(TypedDict, total=False):
    """The account-level settings; `recording_retention` in whole days, 1 to 365."""

    timezone: pulumi.Input[str]
    language: pulumi.Input[str]
    enable_voice_mail: pulumi.Input[bool]
    enable_recording: pulumi.Input[bool]
    recording_retention: pulumi.Input[int]
    sms_enabled: pulumi.Input[bool]


class Address(TypedDict, total=False):
    """The billing address of the live account."""

    street: str
    city: str
    state: str
    postal_code: str
    country: str


class Settings(TypedDict, total=False):
    """The settings of the live account; `recording_retention` in days."""

    timezone: str
    language: str
    enable_voice_mail: bool
    enable_recording: bool
    recording_retention: int
    sms_enabled: bool

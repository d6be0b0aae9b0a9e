"""What the contract's document can't tell schemathesis."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

import schemathesis
from hypothesis import strategies as st

schemathesis.openapi.format("iana-timezone", st.sampled_from(sorted(available_timezones())))


def filter_body(_context: object, body: Any) -> bool:
    """Leave out 60.0 where 60 is asked for.

    It is an integer to JSON Schema, and need not be one to a server: the emulator refuses it, so that a client which
    sends the engine's doubles is found out.
    """
    settings = body.get("settings") if isinstance(body, Mapping) else None
    return not (isinstance(settings, Mapping) and isinstance(settings.get("recordingRetention"), float))


schemathesis.hook(filter_body)

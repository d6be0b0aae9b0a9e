"""A local Audian account API: the backend of the demo and the adversary of the tests."""

from __future__ import annotations

from audian_emulator.control import Control
from audian_emulator.server import Emulator, create_app
from audian_emulator.state import EmulatorState

__all__ = ["Control", "Emulator", "EmulatorState", "create_app"]

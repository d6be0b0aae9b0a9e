"""How near a slow API's accounts are to the limit: accounts x calls x latency / calls in flight."""

from __future__ import annotations

from pathlib import Path

from audian_emulator import Control
from comparison import WITHOUT_CHECKPOINTS, api_environment, put_accounts
from contenders import CONTENDERS, OURS
from figures import table
from stacks import PulumiStack

SECONDS = 0.05
_IN_FLIGHT = {"adoption": 1, "up": 4, "refresh": 4}
"""How many calls there can be at once: the engine checks one resource at a time, the SDK's host serves four."""


def latency_table(control: Control, root: Path, size: int) -> str:
    """The preview of an adoption, the adoption and a refresh, with an API that takes 50 ms for each call."""
    (ours,) = (contender for contender in CONTENDERS if contender.name == OURS)
    put_accounts(control, size)
    stack = PulumiStack(root / "latency", ours, size, {**api_environment(control), **WITHOUT_CHECKPOINTS})
    rows = []
    for operation, in_flight in _IN_FLIGHT.items():
        control.clear()
        control.fault(times=0, delay_seconds=SECONDS)
        usage = stack.measure(operation)
        control.clear_faults()
        calls = len(control.requests())
        limit = calls * SECONDS / in_flight
        rows.append(
            [
                "preview of the adoption" if operation == "adoption" else operation,
                f"{calls:,}",
                str(in_flight),
                f"{limit:.1f}",
                f"{usage.seconds:.1f}",
                f"{usage.seconds / limit:.2f}",
            ]
        )
    return table((f"{size} accounts, 50 ms", "API calls", "at once", "limit, seconds", "seconds", "x limit"), rows)

"""How near a slow API's accounts are to the limit: accounts x calls x latency / calls in flight."""

from __future__ import annotations

from pathlib import Path

from audian_emulator import Control
from comparison import WITHOUT_CHECKPOINTS, api_environment, put_accounts
from contenders import CONTENDERS, OURS
from figures import table
from stacks import PulumiStack

SECONDS = 0.05
_HOST_THREADS = 4
"""The SDK's dynamic host serves as many calls of the engine at once."""


def latency_table(control: Control, root: Path, size: int) -> str:
    """Adoption and refresh of accounts with an API that takes 50 ms for each call."""
    (ours,) = (contender for contender in CONTENDERS if contender.name == OURS)
    put_accounts(control, size)
    stack = PulumiStack(root / "latency", ours, size, {**api_environment(control), **WITHOUT_CHECKPOINTS})
    rows = []
    for operation in ("up", "refresh"):
        control.clear()
        control.fault(times=0, delay_seconds=SECONDS)
        usage = stack.measure(operation)
        control.clear_faults()
        calls = len(control.requests())
        limit = calls * SECONDS / _HOST_THREADS
        rows.append([operation, f"{calls:,}", f"{limit:.1f}", f"{usage.seconds:.1f}", f"{usage.seconds / limit:.2f}"])
    return table((f"{size} accounts, 50 ms", "API calls", "limit, seconds", "seconds", "x limit"), rows)

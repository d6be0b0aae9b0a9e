"""Items compared in one run: every contender at every size, in turn, so that all see the same machine."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from audian_emulator import Control
from contenders import CONTENDERS
from figures import Figures
from processes import Failed
from stacks import PulumiStack, Stack, TerraformStack

TERRAFORM = "terraform_data"
WITHOUT_CHECKPOINTS = {"PULUMI_SKIP_CHECKPOINTS": "true"}
_SEED = "acc_1234567890"


class Comparison:
    """Measures contenders against one API."""

    def __init__(self, control: Control, root: Path, *, rounds: int, checkpoints_up_to: int) -> None:
        self.figures = Figures()
        self._control = control
        self._root = root
        self._rounds = rounds
        self._checkpoints_up_to = checkpoints_up_to

    def at(self, size: int) -> None:
        """Measure one number of accounts."""
        stacks = self._stacks(size)
        for name in list(stacks):
            if name != TERRAFORM:  # which asks no API, and after which those of the others must be as they left them
                put_accounts(self._control, size)
            if not self._measure(stacks[name], name, "up", size):
                del stacks[name]
        for name, stack in stacks.items():
            self.figures.state_bytes[name, size] = stack.state_bytes()
        for operation, rounds in (("preview", self._rounds), ("refresh", max(1, self._rounds - 1))):
            for _ in range(rounds):
                for name, stack in stacks.items():
                    self._measure(stack, name, operation, size)

    def _stacks(self, size: int) -> dict[str, Stack]:
        environment = {**api_environment(self._control), **self._checkpoints(size)}
        stacks: dict[str, Stack] = {
            contender.name: PulumiStack(self._root / f"{contender.name}-{size}", contender, size, environment)
            for contender in CONTENDERS
        }
        if shutil.which("terraform"):
            stacks[TERRAFORM] = TerraformStack(self._root / f"terraform-{size}", size)
        return stacks

    def _checkpoints(self, size: int) -> Mapping[str, str]:
        return WITHOUT_CHECKPOINTS if size > self._checkpoints_up_to else {}

    def _measure(self, stack: Stack, name: str, operation: str, size: int) -> bool:
        series = self.figures.of(name, operation, size)
        self._control.clear()
        try:
            series.runs.append(stack.measure(operation))
        except Failed as failed:
            series.failure = reason(str(failed))
        series.calls = len(self._control.requests())
        print(f"{operation} {size} {name}: {series.failure or f'{series.runs[-1].seconds:.2f} s'}", flush=True)  # noqa: T201 - progress
        return not series.failure


def api_environment(control: Control) -> dict[str, str]:
    """How a program finds the API."""
    return {"AUDIAN_API_TOKEN": control.full_token, "AUDIAN_API_URL": control.api_url}


def put_accounts(control: Control, size: int) -> None:
    """Make the accounts anew that the contenders declare."""
    template = control.account(_SEED)
    for number in range(size):
        control.put(f"acc_{number}", {**template, "id": f"acc_{number}"})


def reason(output: str) -> str:
    """The name of the error that a failed command printed last."""
    named = re.findall(r"\w+Error\b", output)
    return named[-1] if named else "see the output of the command"

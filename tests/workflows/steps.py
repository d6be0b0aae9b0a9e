"""The action's scripts, run as a runner runs them, with an `audian` command that only notes its arguments."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

CHECKOUT = Path(__file__).parents[2]
ACTION: dict[str, Any] = yaml.safe_load((CHECKOUT / "action.yml").read_text("utf-8"))
AUDIAN = """#!/usr/bin/env bash
printf '%s\\0' "$@" > "$ARGUMENTS_FILE"
for argument in "$@"; do
  case "$argument" in --out=*) printf '%s' "$REPORT" > "${argument#--out=}" ;; esac
done
exit "$STATUS"
"""


def step(name: str) -> dict[str, Any]:
    """One step of the action."""
    return next(step for step in ACTION["runs"]["steps"] if step["name"] == name)


def environment(script: Mapping[str, Any], inputs: Mapping[str, str]) -> dict[str, str]:
    """What the runner sets for a step's script: the inputs, or their defaults."""
    values = {name: str(entry.get("default", "")) for name, entry in ACTION["inputs"].items()} | dict(inputs)
    return {
        name: re.sub(r"\$\{\{ inputs\.(\S+) }}", lambda m: values[m[1]], text)
        for name, text in script.get("env", {}).items()
    }


@dataclass(frozen=True)
class Outcome:
    """How a script ended: its exit code, its log, the step's outputs, and how it called `audian`."""

    code: int
    log: str
    outputs: dict[str, str]
    arguments: list[str]


@dataclass(frozen=True)
class Runner:
    """A workspace on a runner of its own, on whose PATH there is a Python and no `audian`."""

    root: Path

    def __post_init__(self) -> None:
        self.workspace.mkdir(parents=True)
        (self.workspace / "Pulumi.yaml").touch()
        (self.root / "bin").mkdir()
        (self.root / "bin" / "python").symlink_to(Path(sys.executable).resolve())

    @property
    def workspace(self) -> Path:
        """Where the repository is checked out."""
        return self.root / "workspace"

    @property
    def action(self) -> Path:
        """Where the runner keeps the action's own files."""
        return self.root / "action"

    def install_audian(self, environment: str = ".venv") -> None:
        """Put the command into the program's environment, as pip does."""
        command = self.workspace / environment / "bin" / "audian"
        command.parent.mkdir(parents=True)
        command.write_text(AUDIAN, "utf-8")
        command.chmod(0o755)

    def run(
        self,
        name: str,
        inputs: Mapping[str, str] = MappingProxyType({}),
        *,
        status: int = 0,
        report: str = "a report",
        event: str = "pull_request",
    ) -> Outcome:
        """Run a step of the action; `audian` writes its reports and exits with `status`."""
        script, called, outputs = (self.root / file for file in ("script.sh", "arguments", "outputs"))
        script.write_text(step(name)["run"], "utf-8")
        for file in (called, outputs):
            file.write_text("", "utf-8")
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            cwd=self.workspace,
            env={
                "PATH": f"{self.root / 'bin'}:/usr/bin:/bin",
                **environment(step(name), inputs),
                "ARGUMENTS_FILE": str(called),
                "GITHUB_ACTION_PATH": str(self.action),
                "GITHUB_EVENT_NAME": event,
                "GITHUB_OUTPUT": str(outputs),
                "REPORT": report,
                "RUNNER_TEMP": str(self.root),
                "STATUS": str(status),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return Outcome(
            done.returncode,
            done.stdout,
            dict(line.split("=", 1) for line in outputs.read_text("utf-8").splitlines()),
            called.read_text("utf-8").split("\0")[:-1],
        )

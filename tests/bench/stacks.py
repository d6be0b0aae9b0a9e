"""Stacks that commands are measured on: of Pulumi, and the like of Terraform."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import yaml

from contenders import Contender, terraform_configuration
from processes import Usage, run

CHECKOUT = Path(__file__).resolve().parents[2]


class Stack(Protocol):
    """Something with the three operations."""

    def measure(self, operation: str) -> Usage:
        """Run `preview`, `up` or `refresh`; raises `processes.Failed`."""

    def state_bytes(self) -> int:
        """The size of the state file as it is stored."""


class PulumiStack:
    """A stack of a program in a directory of its own, with a backend of files."""

    def __init__(self, directory: Path, contender: Contender, size: int, environment: Mapping[str, str]) -> None:
        (directory / "backend").mkdir(parents=True)
        project = yaml.safe_load((CHECKOUT / "Pulumi.yaml").read_text("utf-8"))
        project["runtime"]["options"]["virtualenv"] = sys.prefix
        (directory / "Pulumi.yaml").write_text(yaml.safe_dump(project), "utf-8")
        for name, text in contender.files(size).items():
            (directory / name).write_text(text, "utf-8")
        self._directory = directory
        self._environment = {
            **environment,
            "PULUMI_BACKEND_URL": f"file://{directory / 'backend'}",
            "PULUMI_CONFIG_PASSPHRASE": "bench",
            "PULUMI_HOME": str(directory / "home"),
            "PULUMI_SKIP_UPDATE_CHECK": "1",
        }
        self._run("stack", "init", "bench")

    def measure(self, operation: str) -> Usage:
        """Run one operation, also an `adoption`'s preview, as a user would: at the engine's own parallelism."""
        arguments = {
            "adoption": ("preview",),
            "preview": ("preview", "--expect-no-changes"),
            "up": ("up", "--yes", "--skip-preview"),
            "refresh": ("refresh", "--yes", "--skip-preview", "--expect-no-changes"),
        }
        return self._run(*arguments[operation])

    def state_bytes(self) -> int:
        """The size of the checkpoint."""
        (checkpoint,) = self._directory.glob("backend/.pulumi/stacks/*/bench.json")
        return checkpoint.stat().st_size

    def _run(self, *arguments: str) -> Usage:
        return run(["pulumi", *arguments, "--non-interactive"], self._directory, self._environment)[0]


class TerraformStack:
    """A directory of Terraform's own resources, which need no provider to be installed."""

    def __init__(self, directory: Path, size: int) -> None:
        directory.mkdir(parents=True)
        (directory / "main.tf.json").write_text(terraform_configuration(size), "utf-8")
        self._directory = directory
        self._run("init")

    def measure(self, operation: str) -> Usage:
        """Run the command that does the same."""
        arguments = {
            "preview": ("plan", "-detailed-exitcode"),
            "up": ("apply", "-auto-approve"),
            "refresh": ("apply", "-refresh-only", "-auto-approve"),
        }
        return self._run(*arguments[operation])

    def state_bytes(self) -> int:
        """The size of the state file."""
        return (self._directory / "terraform.tfstate").stat().st_size

    def _run(self, *arguments: str) -> Usage:
        environment = {"CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}
        return run(["terraform", *arguments, "-input=false", "-no-color"], self._directory, environment)[0]

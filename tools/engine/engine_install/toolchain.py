"""The Go toolchain that builds the engine."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from engine_install.errors import SourceError
from engine_install.process import Command, run

if TYPE_CHECKING:
    from collections.abc import Mapping


class Go:
    """A go command and the environment to run it in.

    Raises SourceError when there is none, or when it is too old and may not fetch a newer one.
    """

    def __init__(self, required: str, temporary: Path) -> None:
        found = shutil.which("go")
        if found is None:
            message = "no go command on PATH"
            raise SourceError(message)
        self._path = str(Path(found).absolute())
        self._environment = {**os.environ, **_settings(temporary), **self._upgrade(required, temporary)}

    def command(self, directory: Path, *arguments: str) -> Command:
        """Return `go <arguments>`, to be run in a module's directory."""
        return Command((self._path, *arguments), directory, self._environment)

    def _upgrade(self, required: str, outside_modules: Path) -> Mapping[str, str]:
        version, policy = self._version_and_policy(outside_modules)
        if _numbers(version) >= _numbers(required):
            return {}
        if not policy.endswith("auto"):
            message = f"{self._path} is {version}, and the Pulumi CLI needs Go {required} or newer"
            if policy:
                message += f" (GOTOOLCHAIN={policy} keeps it from fetching one)"
            raise SourceError(message)
        # The language plugin's go.mod asks for less than its own `tool` line needs.
        return {"GOTOOLCHAIN": f"go{required}+auto"}

    def _version_and_policy(self, outside_modules: Path) -> tuple[str, str]:
        arguments = (self._path, "env", "GOVERSION", "GOTOOLCHAIN")
        lines: list[str] = []
        code = run(Command(arguments, outside_modules, os.environ), lines.append)
        if code or not lines:
            message = f"{self._path} env failed: {' '.join(lines)}"
            raise SourceError(message)
        return lines[0], "".join(lines[1:])


def _settings(temporary: Path) -> Mapping[str, str]:
    """Return what keeps a user's own Go settings from changing the build."""
    return {
        "GO111MODULE": "on",
        "GOFLAGS": "-mod=readonly",
        "GOWORK": "off",
        "GOTMPDIR": str(temporary),
    }


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version)[:3])

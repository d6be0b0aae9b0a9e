"""Clean environments, as a user makes them: an interpreter, a built wheel, and nothing of this checkout."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
UV = Path(sys.executable).with_name("uv")
_REGISTRY = ("--quiet", "--system-certs")  # as pip does


@dataclass(frozen=True)
class Environment:
    """An environment in a directory of its own."""

    directory: Path

    @property
    def commands(self) -> Path:
        """The directory of its commands."""
        return self.directory / "bin"

    def install(self, *arguments: str | Path) -> None:
        """`uv pip install` into it; registries are asked for what no cache holds."""
        subprocess.run([UV, "pip", "install", *_REGISTRY, "--python", self.directory, *arguments], check=True)

    def run(self, command: str, *arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Run one of its commands, with all that it printed in one text."""
        return subprocess.run(
            [self.commands / command, *arguments],
            cwd=cwd or self.directory,
            env={name: value for name, value in os.environ.items() if not name.startswith("PYTHON")},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            check=False,
        )


def make(directory: Path, version: str) -> Environment:
    """An environment with pip and nothing else; the test is skipped where no such interpreter is found."""
    interpreter = _find_interpreter(version)
    if interpreter is None:
        pytest.skip(f"no Python {version} on this machine")
    # The engine asks pip what is installed.
    subprocess.run([UV, "venv", *_REGISTRY, "--seed", "--python", interpreter, directory], check=True)
    return Environment(directory)


def _find_interpreter(version: str) -> str | None:
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    for request in (version, *sorted(map(str, pyenv.glob(f"versions/{version}.*/bin/python")))):
        find = [str(UV), "python", "find", "--system", "--no-python-downloads", request]
        found = subprocess.run(find, capture_output=True, text=True, check=False)
        if found.returncode == 0:
            return found.stdout.strip()
    return None

"""The distributions that are published, built as a release builds them."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.packaging.environments import UV


@dataclass(frozen=True)
class Distributions:
    """What is published: the library's wheel and source distribution, and the emulator's wheel."""

    wheel: Path
    sdist: Path
    emulator: Path


def build(source: Path, kind: str, target: Path) -> Path:
    """Build one distribution of a source tree or a source distribution, with the build backend of this environment."""
    offline = ("--offline", "--no-build-isolation", "--python", sys.executable)
    subprocess.run(
        [UV, "build", "--quiet", "--no-create-gitignore", *offline, kind, "--out-dir", target, source], check=True
    )
    (built,) = target.iterdir()
    return built

"""A repo of a user in place of this checkout's project: its own files, its own stack, its own environment."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from workbench import Workbench


def move_in(bench: Workbench, source: Path, stack: str, environment: Path) -> None:
    """Replace the workbench's project by a copy of a folder, with an environment activated as `.venv`."""
    shutil.rmtree(bench.directory)
    shutil.copytree(source, bench.directory, ignore=shutil.ignore_patterns(".venv", "__pycache__"))
    (bench.directory / ".venv").symlink_to(environment)
    bench.environment |= {
        "PATH": os.pathsep.join([str(environment / "bin"), bench.environment["PATH"]]),
        "AUDIAN_API_URL": bench.api.api_url,
    }
    bench.environment.pop("PYTHONPATH", None)
    bench.command("stack", "init", stack)

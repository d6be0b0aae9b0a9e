"""The engine as the official installer delivers it."""

from __future__ import annotations

import os
import re
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from engine_install.errors import SourceError
from engine_install.process import Command, run
from engine_install.progress import Progress

if TYPE_CHECKING:
    from engine_install.staging import Staging

STALL_SECONDS = 20.0
_MEGABYTE = 1_000_000
_ANSI_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def fetch(staging: Staging, stall_seconds: float = STALL_SECONDS) -> None:
    """Install the engine with the Pulumi SDK's installer.

    Raises SourceError when that fails, or when nothing has arrived for `stall_seconds`.
    """
    lines: list[str] = []
    progress = Progress(f"installing the Pulumi CLI {staging.engine.version} from pulumi.com")
    stall = _StallGuard(staging, progress, stall_seconds)
    try:
        code = run(_command(staging), lines.append, stall.check)
    finally:
        progress.end()
    if code:
        raise SourceError(_reason(lines) or f"exit code {code}")


class _StallGuard:
    """Tells a slow download from one that gets nowhere, by the bytes that have arrived."""

    def __init__(self, staging: Staging, progress: Progress, seconds: float) -> None:
        self._directory = staging.temporary.parent
        self._progress = progress
        self._seconds = seconds
        self._size = 0
        self._grown = time.monotonic()

    def check(self) -> None:
        size = _size(self._directory)
        if size != self._size:
            self._size, self._grown = size, time.monotonic()
        if time.monotonic() - self._grown > self._seconds:
            message = f"nothing arrived for {self._seconds:g} seconds"
            raise SourceError(message)
        self._progress.report(f"{size // _MEGABYTE} MB")


def _reason(lines: list[str]) -> str:
    """Return the installer's own error line, which advice may follow, or else its last line."""
    plain = [_ANSI_COLOUR.sub("", line).strip() for line in lines if line.strip()]
    errors = [line for line in plain if line.startswith("error:")]
    return (errors or plain[-1:] or [""])[0]


def _command(staging: Staging) -> Command:
    version = staging.engine.version.removeprefix("v")
    return Command(
        (sys.executable, "-m", "engine_install.download", str(staging.engine.root), version),
        Path(__file__).resolve().parents[1],
        {**os.environ, "TMPDIR": str(staging.temporary)},
    )


def _size(directory: Path) -> int:
    return sum(_file_size(Path(parent) / name) for parent, _, names in os.walk(directory) for name in names)


def _file_size(path: Path) -> int:
    try:
        return path.lstat().st_size
    except FileNotFoundError:
        return 0

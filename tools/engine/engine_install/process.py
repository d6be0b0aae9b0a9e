"""Child processes that never outlive the installer's interest in them."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine_install import interruption

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path
    from typing import IO

_TICK_SECONDS = 0.2


@dataclass(frozen=True)
class Command:
    """A program to run: arguments, working directory, whole environment."""

    arguments: Sequence[str]
    directory: Path
    environment: Mapping[str, str]


def run(
    command: Command,
    on_line: Callable[[str], None],
    on_tick: Callable[[], None] = lambda: None,
) -> int:
    """Run a command, hand over each line of its output, and return its exit code.

    `on_tick` is called several times a second while nothing is printed. Whatever ends the run
    early, an exception of a callback or an interruption, kills the command and its children.
    """
    process = subprocess.Popen(
        command.arguments,
        cwd=command.directory,
        env=command.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    try:
        _follow(process, on_line, on_tick)
        return process.wait()
    finally:
        _kill_group(process)


def _follow(
    process: subprocess.Popen[str],
    on_line: Callable[[str], None],
    on_tick: Callable[[], None],
) -> None:
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(process.stdout, lines), daemon=True).start()
    while True:
        interruption.check()
        try:
            line = lines.get(timeout=_TICK_SECONDS)
        except queue.Empty:
            on_tick()
            continue
        if line is None:
            return
        on_line(line)


def _read(stream: IO[str], lines: queue.SimpleQueue[str | None]) -> None:
    with stream:
        for line in stream:
            lines.put(line.rstrip())
    lines.put(None)


def _kill_group(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

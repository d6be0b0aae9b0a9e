"""One command with everything it starts: how long it takes, and how much of the processors each part uses."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

import psutil

_PARTS = {"pulumi-language-python-exec": "program", "pulumi.dynamic": "host"}
_SECONDS_BETWEEN_LOOKS = 0.05


@dataclass(frozen=True)
class Usage:
    """What a command took: seconds on the clock, and of the processors and megabytes at the peak by part.

    The parts are the `program`, the dynamic provider's `host`, and the `engine`, which is everything else.
    """

    seconds: float
    processor: Mapping[str, float]
    megabytes: Mapping[str, int]

    @property
    def processor_seconds(self) -> float:
        """Seconds of the processors that all parts used together."""
        return sum(self.processor.values())


class Failed(Exception):
    """A command that ended with an error; the text is its output."""


def run(
    command: list[str], directory: Path, environment: Mapping[str, str], *, may_exit_with: int = 0
) -> tuple[Usage, str]:
    """Run a command and return what it took and what it printed; raises `Failed`."""
    started = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=directory,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    watch = _Watch(process.pid)
    output, _ = process.communicate()
    seconds = time.perf_counter() - started
    usage = watch.stopped(seconds)
    if process.returncode not in (0, may_exit_with):
        raise Failed(output)
    return usage, output


class _Watch(Thread):
    """Looks at a process and its descendants until it is stopped: what one used is gone when it ends."""

    def __init__(self, root: int) -> None:
        super().__init__(daemon=True)
        self._root = root
        self._done = Event()
        self._seen: dict[int, tuple[str, float, int]] = {}
        self.start()

    def run(self) -> None:
        """Look, until stopped."""
        while not self._done.wait(_SECONDS_BETWEEN_LOOKS):
            with suppress(psutil.Error):
                root = psutil.Process(self._root)
                for process in [root, *root.children(recursive=True)]:
                    self._look_at(process)

    def stopped(self, seconds: float) -> Usage:
        """What was seen."""
        self._done.set()
        self.join()
        processor: dict[str, float] = {}
        megabytes: dict[str, int] = {}
        for part, used, resident in self._seen.values():
            processor[part] = processor.get(part, 0) + used
            megabytes[part] = max(megabytes.get(part, 0), resident)
        return Usage(seconds, processor, megabytes)

    def _look_at(self, process: psutil.Process) -> None:
        with suppress(psutil.Error), process.oneshot():
            command = " ".join(process.cmdline())
            if not command:  # it has ended
                return
            part = next((part for name, part in _PARTS.items() if name in command), "engine")
            times = process.cpu_times()
            peak = max(process.memory_info().rss >> 20, self._seen.get(process.pid, ("", 0, 0))[2])
            self._seen[process.pid] = (part, times.user + times.system, peak)

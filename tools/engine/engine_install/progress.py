"""What the installer says on stderr."""

from __future__ import annotations

import os
import sys
import time

_REPORT_SECONDS = 30.0
_REDRAW_SECONDS = 0.2
_USUAL_COLUMNS = 80


def say(message: str) -> None:
    """Write one line."""
    sys.stderr.write(f"{message}\n")
    sys.stderr.flush()


class Progress:
    """A task under way: a live line on a terminal, elsewhere a plain line every 30 seconds."""

    def __init__(self, task: str) -> None:
        self._task = task
        self._live = sys.stderr.isatty()
        self._interval = _REDRAW_SECONDS if self._live else _REPORT_SECONDS
        self._reported = time.monotonic()
        self._show("")

    def report(self, state: str) -> None:
        """Show the state of the task, unless the last report is too recent."""
        now = time.monotonic()
        if now - self._reported >= self._interval:
            self._reported = now
            self._show(f": {state}")

    def end(self) -> None:
        """Leave the terminal's cursor on a line of its own."""
        if self._live:
            say("")

    def _show(self, state: str) -> None:
        if not self._live:
            say(f"{self._task}{state}")
            return
        # Of a line too long for the terminal, the state is what changes.
        task = self._task[: max(_columns() - len(state) - 1, 0)]
        sys.stderr.write(f"\r\x1b[K{task}{state}")
        sys.stderr.flush()


def _columns() -> int:
    return os.get_terminal_size(sys.stderr.fileno()).columns or _USUAL_COLUMNS

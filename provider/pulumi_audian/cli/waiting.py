"""Shows on a terminal what a command waits for, and nothing in a CI job or where errors go to a file.

What it needs of Rich is imported there: commands start without it.
"""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from pulumi_audian.legible import visible
from pulumi_audian.report.escaping import excerpt, without_commands

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.progress import Progress

_NOT_CI = ("", "0", "false")
_LONGEST = 300
_DAY_SECONDS = 86_400


@dataclass
class Wait:
    """What is waited for: how much of it is done, and what happens meanwhile."""

    done: int = 0
    said: str = ""

    def advance(self) -> None:
        """One more is done."""
        self.done += 1
        self.said = ""

    def say(self, text: str) -> None:
        """Show a fact of the moment, such as another attempt, until the next one."""
        self.said = text


def is_watched() -> bool:
    """Whether somebody sits at a terminal and waits."""
    return sys.stderr is not None and sys.stderr.isatty() and os.environ.get("CI", "").lower() in _NOT_CI


@contextmanager
def waiting(
    what: str,
    *,
    total: int | None = None,
    most_seconds: float = math.inf,
    meanwhile: Callable[[], str] = lambda: "",
) -> Iterator[Wait]:
    """Show what is waited for, with the time, until the block ends.

    Of what is worth counting, `total` is how many there are. `most_seconds` is after how long the wait ends by itself.
    `meanwhile` is asked several times a second for what happens, where nothing was said.
    """
    wait = Wait()
    if not is_watched():
        yield wait
        return
    from rich.console import Console
    from rich.live import Live

    progress = _progress(what, total, most_seconds)
    with Live(
        get_renderable=lambda: _shown(progress, wait, meanwhile),
        console=Console(stderr=True),
        transient=True,
        # The command's own output goes where it is sent.
        redirect_stdout=False,
        redirect_stderr=False,
    ):
        yield wait


def _progress(what: str, total: int | None, most_seconds: float) -> Progress:
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    counted = (BarColumn(20), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn(), TextColumn("left"))
    limit = f"of at most {timedelta(seconds=round(most_seconds))}" if most_seconds < _DAY_SECONDS else ""
    lasting = (TimeElapsedColumn(), TextColumn(limit))
    progress = Progress(TextColumn("{task.description}", markup=False), *(counted if total and total > 1 else lasting))
    progress.add_task(visible(what), total=total)
    return progress


def _shown(progress: Progress, wait: Wait, meanwhile: Callable[[], str]) -> RenderableType:
    from rich.console import Group
    from rich.padding import Padding
    from rich.text import Text

    progress.update(progress.task_ids[0], completed=wait.done)
    line = without_commands(str(excerpt(wait.said or meanwhile(), _LONGEST)))
    detail = Padding(Text(line, style="dim", overflow="fold"), (0, 0, 0, 2))
    return Group(progress.get_renderable(), *([detail] if line else []))

"""Signals that end an installation, noticed where it is safe to stop."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType

_received: list[int] = []


class Interrupted(BaseException):
    """A signal asked the installation to end; `signum` is its number."""

    def __init__(self, signum: int) -> None:
        super().__init__(signum)
        self.signum = signum


def watch() -> None:
    """Note INT, TERM and HUP from now on instead of dying of them."""
    for signum in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signum, _note)
    # Under nohup, HUP is ignored on purpose.
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, _note)


def check() -> None:
    """Raise Interrupted when a signal has come.

    Raising here, never in the handler, leaves no moment in which a child process or a staging
    directory exists without the block that removes it.
    """
    if _received:
        raise Interrupted(_received[0])


def _note(signum: int, _frame: FrameType | None) -> None:
    _received.append(signum)

"""Kill -9 for the processes of one command: found by its session, so that nobody else's are touched."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path

VICTIMS = {"program": "pulumi-language-python-exec", "provider": "pulumi.dynamic"}
"""By victim: what its command line holds; the engine is the first process of its session."""


def members(session: int) -> dict[int, str]:
    """The command lines of a session's living processes, by process id; arguments end with NUL."""
    found: dict[int, str] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with contextlib.suppress(OSError):
                fields = (entry / "stat").read_text().rsplit(") ", 1)[1].split()
                if int(fields[3]) == session and fields[0] != "Z":
                    found[int(entry.name)] = (entry / "cmdline").read_text(errors="replace")
    return found


def kill(session: int, victim: str) -> bool:
    """Kill the victim's processes of a session; tells whether there was one."""
    if victim == "engine":
        return _kill(session)
    killed = [_kill(pid) for pid, line in members(session).items() if VICTIMS[victim] in line]
    return any(killed)


def end(session: int) -> None:
    """Kill all that is left of a session, and wait until it is gone."""
    while left := members(session):
        for pid in left:
            _kill(pid)
        time.sleep(0.02)


def _kill(pid: int) -> bool:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True

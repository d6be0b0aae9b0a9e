"""A command on a terminal of 80 columns: what it shows there while it runs, and when."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

COLUMNS = 80
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@dataclass(frozen=True)
class Shown:
    """What a command left: exit code, seconds from the first look of it to its end, standard output, the terminal."""

    code: int
    seconds: float
    output: str
    terminal: str

    @property
    def lines(self) -> list[str]:
        """Every line that was ever on the terminal."""
        return [line for line in re.split(r"[\r\n]+", _CONTROL.sub("", self.terminal)) if line.strip()]

    def showed(self, pattern: str) -> bool:
        """Whether the terminal had this at some time, on one line or several."""
        return re.search(pattern, " ".join(" ".join(self.lines).split())) is not None


def on_terminal(directory: Path | str, environment: Mapping[str, str], *arguments: str, ci: str = "") -> Shown:
    """Run the command with its errors, and nothing else, on a terminal; `ci` is the variable by which jobs are told."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, COLUMNS, 0, 0))
    settings = {**environment, "CI": ci, "COLUMNS": "", "TERM": "xterm-256color"}
    with tempfile.TemporaryFile() as output:
        started = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, "-c", "from pulumi_audian.cli import main; main()", *arguments],
            cwd=directory,
            env=settings,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=slave,
        )
        os.close(slave)
        first, pieces = None, []
        for piece in _pieces(master):
            first = first or time.monotonic()
            pieces.append(piece)
        code = process.wait(timeout=120)
        ended = time.monotonic()
        os.close(master)
        output.seek(0)
        text = b"".join(pieces).decode()
        return Shown(code, ended - (first or started), output.read().decode(), text)


def _pieces(master: int) -> Iterator[bytes]:
    while True:
        try:
            piece = os.read(master, 65_536)
        except OSError:  # Linux says so at the end
            return
        if not piece:
            return
        yield piece

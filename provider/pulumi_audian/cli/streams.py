"""What a command reads and writes as text: no output fails, and saved text is read as it was encoded."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any, TextIO

import typer


def prepare_output() -> None:
    """Let nothing that is written to standard output or error output end a command.

    What the terminal's encoding lacks is written as an escape, and what nobody reads any more is dropped: a report to
    `head -1` still goes to files and to GitHub, and has its exit code.
    """
    sys.stdout, sys.stderr = _lasting(sys.stdout), _lasting(sys.stderr)


class _Pipe(io.FileIO):
    """A file descriptor whose reader may leave."""

    def write(self, data: Any, /) -> int:
        try:
            return super().write(data)
        except BrokenPipeError:
            return len(data)


def _lasting(stream: TextIO) -> TextIO:
    if not isinstance(stream, io.TextIOWrapper):  # none at all, or that of a program which runs this one
        return stream
    if stream.isatty():
        stream.reconfigure(errors="backslashreplace")
        return stream
    return io.TextIOWrapper(
        io.BufferedWriter(_Pipe(stream.fileno(), "wb", closefd=False)),
        encoding=stream.encoding,
        errors="backslashreplace",
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )


def saved_text(name: str) -> str:
    """The text of a file, or of standard input for `-`, in UTF-8 or UTF-16, with or without a byte order mark.

    PowerShell's `>` writes UTF-16. Raises `OSError`, or `UnicodeDecodeError` where it is no text.
    """
    if name == "-" and sys.stdin.isatty():
        typer.echo("audian: reading from the terminal; end with Ctrl-D", err=True)
    data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    return data.decode(json.detect_encoding(data))

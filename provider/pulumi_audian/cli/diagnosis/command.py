"""Runs another program for its answer, which may be that there is none."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

_SECONDS = 30
_USER_INFORMATION = re.compile(r"//[^/@\s]*@")


class NoAnswerOf(Exception):
    """A program could not be asked; the text says why, without a credential that a URL in it may hold."""

    def __init__(self, reason: str) -> None:
        super().__init__(without_credentials(reason))


def without_credentials(text: str) -> str:
    """A text without the user and the password of the URLs in it."""
    return _USER_INFORMATION.sub("//", text)


def answer(command: Sequence[str | Path], directory: Path) -> str:
    """What a program prints; raises `NoAnswerOf` with the last line of its complaint where it fails."""
    try:
        done = subprocess.run(  # noqa: S603 - the user's own tools
            command, cwd=directory, stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise NoAnswerOf(f"no answer in {_SECONDS} seconds") from None
    except OSError as error:
        raise NoAnswerOf(f"can't be started ({error.strerror})") from None
    if done.returncode:
        said = (done.stderr or done.stdout).decode("utf-8", "replace").strip().splitlines()
        raise NoAnswerOf(said[-1].removeprefix("error: ") if said else f"exit code {done.returncode}")
    return done.stdout.decode("utf-8", "replace").strip()


def pulumi(directory: Path, *arguments: str) -> str:
    """What a command of the engine's CLI prints; raises `NoAnswerOf`."""
    found = shutil.which("pulumi")
    if found is None:
        raise NoAnswerOf("there is no pulumi command")
    return answer([found, *arguments, "--non-interactive", "--color", "never"], directory)


def as_map(text: str) -> dict[str, Any]:
    """A JSON object that a program printed; raises `NoAnswerOf` where it is none."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise NoAnswerOf("its answer can't be read")
    return value

"""Runs the engine's command and keeps what it printed, however it ended."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from pulumi_audian.report.model import Purpose
from pulumi_audian.report.reading import Printed

COMMANDS = {
    Purpose.PREVIEW: ("preview", "--json", "--show-sames", "--non-interactive"),
    Purpose.DRIFT: ("refresh", "--preview-only", "--json", "--show-sames", "--non-interactive"),
}
_SECRET_NAMES = re.compile(r"TOKEN|API_?KEY|SECRET|PASSPHRASE|PASSWORD|CREDENTIAL", re.IGNORECASE)
# The first one changes the form of a preview; the other is for comments, and not for the program that is previewed.
_NOT_FOR_THE_ENGINE = ("PULUMI_ENABLE_STREAMING_JSON_PREVIEW", "AUDIAN_GITHUB_TOKEN")
_SHORTEST_SECRET = 8
_GRACE_SECONDS = 10


def run(purpose: Purpose, directory: Path, stack: str | None, arguments: Sequence[str], timeout: float) -> Printed:
    """What the engine prints for one stack, in at most `timeout` seconds, secrets of the environment masked."""
    with TemporaryDirectory(prefix="audian-") as temporary:
        log = Path(temporary) / "events.json"
        options = [*(("--stack", stack) if stack else ()), *arguments]
        if any(argument.startswith("--policy-pack") for argument in arguments):
            options += ["--event-log", str(log)]
        printed = _run([*COMMANDS[purpose], *options], directory, timeout)
        return _masked(replace(printed, events=log.read_text("utf-8") if log.exists() else ""))


def _run(arguments: Sequence[str], directory: Path, timeout: float) -> Printed:
    command = ["pulumi", *arguments]
    environment = {name: value for name, value in os.environ.items() if name not in _NOT_FOR_THE_ENGINE}
    environment["PULUMI_DEBUG_COMMANDS"] = "1"  # without it --event-log is not known
    try:
        process = subprocess.Popen(  # noqa: S603 - the user's own command
            command,
            cwd=directory,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        where = "" if directory.is_dir() else f" in {directory}"
        return Printed("", reason=f"could not be started{where} ({error.strerror}); install the Pulumi CLI")
    return _ended(process, timeout)


def _ended(process: subprocess.Popen[bytes], timeout: float) -> Printed:
    reason = ""
    try:
        output, errors = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        reason = f"was stopped after {timeout:g} seconds (--timeout)"
        output, errors = _stopped(process)
    except BaseException:
        # Ctrl-C reaches only this process: the engine runs in a session of its own, so that all of it can be stopped.
        _stopped(process)
        raise
    return Printed(output.decode("utf-8", "replace"), errors.decode("utf-8", "replace"), process.returncode, reason)


def _stopped(process: subprocess.Popen[bytes]) -> tuple[bytes, bytes]:
    # The engine's session may have ended meanwhile.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGINT)
    try:
        return process.communicate(timeout=_GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        return process.communicate()


def _masked(printed: Printed) -> Printed:
    found = {
        value for name, value in os.environ.items() if _SECRET_NAMES.search(name) and len(value) >= _SHORTEST_SECRET
    }
    texts = [printed.output, printed.errors, printed.events]
    for value in sorted(found, key=len, reverse=True):
        texts = [text.replace(value, "[secret]") for text in texts]
    output, errors, events = texts
    return replace(printed, output=output, errors=errors, events=events)

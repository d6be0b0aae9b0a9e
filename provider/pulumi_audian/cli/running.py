"""Runs the engine's command and keeps what it printed, however it ended."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from pulumi_audian.cli.underway import UnderWay
from pulumi_audian.cli.waiting import is_watched, waiting
from pulumi_audian.records import FILE_VARIABLE
from pulumi_audian.report.model import Purpose
from pulumi_audian.report.reading import Printed
from pulumi_audian.settings import INTERACTIVE_VARIABLE

COMMANDS = {
    Purpose.PREVIEW: ("preview", "--json", "--show-sames", "--non-interactive"),
    Purpose.DRIFT: ("refresh", "--preview-only", "--json", "--show-sames", "--non-interactive"),
}
_SECRET_NAMES = re.compile(r"TOKEN|API_?KEY|SECRET|PASSPHRASE|PASSWORD|CREDENTIAL", re.IGNORECASE)
# Variables that change what the engine does in a preview or how it tells it, but for the first one: that token is for
# comments, and not for the program that is previewed.
_NOT_FOR_THE_ENGINE = frozenset(
    {
        "AUDIAN_GITHUB_TOKEN",
        "PULUMI_CONTINUE_ON_ERROR",
        "PULUMI_COPILOT",
        "PULUMI_DISABLE_OUTPUT_VALUES",
        "PULUMI_DISABLE_PROVIDER_PREVIEW",
        "PULUMI_DISABLE_REFRESH_BEFORE_UPDATE",
        "PULUMI_DISABLE_RESOURCE_REFERENCES",
        "PULUMI_ENABLE_LEGACY_DIFF",
        "PULUMI_ENABLE_LEGACY_REFRESH_DIFF",
        "PULUMI_ENABLE_STREAMING_JSON_PREVIEW",
        "PULUMI_EXPERIMENTAL",
        "PULUMI_LEGACY_PROVIDER_PREVIEW",
        "PULUMI_NEO",
        "PULUMI_RUN_PROGRAM",
    }
)
_OPTIONS = "PULUMI_OPTION_"
"""How variables begin that stand for options of the engine's commands."""
_FOR_THE_ENGINE = {
    "PULUMI_DEBUG_COMMANDS": "1",  # without it --event-log is not known
    "PULUMI_SUPPRESS_NEO_LINK": "1",
}
_SELECTING = ("--target", "-t", "--exclude")
"""How options begin that have the engine look at a part of the stack."""
_SHORTEST_SECRET = 8
_GRACE_SECONDS = 10


def run(purpose: Purpose, directory: Path, stack: str | None, arguments: Sequence[str], timeout: float) -> Printed:
    """What the engine prints for one stack, in at most `timeout` seconds, secrets of the environment masked."""
    with TemporaryDirectory(prefix="audian-") as temporary:
        log, records = Path(temporary) / "events.json", Path(temporary) / "records"
        options = [*(("--stack", stack) if stack else ()), *arguments]
        judged = any(argument.startswith("--policy-pack") for argument in arguments)
        if judged or (is_watched() and not any(argument.startswith("--event-log") for argument in arguments)):
            options += ["--event-log", str(log)]
        records.touch(mode=0o600)
        what = f"pulumi {COMMANDS[purpose][0]} of {stack or 'the selected stack'}"
        with waiting(what, most_seconds=timeout, meanwhile=UnderWay(log)):
            printed = _run([*COMMANDS[purpose], *options], directory, timeout, records)
        return _masked(
            replace(
                printed,
                events=log.read_text("utf-8") if judged and log.exists() else "",
                # A refresh checks no declarations, and so leaves none.
                records=records.read_text("utf-8", "replace") if purpose is Purpose.PREVIEW else None,
                selection=selecting(arguments),
            )
        )


def selecting(arguments: Iterable[str]) -> tuple[str, ...]:
    """The options among arguments for the engine by which it looks at a part of the stack."""
    names = [argument.split("=", 1)[0] for argument in arguments if argument.startswith(_SELECTING)]
    return tuple(dict.fromkeys(names))


def _run(arguments: Sequence[str], directory: Path, timeout: float, records: Path) -> Printed:
    command = ["pulumi", *arguments]
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in _NOT_FOR_THE_ENGINE and not name.startswith(_OPTIONS)
    }
    environment |= {
        **_FOR_THE_ENGINE,
        FILE_VARIABLE: str(records),
        **({INTERACTIVE_VARIABLE: "1"} if is_watched() else {}),
    }
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
    texts = [printed.output, printed.errors, printed.events, printed.records or ""]
    for value in sorted(found, key=len, reverse=True):
        texts = [text.replace(value, "[secret]").replace(json.dumps(value)[1:-1], "[secret]") for text in texts]
    output, errors, events, records = texts
    kept = None if printed.records is None else records
    return replace(printed, output=output, errors=errors, events=events, records=kept)

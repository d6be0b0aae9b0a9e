"""One command of the engine, with or without a process of it being killed."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.chaos import killing
from tests.chaos.kinds import HELD
from tests.chaos.stories import Kill
from tests.property.stack_model import Stored

from audian_emulator import Emulator
from workbench import TYPE, Workbench

_LONGEST_SECONDS = 300


@dataclass(frozen=True)
class Done:
    """How a command ended: its exit code, what it printed and warned of, whom the killer met, if state tore."""

    code: int
    text: str
    warnings: tuple[str, ...]
    killed: str
    torn: bool


class Shell:
    """Runs commands of one workbench, each in a session of its own."""

    def __init__(self, bench: Workbench, emulator: Emulator) -> None:
        self._bench = bench
        self._emulator = emulator
        self._events = bench.directory.parent / "chaos-events.json"
        self._output = bench.directory.parent / "chaos-output.txt"

    def run(self, command: str, *arguments: str, kill: Kill | None = None, lingers: float = 0) -> Done:
        """Run a command to its end; what a kill leaves behind lingers for some seconds before it is killed too."""
        self._events.unlink(missing_ok=True)
        line = ["pulumi", command, "--yes", "--skip-preview", "--non-interactive", "--color", "never", *arguments]
        with self._output.open("wb") as output:
            process = subprocess.Popen(
                [*line, "--event-log", str(self._events)],
                cwd=self._bench.directory,
                env=self._bench.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            killed = kill.victim if kill and self._killed(kill, process) else ""
            try:
                process.wait(_LONGEST_SECONDS)
            finally:
                if killed == "engine":
                    time.sleep(lingers)
                killing.end(process.pid)
                process.wait()
        torn = mended(self._bench)
        if killed:
            self._bench.execute("cancel", "--yes")
        text = self._output.read_text("utf-8", errors="replace")
        return Done(process.returncode, text, () if killed else self._warnings(), killed, torn)

    def _killed(self, kill: Kill, process: subprocess.Popen[bytes]) -> bool:
        """Wait for the moment of a kill, and carry it out; False where the command ended before."""
        log, started = self._emulator.state.log, time.monotonic()
        first = len(log.entries)
        moments: dict[bool, Callable[[], bool]] = {
            bool(kill.accounts): lambda: any(entry.fault == HELD for entry in log.entries[first:]),
            kill.request > 0: lambda: len(log.entries) - first >= kill.request,
            kill.seconds > 0: lambda: time.monotonic() - started >= kill.seconds,
        }
        has_come = moments[True]
        while process.poll() is None:
            if has_come() and killing.kill(process.pid, kill.victim):
                return True
            time.sleep(0.005)
        return False

    def _warnings(self) -> tuple[str, ...]:
        lines = self._events.read_text("utf-8").splitlines() if self._events.exists() else []
        found = [json.loads(line).get("diagnosticEvent", {}) for line in lines]
        return tuple(event["message"] for event in found if event.get("severity", "").startswith("warning"))


def _state_file(bench: Workbench) -> Path:
    return bench.directory.parent / "backend" / ".pulumi" / "stacks" / "audian" / "test.json"


def mended(bench: Workbench) -> bool:
    """Remove the attributes of the state file where a kill left them half written; tells whether it did.

    The engine's file backend replaces the state in one step, but not the attributes beside it, and does without them.
    """
    attributes = _state_file(bench).with_suffix(".json.attrs")
    try:
        json.loads(attributes.read_text("utf-8"))
    except ValueError:
        attributes.unlink()
        return True
    except FileNotFoundError:
        pass
    return False


def stored_accounts(bench: Workbench) -> dict[str, Stored]:
    """What the stack's state holds, by account; read from the backend's file."""
    latest: dict[str, Any] = (json.loads(_state_file(bench).read_text("utf-8")).get("checkpoint") or {}).get(
        "latest"
    ) or {}
    found = [resource for resource in latest.get("resources", ()) if resource["type"] == TYPE]
    return {resource["id"]: _stored(resource) for resource in found if not resource.get("delete")}


def _stored(resource: dict[str, Any]) -> Stored:
    inputs = {name: value for name, value in resource.get("inputs", {}).items() if name != "__provider"}
    return Stored(inputs, resource.get("outputs", {}), bool(resource.get("initErrors")))

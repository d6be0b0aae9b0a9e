"""The engine as Go builds it from published modules."""

from __future__ import annotations

import re
import shutil
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

from engine_install import modules
from engine_install.errors import SourceError
from engine_install.process import Command, run
from engine_install.progress import Progress, say
from engine_install.staging import LAUNCHERS
from engine_install.toolchain import Go

if TYPE_CHECKING:
    from engine_install.modules import GoProgram
    from engine_install.staging import Staging

_SHOWN_LINES = 10
_PACKAGE = re.compile(r"[^\s:]+")
_VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"
_DURATIONS = {modules.NEWEST.executable: ", about 6 minutes on 2 cores"}
_VIRTUALENV_NOTE = (
    f"note: this engine has the Python language plugin {modules.LANGUAGE.version}, which ignores "
    "`virtualenv` of Pulumi.yaml when it runs a program: activate the virtual environment first"
)


def fetch(staging: Staging) -> None:
    """Build the CLI and its Python language plugin; raises SourceError."""
    cli, programs = staging.engine.cli, staging.engine.programs
    go = Go(cli.go_version, staging.temporary)
    programs.mkdir(parents=True)
    for program in (cli, modules.LANGUAGE):
        _build(go, program, programs)
    _copy_launchers(go, cli, programs)
    say(_VIRTUALENV_NOTE)


def _build(go: Go, program: GoProgram, programs: Path) -> None:
    name = f"the {program.title} {program.version}"
    packages = _Output(Progress(f"downloading the Go modules of {name}"))
    packages.follow(go.command(program.directory, *_list_arguments(program)))
    task = f"building {name} from Go modules{_DURATIONS.get(program.executable, '')}"
    output = _Output(Progress(task), packages.done)
    output.follow(go.command(program.directory, *_build_arguments(program, programs)))


def _list_arguments(program: GoProgram) -> tuple[str, ...]:
    return ("list", "-mod=readonly", *program.flags, "-deps", program.package)


def _build_arguments(program: GoProgram, programs: Path) -> tuple[str, ...]:
    return (
        *("build", "-v", "-mod=readonly", *program.flags, "-trimpath"),
        *("-ldflags", f"-w -s -X {_VERSION_VARIABLE}={program.version}"),
        *("-o", str(programs / program.executable), program.package),
    )


def _copy_launchers(go: Go, cli: GoProgram, programs: Path) -> None:
    """Copy the scripts that start programs and dynamic providers, of the CLI's own release."""
    arguments = ("list", "-mod=readonly", "-m", "-f", "{{.Dir}}", modules.LAUNCHERS_MODULE)
    lines: list[str] = []
    code = run(go.command(cli.directory, *arguments), lines.append)
    if code or not lines:
        message = f"go list -m {modules.LAUNCHERS_MODULE} failed: {' '.join(lines[-1:])}"
        raise SourceError(message)
    for name, folder in LAUNCHERS.items():
        copy = programs / name
        shutil.copyfile(Path(lines[-1]) / folder / name, copy)
        copy.chmod(0o755)


class _Output:
    """What go prints: a line for each module or package it is done with, and errors."""

    def __init__(self, progress: Progress, total: int = 0) -> None:
        self.done = 0
        self._downloaded = 0
        self._total = total
        self._progress = progress
        self._messages: deque[str] = deque(maxlen=_SHOWN_LINES)

    def follow(self, command: Command) -> None:
        """Run a go command, report its progress, and on failure show its last messages."""
        try:
            code = run(command, self._read, self._report)
        finally:
            self._progress.end()
        if code:
            for message in self._messages:
                say(f"  {message}")
            reason = self._messages[-1] if self._messages else f"exit code {code}"
            failure = f"go {command.arguments[1]} failed: {reason}"
            raise SourceError(failure)

    def _read(self, line: str) -> None:
        if line.startswith("go: downloading "):
            self._downloaded += 1
        elif _PACKAGE.fullmatch(line):
            self.done += 1
        elif line:
            self._messages.append(line)
        self._report()

    def _report(self) -> None:
        if self._total:
            self._progress.report(f"{self.done} of {self._total} packages")
        else:
            self._progress.report(f"{self._downloaded} downloaded")

"""`audian doctor`: what has to be in place for a preview and an up, looked at one by one."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from pulumi_audian.cli.diagnosis import engine
from pulumi_audian.cli.diagnosis.environment import environment
from pulumi_audian.cli.diagnosis.line import Line, Verdict
from pulumi_audian.cli.diagnosis.stack import project_of, stack_of
from pulumi_audian.cli.waiting import waiting
from pulumi_audian.plan import counted
from pulumi_audian.report.escaping import without_commands

_COLORS = {Verdict.OK: "green", Verdict.PROBLEM: "red", Verdict.UNKNOWN: "yellow"}
_WIDTH = max(len(verdict.value) for verdict in Verdict)

DirectoryOption = Annotated[Path, typer.Option("--cwd", "-C", help="The project's directory.")]
StackOption = Annotated[
    str, typer.Option("--stack", "-s", help="The stack; without it, the selected one.", metavar="NAME")
]


def doctor(cwd: DirectoryOption = Path(), stack: StackOption = "") -> None:
    """Look at everything that a preview and an up need, and say what to do where something is amiss.

    Nothing is written, and no credential is shown. Exit codes: 0 all is well, 1 something is not.
    """
    if not cwd.is_dir():
        raise typer.BadParameter(f"{cwd} is no directory", param_hint="--cwd")
    problems = 0
    for line in _lines(cwd, stack):
        problems += line.verdict is Verdict.PROBLEM
        _show(line)
    typer.echo(f"audian: {counted(problems, 'problem')}" if problems else "audian: all is well", err=True)
    raise typer.Exit(1 if problems else 0)


def _lines(directory: Path, asked: str) -> Iterator[Line]:
    from pulumi_audian.cli.diagnosis import api

    project, on_project = project_of(directory)
    with waiting("looking at the virtual environment"):
        python = environment(project)
    with waiting("looking at the Pulumi CLI"):
        on_cli = engine.cli(directory, python.sdk)
    yield on_cli
    yield engine.language_host()
    with waiting("asking the backend"):
        on_backend = engine.backend(directory)
    yield on_backend
    yield on_project
    yield python.line
    with waiting("looking at the stack"):
        stack, on_stack = stack_of(project, directory, asked)
    yield on_stack
    yield from api.lines(stack)


def _show(line: Line) -> None:
    verdict = typer.style(f"{line.verdict.value:<{_WIDTH}}", fg=_COLORS[line.verdict])
    typer.echo(f"{verdict}  {without_commands(str(line))}")
    sys.stdout.flush()

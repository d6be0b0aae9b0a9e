"""`audian doctor`: what has to be in place for a preview and an up, looked at one by one."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from pulumi_audian.cli.diagnosis import engine
from pulumi_audian.cli.diagnosis.environment import environment
from pulumi_audian.cli.diagnosis.line import Line, Verdict
from pulumi_audian.cli.diagnosis.stack import project_of, secrets, stack_of
from pulumi_audian.cli.waiting import waiting
from pulumi_audian.plan import counted
from pulumi_audian.report.escaping import without_commands

_COLORS = {Verdict.OK: "green", Verdict.PROBLEM: "red", Verdict.UNKNOWN: "yellow"}
_WIDTH = max(len(verdict.value) for verdict in Verdict)

DirectoryOption = Annotated[Path, typer.Option("--cwd", "-C", help="The project's directory.", metavar="DIRECTORY")]
StackOption = Annotated[
    str, typer.Option("--stack", "-s", help="The stack; without it, the selected one.", metavar="NAME")
]


def doctor(cwd: DirectoryOption = Path(), stack: StackOption = "") -> None:
    """Look at everything that a preview and an up need, and say what to do where something is amiss.

    Nothing is written, and no credential is shown. Exit codes: 0 nothing wrong was found, 1 something was.
    """
    if not cwd.is_dir():
        raise typer.BadParameter(f"{cwd} is no directory", param_hint="--cwd")
    verdicts: Counter[Verdict] = Counter()
    for line in _lines(cwd, stack):
        verdicts[line.verdict] += 1
        _show(line)
    typer.echo(f"audian: {_conclusion(verdicts[Verdict.PROBLEM], verdicts[Verdict.UNKNOWN])}", err=True)
    raise typer.Exit(1 if verdicts[Verdict.PROBLEM] else 0)


def _conclusion(problems: int, unknowns: int) -> str:
    if not (problems or unknowns):
        return "all is well"
    found = counted(problems, "problem") if problems else "nothing wrong found"
    return f"{found}, {counted(unknowns, 'thing')} not known" if unknowns else found


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
    with waiting("asking the engine for the stack's secrets"):
        on_secrets = secrets(stack, on_backend)
    yield on_secrets
    yield from api.lines(stack)


def _show(line: Line) -> None:
    verdict = typer.style(f"{line.verdict.value:<{_WIDTH}}", fg=_COLORS[line.verdict])
    typer.echo(f"{verdict}  {without_commands(str(line))}")
    sys.stdout.flush()

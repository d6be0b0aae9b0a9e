"""`audian validate`: what is wrong in stack files, found without the engine, a credential or the network."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Annotated, Optional

import typer

from pulumi_audian.cli.waiting import waiting
from pulumi_audian.legible import visible
from pulumi_audian.plan import counted
from pulumi_audian.report.annotations import command
from pulumi_audian.report.escaping import excerpt, without_commands
from pulumi_audian.validation.finding import START, Finding, about_file
from pulumi_audian.validation.project import Project
from pulumi_audian.validation.stack import check, check_project, room_left

_MESSAGE_LENGTH = 1_000


class Form(str, Enum):
    """A form of the findings."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"


FilesArgument = Annotated[
    Optional[list[Path]],  # noqa: UP045 - typer reads it on Python 3.10
    typer.Argument(metavar="FILE", hidden=True),
]
DirectoryOption = Annotated[Path, typer.Option("--cwd", "-C", help="The project's directory.", metavar="DIRECTORY")]
FormOption = Annotated[
    Form, typer.Option("--format", help="How to print what is found: text, json or github.", metavar="FORM")
]


@dataclass(frozen=True)
class _Found:
    """One finding, and the file that it is in as it is shown."""

    file: str
    finding: Finding


def validate(files: FilesArgument = None, cwd: DirectoryOption = Path(), form: FormOption = Form.TEXT) -> None:
    """Check stack files by themselves: all problems of all accounts, each with file, line and column.

    Where no FILE is named, those are all stack files of the project.

    No engine, token or network is needed. Exit codes: 0 no problems, 1 problems.
    """
    chosen = files or _stack_files(cwd)
    root = Path(os.environ.get("GITHUB_WORKSPACE") or ".") if form is Form.GITHUB else Path()
    found = list(_checked(chosen, root))
    for line in _lines(found, form):
        typer.echo(line)
    if form is not Form.JSON:
        typer.echo(_summary(len(chosen), found), err=True)
    if found:
        raise typer.Exit(1)


def _stack_files(directory: Path) -> list[Path]:
    project = Project.around(directory)
    if project is None:
        raise typer.BadParameter(f"there is no Pulumi.yaml in {directory.absolute()} or above it", param_hint="--cwd")
    found = project.stack_files()
    if not found:
        raise typer.BadParameter(f"there is no Pulumi.*.yaml in {project.stack_directory}", param_hint="--cwd")
    return found


def _checked(files: Sequence[Path], root: Path) -> Iterator[_Found]:
    with waiting("checking stack files", total=len(files)) as wait:
        for file in files:
            wait.say(str(file))
            yield from (_Found(_shown(file, root), finding) for finding in _findings(file))
            wait.advance()
    for project in {project.file: project for project in map(_project, files)}.values():
        yield from (_Found(_shown(project.file, root), finding) for finding in check_project(project))


def _project(file: Path) -> Project:
    return Project.around(file.parent) or Project(file.parent / "Pulumi.yaml")


def _findings(file: Path) -> list[Finding]:
    try:
        data = file.read_bytes()
    except OSError as error:
        return [about_file(START, f"can't be read: {error.strerror}")]
    remark = room_left(data, _project(file))
    if remark:
        typer.echo(without_commands(visible(f"audian: {file}: {remark}")), err=True)
    return check(data, _project(file))


def _shown(file: Path, root: Path) -> str:
    path, base = file.absolute(), root.absolute()
    return (path.relative_to(base) if path.is_relative_to(base) else file).as_posix()


def _lines(found: list[_Found], form: Form) -> Iterator[str]:
    if form is Form.JSON:
        yield json.dumps({"problems": [_document(one) for one in found]}, indent=2)
    for one in found if form is not Form.JSON else ():
        yield _command(one) if form is Form.GITHUB else _line(one)


def _document(one: _Found) -> dict[str, str | int]:
    finding = one.finding
    return {
        "file": one.file,
        "line": finding.at.line,
        "column": finding.at.column,
        "account": finding.account,
        "field": finding.field,
        "message": finding.message,
    }


def _line(one: _Found) -> str:
    line, column = one.finding.at
    text = excerpt(str(one.finding), _MESSAGE_LENGTH)
    return without_commands(f"{visible(one.file)}:{line}:{column}: {text}")


def _command(one: _Found) -> str:
    line, column = one.finding.at
    properties = {"file": one.file, "line": str(line), "col": str(column), "title": "Audian"}
    return command("error", str(one.finding), properties)


def _summary(checked: int, found: list[_Found]) -> str:
    problems = counted(len(found), "problem") if found else "no problems"
    return f"audian: {problems} in {counted(checked, 'stack file')}"

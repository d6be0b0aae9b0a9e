"""`audian preview` and `audian drift`: what the reviewer of a pull request, and a scheduled check, want to know."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Annotated, NoReturn, Optional

import typer

from pulumi_audian.cli.delivery import Delivery, Format
from pulumi_audian.cli.running import run
from pulumi_audian.cli.streams import saved_text
from pulumi_audian.report.model import Concern, Purpose, Report, Stack
from pulumi_audian.report.places import Places, project_name
from pulumi_audian.report.reading import Printed, read
from pulumi_audian.validation.project import Project

CHANGES, FAILED = 2, 1
_CONFIG_FILE = "--config-file"
_NO_CHANGES = ("--expect-no-changes", "--expect-no-changes=true")

StacksOption = Annotated[
    Optional[list[str]],  # noqa: UP045 - typer reads it on Python 3.10
    typer.Option(
        "--stack", "-s", help="The stack to look at, or that of a --from file; repeat it for several.", metavar="NAME"
    ),
]
SavedOption = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option("--from", help="Take what pulumi printed from a file, or - for standard input.", metavar="FILE"),
]
DirectoryOption = Annotated[Path, typer.Option("--cwd", "-C", help="The project's directory.", metavar="DIRECTORY")]
FormatOption = Annotated[
    Format, typer.Option("--format", help="How to print the report: terminal, markdown or json.", metavar="FORM")
]
OutOption = Annotated[
    Optional[list[Path]],  # noqa: UP045
    typer.Option(
        "--out", help="Write it to a file too, in the form of its suffix: .md, .json or .txt.", metavar="FILE"
    ),
]
GithubOption = Annotated[bool, typer.Option("--github", help="In GitHub Actions: annotations, summary and comment.")]
CommentOption = Annotated[bool, typer.Option(help="With --github: keep a comment on the pull request.")]
IssueOption = Annotated[bool, typer.Option("--issue", help="With --github: keep an issue open while there is drift.")]
FailOnOption = Annotated[
    Optional[list[Concern]],  # noqa: UP045
    typer.Option(
        "--fail-on",
        help="What makes the command fail: status, delete, drift or any; repeat it for several.",
        metavar="CONCERN",
    ),
]
TimeoutOption = Annotated[
    float, typer.Option(help="How long pulumi may take for one stack, in seconds.", min=1, metavar="SECONDS")
]
SummaryOption = Annotated[bool, typer.Option("--summary", help="On the terminal, only a line for each account.")]


@dataclass(frozen=True)
class Request:
    """What to report on: saved output of the engine, or that of commands to run now."""

    purpose: Purpose
    directory: Path
    stacks: tuple[str, ...]
    saved: tuple[str, ...]
    arguments: tuple[str, ...]
    timeout: float

    def check(self) -> None:
        """Raise `typer.BadParameter` where options contradict each other, before anything is run."""
        if self.saved and self.arguments:
            raise typer.BadParameter(f"nothing is run with --from: {' '.join(self.arguments)} has no effect")
        if self.saved and self.stacks and len(self.saved) != len(self.stacks):
            raise typer.BadParameter("with --from, name the stack of each file in their order, or none")
        if not self.directory.is_dir():
            raise typer.BadParameter(f"{self.directory} is no directory", param_hint="--cwd")

    def report(self) -> Report:
        """The report of all stacks."""
        if self.saved:
            files = zip(self.saved, self.stacks or ("",) * len(self.saved), strict=True)
            return Report(self.purpose, tuple(self._read(Printed(_saved(name)), stack) for name, stack in files))
        return Report(self.purpose, tuple(map(self._run, self.stacks or ("",))))

    def _run(self, stack: str) -> Stack:
        return self._read(run(self.purpose, self.directory, stack, self.arguments, self.timeout), stack)

    def _read(self, printed: Printed, stack: str) -> Stack:
        # Pulumi Cloud's names may begin with the organization; what the engine prints has the last part only.
        *before, name = stack.split("/")
        found = read(printed, self.purpose, project_name(self.directory), name, self._places)
        return replace(found, organization=before[0] if before else "", directory=self._seen_from_root())

    def _places(self, stack: str) -> Places:
        file = option(self.arguments, _CONFIG_FILE)
        return Places(self.directory, _root(), stack, self.directory / file if file else None)

    def _seen_from_root(self) -> str:
        project = Project.around(self.directory)
        directory, root = (project.directory if project else self.directory).resolve(), _root().resolve()
        if root.is_relative_to(directory):
            return ""
        return (directory.relative_to(root) if directory.is_relative_to(root) else directory).as_posix()


def _root() -> Path:
    """The root of the repository, as far as it is known."""
    return Path(os.environ.get("GITHUB_WORKSPACE") or ".")


def preview(  # noqa: PLR0913, PLR0917 - one argument an option
    context: typer.Context,
    stack: StacksOption = None,
    saved: SavedOption = None,
    cwd: DirectoryOption = Path(),
    form: FormatOption = Format.TERMINAL,
    out: OutOption = None,
    github: GithubOption = False,  # noqa: FBT002
    comment: CommentOption = True,  # noqa: FBT002
    summary: SummaryOption = False,  # noqa: FBT002
    fail_on: FailOnOption = None,
    timeout: TimeoutOption = 1800,
) -> None:
    """Show what an up would change on which live account, and whether it may.

    Other arguments are passed on to `pulumi preview`. Exit codes: 0 no changes, 2 changes, 1 failed.
    """
    delivery = Delivery(form, tuple(out or ()), github=github, comment=comment, issue=False, brief=summary)
    request = Request(Purpose.PREVIEW, cwd, tuple(stack or ()), tuple(saved or ()), tuple(context.args), timeout)
    _answer(request, delivery, fail_on or ())


def drift(  # noqa: PLR0913, PLR0917 - one argument an option
    context: typer.Context,
    stack: StacksOption = None,
    saved: SavedOption = None,
    cwd: DirectoryOption = Path(),
    form: FormatOption = Format.TERMINAL,
    out: OutOption = None,
    github: GithubOption = False,  # noqa: FBT002
    issue: IssueOption = False,  # noqa: FBT002
    summary: SummaryOption = False,  # noqa: FBT002
    fail_on: FailOnOption = None,
    timeout: TimeoutOption = 1800,
) -> None:
    """Show where live accounts differ from what was last brought up.

    Other arguments are passed on to `pulumi refresh`. Exit codes: 0 no drift, 2 drift, 1 failed.
    """
    delivery = Delivery(form, tuple(out or ()), github=github, comment=False, issue=issue, brief=summary)
    request = Request(Purpose.DRIFT, cwd, tuple(stack or ()), tuple(saved or ()), tuple(context.args), timeout)
    _answer(request, delivery, fail_on or ())


def option(arguments: Sequence[str], name: str) -> str:
    """The value of an option among arguments for the engine, as `--name VALUE` or `--name=VALUE`; or nothing."""
    values = [argument.split("=", 1)[1] for argument in arguments if argument.startswith(f"{name}=")]
    values += [value for before, value in pairwise(arguments) if before == name]
    return values[-1] if values else ""


def _answer(request: Request, delivery: Delivery, fail_on: Sequence[Concern]) -> NoReturn:
    request.check()
    delivery.check()
    if delivery.is_without_secrets():
        raise typer.Exit(0)
    # The engine's own option would end it with an error, and without a word about which changes it met.
    arguments = tuple(argument for argument in request.arguments if argument not in _NO_CHANGES)
    unwanted = {*fail_on, *([Concern.ANY] if arguments != request.arguments else [])}
    report = replace(replace(request, arguments=arguments).report(), fail_on=frozenset(unwanted))
    delivery.deliver(report)
    if report.failed or report.unwanted:
        raise typer.Exit(FAILED)
    raise typer.Exit(CHANGES if report.changes else 0)


def _saved(name: str) -> str:
    try:
        return saved_text(name)
    except (OSError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"{name} can't be read: {error}", param_hint="--from") from None

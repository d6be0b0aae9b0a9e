"""Brings a report to its readers: the terminal, files, and GitHub."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from functools import partial
from pathlib import Path

import typer
from rich.console import Console

from pulumi_audian.cli.github import (
    Event,
    GitHubError,
    append_summary,
    close_issue,
    upsert_comment,
    upsert_issue,
)
from pulumi_audian.report import annotations as workflow_commands
from pulumi_audian.report import document, markdown, terminal
from pulumi_audian.report.model import Report, headline

_WIDTH_IN_FILES = 120
_CREDENTIALS = ("AUDIAN_API_TOKEN", "AUDIAN_API_KEY")
_WITHOUT_SECRETS = (
    "## Audian: no preview of this pull request\n\n"
    "GitHub gives no secrets to pull requests from forks and from Dependabot, so that no preview of live accounts can "
    "be made here. A maintainer can push the branch to this repository to get one.\n"
)


class Format(str, Enum):
    """A form of the report."""

    TERMINAL = "terminal"
    MARKDOWN = "markdown"
    JSON = "json"


_BY_SUFFIX = {".md": Format.MARKDOWN, ".json": Format.JSON, ".txt": Format.TERMINAL}


@dataclass(frozen=True)
class Delivery:
    """Where a report goes: to standard output in a form, to files, and to GitHub if asked."""

    form: Format
    files: tuple[Path, ...]
    github: bool
    comment: bool
    issue: bool

    def check(self) -> None:
        """Raise `typer.BadParameter` where the report could not be delivered, before anything is run."""
        for file in self.files:
            if file.suffix not in _BY_SUFFIX:
                raise typer.BadParameter(f"{file} ends in none of {', '.join(_BY_SUFFIX)}", param_hint="--out")
            if file.is_dir() or not file.absolute().parent.is_dir():
                raise typer.BadParameter(f"{file} can't be a file there", param_hint="--out")
        if self.issue and not self.github:
            raise typer.BadParameter("needs --github", param_hint="--issue")
        if self.github:
            _event()

    def is_without_secrets(self) -> bool:
        """Whether this is a pull request that GitHub gives no secrets to; its job summary says so then."""
        event = _event() if self.github else None
        if event is None or any(map(os.environ.get, _CREDENTIALS)):
            return False
        if not event.from_fork and os.environ.get("GITHUB_ACTOR") != "dependabot[bot]":
            return False
        print("audian: no preview, because this pull request gets no secrets", file=sys.stderr)  # noqa: T201
        _tried(partial(append_summary, event, _WITHOUT_SECRETS))
        return True

    def deliver(self, report: Report) -> None:
        """Bring the report everywhere; what GitHub refuses is a warning and hides nothing."""
        if self.form is Format.TERMINAL:
            terminal.render(report, Console())
        else:
            sys.stdout.write(_rendered(report, self.form))
        for file in self.files:
            _write(file, _rendered(report, _BY_SUFFIX[file.suffix]))
        event = _event() if self.github else None
        if event is not None:
            self._to_github(report, event)

    def _to_github(self, report: Report, event: Event) -> None:
        # The runner reads its commands from both streams, and standard output may be read as the report.
        for command in workflow_commands.render(report):
            print(command, file=sys.stderr)  # noqa: T201 - for the runner
        _tried(partial(append_summary, event, markdown.render(report)))
        for stack in report.stacks:
            alone = replace(report, stacks=(stack,))
            if self.comment and event.pull_request is not None:
                _tried(partial(_comment, event, alone))
            if self.issue:
                _tried(partial(_issue, event, alone))


def _comment(event: Event, report: Report) -> None:
    body = markdown.render(report)
    quiet = not (report.changes or report.failed)
    upsert_comment(event, _key(report), body, only_if_present=quiet)


def _issue(event: Event, report: Report) -> None:
    (stack,) = report.stacks
    if report.failed:
        return  # whether there is drift is not known: the failed job tells
    if report.changes:
        title = f"{stack.project}/{stack.name}: {headline([stack])}"
        upsert_issue(event, _key(report), title, markdown.render(report))
    else:
        close_issue(event, _key(report), "Live settings agree with code again.")


def _key(report: Report) -> str:
    (stack,) = report.stacks
    return f"{report.purpose.value} {stack.project}/{stack.name}"


def _rendered(report: Report, form: Format) -> str:
    if form is Format.MARKDOWN:
        return markdown.render(report)
    if form is Format.JSON:
        return document.to_json(report)
    console = Console(width=_WIDTH_IN_FILES, no_color=True, file=io.StringIO(), record=True)
    terminal.render(report, console)
    return console.export_text()


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, "utf-8")
    except OSError as error:
        raise typer.BadParameter(f"{file} can't be written: {error.strerror}", param_hint="--out") from None


def _event() -> Event | None:
    try:
        event = Event.from_environment(os.environ)
    except GitHubError as error:
        raise typer.BadParameter(str(error), param_hint="--github") from None
    if event is None:
        raise typer.BadParameter("works in GitHub Actions only", param_hint="--github")
    return event


def _tried(action: Callable[[], None]) -> None:
    try:
        action()
    except GitHubError as error:
        print(f"audian: {error}", file=sys.stderr)  # noqa: T201 - a warning to the person at the terminal

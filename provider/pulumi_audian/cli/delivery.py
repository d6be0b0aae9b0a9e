"""Brings a report to its readers: the terminal, files, and GitHub."""

from __future__ import annotations

import io
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import typer
from rich.console import Console

from pulumi_audian.report import document, markdown, terminal
from pulumi_audian.report.model import Report

_WIDTH_IN_FILES = 120


class Format(str, Enum):
    """A form of the report."""

    TERMINAL = "terminal"
    MARKDOWN = "markdown"
    JSON = "json"


_BY_SUFFIX = {".md": Format.MARKDOWN, ".json": Format.JSON, ".txt": Format.TERMINAL}


@dataclass(frozen=True)
class Delivery:
    """Where a report goes: to standard output in a form, to files, and to GitHub if asked.

    The modules for GitHub are imported where they are needed: they take longer to load than all others.
    """

    form: Format
    files: tuple[Path, ...]
    github: bool
    comment: bool
    issue: bool
    brief: bool = False
    """Whether the terminal gets a line for each account only."""

    def check(self) -> None:
        """Raise `typer.BadParameter` where the report could not be delivered, before anything is run."""
        for file in self.files:
            if file.suffix not in _BY_SUFFIX:
                raise typer.BadParameter(f"{file} ends in none of {', '.join(_BY_SUFFIX)}", param_hint="--out")
            if file.is_dir() or not file.absolute().parent.is_dir():
                raise typer.BadParameter(f"{file} can't be a file there", param_hint="--out")
        if self.brief and self.form is not Format.TERMINAL:
            raise typer.BadParameter("shortens what is shown on the terminal only", param_hint="--summary")
        if self.issue and not self.github:
            raise typer.BadParameter("needs --github", param_hint="--issue")
        if self.github:
            from pulumi_audian.cli.publication import event_of_this_run

            event_of_this_run()

    def is_without_secrets(self) -> bool:
        """Whether this is a pull request that GitHub gives no secrets to; its job summary says so then."""
        if not self.github:
            return False
        from pulumi_audian.cli.publication import event_of_this_run, gets_no_secrets

        return gets_no_secrets(event_of_this_run())

    def deliver(self, report: Report) -> None:
        """Bring the report everywhere, to those first who read it later; what fails stops nothing else.

        Raises `typer.BadParameter` at the end where a file could not be written.
        """
        failures = [*filter(None, (_write(file, _rendered(report, _BY_SUFFIX[file.suffix])) for file in self.files))]
        if self.github:
            from pulumi_audian.cli.publication import event_of_this_run, publish

            publish(report, event_of_this_run(), comment=self.comment, issue=self.issue)
        if self.form is Format.TERMINAL:
            terminal.render(report, Console(), brief=self.brief)
        else:
            typer.echo(_rendered(report, self.form).encode(), nl=False)
        if failures:
            raise typer.BadParameter("; ".join(failures), param_hint="--out")


def _rendered(report: Report, form: Format) -> str:
    if form is Format.MARKDOWN:
        return markdown.render(report)
    if form is Format.JSON:
        return document.to_json(report)
    console = Console(width=_WIDTH_IN_FILES, no_color=True, file=io.StringIO(), record=True)
    terminal.render(report, console)
    return console.export_text()


def _write(file: Path, text: str) -> str:
    """Write a file; why it can't be written, or nothing."""
    try:
        file.write_text(text, "utf-8")
    except OSError as error:
        return f"{file} can't be written: {error.strerror}"
    return ""

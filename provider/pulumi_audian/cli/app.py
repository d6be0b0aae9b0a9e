"""The command line as a whole: its commands, and the exit code of a mistake on it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer
from typer.core import TyperGroup

from pulumi_audian.cli import reports
from pulumi_audian.cli.doctor import doctor
from pulumi_audian.cli.export import export
from pulumi_audian.cli.show import show
from pulumi_audian.cli.validate import validate


class _Commands(TyperGroup):
    """The commands, with another exit code for a mistake on the command line: 2 says that there are changes."""

    def make_context(self, *arguments: Any, **options: Any) -> Any:
        with _failing():
            return super().make_context(*arguments, **options)

    def invoke(self, ctx: Any) -> Any:
        with _failing():
            return super().invoke(ctx)


@contextmanager
def _failing() -> Iterator[None]:
    try:
        yield
    except typer.Exit:
        raise
    except Exception as error:
        if hasattr(error, "exit_code"):
            error.exit_code = reports.FAILED
        raise


app = typer.Typer(
    name="audian", cls=_Commands, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)
_HELP = {"help_option_names": ["-h", "--help"]}
_PASS_ON = {**_HELP, "allow_extra_args": True, "ignore_unknown_options": True}


@app.callback(context_settings=_HELP)
def _audian() -> None:
    """Reports on the Audian phone accounts that a Pulumi program declares."""


app.command(context_settings=_PASS_ON)(reports.preview)
app.command(context_settings=_PASS_ON)(reports.drift)
app.command(context_settings=_HELP)(export)
app.command(context_settings=_HELP)(show)
app.command(context_settings=_HELP)(validate)
app.command(context_settings=_HELP)(doctor)

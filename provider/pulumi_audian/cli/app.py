"""The command line as a whole: its commands, and the exit code of a mistake on it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from pulumi_audian import __version__
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


# Without Rich, help and mistakes are lines of text, which frames of 80 columns would break within words.
app = typer.Typer(
    name="audian", cls=_Commands, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None
)
_HELP = {"help_option_names": ["-h", "--help"]}
_PASS_ON = {**_HELP, "allow_extra_args": True, "ignore_unknown_options": True}


def _show_version(asked: bool) -> None:  # noqa: FBT001 - called so by typer
    if asked:
        typer.echo(f"pulumi-audian {__version__}")
        raise typer.Exit


@app.callback(context_settings=_HELP)
def _audian(
    *,
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    """Reports on the Audian phone accounts that a Pulumi program declares."""


# A list of commands cuts what is longer than a line.
app.command(context_settings=_PASS_ON, short_help="Show what an up would change, and whether it may.")(reports.preview)
app.command(context_settings=_PASS_ON, short_help="Show what was changed outside of code.")(reports.drift)
app.command(context_settings=_HELP, short_help="Write live accounts as code that changes nothing.")(export)
app.command(context_settings=_HELP, short_help="Show a live account.")(show)
app.command(context_settings=_HELP, short_help="Check stack files, without engine, token or network.")(validate)
app.command(context_settings=_HELP, short_help="Look at everything that a preview and an up need.")(doctor)

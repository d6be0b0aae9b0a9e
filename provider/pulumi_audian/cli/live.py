"""Live accounts for commands that only read: where the API is, several reads at once, progress on a terminal.

What they need of HTTP and of progress bars is imported there: other commands start without it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.text import Text

from pulumi_audian.cli.diagnosis import stack as diagnosis
from pulumi_audian.cli.diagnosis.stack import Stack
from pulumi_audian.connection import Connection
from pulumi_audian.errors import AccountGone, AudianError, Refused
from pulumi_audian.report.escaping import without_commands
from pulumi_audian.settings import CREDENTIALS, NAMESPACE
from pulumi_audian.validation.parsing import parse
from pulumi_audian.validation.project import Project
from pulumi_audian.validation.stack import settings_of

if TYPE_CHECKING:
    from rich.progress import Progress

    from pulumi_audian.wire import Snapshot

Account = Mapping[str, Any]
_AT_ONCE = 8


class Unread(Exception):
    """Accounts could not be read; `errors` says of each why."""

    def __init__(self, errors: Sequence[AudianError]) -> None:
        super().__init__("; ".join(map(str, errors)))
        self.errors = tuple(errors)


def stack_of(directory: Path, name: str) -> Stack:
    """The settings of the project that a directory is in, and of its stack of a name; raises `Refused`."""
    project = Project.around(directory)
    if not name:
        return Stack(project, directory)
    if project is None:
        raise Refused(f"there is no Pulumi.yaml in {directory.absolute()} or above it, and so no stack {name}")
    return stack_in(project.stack_file(name))


def stack_in(file: Path) -> Stack:
    """The settings of a stack's file and of the project that it is in; raises `Refused` where it can't be read."""
    try:
        root = parse(file.read_bytes()).root
    except OSError as error:
        raise Refused(f"{file} can't be read: {error.strerror}") from None
    project = Project.around(file.absolute().parent)
    settings = settings_of(root, project or Project(file)) if root else {}
    return Stack(project, file.absolute().parent, file.stem.removeprefix("Pulumi."), settings)


def connection_of(stack: Stack) -> Connection:
    """The connection that a stack's settings and the environment describe; raises `Refused`."""
    connection, undecided = diagnosis.connection_of(stack)
    credentials = {NAMESPACE + name for name in CREDENTIALS}
    missed = [reason for key, reason in undecided.items() if not (key in credentials and connection.has_credential)]
    if missed:
        raise Refused("; ".join(missed))
    return connection


def read_accounts(connection: Connection, account_ids: Sequence[str]) -> dict[str, Account]:
    """The accounts by id, in that order; raises `Unread` with each that is gone, or with what stops all of them."""
    from pulumi_audian.client import Client

    with _progress(len(account_ids)) as progress, ThreadPoolExecutor(_AT_ONCE) as pool:
        client = Client(connection, lambda message: progress.console.print(Text(message)))
        reads = {account_id: pool.submit(client.read, account_id) for account_id in account_ids}
        try:
            found = dict(_answers(reads, progress))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    gone = [answer for answer in found.values() if isinstance(answer, AudianError)]
    if gone:
        raise Unread(gone)
    return {account_id: answer for account_id, answer in found.items() if not isinstance(answer, AudianError)}


def _answers(reads: Mapping[str, Future[Snapshot]], progress: Progress) -> Iterator[tuple[str, Account | AccountGone]]:
    for account_id, read in reads.items():
        try:
            yield account_id, read.result().account
        except AccountGone as error:
            yield account_id, error
        except AudianError as error:
            raise Unread([error]) from None
        progress.advance(progress.task_ids[0])


@contextmanager
def _progress(total: int) -> Iterator[Progress]:
    """A bar on a terminal; in a CI job, or where errors go to a file, nothing at all."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    silent = bool(os.environ.get("CI")) or not sys.stderr.isatty()
    console = Console(stderr=True, quiet=silent)
    columns = (TextColumn("reading accounts"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=silent) as progress:
        progress.add_task("", total=total)
        yield progress


@contextmanager
def failing_in_one_line() -> Iterator[None]:
    """End the command with exit code 1 where something can't be done or read, with a line for each reason."""
    try:
        yield
    except (AudianError, Unread) as error:
        for reason in error.errors if isinstance(error, Unread) else (error,):
            typer.echo(without_commands(f"audian: {reason}"), err=True)
        raise typer.Exit(1) from None

"""Live accounts for commands that only read: where the API is, and several reads at once.

What they need of HTTP is imported there: other commands start without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any

import typer

from pulumi_audian.cli.diagnosis import stack as diagnosis
from pulumi_audian.cli.diagnosis.stack import Stack
from pulumi_audian.cli.waiting import Wait, waiting
from pulumi_audian.connection import Connection
from pulumi_audian.errors import AccountGone, AudianError, Refused
from pulumi_audian.report.escaping import without_commands
from pulumi_audian.settings import CREDENTIALS, NAMESPACE
from pulumi_audian.validation.parsing import parse
from pulumi_audian.validation.project import Project
from pulumi_audian.validation.stack import settings_of

if TYPE_CHECKING:
    from pulumi_audian.client import Client
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

    with reading(account_ids, connection) as wait:
        reads = begun(Client(connection, wait.say, interactive=True), account_ids, wait)
        found = {account_id: _answer(read) for account_id, read in reads.items()}
    gone = [answer for answer in found.values() if isinstance(answer, AudianError)]
    if gone:
        raise Unread(gone)
    return {account_id: answer for account_id, answer in found.items() if not isinstance(answer, AudianError)}


def reading(account_ids: Sequence[str], connection: Connection) -> AbstractContextManager[Wait]:
    """Show that accounts are read, and how many of them are."""
    if len(account_ids) == 1:
        # The last attempt begins while there is time for retries.
        most = connection.retry_seconds + connection.timeout_seconds
        return waiting(f"reading account {account_ids[0]}", most_seconds=most)
    return waiting("reading accounts", total=len(account_ids))


def begun(client: Client, account_ids: Iterable[str], wait: Wait) -> dict[str, Future[Snapshot]]:
    """The reads of accounts, several at once, in the order of their ids; each that ends counts for the wait.

    They end with the command: one that has failed, or was interrupted, does not wait for answers that nobody needs.
    """
    reads: dict[str, Future[Snapshot]] = {account_id: Future() for account_id in account_ids}
    left: SimpleQueue[str] = SimpleQueue()
    for account_id, read in reads.items():
        read.add_done_callback(lambda _: wait.advance())
        left.put(account_id)

    def work() -> None:
        with suppress(Empty):
            while True:
                account_id = left.get_nowait()
                try:
                    reads[account_id].set_result(client.read(account_id))
                except BaseException as error:  # noqa: BLE001 - raised where the answer is asked for
                    reads[account_id].set_exception(error)

    for _ in range(min(_AT_ONCE, len(reads))):
        Thread(target=work, daemon=True).start()
    return reads


def _answer(read: Future[Snapshot]) -> Account | AccountGone:
    try:
        return read.result().account
    except AccountGone as error:
        return error
    except AudianError as error:
        raise Unread([error]) from None


@contextmanager
def failing_in_one_line() -> Iterator[None]:
    """End the command with exit code 1 where something can't be done or read, with a line for each reason."""
    try:
        yield
    except (AudianError, Unread) as error:
        for reason in error.errors if isinstance(error, Unread) else (error,):
            typer.echo(without_commands(f"audian: {reason}"), err=True)
        raise typer.Exit(1) from None

"""`audian export`: live accounts as the code that declares them as they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Optional

import typer

from pulumi_audian import models
from pulumi_audian.cli.diagnosis.stack import Stack
from pulumi_audian.cli.live import Account, connection_of, failing_in_one_line, read_accounts, stack_in, stack_of
from pulumi_audian.cli.streams import saved_text
from pulumi_audian.cli.target import Target
from pulumi_audian.errors import Refused
from pulumi_audian.export.account import export as export_account
from pulumi_audian.export.choice import Choice, chosen_paths
from pulumi_audian.export.naming import resource_names
from pulumi_audian.export.program import program
from pulumi_audian.export.stack_file import section
from pulumi_audian.export.traps import Traps
from pulumi_audian.export.tree import Exported
from pulumi_audian.legible import visible
from pulumi_audian.plan import counted
from pulumi_audian.report.escaping import without_commands

IdsArgument = Annotated[
    Optional[list[str]],  # noqa: UP045 - typer reads it on Python 3.10
    typer.Argument(metavar="ID", hidden=True),
]
IdsOption = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option("--ids", help="Read ids from a file, with # before comments; - is standard input.", metavar="FILE"),
]
IntoOption = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option("--into", help="Add the accounts to this stack file, and keep all that is in it.", metavar="FILE"),
]
ReplaceOption = Annotated[
    bool, typer.Option("--replace", help="With --into: write accounts anew that the file declares already.")
]
PythonOption = Annotated[bool, typer.Option("--python", help="Write a Python program instead of a stack file.")]
NameOption = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option("--name", help="The resource name of an account; repeat it for several.", metavar="ID=NAME"),
]
FieldsOption = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option("--fields", help="Declare these only, such as displayName,settings.timezone.", metavar="PATHS"),
]
AssertOption = Annotated[
    bool, typer.Option("--assert", help="Assert name, plan and createdAt, which can't be changed.")
]
StackOption = Annotated[
    str, typer.Option("--stack", "-s", help="Take audian:apiUrl and the like from this stack's file.", metavar="NAME")
]
DirectoryOption = Annotated[Path, typer.Option("--cwd", "-C", help="The project's directory.", metavar="DIRECTORY")]


def export(  # noqa: PLR0913, PLR0917 - one argument an option
    ids: IdsArgument = None,
    ids_from: IdsOption = None,
    into: IntoOption = None,
    replace: ReplaceOption = False,  # noqa: FBT002
    python: PythonOption = False,  # noqa: FBT002
    name: NameOption = None,
    fields: FieldsOption = None,
    asserts: AssertOption = False,  # noqa: FBT002
    stack: StackOption = "",
    cwd: DirectoryOption = Path(),
) -> None:
    """Write live accounts as code that changes nothing: a stack file, or a Python program.

    Each ID is that of an account, and - reads them from standard input. Accounts are only read. What can't be declared,
    and what looks like a secret, is left out with a comment.

    Exit codes: 0 written, 1 failed.
    """
    _check(into, python=python, replace=replace)
    remark = ""
    with failing_in_one_line():
        wanted = _ids([*(ids or ()), *(line for file in ids_from or () for line in _listed(file))])
        request = _Request(wanted, _chosen(name or (), wanted), Choice(chosen_paths(fields or []), asserts, not python))
        target = Target.read(into, replaces=replace) if into else None
        accounts = request.carried_out(_where(into, stack, cwd), target)
        if target:
            remark = target.write(accounts)
        else:
            typer.echo((program if python else section)(accounts).encode(), nl=False)
    typer.echo(_summary(accounts, into), err=True)
    if remark:
        typer.echo(without_commands(visible(f"audian: {into}: {remark}")), err=True)


def _check(into: Path | None, *, python: bool, replace: bool) -> None:
    if into and python:
        raise typer.BadParameter("writes a program, which --into can't add to a stack file", param_hint="--python")
    if replace and not into:
        raise typer.BadParameter("needs --into", param_hint="--replace")


def _where(into: Path | None, stack: str, directory: Path) -> Stack:
    """The settings that lead to the API: those of the stack that was named, or of the one that is written."""
    if into is None or stack:
        return stack_of(directory, stack)
    return stack_in(into) if into.exists() else stack_of(into.absolute().parent, "")


@dataclass(frozen=True)
class _Request:
    """Which accounts are exported, under which names where some were chosen, and what of them."""

    account_ids: tuple[str, ...]
    names: Mapping[str, str]
    choice: Choice

    def carried_out(self, where: Stack, target: Target | None) -> list[Exported]:
        """The accounts as code, in the order of their ids."""
        known = target.names(self.account_ids) if target else {}
        for account_id, name in known.items():
            if self.names.get(account_id, name) != name:
                raise Refused(f"account {account_id} is declared as {name}: rename it in the stack file, with an alias")
        live = read_accounts(connection_of(where), self.account_ids)
        names = resource_names({id_: _title(account) for id_, account in live.items()}, {**self.names, **known})
        if target:
            target.check(names)
        former = {id_: target.former(name) for id_, name in known.items()} if target else {}
        return [export_account(live[id_], names[id_], self.choice, former.get(id_)) for id_ in self.account_ids]


def _title(account: Account) -> str:
    name = account.get("name")
    return name if isinstance(name, str) else ""


def _ids(given: Sequence[str]) -> tuple[str, ...]:
    account_ids = tuple(dict.fromkeys(id_ for text in given for id_ in (_listed("-") if text == "-" else [text])))
    if not account_ids:
        raise Refused("no account is named: give ids as arguments, with --ids FILE, or on standard input with -")
    for account_id in account_ids:
        for problem in models.problems({"accountId": account_id}, unknown=frozenset(), secret=frozenset()):
            raise Refused(problem.message)
    return account_ids


def _listed(file: str) -> list[str]:
    """The ids in a file, any number on a line."""
    try:
        text = saved_text(file)
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"{file} can't be read: {error}") from None
    return [account_id for line in text.splitlines() for account_id in line.partition("#")[0].split()]


def _chosen(texts: Sequence[str], account_ids: Sequence[str]) -> dict[str, str]:
    chosen: dict[str, str] = {}
    for text in texts:
        account_id, _, name = text.partition("=")
        if account_id not in account_ids or not name:
            raise Refused(f"--name {text}: write it as ID=NAME, with the id of an account that is exported")
        for _, reason in Traps(in_stack_file=True).of({name: ""}):
            raise Refused(f"--name {text}: {reason}")
        chosen[account_id] = name
    return chosen


def _summary(accounts: Sequence[Exported], into: Path | None) -> str:
    left_out = sum(len(account.omissions) for account in accounts)
    hint = f", {counted(left_out, 'value')} left out: see the comments" if left_out else ""
    return without_commands(
        visible(f"audian: {counted(len(accounts), 'account')}{f' into {into}' if into else ''}{hint}")
    )

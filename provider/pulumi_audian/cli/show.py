"""`audian show`: one live account."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich import box
from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from pulumi_audian.cli.live import Account, connection_of, failing_in_one_line, read_accounts, stack_of
from pulumi_audian.diff import leaves
from pulumi_audian.export.secrets import holds_secret, looks_secret
from pulumi_audian.fields import FIELDS, dotted
from pulumi_audian.fields import Path as FieldPath
from pulumi_audian.report.escaping import excerpt, without_commands
from pulumi_audian.values import shown

_MASK = "[secret]"
_OUT_OF_SERVICE = ("suspended", "closed")
_ORDER = {field.path: place for place, field in enumerate(FIELDS)}

IdArgument = Annotated[str, typer.Argument(metavar="ID", hidden=True)]
JsonOption = Annotated[bool, typer.Option("--json", help="The account as the API has it, with all its values.")]
StackOption = Annotated[
    str, typer.Option("--stack", "-s", help="Take audian:apiUrl and the like from this stack's file.", metavar="NAME")
]
DirectoryOption = Annotated[Path, typer.Option("--cwd", "-C", help="The project's directory.", metavar="DIRECTORY")]


def show(
    account_id: IdArgument,
    as_json: JsonOption = False,  # noqa: FBT002
    stack: StackOption = "",
    cwd: DirectoryOption = Path(),
) -> None:
    """Show a live account by its id; metadata that looks like a secret is masked.

    Exit codes: 0 shown, 1 failed.
    """
    with failing_in_one_line():
        account = read_accounts(connection_of(stack_of(cwd, stack)), [account_id])[account_id]
    if as_json:
        typer.echo(json.dumps(account, indent=2))
    else:
        _render(account, Console())


def _render(account: Account, console: Console) -> None:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("field", overflow="fold")
    table.add_column("value", overflow="fold")
    for path, value in _values(account):
        alarming = path == ("status",) and value in _OUT_OF_SERVICE
        table.add_row(_text(dotted(path)), _text(_shown(path, value), "bold red" if alarming else ""))
    console.print(Panel(table, title=_text(str(account["id"]))))


def _values(account: Account) -> Iterator[tuple[FieldPath, Any]]:
    """The values by path, those of known fields first and in the order of the contract."""
    last = len(_ORDER)
    return iter(sorted(leaves(account), key=lambda leaf: (_rank(leaf[0]), _ORDER.get(leaf[0], last), leaf[0])))


def _rank(path: FieldPath) -> int:
    return _ORDER.get(path[:1], len(_ORDER))


def _shown(path: FieldPath, value: Any) -> str:
    if path[0] == "metadata" and (any(map(looks_secret, path[1:])) or holds_secret(value)):
        return _MASK
    return shown(value)


def _text(text: str, style: str = "") -> Text:
    """A text that the console neither interprets as markup nor highlights."""
    return Text(without_commands(str(excerpt(text))), style=style, overflow="fold")

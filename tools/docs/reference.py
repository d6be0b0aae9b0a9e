"""The reference pages, made from the field table, the settings, the commands and the docstrings."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, get_args

import yaml

import pulumi_audian
from pulumi_audian import connection, fields
from pulumi_audian.fields import Field, Kind
from pulumi_audian.models import account_model
from pulumi_audian.resource import Account
from pulumi_audian.settings import ACCOUNTS, CREDENTIALS, NAMESPACE, SETTINGS

PROJECT = Path(__file__).resolve().parents[2] / "Pulumi.yaml"
_KINDS = {
    Kind.MUTABLE: (
        "Written",
        "What is declared is written where the account differs, and watched. What is not declared is left alone.",
    ),
    Kind.IMMUTABLE: (
        "Asserted",
        "These never change by an update. `accountId` is required. Where the account differs, nothing is written.",
    ),
    Kind.READ_ONLY: ("Only read", "The API alone sets these. They are outputs, and no declaration may name them."),
}
_OPTIONS_EXPLAINED = {
    "onDelete": "[Leaving](../account-life.md#leaving)",
    "onConflict": "[Writing](../account-life.md#writing)",
    "allowStatus": "[Status](../account-life.md#status)",
    "clear": "[Clear a value](../how-to/clear-a-value.md)",
}


def fields_page() -> str:
    """Every field and option of an account."""
    groups = [
        f"## {heading}\n\n{words}\n\n{_fields_table(field for field in fields.FIELDS if field.kind is kind)}"
        for kind, (heading, words) in _KINDS.items()
    ]
    intro = (
        "The names are those of a stack file; Python programs write them as the second column shows. All fields, also "
        "those that are not declared, are outputs of the resource under their Python names."
    )
    return "\n\n".join(["# Fields of an account", intro, *groups, f"## Options\n\n{_options_table()}"]) + "\n"


def settings_page() -> str:
    """Every setting of the `audian:` namespace."""
    configured = yaml.safe_load(PROJECT.read_text("utf-8"))["config"]
    rows = [
        (
            f"`{NAMESPACE}{name}`",
            _described(name, configured.get(NAMESPACE + name, {})),
            f"{SETTINGS[name]}{', encrypted' if name in CREDENTIALS else ''}",
            _default(name),
            _variable(name),
        )
        for name in SETTINGS
    ]
    table = _table(("setting", "", "must be", "default", "environment variable"), rows)
    words = (
        "They stand below `config` in a stack file, or are set with `pulumi config set`. An environment variable wins "
        "over the setting. Any other name in the namespace stops a preview, because a misspelt setting would be "
        f"ignored otherwise. `{NAMESPACE}{ACCOUNTS}` holds the [accounts](fields.md) of a stack for the project of "
        "this repository; programs of your own may use it by `declared_accounts()`."
    )
    return f"# Settings\n\n{words}\n\n{table}\n"


def commands_page() -> str:
    """The command line, as the command that comes with Typer describes it."""
    command = [sys.executable, "-m", "typer", "pulumi_audian.cli.app", "utils", "docs", "--name", "audian"]
    done = subprocess.run([*command, "--title", "Commands"], stdout=subprocess.PIPE, text=True, check=True)
    # Typer cuts the commands' descriptions in its list short; each stands below in full.
    introduction, _, rest = done.stdout.partition("**Commands**:")
    return introduction + rest[rest.index("## ") :]


def python_page() -> str:
    """What the package exports; the site's builder puts signatures and docstrings in the place of each `:::`."""
    account = "::: pulumi_audian.Account\n    options:\n      members: [from_mapping]"
    others = "\n\n".join(f"::: pulumi_audian.{name}" for name in pulumi_audian.__all__ if name != "Account")
    words = "`import pulumi_audian as audian` gives a program all of these."
    outputs = f"### Outputs of an account\n\n{_outputs_table()}"
    return f"# Python\n\n{words}\n\n{account}\n\n{outputs}\n\n{others}\n"


def _outputs_table() -> str:
    typed = {name: output.__orig_class__ for name, output in vars(Account).items() if hasattr(output, "__orig_class__")}
    rows = [(f"`{name}`", f"`Output[{_type_name(live.__args__[0])}]`") for name, live in typed.items()]
    return _table(("output", "type"), rows)


def _type_name(kind: Any) -> str:
    return str(kind).replace("typing.", "") if get_args(kind) else str(kind.__name__)


def _fields_table(shown: Iterable[Field]) -> str:
    rows = [
        (f"`{_declared(field)}`", f"`{_python(field)}`", field.description, field.rule.value, field.remedy)
        for field in shown
    ]
    head = ("field", "in Python", "what it is", "must be", "to have another")
    length = len(head) if any(row[-1] for row in rows) else len(head) - 1
    table = _table(head[:length], [row[:length] for row in rows])
    return f'<div class="whole-names" markdown>\n\n{table}\n\n</div>'


def _declared(field: Field) -> str:
    return fields.dotted((*field.path[:-1], field.declared_as))


def _python(field: Field) -> str:
    return ".".join(map(fields.snake_case, (*field.path[:-1], field.declared_as)))


def _options_table() -> str:
    schema = account_model().model_json_schema()["properties"]
    rows = [
        (
            f"`{name}`",
            f"`{fields.snake_case(name)}`",
            description,
            _allowed(schema[name]),
            f"`{json.dumps(schema[name]['default'])}`",
            _OPTIONS_EXPLAINED[name],
        )
        for name, description in fields.OPTIONS.items()
    ]
    return _table(("option", "in Python", "what it is", "values", "default", "explained in"), rows)


def _allowed(schema: Mapping[str, Any]) -> str:
    if "items" in schema:
        return f"a list of {_allowed(schema['items'])}"
    return ", ".join(f"`{value}`" for value in schema["enum"]) if "enum" in schema else "field paths"


def _described(name: str, configured: Mapping[str, Any]) -> str:
    return str(configured.get("description", "")) or ("The credential" if name in CREDENTIALS else "")


def _default(name: str) -> str:
    value = connection.connect(lambda _: None, {}).model_dump(by_alias=True)[name]
    return "" if value is None else f"`{value if isinstance(value, str) else json.dumps(value)}`"


def _variable(name: str) -> str:
    variable = connection._ENVIRONMENT.get(name)  # noqa: SLF001 - the one place where they are listed
    return f"`{variable}`" if variable else ""


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [list(head), *map(list, rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)

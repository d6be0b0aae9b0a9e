"""The reference pages name everything there is, and README's short tables agree with them."""

from __future__ import annotations

import inspect
import json
import re
from pathlib import Path

import pytest
import typer
from tests.docs.built import BuiltPage
from tools.docs import reference
from tools.docs.pages import CHECKOUT

import pulumi_audian
from pulumi_audian import fields
from pulumi_audian.cli.app import app
from pulumi_audian.connection import connect
from pulumi_audian.fields import Kind
from pulumi_audian.settings import CREDENTIALS, SETTINGS

README = (CHECKOUT / "README.md").read_text("utf-8")


def rows(text: str, heading: str) -> dict[str, list[str]]:
    """The rows of the table below a heading, by what stands first in each, names of code alone."""
    section = re.split(r"^#+ ", text.partition(f" {heading}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")][2:]
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return {name: row for row in cells for name in re.findall(r"`([^`]+)`", row[0])}


def default_of(name: str) -> str:
    """A setting's default as people write it; "" where there is none."""
    value = connect(lambda _: None, {}).model_dump(by_alias=True)[name]
    return "" if value is None else value if isinstance(value, str) else json.dumps(value)


def test_every_field_has_a_row() -> None:
    """With its name in stack files and in programs, what it is, and what a value must be."""
    page = reference.fields_page()
    for field in fields.FIELDS:
        path = (*field.path[:-1], field.declared_as)
        python = ".".join(map(fields.snake_case, path))
        assert re.fullmatch(r"[A-Z].+\.", field.description)
        assert f"| `{fields.dotted(path)}` | `{python}` | {field.description} | {field.rule.value} |" in page


def test_every_option_has_a_row() -> None:
    """With what it is, its values, and the page that explains it."""
    table = rows(reference.fields_page(), "Options")
    assert set(table) == set(fields.OPTIONS)
    assert table["onDelete"][3:5] == ["`retain`, `restore`", '`"retain"`']
    assert table["clear"][2:4] == ["Paths of fields to set to null.", "a list of field paths"]


def test_every_setting_has_a_row() -> None:
    """With its rule, its default and its environment variable, which has an effect."""
    table = rows(reference.settings_page(), "Settings")
    assert {name: row[2].removesuffix(", encrypted") for name, row in table.items()} == {
        f"audian:{name}": rule for name, rule in SETTINGS.items()
    }
    assert {name: row[3].strip("`") for name, row in table.items()} == {
        f"audian:{name}": default_of(name) for name in SETTINGS
    }
    variables = {row[-1].strip("`") for row in table.values() if row[-1]}
    assert variables == {"AUDIAN_API_URL", "AUDIAN_API_TOKEN", "AUDIAN_API_KEY"}
    unset = connect(lambda _: None, {})
    assert all(connect(lambda _: None, {variable: "https://api.example"}) != unset for variable in variables)


def test_every_command_and_option_is_described() -> None:
    """As the command line itself does."""
    page = reference.commands_page()
    command = typer.main.get_command(app)
    for name, each in getattr(command, "commands").items():  # noqa: B009 - typer's group is not exported
        section = page.partition(f"## `audian {name}`")[2].partition("\n## ")[0]
        missing = {option for param in each.params for option in (*param.opts, *param.secondary_opts)}
        missing = {option for option in missing if option.startswith("-") and option not in section}
        assert section, name
        assert missing == set(), name


def test_every_export_is_described(site: Path) -> None:
    """With all parameters of the resource."""
    page = BuiltPage(site / "reference" / "python.html")
    assert {f"pulumi_audian.{name}" for name in pulumi_audian.__all__} - page.anchors == set()
    parameters = set(inspect.signature(pulumi_audian.Account).parameters)
    assert {name for name in parameters if not re.search(rf"\b{name}:", page.text)} == set()


@pytest.mark.parametrize(("kind", "words"), [(Kind.MUTABLE, {"written"}), (Kind.IMMUTABLE, {"required", "asserted"})])
def test_readme_lists_the_same_fields(kind: Kind, words: set[str]) -> None:
    """Its short table forgets no field, and calls written what is written."""
    listed = {name for name, row in rows(README, "An account's fields").items() if row[1] in words}
    assert listed == {field.declared_as for field in fields.TOP_LEVEL if field.kind is kind}


def test_readme_lists_the_same_members_and_options() -> None:
    """Those of an object stand in its row."""
    table = rows(README, "An account's fields")
    for prefix in ("address", "settings"):
        named = set(re.findall(r"`(\w+)`", table[prefix][2]))
        assert named == {field.path[-1] for field in fields.members((prefix,))}
    assert {name for name, row in table.items() if row[1] == "option"} == set(fields.OPTIONS)


def test_readme_lists_the_same_settings() -> None:
    """With the same defaults; the credentials are told of below the table."""
    table = rows(README, "Settings")
    assert set(table) == set(SETTINGS) - set(CREDENTIALS)
    assert {name: row[1].strip("`") for name, row in table.items()} == {name: default_of(name) for name in table}

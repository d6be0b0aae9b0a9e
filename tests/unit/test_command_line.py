"""What the command says of itself: its version, its help on 80 columns, and what a shell completes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

import pulumi_audian
from pulumi_audian.cli.app import app

COMMANDS = ("preview", "drift", "export", "show", "validate", "doctor")
COLUMNS = 80


def helped(*arguments: str) -> str:
    """The help as a terminal of 80 columns shows it."""
    shown = CliRunner().invoke(app, [*arguments, "--help"], env={"COLUMNS": str(COLUMNS)}, prog_name="audian")
    assert shown.exit_code == 0
    return shown.output


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command as installed."""
    command = [sys.executable, "-c", "from pulumi_audian.cli import main; main()", *arguments]
    return subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=False)


def test_the_version_is_told() -> None:
    """By the command and by the package, also in a checkout, which is not installed."""
    assert run("--version").stdout == f"pulumi-audian {pulumi_audian.__version__}\n"


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_is_whole_on_80_columns(command: str) -> None:
    """No line is too long, and no word or choice is broken; what types are called in Python is not told."""
    text = helped(*([command] if command else []))
    assert max(map(len, text.splitlines())) <= COLUMNS
    assert text.startswith(f"Usage: audian {command}".rstrip())
    assert re.search(r"<\w|[│╭]", text) is None
    group: Any = typer.main.get_command(app)
    known = group.commands[command] if command else group
    whole = " ".join(text.split())
    for parameter in known.params:
        if not getattr(parameter, "hidden", False):
            assert " ".join(parameter.help.split()) in whole
            assert max(parameter.opts, key=len) in whole
    assert " ".join(known.help.split()) in whole


def test_the_list_of_commands_cuts_nothing() -> None:
    """Each command is described in one whole sentence."""
    lines = helped().partition("Commands:\n")[2].splitlines()
    assert [line.split()[0] for line in lines] == list(COMMANDS)
    assert [line for line in lines if not line.endswith(".") or line.endswith("...")] == []


def test_a_mistake_is_told_in_one_line() -> None:
    """Its message is neither framed nor broken."""
    done = run("preview", "--out", "report.pdf", COLUMNS=str(COLUMNS))
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "Error: Invalid value for --out: report.pdf ends in none of .md, .json, .txt"


@pytest.mark.parametrize(
    ("typed", "offered"), [("dr", "drift"), ("preview --fa", "--fail-on"), ("drift --is", "--issue")]
)
def test_a_shell_completes_commands_and_options(typed: str, offered: str) -> None:
    """As `audian --install-completion` sets it up."""
    words = f"audian {typed}"
    completion = {"COMP_WORDS": words, "COMP_CWORD": str(len(words.split()) - 1), "_AUDIAN_COMPLETE": "complete_bash"}
    assert run(**completion).stdout.split() == [offered]


def test_what_is_installed_for_a_shell_is_shown() -> None:
    """Whoever keeps their shell's files elsewhere can copy it from there."""
    # There is no shell around a test to be found out.
    shown = run("--show-completion", "bash", _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1").stdout
    assert "_AUDIAN_COMPLETE=complete_bash" in shown
    assert "complete -o default -F _audian_completion audian" in shown

"""Every example in README and the docs is what it claims to be: valid, typed, and made of commands that exist."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from tests.docs.documents import Example, commands, examples, parts
from tools.docs.pages import CHECKOUT
from typer.testing import CliRunner

from pulumi_audian.cli.app import app
from workbench import find_engine

WRONG = "New_Yrok"
"""Stands in the one stack file that is shown for what is wrong in it."""

STACK_FILES = [one for one in examples("yaml") if "config:" in one.text and WRONG not in one.text]
AUDIAN = typer.main.get_command(app)
PROJECT = yaml.safe_load((CHECKOUT / "Pulumi.yaml").read_text("utf-8"))


def of(program: str) -> list[str]:
    """Every command line of the documents that starts with a program."""
    return sorted({part for command in commands() for part in parts(command.text) if part.split()[0] == program})


@pytest.mark.parametrize("example", examples("yaml"), ids=str)
def test_yaml_can_be_read(example: Example) -> None:
    """As a map, or as the list of steps that goes into one."""
    assert isinstance(yaml.safe_load(example.text), dict | list)


@pytest.mark.parametrize("example", STACK_FILES, ids=str)
def test_stack_files_have_no_problems(example: Example, tmp_path: Path) -> None:
    """`audian validate` accepts them in a project with the keys of ours."""
    (tmp_path / "Pulumi.yaml").write_text(yaml.safe_dump({**PROJECT, "stackConfigDir": "."}), "utf-8")
    (tmp_path / "Pulumi.prod.yaml").write_text(example.text, "utf-8")
    checked = CliRunner().invoke(app, ["validate", "--cwd", str(tmp_path)])
    assert checked.exit_code == 0, checked.output


@pytest.mark.parametrize("example", [one for one in examples("yaml") if "runtime:" in one.text], ids=str)
def test_project_files_are_like_ours(example: Example) -> None:
    """What Pulumi.yaml has to say about its environment is what this project's says."""
    shown: dict[str, Any] = yaml.safe_load(example.text)["runtime"]
    assert shown == PROJECT["runtime"]


def test_programs_are_typed(tmp_path: Path) -> None:
    """Mypy, as strict as with our own code, finds nothing in them."""
    for number, example in enumerate(examples("python")):
        (tmp_path / f"example_{number}.py").write_text(example.text, "utf-8")
    mypy = str(Path(sys.executable).parent / "mypy")
    command = [mypy, "--strict", f"--cache-dir={CHECKOUT / '.mypy_cache'}", str(tmp_path)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("example", examples("json"), ids=str)
def test_json_can_be_read(example: Example) -> None:
    """What policies accept of it is tested beside the pack."""
    assert json.loads(example.text)


def test_commands_are_shell() -> None:
    """Bash reads each of them, without running any."""
    script = "\n".join(command.text for command in commands())
    done = subprocess.run(["bash", "-n"], input=script, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_programs_that_are_called_are_known() -> None:
    """A command that no test here looks at is listed, so that a new one is noticed."""
    called = {part.split()[0] for command in commands() for part in parts(command.text)}
    looked_at = {"audian", "pulumi", "make", "export", "eval"}
    others = {".", "cd", "cp", "echo", "pip", "policy/venv/bin/pip", "printf", "python", "python3", "gh", "jq", "curl"}
    assert called - looked_at == others


@pytest.mark.parametrize("command", of("audian"))
def test_our_own_commands_take_these_arguments(command: str) -> None:
    """Each option exists and takes its value; nothing is run."""
    _, name, *arguments = shlex.split(command)
    found = getattr(AUDIAN, "commands")[name]  # noqa: B009 - typer's group is not exported
    found.make_context(name, arguments)


@pytest.mark.parametrize("command", of("pulumi"))
def test_the_engines_commands_have_these_options(command: str) -> None:
    """As the engine's own help lists them, with those that it calls experimental."""
    _, *words = shlex.split(command)
    name = [word for word in words if not word.startswith("-")][: 2 if words[0] in {"stack", "config"} else 1]
    command_line = [str(find_engine() / "pulumi"), *name, "--help"]
    environment = {**os.environ, "PULUMI_EXPERIMENTAL": "true"}
    helped = subprocess.run(command_line, env=environment, capture_output=True, text=True, check=True).stdout
    options = {word.split("=")[0] for word in words if word.startswith("--")}
    assert {option for option in options if not re.search(rf"{option}\b", helped)} == set()


@pytest.mark.parametrize("command", of("make"))
def test_targets_exist(command: str) -> None:
    """Make would know what to do."""
    target = next(word for word in shlex.split(command)[1:] if "=" not in word and not word.startswith("-"))
    assert re.search(rf"^{target}:", (CHECKOUT / "Makefile").read_text("utf-8"), re.MULTILINE)

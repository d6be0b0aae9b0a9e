"""The how-tos, followed with the real engine against the emulator: their stack files, commands and what these say."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.docs.documents import example, examples, parts
from tools.docs.pages import CHECKOUT
from typer.testing import CliRunner

from pulumi_audian.cli.app import app
from workbench import ACME, TYPE, Workbench

CHECKING = "docs/how-to/check-stack-files.md"
IMPORTING = "docs/how-to/import-accounts.md"


def accounts(how_to: str) -> dict[str, Any]:
    """The accounts that the stack file of a how-to declares."""
    declared: dict[str, Any] = yaml.safe_load(example(how_to, "yaml", "audian:accounts"))["config"]["audian:accounts"]
    return declared


def arguments(command: str) -> list[str]:
    """What follows `pulumi` in a command of a how-to, for the stack of the tests."""
    return shlex.split(command.replace("--stack prod", "").replace("urn:pulumi:prod::", "urn:pulumi:test::"))[1:]


def audian(bench: Workbench, command: str) -> subprocess.CompletedProcess[str]:
    """Run our own command as a how-to shows it after its prompt, for the stack of the tests."""
    _, _, *rest = shlex.split(command.replace("--stack prod", "--stack test"))
    asked = [str(Path(sys.executable).parent / "audian"), *rest]
    return subprocess.run(
        asked, cwd=bench.directory, env=bench.environment, stdout=subprocess.PIPE, text=True, check=False
    )


def test_restore(bench: Workbench) -> None:
    """The destroy says what the how-to shows, where someone else changed a value since."""
    how_to = "docs/how-to/restore.md"
    before = bench.api.account(ACME)["settings"]
    bench.settle(**accounts(how_to))
    bench.api.edit(ACME, {"settings": {"recordingRetention": 77}})
    (command,) = parts(example(how_to, "console", "destroy").removeprefix("$ "))
    destroyed = bench.observed(*arguments(command), "--yes")
    assert destroyed.code == 0, destroyed.text
    assert example(how_to, "text", "restored").strip() in destroyed.text
    assert bench.api.account(ACME)["settings"] == {**before, "recordingRetention": 77}


def test_clear_a_value(bench: Workbench) -> None:
    """Each path is null afterwards, and the next preview has no changes."""
    bench.api.edit(ACME, {"metadata": {"crm.id": "7", "kept": True}})
    bench.settle(**accounts("docs/how-to/clear-a-value.md"))
    live = bench.api.account(ACME)
    assert (live.get("phone"), live["settings"].get("language"), live["metadata"]) == (None, None, {"kept": True})
    assert bench.preview("--expect-no-changes").code == 0


def test_check_stack_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`audian validate` says of the wrong stack file what the how-to shows."""
    (tmp_path / "Pulumi.yaml").write_text((CHECKOUT / "Pulumi.yaml").read_text("utf-8"), "utf-8")
    (tmp_path / "stacks").mkdir()
    (tmp_path / "stacks" / "Pulumi.prod.yaml").write_text(example(CHECKING, "yaml", "New_Yrok"), "utf-8")
    monkeypatch.chdir(tmp_path)
    command, *shown = example(CHECKING, "console", "audian validate").splitlines()
    checked = CliRunner().invoke(app, shlex.split(command)[2:])
    assert (checked.exit_code, checked.output.splitlines()) == (1, shown)


def test_check_the_setup(bench: Workbench) -> None:
    """`audian doctor` ends with the lines that the how-to shows, for two accounts of which one does not exist."""
    bench.declare(acme={"accountId": ACME}, globex={"accountId": "acc_9999999999"})
    command, *shown = example(CHECKING, "console", "audian doctor").splitlines()
    done = audian(bench, command)
    said = done.stdout.replace(bench.api.api_url, "http://127.0.0.1:8080/v2").replace("Pulumi.test.", "Pulumi.prod.")
    assert (done.returncode, said.splitlines()[-len(shown) :]) == (1, shown)


def test_import_accounts(bench: Workbench) -> None:
    """What the command adds to the stack file is adopted without a change, both accounts at once."""
    bench.write_config(bench.config)
    shown = example(IMPORTING, "console", "audian export")
    (command,) = (line for line in shown.splitlines() if "audian export" in line)
    done = audian(bench, command.replace("Pulumi.prod.", "Pulumi.test."))
    assert done.returncode == 0
    said = [message for message in bench.preview().messages("info") if "already is as declared" in message]
    assert len(set(said)) == len(said) == 2
    assert bench.up().code == 0
    assert bench.bodies() == []


def test_import_accounts_without_the_command(bench: Workbench) -> None:
    """Both steps write nothing, and the state holds what the second one declares."""
    how_to = IMPORTING
    first, second = (
        yaml.safe_load(one.text)["config"]["audian:accounts"] for one in examples("yaml") if one.source == how_to
    )
    bench.declare(**first)
    assert "(Acme Corporation), which already is as declared: up writes nothing" in bench.preview().text
    assert bench.up().code == 0
    (command,) = parts(example(how_to, "console", "stack export").removeprefix("$ "))
    bench.command(*arguments(command))
    state = json.loads((bench.directory / "state.json").read_text("utf-8"))
    (outputs,) = (one["outputs"] for one in state["deployment"]["resources"] if one["type"] == TYPE)
    declared = second["acme"]
    assert all(outputs[name] == value for name, value in declared.items() if name != "settings")
    assert declared["settings"].items() <= outputs["settings"].items()
    bench.declare(**second)
    previewed = audian(bench, example(how_to, "console", "audian preview"))
    assert "Note: now declared as they are: displayName, settings" in previewed.stdout
    up = bench.up()
    assert (up.code, up.steps()) == (0, {"acme": "update"}), up.text
    assert bench.bodies() == []


def test_accounts_in_a_file_of_the_program(bench: Workbench) -> None:
    """The program that is shown for more accounts than a stack file can have declares those of its own file."""
    program, declared = (
        example(CHECKING, "python", "accounts.yaml"),
        example(CHECKING, "yaml", "displayName: Acme Corp"),
    )
    (bench.directory / "__main__.py").write_text(program)
    (bench.directory / "accounts.yaml").write_text(declared)
    bench.write_config(bench.config)
    preview = bench.preview()
    assert preview.code == 0, preview.text
    assert f"adopts account {ACME} (Acme Corporation), which already is as declared" in preview.text

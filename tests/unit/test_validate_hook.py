"""The hook for pre-commit: what it runs, on which files, and that its command works as pre-commit calls it."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

CHECKOUT = Path(__file__).parents[2]
(HOOK,) = yaml.safe_load((CHECKOUT / ".pre-commit-hooks.yaml").read_text())


def test_the_hook_installs_what_its_command_needs() -> None:
    """pre-commit installs the checkout and then these, in the checkout: the extra brings the command's libraries."""
    project = (CHECKOUT / "pyproject.toml").read_text()
    command, extra = HOOK["entry"].split()[0], re.fullmatch(r"\.\[(\w+)\]", *HOOK["additional_dependencies"])
    assert extra is not None
    assert re.search(rf"^{extra[1]} = \[", project, re.MULTILINE)
    assert re.search(rf'^{command} = "pulumi_audian\.cli:main"', project, re.MULTILINE)


def test_the_hook_has_what_pre_commit_asks_for() -> None:
    """And no key that pre-commit does not know."""
    known: dict[str, type[Any]] = {
        "id": str,
        "name": str,
        "description": str,
        "entry": str,
        "language": str,
        "files": str,
        "additional_dependencies": list,
        "require_serial": bool,
    }
    assert {key: type(value) for key, value in HOOK.items()} == known
    assert HOOK["language"] == "python"


@pytest.mark.parametrize(
    ("file", "is_checked"),
    [
        ("Pulumi.prod.yaml", True),
        ("infra/stacks/Pulumi.my-stack.yml", True),
        ("Pulumi.a.b.yaml", True),
        ("Pulumi.yaml", False),
        ("infra/Pulumi.yml", False),
        ("stacks/schema.json", False),
        ("OldPulumi.prod.yaml", False),
        ("Pulumi.prod.yaml.orig", False),
        ("Pulumi.d/x.yaml", False),
    ],
)
def test_the_hook_runs_on_stack_files(file: str, *, is_checked: bool) -> None:
    """On those alone: the project's file is none."""
    assert bool(re.search(HOOK["files"], file)) is is_checked


@pytest.mark.parametrize(("plan", "code"), [("starter", 0), ("7", 1)])
def test_the_hook_runs_its_command_on_the_changed_files(tmp_path: Path, plan: str, code: int) -> None:
    """At the top of the user's repository, with the files as last arguments; red where one is wrong."""
    (tmp_path / "stacks").mkdir()
    (tmp_path / "Pulumi.yaml").write_text("name: infra\nruntime: python\nstackConfigDir: stacks\n")
    for name, declared in (("good", "starter"), ("changed", plan)):
        text = f"config:\n  audian:accounts:\n    a: {{accountId: acc_1, plan: {declared}}}\n"
        (tmp_path / "stacks" / f"Pulumi.{name}.yaml").write_text(text)
    command, *arguments = shlex.split(HOOK["entry"])
    done = subprocess.run(
        [Path(sys.executable).parent / command, *arguments, "stacks/Pulumi.good.yaml", "stacks/Pulumi.changed.yaml"],
        cwd=tmp_path,
        env={"PATH": "/nonexistent"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code
    assert ("stacks/Pulumi.changed.yaml:3:27: a.plan: 7 is not text" in done.stdout) is bool(code)

"""`make engines`: which tests it runs, and what it says of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tools import engines

CHECKOUT = Path(__file__).parents[2]


def test_only_tests_that_need_the_engine_are_chosen() -> None:
    """Others say the same on each engine."""
    asked = ["--engine-only", "--collect-only", "-q", "-p", "no:cacheprovider"]
    files = ["tests/engine/test_hooks.py", "tests/unit/test_fields.py"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *asked, *files], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    chosen = {line.partition("[")[0] for line in done.stdout.splitlines() if "::" in line}
    assert chosen == {
        "tests/engine/test_hooks.py::test_a_retry_that_a_hook_asks_for_keeps_what_was_overwritten",
        "tests/engine/test_hooks.py::test_hooks_run_around_each_write_and_can_prevent_it",
    }


@pytest.mark.parametrize(
    ("passed", "failed", "code"), [("7", "0", 0), ("7", "1", 1), ("0", "0", 1)], ids=["passed", "failed", "none ran"]
)
def test_the_table_has_a_line_for_each_pair(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], passed: str, failed: str, code: int
) -> None:
    """A failure, or a run without any test, is the command's own failure."""
    monkeypatch.setattr(sys, "argv", ["engines.py"])
    monkeypatch.setattr(engines, "run", lambda release, _: engines.Outcome(release, "1", "3", passed, failed, "2"))
    assert engines.main() == code
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines == [
        ["engine", "sdk", "python", "passed", "failed", "skipped"],
        ["oldest", "1", "3", passed, failed, "2"],
        ["newest", "1", "3", passed, failed, "2"],
    ]


def test_an_engine_that_can_not_be_installed_ends_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """The installer has said why: its exit code is handed on, without a traceback."""

    def fails(*_: object) -> engines.Outcome:
        raise subprocess.CalledProcessError(3, ["install"])

    monkeypatch.setattr(sys, "argv", ["engines.py", "--release", "oldest"])
    monkeypatch.setattr(engines, "run", fails)
    assert engines.main() == 3

"""What is read on a terminal."""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import replace

import pytest
from rich.console import Console
from syrupy.assertion import SnapshotAssertion
from tests.unit.report_samples import ADOPTED_AS_IT_IS, RICH, SAMPLES, SUSPENDED, UPDATED, of

from pulumi_audian.report import terminal
from pulumi_audian.report.model import Report


def printed(report: Report, *, width: int = 100, colour: bool = False, brief: bool = False) -> str:
    """What a console shows of a report."""
    file = io.StringIO()
    console = Console(file=file, width=width, force_terminal=colour, color_system="standard" if colour else None)
    terminal.render(report, console, brief=brief)
    return file.getvalue()


@pytest.mark.parametrize("name", SAMPLES)
def test_each_kind_of_report_reads_as_committed(name: str, snapshot: SnapshotAssertion) -> None:
    """The tables of each kind of action, effect and failure are the golden that was read by a person."""
    assert "\n".join(line.rstrip() for line in printed(SAMPLES[name]).split("\n")) == snapshot


@pytest.mark.parametrize("name", SAMPLES)
def test_each_kind_of_report_reads_as_committed_in_brief(name: str, snapshot: SnapshotAssertion) -> None:
    """A summary has a line for each account, and no panels."""
    text = printed(SAMPLES[name], width=80, brief=True)
    assert not set(text) & set("│╭╰─")
    assert "\n".join(line.rstrip() for line in text.split("\n")) == snapshot


@pytest.mark.parametrize("name", SAMPLES)
def test_each_kind_of_report_reads_as_committed_in_a_log(name: str, snapshot: SnapshotAssertion) -> None:
    """At 80 columns, which every CI log has, no word is broken and no column lost."""
    assert "\n".join(line.rstrip() for line in printed(SAMPLES[name], width=80).split("\n")) == snapshot


def test_a_long_report_ends_with_its_verdict() -> None:
    """Whoever sees the end of a log of 300 accounts sees what it comes to."""
    verdict = "Preview of phone-accounts/prod: 300 accounts change"
    accounts = [replace(UPDATED, name=f"account-{index}") for index in range(300)]
    for brief in (False, True):
        lines = printed(of(*accounts), width=80, brief=brief).rstrip().split("\n")
        assert lines[-1] == verdict
        assert lines[not brief].strip("│ ") == verdict
    assert len(lines) == 302
    assert printed(of(UPDATED)).count("Preview of phone-accounts/prod") == 1


def test_an_adoption_that_writes_nothing_takes_a_line() -> None:
    """Of 300 accounts that are as declared nobody wants 300 panels."""
    accounts = [replace(ADOPTED_AS_IT_IS, name=f"account-{index}") for index in range(300)]
    lines = [line.strip("│ ") for line in printed(of(*accounts), width=80).rstrip().split("\n")]
    assert lines[4].startswith("Each of these comes under management, and already is as declared")
    assert [line for line in lines if line.startswith("account-")] == [
        f"account-{index} (acc_6789012345)" for index in range(300)
    ]
    assert len(lines) < 310


@pytest.mark.parametrize("width", [40, 60, 80])
def test_nothing_is_lost_on_a_narrow_terminal(width: int) -> None:
    """Values, problems and places wrap, and not one character is cut for want of room."""
    narrow, wide = (Counter(filter(str.isalnum, printed(RICH, width=columns))) for columns in (width, 400))
    assert wide - narrow - Counter("field" * 3) == Counter()  # where a table does not fit, it has no heading


def test_a_change_of_status_is_red() -> None:
    """The status stands out by its colour too."""
    assert "\x1b[1;31mSTATUS: " in printed(of(SUSPENDED, UPDATED), colour=True)
    assert "\x1b[1;31m" not in printed(of(UPDATED), colour=True)

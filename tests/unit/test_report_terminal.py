"""What is read on a terminal."""

from __future__ import annotations

import io

import pytest
from rich.console import Console
from syrupy.assertion import SnapshotAssertion
from tests.unit.report_samples import RICH, SAMPLES, SUSPENDED, UPDATED, of

from pulumi_audian.report import terminal
from pulumi_audian.report.model import Report


def printed(report: Report, *, width: int = 100, colour: bool = False) -> str:
    """What a console shows of a report."""
    file = io.StringIO()
    console = Console(file=file, width=width, force_terminal=colour, color_system="standard" if colour else None)
    terminal.render(report, console)
    return file.getvalue()


@pytest.mark.parametrize("name", SAMPLES)
def test_each_kind_of_report_reads_as_committed(name: str, snapshot: SnapshotAssertion) -> None:
    """The tables of each kind of action, effect and failure are the golden that was read by a person."""
    assert "\n".join(line.rstrip() for line in printed(SAMPLES[name]).split("\n")) == snapshot


@pytest.mark.parametrize("width", [40, 60, 80])
def test_nothing_is_lost_on_a_narrow_terminal(width: int) -> None:
    """Values, problems and places wrap, and not one character is cut for want of room."""
    narrow, wide = (sorted(filter(str.isalnum, printed(RICH, width=columns))) for columns in (width, 400))
    assert narrow == wide


def test_a_change_of_status_is_red() -> None:
    """The status stands out by its colour too."""
    assert "\x1b[1;31mSTATUS: " in printed(of(SUSPENDED, UPDATED), colour=True)
    assert "\x1b[1;31m" not in printed(of(UPDATED), colour=True)

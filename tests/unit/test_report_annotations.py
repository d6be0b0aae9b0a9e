"""What GitHub shows beside the lines of a pull request."""

from __future__ import annotations

import re

import pytest
from syrupy.assertion import SnapshotAssertion
from tests.unit.report_samples import FILE, SAMPLES, SUSPENDED, UPDATED, of

from pulumi_audian.report import annotations as commands
from pulumi_audian.report.model import Account, Action, Note, Place, Problem, Severity

REFUSED = tuple(
    Account(f"account-{index}", "", "", Action.REFUSED, problems=(Problem("is wrong", "plan", Place(FILE, index)),))
    for index in range(1, 31)
)


@pytest.mark.parametrize("name", SAMPLES)
def test_each_kind_of_report_reads_as_committed(name: str, snapshot: SnapshotAssertion) -> None:
    """The commands for each kind of action, effect and failure are the golden that was read by a person."""
    assert "\n".join(commands.render(SAMPLES[name])) == snapshot


@pytest.mark.parametrize(("number", "shown"), [(9, 9), (10, 10), (11, 10), (30, 10)])
def test_no_more_than_github_shows_of_a_kind(number: int, shown: int) -> None:
    """Ten errors are shown; of more the last says how many there are besides."""
    found = commands.render(of(*REFUSED[:number]))
    assert len(found) == shown
    assert all(line.startswith("::error ") for line in found)
    left_out = number - sum("title=account-" in line for line in found)
    assert (f"{left_out} more errors" in found[-1]) == (number > 10)


def test_the_most_important_come_first() -> None:
    """A failure comes before refused accounts, and a change of status before any other warning."""
    warned = Account("a", "", "", Action.UPDATE, notes=(Note("is odd", Severity.WARNING, Place(FILE, 1)),))
    report = of(warned, *REFUSED, SUSPENDED, failure="boom")
    found = [line for line in commands.render(report) if re.match("::(error|warning) ", line)]
    assert found[0] == "::error title=No complete answer for phone-accounts/prod::boom"
    warnings = [line for line in found if line.startswith("::warning ")]
    assert warnings[0] == f'::warning file={FILE},line=21,title=globex::status: "active" → "suspended"'
    assert warnings[-1].endswith("title=globex::" + SUSPENDED.notes[0].text)
    assert [line for line in warnings if "is odd" in line]


def test_a_plain_change_is_one_notice() -> None:
    """Where nothing fails and nothing may be lost, one notice says what is to happen."""
    assert commands.render(of(UPDATED)) == ["::notice title=Audian::Preview of phone-accounts/prod: 1 account changes"]


def test_a_text_is_what_the_runner_makes_of_it() -> None:
    """Escaped as the runner reads them, properties and messages come out as they were written."""
    account = Account(
        "a:b,c%", "", "", Action.REFUSED, problems=(Problem("100%0A, x::y", "", Place("d,e:f%.yaml", 3)),)
    )
    (line,) = commands.render(of(account))
    assert line == "::error file=d%2Ce%3Af%25.yaml,line=3,title=a%3Ab%2Cc%25::100%250A, x::y"

"""A short, seeded run of the chaos suite, and the page that the long one writes."""

from __future__ import annotations

import re

import pytest
from tests.chaos.__main__ import carried_out
from tests.chaos.kinds import KINDS, OTHERS
from tests.chaos.outcomes import INVARIANTS
from tests.chaos.page import PAGE, part, written
from tests.chaos.report import Report
from tests.chaos.stories import drawn


@pytest.mark.timeout(300)
def test_nothing_that_must_not_happen_happens() -> None:
    """Accounts go through adoption, change and departure under faults and a kill, with nothing violated."""
    result = carried_out(seed=384, number=0, accounts=12)
    assert result.violations == []
    assert result.schedules == 36
    assert result.injected.total() > 20


def test_a_seed_draws_the_same_batch_again() -> None:
    """What repeats a violation is its seed."""
    assert drawn(7, 3, 10) == drawn(7, 3, 10)
    assert drawn(7, 3, 10) != drawn(8, 3, 10)


def test_every_kind_of_fault_is_drawn_in_a_run() -> None:
    """No kind stands in the table without ever being injected."""
    kinds = {kind.name for kind in KINDS if kind.weight}
    stories = [story for number in range(8) for story in drawn(1, number, 60).stories.values()]
    drawn_faults = [fault for story in stories for schedule in story.schedules.values() for fault in schedule.faults]
    assert {fault["label"] for fault in drawn_faults} == kinds


def test_the_page_shows_what_is_injected_and_what_must_hold() -> None:
    """The page holds the rows that this version's report has, from a run without violations."""
    page = part(PAGE.read_text("utf-8"))
    injected = [name for name, _, _ in re.findall(r"^\| (.+?) \| (.+?) \| ([\d,]+) \|$", page, re.MULTILINE)]
    assert injected == [rule.name for rule in INVARIANTS] + [kind.name for kind in KINDS] + list(OTHERS)
    assert "| violations | 0 |" in page
    assert re.search(r"^\| schedules \| \d,?\d{3} \|$", page, re.MULTILINE)


def test_a_report_takes_the_place_of_the_last_one() -> None:
    """Writing into the page twice leaves one report, and all around it as it is."""
    page = "# Title\n\n<!-- begin: make chaos writes this -->\nold\n<!-- end -->\n\nText\n"
    report = Report(seed=1, batches=2, accounts=3)
    once = written(page, report)
    assert written(once, report) == once
    assert part(once) == report.table()
    assert (once.startswith("# Title\n"), once.endswith("\nText\n")) == (True, True)


def test_a_page_without_a_place_for_the_report_is_an_error() -> None:
    """A report is not lost silently."""
    with pytest.raises(ValueError, match="no part that make chaos writes"):
        written("# Title\n", Report(seed=1, batches=2, accounts=3))

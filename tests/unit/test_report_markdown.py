"""What a reviewer reads in a comment, and what is left of it where there is more than fits."""

from __future__ import annotations

import dataclasses
import re
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion
from tests.unit.rendered import rendered
from tests.unit.report_samples import SAMPLES, SUSPENDED, of, row
from tests.unit.report_texts import REPORTS

from pulumi_audian.records import Plain
from pulumi_audian.report import markdown
from pulumi_audian.report.model import Account, Action, Effect, Problem, Purpose, Report, Row, Stack, headline

PATHS = tuple(f"metadata.key{number}" for number in range(10))


def many(number: int, action: Action = Action.UPDATE, **parts: Any) -> list[Account]:
    """That many accounts with the same parts."""
    return [Account(f"account-{index}", f"acc_{index:010}", f"No {index}", action, **parts) for index in range(number)]


def updated(number: int, value: str = '"a|b"') -> list[Account]:
    """That many accounts of which ten fields change."""
    return many(number, rows=tuple(row(path, "(none)", value, Effect.WRITE) for path in PATHS))


@pytest.mark.parametrize("name", SAMPLES)
def test_each_kind_of_report_reads_as_committed(name: str, snapshot: SnapshotAssertion) -> None:
    """The Markdown of each kind of action, effect and failure is the golden that was read by a person."""
    assert markdown.render(SAMPLES[name]) == snapshot


def test_the_heading_alone_says_what_is_to_happen() -> None:
    """The first line holds the verdict, its sign, and a change of status, which nobody may miss."""
    assert markdown.render(of(SUSPENDED)).splitlines()[0] == (
        "## ⚠️ Preview of phone-accounts/prod: 1 account changes, 1 status change"
    )


@pytest.mark.parametrize("stacks", [1, 4])
def test_a_thousand_accounts_fit_a_comment(stacks: int) -> None:
    """Of more changes than a comment holds, tables go first, then lines, which are counted; the status stays."""
    accounts = [*updated(1_000), SUSPENDED]
    report = Report(Purpose.PREVIEW, tuple(Stack("shop", f"stack-{index}", tuple(accounts)) for index in range(stacks)))
    started = time.process_time()
    text = markdown.render(report)
    assert time.process_time() - started < 5 * stacks
    assert 60_000 < len(text.encode()) <= 65_000
    page = rendered(text)
    assert headline(report.stacks) in next(page.all("h2")).text
    assert len(list(page.all("table"))) == stacks, "only the tables of changed status are left"
    assert "account-0" in text, "what is left out is the end of the list"
    assert "account-999" not in text
    left_out = [paragraph.text for paragraph in page.all("p") if "more account" in paragraph.text]
    listed = sum("changes: up" in item.text for item in page.all("li"))
    assert sum(int(text.split()[1].replace(",", "")) for text in left_out) + listed == 1_000 * stacks


def test_a_thousand_refused_accounts_fit_a_comment() -> None:
    """Of more problems than a comment holds those that are left out are counted, and the heading has them all."""
    problems = tuple(Problem("é" * 400, f"metadata.key{number}") for number in range(3))
    report = of(*many(1_000, Action.REFUSED, problems=problems), SUSPENDED)
    text = markdown.render(report)
    assert 60_000 < len(text.encode()) <= 65_000
    assert "1000 are refused" in text.splitlines()[0]
    page = rendered(text)
    listed = sum("(2 more problems)" in item.text for item in page.all("li"))
    assert f"…and {1_000 - listed:,} more refused accounts" in text


def test_what_may_be_lost_is_dropped_last() -> None:
    """Where not even a line for each account fits, those with a change of status are the ones that are left."""
    suspended = [dataclasses.replace(SUSPENDED, name=f"suspended-{number}") for number in range(20)]
    failed = of(*updated(200), *suspended, *many(200, Action.ADOPT), failure="x" * 10_000)
    text = markdown.render(failed, limit=8_000)
    assert len(text.encode()) <= 8_000
    assert set(re.findall(r"<code>(suspended-\d+)</code>(?:\*\*)? changes", text)) == {each.name for each in suspended}
    assert "x" * 100 in text
    assert "…and 400 more accounts" in text


def test_a_thousand_failed_stacks_fit_a_comment() -> None:
    """Stacks that do not fit are counted, and the heading still says how many accounts are refused."""
    refused = many(1, Action.REFUSED, problems=(Problem("is wrong"),))
    report = Report(
        Purpose.PREVIEW, tuple(Stack("shop", f"s{n}", tuple(refused), failure="boom") for n in range(1_000))
    )
    text = markdown.render(report)
    assert 30_000 < len(text.encode()) <= 65_000
    assert text.splitlines()[0].endswith("1000 accounts are refused")
    assert f"…and {1_000 - text.count('### shop/'):,} more stacks" in text


@given(REPORTS, st.integers(0, 5_000))
@settings(deadline=None)
def test_no_report_exceeds_its_limit(report: Report, limit: int) -> None:
    """Whatever is in it, a report takes no more than it may, or is its title alone."""
    text = markdown.render(report, limit=limit)
    title = markdown.render(report, limit=0)
    assert len(text.encode()) <= max(limit, len(title.encode()))
    assert text.startswith(title.split("\n\n…")[0].rstrip())
    assert list(rendered(title).all("table", "pre", "h3")) == []


def test_long_values_that_differ_late_are_told_apart() -> None:
    """Of two long values the part is shown in which they differ, with the length of each."""
    start = "0123456789" * 50
    changed = Row("metadata.note", Plain(f"{start}before{start}"), Plain(f"{start}after"), Effect.WRITE)
    page = rendered(markdown.render(of(Account("acme", "acc_1", "", Action.UPDATE, rows=(changed,)))))
    _, live, declared = (cell.text for cell in page.all("td"))
    assert "9before0" in live
    assert live.endswith("… (1,008 characters)")
    assert declared.endswith('9after" (507 characters)')

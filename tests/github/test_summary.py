"""The job summary's file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pulumi_audian.cli.github import Event, GitHubError, append_summary
from pulumi_audian.cli.github.summary import LIMIT


@pytest.fixture
def summary(event: Event) -> Path:
    """The file that the runner shows."""
    assert event.summary
    return event.summary


def test_a_report_is_added_to_what_is_there(event: Event, summary: Path) -> None:
    """What the step wrote before stays, and two reports do not run into each other."""
    summary.write_bytes(b"Built.")
    append_summary(event, "## Größe 1\n")
    append_summary(event, "## 2\n")
    assert summary.read_text("utf-8") == "Built.\n\n## Größe 1\n\n\n## 2\n"


def test_the_first_report_starts_the_file(event: Event, summary: Path) -> None:
    """A heading stands on the first line."""
    append_summary(event, "## 1\n")
    assert summary.read_text("utf-8") == "## 1\n"


@pytest.mark.parametrize("before", [0, 1, 500_000, LIMIT - 400])
def test_a_summary_stays_under_what_github_takes(event: Event, summary: Path, before: int) -> None:
    """Too much is cut between two lines, which is said first, and never inside of a character."""
    summary.write_bytes(b"x" * before)
    append_summary(event, "".join(f"{number} ääää\n" for number in range(200_000)))
    content = summary.read_bytes()
    assert LIMIT - 40 < len(content) <= LIMIT
    added = content[before:].decode("utf-8")
    assert added.lstrip().startswith("> [!WARNING]\n> This report was cut")
    assert added.endswith("ä\n")
    assert "\n0 ääää\n1 ääää\n" in added


def test_exactly_as_much_as_github_takes_is_not_cut(event: Event, summary: Path) -> None:
    """The limit itself is allowed."""
    summary.write_bytes(b"x" * 100)
    append_summary(event, "y" * (LIMIT - 102))
    assert summary.stat().st_size == LIMIT
    assert b"cut" not in summary.read_bytes()


@pytest.mark.parametrize("before", [LIMIT - 100, LIMIT - 10, LIMIT, LIMIT + 10])
def test_a_full_summary_is_left_as_it_is(event: Event, summary: Path, before: int) -> None:
    """Where not even a line fits, that is an error and not half a sentence."""
    summary.write_bytes(b"x" * before)
    with pytest.raises(GitHubError, match="this step filled it"):
        append_summary(event, "## 1\n\ntext\n" * 100)
    assert summary.stat().st_size == before


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (None, "GITHUB_STEP_SUMMARY is not set"),
        (Path("/nowhere/summary.md"), "/nowhere/summary.md: No such file or directory"),
        (Path("/"), "/: Is a directory"),
    ],
)
def test_a_summary_that_cannot_be_written_is_an_error(event: Event, path: Path | None, text: str) -> None:
    """The file and the reason are named."""
    with pytest.raises(GitHubError, match="the job summary was not written: ") as raised:
        append_summary(replace(event, summary=path), "## 1\n")
    assert text in str(raised.value)

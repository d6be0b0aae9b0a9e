"""What a comment says besides the report: which commit it is about, and which run made it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.github.forge import Forge
from tests.github.stand_in import COMMIT

from pulumi_audian.cli.github import Event
from pulumi_audian.cli.publication import publish
from pulumi_audian.report.model import Account, Action, Effect, Purpose, Report, Row, Stack

GITHUB_TAKES = 65_536
ROWS = (Row("displayName", '"Acme"', '"Acme 2"', Effect.WRITE),)


def accounts(number: int) -> Report:
    """A report of that many accounts that change."""
    changed = tuple(Account(f"acme-{index}", "acc_1", "Acme", Action.UPDATE, rows=ROWS) for index in range(number))
    return Report(Purpose.PREVIEW, (Stack("shop", "prod", changed),))


def commented(event: Event, forge: Forge, report: Report) -> str:
    """The pull request's only comment after a report was published."""
    publish(report, event, comment=True, issue=False)
    (comment,) = forge.comments.values()
    return comment.body


def test_a_comment_names_its_commit_and_its_run(event: Event, forge: Forge) -> None:
    """Whoever reads it can tell whether it is about the newest commit, also after a run that failed on the way."""
    before = commented(event, forge, accounts(1))
    assert before.endswith(f"\nOf commit {COMMIT}, from [this run]({event.run_url}).\n")
    after = commented(replace(event, commit="a" * 40), forge, accounts(1))
    assert after == before.replace(COMMIT, "a" * 40)


@pytest.mark.parametrize("commit", ["", "main](https://evil.example)", "x" * 40, COMMIT + "\n@everyone"])
def test_only_a_commit_is_named_as_one(event: Event, forge: Forge, commit: str) -> None:
    """Nothing but a hash is taken from the event."""
    body = commented(replace(event, commit=commit), forge, accounts(1))
    assert body.endswith(f"\n\nFrom [this run]({event.run_url}).\n")


def test_the_longest_report_leaves_room_for_it(event: Event, forge: Forge) -> None:
    """Report, marker and source together are no more than GitHub takes."""
    body = commented(event, forge, accounts(2_000))
    assert 60_000 < len(body.encode()) <= GITHUB_TAKES
    assert body.endswith(f"[this run]({event.run_url}).\n")


@pytest.mark.parametrize("name", ["push", "schedule", "workflow_dispatch", "merge_group"])
def test_where_there_is_nothing_to_comment_on_it_says_so(
    event: Event, forge: Forge, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """A run that is about no pull request says in one line that there is no comment, unless none is wanted."""
    elsewhere = replace(event, name=name, pull_request=None)
    report = replace(accounts(1), stacks=accounts(1).stacks * 2)
    publish(report, elsewhere, comment=True, issue=False)
    said = [line for line in capsys.readouterr().err.splitlines() if not line.startswith("::")]
    assert said == [f"audian: no comment: the event {name} is about no pull request"]
    publish(report, elsewhere, comment=False, issue=False)
    assert "no comment" not in capsys.readouterr().err
    assert forge.requests == []

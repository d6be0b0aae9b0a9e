"""What a comment says besides the report: which commit it is about, and which run made it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.github.forge import COMMIT, Forge

from pulumi_audian.cli.github import Event
from pulumi_audian.cli.publication import publish
from pulumi_audian.records import Plain
from pulumi_audian.report.model import Account, Action, Effect, Purpose, Report, Row, Stack

GITHUB_TAKES = 65_536
ROWS = (Row("displayName", Plain("Acme"), Plain("Acme 2"), Effect.WRITE),)


def accounts(number: int, organization: str = "", directory: str = "") -> Report:
    """A report of that many accounts that change."""
    changed = tuple(Account(f"acme-{index}", "acc_1", "Acme", Action.UPDATE, rows=ROWS) for index in range(number))
    stack = Stack("shop", "prod", changed, organization=organization, directory=directory)
    return Report(Purpose.PREVIEW, (stack,))


def commented(event: Event, forge: Forge, report: Report) -> str:
    """The pull request's only comment after a report was published."""
    publish(report, event, comment=True, issue=False)
    (comment,) = forge.comments.values()
    return comment.body


def test_a_comment_names_its_commit_and_its_run(event: Event, forge: Forge) -> None:
    """Whoever reads it can tell whether it is about the newest commit, also after a run that failed on the way."""
    before = commented(event, forge, accounts(1))
    forge.head = "a" * 40
    assert before.endswith(f"\nOf commit {COMMIT}, from [this run]({event.run_url}).\n")
    after = commented(replace(event, commit="a" * 40), forge, accounts(1))
    assert after == before.replace(COMMIT, "a" * 40)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"directory": "infra/phones"}, {"directory": "shop/phones"}),
        ({"directory": ""}, {"directory": "shop"}),
        ({"organization": "acme"}, {"organization": "globex"}),
        ({"organization": "acme"}, {}),
        ({"organization": "acme", "directory": "shop"}, {"organization": "acme"}),
    ],
)
def test_two_stacks_of_one_name_have_two_comments(
    event: Event, forge: Forge, one: dict[str, str], other: dict[str, str]
) -> None:
    """Directory and organization tell them apart, in the heading too: none replaces the other's refusal."""
    for where in (one, other, one, other):
        publish(accounts(1, **where), event, comment=True, issue=True)
    assert len(forge.comments) == len(forge.drift_issues) == 2
    headings = [comment.body.splitlines()[2] for comment in forge.comments.values()]
    for heading, title, where in zip(
        headings, (issue.title for issue in forge.drift_issues), (one, other), strict=True
    ):
        for text in (heading, title):
            assert f"{where['organization']}/shop/prod" in text if "organization" in where else "/shop/prod" not in text
            assert f" in {where['directory']}" in text if where.get("directory") else " in " not in text


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

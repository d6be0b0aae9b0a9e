"""The one open issue for drift, over HTTP."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.github.forge import JOB, MAINTAINER, STRANGER, Forge, User

from pulumi_audian.cli.github import LABEL, Event, close_issue, upsert_issue

KEY = "drift acme/production"
MARKER = f"<!-- pulumi-audian: {KEY} -->"
PATH = "/repos/acme/accounts/issues"
AGREED = "Live settings agree with code again."


def test_drift_opens_an_issue_with_the_label(event: Event, forge: Forge) -> None:
    """The label is made with a description, and the issue is found by it."""
    upsert_issue(event, KEY, "1 account differs", "table")
    (issue,) = forge.drift_issues
    assert (issue.title, issue.body, issue.labels) == ("1 account differs", f"{MARKER}\ntable", (LABEL,))
    assert forge.labels[LABEL]["description"] == "Live Audian accounts differ from code"
    assert forge.writes == ["POST /repos/acme/accounts/labels", f"POST {PATH}"]


def test_a_label_that_exists_is_used(event: Event, forge: Forge) -> None:
    """A label that a team has coloured stays as it is."""
    forge.labels[LABEL] = {"name": LABEL, "color": "000000"}
    upsert_issue(event, KEY, "1 account differs", "table")
    assert forge.drift_issues[0].labels == (LABEL,)
    assert forge.labels[LABEL]["color"] == "000000"


@pytest.mark.parametrize(("title", "body"), [("2 accounts differ", "table"), ("1 account differs", "other table")])
def test_the_issue_is_edited_when_it_changes(event: Event, forge: Forge, title: str, body: str) -> None:
    """A second run changes title or text of the same issue."""
    upsert_issue(event, KEY, "1 account differs", "table")
    upsert_issue(event, KEY, title, body)
    (issue,) = forge.drift_issues
    assert (issue.title, issue.body) == (title, f"{MARKER}\n{body}")
    assert forge.writes[2:] == [f"PATCH {PATH}/{issue.number}"]


def test_an_issue_of_the_former_key_is_taken_over(event: Event, forge: Forge) -> None:
    """What people said in an issue of an earlier version stays with the stack, and it is closed like any other."""
    former = forge.open(JOB, "1 account differs", f"{MARKER}\ntable", (LABEL,))
    upsert_issue(event, f"{KEY} in .", "2 accounts differ", "table", former_key=KEY)
    assert (former.title, former.body) == ("2 accounts differ", f"<!-- pulumi-audian: {KEY} in . -->\ntable")
    old = forge.open(JOB, "1 account differs", f"{MARKER}\ntable", (LABEL,))
    close_issue(event, f"{KEY} in other", AGREED, former_key=KEY)
    assert (former.state, old.state) == ("open", "closed")


def test_the_same_drift_writes_nothing(event: Event, forge: Forge) -> None:
    """A daily run does not notify anyone of what is known."""
    upsert_issue(event, KEY, "1 account differs", "table\n")
    written = len(forge.writes)
    upsert_issue(event, KEY, "1 account differs", "table\n")
    assert forge.writes[written:] == []


def test_agreement_closes_the_issue_with_a_comment(event: Event, forge: Forge) -> None:
    """The issue is closed as completed, after a comment that says why."""
    upsert_issue(event, KEY, "1 account differs", "table")
    close_issue(event, KEY, AGREED)
    (issue,) = forge.drift_issues
    assert (issue.state, issue.state_reason) == ("closed", "completed")
    (comment,) = forge.comments.values()
    assert (comment.issue, comment.body.splitlines()[1:]) == (issue.number, [AGREED])


def test_an_issue_that_was_reopened_by_hand_is_closed_again(event: Event, forge: Forge) -> None:
    """The next run says again that settings agree."""
    upsert_issue(event, KEY, "1 account differs", "table")
    close_issue(event, KEY, AGREED)
    forge.drift_issues[0].state = "open"
    close_issue(replace(event, run_url=f"{event.run_url}2"), KEY, AGREED)
    assert forge.drift_issues[0].state == "closed"
    assert len(forge.comments) == 2


def test_agreement_without_an_issue_writes_nothing(event: Event, forge: Forge) -> None:
    """Most runs find nothing and leave nothing."""
    close_issue(event, KEY, AGREED)
    assert forge.writes == []


def test_new_drift_opens_a_new_issue(event: Event, forge: Forge) -> None:
    """A closed issue keeps what it said, whether a run or a person closed it."""
    upsert_issue(event, KEY, "1 account differs", "first")
    close_issue(event, KEY, AGREED)
    upsert_issue(event, KEY, "1 account differs", "second")
    assert [(issue.state, issue.body.splitlines()[1]) for issue in forge.drift_issues] == [
        ("closed", "first"),
        ("open", "second"),
    ]


def test_each_stack_has_its_issue(event: Event, forge: Forge) -> None:
    """Agreement of one stack closes no other's issue."""
    upsert_issue(event, KEY, "production", "table")
    upsert_issue(event, "drift acme/staging", "staging", "table")
    close_issue(event, KEY, AGREED)
    assert [(issue.title, issue.state) for issue in forge.drift_issues] == [
        ("production", "closed"),
        ("staging", "open"),
    ]


def test_of_two_open_issues_the_first_stays(event: Event, forge: Forge) -> None:
    """What two runs at a time opened is put right by the next."""
    for body in ("one", "two", "three"):
        forge.open(JOB, "1 account differs", f"{MARKER}\n{body}", (LABEL,))
    upsert_issue(event, KEY, "1 account differs", "now")
    assert [(issue.state, issue.state_reason) for issue in forge.drift_issues] == [
        ("open", None),
        ("closed", "not_planned"),
        ("closed", "not_planned"),
    ]
    assert forge.drift_issues[0].body == f"{MARKER}\nnow"


def test_agreement_closes_every_open_issue_of_the_key(event: Event, forge: Forge) -> None:
    """No duplicate is left behind, and only the first is commented on."""
    for body in ("one", "two"):
        forge.open(JOB, "1 account differs", f"{MARKER}\n{body}", (LABEL,))
    close_issue(event, KEY, AGREED)
    assert [issue.state for issue in forge.drift_issues] == ["closed", "closed"]
    assert len(forge.comments) == 1


@pytest.mark.parametrize(
    ("author", "body", "labels"),
    [
        (STRANGER, f"{MARKER}\nfake", (LABEL,)),
        (MAINTAINER, f"{MARKER}\nfake", (LABEL,)),
        (JOB, f"see {MARKER}", (LABEL,)),
        (JOB, "", (LABEL,)),
        (JOB, f"{MARKER}\nunlabelled", ()),
    ],
)
def test_issues_of_others_are_not_touched(
    event: Event, forge: Forge, author: User, body: str, labels: tuple[str, ...]
) -> None:
    """Only a marked and labelled issue that the job wrote is edited or closed."""
    theirs = forge.open(author, "Theirs", body, labels)
    upsert_issue(event, KEY, "1 account differs", "table")
    close_issue(event, KEY, AGREED)
    assert (theirs.title, theirs.body, theirs.state) == ("Theirs", body, "open")
    assert len(forge.drift_issues) == 2


def test_an_issue_is_found_behind_hundreds(event: Event, forge: Forge) -> None:
    """All pages of labelled issues are read."""
    for number in range(130):
        forge.open(MAINTAINER, f"{number}", "text", (LABEL,))
    mine = forge.open(JOB, "1 account differs", f"{MARKER}\nold", (LABEL,))
    upsert_issue(event, KEY, "1 account differs", "new")
    assert (mine.body, len(forge.drift_issues)) == (f"{MARKER}\nnew", 131)


def test_a_long_title_is_cut_and_stays_equal(event: Event, forge: Forge) -> None:
    """GitHub takes 256 characters on one line; the cut title is no change the next time."""
    title = "many\nwords " * 60
    upsert_issue(event, KEY, title, "table")
    written = len(forge.writes)
    upsert_issue(event, KEY, title, "table")
    (issue,) = forge.drift_issues
    assert len(issue.title) == 256
    assert issue.title.startswith("many words many words")
    assert issue.title.endswith("…")
    assert forge.writes[written:] == []


def test_closing_begins_anew_without_a_second_comment(event: Event, forge: Forge) -> None:
    """Where GitHub fails between the comment and the closing, the comment is there once in the end."""
    upsert_issue(event, KEY, "1 account differs", "table")
    forge.fault("PATCH", r"/issues/\d+", 502)
    close_issue(event, KEY, AGREED)
    assert [issue.state for issue in forge.drift_issues] == ["closed"]
    assert len(forge.comments) == 1

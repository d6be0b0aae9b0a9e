"""The one comment on a pull request, over HTTP."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace

import pytest
from pydantic import SecretStr
from tests.github.forge import COMMIT, JOB, MAINTAINER, PERSON_TOKEN, PULL_REQUEST, STRANGER, Forge, User

from pulumi_audian.cli.github import Event, GitHubError, Origin, upsert_comment

KEY = "preview acme/production"
MARKER = f"<!-- pulumi-audian: {KEY} -->"
OTHER_APP = User("dependabot[bot]", 49699333, "Bot")
PATH = "/repos/acme/accounts/issues"


def bodies(forge: Forge) -> list[str]:
    """The comments, the oldest first."""
    return [comment.body for comment in forge.comments.values()]


def test_the_first_report_makes_a_comment(event: Event, forge: Forge) -> None:
    """The comment is written by one read and one write, its marker first."""
    upsert_comment(event, PULL_REQUEST, KEY, "## 1 account changes\n")
    assert bodies(forge) == [f"{MARKER}\n## 1 account changes\n"]
    assert [(one.method, one.path) for one in forge.requests] == [
        ("GET", f"{PATH}/7/comments"),
        ("POST", f"{PATH}/7/comments"),
    ]


def test_the_next_report_edits_it_in_place(event: Event, forge: Forge) -> None:
    """There is one comment, it says what is true now, and nobody was asked whose token it is."""
    upsert_comment(event, PULL_REQUEST, KEY, "old")
    (before,) = forge.comments
    forge.comment(MAINTAINER, "What is this?")
    upsert_comment(event, PULL_REQUEST, KEY, "new")
    assert forge.comments[before].body == f"{MARKER}\nnew"
    assert len(forge.comments) == 2
    assert forge.writes[1:] == [f"PATCH {PATH}/comments/{before}"]
    assert "/user" not in [one.path for one in forge.requests]


@pytest.mark.parametrize("stored", ["same\n", "same", "same\r\n\r\n"])
def test_an_unchanged_report_writes_nothing(event: Event, forge: Forge, stored: str) -> None:
    """Nobody is notified of what was said before, whatever GitHub made of its line ends."""
    forge.comment(JOB, f"{MARKER}\n{stored}")
    upsert_comment(event, PULL_REQUEST, KEY, "same\n")
    assert forge.writes == []


def test_each_key_has_its_comment(event: Event, forge: Forge) -> None:
    """Stacks do not overwrite each other's comments."""
    for key in (KEY, "preview acme/staging", "preview acme/production2"):
        upsert_comment(event, PULL_REQUEST, key, "first")
    upsert_comment(event, PULL_REQUEST, "preview acme/staging", "second")
    assert [body.splitlines()[1] for body in bodies(forge)] == ["first", "second", "first"]


def test_a_comment_of_the_former_key_is_taken_over(event: Event, forge: Forge) -> None:
    """What an earlier version wrote is edited, also where nothing changes any more, and gets the new marker."""
    former = forge.comment(JOB, f"{MARKER}\n2 accounts change")
    upsert_comment(event, PULL_REQUEST, f"{KEY} in .", "no changes", former_key=KEY, only_if_present=True)
    assert former.body == f"<!-- pulumi-audian: {KEY} in . -->\nno changes"
    upsert_comment(event, PULL_REQUEST, f"{KEY} in other", "1 account changes", former_key=KEY)
    assert [body.splitlines()[1] for body in bodies(forge)] == ["no changes", "1 account changes"]


def test_a_comment_of_the_former_key_stays_where_there_is_one_of_the_new(event: Event, forge: Forge) -> None:
    """It may be that of a stack that is still checked by an earlier version."""
    upsert_comment(event, PULL_REQUEST, f"{KEY} in .", "ours")
    theirs = forge.comment(JOB, f"{MARKER}\ntheirs")
    upsert_comment(event, PULL_REQUEST, f"{KEY} in .", "ours again", former_key=KEY)
    assert theirs.body == f"{MARKER}\ntheirs"
    assert len(forge.comments) == 2


OLDER, NEWER = "a" * 40, COMMIT


@pytest.mark.parametrize(
    ("head", "there", "now", "replaced"),
    [
        (NEWER, Origin(OLDER, 1, 1), Origin(NEWER, 2, 1), True),
        (NEWER, Origin(NEWER, 2, 1), Origin(OLDER, 1, 2), False),  # an older commit's run, started again
        (NEWER, Origin(NEWER, 1, 1), Origin(OLDER, 2, 1), False),  # the branch was forced back, or runs overtook
        (OLDER, Origin(NEWER, 2, 1), Origin(OLDER, 1, 2), True),  # forced back: the older commit is what counts
        (NEWER, Origin(NEWER, 1, 1), Origin(NEWER, 1, 2), True),
        (NEWER, Origin(NEWER, 1, 2), Origin(NEWER, 1, 1), False),
        (NEWER, Origin(NEWER, 10, 1), Origin(NEWER, 9, 2), False),  # the same commit, before a label was set
        (NEWER, Origin(NEWER, 9, 3), Origin(NEWER, 10, 1), True),
        ("c" * 40, Origin(OLDER, 2, 1), Origin("b" * 40, 1, 1), False),  # neither is the newest
        ("c" * 40, Origin(OLDER, 1, 1), Origin("b" * 40, 2, 1), True),
    ],
)
def test_what_is_more_recent_stays(  # noqa: PLR0913, PLR0917 - a table's columns
    event: Event,
    forge: Forge,
    head: str,
    there: Origin,
    now: Origin,
    replaced: bool,  # noqa: FBT001
) -> None:
    """What counts is the pull request's newest commit, and then the later run; a run that is older says so."""
    upsert_comment(event, PULL_REQUEST, KEY, "there", origin=there)
    forge.head = head
    said = f"stays as it is: run {there.run} wrote it about commit {there.commit}, which is more recent than this run"
    with nullcontext() if replaced else pytest.raises(GitHubError, match=said):
        upsert_comment(event, PULL_REQUEST, KEY, "now", origin=now)
    assert [body.splitlines()[2] for body in bodies(forge)] == ["now" if replaced else "there"]


def test_the_newest_commit_is_asked_for_only_where_it_decides(event: Event, forge: Forge) -> None:
    """The first comment, and a later one about the same commit, take no other request."""
    for attempt in (1, 2):
        upsert_comment(event, PULL_REQUEST, KEY, f"{attempt}", origin=Origin(COMMIT, 1, attempt))
    assert [one.path for one in forge.requests if "/pulls/" in one.path] == []


def test_a_comment_is_found_behind_hundreds(event: Event, forge: Forge) -> None:
    """All pages are read."""
    for number in range(250):
        forge.comment(MAINTAINER, f"{number}")
    mine = forge.comment(JOB, f"{MARKER}\nold")
    upsert_comment(event, PULL_REQUEST, KEY, "new")
    assert mine.body == f"{MARKER}\nnew"
    assert len(forge.comments) == 251
    assert [one.query for one in forge.requests[:3]] == [
        {"per_page": "100"},
        {"per_page": "100", "page": "2"},
        {"per_page": "100", "page": "3"},
    ]


def test_of_two_comments_the_first_stays(event: Event, forge: Forge) -> None:
    """What two runs at a time made is put right by the next: the first is edited, later ones go."""
    first = forge.comment(JOB, f"{MARKER}\none")
    talk = forge.comment(MAINTAINER, "Two of them?")
    forge.comment(JOB, f"{MARKER}\ntwo")
    forge.comment(JOB, f"{MARKER}\nnow")
    upsert_comment(event, PULL_REQUEST, KEY, "now")
    assert list(forge.comments) == [first.id, talk.id]
    assert first.body == f"{MARKER}\nnow"


def test_a_duplicate_that_is_gone_already_is_no_error(event: Event, forge: Forge) -> None:
    """Another run may be putting the same right."""
    forge.comment(JOB, f"{MARKER}\nnow")
    second = forge.comment(JOB, f"{MARKER}\nnow")
    third = forge.comment(JOB, f"{MARKER}\nnow")
    forge.fault("DELETE", f"/{second.id}", 404, body={"message": "Not Found"})
    upsert_comment(event, PULL_REQUEST, KEY, "now")
    assert third.id not in forge.comments


@pytest.mark.parametrize(
    ("author", "body"),
    [
        (STRANGER, f"{MARKER}\nfake"),
        (MAINTAINER, f"{MARKER}\nfake"),
        (None, f"{MARKER}\nfake"),
        (JOB, f"> {MARKER}\n> quoted"),
        (JOB, f"quoted:\n{MARKER}"),
    ],
)
def test_texts_of_others_are_not_touched(event: Event, forge: Forge, author: User | None, body: str) -> None:
    """A person who writes the marker, a deleted account, and a quoted marker do not get the report."""
    forge.comment(author, body)
    upsert_comment(event, PULL_REQUEST, KEY, "report")
    assert bodies(forge) == [body, f"{MARKER}\nreport"]


@pytest.mark.parametrize("author", [STRANGER, JOB, OTHER_APP])
def test_with_a_persons_token_only_their_own_comment_is_edited(event: Event, forge: Forge, author: User) -> None:
    """A maintainer's token takes neither a stranger's comment nor an app's."""
    event = replace(event, token=SecretStr(PERSON_TOKEN))
    forge.comment(author, f"{MARKER}\ntheirs")
    mine = forge.comment(MAINTAINER, f"{MARKER}\nmine")
    upsert_comment(event, PULL_REQUEST, KEY, "report")
    assert bodies(forge) == [f"{MARKER}\ntheirs", f"{MARKER}\nreport"]
    assert mine.body == f"{MARKER}\nreport"


def test_a_token_of_unknown_form_is_asked_whose_it_is(event: Event, forge: Forge) -> None:
    """An app's token without today's prefix still finds the app's comment, by one more request."""
    forge.tokens["v1.0123456789abcdef"] = JOB
    event = replace(event, token=SecretStr("v1.0123456789abcdef"))
    mine = forge.comment(JOB, f"{MARKER}\nold")
    upsert_comment(event, PULL_REQUEST, KEY, "new")
    assert mine.body == f"{MARKER}\nnew"
    assert [one.path for one in forge.requests].count("/user") == 1


def test_without_changes_no_comment_is_made(event: Event, forge: Forge) -> None:
    """A pull request that never changed an account stays quiet."""
    upsert_comment(event, PULL_REQUEST, KEY, "no changes", only_if_present=True)
    assert (bodies(forge), forge.writes) == ([], [])


def test_without_changes_a_stale_comment_is_replaced(event: Event, forge: Forge) -> None:
    """Once changes vanish, the comment does not go on saying that there are some."""
    upsert_comment(event, PULL_REQUEST, KEY, "2 accounts change")
    upsert_comment(event, PULL_REQUEST, KEY, "no changes", only_if_present=True)
    assert bodies(forge) == [f"{MARKER}\nno changes"]

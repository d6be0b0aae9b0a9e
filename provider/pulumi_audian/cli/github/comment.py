"""The one comment that a key has on a pull request, or on an issue."""

from __future__ import annotations

from contextlib import suppress

from github import UnknownObjectException
from github.Issue import Issue

from pulumi_audian.cli.github.event import Event
from pulumi_audian.cli.github.marker import marked, same_text
from pulumi_audian.cli.github.refusals import Errand
from pulumi_audian.cli.github.session import Session, carry_out


def upsert_comment(event: Event, number: int, key: str, body: str, *, only_if_present: bool = False) -> None:
    """Make the key's comment on a pull request say this, in Markdown of at most 65,000 bytes.

    The comment is found again by a hidden first line and by its author, see `Session.ours`, and is edited only where
    its text changes. Where two runs made one each, the first stays. With `only_if_present` none is made.
    """
    what = f"the comment on pull request #{number} of {event.repository} was not written"

    def keep(session: Session) -> None:
        keep_comment(session, session.repository.get_issue(number), key, body, only_if_present=only_if_present)

    carry_out(event, Errand(what, "pull-requests: write"), keep)


def keep_comment(session: Session, issue: Issue, key: str, body: str, *, only_if_present: bool = False) -> None:
    """Make an issue, which a pull request is too, have one comment for the key."""
    text = marked(key, body)
    found = session.ours(issue.get_comments(), key)
    if not found:
        if not only_if_present:
            issue.create_comment(text)
        return
    first, *later = found
    if not same_text(first.body, text):
        first.edit(text)
    for comment in later:
        with suppress(UnknownObjectException):  # another run deleted it first
            comment.delete()

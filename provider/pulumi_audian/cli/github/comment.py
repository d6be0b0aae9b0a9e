"""The one comment that a key has on a pull request, or on an issue."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from github import UnknownObjectException
from github.Issue import Issue
from github.IssueComment import IssueComment

from pulumi_audian.cli.github.event import Event, GitHubError
from pulumi_audian.cli.github.marker import Origin, marked, origin_of, same_text
from pulumi_audian.cli.github.refusals import Errand
from pulumi_audian.cli.github.session import Session, carry_out


def upsert_comment(  # noqa: PLR0913 - each of the last is left out by most
    event: Event,
    number: int,
    key: str,
    body: str,
    *,
    former_key: str | None = None,
    origin: Origin | None = None,
    only_if_present: bool = False,
) -> None:
    """Make the key's comment on a pull request say this, in Markdown of at most 65,000 bytes.

    The comment is found again by a hidden first line and by its author, see `Session.ours`, and is edited only where
    its text changes. Where two runs made one each, the first stays. With `only_if_present` none is made. A comment that
    is newer than `origin` stays as it is; raises `GitHubError` with the reason.
    """
    comment = f"the comment on pull request #{number} of {event.repository}"

    def keep(session: Session) -> str:
        issue = session.repository.get_issue(number)
        found = session.ours(issue.get_comments(), key, former_key)
        newer = _newer(session, number, found, origin)
        if not newer and (found or not only_if_present):
            write_comment(issue, found, marked(key, body, origin))
        return newer

    newer = carry_out(event, Errand(f"{comment} was not written", "pull-requests: write"), keep)
    if newer:
        raise GitHubError(f"{comment} stays as it is: {newer}")


def write_comment(issue: Issue, found: Sequence[IssueComment], text: str) -> None:
    """Make an issue, which a pull request is too, have one comment with this text in the place of those found."""
    if not found:
        issue.create_comment(text)
        return
    first, *later = found
    if not same_text(first.body, text):
        first.edit(text)
    for comment in later:
        with suppress(UnknownObjectException):  # another run deleted it first
            comment.delete()


def _newer(session: Session, number: int, found: Sequence[IssueComment], origin: Origin | None) -> str:
    """Why a comment is more recent than what this run has to say; nothing where none is."""
    known = [told for comment in found if (told := origin_of(comment.body))]
    if origin is None or not known:
        return ""
    differ = any(told.commit != origin.commit for told in known)
    head = session.repository.get_pull(number).head.sha if differ else origin.commit
    newer = next((told for told in known if _is_newer(told, origin, head)), None)
    return f"run {newer.run} wrote it about commit {newer.commit}, which is more recent than this run" if newer else ""


def _is_newer(told: Origin, origin: Origin, head: str) -> bool:
    # A branch can be forced back to an older commit: what counts first is where it is now.
    if told.commit != origin.commit and head in (told.commit, origin.commit):
        return head == told.commit
    return told[1:] > origin[1:]

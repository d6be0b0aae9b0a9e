"""The one open issue that a key has while live settings differ from code."""

from __future__ import annotations

from github import GithubException
from github.Issue import Issue
from github.Repository import Repository

from pulumi_audian.cli.github.comment import write_comment
from pulumi_audian.cli.github.event import Event
from pulumi_audian.cli.github.marker import marked, same_text
from pulumi_audian.cli.github.refusals import Errand
from pulumi_audian.cli.github.session import Session, carry_out

LABEL = "audian-drift"
"""What the issues are listed by: an issue that loses it is not found again."""
_COLOUR = "d93f0b"
_DESCRIPTION = "Live Audian accounts differ from code"
_LONGEST_TITLE = 256
_PERMISSION = "issues: write"
_INVALID = 422


def upsert_issue(event: Event, key: str, title: str, body: str, *, former_key: str | None = None) -> None:
    """Make the key's one open issue say this: open it, or edit it where its title or its text changes.

    A closed issue is never reopened, whoever closed it: each time that settings differ has an issue of its own, and the
    old ones keep what they said. Where two runs opened one each, the first stays.
    """
    title = _fitting(title)

    def keep(session: Session) -> None:
        found = _open(session, key, former_key)
        if not found:
            _make_label(session.repository)
            session.repository.create_issue(title, body=marked(key, body), labels=[LABEL])
            return
        _edit(found[0], title, marked(key, body))
        _close_later(found)

    what = f"the issue of {key} in {event.repository} was not written"
    carry_out(event, Errand(what, _PERMISSION), keep)


def close_issue(event: Event, key: str, text: str, *, former_key: str | None = None) -> None:
    """Close the key's open issue, if there is one, with a comment that says why."""

    def close(session: Session) -> None:
        found = _open(session, key, former_key)
        if found:
            # Closing may have to begin anew: the comment of this run is found again then.
            closing = f"{key} closed by {event.run_url}"
            write_comment(found[0], session.ours(found[0].get_comments(), closing), marked(closing, text))
            found[0].edit(state="closed", state_reason="completed")
        _close_later(found)

    what = f"the issue of {key} in {event.repository} was not closed"
    carry_out(event, Errand(what, _PERMISSION), close)


def _open(session: Session, key: str, former_key: str | None) -> list[Issue]:
    issues = session.repository.get_issues(state="open", labels=[LABEL], sort="created", direction="asc")
    return session.ours(issues, key, former_key)


def _edit(issue: Issue, title: str, body: str) -> None:
    if issue.title != title or not same_text(issue.body, body):
        issue.edit(title=title, body=body)


def _close_later(found: list[Issue]) -> None:
    for issue in found[1:]:
        issue.edit(state="closed", state_reason="not_planned")


def _make_label(repository: Repository) -> None:
    try:
        repository.create_label(LABEL, _COLOUR, _DESCRIPTION)
    except GithubException as error:
        # That it exists is not told from other problems reliably; those come back when the issue is opened.
        if error.status != _INVALID:
            raise


def _fitting(title: str) -> str:
    line = " ".join(title.split())
    return line if len(line) <= _LONGEST_TITLE else line[: _LONGEST_TITLE - 1] + "…"

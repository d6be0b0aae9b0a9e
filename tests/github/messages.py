"""What the endpoints take, and how they show what they know."""

from __future__ import annotations

from typing import Literal

from fastapi import Request
from pydantic import BaseModel, ConfigDict
from tests.github.forge import REPOSITORY, Comment, Issue, Json, User

PREFIX = "/api/v3"
HOME = f"/repos/{REPOSITORY}"


class Strict(BaseModel):
    """Input in which nothing unknown may be."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Paging(BaseModel):
    """Which part of a list is asked for."""

    model_config = ConfigDict(extra="forbid")
    per_page: int = 30
    page: int = 1


class IssueQuery(Paging):
    """Which issues are asked for."""

    state: Literal["open", "closed", "all"] = "open"
    labels: str = ""
    sort: Literal["created"] = "created"
    direction: Literal["asc", "desc"] = "desc"


class CommentBody(Strict):
    """A comment that is written."""

    body: str


class NewIssue(Strict):
    """An issue that is opened."""

    title: str
    body: str = ""
    labels: list[str] = []


class IssuePatch(Strict):
    """What changes of an issue."""

    title: str | None = None
    body: str | None = None
    state: Literal["open", "closed"] | None = None
    state_reason: Literal["completed", "not_planned", "reopened"] | None = None


class NewLabel(Strict):
    """A label that is made."""

    name: str
    color: str
    description: str = ""


def shown_user(user: User) -> Json:
    """A user as GitHub shows it, as far as it is read."""
    return {"login": user.login, "id": user.id, "type": user.kind}


def shown_comment(request: Request, comment: Comment) -> Json:
    """A comment as GitHub shows it, as far as it is read."""
    return {
        "id": comment.id,
        "url": f"{_base(request)}/issues/comments/{comment.id}",
        "user": shown_user(comment.author) if comment.author else None,
        "body": comment.body,
    }


def shown_issue(request: Request, issue: Issue) -> Json:
    """An issue as GitHub shows it in a list, as far as it is read; an empty text is null there."""
    return {
        "number": issue.number,
        "url": f"{_base(request)}/issues/{issue.number}",
        "user": shown_user(issue.author),
        "title": issue.title,
        "body": issue.body or None,
        "state": issue.state,
        "labels": [{"name": name} for name in issue.labels],
    }


def _base(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}{PREFIX}{HOME}"

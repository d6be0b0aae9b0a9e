"""What the stand-in knows: who may do what, one repository's issues and comments, faults, and every request."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import count
from typing import Any

REPOSITORY = "acme/accounts"
PULL_REQUEST = 7
JOB_TOKEN = "ghs_standinforthejob"
PERSON_TOKEN = "ghp_standinforamaintainer"
COMMIT = "6dcb09b5b57875f334f61aebed695e2e4193db5e"

Json = dict[str, Any]


@dataclass(frozen=True)
class User:
    """Somebody who writes; `kind` is GitHub's `type`."""

    login: str
    id: int
    kind: str = "User"


JOB = User("github-actions[bot]", 41898282, "Bot")
MAINTAINER = User("maintainer", 101)
STRANGER = User("stranger", 202)


@dataclass
class Comment:
    """A comment on an issue or a pull request; its author is None where the account was deleted."""

    id: int
    issue: int
    author: User | None
    body: str


@dataclass
class Issue:
    """An issue, or a pull request."""

    number: int
    author: User
    title: str
    body: str
    labels: tuple[str, ...] = ()
    is_pull_request: bool = False
    state: str = "open"
    state_reason: str | None = None
    locked: bool = False


@dataclass
class Fault:
    """An answer given instead of the right one to requests of a method, `times` times.

    The path is a regular expression for its end. With `execute` the request is carried out all the same. The answer
    is held back for `delay` seconds; `{authorization}` in its body becomes the request's header.
    """

    method: str
    path: str
    status: int
    body: object = None
    headers: dict[str, str] = field(default_factory=dict)
    times: int = 1
    execute: bool = False
    delay: float = 0

    def takes(self, method: str, path: str) -> bool:
        """Whether it applies to a request, which uses it up once."""
        if not self.times or method != self.method or not re.search(f"{self.path}$", path):
            return False
        self.times -= 1
        return True


@dataclass
class Request:
    """A request as it came; the path has no API prefix."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    status: int = 0


class Forge:
    """One repository with one open pull request, and the tokens of the job and of a maintainer."""

    def __init__(self) -> None:
        self.tokens = {JOB_TOKEN: JOB, PERSON_TOKEN: MAINTAINER}
        self.permissions = {"pull-requests: write", "issues: write"}
        self.issues = {PULL_REQUEST: Issue(PULL_REQUEST, MAINTAINER, "A change", "", is_pull_request=True)}
        self.head = COMMIT
        """The pull request's newest commit."""
        self.comments: dict[int, Comment] = {}
        self.labels: dict[str, Json] = {}
        self.has_issues = True
        self.faults: list[Fault] = []
        self.requests: list[Request] = []
        self.violations: list[str] = []
        """Requests that GitHub's own client would not make, or that the stand-in doesn't know."""
        self._ids = count(1001)
        self._numbers = count(PULL_REQUEST + 1)

    def comment(self, author: User | None, body: str, issue: int = PULL_REQUEST) -> Comment:
        """Add a comment."""
        comment = Comment(next(self._ids), issue, author, body)
        self.comments[comment.id] = comment
        return comment

    def open(self, author: User, title: str, body: str, labels: tuple[str, ...] = ()) -> Issue:
        """Open an issue; labels that don't exist are made, as GitHub does."""
        issue = Issue(next(self._numbers), author, title, body, labels)
        self.issues[issue.number] = issue
        for name in labels:
            self.labels.setdefault(name, {"name": name, "color": "ededed"})
        return issue

    def fault(self, method: str, path: str, status: int, **how: Any) -> None:
        """Queue a fault."""
        self.faults.append(Fault(method, path, status, **how))

    @property
    def drift_issues(self) -> list[Issue]:
        """All issues that are no pull requests."""
        return [issue for issue in self.issues.values() if not issue.is_pull_request]

    @property
    def writes(self) -> list[str]:
        """The requests that were to change something: `POST /repos/acme/accounts/issues`."""
        return [f"{request.method} {request.path}" for request in self.requests if request.method != "GET"]

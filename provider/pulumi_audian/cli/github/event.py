"""What started this run of GitHub Actions, as the runner's variables and its event file tell."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import BaseModel, SecretStr, ValidationError

from pulumi_audian.connection import is_loopback
from pulumi_audian.errors import AudianError
from pulumi_audian.values import shown

_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)
_WITH_PULL_REQUEST = frozenset({"pull_request", "pull_request_review", "pull_request_review_comment"})
# Of a fork's pull request the first ones get no secrets. The others run what is in the repository, and are started by
# those who may write there. All else is refused: anybody can start `issue_comment` or `workflow_run`, whose runs have
# the secrets (GitHub's reference, "Events that trigger workflows").
SAFE_EVENTS = _WITH_PULL_REQUEST | {
    "merge_group",
    "push",
    "release",
    "repository_dispatch",
    "schedule",
    "workflow_dispatch",
}


class GitHubError(AudianError):
    """GitHub, or the runner's environment, did not allow what was to be done; the report itself is not affected."""


class _Repository(BaseModel):
    full_name: str


class _Head(BaseModel):
    repo: _Repository | None
    """None for a fork that was deleted meanwhile."""
    sha: str = ""


class _Base(BaseModel):
    repo: _Repository


class _Label(BaseModel):
    name: str


class _PullRequest(BaseModel):
    number: int
    head: _Head
    base: _Base
    labels: list[_Label] = []

    @property
    def from_fork(self) -> bool:
        return self.head.repo != self.base.repo


class _Payload(BaseModel):
    pull_request: _PullRequest


@dataclass(frozen=True)
class Event:
    """What started the run, and how GitHub is reached from it."""

    name: str
    repository: str
    """`owner/name`"""
    run_url: str
    """The run's page."""
    api_url: str
    token: SecretStr | None
    summary: Path | None
    """The file of the step's job summary."""
    pull_request: int | None = None
    """The pull request's number; None where the event is about none."""
    commit: str = ""
    """The pull request's newest commit when the event happened."""
    from_fork: bool = False
    """Whether the pull request's branch is in another repository: it gets no secrets then, and a read-only token."""
    labels: frozenset[str] = frozenset()
    """The pull request's labels when the event happened."""
    run: int = 0
    """The run's number, which later runs have a greater one than; 0 where the runner tells none."""
    attempt: int = 0
    """How often the run was started, from 1."""

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Event | None:
        """The event of this run; None outside GitHub Actions.

        Raises `GitHubError` where the runner's variables or its event file are wrong, and for an event whose runs could
        hand the repository's secrets to a stranger's code: a preview runs what was checked out.
        """
        if environ.get("GITHUB_ACTIONS") != "true":
            return None
        name = environ.get("GITHUB_EVENT_NAME", "")
        if name not in SAFE_EVENTS:
            raise GitHubError(
                f"GITHUB_EVENT_NAME: {shown(name)} is not supported, because a preview runs the code that was checked "
                "out, and this event could give a stranger's code the repository's secrets; use on: pull_request"
            )
        found = _pull_request(environ) if name in _WITH_PULL_REQUEST else None
        return cls(
            name=name,
            repository=_repository(environ),
            run_url=_run_url(environ),
            api_url=_api_url(environ),
            token=_token(environ),
            summary=_summary(environ),
            pull_request=found.number if found else None,
            commit=found.head.sha if found else "",
            from_fork=found.from_fork if found else False,
            labels=frozenset(label.name for label in found.labels) if found else frozenset(),
            run=_number(environ.get("GITHUB_RUN_ID", "")),
            attempt=_number(environ.get("GITHUB_RUN_ATTEMPT", "")),
        )


def _repository(environ: Mapping[str, str]) -> str:
    value = environ.get("GITHUB_REPOSITORY", "")
    if not _REPOSITORY.fullmatch(value):
        raise GitHubError(f"GITHUB_REPOSITORY: {value!r} is not owner/name; leave it as the runner sets it")
    return value


def _api_url(environ: Mapping[str, str]) -> str:
    url = _url(environ, "GITHUB_API_URL", "https://api.github.com")
    parts = urlsplit(url)
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise GitHubError(
            "GITHUB_API_URL: is plain http to another machine, which shows the token to everyone on the way; use https"
        )
    return url


def _url(environ: Mapping[str, str], name: str, default: str) -> str:
    value = environ.get(name) or default
    try:
        parts = urlsplit(value)
        good = parts.scheme in {"http", "https"} and parts.hostname and "@" not in parts.netloc and parts.port != 0
    except ValueError:
        good = False
    if not good:
        raise GitHubError(f"{name}: the value is not an http(s) URL without a password; leave it as the runner sets it")
    return value.rstrip("/")


def _run_url(environ: Mapping[str, str]) -> str:
    page = f"{_url(environ, 'GITHUB_SERVER_URL', 'https://github.com')}/{_repository(environ)}/actions"
    run = environ.get("GITHUB_RUN_ID")
    return f"{page}/runs/{run}" if run else page


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() else 0


def _token(environ: Mapping[str, str]) -> SecretStr | None:
    value = (environ.get("AUDIAN_GITHUB_TOKEN") or environ.get("GITHUB_TOKEN", "")).strip()
    return SecretStr(value) if value else None


def _summary(environ: Mapping[str, str]) -> Path | None:
    value = environ.get("GITHUB_STEP_SUMMARY")
    return Path(value) if value else None


def _pull_request(environ: Mapping[str, str]) -> _PullRequest:
    path = environ.get("GITHUB_EVENT_PATH")
    if not path:
        raise GitHubError("GITHUB_EVENT_PATH is not set; leave it as the runner sets it")
    try:
        return _Payload.model_validate_json(Path(path).read_bytes()).pull_request
    except OSError as error:
        reason = f"can't be read ({error.strerror})"
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        reason = f"describes no pull request ({where + ': ' if where else ''}{first['msg']})"
    raise GitHubError(f"GITHUB_EVENT_PATH: {path} {reason}; leave it as the runner sets it")

"""What GitHub's answers mean, in one line: what was not done, why, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

import requests
from github import GithubException, RateLimitExceededException
from pydantic import SecretStr

from pulumi_audian.cli.github.event import Event, GitHubError

_MOST_WORDS = 300
_TOO_MANY_REQUESTS = 429
_WHERE = "check GITHUB_API_URL and the network"
_REMEDIES = {
    401: "check GITHUB_TOKEN",
    404: "check GITHUB_REPOSITORY, and give the job permissions: {permission}",
    410: "turn on issues in the repository's settings",
    422: "see the report in the job summary",
}


@dataclass(frozen=True)
class Errand:
    """What is said where it fails, such as `the comment was not written`, and the permission that the job needs."""

    failure: str
    permission: str


def refusal(error: Exception, errand: Errand, event: Event) -> GitHubError:
    """The error that tells why an errand failed."""
    return GitHubError(f"{errand.failure}: {_reason(error, errand, event)}")


def _reason(error: Exception, errand: Errand, event: Event) -> str:
    # The texts of these errors are not shown: they may quote headers.
    if isinstance(error, (RateLimitExceededException, requests.exceptions.RetryError)):
        return "GitHub asks for fewer requests; run the job again later"
    if isinstance(error, (requests.ConnectionError, requests.Timeout)):
        return f"no answer from {urlsplit(event.api_url).netloc}; {_WHERE}"
    if isinstance(error, GithubException):
        return _answer(error, errand, event)
    return f"the answer is not GitHub's ({type(error).__name__}); {_WHERE}"


def _answer(error: GithubException, errand: Errand, event: Event) -> str:
    words = _words(error.data, event.token)
    said = f"HTTP {error.status}: {words}" if words else f"HTTP {error.status}"
    if error.status >= requests.codes.server_error:
        return f"GitHub failed ({said}); run the job again later"
    if error.status == _TOO_MANY_REQUESTS:
        return f"GitHub asks for fewer requests ({said}); run the job again later"
    if not words:
        return f"the answer is not GitHub's ({said}); {_WHERE}"
    if error.status == requests.codes.forbidden:
        return f"GitHub refused ({said}); {_forbidden(words, errand, event)}"
    remedy = _REMEDIES.get(error.status, "see GitHub's words")
    return f"GitHub refused ({said}); {remedy.format(permission=errand.permission)}"


def _forbidden(words: str, errand: Errand, event: Event) -> str:
    if "locked" in words:
        return "unlock the conversation, or see the job summary"
    if event.from_fork:
        return "the token of a pull request from a fork may only read; see the job summary"
    return f"give the job permissions: {errand.permission}"


def _words(data: object, token: SecretStr | None) -> str:
    """What an answer's body says, on one line, and never the token, which a broken proxy might quote."""
    if not isinstance(data, dict):
        return ""
    errors = data.get("errors")
    details = [_detail(item) for item in errors] if isinstance(errors, list) else []
    text = ": ".join(filter(None, [str(data.get("message") or ""), ", ".join(filter(None, details))]))
    text = text.replace(token.get_secret_value(), "[secret]") if token else text
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return line if len(line) <= _MOST_WORDS else line[:_MOST_WORDS] + "…"


def _detail(item: object) -> str:
    if not isinstance(item, dict):
        return str(item)
    return str(item.get("message") or " ".join(str(item[name]) for name in ("field", "code") if name in item))

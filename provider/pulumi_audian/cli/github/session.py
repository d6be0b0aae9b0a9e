"""One errand at GitHub: how long it may take, when it is begun again, and which texts there are ours."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Final, TypeVar

import requests
import tenacity
from github import Auth, Github, GithubException, GithubRetry, RateLimitExceededException
from github.Issue import Issue
from github.IssueComment import IssueComment
from github.Repository import Repository
from urllib3 import BaseHTTPResponse

from pulumi_audian.cli.github.event import Event, GitHubError
from pulumi_audian.cli.github.marker import has_marker
from pulumi_audian.cli.github.refusals import Errand, refusal

Written = TypeVar("Written", Issue, IssueComment)
Result = TypeVar("Result")

LONGEST_WAIT_SECONDS: Final = 60
"""The longest single wait: a minute is what GitHub asks for where it doesn't say how long."""
FIRST_WAIT_SECONDS: Final = 1
"""The wait before an errand begins anew; it doubles."""
_TIMEOUT_SECONDS = 20
_ATTEMPTS = 3
_MOST_WAITS = 2
_PER_PAGE = 100
_NOT_A_PERSON = frozenset({403, 404})
_LOST = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)


class _Retry(GithubRetry):
    """Waits as long as GitHub asks, up to a limit, and fails at once where that would be longer."""

    def sleep(self, response: BaseHTTPResponse | None = None) -> None:
        wait = (self.get_retry_after(response) if response else None) or self.get_backoff_time()
        if wait > LONGEST_WAIT_SECONDS:
            raise RateLimitExceededException(requests.codes.too_many_requests)
        super().sleep(response)


class Session:
    """GitHub during one attempt of an errand."""

    def __init__(self, client: Github, event: Event, token: str) -> None:
        self._client = client
        self._token = token
        self.repository: Repository = client.get_repo(event.repository)

    def ours(self, found: Iterable[Written], key: str, former_key: str | None = None) -> list[Written]:
        """Those that begin with the key's marker and were written by the one that the token belongs to.

        Where there is none, those that have the marker of the key that an earlier version gave them.

        Anybody can quote a marker. With a person's token only that person's texts count. With an app's, and the job's
        own `GITHUB_TOKEN` is one, those of any app do: it can't be asked which one it is, but no person writes as one.
        """
        texts = list(found)
        keys = (key,) if former_key is None else (key, former_key)
        each = ([item for item in texts if has_marker(item.body, key) and self._wrote(item)] for key in keys)
        return next(filter(None, each), [])

    def _wrote(self, item: Issue | IssueComment) -> bool:
        author = item.user
        if author is None:  # a deleted account
            return False
        return author.type == "Bot" if self._person is None else author.id == self._person

    @cached_property
    def _person(self) -> int | None:
        """The id of the person that the token belongs to; None for an app's."""
        if self._token.startswith("ghs_"):  # an app's: to ask would be refused
            return None
        try:
            return self._client.get_user().id
        except GithubException as error:
            if error.status in _NOT_A_PERSON:
                return None
            raise


def carry_out(event: Event, errand: Errand, action: Callable[[Session], Result]) -> Result:
    """What an action, which must read before it decides what to write, makes of GitHub; raises `GitHubError`.

    What GitHub refuses for being too much is repeated as it is. What got no answer may have been carried out: the
    action begins anew then, so that nothing is made twice.
    """
    token = _usable(event, errand)
    try:
        with _client(event.api_url, token) as client:
            return _repeated()(lambda: action(Session(client, event, token)))
    except Exception as error:  # noqa: BLE001 - whatever GitHub answers, the report's verdict comes first
        raise refusal(error, errand, event) from None


def _usable(event: Event, errand: Errand) -> str:
    token = event.token.get_secret_value() if event.token else ""
    if not token:
        raise GitHubError(f"{errand.failure}: no token; give the step env: GITHUB_TOKEN: ${{{{ github.token }}}}")
    if not token.isascii() or not token.isprintable() or " " in token:
        raise GitHubError(
            f"{errand.failure}: GITHUB_TOKEN: the value is not a token; check it for blanks and line ends"
        )
    return token


def _client(api_url: str, token: str) -> Github:
    retry = _Retry(
        total=_MOST_WAITS,
        connect=0,
        read=0,
        status_forcelist=[],  # GitHub's 403 for too many requests is added, and a 429 that says how long
        allowed_methods=None,
        backoff_factor=1,
        secondary_rate_wait=LONGEST_WAIT_SECONDS,
    )
    return Github(
        auth=Auth.Token(token),
        base_url=api_url,
        timeout=_TIMEOUT_SECONDS,
        retry=retry,
        per_page=_PER_PAGE,
        # A handful of requests in a row needs no spacing.
        seconds_between_requests=None,
        seconds_between_writes=None,
        user_agent="pulumi-audian",
        lazy=True,
    )


def _repeated() -> tenacity.Retrying:
    return tenacity.Retrying(
        retry=tenacity.retry_if_exception(_lost),
        wait=tenacity.wait_exponential(multiplier=FIRST_WAIT_SECONDS),
        stop=tenacity.stop_after_attempt(_ATTEMPTS),
        reraise=True,
    )


def _lost(error: BaseException) -> bool:
    failed = isinstance(error, GithubException) and error.status >= requests.codes.server_error
    return failed or isinstance(error, _LOST)

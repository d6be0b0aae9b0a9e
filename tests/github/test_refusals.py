"""What goes wrong at GitHub: waited for, begun anew, or told in one line."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from pydantic import SecretStr
from tests.github.forge import JOB_TOKEN, PERSON_TOKEN, PULL_REQUEST, Forge

from pulumi_audian.cli.github import Event, GitHubError, close_issue, session, upsert_comment, upsert_issue

KEY = "preview acme/production"
COMMENT = "the comment on pull request #7 of acme/accounts was not written: "
ISSUE = "the issue of preview acme/production in acme/accounts was not written: "
BUSY = {"message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}
LIMITED = {"message": "API rate limit exceeded for installation."}
COMMENTS = "/issues/7/comments"
NOT_FOUND = (
    "GitHub refused (HTTP 404: Not Found); check GITHUB_REPOSITORY, and give the job permissions: pull-requests: write"
)
NO_TOKEN = "GITHUB_TOKEN: the value is not a token; check it for blanks and line ends"


def comment(event: Event) -> None:
    """Write a comment."""
    upsert_comment(event, PULL_REQUEST, KEY, "report")


def issue(event: Event) -> None:
    """Open an issue."""
    upsert_issue(event, KEY, "1 account differs", "report")


def refused(event: Event, action: Callable[[Event], None] = comment) -> str:
    """The error's text, which is one line and holds no token."""
    with pytest.raises(GitHubError) as raised:
        action(event)
    text = str(raised.value)
    assert "\n" not in text
    assert JOB_TOKEN not in repr(raised.value)
    return text


@pytest.mark.parametrize(
    ("action", "what", "permission"), [(comment, COMMENT, "pull-requests"), (issue, ISSUE, "issues")]
)
def test_a_missing_permission_is_named(
    event: Event, forge: Forge, action: Callable[[Event], None], what: str, permission: str
) -> None:
    """The permission that the workflow must give is in the message, and nothing is tried twice."""
    forge.permissions.clear()
    words = "GitHub refused (HTTP 403: Resource not accessible by integration)"
    assert refused(event, action) == f"{what}{words}; give the job permissions: {permission}: write"
    assert len(forge.writes) == 1


def test_closing_names_its_permission_too(event: Event, forge: Forge) -> None:
    """An issue that can't be closed is told as such."""
    issue(event)
    forge.permissions.clear()
    text = refused(event, lambda event: close_issue(event, KEY, "agreed"))
    assert text.startswith("the issue of preview acme/production in acme/accounts was not closed: ")
    assert text.endswith("give the job permissions: issues: write")


def test_a_fork_is_told_why_it_may_not_write(event: Event, forge: Forge) -> None:
    """No permission in the workflow would help a pull request from a fork."""
    forge.permissions.clear()
    text = refused(replace(event, from_fork=True))
    assert text.endswith("the token of a pull request from a fork may only read; see the job summary")


def test_a_locked_conversation_is_no_missing_permission(event: Event, forge: Forge) -> None:
    """GitHub answers 403 here too."""
    forge.issues[7].locked = True
    assert refused(event).endswith("because issue is locked.); unlock the conversation, or see the job summary")


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"repository": "acme/nothing"}, NOT_FOUND),
        ({"token": SecretStr("ghs_expired")}, "GitHub refused (HTTP 401: Bad credentials); check GITHUB_TOKEN"),
        ({"token": None}, "no token; give the step env: GITHUB_TOKEN: ${{ github.token }}"),
        ({"token": SecretStr("ghs_two\nlines")}, NO_TOKEN),
        ({"token": SecretStr("ghs_two words")}, NO_TOKEN),
        ({"token": SecretStr("ghs_na\u00efve")}, NO_TOKEN),
    ],
)
def test_a_wrong_setting_is_named(event: Event, change: dict[str, object], text: str) -> None:
    """What to check is in the message, and never the token."""
    changed = replace(event, **change)  # type: ignore[arg-type]
    assert refused(changed).partition("not written: ")[2] == text


def test_a_text_that_is_too_long_is_told_in_githubs_words(event: Event) -> None:
    """GitHub's own words for a 422 are shown."""
    text = refused(event, lambda event: upsert_comment(event, PULL_REQUEST, KEY, "x" * 66_000))
    assert text == (
        f"{COMMENT}GitHub refused (HTTP 422: Validation Failed: body is too long (maximum is 65536 characters)); "
        "see the report in the job summary"
    )


def test_githubs_words_are_one_short_line(event: Event, forge: Forge) -> None:
    """Line ends, a terminal's control characters and endless texts do not spoil the log."""
    forge.fault("GET", COMMENTS, 400, body={"message": "a\n\x1b[31mb" + "c" * 5000})
    text = refused(event)
    assert text.startswith(f"{COMMENT}GitHub refused (HTTP 400: a [31mbccc")
    assert text.endswith("ccc…); see GitHub's words")
    assert len(text) < 500


def test_a_repository_without_issues_is_told_so(event: Event, forge: Forge) -> None:
    """Drift can't be kept in an issue where there are none."""
    forge.has_issues = False
    assert refused(event, issue).endswith(
        "(HTTP 410: Issues has been disabled in this repository.); turn on issues in the repository's settings"
    )


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("status", [500, 502])
def test_one_failure_of_github_is_not_seen(event: Event, forge: Forge, method: str, status: int) -> None:
    """After a 502, to a read or a write, all is begun anew, and there is one comment."""
    forge.fault(method, COMMENTS, status, body="<html>Bad Gateway</html>")
    comment(event)
    assert len(forge.comments) == 1


@pytest.mark.parametrize("action", [comment, issue])
def test_a_write_whose_answer_was_lost_is_not_made_twice(
    event: Event, forge: Forge, action: Callable[[Event], None]
) -> None:
    """What GitHub did carry out before it failed is found by reading again."""
    forge.fault("POST", "/(comments|issues)", 502, body="<html>Bad Gateway</html>", execute=True)
    action(event)
    assert len(forge.comments) + len(forge.drift_issues) == 1
    assert [one.status for one in forge.requests].count(502) == 1


def test_a_slow_answer_is_not_waited_for_forever(event: Event, forge: Forge, monkeypatch: pytest.MonkeyPatch) -> None:
    """A request that times out is begun anew too, and made once."""
    monkeypatch.setattr(session, "_TIMEOUT_SECONDS", 1)
    forge.fault("POST", COMMENTS, 201, body={}, execute=True, delay=3)
    started = time.monotonic()
    comment(event)
    assert time.monotonic() - started < 3
    assert len(forge.comments) == 1
    assert forge.writes == ["POST /repos/acme/accounts/issues/7/comments"]


def test_lasting_failures_end(event: Event, forge: Forge) -> None:
    """After three attempts it is said, and the report's verdict is not held up longer."""
    forge.fault("GET", COMMENTS, 502, body="<html>Bad Gateway</html>", times=9)
    assert refused(event) == f"{COMMENT}GitHub failed (HTTP 502); run the job again later"
    assert len(forge.requests) == 3


def test_no_connection_is_told_with_the_host(event: Event) -> None:
    """A host that nobody listens on is named."""
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    text = refused(replace(event, api_url=f"http://127.0.0.1:{port}/api/v3"))
    assert text == f"{COMMENT}no answer from 127.0.0.1:{port}; check GITHUB_API_URL and the network"


@pytest.mark.parametrize("method", ["GET", "PATCH"])
@pytest.mark.parametrize(
    ("status", "body"), [(403, BUSY), (403, LIMITED), (429, BUSY)], ids=["secondary", "primary", "429"]
)
def test_a_short_rate_limit_is_waited_for(event: Event, forge: Forge, method: str, status: int, body: object) -> None:
    """As long as GitHub asks, which says that the request was not carried out."""
    upsert_comment(event, PULL_REQUEST, KEY, "old")
    forge.fault(method, "/comments(/[0-9]+)?", status, body=body, headers={"Retry-After": "1"})
    started = time.monotonic()
    comment(event)
    assert time.monotonic() - started >= 1
    assert [one.body.splitlines()[1] for one in forge.comments.values()] == ["report"]


def test_a_secondary_limit_without_a_time_is_waited_for(
    event: Event, forge: Forge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """GitHub's usual wait, a minute, is used where it names none."""
    monkeypatch.setattr(session, "LONGEST_WAIT_SECONDS", 1)
    forge.fault("POST", COMMENTS, 403, body=BUSY)
    started = time.monotonic()
    comment(event)
    assert time.monotonic() - started >= 1
    assert len(forge.comments) == 1


@pytest.mark.parametrize(
    ("status", "body", "headers"),
    [
        (403, BUSY, {"Retry-After": "3600"}),
        (429, BUSY, {"Retry-After": "3600"}),
        (429, BUSY, {}),
        (403, LIMITED, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": f"{int(time.time()) + 3600}"}),
    ],
    ids=["secondary", "429", "429 without a time", "primary"],
)
def test_a_long_rate_limit_ends_at_once(
    event: Event, forge: Forge, status: int, body: object, headers: dict[str, str]
) -> None:
    """A check is not held up for an hour."""
    forge.fault("GET", COMMENTS, status, body=body, headers=headers)
    text = refused(event)
    assert text.startswith(f"{COMMENT}GitHub asks for fewer requests")
    assert text.endswith("; run the job again later")
    assert len(forge.requests) == 1


def test_a_rate_limit_does_not_make_a_person_an_app(event: Event, forge: Forge) -> None:
    """Where it can't be asked whose token it is, nobody's comment is edited."""
    event = replace(event, token=SecretStr(PERSON_TOKEN))
    comment(event)
    forge.fault("GET", "/user", 403, body=BUSY, headers={"Retry-After": "3600"})
    assert refused(event) == f"{COMMENT}GitHub asks for fewer requests; run the job again later"
    assert len(forge.writes) == 1


def test_a_lasting_rate_limit_ends(event: Event, forge: Forge, monkeypatch: pytest.MonkeyPatch) -> None:
    """After two waits it is said."""
    forge.fault("GET", COMMENTS, 403, body=BUSY, headers={"Retry-After": "1"}, times=9)
    monkeypatch.setattr(time, "sleep", lambda _: None)
    assert refused(event) == f"{COMMENT}GitHub asks for fewer requests; run the job again later"
    assert len(forge.requests) == 3


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, "<html>Sign in</html>"),
        (200, {"ok": True}),
        (200, [1, 2]),
        (200, "[{"),
        (403, "<html>Blocked</html>"),
        (404, {}),
    ],
)
def test_an_answer_that_is_not_githubs_is_told_so(event: Event, forge: Forge, status: int, body: object) -> None:
    """A proxy's page, or an API of something else, is no crash."""
    forge.fault("GET", COMMENTS, status, body=body)
    text = refused(event)
    assert text.startswith(f"{COMMENT}the answer is not GitHub's (")
    assert text.endswith("; check GITHUB_API_URL and the network")


@pytest.mark.parametrize("token", [JOB_TOKEN, PERSON_TOKEN])
def test_the_token_is_in_no_message_and_no_log(
    event: Event, forge: Forge, caplog: pytest.LogCaptureFixture, token: str
) -> None:
    """Not even where an answer quotes it, around where it is cut, or where everything is logged."""
    caplog.set_level(logging.DEBUG)
    event = replace(event, token=SecretStr(token))
    comment(event)
    assert caplog.records
    assert token not in caplog.text
    quoting = "x" * 280 + " {authorization} is unacceptable"
    forge.fault("GET", COMMENTS, 400, body={"message": quoting})
    text = refused(event)
    assert "token [secret]" in text
    assert token[:12] not in text

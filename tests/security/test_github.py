"""The token for comments reaches no host but GitHub's, whatever an answer or the environment suggests."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from tests.security.certificates import Authority
from tests.security.hostile import REDIRECTS, TOKEN, Received, Server, always, answer, serving

from pulumi_audian.cli.github import Event, GitHubError, session, upsert_comment

COMMENTS: list[object] = [{"id": 1, "body": "someone else's", "user": None}]


@pytest.fixture
def other() -> Iterator[Server]:
    """Another server, which would take any request."""
    with serving(always(answer(COMMENTS))) as running:
        yield running


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "FIRST_WAIT_SECONDS", 0.05)


def write_comment(url: str) -> None:
    """Write a comment to a pull request."""
    event = Event("pull_request", "acme/accounts", "https://git.example/run", url, SecretStr(TOKEN), None, 7)
    upsert_comment(event, 7, "preview acme/production", "report")


def refusal(url: str) -> str:
    """What is said where a comment can't be written."""
    with pytest.raises(GitHubError) as caught:
        write_comment(url)
    assert TOKEN not in str(caught.value)
    assert str(caught.value).isprintable()
    return str(caught.value)


@pytest.mark.parametrize("status", REDIRECTS)
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_redirect_takes_the_token_nowhere(server: Server, other: Server, status: str, host: str) -> None:
    """Neither another port of this machine nor another name gets a request."""
    server.answering = always(answer(COMMENTS, status, Location=f"http://{host}:{other.port}/repos/acme/accounts"))
    with contextlib.suppress(GitHubError):
        write_comment(server.url)
    assert server.received
    assert other.received == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_next_page_elsewhere_is_not_read(server: Server, other: Server, host: str) -> None:
    """Where an answer says that its list goes on is not where the token goes."""

    def answering(_request: Received) -> Iterator[bytes]:
        yield answer(COMMENTS, Link=f'<http://{host}:{other.port}/repos/acme/accounts>; rel="next"')

    server.answering = answering
    assert "was not written" in refusal(server.url)
    assert other.received == []


def test_a_netrc_file_does_not_authenticate(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A password that the environment holds for this host is neither sent nor put in place of the token."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password of-the-netrc\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    server.answering = always(answer({"message": "no"}, "403 Forbidden"))
    assert "HTTP 403" in refusal(server.url)
    assert {request.headers["authorization"] for request in server.received} == {f"token {TOKEN}"}


def test_a_server_of_unknown_authority_is_sent_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The check of certificates can't be switched off here either."""
    for name, value in {"REQUESTS_CA_BUNDLE": "", "CURL_CA_BUNDLE": "", "PYTHONHTTPSVERIFY": "0"}.items():
        monkeypatch.setenv(name, value)
    with serving(always(answer(COMMENTS)), Authority(tmp_path).server()) as server:
        assert "no answer from" in refusal(server.url)
        assert server.received == []


def test_words_of_an_answer_are_harmless(server: Server) -> None:
    """Control characters don't reach the terminal, runner commands don't begin a line, and the token is masked."""
    words = f"no \x1b[2J\n::error::x\n\u202e {TOKEN}"
    server.answering = always(answer({"message": words}, "403 Forbidden"))
    text = refusal(server.url)
    assert "HTTP 403: no [2J ::error::x [secret]" in text
    assert "\n" not in text

"""What is known of a run from the runner's variables and its event file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.github.forge import COMMIT, JOB_TOKEN
from tests.github.stand_in import payload

from pulumi_audian.cli.github import Event, GitHubError

HERE = {"full_name": "acme/accounts"}


def write(environ: dict[str, str], content: object) -> None:
    """Replace the event file."""
    text = content if isinstance(content, str) else json.dumps(content)
    Path(environ["GITHUB_EVENT_PATH"]).write_text(text, encoding="utf-8")


def refused(environ: dict[str, str]) -> str:
    """The error's text."""
    with pytest.raises(GitHubError) as raised:
        Event.from_environment(environ)
    return str(raised.value)


def test_a_pull_request_is_known_by_number_labels_commit_and_run(environ: dict[str, str]) -> None:
    """Number, labels, newest commit and the run's page come from the runner."""
    write(environ, payload(labels=("allow-suspend", "urgent")))
    environ["GITHUB_SERVER_URL"] = "https://git.example.com/"
    event = Event.from_environment(environ)
    assert event
    assert (event.pull_request, event.from_fork) == (7, False)
    assert event.labels == {"allow-suspend", "urgent"}
    assert event.commit == COMMIT
    assert event.run_url == "https://git.example.com/acme/accounts/actions/runs/4711"


@pytest.mark.parametrize(
    ("head", "from_fork"),
    [
        (HERE, False),
        ({"full_name": "stranger/accounts"}, True),
        ({"full_name": "acme/accounts-fork"}, True),
        (None, True),
    ],
)
def test_a_fork_is_told_by_its_repository(environ: dict[str, str], head: object, from_fork: bool) -> None:  # noqa: FBT001
    """A branch in another repository is a fork's, and so is one whose repository was deleted."""
    content = payload()
    content["pull_request"]["head"]["repo"] = head
    write(environ, content)
    event = Event.from_environment(environ)
    assert event
    assert event.from_fork is from_fork


@pytest.mark.parametrize("name", ["GITHUB_ACTIONS", "CI"])
def test_elsewhere_there_is_no_event(environ: dict[str, str], name: str) -> None:
    """Outside of GitHub Actions nothing is read, whatever other variables say."""
    environ.pop("GITHUB_ACTIONS")
    environ[name] = "false"
    environ["GITHUB_EVENT_PATH"] = "/nowhere"
    assert Event.from_environment(environ) is None


@pytest.mark.parametrize(
    "name", ["schedule", "push", "workflow_dispatch", "repository_dispatch", "merge_group", "release"]
)
def test_other_events_need_no_event_file(environ: dict[str, str], name: str) -> None:
    """A scheduled run is about no pull request, whatever its event file says."""
    environ.update(GITHUB_EVENT_NAME=name, GITHUB_EVENT_PATH="/nowhere")
    event = Event.from_environment(environ)
    assert event
    assert (event.name, event.pull_request) == (name, None)


def test_defaults_are_those_of_github_com(environ: dict[str, str]) -> None:
    """Without server variables it is github.com; without token and summary these are unknown."""
    for name in ("GITHUB_API_URL", "GITHUB_SERVER_URL", "GITHUB_RUN_ID", "GITHUB_STEP_SUMMARY"):
        environ.pop(name)
    environ["GITHUB_TOKEN"] = " \n"
    event = Event.from_environment(environ)
    assert event
    assert (event.api_url, event.run_url) == (
        "https://api.github.com",
        "https://github.com/acme/accounts/actions",
    )
    assert (event.token, event.summary) == (None, None)


@pytest.mark.parametrize("name", ["pull_request_review", "pull_request_review_comment"])
def test_a_review_is_about_its_pull_request(environ: dict[str, str], name: str) -> None:
    """Its event file describes the pull request in the same way."""
    environ["GITHUB_EVENT_NAME"] = name
    event = Event.from_environment(environ)
    assert event
    assert (event.pull_request, event.commit) == (7, COMMIT)


@pytest.mark.parametrize(
    "name",
    ["pull_request_target", "issue_comment", "workflow_run", "issues", "discussion", "fork", "watch", "gollum", ""],
)
def test_an_unsafe_event_is_refused_with_the_reason(environ: dict[str, str], name: str) -> None:
    """An event that could give a stranger's code the secrets is named, with what to use instead."""
    environ["GITHUB_EVENT_NAME"] = name
    text = refused(environ)
    assert text.startswith(f'GITHUB_EVENT_NAME: "{name}" is not supported')
    assert "secrets" in text
    assert text.endswith("use on: pull_request")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "describes no pull request (Invalid JSON"),
        ('{"pull_request": {"number": 7', "describes no pull request (Invalid JSON"),
        ({}, "(pull_request: Field required)"),
        ({"pull_request": {"number": "x", "head": {"repo": HERE}, "base": {"repo": HERE}}}, "(pull_request.number: "),
        ({"pull_request": {"number": 7, "base": {"repo": HERE}}}, "(pull_request.head: Field required)"),
        ({"pull_request": {"number": 7, "head": {"repo": None}, "base": {"repo": None}}}, "(pull_request.base.repo: "),
        ([], "describes no pull request ("),
    ],
)
def test_a_bad_event_file_is_named(environ: dict[str, str], content: Any, reason: str) -> None:
    """The error names the variable, the file and what is wrong in it, on one line."""
    write(environ, content)
    text = refused(environ)
    assert text.startswith(f"GITHUB_EVENT_PATH: {environ['GITHUB_EVENT_PATH']} ")
    assert reason in text
    assert "\n" not in text


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("GITHUB_EVENT_PATH", "", "GITHUB_EVENT_PATH is not set"),
        ("GITHUB_EVENT_PATH", "/nowhere", "GITHUB_EVENT_PATH: /nowhere can't be read (No such file or directory)"),
        ("GITHUB_EVENT_PATH", "/", "GITHUB_EVENT_PATH: / can't be read (Is a directory)"),
        ("GITHUB_REPOSITORY", "", "GITHUB_REPOSITORY: '' is not owner/name"),
        ("GITHUB_REPOSITORY", "acme/accounts/../x", "GITHUB_REPOSITORY: 'acme/accounts/../x' is not owner/name"),
        ("GITHUB_API_URL", "api.github.com", "GITHUB_API_URL: the value is not an http(s) URL"),
        ("GITHUB_API_URL", "ftp://git.example.com", "GITHUB_API_URL: the value is not an http(s) URL"),
        ("GITHUB_API_URL", "https://git.example.com:70000", "GITHUB_API_URL: the value is not an http(s) URL"),
        ("GITHUB_API_URL", "http://git.example.com/api/v3", "GITHUB_API_URL: is plain http to another machine"),
        ("GITHUB_API_URL", "http://127.0.0.1.evil.example", "GITHUB_API_URL: is plain http to another machine"),
        ("GITHUB_API_URL", "https://[x", "GITHUB_API_URL: the value is not an http(s) URL"),
        ("GITHUB_API_URL", "https://me:secret@git.example.com", "GITHUB_API_URL: the value is not an http(s) URL"),
        ("GITHUB_SERVER_URL", "x", "GITHUB_SERVER_URL: the value is not an http(s) URL"),
    ],
)
def test_a_bad_variable_is_named(environ: dict[str, str], name: str, value: str, text: str) -> None:
    """Each variable that is wrong is named, and a password in a URL is not quoted."""
    environ[name] = value
    said = refused(environ)
    assert said.startswith(text)
    assert "secret@" not in said


@pytest.mark.parametrize(("own", "token"), [("ghs_own\n", "ghs_own"), ("", JOB_TOKEN)])
def test_a_token_of_its_own_comes_first(environ: dict[str, str], own: str, token: str) -> None:
    """AUDIAN_GITHUB_TOKEN wins where it is set; blanks and line ends around a token don't count."""
    environ["AUDIAN_GITHUB_TOKEN"] = own
    event = Event.from_environment(environ)
    assert event
    assert event.token
    assert event.token.get_secret_value() == token


def test_the_token_is_in_no_text(event: Event) -> None:
    """Neither the event nor its token shows it."""
    assert event.token
    assert event.token.get_secret_value() == JOB_TOKEN
    assert JOB_TOKEN not in f"{event!r} {event} {event.token} {event.token!r}"

"""The check on a pull request as a whole: real engine, real API, and a local GitHub, as the runner would start it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from tests.github.forge import COMMIT
from tests.github.serving import StandIn
from tests.github.stand_in import payload, variables

from test_cli import audian
from workbench import ACME, GLOBEX, Workbench

ACME_2: dict[str, Any] = {"accountId": ACME, "displayName": "Acme 2", "settings": {"timezone": "UTC"}}
SETTLED: dict[str, dict[str, Any]] = {"acme": ACME_2, "globex": {"accountId": GLOBEX, "displayName": "Globex"}}


class Check(NamedTuple):
    """A checkout on a runner, the pull request it belongs to, and the file of the job summary."""

    bench: Workbench
    stand_in: StandIn
    summary: Path

    def preview(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """`audian preview --github`."""
        return audian(self.bench, "preview", "--github", *arguments)

    def comments(self) -> list[str]:
        """The texts of the pull request's comments."""
        return [comment.body for comment in self.stand_in.forge.comments.values()]


@pytest.fixture
def check(bench: Workbench, tmp_path: Path) -> Iterator[Check]:
    """A pull request with a token that may only read accounts."""
    with StandIn.running() as stand_in:
        runner = tmp_path / "runner"
        runner.mkdir()
        (runner / "event.json").write_text(json.dumps(payload()), "utf-8")
        bench.environment.update(variables(stand_in, runner), GITHUB_WORKSPACE=str(bench.directory))
        yield Check(bench, stand_in, runner / "summary.md")
        assert stand_in.forge.violations == []


def test_first_adoption(check: Check) -> None:
    """The comment of an adoption shows each live value that up will overwrite, and the summary is the same."""
    check.bench.environment["AUDIAN_API_TOKEN"] = check.bench.api.read_only_token
    check.bench.declare(**SETTLED)
    done = check.preview()
    assert done.returncode == 2, done.stderr
    (comment,) = check.comments()
    assert "2 accounts are adopted" in comment
    for text in ("displayName", "Acme Corp", "Acme 2", "settings.timezone"):
        assert text in comment
    assert check.summary.read_text("utf-8").strip() in comment
    assert comment.endswith(
        f"Of commit {COMMIT}, from [this run]({check.stand_in.url}/acme/accounts/actions/runs/4711).\n"
    )
    assert check.bench.api.writes() == []


def test_the_comment_follows_the_pull_request(check: Check) -> None:
    """One-field change, immutable edit and no change: one comment, which says what is true now."""
    check.bench.settle(**SETTLED)
    assert (check.preview().returncode, check.comments()) == (0, [])

    check.bench.declare(**{**SETTLED, "acme": {**ACME_2, "settings": {"timezone": "Europe/Berlin"}}})
    assert check.preview().returncode == 2
    (comment,) = check.comments()
    assert "1 account changes" in comment
    assert "Europe/Berlin" in comment
    assert "Globex" not in comment

    check.bench.declare(**{**SETTLED, "acme": {**ACME_2, "plan": "enterprise"}})
    done = check.preview()
    assert done.returncode == 1
    (comment,) = check.comments()
    assert "1 account is refused" in comment
    assert "professional" in comment
    assert "::error file=stacks/Pulumi.test.yaml,line=" in done.stderr

    check.bench.declare(**SETTLED)
    assert check.preview().returncode == 0
    (comment,) = check.comments()
    assert "no changes" in comment
    assert "refused" not in comment


def test_two_projects_of_one_name_keep_their_comments(check: Check) -> None:
    """Where two projects have the same name and stack, a refusal is not replaced by the other's success."""
    check.bench.settle(**SETTLED)
    check.bench.environment["GITHUB_WORKSPACE"] = str(check.bench.directory.parent)
    other = check.bench.directory.parent / "other"
    shutil.copytree(check.bench.directory, other)
    check.bench.declare(**{**SETTLED, "acme": {**ACME_2, "plan": "enterprise"}})
    for directory, code in ((check.bench.directory, 1), (other, 0), (check.bench.directory, 1)):
        assert check.preview("--cwd", str(directory), "--stack", "test").returncode == code
    (comment,) = check.comments()
    assert "audian/test in project: 1 account is refused" in comment


def test_a_run_of_an_older_commit_replaces_no_comment(check: Check) -> None:
    """A run that was started again after another push leaves the newer comment alone, and says so."""
    check.bench.declare(**SETTLED)
    assert check.preview().returncode == 2
    before = check.comments()
    content = payload()
    content["pull_request"]["head"]["sha"] = "a" * 40
    Path(check.bench.environment["GITHUB_EVENT_PATH"]).write_text(json.dumps(content), "utf-8")
    done = check.preview()
    assert done.returncode == 2
    assert (
        "the comment on pull request #7 of acme/accounts stays as it is: run 4711 wrote it about commit" in done.stderr
    )
    assert check.comments() == before


def test_a_reader_who_leaves_does_not_stop_the_comment(check: Check) -> None:
    """The comment is written although nobody reads what is printed, and the exit code is that of the report."""
    check.bench.declare(**SETTLED)
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-c", "from pulumi_audian.cli import main; main()", "preview", "--github"]
    bench = check.bench
    done = subprocess.run(
        command, cwd=bench.directory, env=bench.environment, stdout=writing, stderr=writing, check=False
    )
    os.close(writing)
    assert done.returncode == 2
    (comment,) = check.comments()
    assert "2 accounts are adopted" in comment


def test_bad_token(check: Check) -> None:
    """A credential that the API does not know gives a red check that says what to look at."""
    check.bench.environment["AUDIAN_API_TOKEN"] = "wrong-token-0815"
    check.bench.declare(**SETTLED)
    assert check.preview().returncode == 1
    (comment,) = check.comments()
    assert "HTTP 401" in comment
    assert "wrong-token-0815" not in comment


def test_drift_has_one_issue_as_long_as_there_is_any(check: Check) -> None:
    """The scheduled check opens an issue, keeps it current, and closes it when live settings agree again."""
    check.bench.settle(**SETTLED)
    check.bench.environment["GITHUB_EVENT_NAME"] = "schedule"

    def drift(code: int) -> list[Any]:
        done = audian(check.bench, "drift", "--github", "--issue")
        assert done.returncode == code, done.stderr
        return [issue for issue in check.stand_in.forge.issues.values() if not issue.is_pull_request]

    assert drift(0) == []
    check.bench.api.edit(ACME, {"displayName": "Drifted"})
    (issue,) = drift(2)
    assert issue.title == "audian/test: 1 account differs from code"
    assert "Drifted" in issue.body
    check.bench.api.edit(GLOBEX, {"displayName": "Drifted too"})
    (issue,) = drift(2)
    assert issue.title == "audian/test: 2 accounts differ from code"
    check.bench.api.edit(ACME, {"displayName": "Acme 2"})
    check.bench.api.edit(GLOBEX, {"displayName": "Globex"})
    (issue,) = drift(0)
    assert issue.state == "closed"


@pytest.mark.parametrize(("fork", "actor"), [(True, "stranger"), (False, "dependabot[bot]")])
def test_without_secrets_there_is_a_note_and_no_broken_check(check: Check, fork: bool, actor: str) -> None:  # noqa: FBT001
    """From a fork or by Dependabot nothing is run: the summary says why, and the check is green."""
    path = Path(check.bench.environment["GITHUB_EVENT_PATH"])
    path.write_text(json.dumps(payload(fork=fork)), "utf-8")
    check.bench.environment["GITHUB_ACTOR"] = actor
    del check.bench.environment["AUDIAN_API_TOKEN"]
    check.bench.environment["PATH"] = "/nonexistent"
    done = check.preview()
    assert done.returncode == 0, done.stderr
    assert "gives no secrets" in check.summary.read_text("utf-8")
    assert check.comments() == []


def test_what_github_refuses_hides_no_verdict(check: Check) -> None:
    """Where the comment can't be written the command says what is missing, and ends as without it."""
    check.stand_in.forge.permissions.clear()
    check.bench.declare(**SETTLED)
    done = check.preview()
    assert done.returncode == 2
    assert "displayName" in done.stdout
    assert "pull-requests: write" in done.stderr
    assert "Traceback" not in done.stderr


def test_each_stack_has_its_own_comment(check: Check) -> None:
    """Two stacks of a project don't overwrite each other's comments."""
    check.bench.declare(**SETTLED)
    assert check.preview("--stack", "test", "--stack", "nowhere").returncode == 1
    found = check.comments()
    assert len(found) == 2
    assert any("2 accounts are adopted" in comment for comment in found)
    assert any("no stack named" in comment for comment in found)

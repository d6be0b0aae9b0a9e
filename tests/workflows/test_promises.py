"""What the workflows promise, whatever else they come to do: who may write, when, and what a copy of them runs."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from tests.workflows.steps import CHECKOUT

WORKFLOWS: dict[str, dict[Any, Any]] = {
    path.stem: yaml.safe_load(path.read_text("utf-8")) for path in (CHECKOUT / ".github" / "workflows").glob("*.yml")
}
JOBS = {(name, job): content for name, workflow in WORKFLOWS.items() for job, content in workflow["jobs"].items()}
ON = True  # YAML reads the key `on` as a boolean


def test_only_an_approved_job_has_the_token_that_may_write() -> None:
    """The secret is used in the environment alone, where it waits for a reviewer."""
    using = {key for key, job in JOBS.items() if "secrets.AUDIAN_API_TOKEN" in str(job)}
    assert using == {("up", "up")}
    assert JOBS["up", "up"]["environment"] == "production"


def test_an_up_is_alone_on_its_stack_and_never_cancelled() -> None:
    """A newer commit waits for the one that is being brought up."""
    assert "concurrency" not in WORKFLOWS["up"]
    assert JOBS["up", "up"]["concurrency"] == {"group": "up-${{ matrix.stack }}", "cancel-in-progress": False}


def test_a_comment_and_an_issue_are_all_that_jobs_may_write() -> None:
    """Every job states its permissions; nothing is granted to all."""
    assert {name for name, workflow in WORKFLOWS.items() if workflow["permissions"] != {}} == set()
    granted = {(*key, *grant) for key, job in JOBS.items() for grant in job["permissions"].items()}
    assert {grant for grant in granted if grant[2:] != ("contents", "read")} == {
        ("preview", "preview", "pull-requests", "write"),
        ("drift", "drift", "issues", "write"),
    }


def test_code_of_a_fork_never_runs_with_secrets() -> None:
    """No workflow starts by an event that gives a pull request the rights of the repository."""
    events = {event for workflow in WORKFLOWS.values() for event in workflow[ON]}
    assert events == {"push", "pull_request", "workflow_dispatch", "schedule"}


@pytest.mark.parametrize("key", [key for key, job in JOBS.items() if "secrets." in str(job)])
def test_a_copy_without_stacks_runs_nothing(key: tuple[str, str]) -> None:
    """Each job with secrets depends on the variable that lists stacks, or on a job that does."""
    job = JOBS[key]
    asked = JOBS[key[0], job["needs"]] if "needs" in job else job
    assert asked["if"].startswith("vars.AUDIAN_STACKS")

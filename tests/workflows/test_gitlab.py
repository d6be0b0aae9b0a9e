"""The GitLab example, its scripts run with an `audian` and a `curl` that only note their arguments."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.workflows.steps import CHECKOUT

JOBS: dict[str, Any] = yaml.safe_load((CHECKOUT / "docs" / "gitlab-ci.yml").read_text("utf-8"))
NOTE = "printf '%s\\n' \"$@\" >> called\n"
AUDIAN = f'#!/bin/sh\n{NOTE}[ "$STATUS" = 139 ] || echo report > report.md\nexit "$STATUS"\n'


def run(directory: Path, job: str, section: str, status: int) -> int:
    """Run a section of a job as GitLab's runner does; its exit code."""
    for name, text in (("audian", AUDIAN), ("curl", f"#!/bin/sh\n{NOTE}")):
        (directory / name).write_text(text, "utf-8")
        (directory / name).chmod(0o755)
    variables = {
        "PATH": f"{directory}:/usr/bin:/bin",
        "STATUS": str(status),
        "GITLAB_NOTE_TOKEN": "secret",
        "CI_API_V4_URL": "https://gitlab.example/api/v4",
        "CI_PROJECT_ID": "7",
        "CI_MERGE_REQUEST_IID": "42",
    }
    script = "set -eo pipefail\n" + "\n".join(JOBS[job][section])
    return subprocess.run(["bash", "-c", script], cwd=directory, env=variables, check=False).returncode


@pytest.mark.parametrize("job", ["audian-preview", "audian-drift"])
@pytest.mark.parametrize(("status", "red"), [(0, False), (2, False), (1, True), (139, True)])
def test_a_job_is_red_only_where_the_check_failed(tmp_path: Path, job: str, status: int, red: bool) -> None:  # noqa: FBT001 - a table
    """Changes are no failure."""
    assert (run(tmp_path, job, "script", status) != 0) is red
    assert "--out=report.md" in (tmp_path / "called").read_text("utf-8").splitlines()


@pytest.mark.parametrize("status", [0, 1, 2])
def test_the_report_becomes_a_note_on_the_merge_request(tmp_path: Path, status: int) -> None:
    """Also that of a failure."""
    run(tmp_path, "audian-preview", "script", status)
    assert run(tmp_path, "audian-preview", "after_script", status) == 0
    called = (tmp_path / "called").read_text("utf-8").splitlines()
    assert "https://gitlab.example/api/v4/projects/7/merge_requests/42/notes" in called
    assert "body@report.md" in called


def test_without_a_report_nothing_is_posted(tmp_path: Path) -> None:
    """A crash leaves its trace in the job's log only."""
    run(tmp_path, "audian-preview", "script", 139)
    (tmp_path / "called").unlink()
    assert run(tmp_path, "audian-preview", "after_script", 139) == 0
    assert not (tmp_path / "called").exists()

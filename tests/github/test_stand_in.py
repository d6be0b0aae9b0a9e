"""The local GitHub itself: strict to programs, and of use to a person."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from tests.github.forge import JOB, JOB_TOKEN
from tests.github.serving import StandIn

SCRIPT = Path(__file__).with_name("stand_in.py")
ISSUES = "/repos/acme/accounts/issues"


@pytest.fixture
def strict(running: StandIn) -> StandIn:
    """A local GitHub that may be asked what it doesn't know."""
    running.reset()
    return running


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/repos/acme/accounts", None),
        ("GET", f"{ISSUES}?mentioned=me", None),
        ("PUT", f"{ISSUES}/7/comments", {"body": "x"}),
        ("POST", f"{ISSUES}/7/comments", {"body": "x", "extra": 1}),
        ("POST", f"{ISSUES}/7/comments", {}),
        ("PATCH", f"{ISSUES}/7", {"state": "merged"}),
    ],
)
def test_what_it_does_not_know_is_a_violation(strict: StandIn, method: str, path: str, body: object) -> None:
    """An unknown endpoint, parameter or value is recorded and answered with an error."""
    headers = {"Authorization": f"Bearer {JOB_TOKEN}"}
    answer = requests.request(method, strict.api_url + path, headers=headers, json=body, timeout=10)
    assert answer.status_code >= 400
    assert len(strict.forge.violations) == 1


def test_a_request_without_authorization_is_a_violation(strict: StandIn) -> None:
    """A client that forgot its token is noticed."""
    assert requests.get(f"{strict.api_url}{ISSUES}", timeout=10).status_code == 401
    assert len(strict.forge.violations) == 1


def test_the_page_shows_what_was_written(strict: StandIn) -> None:
    """A person sees the comments as GitHub would render them, and their source, without script."""
    strict.forge.comment(JOB, "<!-- hidden -->\n**1 account** changes <script>alert(1)</script>")
    answer = requests.get(strict.url, timeout=10)
    assert "<strong>1 account</strong> changes" in answer.text
    assert "&lt;!-- hidden --&gt;" in answer.text
    assert "<script>" not in answer.text


def test_a_client_that_does_not_read_does_not_hold_back_the_end() -> None:
    """Leaving the `with` block breaks off an answer that waits for its reader."""
    with StandIn.running() as server:
        server.forge.fault("GET", "/user", 200, body="x" * 8_000_000)
        client = socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2])))
        client.sendall(b"GET /api/v3/user HTTP/1.1\r\nHost: github.example\r\n\r\n")
        assert client.recv(8) == b"HTTP/1.1"
    with client:
        received = sum(map(len, iter(lambda: client.recv(65_536), b"")))
    assert received < 8_000_000


def test_the_script_prints_what_a_step_needs(tmp_path: Path) -> None:
    """Its exports are complete for a run, and the server behind them answers."""
    command = [sys.executable, str(SCRIPT), "--directory", str(tmp_path), "--label", "allow-suspend"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=tmp_path) as process:
        try:
            assert process.stdout
            lines = [process.stdout.readline() for _ in range(10)]
            url = lines[0].split()[1]
            assert requests.get(url, timeout=10).ok
        finally:
            process.terminate()
    assert f"export GITHUB_EVENT_PATH={tmp_path}/event.json\n" in lines
    assert "allow-suspend" in (tmp_path / "event.json").read_text("utf-8")
    assert process.returncode == 0

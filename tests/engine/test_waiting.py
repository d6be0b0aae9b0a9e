"""A command that waits shows on a terminal what it waits for, and gives up soon what can't be connected to."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from terminal import COLUMNS, Shown, on_terminal
from tests.github.serving import StandIn
from tests.github.stand_in import payload, variables

from audian_emulator import Control
from test_cli import stub_engine
from workbench import ACME, GLOBEX, INITECH, Workbench

MOST_SECONDS = 10
EXPORTED = "audian: 2 accounts, 1 value left out: see the comments"
TWELVE = [f"acc_{number:010}" for number in range(1_000_000_001, 1_000_000_013)]


@pytest.fixture
def refusing() -> Iterator[str]:
    """An address at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}/v2"


def read(url: str, *arguments: str, token: str = "", ci: str = "") -> Shown:
    """Run a command outside of any project, with the default of two minutes for retries."""
    environment = {**os.environ, "AUDIAN_API_URL": url, "AUDIAN_API_TOKEN": token or "any"}
    return on_terminal("/", environment, *arguments, ci=ci)


def test_a_refused_connection_ends_a_command_soon(refusing: str) -> None:
    """One account or twelve: each attempt is shown, and within ten seconds the command says why it failed."""
    for arguments in (("show", ACME), ("export", *TWELVE)):
        shown = read(refusing, *arguments)
        assert shown.code == 1
        assert shown.seconds < MOST_SECONDS
        assert shown.showed(r"reading account.* 0:00:0[1-6]")
        assert shown.showed(r"no connection to \S+ \(Connection refused\).*; trying again in 1 s")
        assert "check audian:apiUrl and the network" in shown.lines[-1]
        assert [line for line in shown.lines[:-1] if len(line) > COLUMNS] == []


def test_an_unknown_host_ends_a_command_soon() -> None:
    """A wrong name in the address is not tried for two minutes."""
    shown = read("https://nowhere.invalid/v2", "export", *TWELVE)
    assert shown.code == 1
    assert shown.seconds < MOST_SECONDS
    assert shown.showed(r"reading accounts .* 0/12 0:00:0\d")


def test_a_busy_api_is_waited_for_in_sight(api: Control) -> None:
    """Each wait that the API asks for is shown, with how long the command takes at most."""
    api.fault(method="GET", status=429, retry_after=2)
    shown = read(api.api_url, "show", ACME, token=api.read_only_token)
    assert shown.code == 0
    assert "Acme" in shown.output
    assert shown.showed(rf"reading account {ACME} 0:00:0\d of at most 0:02:30")
    assert shown.showed(r"trying again in 2 s")


def test_what_the_api_says_meanwhile_commands_no_terminal(api: Control) -> None:
    """Control characters in its words are shown as escapes."""
    words = {"error": {"code": "BUSY", "message": "wait\x1b]0;title\x07\x9b2J\u202e"}}
    api.fault(method="GET", status=429, retry_after=2, body=words)
    shown = read(api.api_url, "show", ACME, token=api.read_only_token)
    assert shown.code == 0
    assert shown.showed(r"wait\\x1b\]0;title\\x07\\x9b2J\\u202e.*; trying again in 2 s")
    assert not set("\x07\x9b\u202e") & set(shown.terminal)
    assert "\x1b]" not in shown.terminal


def test_slow_accounts_are_counted(api: Control) -> None:
    """Of several accounts it shows how many are read, and the export itself stays as it is."""
    api.fault(method="GET", account=GLOBEX, delaySeconds=2.0)
    shown = read(api.api_url, "export", ACME, GLOBEX, token=api.read_only_token)
    assert shown.code == 0
    assert shown.showed(r"reading accounts \S+ 1/2 0:00:0[12]")
    assert ACME in shown.output
    assert "reading" not in shown.output
    assert shown.lines[-1] == EXPORTED


def test_an_interrupted_command_does_not_wait_for_its_reads(api: Control) -> None:
    """Ctrl-C ends it at once, while the API holds its answers back."""
    api.fault(method="GET", times=0, delaySeconds=8.0)
    process = subprocess.Popen(
        [sys.executable, "-c", "from pulumi_audian.cli import main; main()", "export", ACME, GLOBEX],
        env={**os.environ, "AUDIAN_API_URL": api.api_url, "AUDIAN_API_TOKEN": api.read_only_token},
    )
    deadline = time.monotonic() + 30
    while len(api.requests()) < 2 and time.monotonic() < deadline:
        time.sleep(0.1)
    interrupted = time.monotonic()
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) == 130
    assert time.monotonic() - interrupted < 6


@pytest.mark.parametrize("variable", ["true", "1"])
def test_a_ci_job_is_not_told(api: Control, variable: str) -> None:
    """A job's log gets the outcome and nothing that moves, also where the runner has a terminal."""
    shown = read(api.api_url, "export", ACME, GLOBEX, token=api.read_only_token, ci=variable)
    assert shown.terminal == f"{EXPORTED}\r\n"


def test_a_check_for_drift_shows_how_far_it_is(bench: Workbench) -> None:
    """While the engine runs, stack, time, and the accounts that it is at are shown; the report is the same."""
    bench.settle(acme={"accountId": ACME}, globex={"accountId": GLOBEX})
    bench.api.fault(method="GET", account=GLOBEX, delaySeconds=2.0)
    shown = on_terminal(bench.directory, bench.environment, "drift", "--stack", "test")
    assert shown.code == 0, shown.terminal
    assert shown.showed(r"pulumi refresh of test 0:00:0\d of at most 0:30:00")
    assert shown.showed(r"1 account done, now at globex")
    assert [line for line in shown.lines if len(line) > COLUMNS] == []
    assert "no changes" in shown.output
    assert "pulumi refresh" not in shown.output


def test_a_wait_of_the_provider_is_shown_too(bench: Workbench) -> None:
    """What the provider says of a long wait is shown while it lasts."""
    bench.config["audian:retrySeconds"] = 30
    bench.settle(acme={"accountId": ACME})
    bench.api.fault(method="GET", status=429, retry_after=6)
    shown = on_terminal(bench.directory, bench.environment, "drift")
    assert shown.code == 0, shown.terminal
    assert shown.showed(r"pulumi refresh of the selected stack 0:00:0\d")
    assert shown.showed(rf"account {ACME}: .*HTTP 429.*; trying again in 6 s")


@pytest.mark.parametrize("command", ["preview", "drift"])
def test_the_engine_gives_up_a_refused_connection_soon(bench: Workbench, refusing: str, command: str) -> None:
    """Where somebody waits, the provider does not try for two minutes either; each attempt is shown."""
    del bench.config["audian:retrySeconds"]
    bench.settle(acme={"accountId": ACME}, globex={"accountId": GLOBEX})
    bench.declare(acme={"accountId": ACME}, new={"accountId": INITECH})
    bench.environment["AUDIAN_API_URL"] = refusing
    shown = on_terminal(bench.directory, bench.environment, command)
    assert shown.code == 1
    assert "Connection refused" in " ".join(shown.output.replace("│", " ").split())
    assert shown.showed(r"Connection refused.*; trying again in 1 s")
    assert shown.seconds < 2 * MOST_SECONDS  # the engine's own time is in it


def test_a_hanging_preview_shows_when_it_ends(bench: Workbench) -> None:
    """The time that the engine may take is shown beside the time that it took."""
    stub_engine(bench, "sleep 300")
    shown = on_terminal(bench.directory, bench.environment, "preview", "--timeout", "3")
    assert shown.code == 1
    assert shown.showed(r"pulumi preview of the selected stack 0:00:02 of at most 0:00:03")


def test_a_large_stack_file_is_checked_in_sight(tmp_path: Path) -> None:
    """A file of many accounts may take seconds, and the time is shown."""
    (tmp_path / "Pulumi.yaml").write_text("name: phones\nruntime: python\n")
    accounts = "".join(f"    a{number}: {{accountId: acc_{number}, email: nobody}}\n" for number in range(2_000))
    (tmp_path / "Pulumi.prod.yaml").write_text(f"config:\n  audian:accounts:\n{accounts}")
    shown = on_terminal(tmp_path, os.environ, "validate")
    assert shown.code == 1
    assert shown.showed("checking stack files 0:00:0")
    assert shown.lines[-1] == "audian: 2000 problems in 1 stack file"


def test_a_diagnosis_shows_what_it_looks_at(bench: Workbench) -> None:
    """Each thing that takes time is named; an API that does not answer is waited for in sight."""
    bench.declare(acme={"accountId": ACME}, globex={"accountId": GLOBEX})
    bench.api.fault(method="GET", account=GLOBEX, delaySeconds=1.0)
    shown = on_terminal(bench.directory, bench.environment, "doctor")
    assert shown.code == 0, shown.terminal
    for what in ("the virtual environment", "the Pulumi CLI", "the stack"):
        assert shown.showed(f"looking at {what} 0:00:0")
    assert shown.showed("asking the backend 0:00:0")
    assert shown.showed(r"reading accounts \S+ 1/2")
    assert "looking" not in shown.output


def test_a_slow_github_is_waited_for_in_sight(bench: Workbench, tmp_path: Path) -> None:
    """The comment may take a minute: a person who tries it on a terminal sees that it is written."""
    (bench.directory / "preview.json").write_text('{"steps": []}')
    with StandIn.running() as stand_in:
        (tmp_path / "event.json").write_text(json.dumps(payload()), "utf-8")
        stand_in.forge.fault("GET", "/comments", 200, body=[], delay=1.5)
        environment = {**bench.environment, **variables(stand_in, tmp_path)}
        shown = on_terminal(bench.directory, environment, "preview", "--github", "--from", "preview.json")
    assert shown.showed(r"writing the comment 0:00:0\d")

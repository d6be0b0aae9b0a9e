"""What was really written: verification, and answers that leave it open."""

from __future__ import annotations

import signal
import subprocess
import threading
import time
from typing import Any

import pytest

from workbench import ACME, Workbench

DECLARED: dict[str, Any] = {
    "accountId": ACME,
    "displayName": "Acme 2",
    "settings": {"timezone": "UTC", "recordingRetention": 90},
}


def test_ignored_and_coerced_fields_are_an_error_and_state_is_true(bench: Workbench) -> None:
    """Each declared value that the server did not take is named; state holds what the account has; up tries again."""
    bench.api.behave(ignoreFields=["settings.timezone"], coerce={"settings.recordingRetention": 30})
    bench.declare(acme=DECLARED)
    up = bench.up("--skip-preview")
    assert up.code != 0
    (error,) = up.errors
    assert "settings.recordingRetention is 30 instead of 90" in error
    assert 'settings.timezone is "America/Los_Angeles" instead of "UTC"' in error
    assert "displayName" not in error
    assert "Traceback" not in up.text
    stored = bench.stored("acme")
    assert stored is not None
    assert stored["outputs"]["settings"] == bench.api.account(ACME)["settings"]
    assert stored["outputs"]["displayName"] == "Acme 2"
    bench.api.behave(ignoreFields=[], coerce={})
    up = bench.up()
    assert up.code == 0, up.text
    assert bench.api.account(ACME)["settings"]["timezone"] == "UTC"
    assert bench.preview("--expect-no-changes").code == 0


def test_a_change_may_show_late(bench: Workbench) -> None:
    """A 202 without the account, and reads that show the change only after a second, are no error."""
    bench.settle(acme={"accountId": ACME, "displayName": "Acme"})
    bench.api.behave(lateSeconds=1)
    bench.declare(acme={"accountId": ACME, "displayName": "Acme 2"})
    up = bench.up("--skip-preview")
    assert up.code == 0, up.text
    assert bench.bodies() == [{"displayName": "Acme 2"}]
    stored = bench.stored("acme")
    assert stored is not None
    assert stored["outputs"]["displayName"] == "Acme 2"


def test_a_change_that_never_shows_is_an_error(bench: Workbench) -> None:
    """Within the patience of retrySeconds the account is read again; then state holds what it showed."""
    bench.api.behave(lateSeconds=60)
    bench.declare(acme={"accountId": ACME, "displayName": "Acme 2"})
    up = bench.up("--skip-preview")
    assert up.code != 0
    assert 'displayName is "Acme Corp" instead of "Acme 2"' in up.errors[0]
    calls = bench.calls()
    assert calls[:2] == ["GET", "PATCH"]
    assert len(calls) > 3


def test_an_update_that_was_not_taken_is_an_error_and_state_is_true(bench: Workbench) -> None:
    """The same holds for an update of an adopted account."""
    bench.settle(acme={"accountId": ACME, "displayName": "Acme"})
    bench.api.behave(coerce={"displayName": "ACME 2"})
    bench.declare(acme=DECLARED)
    up = bench.up("--skip-preview")
    assert up.code != 0
    stored = bench.stored("acme")
    assert stored is not None
    assert stored["outputs"]["displayName"] == "ACME 2"
    assert stored["outputs"]["settings"]["recordingRetention"] == 90


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param({"drop": "after"}, id="connection lost after the write"),
        pytest.param({"status": 500, "execute": True}, id="500 after the write"),
        pytest.param({"status": 503, "execute": True}, id="503 after the write"),
        pytest.param({"status": 307, "execute": True}, id="a redirect after the write"),
        pytest.param({"delaySeconds": 3}, id="timed out after the write"),
        pytest.param({"status": 204, "execute": True}, id="an answer without content"),
        pytest.param({"status": 200, "execute": True, "body": {"status": "success"}}, id="an answer without account"),
        pytest.param({"status": 200, "execute": True, "body": {"id": ACME}}, id="an answer with a part of it"),
    ],
)
def test_a_write_that_had_its_effect_is_not_repeated(bench: Workbench, fault: dict[str, Any]) -> None:
    """After an ambiguous failure the account is read: it holds what was declared, so up succeeds with one PATCH."""
    bench.config["audian:timeoutSeconds"] = 1
    bench.api.fault(method="PATCH", **fault)
    bench.declare(acme=DECLARED)
    up = bench.up("--skip-preview")
    assert up.code == 0, up.text
    assert len(bench.bodies()) == 1
    assert bench.preview("--expect-no-changes").code == 0


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param({"drop": "before"}, id="connection lost before the write"),
        pytest.param({"status": 502}, id="502"),
        pytest.param({"status": 503}, id="503"),
        pytest.param({"status": 504}, id="504"),
    ],
)
def test_a_write_without_effect_is_repeated_after_a_read(bench: Workbench, fault: dict[str, Any]) -> None:
    """Where the read shows that nothing was written, the write is repeated."""
    bench.api.fault(method="PATCH", **fault)
    bench.declare(acme=DECLARED)
    up = bench.up("--skip-preview")
    assert up.code == 0, up.text
    assert bench.calls() == ["GET", "PATCH", "GET", "PATCH"]


def test_an_unconfirmed_adoption_can_be_restored(bench: Workbench) -> None:
    """Where the write gets no answer and the account can't be read, state holds what the write may have overwritten."""
    bench.config["audian:timeoutSeconds"] = 1
    bench.api.fault(method="PATCH", delaySeconds=3)
    bench.declare(acme={**DECLARED, "onDelete": "restore"})
    outage = threading.Thread(target=_refuse_reads_after_a_write, args=(bench,))
    outage.start()
    up = bench.up("--skip-preview")
    outage.join()
    assert up.code != 0
    assert "a change was sent, but not confirmed by a read" in up.errors[0]
    assert bench.api.account(ACME)["displayName"] == "Acme 2"
    destroy = bench.destroy("--skip-preview")
    assert destroy.code == 0, destroy.text
    assert bench.api.account(ACME)["displayName"] == "Acme Corp"


def _refuse_reads_after_a_write(bench: Workbench) -> None:
    _await_write(bench)
    bench.api.fault(method="GET", status=403)


def test_a_server_that_stays_down_ends_within_the_budget(bench: Workbench) -> None:
    """Repeats end with audian:retrySeconds; the error names status and account, and state is unharmed."""
    bench.settle(acme={"accountId": ACME, "displayName": "Acme"})
    before = bench.stored("acme")
    bench.api.fault(method="PATCH", status=503, times=0)
    bench.declare(acme=DECLARED)
    up = bench.up("--skip-preview")
    assert up.code != 0
    assert "HTTP 503" in up.errors[0]
    assert len(bench.bodies()) > 1
    assert bench.stored("acme") == before


def test_an_unconfirmed_write_that_was_lost_is_made_up_for(bench: Workbench) -> None:
    """Where neither answer nor read tells what became of a write, the next up finds out, and writes what is missing."""
    before = bench.api.account(ACME)["displayName"]
    bench.api.fault(method="GET", delaySeconds=0.01)
    bench.api.fault(method="PATCH", drop="before")
    bench.api.fault(method="GET", status=500)
    bench.declare(acme={**DECLARED, "onDelete": "restore"})
    up = bench.up("--skip-preview")
    assert up.code != 0
    assert "a change was sent, but not confirmed by a read" in up.errors[0]
    bench.api.clear()
    up = bench.up("--skip-preview")
    assert up.code == 0, up.text
    assert len(bench.bodies()) == 1
    assert bench.destroy("--skip-preview").code == 0
    assert bench.api.account(ACME)["displayName"] == before


@pytest.mark.parametrize(
    ("victim", "sent"),
    [
        pytest.param("pulumi up", signal.SIGINT, id="SIGINT"),
        pytest.param("pulumi.dynamic", signal.SIGKILL, id="provider killed"),
        pytest.param("pulumi up", signal.SIGKILL, id="engine killed"),
    ],
)
def test_an_interrupted_up_is_recovered_by_the_next(bench: Workbench, victim: str, sent: signal.Signals) -> None:
    """Whoever dies while the answer to a write is under way, the next up finds the write done and sends no other."""
    bench.settle(acme={"accountId": ACME, "displayName": "Acme"})
    bench.declare(acme=DECLARED)
    _interrupt(bench, victim, sent)
    _recover(bench, "--refresh")


def test_an_interrupted_adoption_is_recovered_by_the_next_up(bench: Workbench) -> None:
    """The engine keeps that the adoption had begun; the next up adopts the account and finds its values there."""
    bench.declare(acme=DECLARED)
    _interrupt(bench, "pulumi up", signal.SIGKILL)
    _recover(bench)


def _interrupt(bench: Workbench, victim: str, sent: signal.Signals) -> None:
    bench.api.fault(method="PATCH", delaySeconds=4)
    with subprocess.Popen(
        ["pulumi", "up", "--yes", "--skip-preview", "--non-interactive"],
        cwd=bench.directory,
        env=bench.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as up:
        _await_write(bench)
        _send(sent, victim, up)
        up.wait(60)
    _end_session(up.pid)
    bench.execute("cancel", "--yes")


def _recover(bench: Workbench, *options: str) -> None:
    after = bench.up("--skip-preview", *options)
    assert after.code == 0, after.text
    assert len(bench.bodies()) == 1
    assert bench.api.account(ACME)["displayName"] == "Acme 2"
    assert bench.preview("--expect-no-changes").code == 0


def _await_write(bench: Workbench) -> None:
    deadline = time.monotonic() + 60
    while not bench.api.writes():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _send(sent: signal.Signals, victim: str, up: subprocess.Popen[bytes]) -> None:
    if victim == "pulumi up":
        up.send_signal(sent)
    else:
        subprocess.run(["pkill", f"-{sent.name}", "-s", str(up.pid), "-f", victim], check=True)


def _end_session(session: int) -> None:
    subprocess.run(["pkill", "-KILL", "-s", str(session)], check=False)
    while subprocess.run(["pgrep", "-s", str(session)], stdout=subprocess.DEVNULL, check=False).returncode == 0:
        time.sleep(0.05)

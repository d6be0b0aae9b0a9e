"""The emulator's faults, request log, control endpoints and command line."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager, suppress
from threading import Thread
from typing import IO, TYPE_CHECKING, Any

import pytest
import requests

from audian_emulator import Control, Emulator
from audian_emulator.seed import DEFAULT_SEED, SeedError, load_seed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ACME = "acc_1234567890"
GLOBEX = "acc_2345678901"
LONG_SECONDS = 30


def call(control: Control, body: object = None, account: str = ACME, timeout: float = 10) -> requests.Response:
    """GET an account, or PATCH it where there is a body."""
    url, headers = f"{control.api_url}/accounts/{account}", {"X-Auth-Token": control.full_token}
    method = "GET" if body is None else "PATCH"
    return requests.request(method, url, json=body, headers=headers, timeout=timeout)


def statuses(control: Control, count: int, body: object = None) -> list[int]:
    """Return the statuses of some equal calls."""
    return [call(control, body).status_code for _ in range(count)]


def outcomes(control: Control) -> list[tuple[int | None, bool]]:
    """Return status and executed of each logged request."""
    return [(entry["status"], entry["executed"]) for entry in control.requests()]


def test_fault_applies_times_then_ends(control: Control) -> None:
    """A fault is used up by its matches, without executing them, and listed until then."""
    control.fault(status=503, times=2)
    assert statuses(control, 1, {"displayName": "Other"}) == [503]
    assert [(fault["status"], fault["times"]) for fault in control.faults()] == [(503, 1)]
    assert statuses(control, 2) == [503, 200]
    assert control.faults() == []
    assert outcomes(control) == [(503, False), (503, False), (200, True)]
    assert control.account(ACME)["displayName"] == "Acme Corp"


def test_fault_without_limit_lasts_until_cleared(control: Control) -> None:
    """times=0 matches on until the faults are cleared; the default status is 500."""
    control.fault(times=0)
    assert statuses(control, 3) == [500, 500, 500]
    control.clear_faults()
    assert statuses(control, 1) == [200]


def test_faults_match_by_method_and_account_in_order(control: Control) -> None:
    """The first matching fault applies; others wait for their own request."""
    control.fault(method="PATCH", status=502)
    control.fault(account=GLOBEX, status=503)
    control.fault(status=504)
    assert call(control, account=GLOBEX).status_code == 503
    assert statuses(control, 2) == [504, 200]
    assert statuses(control, 2, {}) == [502, 200]


def test_fault_on_key_exchange(control: Control) -> None:
    """A PUT fault hits api_auth."""
    control.fault(method="PUT", status=500)
    body = {"data": {"api_key": control.api_key}}
    answers = [requests.put(f"{control.api_url}/api_auth", json=body, timeout=10) for _ in "ab"]
    assert [answer.status_code for answer in answers] == [500, 200]


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        ("<html>", "text/plain; charset=utf-8", "<html>"),
        ("", "text/plain; charset=utf-8", ""),
        ({"a": [1]}, "application/json", '{"a": [1]}'),
        (0, "application/json", "0"),
    ],
)
def test_fault_body_is_sent_as_given(control: Control, body: object, content_type: str, text: str) -> None:
    """A string is sent raw, anything else as JSON."""
    control.fault(status=502, body=body)
    answer = call(control)
    assert (answer.headers["Content-Type"], answer.text) == (content_type, text)


def test_fault_without_body_takes_the_error_shape(control: Control) -> None:
    """A bare status has the body of the current error shape, coded as the contract does."""
    control.fault(status=429)
    assert call(control).json()["error"]["code"] == "RATE_LIMITED"
    control.behave(errorShape=3)
    control.fault(status=503)
    assert call(control).json()["error"] == "503"


@pytest.mark.parametrize("value", [7, "Wed, 21 Oct 2026 07:28:00 GMT"])
def test_fault_sends_retry_after_and_headers(control: Control, value: int | str) -> None:
    """Seconds and dates go out in Retry-After; given headers replace the default ones."""
    headers = {"X-Cause": "test", "Content-Type": "application/problem+json"}
    control.fault(status=429, retryAfter=value, body={}, headers=headers)
    answer = call(control)
    assert answer.headers["Retry-After"] == str(value)
    assert answer.headers["X-Cause"] == "test"
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_executed_fault_hides_a_success(control: Control) -> None:
    """With execute the write happens, though the client is told of a failure."""
    control.fault(status=504, execute=True)
    assert statuses(control, 1, {"displayName": "Other"}) == [504]
    assert outcomes(control) == [(504, True)]
    assert control.account(ACME)["displayName"] == "Other"


@pytest.mark.parametrize(("drop", "executed", "name"), [("before", False, "Acme Corp"), ("after", True, "Other")])
def test_dropped_connection_sends_no_byte(
    control: Control, drop: str, executed: object, name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """A raw client reads nothing at all, the log has no status, and the server goes on quietly."""
    control.fault(drop=drop)
    assert raw_patch(control, b'{"displayName": "Other"}') == b""
    assert outcomes(control) == [(None, executed)]
    assert control.account(ACME)["displayName"] == name
    assert statuses(control, 1) == [200]
    assert capfd.readouterr() == ("", "")


def raw_patch(control: Control, body: bytes) -> bytes:
    """PATCH over a bare socket; return every byte until the connection ends."""
    host, port = control.api_url.split("/")[2].split(":")
    head = (
        f"PATCH /v2/accounts/{ACME} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n"
        f"X-Auth-Token: {control.full_token}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(head.encode() + body)
        try:
            return connection.recv(65536)
        except ConnectionResetError:
            return b""


def test_raw_client_reads_an_undropped_answer(control: Control) -> None:
    """The client of the drop test does read answers when there are any."""
    assert raw_patch(control, b"{}").startswith(b"HTTP/1.1 200 ")


def test_delayed_answer_times_out_after_execution(control: Control) -> None:
    """A delay holds the API's answer back past a client's timeout; the write has happened."""
    control.fault(delaySeconds=LONG_SECONDS)
    with pytest.raises(requests.ReadTimeout):
        call(control, {"displayName": "Other"}, timeout=0.2)
    assert outcomes(control) == [(None, True)]
    assert control.account(ACME)["displayName"] == "Other"


def test_short_delay_still_answers(control: Control) -> None:
    """A delay alone changes nothing of the answer; with a status it goes before that answer."""
    control.fault(delaySeconds=0.01)
    control.fault(delaySeconds=0.01, status=503)
    assert statuses(control, 3) == [200, 503, 200]


def test_delay_does_not_hold_up_others(control: Control) -> None:
    """While one answer is held back, other requests are served."""
    control.fault(account=GLOBEX, delaySeconds=LONG_SECONDS)
    waiting = started_call(control, GLOBEX)
    assert statuses(control, 1) == [200]
    assert waiting.is_alive()


def test_stopping_breaks_off_a_held_back_answer() -> None:
    """Leaving the `with` block does not wait for a delayed answer."""
    with Emulator.running() as emulator:
        control = Control(emulator.url)
        control.fault(delaySeconds=10 * LONG_SECONDS)
        waiting = started_call(control, ACME)
    waiting.join(LONG_SECONDS)
    assert not waiting.is_alive()


def started_call(control: Control, account: str) -> Thread:
    """Start a GET in a thread and wait until the emulator has received it."""

    def get() -> None:
        with suppress(requests.ConnectionError):
            call(control, account=account, timeout=10 * LONG_SECONDS)

    thread = Thread(target=get, daemon=True)
    thread.start()
    while thread.is_alive() and not control.requests():
        pass
    return thread


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 99},
        {"status": "500"},
        {"times": -1},
        {"method": "DELETE"},
        {"drop": "maybe"},
        {"drop": "before", "status": 500},
        {"drop": "after", "execute": True},
        {"delaySeconds": -1},
        {"status": 204, "body": "x"},
        {"headers": {"Content-Length": "3"}},
        {"headers": {"X-Bad": "a\r\nb"}},
        {"unknown": 1},
    ],
)
def test_bad_fault_is_refused_by_key(control: Control, fault: dict[str, Any]) -> None:
    """A fault that cannot be carried out is 400, and nothing is queued."""
    with pytest.raises(requests.HTTPError, match="answered 400"):
        control.fault(**fault)
    assert control.faults() == []


@pytest.mark.parametrize(
    "behaviour",
    [
        {"unknown": 1},
        {"merge": "shallow"},
        {"errorShape": 8},
        {"etag": "yes"},
        {"authSchemes": ["basic"]},
        {"rateLimit": {"capacity": 1}},
        {"rateLimit": {"capacity": 1, "refillPerSecond": 0}},
    ],
)
def test_bad_behaviour_is_refused_by_key(control: Control, behaviour: dict[str, Any]) -> None:
    """An unknown key or value is 400 naming the key, and every behaviour stays."""
    before = control.behave()
    with pytest.raises(requests.HTTPError, match=f"answered 400.*{next(iter(behaviour))}"):
        control.behave(envelope="data", **behaviour)
    assert control.behave() == before


def test_a_whole_number_may_have_a_point(control: Control) -> None:
    """2.0 is an integer to JSON Schema."""
    assert control.behave(rateLimit={"capacity": 2.0, "refillPerSecond": 1})["rateLimit"]["capacity"] == 2
    control.fault(times=2.0)
    assert statuses(control, 3) == [500, 500, 200]


@pytest.mark.parametrize("number", ["2", True, 2.5, None])
def test_nothing_but_a_whole_number_is_one(control: Control, number: object) -> None:
    """Neither a text that looks like one, nor a switch."""
    with pytest.raises(requests.HTTPError, match=r"answered 400.*rateLimit\.capacity"):
        control.behave(rateLimit={"capacity": number, "refillPerSecond": 1})


def test_log_tells_each_request(control: Control) -> None:
    """An entry has method, path, query, account, token kind, If-Match, body and outcome."""
    headers = {"X-Auth-Token": control.read_only_token, "If-Match": '"1"'}
    url = f"{control.api_url}/accounts/{ACME}?includeUsage=true"
    requests.patch(url, json={"displayName": "Other"}, headers=headers, timeout=10)
    assert control.requests() == [
        {
            "seq": 1,
            "method": "PATCH",
            "path": f"/v2/accounts/{ACME}",
            "query": {"includeUsage": "true"},
            "account": ACME,
            "authScheme": "x-auth-token",
            "token": "readOnly",
            "ifMatch": '"1"',
            "body": {"displayName": "Other"},
            "status": 403,
            "executed": False,
            "revision": None,
            "fault": None,
        }
    ]


def test_log_is_cleared_and_leaves_controls_out(control: Control) -> None:
    """Control calls are not logged; clearing empties the log, and numbers go on."""
    call(control)
    control.account(ACME)
    assert [entry["seq"] for entry in control.requests()] == [1]
    control.clear()
    assert control.requests() == []
    call(control)
    assert [entry["seq"] for entry in control.requests()] == [2]


def test_log_holds_no_credential(control: Control) -> None:
    """No token or API key, known, issued or wrong, appears in the log; their kinds do."""
    url = f"{control.api_url}/api_auth"
    exchange = requests.put(url, json={"data": {"api_key": control.api_key}}, timeout=10)
    requests.put(url, json={"data": {"api_key": "wrong-key"}, "x": ["wrong-key"]}, timeout=10)
    issued = exchange.json()["auth_token"]
    tokens = [control.full_token, control.read_only_token, issued, "wrong-token"]
    for token in tokens:
        for headers in ({"X-Auth-Token": token}, {"Authorization": f"Bearer {token}"}):
            requests.get(f"{control.api_url}/accounts/{ACME}", headers=headers, timeout=10)
    log = control.requests()
    assert log[0]["body"] == {"data": {"api_key": "[secret]"}}
    assert [entry["token"] for entry in log[2::2]] == ["full", "readOnly", "issued", "unknown"]
    secrets = [*tokens, control.api_key, "wrong-key"]
    assert [secret for secret in secrets if secret in json.dumps(log)] == []


def test_edit_by_someone_else_is_not_validated(control: Control) -> None:
    """A control edit merges deeply, deletes by null, may touch immutables, and sets the time."""
    before = call(control).json()
    control.edit(ACME, {"plan": "none", "settings": {"language": None, "timezone": "Mars"}})
    after = call(control).json()
    assert (after["plan"], after["settings"]["timezone"]) == ("none", "Mars")
    assert "language" not in after["settings"]
    assert after["settings"]["smsEnabled"] is True
    assert after["updatedAt"] > before["updatedAt"]


def test_removed_account_is_gone_until_put(control: Control) -> None:
    """DELETE makes the API answer 404; PUT brings the document with its id."""
    control.remove(ACME)
    assert statuses(control, 1) == [404]
    control.put(ACME, {"name": "New", "email": "new@acme.com"})
    assert call(control).json() == {"id": ACME, "name": "New", "email": "new@acme.com"}
    assert len(control.accounts()) == 4


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_control_of_an_unknown_account_is_404(control: Control, method: str) -> None:
    """A typo in a test's account id does not pass silently."""
    url = control.api_url.replace("/v2", "/_emulator/accounts/acc_none")
    assert requests.request(method, url, json={}, timeout=10).status_code == 404


def test_reset_undoes_everything(control: Control) -> None:
    """A reset restores accounts, behaviours, faults, log and issued tokens."""
    seeded, defaults = control.accounts(), control.behave()
    url, body = f"{control.api_url}/api_auth", {"data": {"api_key": control.api_key}}
    token = requests.put(url, json=body, timeout=10).json()["auth_token"]
    call(control, {"displayName": "Other"})
    control.remove(GLOBEX)
    control.behave(errorShape=5, etag=True)
    control.fault(status=500)
    control.reset()
    assert (control.accounts(), control.behave()) == (seeded, defaults)
    assert (control.faults(), control.requests()) == ([], [])
    account = f"{control.api_url}/accounts/{ACME}"
    answer = requests.get(account, headers={"X-Auth-Token": token}, timeout=10)
    assert answer.status_code == 401


def test_shipped_seed_covers_every_status_and_plan(control: Control) -> None:
    """The demo's accounts differ in status, plan, metadata and e-mail address."""
    accounts = control.accounts()
    assert [account["status"] for account in accounts] == [
        "active",
        "active",
        "suspended",
        "closed",
    ]
    assert {account["plan"] for account in accounts} == {"professional", "starter", "enterprise"}
    assert accounts[1]["metadata"] == {"costCenter": "EU-7"}
    assert accounts[1]["settings"]["callerIdPolicy"] == "strict"
    assert len({account["email"] for account in accounts}) == len(accounts)


@contextmanager
def command(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Run the emulator's command line, and kill it at the end where it still runs."""
    process = subprocess.Popen(
        [sys.executable, "-m", "audian_emulator", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def line_of(stream: IO[str] | None) -> str:
    """Read one line of a process's output."""
    assert stream is not None
    return stream.readline()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_command_serves_until_a_signal(tmp_path: Path, number: signal.Signals) -> None:
    """It prints one line, writes the ready file, serves, and ends with 0 and no other output."""
    ready = tmp_path / "ready"
    with command("--ready-file", str(ready)) as process:
        line = line_of(process.stdout)
        url = ready.read_text(encoding="utf-8").strip()
        assert line == f"Audian emulator: {url}\n"
        assert list(tmp_path.iterdir()) == [ready]
        control = Control(url)
        assert statuses(control, 1, {}) == [200]
        control.fault(drop="after")
        with pytest.raises(requests.ConnectionError):
            call(control)
        os.kill(process.pid, number)
        assert (process.communicate(timeout=LONG_SECONDS), process.returncode) == (("", ""), 0)


def test_command_with_a_taken_port_fails_in_one_line(control: Control) -> None:
    """A port in use ends with 2 and one line that names the address."""
    port = control.api_url.split("/")[2].split(":")[1]
    with command("--port", port) as process:
        output, errors = process.communicate(timeout=LONG_SECONDS)
    assert (process.returncode, output, errors.count("\n")) == (2, "", 1)
    assert f"127.0.0.1:{port}: Address already in use" in errors


def test_command_takes_tokens_and_accounts_from_a_seed(tmp_path: Path) -> None:
    """A seed file of one's own replaces tokens and accounts."""
    seed = json.loads(DEFAULT_SEED.read_text(encoding="utf-8"))
    seed["tokens"]["full"] = "mine"
    seed["accounts"] = [seed["accounts"][0] | {"id": "acc_mine"}]
    with command("--seed", str(written(tmp_path, seed))) as process:
        url = line_of(process.stdout).split()[-1]
        headers = {"X-Auth-Token": "mine"}
        answer = requests.get(f"{url}/accounts/acc_mine", headers=headers, timeout=10)
        assert answer.status_code == 200


def written(folder: Path, seed: object) -> Path:
    """Write a seed file."""
    path = folder / "seed.json"
    path.write_text(seed if isinstance(seed, str) else json.dumps(seed), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (None, "No such file"),
        ("{", "Invalid JSON"),
        ({"apiKey": ""}, "apiKey"),
        ({"extra": 1}, "extra"),
        ({"accounts": [{}]}, "account 0 has no id"),
        ({"accounts": [{"id": "a", "name": "A"}]}, "a: Field 'email' is required"),
        ({"accounts": [{"id": "a", "name": "A", "email": "a@b.c", "status": "x"}]}, "status"),
        (
            {"accounts": [{"id": "a", "name": "A", "email": "a@b.c"}] * 2},
            "two accounts have the id a",
        ),
    ],
)
def test_bad_seed_is_refused_in_one_line(tmp_path: Path, change: object, reason: str) -> None:
    """A seed that cannot be used is an error whose one line names file and problem."""
    path = tmp_path / "seed.json"
    if isinstance(change, str):
        written(tmp_path, change)
    elif isinstance(change, dict):
        written(tmp_path, json.loads(DEFAULT_SEED.read_text(encoding="utf-8")) | change)
    with pytest.raises(SeedError) as refusal:
        load_seed(path)
    assert reason in str(refusal.value)
    assert str(path) in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_command_with_a_bad_seed_fails_in_one_line(tmp_path: Path) -> None:
    """The command line ends with 2 and only the seed's error."""
    path = written(tmp_path, "{}")
    with command("--seed", str(path)) as process:
        output, errors = process.communicate(timeout=LONG_SECONDS)
    with pytest.raises(SeedError) as refusal:
        load_seed(path)
    assert (process.returncode, output, errors) == (2, "", f"{refusal.value}\n")

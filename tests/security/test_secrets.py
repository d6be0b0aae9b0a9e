"""Credentials stay in the environment and in the requests: not in files, arguments, messages or reports."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from tests.security.clients import WITH_KEY, client
from tests.security.hostile import ACCOUNT, API_KEY, TOKEN, Received, Server, always, answer, serving

from pulumi_audian.errors import AudianError
from test_cli import audian, stub_engine
from workbench import ACME, Workbench

DECLARED = {"accountId": ACME, "displayName": "Acme 2"}


def echoes(secret: str) -> list[object]:
    """The forms in which an API could say a secret back."""
    return [
        {"error": {"code": secret, "message": f"bad token {secret}!", "details": {"field": secret, "value": secret}}},
        {"error": {"code": "x", "message": "x", "details": {"field": "x", "value": {secret: [secret]}}}},
        {"data": {secret: {secret: {"message": secret}}}},
        {"data": {secret: {"a": {"message": "x"}}, "b": {"a": {"message": secret}}}},
        {"error": secret, "message": f"{secret}{secret}", "status": "error"},
        f"no JSON: {secret}",
    ]


@pytest.mark.parametrize("body", echoes(TOKEN))
@pytest.mark.parametrize("status", ["400 Bad Request", "401 Unauthorized", "503 Service Unavailable"])
def test_an_echoed_token_is_masked(server: Server, body: object, status: str) -> None:
    """Wherever an error repeats the token, the message has a mask."""
    server.answering = always(answer(body, status))
    with pytest.raises(AudianError) as caught:
        client(server.url).read("acc_1")
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize("body", echoes(API_KEY) + echoes("issued-token-4713"))
def test_an_echoed_key_or_issued_token_is_masked(server: Server, body: object) -> None:
    """The key, and the token that was issued for it, are as secret as a token of one's own."""

    def answering(request: Received) -> Iterable[bytes]:
        exchanges = request.method == "PUT"
        yield answer({"auth_token": "issued-token-4713"}) if exchanges else answer(body, "400 Bad Request")

    server.answering = answering
    with pytest.raises(AudianError) as caught:
        client(server.url, WITH_KEY).read("acc_1")
    assert API_KEY not in str(caught.value)
    assert "issued-token-4713" not in str(caught.value)


@pytest.mark.parametrize("body", echoes("a-declared-secret"))
def test_an_echoed_secret_value_is_masked(server: Server, body: object) -> None:
    """The value of a secret input is masked in what the API says of it."""
    server.answering = always(answer(body, "400 Bad Request"))
    with pytest.raises(AudianError) as caught:
        client(server.url).write("acc_1", {"metadata": {}}, None, ["a-declared-secret"])
    assert "a-declared-secret" not in str(caught.value)


def files_with(directory: Path, secret: str) -> list[str]:
    """The files below a directory that hold a text."""
    files = [path for path in directory.rglob("*") if path.is_file() and not path.is_symlink()]
    return [str(path.relative_to(directory)) for path in files if secret.encode() in path.read_bytes()]


def test_no_file_holds_a_credential(bench: Workbench, tmp_path: Path) -> None:
    """State, its backups, the engine's own directory, event logs and written reports: after success and failure."""
    bench.declare(acme=DECLARED)
    assert bench.up().code == 0
    bench.api.fault(method="GET", status=400, times=0, body={"error": {"code": "x", "message": bench.api.full_token}})
    bench.declare(acme={**DECLARED, "displayName": "Acme 3"})
    assert bench.up("--logflow", "-v=9").code != 0
    reports = [option for suffix in (".md", ".json", ".txt") for option in ("--out", str(tmp_path / f"report{suffix}"))]
    report = audian(bench, "preview", "--refresh", *reports)
    assert report.returncode == 1
    assert "[secret]" in report.stdout
    assert files_with(tmp_path, "[secret]") != []
    assert files_with(tmp_path, bench.api.full_token) == []


HOLDING_SECRETS = """
import pulumi
import pulumi_audian as audian

secret = pulumi.Output.secret
DECLARED = {
    "secret": {
        "phone": secret("+1-555-0131"),
        "address": {"street": secret("Secret Street 32"), "city": "Zurich"},
        "metadata": {
            "pin": secret("secret-33"),
            "deep": {"pin": secret("secret-34"), "open": 1},
            "pins": secret(["secret-35"]),
            "pairs": [{"pin": secret("secret-36")}],
        },
    },
    "wholly secret": {"address": secret({"street": "Secret Street 32"}), "metadata": secret({"pin": "secret-33"})},
    "released": {"address": {"city": "Bern"}, "metadata": {"open": 1, "deep": {"open": 2}}},
    "changed": {"address": {"city": "Chur"}, "metadata": {"open": 2, "deep": {"open": 3}}},
}
declared = DECLARED[pulumi.Config("test").require("declared")]
acme = audian.Account("acme", account_id="acc_1234567890", on_delete="restore", **declared)
for name in ("phone", "address", "metadata", "overwritten"):
    pulumi.export(name, getattr(acme, name))
"""
RELEASED_SECRETS = ("0131", "Street 32", "secret-33", "secret-34", "secret-35", "secret-36", "secret-37")


OLD_SDK = tuple(map(int, version("pulumi").split("."))) < (3, 260)
"""Whether the SDK itself logs what a program exports, decrypted, for debugging; docs/threat-model.md says so."""


def is_debugging(event: Mapping[str, Any]) -> bool:
    """Whether an event is a line that no command shows, but that its log holds."""
    return bool(event.get("diagnosticEvent", {}).get("severity") == "debug")


@pytest.mark.parametrize("first", ["secret", "wholly secret"])
def test_a_released_secret_is_never_shown_or_stored_in_the_clear(bench: Workbench, first: str) -> None:
    """Whatever the engine prints of an account, logs as events, exports or stores, on success and on failure."""
    (bench.directory / "__main__.py").write_text(HOLDING_SECRETS)
    bench.api.edit(ACME, {"metadata": {"pin": "secret-37"}})
    texts: dict[str, str] = {}

    def run(name: str, declared: str, *arguments: str, fails: bool = False) -> None:
        bench.write_config({**bench.config, "test:declared": declared})
        done = bench.observed(*arguments)
        assert (done.code != 0) == fails, done.text
        events = [event for event in done.events if not OLD_SDK or not is_debugging(event)]
        texts[name] = done.text + "".join(map(json.dumps, events)) + bench.command("stack", "export")

    run("adopted", first, "up", "--yes", "--diff", "--skip-preview")
    run("as JSON", "released", "preview", "--json")
    run("released", "released", "up", "--yes", "--diff")
    texts["outputs"] = bench.command("stack", "output", "--json")
    bench.api.edit(ACME, {"address": {"city": "Basel"}, "metadata": {"pin": "secret-37"}})
    run("refreshed", "released", "refresh", "--yes", "--diff")
    bench.api.behave(ignoreFields=["metadata.open"])
    run("half failed", "changed", "up", "--yes", "--diff", fails=True)
    run("half replaced", "changed", "up", "--yes", "--diff", "--replace", bench.urn("acme"), fails=True)
    run("destroyed", "changed", "destroy", "--yes", "--diff")
    assert {name: [secret for secret in RELEASED_SECRETS if secret in text] for name, text in texts.items()} == {
        name: [] for name in texts
    }


def test_a_report_masks_what_the_environment_keeps_secret(bench: Workbench) -> None:
    """An API that puts the token into an account's name shows it to nobody who reads the report."""
    bench.environment["AUDIAN_API_TOKEN"] = TOKEN
    bench.declare(acme={"accountId": "acc_1", "displayName": "Acme"})
    with serving(always(answer({**ACCOUNT, "name": TOKEN, "displayName": f"x {TOKEN}"}))) as server:
        bench.config["audian:apiUrl"] = server.url
        bench.declare(acme={"accountId": "acc_1", "displayName": "Acme"})
        for form in ("terminal", "markdown", "json"):
            report = audian(bench, "preview", "--format", form)
            assert report.returncode == 2, report.stdout + report.stderr
            assert TOKEN not in report.stdout + report.stderr


def test_the_token_for_comments_is_not_for_the_program(bench: Workbench) -> None:
    """What runs a pull request's code does not get the token that writes as the pipeline; it gets the API's."""
    stub_engine(bench, f"env > {bench.directory}/seen; exit 1")
    bench.environment["AUDIAN_GITHUB_TOKEN"] = "token-for-comments-4714"
    audian(bench, "preview")
    seen = (bench.directory / "seen").read_text("utf-8")
    assert "token-for-comments-4714" not in seen
    assert bench.api.full_token in seen


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="arguments are looked up in /proc")
def test_no_process_has_a_credential_among_its_arguments(bench: Workbench) -> None:
    """Arguments can be read by every user of a machine: engine, host and program have none of it in theirs."""
    bench.api.fault(method="GET", delay_seconds=2)
    bench.declare(acme=DECLARED)
    run = threading.Thread(target=bench.preview)
    run.start()
    seen: set[str] = set()
    while run.is_alive():
        seen |= set(map(_arguments, Path("/proc").glob("[0-9]*")))
        time.sleep(0.05)
    assert any("pulumi-resource-pulumi-python" in arguments or "dynamic" in arguments for arguments in seen)
    assert [arguments for arguments in seen if bench.api.full_token in arguments] == []


def _arguments(process: Path) -> str:
    try:
        return (process / "cmdline").read_text("utf-8", "replace")
    except OSError:
        return ""

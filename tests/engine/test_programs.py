"""Accounts declared in Python, as an infra repo does beside its other infrastructure."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from audian_emulator import Control
from workbench import ACME, GLOBEX, Workbench

EVERY_FIELD = f"""
import pulumi
import pulumi_audian as audian

acme = audian.Account(
    "acme",
    account_id="{ACME}",
    display_name="Acme Corp - Updated",
    email="neoadmin@acme.com",
    phone="+1-555-0200",
    address={{
        "street": "456 Corporate Blvd", "city": "New York", "state": "NY", "postal_code": "10001", "country": "US",
    }},
    settings={{
        "timezone": "America/New_York", "language": "en", "enable_voice_mail": True, "enable_recording": True,
        "recording_retention": 60, "sms_enabled": True,
    }},
    status="active",
    metadata={{"cost_center": "US-1"}},
    name="Acme Corporation",
    plan="professional",
    created_at="2023-10-15T10:30:00Z",
)
pulumi.export("retention", acme.settings.apply(lambda settings: settings["recording_retention"] + 1))
pulumi.export("street", acme.address.apply(lambda address: address["postal_code"]))
pulumi.export("metadata", acme.metadata)
pulumi.export("all", [acme.id, acme.name, acme.display_name, acme.email, acme.phone, acme.status, acme.plan,
                      acme.created_at, acme.updated_at])
"""

OUTPUTS_AS_INPUTS = f"""
import pulumi
import pulumi_audian as audian

acme = audian.Account("acme", account_id="{ACME}", display_name="Acme")
audian.Account(
    "globex",
    account_id=pulumi.Output.from_input("{GLOBEX}"),
    display_name=acme.updated_at.apply(lambda text: "Globex of " + text[:4]),
    settings=acme.settings.apply(lambda settings: {{"timezone": settings["timezone"], "enable_recording": True}}),
    metadata={{"pin": pulumi.Output.secret("pin-4711"), "public": "yes"}},
)
"""


def workbench(tmp_path: Path, api: Control, engine_directory: Path, program: str) -> Workbench:
    """A stack whose program is the given text."""
    bench = Workbench(tmp_path, api, engine_directory, program=program)
    bench.write_config(bench.config)
    return bench


def test_every_field_can_be_declared_and_read(tmp_path: Path, api: Control, engine_directory: Path) -> None:
    """A program declares every field by its Python name and reads every field of the live account back."""
    bench = workbench(tmp_path, api, engine_directory, EVERY_FIELD)
    up = bench.up("--skip-preview")
    assert up.code == 0, up.text
    live = api.account(ACME)
    assert bench.bodies() == [
        {
            "displayName": "Acme Corp - Updated",
            "email": "neoadmin@acme.com",
            "phone": "+1-555-0200",
            "address": {
                "street": "456 Corporate Blvd",
                "city": "New York",
                "state": "NY",
                "postalCode": "10001",
                "country": "US",
            },
            "settings": live["settings"],
            "metadata": {"cost_center": "US-1"},
        }
    ]
    outputs = json.loads(bench.command("stack", "output", "--json"))
    assert (outputs["retention"], outputs["street"], outputs["metadata"]) == (61, "10001", {"cost_center": "US-1"})
    names = ("id", "name", "displayName", "email", "phone", "status", "plan", "createdAt", "updatedAt")
    assert outputs["all"] == [live[name] for name in names]


def test_inputs_may_be_unknown_until_up(tmp_path: Path, api: Control, engine_directory: Path) -> None:
    """A preview shows what is known and marks the rest; up resolves it; the next preview is empty."""
    bench = workbench(tmp_path, api, engine_directory, OUTPUTS_AS_INPUTS)
    preview = bench.preview()
    assert preview.code == 0, preview.text
    (message,) = (text for text in preview.messages("info") if GLOBEX in text)
    assert [line.split() for line in message.splitlines()[1:3]] == [
        ["displayName:", '"Globex"', "=>", "(known", "after", "apply)"],
        ["metadata.pin:", "(none)", "=>", "[secret]"],
    ]
    up = bench.up("--skip-preview")
    assert up.code == 0, up.text
    assert api.account(GLOBEX)["displayName"].startswith("Globex of 20")
    assert api.account(GLOBEX)["settings"]["enableRecording"] is True
    assert bench.preview("--expect-no-changes").code == 0


def test_secret_inputs_stay_secret(tmp_path: Path, api: Control, engine_directory: Path) -> None:
    """A secret in metadata reaches the API, and is encrypted in state and masked wherever it could be shown."""
    bench = workbench(tmp_path, api, engine_directory, OUTPUTS_AS_INPUTS)
    preview, up = bench.preview("--diff"), bench.up("--diff")
    assert up.code == 0, up.text
    assert api.account(GLOBEX)["metadata"] == {"costCenter": "EU-7", "pin": "pin-4711", "public": "yes"}
    state = bench.command("stack", "export")
    for shown in (preview.text, up.text, state, *(json.dumps(event) for event in up.events)):
        assert "pin-4711" not in shown
    assert "[secret]" in preview.text


def test_encrypted_values_of_the_stack_file_stay_encrypted(bench: Workbench) -> None:
    """A value that the stack file encrypts reaches the API, and is nowhere else in the clear."""
    bench.declare(globex={"accountId": GLOBEX, "displayName": "Globex 2", "metadata": {"public": "yes"}})
    bench.command("config", "set", "--path", "--secret", "audian:accounts.globex.metadata.pin", "pin-0815")
    runs = [bench.preview("--diff"), bench.up("--diff")]
    assert [run.code for run in runs] == [0, 0], runs[-1].text
    assert bench.api.account(GLOBEX)["metadata"]["pin"] == "pin-0815"
    assert bench.preview("--expect-no-changes").code == 0
    runs.append(bench.refresh("--diff"))
    for text in (*(run.text + json.dumps(run.events) for run in runs), bench.command("stack", "export")):
        assert "pin-0815" not in text


@pytest.mark.parametrize(
    "live",
    [
        {"address": None, "settings": "text", "metadata": []},
        {"address": [], "settings": None, "metadata": "text"},
        {"address": "text", "settings": {}, "metadata": None},
    ],
    ids=str,
)
def test_an_object_that_the_account_has_not_can_be_read(
    tmp_path: Path, api: Control, engine_directory: Path, live: dict[str, Any]
) -> None:
    """An output is what the API sends, also where that is not an object; nothing of the library fails on it."""
    program = f"""
import pulumi
import pulumi_audian as audian

acme = audian.Account("acme", account_id="{ACME}")
for name in {list(live)}:
    pulumi.export(name, getattr(acme, name).apply(lambda value: [value]))
"""
    bench = workbench(tmp_path, api, engine_directory, program)
    api.edit(ACME, live)
    for _ in range(2):
        up = bench.up()
        assert up.code == 0, up.text
        outputs = json.loads(bench.command("stack", "output", "--json"))
        assert outputs == {name: [value] for name, value in live.items()}


def test_a_cleared_object_can_be_read(tmp_path: Path, api: Control, engine_directory: Path) -> None:
    """What a program clears is None in its outputs, in this up and in each later one."""
    program = (
        f'import pulumi\nimport pulumi_audian as audian\nacme = audian.Account("a", account_id="{ACME}", '
        f'clear=["address"])\npulumi.export("country", acme.address.apply(lambda a: (a or {{}}).get("country", "-")))'
    )
    bench = workbench(tmp_path, api, engine_directory, program)
    for _ in range(2):
        up = bench.up()
        assert up.code == 0, up.text
        assert json.loads(bench.command("stack", "output", "--json"))["country"] == "-"
    assert bench.bodies() == [{"address": None}]


def test_cleared_paths_may_have_python_names(tmp_path: Path, api: Control, engine_directory: Path) -> None:
    """`clear` takes the names of the program it stands in."""
    program = (
        f'import pulumi_audian as audian\naudian.Account("a", account_id="{ACME}", clear=["settings.sms_enabled"])'
    )
    bench = workbench(tmp_path, api, engine_directory, program)
    up = bench.up("--skip-preview")
    assert up.code == 0, up.text
    assert "smsEnabled" not in api.account(ACME)["settings"]


@pytest.mark.parametrize("status", [400, 409, 500])
def test_an_error_that_echoes_a_secret_is_masked(
    tmp_path: Path, api: Control, engine_directory: Path, status: int
) -> None:
    """What the API repeats of a secret value or of the token does not reach the terminal."""
    bench = workbench(tmp_path, api, engine_directory, OUTPUTS_AS_INPUTS)
    echo = {"error": {"code": "X", "message": f"bad value pin-4711 for {api.full_token}", "details": {}}}
    api.fault(method="PATCH", account=GLOBEX, status=status, body=echo, times=0)
    up = bench.up("--skip-preview")
    assert up.code != 0
    assert "bad value [secret] for [secret]" in up.text
    assert "pin-4711" not in up.text
    assert api.full_token not in up.text


def test_an_account_may_have_a_component_as_its_parent(bench: Workbench) -> None:
    """A component that groups accounts is no obstacle: it is adopted, stays quiet, and can leave."""
    program = f"""
import pulumi
import pulumi_audian as audian

site = pulumi.ComponentResource("example:index:Site", "berlin")
audian.Account("acme", account_id="{ACME}", display_name="Acme 2", opts=pulumi.ResourceOptions(parent=site))
"""
    (bench.directory / "__main__.py").write_text(program)
    bench.write_config(bench.config)
    up = bench.up()
    assert up.code == 0, up.text
    assert "adopts account" in up.text
    assert bench.api.account(ACME)["displayName"] == "Acme 2"
    bench.api.clear()
    assert bench.preview("--expect-no-changes").code == 0
    assert bench.calls() == []
    assert bench.destroy().code == 0


TWICE_IN_ONE_PROCESS = """
import os
import sys

from pulumi import automation

import pulumi_audian as audian

options = automation.LocalWorkspaceOptions(env_vars={"PULUMI_PYTHON_CMD": sys.executable})
stack = automation.create_or_select_stack("twice", "twice", program=audian.declared_accounts, opts=options)
print(stack.preview().change_summary)
for name, value in (("audian:apiurl", "http://127.0.0.1:1"), ("audian:token", "plain-token-77aa")):
    stack.set_config(name, automation.ConfigValue(value))
    try:
        stack.preview()
    except automation.CommandError as error:
        print(error)
    stack.remove_config(name)
print(stack.preview().change_summary)
"""


def test_each_run_of_a_process_looks_at_its_configuration(bench: Workbench) -> None:
    """A setting that is wrong in a later run of the same process is refused like in the first one."""
    (bench.directory / "twice.py").write_text(TWICE_IN_ONE_PROCESS)
    done = subprocess.run(
        [sys.executable, "twice.py"],
        cwd=bench.directory,
        env=bench.environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "audian:apiurl is not a setting of pulumi-audian; did you mean audian:apiUrl?" in done.stdout
    assert "audian:token stands in plain text" in done.stdout
    assert "plain-token-77aa" not in done.stdout
    assert done.stdout.count("{'create': 1}\n") == 2  # the first and the last of the previews

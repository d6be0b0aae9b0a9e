"""State that earlier versions wrote: its form is held here, and newer code must go on from it."""

from __future__ import annotations

import base64
import json
import pickle
from pathlib import Path
from typing import Any

import pytest

from audian_emulator import Control
from pulumi_audian.provider import AccountProvider
from workbench import GLOBEX, Workbench

GOLDEN = Path(__file__).parent / "golden"
SERIALISED_PROVIDER = "gASVMQAAAAAAAACMFnB1bHVtaV9hdWRpYW4ucHJvdmlkZXKUjA9BY2NvdW50UHJvdmlkZXKUk5QpUpQu"
DECLARED: dict[str, Any] = {
    "accountId": GLOBEX,
    "displayName": "Globex 2",
    "settings": {"timezone": "UTC", "recordingRetention": 90},
    "metadata": {"costCenter": "US-1", "owner": "telecom"},
    "plan": "starter",
    "clear": ["phone"],
    "onDelete": "restore",
    "allowStatus": ["suspended"],
}


def golden(version: str) -> dict[str, Any]:
    """The account of DECLARED as a version stored it."""
    return dict(json.loads((GOLDEN / f"account-{version}.json").read_text()))


def adopt_state(bench: Workbench, api: Control, version: str) -> None:
    """Give the stack the state of a version, and the API the account as that state knows it."""
    bench.settle(globex=DECLARED)
    account = {**golden(version)["outputs"], "id": GLOBEX, "phone": None}
    fields = ("id", "phone", *api.account(GLOBEX))
    api.put(GLOBEX, {name: account[name] for name in fields if account.get(name) is not None})
    exported = json.loads(bench.command("stack", "export"))
    for resource in exported["deployment"]["resources"]:
        if resource["urn"] == bench.urn("globex"):
            resource.update(golden(version))
    file = bench.directory / "state.json"
    file.write_text(json.dumps(exported))
    bench.command("stack", "import", "--file", str(file))
    api.clear()


def test_the_serialised_provider_never_changes(bench: Workbench) -> None:
    """State refers to the provider by these bytes on every Python: others would be a change of each account."""
    assert base64.b64encode(pickle.dumps(AccountProvider(), protocol=4)).decode() == SERIALISED_PROVIDER
    bench.settle(globex=DECLARED)
    stored = bench.stored("globex")
    assert stored is not None
    assert {stored[part]["__provider"] for part in ("inputs", "outputs")} == {SERIALISED_PROVIDER}


def test_the_form_of_stored_state_is_held(bench: Workbench) -> None:
    """What is stored today is what the newest golden file holds: a change of form needs a new one beside it."""
    bench.settle(globex=DECLARED)
    stored = bench.stored("globex")
    assert stored is not None
    stored["outputs"]["updatedAt"] = golden("0.1.0")["outputs"]["updatedAt"]
    assert {name: stored[name] for name in golden("0.1.0")} == golden("0.1.0")


@pytest.mark.parametrize(
    "version", sorted(path.stem.removeprefix("account-") for path in GOLDEN.glob("account-*.json"))
)
def test_stored_state_of_each_version_goes_on(bench: Workbench, api: Control, version: str) -> None:
    """Without a change no call is made; drift is found; an update writes; a destroy restores what was recorded."""
    adopt_state(bench, api, version)
    preview = bench.preview("--expect-no-changes")
    assert preview.code == 0, preview.text
    assert bench.calls() == []
    api.edit(GLOBEX, {"settings": {"timezone": "Asia/Tokyo"}})
    assert bench.refresh("--skip-preview").changed("globex") == {"settings.timezone": "update"}
    up = bench.up("--skip-preview")
    assert up.code == 0, up.text
    assert api.account(GLOBEX)["settings"]["timezone"] == "UTC"
    assert bench.destroy("--skip-preview").code == 0
    account = api.account(GLOBEX)
    assert (account["displayName"], account["phone"]) == ("Globex", "+49-30-555-0142")
    assert account["metadata"] == {"costCenter": "EU-7"}

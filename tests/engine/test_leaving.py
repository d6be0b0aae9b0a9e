"""What happens when a resource goes: retained, restored, replaced."""

from __future__ import annotations

import json
from typing import Any

import pytest

from workbench import ACME, GLOBEX, Workbench

RESTORED: dict[str, Any] = {
    "accountId": GLOBEX,
    "displayName": "Globex 2",
    "settings": {"timezone": "UTC", "recordingRetention": 90},
    "metadata": {"costCenter": "US-1", "owner": "telecom"},
    "onDelete": "restore",
}
LIVE_SETTINGS = {
    "timezone": "Europe/Berlin",
    "language": "de",
    "enableVoiceMail": True,
    "enableRecording": False,
    "recordingRetention": 14,
    "smsEnabled": False,
    "callerIdPolicy": "strict",
}


def settings_of(bench: Workbench) -> Any:
    """The account without the time of its last change."""
    return {name: value for name, value in bench.api.account(GLOBEX).items() if name != "updatedAt"}


@pytest.mark.parametrize("merge", ["deep", "replace"])
def test_restore_puts_back_what_was_overwritten(bench: Workbench, merge: str) -> None:
    """Destroying a resource with onDelete restore sends one PATCH that brings the account back to what it was."""
    bench.api.behave(merge=merge)
    before = settings_of(bench)
    bench.settle(globex=RESTORED)
    assert settings_of(bench) != before
    bench.api.clear()
    destroy = bench.destroy()
    assert destroy.code == 0, destroy.text
    assert bench.bodies() == [
        {
            "displayName": "Globex",
            "settings": LIVE_SETTINGS,
            "metadata": {"costCenter": "EU-7", "owner": None},
        }
    ]
    assert "restored displayName, metadata.costCenter, metadata.owner, settings.recordingRetention" in destroy.text
    after = settings_of(bench)
    if after["metadata"].get("owner", "") is None:
        del after["metadata"]["owner"]
    assert after == before


def test_restore_leaves_what_others_changed_since(bench: Workbench) -> None:
    """A field that no longer holds ours is left as it is, and said so."""
    bench.settle(globex=RESTORED)
    bench.api.edit(GLOBEX, {"displayName": "Renamed", "settings": {"timezone": "Asia/Tokyo"}})
    destroy = bench.destroy()
    assert destroy.code == 0, destroy.text
    assert "left displayName as it is: someone else changed it since" in destroy.text
    assert "left settings.timezone as it is: someone else changed it since" in destroy.text
    account = bench.api.account(GLOBEX)
    assert (account["displayName"], account["settings"]["timezone"]) == ("Renamed", "Asia/Tokyo")
    assert (account["settings"]["recordingRetention"], account["metadata"]["costCenter"]) == (14, "EU-7")


def test_an_answer_about_another_account_restores_nothing(bench: Workbench) -> None:
    """A destroy that was shown another account fails, so that the next one still knows what to put back."""
    bench.settle(globex=RESTORED)
    bench.api.fault(method="GET", status=200, body={"id": ACME, "name": "Acme", "email": "a@acme.com"})
    destroy = bench.destroy("--skip-preview")
    assert destroy.code != 0
    assert f"account {GLOBEX}: the API answered with account {ACME}" in destroy.text
    assert bench.bodies() == []
    assert bench.destroy("--skip-preview").code == 0
    assert bench.api.account(GLOBEX)["displayName"] == "Globex"


def test_restore_remembers_the_first_value_over_several_updates(bench: Workbench) -> None:
    """What comes back is what was there before the first write, not the value before the last."""
    bench.settle(globex=RESTORED)
    bench.settle(globex={**RESTORED, "displayName": "Globex 3"})
    bench.settle(globex={**RESTORED, "displayName": "Globex 4"})
    assert bench.destroy().code == 0
    assert bench.api.account(GLOBEX)["displayName"] == "Globex"


def test_a_released_field_is_not_restored(bench: Workbench) -> None:
    """A field that the code no longer declares is not ours to put back."""
    bench.settle(globex=RESTORED)
    bench.settle(globex={name: value for name, value in RESTORED.items() if name != "displayName"})
    assert bench.destroy().code == 0
    assert bench.api.account(GLOBEX)["displayName"] == "Globex 2"


def test_restore_of_an_account_that_is_gone_succeeds(bench: Workbench) -> None:
    """There is nothing to put back where the account no longer exists."""
    bench.settle(globex=RESTORED)
    bench.api.remove(GLOBEX)
    destroy = bench.destroy()
    assert destroy.code == 0, destroy.text
    assert "nothing to restore" in destroy.text


def test_removing_the_resource_from_code_restores_too(bench: Workbench) -> None:
    """Deleting the declaration is the same as destroying it; others of the stack are not touched."""
    bench.settle(globex=RESTORED, acme={"accountId": ACME, "displayName": "Acme 2"})
    bench.declare(acme={"accountId": ACME, "displayName": "Acme 2"})
    up = bench.up()
    assert up.code == 0, up.text
    assert bench.api.account(GLOBEX)["displayName"] == "Globex"
    assert bench.api.account(ACME)["displayName"] == "Acme 2"


def test_restore_fails_clearly_and_keeps_state(bench: Workbench) -> None:
    """A destroy that can't restore is an error, and the records stay for the next try."""
    bench.settle(globex=RESTORED)
    bench.environment["AUDIAN_API_TOKEN"] = bench.api.read_only_token
    destroy = bench.destroy("--skip-preview")
    assert destroy.code != 0
    assert "HTTP 403" in destroy.errors[0]
    assert bench.stored("globex") is not None
    bench.environment["AUDIAN_API_TOKEN"] = bench.api.full_token
    assert bench.destroy("--skip-preview").code == 0
    assert bench.api.account(GLOBEX)["displayName"] == "Globex"


def replace_globex(bench: Workbench, how: str) -> None:
    """Replace the resource; without a preview, since no person looks at it."""
    if how == "taint":
        bench.command("state", "taint", bench.urn("globex"), "--yes")
        up = bench.up("--skip-preview")
    else:
        up = bench.up("--skip-preview", "--replace", bench.urn("globex"))
    assert up.code == 0, up.text
    assert "replaced" in up.text


@pytest.mark.parametrize("how", ["replace option", "taint"])
@pytest.mark.parametrize("on_delete", ["retain", "restore"])
def test_a_replacement_neither_resets_nor_forgets(bench: Workbench, how: str, on_delete: str) -> None:
    """--replace and taint leave the account as it is, and what was overwritten can still be restored afterwards."""
    before = settings_of(bench)
    bench.settle(globex={**RESTORED, "onDelete": on_delete})
    replace_globex(bench, how)
    assert bench.bodies() == []
    assert bench.preview("--expect-no-changes").code == 0
    bench.settle(globex=RESTORED)
    assert bench.destroy().code == 0
    assert settings_of(bench) == before


def test_a_replacement_that_fails_forgets_nothing(bench: Workbench) -> None:
    """Where the account can't be adopted again, the old resource stays in state with its records."""
    before = settings_of(bench)
    bench.settle(globex=RESTORED)
    bench.api.fault(method="GET", status=403)
    up = bench.up("--skip-preview", "--replace", bench.urn("globex"))
    assert up.code != 0, up.text
    bench.api.clear_faults()
    assert bench.destroy().code == 0
    assert settings_of(bench) == before


def test_a_state_that_is_just_being_saved_is_read_again(bench: Workbench) -> None:
    """The engine may be writing the state when the program asks for it: nobody is told, and no record is lost."""
    program = """
import pulumi
import pulumi_audian as audian

refusals = ["failed to load checkpoint: EOF"] * 2

def refuse_twice(args):
    if refusals:
        raise RuntimeError(refusals.pop())

pulumi.runtime.register_invoke_transform(refuse_twice)
audian.Account("globex", account_id="acc_2345678901", display_name="Globex 2", on_delete="restore")
"""
    (bench.directory / "__main__.py").write_text(program)
    bench.write_config(bench.config)
    assert bench.up("--skip-preview").code == 0
    up = bench.up("--skip-preview", "--replace", bench.urn("globex"))
    assert up.code == 0, up.text
    assert up.messages("warning") == []
    assert bench.destroy("--skip-preview").code == 0
    assert bench.api.account(GLOBEX)["displayName"] == "Globex"


def test_an_up_that_cannot_read_the_former_state_says_what_that_means(bench: Workbench) -> None:
    """Where the engine does not give the stack's state to the program, up goes on and warns."""
    program = """
import pulumi
import pulumi_audian as audian

def refuse(args):
    raise RuntimeError("not here")

pulumi.runtime.register_invoke_transform(refuse)
audian.Account("globex", account_id="acc_2345678901", display_name="Globex 2")
"""
    (bench.directory / "__main__.py").write_text(program)
    bench.write_config(bench.config)
    up = bench.up()
    assert up.code == 0, up.text
    assert [text for text in up.messages("warning") if "loses the values to restore" in text]
    assert bench.api.account(GLOBEX)["displayName"] == "Globex 2"


def test_a_replacement_by_another_account_takes_no_records_over(bench: Workbench) -> None:
    """What one account held before is never written to another one."""
    before = settings_of(bench)
    bench.settle(globex=RESTORED)
    acme = bench.api.account(ACME)
    bench.declare(globex={"accountId": ACME, "displayName": "Acme 2", "onDelete": "restore"})
    up = bench.up("--skip-preview", "--replace", bench.urn("globex"))
    assert up.code == 0, up.text
    assert settings_of(bench) == before
    assert bench.destroy().code == 0
    assert {**bench.api.account(ACME), "updatedAt": ""} == {**acme, "updatedAt": ""}


def test_the_records_of_secret_values_are_encrypted(bench: Workbench) -> None:
    """What a secret declaration overwrote is stored encrypted, and so is a secret after its release."""
    program = """
import pulumi
import pulumi_audian as audian

secret = {"costCenter": pulumi.Output.secret("new-secret-31")} if pulumi.Config("test").get("secret") else {"a": 1}
audian.Account("globex", account_id="acc_2345678901", metadata=secret, on_delete="restore")
"""
    (bench.directory / "__main__.py").write_text(program)
    bench.api.edit(GLOBEX, {"metadata": {"costCenter": "old-secret-30"}})
    bench.write_config({**bench.config, "test:secret": "yes"})
    first = bench.up("--skip-preview")
    assert first.code == 0, first.text
    stored = bench.stored("globex")
    assert stored is not None
    assert "overwritten" in stored["outputs"]
    texts = [json.dumps(stored)]
    replaced = bench.up("--skip-preview", "--replace", bench.urn("globex"))
    assert replaced.code == 0
    stored = bench.stored("globex")
    assert stored is not None
    assert "overwritten" in stored["outputs"]
    texts += [replaced.text, json.dumps(stored)]
    bench.write_config(bench.config)
    second = bench.up("--diff")
    texts += [second.text, json.dumps(bench.stored("globex")), bench.refresh("--diff").text]
    assert bench.api.account(GLOBEX)["metadata"]["costCenter"] == "new-secret-31"
    for text in texts:
        assert "new-secret-31" not in text
        assert "old-secret-30" not in text

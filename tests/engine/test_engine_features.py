"""What users of the engine combine with an account."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from audian_emulator import Control
from workbench import ACME, GLOBEX, INITECH, Workbench

PROGRAM = """
import json
import os
import pulumi
import pulumi_audian as audian

for name, entry in json.loads(os.environ["ACCOUNTS"]).items():
    options = pulumi.ResourceOptions(
        ignore_changes=entry.pop("ignore", None),
        protect=entry.pop("protect", None),
        aliases=[pulumi.Alias(name=alias) for alias in entry.pop("aliases", [])],
        retain_on_delete=entry.pop("retain", None),
    )
    audian.Account(name, **entry, opts=options)
"""


@pytest.fixture
def program(tmp_path: Path, api: Control, engine_directory: Path) -> Workbench:
    """A stack whose program declares the accounts of the environment variable ACCOUNTS."""
    bench = Workbench(tmp_path, api, engine_directory, program=PROGRAM)
    bench.write_config(bench.config)
    return bench


def write(bench: Workbench, **accounts: object) -> None:
    """Declare accounts by their Python arguments, with options."""
    bench.environment["ACCOUNTS"] = json.dumps(accounts)


def up(bench: Workbench, **accounts: object) -> None:
    """Declare accounts and bring them up; forget the requests it took."""
    write(bench, **accounts)
    done = bench.up("--skip-preview")
    assert done.code == 0, done.text
    bench.api.clear()


@pytest.mark.parametrize("path", ["settings.recording_retention", "settings.recordingRetention"])
def test_ignored_paths_are_neither_shown_nor_written(program: Workbench, path: str) -> None:
    """IgnoreChanges on a nested path leaves that value to others, also when something else is written."""
    settings = {"timezone": "UTC", "recording_retention": 60}
    up(program, acme={"account_id": ACME, "settings": settings, "ignore": [path]})
    program.api.edit(ACME, {"settings": {"recordingRetention": 99}})
    edited = {"timezone": "Europe/Paris", "recording_retention": 70}
    write(program, acme={"account_id": ACME, "settings": edited, "ignore": [path]})
    done = program.up()
    assert done.code == 0, done.text
    assert done.changed("acme") == {"settings.timezone": "update"}
    (body,) = program.bodies()
    assert (body["settings"]["timezone"], body["settings"]["recordingRetention"]) == ("Europe/Paris", 99)
    assert program.preview("--expect-no-changes").code == 0
    assert program.refresh("--skip-preview").code == 0
    assert program.preview("--expect-no-changes").code == 0


def test_a_protected_account_can_not_be_destroyed(program: Workbench) -> None:
    """Protect is the engine's own, and holds."""
    up(program, acme={"account_id": ACME, "display_name": "Acme 2", "protect": True})
    destroy = program.destroy()
    assert destroy.code != 0
    assert "protect" in destroy.text
    assert program.stored("acme") is not None


def test_a_renamed_resource_with_an_alias_keeps_its_records(program: Workbench) -> None:
    """A rename with an alias is no deletion: no call is made, and a later destroy restores what it should."""
    declared = {"account_id": ACME, "display_name": "Acme 2", "on_delete": "restore"}
    up(program, acme=declared)
    write(program, head_office={**declared, "aliases": ["acme"]})
    done = program.up()
    assert done.code == 0, done.text
    assert program.calls() == []
    assert program.destroy().code == 0
    assert program.api.account(ACME)["displayName"] == "Acme Corp"


def test_a_rename_without_an_alias_does_not_reset_the_account(program: Workbench) -> None:
    """The new resource adopts the account with its records, and the deletion of the old one must not take it away."""
    declared = {"account_id": ACME, "display_name": "Acme 2", "on_delete": "restore"}
    up(program, acme=declared)
    write(program, head_office=declared)
    done = program.up()
    assert done.code == 0, done.text
    assert program.bodies() == []
    assert program.api.account(ACME)["displayName"] == "Acme 2"
    assert program.destroy().code == 0
    assert program.api.account(ACME)["displayName"] == "Acme Corp"


def test_retain_on_delete_wins_over_restore(program: Workbench) -> None:
    """The engine's retainOnDelete leaves the account as it is, whatever the policy says."""
    up(program, acme={"account_id": ACME, "display_name": "Acme 2", "on_delete": "restore", "retain": True})
    assert program.destroy().code == 0
    assert program.calls() == []
    assert program.api.account(ACME)["displayName"] == "Acme 2"


def test_target_limits_an_up_to_one_account(program: Workbench) -> None:
    """--target writes the targeted account and leaves the others, their declarations unread."""
    up(program, acme={"account_id": ACME}, globex={"account_id": GLOBEX})
    write(
        program,
        acme={"account_id": ACME, "display_name": "Acme 2"},
        globex={"account_id": GLOBEX, "display_name": "Globex 2"},
    )
    done = program.up("--target", program.urn("acme"))
    assert done.code == 0, done.text
    assert [entry["account"] for entry in program.api.writes()] == [ACME]
    assert program.api.account(GLOBEX)["displayName"] == "Globex"


def test_parallel_accounts_come_up_together(bench: Workbench) -> None:
    """Several accounts in one up: each gets exactly its own write."""
    accounts = {"acme": ACME, "globex": GLOBEX, "initech": INITECH}
    bench.declare(**{name: {"accountId": account, "displayName": f"{name} 2"} for name, account in accounts.items()})
    done = bench.up("--parallel", "16")
    assert done.code == 0, done.text
    writes = {entry["account"]: entry["body"] for entry in bench.api.writes()}
    assert writes == {account: {"displayName": f"{name} 2"} for name, account in accounts.items()}


DEPENDENCIES = f"""
import pulumi
import pulumi_audian as audian

first = audian.Account("first", account_id="{ACME}", display_name="First")
second = audian.Account("second", account_id="{GLOBEX}", display_name="Second",
                        opts=pulumi.ResourceOptions(depends_on=[first]))
audian.Account("third", account_id="{INITECH}", metadata={{"follows": second.updated_at}})
"""


def test_dependencies_order_the_writes(tmp_path: Path, api: Control, engine_directory: Path) -> None:
    """Explicit dependencies and Outputs of other accounts decide the order, and are unknown until then."""
    bench = Workbench(tmp_path, api, engine_directory, program=DEPENDENCIES)
    bench.write_config(bench.config)
    preview = bench.preview()
    assert preview.code == 0, preview.text
    assert any("(known after apply)" in text for text in preview.messages("info"))
    api.clear()
    done = bench.up("--skip-preview")
    assert done.code == 0, done.text
    assert [entry["account"] for entry in api.writes()] == [ACME, GLOBEX, INITECH]
    assert api.account(INITECH)["metadata"]["follows"] == api.account(GLOBEX)["updatedAt"]


def test_an_answer_about_another_account_is_refused(bench: Workbench) -> None:
    """The account that the API shows must be the one that was asked for, before anything is written to it."""
    bench.api.behave(extraFields={"id": "acc_9999999999"})
    bench.declare(acme={"accountId": ACME, "displayName": "Acme 2"})
    preview, up = bench.preview(), bench.up("--skip-preview")
    for run in (preview, up):
        assert run.code != 0
        assert f"account {ACME}: the API answered with account acc_9999999999" in run.text
    assert bench.bodies() == []
    bench.api.behave(extraFields={})
    bench.settle(acme={"accountId": ACME})
    bench.api.behave(extraFields={"id": "acc_9999999999"})
    refresh = bench.refresh("--skip-preview")
    assert refresh.code != 0
    assert "the API answered with account acc_9999999999" in refresh.errors[0]


MANY = """
import pulumi_audian as audian

for number in range(400):
    audian.Account(f"account-{number}", account_id=f"acc_{number}", display_name=f"Account {number}")
"""


def test_hundreds_of_accounts_fit_one_program(tmp_path: Path, api: Control, engine_directory: Path) -> None:
    """The number at which resources whose provider is stored by value crash is no limit here."""
    bench = Workbench(tmp_path, api, engine_directory, program=MANY)
    bench.write_config({**bench.config, "audian:previewReads": False})
    preview = bench.preview()
    assert preview.code == 0, preview.text
    assert len(preview.steps()) == 400
    assert len(preview.messages("warning")) == 1

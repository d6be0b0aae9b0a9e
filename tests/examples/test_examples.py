"""Every example, as its folder stands, on the real engine: what it says of accounts is what becomes of them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest
import yaml
from tests.docs.documents import example as printed
from tests.examples.repository import move_in

from audian_emulator import Control
from pulumi_audian.diff import leaves
from pulumi_audian.fields import dotted
from workbench import ACME, CHECKOUT, GLOBEX, INITECH, Workbench, find_engine

EXAMPLES = CHECKOUT / "examples"
Values = Mapping[str, Mapping[str, Any]]  # by account and path

ACME_UPDATED: dict[str, Any] = {
    "displayName": "Acme Corp - Updated",
    "settings.timezone": "America/New_York",
    "settings.enableRecording": True,
    "settings.recordingRetention": 60,
}


class Example(NamedTuple):
    """A stack of an example: its accounts by resource name, what up changes, and what a destroy puts back of it."""

    folder: str
    stack: str
    accounts: tuple[str, ...]
    changes: Values
    restored: Values = MappingProxyType({})


TABLE = [
    Example("one_account", "prod", ("acme",), {ACME: ACME_UPDATED}),
    Example(
        "accounts_from_yaml",
        "prod",
        ("acme", "globex", "initech"),
        {
            ACME: ACME_UPDATED,
            GLOBEX: {"phone": "+49-30-555-0199", "metadata.costCenter": "EU-8"},
            INITECH: {"address.street": "4120 Freidrich Lane"},
        },
        restored={INITECH: {"address.street": "4120 Freidrich Ln"}},
    ),
    Example(
        "derived_settings",
        "prod",
        ("globex",),
        {GLOBEX: {"displayName": "Globex, building 7", "phone": "+49-30-555-0100", "settings.language": "en"}},
    ),
    Example(
        "site_component",
        "prod",
        ("berlin-sales", "berlin-support"),
        {
            ACME: {
                "displayName": "Sales (Berlin)",
                "address.street": "Invalidenstr. 91",
                "address.city": "Berlin",
                "address.postalCode": "10115",
                "address.country": "DE",
                "settings.timezone": "Europe/Berlin",
                "metadata.site": "berlin",
            },
            GLOBEX: {"displayName": "Support (Berlin)", "metadata.site": "berlin"},
        },
    ),
    Example(
        "environments",
        "staging",
        ("support",),
        {
            GLOBEX: {
                "displayName": "Support (staging)",
                "settings.enableRecording": True,
                "settings.recordingRetention": 7,
            }
        },
    ),
    Example(
        "environments",
        "prod",
        ("support",),
        {ACME: {"displayName": "Support", "settings.enableRecording": True, "settings.recordingRetention": 365}},
    ),
]
CUSTOMERS: Values = {ACME: ACME_UPDATED, GLOBEX: {"settings.recordingRetention": 30}}


@pytest.fixture
def bench(tmp_path: Path, api: Control) -> Workbench:
    """A workbench for a project to move in."""
    return Workbench(tmp_path, api, find_engine(), program="")


def live(api: Control) -> Values:
    """All values of all accounts, without the time of the last change."""
    documents = [(document["id"], {**document, "updatedAt": None}) for document in api.accounts()]
    return {account: {dotted(path): value for path, value in leaves(document)} for account, document in documents}


def changed(before: Values, after: Values) -> Values:
    """What differs in the accounts that differ."""
    differing = {
        account: {path: value for path, value in values.items() if before[account].get(path) != value}
        for account, values in after.items()
    }
    return {account: values for account, values in differing.items() if values}


@pytest.mark.parametrize("example", TABLE, ids=lambda example: f"{example.folder}-{example.stack}")
def test_an_example_keeps_its_word(bench: Workbench, api: Control, example: Example) -> None:
    """A preview writes nothing, up changes what is declared, another preview is empty, a destroy leaves or restores."""
    move_in(bench, EXAMPLES / example.folder, example.stack, Path(sys.prefix))
    before = live(api)
    preview = bench.preview()
    assert preview.code == 0, preview.text
    assert preview.steps() == dict.fromkeys(example.accounts, "create")
    assert bench.bodies() == []
    up = bench.up("--skip-preview")
    assert up.code == 0, up.text
    after = live(api)
    assert changed(before, after) == example.changes
    again = bench.preview("--expect-no-changes")
    assert again.code == 0, again.text
    destroy = bench.destroy("--skip-preview")
    assert destroy.code == 0, destroy.text
    assert changed(after, live(api)) == example.restored


def test_the_automation_script_keeps_its_word(bench: Workbench, api: Control) -> None:
    """The same of a script that embeds the engine: each of its commands goes through every customer's stack."""
    before = live(api)
    assert rollout(bench, "preview") == ["acme {'create': 2}", "globex {'create': 2}"]
    assert bench.bodies() == []
    assert rollout(bench, "up") == ["acme {'create': 2}", "globex {'create': 2}"]
    after = live(api)
    assert changed(before, after) == CUSTOMERS
    assert rollout(bench, "preview") == ["acme {'same': 2}", "globex {'same': 2}"]
    assert rollout(bench, "destroy") == ["acme {'delete': 2}", "globex {'delete': 2}"]
    assert live(api) == after


def test_every_example_is_run_and_described() -> None:
    """No folder is left out of these tests, and the list for readers has a line for each."""
    folders = {path.name for path in EXAMPLES.iterdir() if path.is_dir()}
    assert folders == {example.folder for example in TABLE} | {"automation"}
    listed = (EXAMPLES / "README.md").read_text("utf-8")
    assert {folder for folder in folders if f"]({folder}/" not in listed} == set()


def test_every_project_has_a_name_of_its_own() -> None:
    """What is tried in one folder after another meets no stack of another project."""
    quick_start = printed("README.md", "console", "Pulumi.yaml")
    texts = [file.read_text("utf-8") for file in CHECKOUT.rglob("Pulumi.yaml") if ".venv" not in file.parts]
    names = [yaml.safe_load(text)["name"] for text in texts] + re.findall(r"\{name: ([\w-]+), runtime", quick_start)
    names += re.findall(r'project_name="(.+?)"', (EXAMPLES / "automation" / "rollout.py").read_text("utf-8"))
    assert sorted(names) == sorted(set(names))
    assert {name for name in names if name.startswith("example-")} == {
        f"example-{path.name}".replace("_", "-") for path in EXAMPLES.iterdir() if path.is_dir()
    }


def rollout(bench: Workbench, command: str) -> list[str]:
    """The lines that the script prints for a command, run without activating its environment."""
    own = Path(sys.executable).parent
    others = [entry for entry in bench.environment["PATH"].split(os.pathsep) if Path(entry) != own]
    done = subprocess.run(
        [sys.executable, EXAMPLES / "automation" / "rollout.py", command],
        env={**bench.environment, "AUDIAN_API_URL": bench.api.api_url, "PATH": os.pathsep.join(others)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()

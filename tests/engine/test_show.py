"""`audian show`: one account, for people and for programs."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from audian_emulator import Control
from workbench import ACME, CLOSED, GLOBEX


def show(api: Control, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command outside of any project."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("AUDIAN_")}
    settings = {"AUDIAN_API_URL": api.api_url, "AUDIAN_API_TOKEN": api.read_only_token, "COLUMNS": "120", **environment}
    return subprocess.run(
        [sys.executable, "-c", "from pulumi_audian.cli import main; main()", "show", *arguments],
        cwd="/",
        env={**inherited, **settings},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def values(text: str) -> dict[str, str]:
    """The shown values by path."""
    rows = (line.strip("\u2502 ").split(maxsplit=1) for line in text.splitlines() if line.startswith("\u2502  "))
    return {row[0]: row[1] for row in rows if len(row) == 2}


def test_an_account_is_readable(api: Control) -> None:
    """Every value has its path, in the contract's order, with what this version does not know behind it."""
    api.edit(GLOBEX, {"metadata": {"apiToken": "s3cr3t", "lists": [1, "a"], "[bold]x": "[red]y"}, "betaFeature": True})
    done = show(api, GLOBEX)
    found = values(done.stdout)
    assert (done.returncode, done.stderr) == (0, "")
    assert found["settings.timezone"] == '"Europe/Berlin"'
    assert found["settings.callerIdPolicy"] == '"strict"'
    assert found["metadata.lists"] == '[1, "a"]'
    assert found["metadata.apiToken"] == "[secret]"
    assert found['metadata["[bold]x"]'] == '"[red]y"'
    paths = [path for path in found if not path.startswith("field")]
    assert paths[:3] == ["id", "name", "displayName"]
    assert paths[-1] == "betaFeature"


def test_programs_get_the_account_as_the_api_has_it(api: Control) -> None:
    """JSON holds all values, secrets too."""
    api.edit(GLOBEX, {"metadata": {"apiToken": "s3cr3t"}})
    done = show(api, GLOBEX, "--json")
    assert json.loads(done.stdout) == api.account(GLOBEX)


@pytest.mark.parametrize("option", [[], ["--json"]])
def test_nothing_in_an_account_acts_on_a_terminal(api: Control, option: list[str]) -> None:
    """Control characters, and those that change the order of others, are escaped."""
    hostile = "\x1b]0;x\x07\x9b31m\u202e\n::error::x"
    api.edit(ACME, {"displayName": hostile, "metadata": {hostile: hostile}})
    done = show(api, ACME, *option)
    assert done.returncode == 0
    assert done.stdout.replace("\n", "").isprintable()
    assert not any(line.strip().startswith("::") for line in done.stdout.splitlines())


def test_an_account_out_of_service_is_seen(api: Control) -> None:
    """Its status has a color on a terminal, and only there."""
    colored = show(api, CLOSED, FORCE_COLOR="1").stdout
    assert '\x1b[1;31m"closed"' in colored
    assert "\x1b" not in show(api, CLOSED).stdout


@pytest.mark.parametrize(
    ("arguments", "environment", "reason"),
    [
        (["acc_x"], {}, "account acc_x: the API answered: Account acc_x not found (NOT_FOUND, HTTP 404)"),
        ([ACME], {"AUDIAN_API_TOKEN": "wrong"}, "check AUDIAN_API_TOKEN"),
        ([ACME], {"AUDIAN_API_TOKEN": ""}, "no credential: set AUDIAN_API_TOKEN"),
        ([ACME, "--stack", "x"], {}, "there is no Pulumi.yaml"),
    ],
)
def test_failures_are_one_line(api: Control, arguments: list[str], environment: dict[str, str], reason: str) -> None:
    """As the provider says them."""
    done = show(api, *arguments, **environment)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (1, "", 1)
    assert done.stderr.startswith("audian: ")
    assert reason in done.stderr

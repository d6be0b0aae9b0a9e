"""What a new user types: README's first steps and the examples, each command as it is printed there."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest
from tests.docs.documents import example
from tests.packaging.building import Distributions
from tests.packaging.environments import CHECKOUT
from tests.packaging.repository import run_git
from tests.packaging.shell import Shell

from audian_emulator import Control
from workbench import ACME

SCHEMA = CHECKOUT / "stacks" / "schema.json"
BY_URL = "git+https://github.com/YOUR-ORG/pulumi-audian@COMMIT"
EXAMPLES = {
    "one_account": "prod",
    "accounts_from_yaml": "prod",
    "derived_settings": "prod",
    "site_component": "prod",
    "environments": "staging",
}

pytestmark = pytest.mark.registry


def test_readmes_first_steps(tmp_path: Path, api: Control, distributions: Distributions) -> None:
    """Three accounts are adopted without a write, in a project to commit; then one edit is previewed and written."""
    (tmp_path / "infra").mkdir()
    filled_in = {BY_URL: distributions.wheel.as_uri(), "export AUDIAN_API_TOKEN=...\n": ""}
    access = {"AUDIAN_API_URL": api.api_url, "AUDIAN_API_TOKEN": api.full_token}
    shell = Shell(tmp_path / "infra", filled_in, access)
    first = shell.type(example("README.md", "console", "audian export"))
    assert "3 accounts" in first
    assert "4 to create" in first  # the stack itself is one
    assert api.writes() == []
    run_git(shell.directory, "init", "--quiet")
    to_commit = set(run_git(shell.directory, "ls-files", "--others", "--exclude-standard").splitlines())
    assert to_commit == {"Pulumi.yaml", "Pulumi.prod.yaml", "__main__.py", "requirements.txt", ".gitignore"}
    program = shell.directory / "__main__.py"
    edited = program.read_text("utf-8").replace('"recording_retention": 30', '"recording_retention": 60')
    program.write_text(edited, "utf-8")
    second = shell.type(example("README.md", "console", "pulumi preview --diff"))
    assert "recordingRetention: 30 => 60" in second
    (write,) = api.writes()
    assert (write["path"].rsplit("/", 1)[-1], list(write["body"])) == (ACME, ["settings"])
    assert api.account(ACME)["settings"]["recordingRetention"] == 60
    copy_schema(shell)
    leave(shell)
    assert len(api.writes()) == 1


def copy_schema(shell: Shell) -> None:
    """Put the schema where an editor finds it, as the how-to says."""
    (shell.directory / "stacks").mkdir()
    shell.type(example("docs/how-to/check-stack-files.md", "console", "schema.json"))
    assert (shell.directory / "stacks" / "schema.json").read_bytes() == SCHEMA.read_bytes()


def leave(shell: Shell) -> None:
    """Let the accounts go in the two ways that README names, the first of them without a token."""
    listed = shell.type("$ pulumi stack --show-urns\n")
    urn = next(urn for urn in re.findall(r"urn:\S+", listed) if "audian:Account" in urn)
    shell.type(f"$ unset AUDIAN_API_TOKEN\n$ pulumi state delete --yes '{urn}'\n")
    assert shell.type("$ pulumi destroy\n$ pulumi stack rm --yes prod\n").count(" delete[retain]") == 2


@pytest.mark.parametrize("folder", EXAMPLES)
def test_an_example_is_tried(folder: str, repository: Path) -> None:
    """The commands of the examples' page bring it up, and leave the checkout as it was."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    filled_in = {"/path/to/pulumi-audian": str(CHECKOUT), "8711": port, "one_account": folder}
    shell = Shell(repository, {**filled_in, "init prod": f"init {EXAMPLES[folder]}"}, {})
    printed = shell.type(example("examples/README.md", "console", "pulumi up"))
    assert "created" in printed
    assert run_git(repository, "status", "--porcelain", "--ignored") == ""

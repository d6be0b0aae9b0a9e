"""README's way from an empty directory to accounts under code, each command as it is printed there."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from tests.docs.documents import example
from tests.packaging.building import Distributions
from tests.packaging.environments import UV

from audian_emulator import Control
from workbench import ACME, find_engine

pytestmark = pytest.mark.registry


class Shell:
    """A directory in which commands are typed."""

    def __init__(self, directory: Path, api: Control, wheel: Path) -> None:
        self.directory = directory / "infra"
        self.directory.mkdir()
        self._wheel = wheel
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("AUDIAN_", "PYTHON"))},
            "PATH": os.pathsep.join([str(find_engine()), os.environ["PATH"]]),
            "PULUMI_BACKEND_URL": f"file://{directory}",
            "PULUMI_CONFIG_PASSPHRASE": "",
            "PULUMI_SKIP_UPDATE_CHECK": "1",
            "AUDIAN_API_URL": api.api_url,
            "AUDIAN_API_TOKEN": api.full_token,
        }

    def type(self, console: str) -> str:
        """What the commands of a block print, in the environment that the first of them made; up is confirmed."""
        commands = console.replace("$ ", "").replace("export AUDIAN_API_TOKEN=...\n", "")
        commands = commands.replace("git+https://github.com/YOUR-ORG/pulumi-audian@COMMIT", self._wheel.as_uri())
        commands = commands.replace("pip install", f"{UV} pip install --quiet --system-certs")
        commands = commands.replace("pulumi up", "pulumi up --yes")
        done = subprocess.run(
            ["bash", "-ec", f"if [ -d .venv ]; then . .venv/bin/activate; fi\n{commands}"],
            cwd=self.directory,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    def untracked(self) -> list[str]:
        """What git would add of the directory."""
        shown = subprocess.run(
            ["sh", "-c", "git init --quiet && git ls-files --others --exclude-standard"],
            cwd=self.directory,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        return shown.stdout.splitlines()


def test_readmes_first_steps(tmp_path: Path, api: Control, distributions: Distributions) -> None:
    """Three accounts are adopted without a write, in a project to commit; then one edit is previewed and written."""
    shell = Shell(tmp_path, api, distributions.wheel)
    first = shell.type(example("README.md", "console", "audian export"))
    assert "3 accounts" in first
    assert api.writes() == []
    kept = {"Pulumi.yaml", "Pulumi.prod.yaml", "__main__.py", "requirements.txt", ".gitignore"}
    assert set(shell.untracked()) == kept
    program = shell.directory / "__main__.py"
    edited = program.read_text("utf-8").replace('"recording_retention": 30', '"recording_retention": 60')
    program.write_text(edited, "utf-8")
    second = shell.type(example("README.md", "console", "pulumi preview --diff"))
    assert "recordingRetention: 30 => 60" in second
    (write,) = api.writes()
    assert (write["path"].rsplit("/", 1)[-1], list(write["body"])) == (ACME, ["settings"])
    assert api.account(ACME)["settings"]["recordingRetention"] == 60

"""A project with a stack of its own, and the engine's commands on it with what they showed and did."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from audian_emulator import Control

CHECKOUT = Path(__file__).parents[2]
TYPE = "pulumi-python:dynamic/audian:Account"
ACME = "acc_1234567890"
GLOBEX = "acc_2345678901"
INITECH = "acc_3456789012"
CLOSED = "acc_4567890123"
_FOLLOWING = ("preview failed", "update failed", "Resource monitor has terminated, shutting down")


def find_engine() -> Path:
    """The directory of the `pulumi` command; `make test` puts it on PATH."""
    command = shutil.which("pulumi")
    if command is None:
        raise FileNotFoundError(
            'no pulumi command on PATH: run the tests by `make test`, or after `eval "$(make -s env)"`'
        )
    return Path(command).parent


@dataclass(frozen=True)
class Run:
    """One command of the engine: its exit code, all it printed, and the events it emitted."""

    code: int
    text: str
    events: list[dict[str, Any]]

    def steps(self) -> dict[str, str]:
        """What was done (or is to be done) to each account, by resource name."""
        metadata = [event["resourcePreEvent"]["metadata"] for event in self.events if "resourcePreEvent" in event]
        return {step["urn"].split("::", 3)[-1]: step["op"] for step in metadata if step["type"] == TYPE}

    def changed(self, name: str) -> dict[str, str]:
        """The detailed diff of one account: property path to kind of change."""
        for event in self.events:
            metadata = (event.get("resourcePreEvent") or event.get("resOutputsEvent") or {}).get("metadata", {})
            if metadata.get("urn", "").endswith(f"::{name}") and metadata.get("detailedDiff"):
                return {path: entry["diffKind"] for path, entry in metadata["detailedDiff"].items()}
        return {}

    def messages(self, severity: str) -> list[str]:
        """The texts of the diagnostics of one severity: `error`, `warning`, `info`."""
        found = [event["diagnosticEvent"] for event in self.events if "diagnosticEvent" in event]
        return [_plain(event["message"]) for event in found if event["severity"].startswith(severity)]

    @property
    def errors(self) -> list[str]:
        """The texts of all errors about accounts, without those that only say that there was one."""
        return [text for text in self.messages("error") if text not in _FOLLOWING]


def _plain(message: str) -> str:
    for tag in ("<{%reset%}>", "<{%fg 1%}>", "<{%fg 3%}>"):
        message = message.replace(tag, "")
    return message.strip()


class Workbench:
    """A stack of a project in a directory of its own, against one API."""

    def __init__(self, directory: Path, api: Control, engine: Path, *, program: str | None = None) -> None:
        self.api = api
        self.directory = directory / "project"
        self.config: dict[str, Any] = {"audian:apiUrl": api.api_url, "audian:retrySeconds": 2}
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("AUDIAN_", "PULUMI_"))},
            "PATH": os.pathsep.join([str(engine), str(Path(sys.executable).parent), os.environ["PATH"]]),
            "PULUMI_BACKEND_URL": f"file://{directory / 'backend'}",
            "PULUMI_CONFIG_PASSPHRASE": "test",
            "PULUMI_SKIP_UPDATE_CHECK": "1",
            "PULUMI_DEBUG_COMMANDS": "1",
            "PULUMI_HOME": str(directory / "home"),
            "AUDIAN_API_TOKEN": api.full_token,
        }
        self._lay_out(program)
        self._events = directory / "events.json"
        self.command("stack", "init", "test")

    def _lay_out(self, program: str | None) -> None:
        (self.directory / "stacks").mkdir(parents=True)
        (self.directory.parent / "backend").mkdir()
        project = yaml.safe_load((CHECKOUT / "Pulumi.yaml").read_text())
        project["runtime"]["options"]["virtualenv"] = sys.prefix
        (self.directory / "Pulumi.yaml").write_text(yaml.safe_dump(project))
        source = program if program is not None else (CHECKOUT / "__main__.py").read_text()
        (self.directory / "__main__.py").write_text(source)

    def declare(self, **accounts: Mapping[str, Any]) -> None:
        """Write the stack file with these accounts, by resource name."""
        self.write_config({**self.config, "audian:accounts": accounts})

    def write_config(self, config: Mapping[str, Any]) -> None:
        """Write the stack file with this configuration, keeping its encryption salt."""
        path = self.directory / "stacks" / "Pulumi.test.yaml"
        kept = {name: value for name, value in (yaml.safe_load(path.read_text()) or {}).items() if name != "config"}
        path.write_text(yaml.safe_dump({**kept, "config": dict(config)}))

    def preview(self, *arguments: str) -> Run:
        """`pulumi preview`."""
        return self.observed("preview", *arguments)

    def up(self, *arguments: str) -> Run:
        """`pulumi up` with its preview."""
        return self.observed("up", "--yes", *arguments)

    def settle(self, **accounts: Mapping[str, Any]) -> None:
        """Declare these accounts and bring them up, as a test's starting point; forget the requests it took."""
        self.declare(**accounts)
        up = self.up("--skip-preview")
        assert up.code == 0, up.text
        self.api.clear()

    def refresh(self, *arguments: str) -> Run:
        """`pulumi refresh` with its preview."""
        return self.observed("refresh", "--yes", *arguments)

    def destroy(self, *arguments: str) -> Run:
        """`pulumi destroy` with its preview."""
        return self.observed("destroy", "--yes", *arguments)

    def observed(self, *arguments: str) -> Run:
        """A command that emits engine events."""
        self._events.unlink(missing_ok=True)
        done = self.execute(*arguments, "--event-log", str(self._events))
        lines = self._events.read_text().splitlines() if self._events.exists() else []
        return Run(done.returncode, done.stdout, [json.loads(line) for line in lines])

    def command(self, *arguments: str) -> str:
        """The output of a command that must succeed."""
        done = self.execute(*arguments)
        assert done.returncode == 0, done.stdout
        return done.stdout

    def execute(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the CLI as it is, with its output in one text."""
        return subprocess.run(
            ["pulumi", *arguments, "--non-interactive", "--color", "never"],
            cwd=self.directory,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            timeout=300,
            check=False,
        )

    def version(self) -> tuple[int, ...]:
        """The engine's release, such as (3, 274, 1)."""
        return tuple(map(int, self.command("version").strip().removeprefix("v").split(".")))

    def stored(self, name: str) -> dict[str, Any] | None:
        """What state holds of an account: its `inputs` and `outputs`, encrypted values as they are stored."""
        deployment = json.loads(self.command("stack", "export"))["deployment"]
        for resource in deployment.get("resources", []):
            if resource["type"] == TYPE and resource["urn"].endswith(f"::{name}"):
                return dict(resource)
        return None

    def urn(self, name: str) -> str:
        """The URN of an account of this stack."""
        return f"urn:pulumi:test::audian::{TYPE}::{name}"

    def bodies(self) -> list[Any]:
        """The bodies of the PATCH requests that the API saw since the last look, and forget them."""
        seen = [entry["body"] for entry in self.api.writes()]
        self.api.clear()
        return seen

    def calls(self) -> list[str]:
        """The methods of the requests that the API saw since the last look, and forget them."""
        seen = [entry["method"] for entry in self.api.requests()]
        self.api.clear()
        return seen

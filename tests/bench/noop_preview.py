"""What a preview without changes costs, as a ratio to the engine with plain resources of its own SDK.

Both are measured in one run, alternately, and the fastest of several rounds counts: run it with `make bench`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

from audian_emulator import Control, Emulator

CHECKOUT = Path(__file__).resolve().parents[2]
SIZES = tuple(map(int, sys.argv[1:])) or (3, 100, 1000)
ROUNDS = 3

PLAIN = """
from plain import Plain

for number in range({size}):
    Plain(f"plain-{{number}}", number)
"""

PLAIN_MODULE = """
from pulumi.dynamic import CreateResult, Resource, ResourceProvider


class PlainProvider(ResourceProvider):
    serialize_as_secret_always = False

    def __reduce__(self):
        return (PlainProvider, ())

    def create(self, props):
        return CreateResult(str(props["number"]), props)


class Plain(Resource):
    def __init__(self, name, number):
        super().__init__(PlainProvider(), name, {"number": number, "text": f"Account {number}"})
"""

ACCOUNTS = """
import pulumi_audian as audian

for number in range({size}):
    audian.Account(f"account-{{number}}", account_id=f"acc_{{number}}", display_name=f"Account {{number}}")
"""


class Stack:
    """A stack of one program, brought up once."""

    def __init__(self, directory: Path, program: str, environment: dict[str, str]) -> None:
        (directory / "backend").mkdir(parents=True)
        project = yaml.safe_load((CHECKOUT / "Pulumi.yaml").read_text("utf-8"))
        project["runtime"]["options"]["virtualenv"] = sys.prefix
        (directory / "Pulumi.yaml").write_text(yaml.safe_dump(project), "utf-8")
        (directory / "plain.py").write_text(PLAIN_MODULE, "utf-8")
        (directory / "__main__.py").write_text(program, "utf-8")
        self._directory = directory
        self._environment = {**environment, "PULUMI_BACKEND_URL": f"file://{directory / 'backend'}"}
        self._run("stack", "init", "bench")
        self._run("up", "--yes", "--skip-preview", "--parallel", "16")

    def seconds_of_a_preview(self) -> float:
        """How long one preview without changes takes, in seconds."""
        started = time.perf_counter()
        self._run("preview", "--expect-no-changes")
        return time.perf_counter() - started

    def bytes_of_state(self) -> int:
        """The size of the exported state, in bytes."""
        return len(self._run("stack", "export"))

    def _run(self, *arguments: str) -> str:
        command = ["pulumi", *arguments, "--non-interactive"]
        environment = {**os.environ, **self._environment}
        done = subprocess.run(
            command, cwd=self._directory, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(done.stdout + done.stderr)
        return done.stdout


def measure(size: int, control: Control, root: Path) -> str:
    """One line of the report."""
    template = control.account("acc_1234567890")
    for number in range(size):
        control.put(f"acc_{number}", {**template, "id": f"acc_{number}", "email": f"{number}@acme.com"})
    environment = {
        "AUDIAN_API_TOKEN": control.full_token,
        "AUDIAN_API_URL": control.api_url,
        "PULUMI_CONFIG_PASSPHRASE": "bench",
        "PULUMI_SKIP_UPDATE_CHECK": "1",
    }
    plain = Stack(root / f"plain-{size}", PLAIN.format(size=size), environment)
    accounts = Stack(root / f"accounts-{size}", ACCOUNTS.format(size=size), environment)
    control.clear()
    rounds = [(plain.seconds_of_a_preview(), accounts.seconds_of_a_preview()) for _ in range(ROUNDS)]
    fastest_plain, fastest = (min(times) for times in zip(*rounds, strict=True))
    state = (accounts.bytes_of_state() - plain.bytes_of_state()) // size
    return (
        f"{size:>5} accounts: {fastest:.2f} s, {fastest / fastest_plain:.2f} times plain resources "
        f"({fastest_plain:.2f} s); {len(control.requests())} calls; {state} bytes of state more each"
    )


def main() -> None:
    """Print a line for each number of accounts."""
    if shutil.which("pulumi") is None:
        raise SystemExit("no pulumi command on PATH: run `make bench`")
    with Emulator.running() as emulator, tempfile.TemporaryDirectory() as directory:
        control = Control(emulator.url)
        for size in SIZES:
            print(measure(size, control, Path(directory)), flush=True)  # noqa: T201 - the report


if __name__ == "__main__":
    main()

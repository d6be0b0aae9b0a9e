"""The main job as a story on the terminal: one account, a local copy of the API, the real engine.

Everything happens in a temporary directory, and nothing of it is left: no file, no process.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from audian_emulator import Control

CHECKOUT = Path(__file__).resolve().parents[1]
ACCOUNT = "acc_1234567890"
STACK_FILE = Path("stacks") / "Pulumi.demo.yaml"
_BOLD, _RESET = ("\033[1m", "\033[0m") if sys.stdout.isatty() else ("", "")


def tell(text: str) -> None:
    """A paragraph of the story."""
    print(f"\n{_BOLD}{text}{_RESET}\n", flush=True)


def show(text: str) -> None:
    """Something quoted in the story."""
    print("\n".join(f"    {line}" for line in text.strip().splitlines()), flush=True)


@contextmanager
def emulator() -> Iterator[str]:
    """The URL of a local copy of the API that runs as long as the story."""
    command = [sys.executable, "-m", "audian_emulator", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process.stdout.readline().split(": ", 1)[1].strip() if process.stdout else ""
        finally:
            process.terminate()


@contextmanager
def project(api_url: str) -> Iterator[Path]:
    """A temporary copy of the project with a backend of its own."""
    with tempfile.TemporaryDirectory(prefix="pulumi-audian-demo-") as name:
        directory = Path(name)
        (directory / "stacks").mkdir()
        (directory / "backend").mkdir()
        for file in (Path("Pulumi.yaml"), Path("__main__.py"), STACK_FILE):
            shutil.copy(CHECKOUT / file, directory / file)
        (directory / ".venv").symlink_to(CHECKOUT / ".venv")
        os.environ |= {
            "PULUMI_BACKEND_URL": f"file://{directory / 'backend'}",
            "PULUMI_HOME": str(directory / "home"),
            "PULUMI_CONFIG_PASSPHRASE": "demo",
            "PULUMI_SKIP_UPDATE_CHECK": "1",
            "AUDIAN_API_URL": api_url,
        }
        yield directory


def pulumi(directory: Path, *arguments: str, expect: int = 0) -> None:
    """Run a command of the engine as a user would, in full view; a failure that was not expected ends the story."""
    print(f"    $ pulumi {' '.join(arguments)}", flush=True)
    color = "always" if sys.stdout.isatty() else "never"
    command = ["pulumi", *arguments, "--non-interactive", "--suppress-progress", "--color", color]
    done = subprocess.run(
        command, cwd=directory, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    show("\n".join(line for line in done.stdout.splitlines() if line.strip()))
    if bool(done.returncode) != bool(expect):
        raise SystemExit(f"demo: pulumi {arguments[0]} exited with {done.returncode}, expected {expect}")


def tell_story(directory: Path, control: Control) -> None:
    """Preview, up, no changes, and an edit that must not happen."""
    os.environ["AUDIAN_API_TOKEN"] = control.full_token
    tell(f"A stack file, {STACK_FILE}, declares what one account shall be:")
    show((directory / STACK_FILE).read_text("utf-8"))
    subprocess.run(["pulumi", "stack", "init", "demo"], cwd=directory, capture_output=True, check=True)
    tell("The preview reads the live account and shows what up would change. It writes nothing:")
    pulumi(directory, "preview")
    control.clear()
    tell("Up sends only what differs, in one request:")
    pulumi(directory, "up", "--yes", "--skip-preview")
    show("\n".join(f"PATCH {write['path']}\n{json.dumps(write['body'])}" for write in control.writes()))
    tell("What the account is now:")
    show(json.dumps(control.account(ACCOUNT), indent=2))
    control.clear()
    tell("A second preview finds no changes, and does not call the API:")
    pulumi(directory, "preview", "--expect-no-changes")
    show(f"requests to the API: {len(control.requests())}")
    tell("An edit of the plan, which no PATCH can change, is refused before anything happens:")
    stack_file = directory / STACK_FILE
    stack_file.write_text(stack_file.read_text("utf-8").replace("plan: professional", "plan: enterprise"), "utf-8")
    pulumi(directory, "preview", expect=1)
    show(f"writes to the API: {len(control.writes())}")
    tell("That is all: the account was adopted, changed once, and never replaced. Nothing of this demo is left behind.")


def main() -> None:
    """Tell the story; an interruption ends it without a trace."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with emulator() as api_url, project(api_url) as directory:
            tell_story(directory, Control(api_url))
    except KeyboardInterrupt:
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()

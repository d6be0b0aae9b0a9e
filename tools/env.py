"""Prints the shell exports for using `pulumi` by hand in this checkout: eval "$(make -s env)"."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
INSTALLER = CHECKOUT / "tools" / "engine" / "install.py"


def engine_directory() -> str:
    """The directory of the `pulumi` command, which is installed if there is none."""
    return subprocess.run([sys.executable, INSTALLER], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()


def logged_in() -> bool:
    """Whether the user has chosen a backend with `pulumi login`."""
    home = Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi")
    try:
        return bool(json.loads((home / "credentials.json").read_text("utf-8")).get("current"))
    except (OSError, ValueError):
        return False


def exports() -> list[str]:
    """The export statements: PATH, and a backend and a passphrase where the user has chosen none."""
    directories = [environment_directory(), engine_directory()]
    lines = [f"export PATH={shlex.quote(os.pathsep.join(directories))}:$PATH"]
    if not os.environ.get("PULUMI_BACKEND_URL") and not logged_in():
        lines.append("export PULUMI_BACKEND_URL=file://~")
    if not {"PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"} & set(os.environ):
        lines.append("export PULUMI_CONFIG_PASSPHRASE=")
    return lines


def environment_directory() -> str:
    """The directory of the environment's commands."""
    return str(CHECKOUT / ".venv" / "bin")


def main() -> int:
    """Print the exports; 1 where there is no engine, which the installer has explained."""
    try:
        lines = exports()
    except subprocess.CalledProcessError as error:
        return int(error.returncode)
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Run the tests that need the engine on the oldest and the newest supported pair of engine and SDK: `make engines`."""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

CHECKOUT = Path(__file__).resolve().parents[1]
OLDEST = CHECKOUT / ".venv" / "oldest"
_VERSIONS = "import platform, importlib.metadata as m; print(m.version('pulumi'), platform.python_version())"
_COUNT = re.compile(r'(tests|failures|errors|skipped)="(\d+)"')


class Outcome(NamedTuple):
    """What one run of the tests came to, a text for each column of the table."""

    engine: str
    sdk: str
    python: str
    passed: str
    failed: str
    skipped: str


def main() -> int:
    """Run the tests on each pair, print the table, and return 1 where any test failed or none ran."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--release", choices=("oldest", "newest"), help="only this one")
    parser.add_argument("tests", nargs="*", help="arguments for pytest (default: all tests that need the engine)")
    asked = parser.parse_args()
    releases = [asked.release] if asked.release else ["oldest", "newest"]
    try:
        outcomes = [run(release, asked.tests) for release in releases]
    except subprocess.CalledProcessError as error:  # whose command has said why
        return int(error.returncode)
    for row in (Outcome(*Outcome._fields), *outcomes):
        print("  ".join(text.ljust(10) for text in row).rstrip())
    return int(any(outcome.failed != "0" or outcome.passed == "0" for outcome in outcomes))


def run(release: str, arguments: Sequence[str]) -> Outcome:
    """Run the tests on the engine of one release and the SDK that belongs to it."""
    install = [sys.executable, str(CHECKOUT / "tools" / "engine" / "install.py"), "--release", release]
    engine = Path(subprocess.run(install, stdout=subprocess.PIPE, text=True, check=True).stdout.strip())
    python = oldest_environment() if release == "oldest" else Path(sys.executable)
    path = os.pathsep.join([str(python.parent), str(engine), os.environ["PATH"]])
    result = CHECKOUT / ".venv" / f"{release}.xml"
    result.unlink(missing_ok=True)
    tests = ["-n", "auto", "--dist", "worksteal", "--engine-only", f"--junit-xml={result}", *arguments]
    subprocess.run([python, "-m", "pytest", *tests], cwd=CHECKOUT, env={**os.environ, "PATH": path}, check=False)
    # The first element is the suite with its counts; a run that never began leaves none.
    suite = result.read_text("utf-8").partition("<testcase")[0] if result.exists() else ""
    counts = {"tests": 0, "failures": 0, "errors": 0, "skipped": 0} | {k: int(n) for k, n in _COUNT.findall(suite)}
    failed = counts["failures"] + counts["errors"]
    passed = counts["tests"] - failed - counts["skipped"]
    version = subprocess.run([engine / "pulumi", "version"], stdout=subprocess.PIPE, text=True, check=True).stdout
    found = subprocess.run([python, "-c", _VERSIONS], stdout=subprocess.PIPE, text=True, check=True).stdout
    sdk, interpreter = found.split()
    return Outcome(version.strip(), sdk, interpreter, str(passed), str(failed), str(counts["skipped"]))


def oldest_environment() -> Path:
    """The Python of an environment like this one, but with the oldest SDK."""
    python = OLDEST / "bin" / "python"
    uv = Path(sys.executable).with_name("uv")
    registry = ("--quiet", "--system-certs")  # as pip does
    if not python.exists():
        # The engine asks pip what is installed.
        subprocess.run([uv, "venv", *registry, "--seed", "--python", sys.executable, OLDEST], check=True)
    overrides = CHECKOUT / "tools" / "engine" / "oldest" / "overrides.txt"
    locked = ("--requirements", CHECKOUT / "requirements.lock", "--overrides", overrides)
    subprocess.run([uv, "pip", "install", *registry, "--python", python, *locked], check=True)
    subprocess.run([python, CHECKOUT / "tools" / "link_checkout.py"], check=True)
    return python


if __name__ == "__main__":
    sys.exit(main())

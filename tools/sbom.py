"""Looks at the packages that this project brings: `python tools/sbom.py write FILE`, `python tools/sbom.py audit`.

`write` lists what the library and its command line bring at the locked versions, as CycloneDX JSON with the hashes
of all files: the same file for the same lock. `audit` asks PyPI's advisory service about every locked version.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from pulumi_audian import __version__

CHECKOUT = Path(__file__).resolve().parents[1]
LOCKS = ("requirements.lock", "policy/requirements.lock", "tools/sbom.lock")
# The tools have some fifty packages of their own, which nothing else here needs.
ENVIRONMENT = Path(sys.prefix) / "sbom"


def main() -> int:
    """Run the command and return its exit code: that of the tool that failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("write").add_argument("file", type=Path)
    commands.add_parser("audit")
    arguments = parser.parse_args()
    try:
        _make_environment()
        if arguments.command == "audit":
            _audit()
        else:
            _write(arguments.file)
    except subprocess.CalledProcessError as error:
        return error.returncode
    return 0


def _make_environment() -> None:
    _uv("venv", "--allow-existing", str(ENVIRONMENT))
    _uv("pip", "sync", "--require-hashes", "--python", str(ENVIRONMENT / "bin" / "python"), "tools/sbom.lock")


def _write(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as directory:
        lock, described = Path(directory) / "requirements.txt", Path(directory) / "pyproject.toml"
        # The version stands in the code, where the tool does not look.
        text = (CHECKOUT / "pyproject.toml").read_text("utf-8")
        described.write_text(text.replace('dynamic = ["version"]', f'version = "{__version__}"'), "utf-8")
        _uv(
            *("pip", "compile", "--universal", "--python-version", "3.10", "--generate-hashes"),
            *("--no-header", "--no-annotate", "--constraint", "requirements.lock", "--output-file", str(lock)),
            *("pyproject.toml", "--extra", "cli"),
        )
        _run(
            *(ENVIRONMENT / "bin" / "cyclonedx-py", "requirements", lock, "--pyproject", described),
            *("--output-reproducible", "--spec-version", "1.6", "--of", "JSON", "--output-file", file.absolute()),
        )


def _audit() -> None:
    locks = [argument for lock in LOCKS for argument in ("--requirement", lock)]
    # Without --strict, a service that can't be reached counts as one that knows of nothing.
    _run(ENVIRONMENT / "bin" / "pip-audit", "--strict", "--disable-pip", "--require-hashes", *locks)


def _uv(*arguments: str) -> None:
    _run(Path(sys.prefix) / "bin" / "uv", *arguments[:1], "--quiet", *arguments[1:])


def _run(*command: str | Path) -> None:
    subprocess.run(command, cwd=CHECKOUT, check=True)


if __name__ == "__main__":
    sys.exit(main())

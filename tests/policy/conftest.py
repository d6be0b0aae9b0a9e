"""The policy pack as a team has it: a folder with an environment of its own, made once for all tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

CHECKOUT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command that starts a copy of the pack, whose environment holds exactly what its lock says."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    copy = shared / "policy"
    with FileLock(shared / "policy.lock"):
        if not copy.exists():
            _install(shared / "policy.partial")
            (shared / "policy.partial").rename(copy)
    return copy / "run"


def _install(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(CHECKOUT / "policy", folder, ignore=shutil.ignore_patterns("venv", "__pycache__"))
    environment = folder / "venv"
    install = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r")
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    subprocess.run([environment / "bin" / "python", *install, folder / "requirements.lock"], check=True)

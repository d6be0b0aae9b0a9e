"""What the contract tests share: an emulator for each file, and Prism, a mock that knows the contract alone."""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import platformdirs
import pytest
from filelock import FileLock
from tests.contract.document import CONTRACT

from audian_emulator import Control, Emulator

_PACKAGE = Path(__file__).with_name("prism")
_START_SECONDS = 60


@pytest.fixture(scope="module")
def running() -> Iterator[Control]:
    """The emulator of a file."""
    with Emulator.running() as emulator:
        yield Control(emulator.url)


@pytest.fixture
def control(running: Control) -> Control:
    """The emulator as it was at first."""
    running.reset()
    return running


@pytest.fixture(scope="session")
def prism(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a mock that answers with the document's examples, and refuses each request that breaks it."""
    port = _free_port()
    log = tmp_path_factory.mktemp("prism") / "log"
    command = [str(_installed()), "mock", "--errors", "--port", str(port), str(CONTRACT)]
    with log.open("wb") as output, subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT) as process:
        try:
            _await(port, process, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _installed() -> Path:
    """The command, installed once for each lock into the user's cache, each package checked by its hash."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("Prism runs on Node.js, and there is none on PATH")
    lock = (_PACKAGE / "package-lock.json").read_bytes()
    home = platformdirs.user_cache_path("pulumi-audian", appauthor=False) / "prism"
    directory = home / hashlib.sha256(lock).hexdigest()[:16]
    home.mkdir(parents=True, exist_ok=True)
    with FileLock(home / "lock"):
        if not (directory / "installed").exists():
            shutil.copytree(_PACKAGE, directory, dirs_exist_ok=True, ignore=shutil.ignore_patterns("node_modules"))
            _install(npm, directory)
            (directory / "installed").touch()
    return directory / "node_modules" / ".bin" / "prism"


def _install(npm: str, directory: Path) -> None:
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-progress"]
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode == 0:
        return
    reason = f"Prism could not be installed: {done.stderr.strip()}"
    # A machine without internet access is not at fault; a CI machine is.
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


def _await(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not _listens(port):
        if time.monotonic() > deadline or process.poll() is not None:
            pytest.fail(f"Prism did not start:\n{log.read_text('utf-8', 'replace')}")
        time.sleep(0.1)


def _listens(port: int) -> bool:
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) == 0

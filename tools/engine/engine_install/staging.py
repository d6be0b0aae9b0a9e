"""Installing all of an engine or nothing."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs
from filelock import FileLock, Timeout

from engine_install import interruption, modules
from engine_install.progress import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine_install.modules import GoProgram

LAUNCHERS = {
    "pulumi-language-python-exec": "python/cmd",
    "pulumi-resource-pulumi-python": "python/dist",
}
_EXECUTABLES = (modules.NEWEST.executable, modules.LANGUAGE.executable, *LAUNCHERS)
_LOCK_POLL_SECONDS = 0.5


@dataclass(frozen=True)
class Engine:
    """One release of the engine in the user's cache directory."""

    cli: GoProgram
    root: Path

    @classmethod
    def cached(cls, cli: GoProgram) -> Engine:
        """Return the release whose command line a module pins."""
        cache = platformdirs.user_cache_path("pulumi-audian", appauthor=False)
        return cls(cli, cache / "engine" / cli.version)

    @property
    def version(self) -> str:
        """Return the release, with its v."""
        return self.cli.version

    @property
    def programs(self) -> Path:
        """Return the directory to put on PATH."""
        return self.root / "bin"

    def missing(self) -> list[str]:
        """Return the names of the programs that are absent or not executable."""
        return [name for name in _EXECUTABLES if not os.access(self.programs / name, os.X_OK)]

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the engine against other installations, waiting for one under way."""
        self.root.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.root.with_name(f".{self.version}.lock"))
        try:
            lock.acquire(blocking=False)
        except Timeout:
            say(f"waiting for another installation of the Pulumi engine {self.version}")
            _wait_for(lock)
        try:
            yield
        finally:
            lock.release()

    @contextmanager
    def staged(self) -> Iterator[Staging]:
        """Provide a staging directory beside the engine; call with the engine locked."""
        directory = Path(tempfile.mkdtemp(prefix=self._staging_prefix, dir=self.root.parent))
        try:
            (directory / "tmp").mkdir()
            yield Staging(Engine(self.cli, directory / "engine"), directory / "tmp")
        finally:
            shutil.rmtree(directory, ignore_errors=True)

    def remove_stale_staging(self) -> None:
        """Remove what killed installations left; call with the engine locked."""
        for directory in self.root.parent.glob(f"{self._staging_prefix}*"):
            shutil.rmtree(directory, ignore_errors=True)

    def publish(self, staged: Engine) -> None:
        """Put a complete staged engine in place in one step; call with the engine locked."""
        # Without this, a power loss after the rename can leave empty files in place.
        for path in (*staged.programs.iterdir(), staged.programs, staged.root):
            _flush(path)
        shutil.rmtree(self.root, ignore_errors=True)
        staged.root.rename(self.root)
        _flush(self.root.parent)

    @property
    def _staging_prefix(self) -> str:
        return f".{self.version}.staging-"


@dataclass(frozen=True)
class Staging:
    """Where a source puts the engine, and where its temporary files go."""

    engine: Engine
    temporary: Path


def _wait_for(lock: FileLock) -> None:
    while True:
        interruption.check()
        try:
            lock.acquire(timeout=_LOCK_POLL_SECONDS)
        except Timeout:
            continue
        return


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

"""The engine installer, run as a user runs it, with fake go and pulumi commands."""

from __future__ import annotations

import importlib
import os
import pty
import re
import shutil
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ENGINE = Path(__file__).resolve().parents[2] / "tools" / "engine"
SDK = "github.com/pulumi/pulumi/sdk/v3"
PKG = "github.com/pulumi/pulumi/pkg/v3"
PROGRAMS = {
    "pulumi",
    "pulumi-language-python",
    "pulumi-language-python-exec",
    "pulumi-resource-pulumi-python",
}
LIMIT_SECONDS = 60

BUILD = """
while [ "$1" != -o ]; do shift; done
printf '#!/bin/sh\\necho "%s"\\n' "$FAKE_VERSION" > "$2"
chmod 755 "$2"
"""
HANG = """
exec 3> "$FAKE_FIFO"
echo $$ >&3
(sleep 20; echo survived >&3) &
wait
"""
GO = """#!/bin/sh
echo "$PWD|$GOFLAGS|$GOWORK|$GOTOOLCHAIN|$*" >> "$FAKE_LOG"
case "$*" in
env*) printf '%s\\n' "$FAKE_GO_VERSION" "$FAKE_GO_POLICY" ;;
"list -mod=readonly -m"*) echo "$FAKE_MODULE" ;;
list*) printf '%s\\n' 'go: downloading example.com/a v1.0.0' fmt example.com/a example.com/b ;;
build*) BODY ;;
esac
"""
OFFICIAL = """
import pathlib
class PulumiCommand:
    @staticmethod
    def install(root, version):
        bin = pathlib.Path(root, "bin")
        bin.mkdir(parents=True)
        for name in PROGRAMS:
            (bin / name).write_text(f"#!/bin/sh\\necho v{version}\\n")
            (bin / name).chmod(0o755)
"""


def pinned(directory: str, module: str) -> str:
    """Return the version that a go.mod pins."""
    text = (ENGINE / directory / "go.mod").read_text(encoding="utf-8")
    match = re.search(rf"\s{re.escape(module)} (v\S+)", text)
    assert match
    return match[1]


VERSION = pinned("cli", PKG)


@dataclass
class Machine:
    """A home directory, a PATH and an environment for the installer to run in."""

    home: Path
    environment: dict[str, str] = field(default_factory=dict)
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def path(self) -> Path:
        """Return the one directory on PATH."""
        return self.home / "path"

    @property
    def engines(self) -> Path:
        """Return the directory of installed engines."""
        return self.home / "Library" / "Caches" / "pulumi-audian" / "engine"

    @property
    def programs(self) -> Path:
        """Return the directory that the installer must print."""
        return self.engines / VERSION / "bin"

    def add_program(self, directory: Path, name: str, text: str) -> None:
        """Write an executable file."""
        directory.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(text, encoding="utf-8")
        (directory / name).chmod(0o755)

    def add_go(self, build: str = BUILD) -> None:
        """Put a go on PATH whose build runs a shell script, and a module to copy from."""
        self.add_program(self.path, "go", GO.replace("BODY", build))
        for name, folder in (
            ("pulumi-language-python-exec", "python/cmd"),
            ("pulumi-resource-pulumi-python", "python/dist"),
        ):
            launcher = self.home / "module" / folder / name
            launcher.parent.mkdir(parents=True, exist_ok=True)
            launcher.write_text(name, encoding="utf-8")

    def start(self, *arguments: str, stderr: int = subprocess.PIPE) -> subprocess.Popen[str]:
        """Start the installer."""
        process = subprocess.Popen(
            [sys.executable, str(ENGINE / "install.py"), *arguments],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )
        self.started.append(process)
        return process

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the installer to its end."""
        process = self.start(*arguments)
        output, errors = process.communicate(timeout=LIMIT_SECONDS)
        return subprocess.CompletedProcess(process.args, process.returncode, output, errors)

    def go_calls(self, verb: str) -> list[list[str]]:
        """Return directory, GOFLAGS, GOWORK, GOTOOLCHAIN and arguments of each go call."""
        log = self.home / "log"
        lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
        return [line.split("|") for line in lines if line.split("|")[4].startswith(verb)]

    def left_behind(self) -> set[str]:
        """Return what installations left beside their lock."""
        return {path.name for path in self.engines.iterdir() if path.suffix != ".lock"}


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    """Provide a machine with neither pulumi nor go, told to build with go."""
    machine = Machine(tmp_path)
    machine.path.mkdir()
    for tool in ("sleep", "chmod", "cat"):
        machine.path.joinpath(tool).symlink_to(str(shutil.which(tool)))
    machine.environment.update(
        HOME=str(tmp_path),
        # Where macOS caches, so that both systems use one place.
        XDG_CACHE_HOME=str(tmp_path / "Library" / "Caches"),
        PATH=str(machine.path),
        PULUMI_AUDIAN_ENGINE_SOURCE="go",
        FAKE_LOG=str(tmp_path / "log"),
        FAKE_FIFO=str(tmp_path / "fifo"),
        FAKE_MODULE=str(tmp_path / "module"),
        FAKE_VERSION=VERSION,
        FAKE_GO_VERSION="go1.99.0",
        FAKE_GO_POLICY="local",
    )
    os.mkfifo(tmp_path / "fifo")
    yield machine
    for process in machine.started:
        process.terminate()


@pytest.fixture
def unreachable(machine: Machine) -> Iterator[None]:
    """Send the official installer to a proxy that refuses every connection."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        machine.environment["https_proxy"] = f"http://127.0.0.1:{closed.getsockname()[1]}"
        yield


def test_a_pulumi_on_path_is_used(machine: Machine) -> None:
    """The directory of a pulumi on PATH is all that is printed, and nothing is installed."""
    machine.add_go()
    machine.add_program(machine.path, "pulumi", "#!/bin/sh\n")
    result = machine.run()
    assert (result.returncode, result.stdout, result.stderr) == (0, f"{machine.path}\n", "")
    assert not machine.engines.exists()


def test_a_release_that_is_asked_for_is_not_looked_for_on_path(machine: Machine) -> None:
    """Tests of one release run on that one, and the other that is installed stays beside it."""
    machine.add_go()
    machine.add_program(machine.path, "pulumi", "#!/bin/sh\n")
    assert machine.run("--release", "newest").stdout == f"{machine.programs}\n"
    oldest = pinned("oldest", PKG)
    machine.environment["FAKE_VERSION"] = oldest
    assert machine.run("--release", "oldest").stdout == f"{machine.engines / oldest / 'bin'}\n"
    assert machine.left_behind() == {VERSION, oldest}


def test_a_cached_engine_is_used(machine: Machine) -> None:
    """An engine in the cache directory is printed without asking any source."""
    machine.add_go()
    for name in PROGRAMS:
        machine.add_program(machine.programs, name, "#!/bin/sh\n")
    result = machine.run()
    assert (result.returncode, result.stdout) == (0, f"{machine.programs}\n")
    assert not machine.go_calls("")


def test_an_incomplete_engine_is_replaced(machine: Machine) -> None:
    """An engine that lost one of its programs is installed again."""
    machine.add_go()
    machine.add_program(machine.programs, "pulumi", "#!/bin/sh\n")
    assert machine.run().returncode == 0
    assert {path.name for path in machine.programs.iterdir()} == PROGRAMS


@pytest.mark.usefixtures("unreachable")
def test_go_builds_when_the_official_site_is_unreachable(machine: Machine) -> None:
    """The default source falls back to go, once; the next run builds nothing."""
    machine.add_go()
    del machine.environment["PULUMI_AUDIAN_ENGINE_SOURCE"]
    first, second = machine.run(), machine.run()
    assert "Connection refused" in first.stderr
    assert first.stdout == second.stdout == f"{machine.programs}\n"
    assert len(machine.go_calls("build")) == len(("cli", "language"))
    assert machine.left_behind() == {VERSION}


@pytest.mark.parametrize(("arguments", "folder"), [((), "cli"), (("--release", "oldest"), "oldest")])
def test_go_is_run_with_the_pinned_modules(machine: Machine, arguments: Sequence[str], folder: str) -> None:
    """Each program is built in its module, stamped with its own version, free of user settings."""
    machine.add_go()
    version = pinned(folder, PKG)
    machine.environment.update(GOFLAGS="-mod=mod", GOWORK="/elsewhere/go.work", FAKE_VERSION=version)
    result = machine.run(*arguments)
    assert result.stdout == f"{machine.engines / version / 'bin'}\n"
    stamp = f"-ldflags -w -s -X {SDK}/go/common/version.Version="
    expected = (
        (folder, version, "-tags osusergo grpcnotrace -trimpath", f"{PKG}/cmd/pulumi"),
        ("language", pinned("language", SDK), "-trimpath", f"{SDK}/python/cmd/{{}}"),
    )
    calls = machine.go_calls("build")
    for call, (module, version, flags, package) in zip(calls, expected, strict=True):
        assert call[:3] == [str(ENGINE / module), "-mod=readonly", "off"]
        assert call[4].startswith(f"build -v -mod=readonly {flags} {stamp}{version} -o ")
        assert call[4].endswith(package.format("pulumi-language-python"))


def test_launchers_come_from_the_module(machine: Machine) -> None:
    """The launch scripts are copied from the CLI's SDK module and made executable."""
    machine.add_go()
    assert machine.run().returncode == 0
    for name in PROGRAMS - {"pulumi", "pulumi-language-python"}:
        assert (machine.programs / name).read_text(encoding="utf-8") == name
        assert os.access(machine.programs / name, os.X_OK)


def test_the_official_installer_delivers(machine: Machine) -> None:
    """What the SDK's installer puts in the staging directory becomes the engine."""
    module = machine.home / "sdk" / "pulumi" / "automation.py"
    machine.add_program(module.parent, "__init__.py", "")
    machine.add_program(module.parent, module.name, OFFICIAL.replace("PROGRAMS", repr(PROGRAMS)))
    machine.environment.update(PULUMI_AUDIAN_ENGINE_SOURCE="official", PYTHONPATH=str(module.parents[1]))
    assert machine.run().stdout == f"{machine.programs}\n"
    assert machine.left_behind() == {VERSION}


def test_a_silent_official_site_is_given_up(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installer to which nothing arrives is stopped instead of waited for."""
    monkeypatch.syspath_prepend(ENGINE)
    official = importlib.import_module("engine_install.official")
    staging = importlib.import_module("engine_install.staging")
    errors = importlib.import_module("engine_install.errors")
    machine.engines.mkdir(parents=True)
    modules = importlib.import_module("engine_install.modules")
    engine = staging.Engine(modules.NEWEST, machine.engines / VERSION)
    with socket.create_server(("127.0.0.1", 0)) as silent, engine.staged() as staged:
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{silent.getsockname()[1]}")
        with pytest.raises(errors.SourceError, match="nothing arrived"):
            official.fetch(staged, stall_seconds=0.5)
    assert machine.left_behind() == set()


@pytest.mark.usefixtures("unreachable")
def test_neither_source_says_what_to_do(machine: Machine) -> None:
    """Without the site and without go, the error names both and the two remedies."""
    machine.environment["PULUMI_AUDIAN_ENGINE_SOURCE"] = "auto"
    result = machine.run()
    assert (result.returncode, result.stdout) == (1, "")
    error = result.stderr.splitlines()[-1]
    for part in ("official installer", "no go command on PATH", "pulumi.com/docs", "or Go 1."):
        assert part in error
    assert machine.left_behind() == set()


def test_an_unknown_source_is_refused(machine: Machine) -> None:
    """A misspelt source is an error that lists the right ones."""
    machine.environment["PULUMI_AUDIAN_ENGINE_SOURCE"] = "golang"
    result = machine.run()
    assert result.returncode == 1
    assert "auto, official, go" in result.stderr


def test_a_failed_build_shows_go_output(machine: Machine) -> None:
    """The compiler's message is shown, and no part of the engine stays."""
    machine.add_go("echo '# example.com/a'; echo 'a.go:1:1: undefined: b'; exit 1")
    result = machine.run()
    assert (result.returncode, result.stdout) == (1, "")
    assert "  # example.com/a\n  a.go:1:1: undefined: b\n" in result.stderr
    assert machine.left_behind() == set()


def test_an_engine_of_another_version_is_rejected(machine: Machine) -> None:
    """A built CLI that reports another version is not installed."""
    machine.add_go()
    machine.environment["FAKE_VERSION"] = "v0.0.1"
    result = machine.run()
    assert result.returncode == 1
    assert "v0.0.1" in result.stderr
    assert machine.left_behind() == set()


def test_an_old_go_is_named(machine: Machine) -> None:
    """A go that is too old and may not fetch a newer one is an error before any build."""
    machine.add_go()
    machine.environment["FAKE_GO_VERSION"] = "go1.24.3"
    result = machine.run()
    assert result.returncode == 1
    assert "is go1.24.3" in result.stderr
    assert "GOTOOLCHAIN=local" in result.stderr
    assert not machine.go_calls("build")


def test_an_old_go_may_fetch_its_successor(machine: Machine) -> None:
    """A go that may fetch toolchains builds both programs with the one the CLI needs."""
    machine.add_go()
    machine.environment.update(FAKE_GO_VERSION="go1.24.3", FAKE_GO_POLICY="auto")
    assert machine.run().returncode == 0
    toolchains = {call[3] for call in machine.go_calls("build")}
    assert len(toolchains) == 1
    assert re.fullmatch(r"go1\.\d+\.\d+\+auto", toolchains.pop())


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_leaves_nothing(machine: Machine, signum: signal.Signals) -> None:
    """An interrupted build ends in one line, its processes killed and its files removed."""
    machine.add_go(HANG)
    process = machine.start()
    with (machine.home / "fifo").open(encoding="utf-8") as fifo:
        fifo.readline()
        process.send_signal(signum)
        _, errors = process.communicate(timeout=LIMIT_SECONDS)
        assert fifo.read() == ""
    assert process.returncode == 128 + signum
    assert errors.splitlines()[-1].startswith("interrupted")
    assert "Traceback" not in errors
    assert machine.left_behind() == set()


def test_stale_staging_is_removed(machine: Machine) -> None:
    """What an installer killed outright left behind is gone after the next run."""
    machine.add_go(HANG)
    process = machine.start()
    with (machine.home / "fifo").open(encoding="utf-8") as fifo:
        go = int(fifo.readline())
        process.kill()
        process.communicate(timeout=LIMIT_SECONDS)
        os.killpg(go, signal.SIGKILL)
    assert machine.left_behind() != set()
    machine.add_go()
    assert machine.run().returncode == 0
    assert machine.left_behind() == {VERSION}


def test_two_runs_build_once(machine: Machine) -> None:
    """A second installer says that it waits, then uses what the first installed."""
    machine.add_go(f'case "$*" in *osusergo*) cat "$FAKE_FIFO" ;; esac\n{BUILD}')
    first = machine.start()
    with (machine.home / "fifo").open("w", encoding="utf-8"):
        second = machine.start()
        assert second.stderr
        assert "waiting" in second.stderr.readline()
    outputs = [process.communicate(timeout=LIMIT_SECONDS)[0] for process in (first, second)]
    assert outputs == [f"{machine.programs}\n"] * 2
    assert len(machine.go_calls("build")) == len(("cli", "language"))


def test_a_terminal_shows_live_progress(machine: Machine) -> None:
    """On a terminal the line under way counts the packages compiled so far."""
    machine.add_go(f'echo fmt; echo example.com/a; cat "$FAKE_FIFO"\n{BUILD}')
    terminal, stderr = pty.openpty()
    process = machine.start(stderr=stderr)
    os.close(stderr)
    shown = ""
    with os.fdopen(terminal, encoding="utf-8", newline="") as reader:
        while "2 of 3 packages" not in shown and process.poll() is None:
            shown += reader.read(1)
        process.terminate()
        process.communicate(timeout=LIMIT_SECONDS)
    assert "2 of 3 packages" in shown

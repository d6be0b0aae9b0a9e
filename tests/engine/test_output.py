"""What becomes of a command's output: on terminals of other encodings, into pipes that close, from files of Windows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from audian_emulator import Control, Emulator
from test_cli import audian, document
from workbench import ACME, Workbench

ABROAD = "東京 ☎ \U0001f4de"
ACME_ABROAD = {"accountId": ACME, "displayName": ABROAD}
ENCODINGS = {
    "cp1252": {"PYTHONIOENCODING": "cp1252"},
    "ascii": {"LC_ALL": "C", "PYTHONIOENCODING": "ascii"},
}
COMMANDS: dict[tuple[str, ...], int] = {
    ("preview", "--from", "preview.json", "--out", "report.md"): 2,
    ("preview", "--from", "preview.json", "--format", "markdown"): 2,
    ("preview", "--from", "preview.json", "--format", "json"): 2,
    ("drift", "--from", "preview.json"): 2,
    ("show", ACME): 0,
    ("show", ACME, "--json"): 0,
    ("export", ACME): 0,
    ("validate", "stacks/Pulumi.test.yaml", "wrong-東.yaml"): 1,
    ("doctor",): 0,
}


@pytest.fixture(scope="module")
def abroad(tmp_path_factory: pytest.TempPathFactory, engine_directory: Path) -> Iterator[Workbench]:
    """A stack with names that few encodings have, which someone edited, and a saved preview of it."""
    with Emulator.running() as emulator:
        bench = Workbench(tmp_path_factory.mktemp("abroad"), Control(emulator.url), engine_directory)
        bench.environment["AUDIAN_API_URL"] = bench.api.api_url
        _lay_out(bench)
        yield bench


def _lay_out(bench: Workbench) -> None:
    bench.settle(acme=ACME_ABROAD)
    bench.api.edit(ACME, {"displayName": ABROAD + "2"})
    bench.declare(acme={**ACME_ABROAD, "displayName": ABROAD + "3"})
    (bench.directory / "preview.json").write_text(bench.execute("preview", "--json", "--show-sames").stdout, "utf-8")
    (bench.directory / "wrong-東.yaml").write_text("config: {audian:accounts: {東京: {accountId: ☎}}}\n", "utf-8")


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_encoding_ends_a_command(abroad: Workbench, command: tuple[str, ...], encoding: str) -> None:
    """What an encoding lacks is escaped; exit code and files are the same."""
    report = abroad.directory / "report.md"
    report.unlink(missing_ok=True)
    done = subprocess.run(
        [sys.executable, "-c", "from pulumi_audian.cli import main; main()", *command],
        cwd=abroad.directory,
        env={**abroad.environment, **ENCODINGS[encoding]},
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, b"Traceback" in done.stderr) == (COMMANDS[command], False), done.stderr.decode()
    assert done.stdout
    if "--out" in command:
        assert ABROAD in report.read_text("utf-8")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_what_powershell_saved_is_read(abroad: Workbench, encoding: str) -> None:
    """A preview and a list of ids may be in UTF-16 or begin with a byte order mark, in a file or piped."""
    text = (abroad.directory / "preview.json").read_text("utf-8")
    plain = document(abroad, "preview", "--from", "preview.json", code=2)
    saved = abroad.directory / "saved.json"
    saved.write_bytes(text.encode(encoding))
    assert document(abroad, "preview", "--from", "saved.json", code=2) == plain
    assert json.loads(piped(abroad, saved, "preview", "--from", "-", "--format", "json")) == plain
    ids = abroad.directory / "ids.txt"
    ids.write_bytes(f"{ACME} # Acme\r\n".encode(encoding))
    exported = audian(abroad, "export", ACME).stdout
    assert audian(abroad, "export", "--ids", "ids.txt").stdout == exported
    assert piped(abroad, ids, "export", "-") == exported


def piped(bench: Workbench, file: Path, *arguments: str) -> str:
    """What a command prints with a file as its standard input."""
    with file.open("rb") as opened:
        return subprocess.run(
            [sys.executable, "-c", "from pulumi_audian.cli import main; main()", *arguments],
            cwd=bench.directory,
            env=bench.environment,
            stdin=opened,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        ).stdout


@pytest.mark.parametrize(
    ("command", "errors_too"), [*((command, False) for command in COMMANDS), (next(iter(COMMANDS)), True)]
)
def test_a_reader_who_leaves_stops_nothing(abroad: Workbench, command: tuple[str, ...], errors_too: bool) -> None:  # noqa: FBT001
    """With `| head -1` a command is quiet, writes its files, and ends with its own exit code."""
    report = abroad.directory / "report.md"
    report.unlink(missing_ok=True)
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-c", "from pulumi_audian.cli import main; main()", *command],
        cwd=abroad.directory,
        env=abroad.environment,
        stdout=writing,
        stderr=writing if errors_too else subprocess.PIPE,
        timeout=120,
        check=False,
    )
    os.close(writing)
    assert done.returncode == COMMANDS[command]
    assert b"Error" not in (done.stderr or b"")
    assert report.exists() == ("--out" in command)


def test_a_file_that_can_not_be_written_hides_no_report(abroad: Workbench) -> None:
    """The report is printed and written to the other files, and the command fails."""
    (abroad.directory / "full.md").symlink_to("/dev/full")
    done = audian(abroad, "preview", "--from", "preview.json", "--out", "full.md", "--out", "other.md")
    assert done.returncode == 1
    assert "full.md can't be written: No space left on device" in done.stderr
    assert ABROAD in done.stdout
    assert ABROAD in (abroad.directory / "other.md").read_text("utf-8")

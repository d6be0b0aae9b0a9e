"""How large a stack's configuration may be, as the engine itself decides."""

from __future__ import annotations

import pytest

from audian_emulator import Control
from pulumi_audian.validation.handover import MOST_BYTES, bytes_handed_over
from pulumi_audian.validation.parsing import parse
from pulumi_audian.validation.project import Project
from test_cli import audian
from workbench import ACME, GLOBEX, Workbench


def fill(bench: Workbench, size: int) -> None:
    """Write a stack file of which the engine hands so many bytes to the program, some of it encrypted."""
    file = bench.directory / "stacks" / "Pulumi.test.yaml"
    project = Project.around(bench.directory)
    assert project is not None

    def written(pad: int) -> int:
        metadata = {"<\u00fc>": "&\\", "pad": "x" * pad, "list": [1, 1.5]}
        bench.declare(acme={"accountId": ACME, "metadata": metadata})
        bench.command("config", "set", "--path", "--secret", "audian:accounts.acme.metadata.pin", "pin-0815")
        root = parse(file.read_bytes()).root
        assert root is not None
        return bytes_handed_over(root, project)

    assert written(size - written(0)) == size


@pytest.mark.parametrize(("size", "starts"), [(MOST_BYTES, True), (MOST_BYTES + 1, False)])
def test_the_largest_configuration_that_starts_is_known(bench: Workbench, size: int, *, starts: bool) -> None:
    """With one byte more no program starts, and validate and doctor say so before; with it they say how near it is."""
    fill(bench, size)
    preview = bench.preview()
    assert ("argument list too long" in preview.text) is not starts
    assert (preview.code == 0) is starts, preview.text
    validated, doctor = audian(bench, "validate"), audian(bench, "doctor")
    assert (validated.returncode == 0) is starts
    measured = f"the configuration takes {size:,} of the 131,072 bytes that Linux passes to a program"
    way_out = "declare accounts in a program that reads a file of its own, or in several stacks"
    assert measured in validated.stdout + validated.stderr
    assert way_out in validated.stdout + validated.stderr
    assert (measured if starts else "1 problem in") in doctor.stdout


def test_an_export_that_would_not_start_is_refused(bench: Workbench, api: Control) -> None:
    """Accounts are not added to a file that no program starts with then, and the file stays as it was."""
    fill(bench, MOST_BYTES - 100)
    file = bench.directory / "stacks" / "Pulumi.test.yaml"
    before = file.read_bytes()
    done = audian(bench, "export", GLOBEX, "--into", str(file))
    assert done.returncode == 1
    assert "bytes that Linux passes to a program: the engine can't start a program with more" in done.stderr
    assert done.stderr.rstrip().endswith("nothing was written")
    assert file.read_bytes() == before
    assert api.account(GLOBEX)["id"] == GLOBEX

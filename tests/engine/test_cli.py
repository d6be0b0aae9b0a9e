"""`audian preview` and `audian drift` as a pipeline runs them: real engine, real API, exit codes and files."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import time
from typing import Any

import pytest

from workbench import ACME, GLOBEX, Workbench

ACME_2 = {"accountId": ACME, "displayName": "Acme 2"}
HALF = '{"steps": [{"op": "update", "urn": "urn:pul'


def audian(bench: Workbench, *arguments: str, typed: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command in the project, as installed in the environment."""
    return subprocess.run(
        [sys.executable, "-c", "from pulumi_audian.cli import main; main()", *arguments],
        cwd=bench.directory,
        env={**bench.environment, "COLUMNS": "120"},
        input=typed,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def document(bench: Workbench, *arguments: str, code: int) -> dict[str, Any]:
    """The report as JSON of a command that ends with an exit code."""
    command, *rest = arguments
    done = audian(bench, command, "--format", "json", *rest)
    assert done.returncode == code, done.stdout + done.stderr
    return dict(json.loads(done.stdout))


def stub_engine(bench: Workbench, script: str) -> None:
    """Put a command called pulumi first on PATH."""
    directory = bench.directory.parent / "stub"
    directory.mkdir()
    command = directory / "pulumi"
    command.write_text(f"#!/bin/sh\n{script}\n")
    command.chmod(command.stat().st_mode | stat.S_IXUSR)
    bench.environment["PATH"] = os.pathsep.join([str(directory), bench.environment["PATH"]])


def test_exit_codes_tell_nothing_changes_and_failure_apart(bench: Workbench) -> None:
    """0 where nothing changes, 2 where something does, 1 where the declaration is refused."""
    bench.declare(acme=ACME_2)
    adoption = audian(bench, "preview", "--stack", "test")
    assert adoption.returncode == 2, adoption.stdout + adoption.stderr
    assert "displayName" in adoption.stdout
    assert '"Acme Corp"' in adoption.stdout
    assert bench.api.writes() == []
    bench.settle(acme=ACME_2)
    quiet = audian(bench, "preview")
    assert (quiet.returncode, bench.calls()) == (0, [])
    bench.declare(acme={**ACME_2, "plan": "enterprise"})
    refused = audian(bench, "preview")
    assert refused.returncode == 1
    assert "stacks/Pulumi.test.yaml:" in refused.stdout


def test_a_refusal_hides_no_other_account_in_silence(bench: Workbench) -> None:
    """The engine ends a preview at the first problem, so the report says that there may be more."""
    bench.declare(acme={**ACME_2, "email": "nope"}, globex={"accountId": GLOBEX, "email": "nope"})
    done = audian(bench, "preview")
    assert done.returncode == 1
    assert "a preview ends at the first problem" in done.stdout
    assert f"({ACME})" in done.stdout or f"({GLOBEX})" in done.stdout


def test_a_preview_works_with_a_read_only_token(bench: Workbench) -> None:
    """A check on a pull request needs no right to write."""
    bench.environment["AUDIAN_API_TOKEN"] = bench.api.read_only_token
    bench.declare(acme=ACME_2)
    assert audian(bench, "preview").returncode == 2


@pytest.mark.parametrize(("concern", "code"), [("status", 1), ("any", 1), ("delete", 2), ("drift", 2)], ids=str)
def test_fail_on_chooses_what_turns_a_check_red(bench: Workbench, concern: str, code: int) -> None:
    """A suspension fails a check that fails on status changes, and no other."""
    bench.settle(acme=ACME_2)
    bench.declare(acme={**ACME_2, "status": "suspended", "allowStatus": ["suspended"]})
    done = audian(bench, "preview", "--fail-on", concern)
    assert done.returncode == code
    assert (f"(this check fails on {concern})" in done.stdout) == (code == 1)


def test_other_arguments_reach_the_engine(bench: Workbench) -> None:
    """What the command does not know is passed on, in front of and after its own options."""
    bench.settle(acme=ACME_2)
    bench.api.edit(ACME, {"displayName": "Drifted"})
    assert document(bench, "preview", code=0)["stacks"][0]["accounts"] == []
    refreshed = document(bench, "preview", "--refresh", "--parallel", "2", code=2)
    (row,) = refreshed["stacks"][0]["accounts"][0]["rows"]
    assert (row["live"], row["declared"], row["effect"]) == ({"value": "Drifted"}, {"value": "Acme 2"}, "drift")
    assert audian(bench, "preview", "--refresh", "--fail-on", "drift").returncode == 1


def test_drift_is_reported_and_nothing_is_written(bench: Workbench) -> None:
    """A scheduled check shows what others changed, by field, and leaves state and account alone."""
    bench.settle(acme=ACME_2, globex={"accountId": GLOBEX, "displayName": "Globex"})
    assert document(bench, "drift", code=0)["stacks"][0]["unchanged"] == 2
    bench.api.edit(ACME, {"displayName": "Drifted"})
    bench.api.clear()
    (account,) = document(bench, "drift", "--stack", "test", code=2)["stacks"][0]["accounts"]
    assert (account["name"], account["action"]) == ("acme", "drift")
    assert set(bench.calls()) == {"GET"}
    assert document(bench, "preview", code=0)["stacks"][0]["accounts"] == []


def test_several_stacks_make_one_report(bench: Workbench) -> None:
    """Each stack is looked at, and one that fails does not hide the others."""
    bench.declare(acme=ACME_2)
    report = document(bench, "preview", "--stack", "test", "--stack", "nowhere", code=1)
    first, second = report["stacks"]
    assert (first["name"], first["failure"], len(first["accounts"])) == ("test", None, 1)
    assert second["name"] == "nowhere"
    assert "no stack named 'nowhere' found" in second["failure"]


def test_saved_output_gives_the_same_report(bench: Workbench) -> None:
    """A preview made by another job is reported from its file or from standard input."""
    bench.settle(acme=ACME_2)
    bench.declare(acme={**ACME_2, "phone": "+1-555-0177"})
    saved = bench.directory / "preview.json"
    saved.write_text(bench.execute("preview", "--json", "--show-sames").stdout)
    made = document(bench, "preview", code=2)
    assert document(bench, "preview", "--from", str(saved), code=2) == made
    piped = audian(bench, "preview", "--from", "-", "--format", "json", typed=saved.read_text())
    assert (piped.returncode, json.loads(piped.stdout)) == (2, made)


def test_a_saved_adoption_does_not_know_the_live_values(bench: Workbench) -> None:
    """What the engine prints of an adoption is a message for people, of which a report takes nothing."""
    bench.declare(acme={**ACME_2, "status": "active"})
    saved = bench.directory / "preview.json"
    saved.write_text(bench.execute("preview", "--json", "--show-sames").stdout)
    report = document(bench, "preview", "--from", str(saved), "--fail-on", "status", code=2)
    assert report["concerns"] == ["any"]
    assert [(row["path"], row["live"], row["effect"]) for row in report["stacks"][0]["accounts"][0]["rows"]] == [
        ("displayName", {"mark": "notKnown"}, "unread"),
        ("status", {"mark": "notKnown"}, "unread"),
    ]


def test_the_report_goes_to_files_too(bench: Workbench) -> None:
    """Each file has the form of its suffix."""
    bench.declare(acme=ACME_2)
    names = ("report.md", "report.json", "report.txt")
    done = audian(bench, "preview", *(text for name in names for text in ("--out", name)))
    assert done.returncode == 2, done.stderr
    markdown, as_json, text = ((bench.directory / name).read_text() for name in names)
    assert markdown.startswith("## ")
    assert json.loads(as_json)["stacks"][0]["name"] == "test"
    assert "displayName" in text
    assert "\x1b" not in text


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (f"printf '%s' '{HALF}'; echo 'error: connection lost' >&2; exit 1", "connection lost"),
        (f"printf '%s' '{HALF}'", "complete answer"),
        ("kill -9 $$", "exit code -9"),
        ("echo panic: runtime error >&2; exit 2", "panic: runtime error"),
        ("echo Welcome to Pulumi; exit 0", "complete answer"),
    ],
)
def test_a_broken_preview_is_a_red_report(bench: Workbench, script: str, reason: str) -> None:
    """Half an answer, a crash or another text give a report with the reason, and never a green check."""
    stub_engine(bench, script)
    report = document(bench, "preview", "--stack", "prod", code=1)
    assert reason in report["stacks"][0]["failure"]
    assert (report["stacks"][0]["project"], report["stacks"][0]["name"]) == ("audian", "prod")


@pytest.mark.parametrize("stack", ["prod", "acme/prod", "acme/audian/prod"])
def test_a_stack_has_one_name_however_it_is_written(bench: Workbench, stack: str) -> None:
    """A failure is reported of the same stack as a success, so that it takes the place of that one's comment."""
    stub_engine(bench, 'printf "%s" "$*" > ran.txt; echo half')
    report = document(bench, "preview", "--stack", stack, code=1)
    assert (report["stacks"][0]["project"], report["stacks"][0]["name"]) == ("audian", "prod")
    assert f"--stack {stack}" in (bench.directory / "ran.txt").read_text()


def test_half_a_saved_preview_is_that_of_the_named_stack(bench: Workbench) -> None:
    """What another job saved of a preview that broke off is red, and is reported of the stack that --stack names."""
    for name in ("test", "prod"):
        (bench.directory / f"{name}.json").write_text(HALF)
    report = document(
        bench, "preview", "--from", "test.json", "--from", "prod.json", "--stack", "test", "--stack", "prod", code=1
    )
    assert [stack["name"] for stack in report["stacks"]] == ["test", "prod"]
    piped = audian(bench, "preview", "--from", "-", "--stack", "prod", typed=HALF)
    assert piped.returncode == 1
    assert "no answer for prod" in piped.stdout


def test_a_preview_that_hangs_is_stopped(bench: Workbench) -> None:
    """After --timeout the engine and all its children are stopped, and the report says so."""
    stub_engine(bench, "sh -c 'sleep 300; echo $0' & echo started > started.txt; wait")
    started = time.monotonic()
    report = document(bench, "preview", "--timeout", "2", code=1)
    assert time.monotonic() - started < 60
    assert "was stopped after 2 seconds" in report["stacks"][0]["failure"]
    assert (bench.directory / "started.txt").exists()


def test_without_the_engine_the_report_says_how_to_get_it(bench: Workbench) -> None:
    """A machine without the CLI gets a report, not a traceback."""
    bench.environment["PATH"] = str(bench.directory)
    report = document(bench, "preview", code=1)
    assert "install the Pulumi CLI" in report["stacks"][0]["failure"]


def test_credentials_never_reach_the_report(bench: Workbench) -> None:
    """What the engine or the program prints of the environment's secrets is masked everywhere."""
    bench.environment["PULUMI_ACCESS_TOKEN"] = "pul-0123456789abcdef"
    stub_engine(bench, 'echo "token $PULUMI_ACCESS_TOKEN and $AUDIAN_API_TOKEN" >&2; exit 1')
    done = audian(bench, "preview", "--out", "report.md")
    text = done.stdout + done.stderr + (bench.directory / "report.md").read_text()
    assert "[secret]" in done.stdout
    assert "pul-0123456789abcdef" not in text
    assert bench.api.full_token not in text


@pytest.mark.parametrize(
    "arguments",
    [
        ("preview", "--format", "pdf"),
        ("preview", "--out", "report.pdf"),
        ("preview", "--out", "missing/report.md"),
        ("preview", "--out", "stacks.md"),
        ("preview", "--from", "missing.json"),
        ("preview", "--from", "saved.json", "--refresh"),
        ("preview", "--from", "stacks/Pulumi.test.yaml", "--stack", "test", "--stack", "prod"),
        ("preview", "--cwd", "missing"),
        ("preview", "--fail-on", "everything"),
        ("preview", "--github"),
        ("drift", "--issue"),
        ("previews",),
    ],
    ids=" ".join,
)
def test_a_mistake_on_the_command_line_is_no_change(bench: Workbench, arguments: tuple[str, ...]) -> None:
    """It ends with exit code 1 before anything is run, since 2 says that there are changes."""
    stub_engine(bench, "touch ran.txt")
    (bench.directory / "stacks.md").mkdir()
    done = audian(bench, *arguments)
    assert done.returncode == 1, done.stdout
    assert "Traceback" not in done.stderr
    assert not (bench.directory / "ran.txt").exists()


def test_a_summary_has_a_line_for_each_account(bench: Workbench) -> None:
    """With --summary the terminal gets the verdict and a line an account; other forms are not shortened."""
    bench.declare(acme=ACME_2, globex={"accountId": GLOBEX})
    done = audian(bench, "preview", "--summary")
    assert (done.returncode, done.stdout.splitlines()) == (
        2,
        [
            "Preview of audian/test: 2 accounts are adopted",
            f"- acme ({ACME}) comes under management: up writes 1 value",
            f"- globex ({GLOBEX}) comes under management, and already is as declared: up writes nothing",
        ],
    )
    refused = audian(bench, "preview", "--summary", "--format", "json")
    assert refused.returncode == 1
    assert "shortens what is shown on the terminal only" in refused.stderr

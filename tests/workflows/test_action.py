"""The action's scripts: what they ask of `audian`, what they make of its exit code, and what odd inputs do to them."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pytest
from tests.workflows.steps import ACTION, CHECKOUT, Runner, step

from pulumi_audian.cli.github.event import SAFE_EVENTS

CHECK = "Check the accounts"
INSTALL = "Install the requirements"
MODULE = "thing"


PACK = "Install the policy pack"
SAFE = "Let safe events through"


@pytest.mark.parametrize("event", [*sorted(SAFE_EVENTS), "pull_request_target", "issue_comment", "workflow_run", ""])
def test_the_first_step_lets_only_safe_events_through(runner: Runner, event: str) -> None:
    """Before anything of the repository is run, the action refuses the same events as the command."""
    assert ACTION["runs"]["steps"][0] == step(SAFE)
    outcome = runner.run(SAFE, event=event)
    assert (outcome.code, "::error::" in outcome.log) == ((0, False) if event in SAFE_EVENTS else (1, True))


def options(arguments: list[str]) -> list[str]:
    """The arguments that an input chose: without those of every call and the paths of the reports."""
    always = ("--github", "--cwd=", "--out=", "--timeout=900")
    return [argument for argument in arguments if not argument.startswith(always)]


@pytest.mark.parametrize(
    ("status", "code", "changes", "failed"),
    [
        (0, 0, "false", "false"),
        (2, 0, "true", "false"),
        (1, 1, "unknown", "true"),
        (137, 137, "unknown", "true"),
    ],
)
def test_changes_leave_the_check_green_and_a_failure_turns_it_red(
    runner: Runner, status: int, code: int, changes: str, failed: str
) -> None:
    """Exit code 2 says that something changes; every other one but 0 fails the check with the same code."""
    runner.install_audian()
    outcome = runner.run(CHECK, {"stacks": "prod"}, status=status)
    assert outcome.code == code, outcome.log
    assert (outcome.outputs["changes"], outcome.outputs["failed"]) == (changes, failed)


@pytest.mark.parametrize("status", [0, 1, 2])
def test_the_report_is_where_the_output_says(runner: Runner, status: int) -> None:
    """Later steps can read the report, also that of a failure."""
    runner.install_audian()
    outcome = runner.run(CHECK, {"stacks": "prod"}, status=status, report="all of it")
    assert Path(outcome.outputs["report"]).read_text("utf-8") == "all of it"
    assert Path(outcome.outputs["report-json"]).read_text("utf-8") == "all of it"


def test_no_report_is_promised_where_there_is_none(runner: Runner) -> None:
    """A check that ended before it wrote a report names no file."""
    runner.install_audian()
    outcome = runner.run(CHECK, {"stacks": "prod"}, status=1, report="")
    assert set(outcome.outputs) == {"changes", "failed"}


def test_two_checks_in_one_job_keep_their_reports_apart(runner: Runner) -> None:
    """The second use of the action does not overwrite the report of the first."""
    runner.install_audian()
    first = runner.run(CHECK, {"stacks": "prod"}, report="first")
    second = runner.run(CHECK, {"stacks": "test"}, report="second")
    assert Path(first.outputs["report"]).read_text("utf-8") == "first"
    assert Path(second.outputs["report"]).read_text("utf-8") == "second"


@pytest.mark.parametrize(
    ("inputs", "command", "expected"),
    [
        ({"stacks": "prod"}, "preview", ["--stack=prod", "--"]),
        ({"stacks": ""}, "preview", ["--"]),
        ({"stacks": "prod test"}, "preview", ["--stack=prod", "--stack=test", "--"]),
        ({"stacks": "\n  acme/phones/prod\n\n  test\n"}, "preview", ["--stack=acme/phones/prod", "--stack=test", "--"]),
        ({"stacks": "prod", "comment": "false"}, "preview", ["--no-comment", "--stack=prod", "--"]),
        ({"stacks": "prod", "check": "drift"}, "drift", ["--issue", "--stack=prod", "--"]),
        ({"stacks": "prod", "check": "drift", "comment": "false"}, "drift", ["--stack=prod", "--"]),
        ({"stacks": "a", "timeout": "90"}, "preview", ["--timeout=90", "--stack=a", "--"]),
        (
            {"stacks": "a", "fail-on": "status delete"},
            "preview",
            ["--stack=a", "--fail-on=status", "--fail-on=delete", "--"],
        ),
        (
            {"stacks": "a", "arguments": "--refresh\n--config=a:b=c d\n"},
            "preview",
            ["--stack=a", "--", "--refresh", "--config=a:b=c d"],
        ),
    ],
)
def test_each_input_becomes_its_option(
    runner: Runner, inputs: dict[str, str], command: str, expected: list[str]
) -> None:
    """What a workflow sets is what the command gets."""
    runner.install_audian()
    outcome = runner.run(CHECK, inputs)
    assert outcome.code == 0, outcome.log
    assert outcome.arguments[:2] == [command, "--github"]
    assert options(outcome.arguments[2:]) == expected


def test_policies_are_those_of_the_pack_in_the_action(runner: Runner) -> None:
    """A team names its configuration, and nothing else; its own arguments come after."""
    runner.install_audian()
    outcome = runner.run(CHECK, {"stacks": "a", "policies": "our policy.json", "arguments": "--refresh"})
    assert outcome.code == 0, outcome.log
    pack = f"--policy-pack={runner.action}/policy/run"
    assert options(outcome.arguments[1:]) == [
        "--stack=a",
        "--",
        pack,
        "--policy-pack-config=our policy.json",
        "--refresh",
    ]


def test_policies_are_not_left_out_of_a_drift_check_in_silence(runner: Runner) -> None:
    """The engine's refresh knows none."""
    runner.install_audian()
    outcome = runner.run(CHECK, {"stacks": "a", "policies": "policy.json", "check": "drift"})
    assert outcome.code == 1
    assert "::error::a drift check knows no policies" in outcome.log
    assert outcome.arguments == []


def test_the_pack_gets_an_environment_of_its_own_where_there_are_policies(runner: Runner) -> None:
    """It is where the pack's own command looks for it, holds what its lock says, and is made only if it is needed."""
    pack = runner.action / "policy"
    pack.mkdir(parents=True)
    write_wheel(pack)
    wheel = next(pack.glob("*.whl"))
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    (pack / "requirements.lock").write_text(f"{wheel.as_uri()} --hash=sha256:{digest}\n", "utf-8")
    outcome = runner.run(PACK)
    assert outcome.code == 0, outcome.log
    assert list(pack.glob(f"venv/lib/python3*/site-packages/{MODULE}.py"))
    assert step(PACK)["if"] == "inputs.policies != ''"


ODD = [
    "$(touch evil)",
    "`touch evil`",
    '"; touch evil; "',
    "'; touch evil; '",
    "*",
    "--help",
    "-- x",
    "\\",
    "${HOME}",
    "ü\u202e😀",
]


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_input_is_an_argument_and_nothing_else(runner: Runner, odd: str) -> None:
    """Nothing in an input is run, expanded or taken for another option."""
    runner.install_audian()
    outcome = runner.run(CHECK, dict.fromkeys(("stacks", "fail-on", "timeout", "arguments"), odd))
    assert outcome.code == 0, outcome.log
    words = odd.split()
    expected = [f"--timeout={odd}", *(f"--stack={word}" for word in words), *(f"--fail-on={word}" for word in words)]
    assert options(outcome.arguments[1:]) == [*expected, "--", odd]
    assert not list(runner.root.rglob("evil"))


@pytest.mark.parametrize("directory", [".", "infra", "our phones", "$(touch evil)", "it's", '"', "-x"])
def test_a_program_in_a_directory_of_any_name(runner: Runner, directory: str) -> None:
    """The command of the program's own environment is found, and told where the program is."""
    runner.install_audian(f"{directory}/.venv")
    outcome = runner.run(CHECK, {"stacks": "prod", "working-directory": directory})
    assert outcome.code == 0, outcome.log
    assert f"--cwd={directory}" in outcome.arguments
    assert not list(runner.root.rglob("evil"))


@pytest.mark.parametrize("inputs", [{"check": "up"}, {"check": "$(touch evil)"}, {"comment": "yes"}])
def test_an_input_with_a_wrong_value_is_an_error(runner: Runner, inputs: dict[str, str]) -> None:
    """A misspelt check does not pass for a preview."""
    runner.install_audian()
    outcome = runner.run(CHECK, {"stacks": "prod", **inputs})
    assert outcome.code == 1
    assert "::error::check is preview or drift, and comment is true or false" in outcome.log
    assert outcome.arguments == []


def test_requirements_without_the_command_are_an_error_that_names_them(runner: Runner) -> None:
    """Whoever forgot the extra in requirements.txt is told which."""
    outcome = runner.run(CHECK, {"stacks": "prod"})
    assert outcome.code == 127
    assert outcome.outputs["failed"] == "true"
    assert "add pulumi-audian[cli] @ git+https://github.com/YOUR-ORG/pulumi-audian@COMMIT to its" in outcome.log


def write_wheel(directory: Path) -> None:
    """Write the wheel of a distribution with one module."""
    info = f"{MODULE}-1.dist-info"
    with zipfile.ZipFile(directory / f"{MODULE}-1-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{MODULE}.py", "")
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {MODULE}\nVersion: 1\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")


def test_requirements_are_installed_into_the_programs_environment(runner: Runner) -> None:
    """The environment that Pulumi.yaml names exists afterwards, in the program's directory, with what it requires."""
    program = runner.workspace / "our phones"
    program.mkdir()
    write_wheel(program)
    (program / "pip $(x).txt").write_text(f"./{MODULE}-1-py3-none-any.whl\n", "utf-8")
    outcome = runner.run(
        INSTALL, {"working-directory": "our phones", "requirements": "pip $(x).txt", "virtualenv": "my env"}
    )
    assert outcome.code == 0, outcome.log
    assert list(program.glob(f"my env/lib/python3*/site-packages/{MODULE}.py"))


def test_requirements_that_are_not_there_turn_the_check_red(runner: Runner) -> None:
    """A missing file is named in the log."""
    outcome = runner.run(INSTALL)
    assert outcome.code != 0
    assert "requirements.txt" in outcome.log


def test_no_input_reaches_a_script_but_through_the_environment() -> None:
    """No expression stands in a script, where its value would be run."""
    scripts = [step["run"] for step in ACTION["runs"]["steps"] if "run" in step]
    assert scripts
    assert [script for script in scripts if "${{" in script] == []


def test_the_engine_is_the_one_that_the_tests_run_on() -> None:
    """One version of the CLI is the action's default, and that of the workflows, the example and the newest tested."""
    version = str(ACTION["inputs"]["pulumi-version"]["default"])
    names = {
        "tools/engine/cli/go.mod": f"github.com/pulumi/pulumi/pkg/v3 v{version} ",
        ".github/workflows/up.yml": f"pulumi-version: {version}\n",
        "docs/gitlab-ci.yml": f"image: pulumi/pulumi-python:{version}\n",
    }
    assert {name for name, line in names.items() if line not in (CHECKOUT / name).read_text("utf-8")} == set()


def test_only_the_check_itself_is_given_the_token() -> None:
    """Code that requirements run while they are installed can't write to the pull request."""
    assert "AUDIAN_GITHUB_TOKEN" in step(CHECK)["env"]
    assert "github-token" not in str([step for step in ACTION["runs"]["steps"] if step["name"] != CHECK])

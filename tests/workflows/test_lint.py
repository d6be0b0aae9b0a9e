"""The workflows, the action and the examples, held by the linters that know their formats."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from tests.workflows.steps import ACTION, CHECKOUT

ACTIONLINT = "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12"
GUIDE = CHECKOUT / "docs" / "pull-request-checks.md"
WORKFLOWS = sorted((CHECKOUT / ".github" / "workflows").glob("*.yml"))
PINNED = re.compile(r"[\w.-]+(?:/[\w.-]+)+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
USES = re.compile(r"^[\s-]*uses: (.+)$", re.MULTILINE)


def run(*command: str | Path, directory: Path = CHECKOUT) -> None:
    """Run a linter; what it finds is the failure's text."""
    done = subprocess.run(
        command, cwd=directory, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def found(linter: str) -> Path:
    """A linter of the environment."""
    return Path(sys.executable).parent / linter


def examples() -> list[str]:
    """The whole workflows that the guide shows."""
    blocks = re.findall(r"^```yaml\n(.*?)^```$", GUIDE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return [block for block in blocks if "jobs:" in block]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Another repository with the guide's examples as its workflows, and the action at the commit of a release."""
    workflows = tmp_path / ".github" / "workflows"
    workflows.mkdir(parents=True)
    for number, text in enumerate(examples()):
        pinned = re.sub(r"YOUR-ORG/pulumi-audian@.*", f"acme/pulumi-audian@{'0' * 40} # v0.1.0", text)
        (workflows / f"example-{number}.yml").write_text(pinned, "utf-8")
    (tmp_path / ".git").mkdir()
    return tmp_path


@pytest.fixture(scope="session")
def actionlint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Actionlint, built from the Go module; it lints scripts too where there is a shellcheck on PATH."""
    go = shutil.which("go")
    if go is None:
        pytest.skip("actionlint is built with Go, and there is none on PATH")
    directory = tmp_path_factory.mktemp("go")
    built = subprocess.run(
        [go, "install", ACTIONLINT],
        env={**os.environ, "GOBIN": str(directory)},
        capture_output=True,
        text=True,
        check=False,
    )
    if built.returncode == 0:
        return directory / "actionlint"
    reason = f"actionlint could not be built: {built.stderr.strip()}"
    # A machine without internet access is not at fault; a CI machine is.
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def test_the_workflows_and_the_action_are_safe() -> None:
    """Zizmor finds no injection, unpinned action, excessive permission or kept credential."""
    run(found("zizmor"), "--offline", "--quiet", "--persona=pedantic", ".github", "action.yml")


def test_the_examples_are_safe(repository: Path) -> None:
    """What the guide tells others to copy passes the same audit."""
    assert examples()
    run(found("zizmor"), "--offline", "--quiet", ".", directory=repository)


@pytest.mark.parametrize(
    ("schema", "files"),
    [
        ("github-workflows", WORKFLOWS),
        ("github-actions", [CHECKOUT / "action.yml"]),
        ("gitlab-ci", [CHECKOUT / "docs" / "gitlab-ci.yml"]),
    ],
)
def test_each_file_fits_its_schema(schema: str, files: list[Path]) -> None:
    """No key is misspelt or misplaced."""
    run(found("check-jsonschema"), "--builtin-schema", f"vendor.{schema}", *files)


def test_the_examples_fit_the_schema(repository: Path) -> None:
    """The same for the guide's workflows."""
    run(found("check-jsonschema"), "--builtin-schema", "vendor.github-workflows", *repository.rglob("*.yml"))


def test_the_workflows_are_what_github_accepts(actionlint: Path) -> None:
    """Actionlint knows the contexts, the types of expressions and the inputs of the action."""
    run(actionlint)


def test_the_examples_are_what_github_accepts(actionlint: Path, repository: Path) -> None:
    """The same for the guide's workflows."""
    run(actionlint, directory=repository)


def test_the_scripts_of_the_action_are_sound(tmp_path: Path) -> None:
    """Shellcheck finds nothing in the scripts, which actionlint does not read."""
    shellcheck = shutil.which("shellcheck")
    if shellcheck is None:
        pytest.skip("there is no shellcheck on PATH")
    for number, step in enumerate(ACTION["runs"]["steps"]):
        script = "#!/bin/bash\nset -eo pipefail\n" + step.get("run", "")
        (tmp_path / f"{number}.bash").write_text(script, "utf-8")
    run(shellcheck, *tmp_path.iterdir())


def test_every_action_is_pinned_to_the_same_release_everywhere() -> None:
    """An action is named by a full commit and its version, and an upgrade forgets no place."""
    files = [*WORKFLOWS, CHECKOUT / "action.yml", GUIDE]
    used = {line for file in files for line in USES.findall(file.read_text("utf-8"))}
    others = {line for line in used if line != "./" and not line.startswith("YOUR-ORG/")}
    assert {line for line in others if not PINNED.fullmatch(line)} == set()
    assert len({line.split("@")[0] for line in others}) == len(others)


def test_the_guide_names_only_inputs_that_exist() -> None:
    """An example with a misspelt input would be ignored by GitHub with no more than a warning."""
    jobs = [job for text in examples() for job in yaml.safe_load(text)["jobs"].values()]
    steps = [step for job in jobs for step in job["steps"] if step.get("uses", "").startswith("YOUR-ORG/")]
    assert steps
    assert {name for step in steps for name in step["with"]} <= set(ACTION["inputs"])

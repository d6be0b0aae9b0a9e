"""A user's repo that has the library from the built wheel, on each Python."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.examples.repository import move_in
from tests.packaging.building import Distributions
from tests.packaging.environments import CHECKOUT, Environment, make

from audian_emulator import Control
from workbench import ACME, Workbench, find_engine

INFRA = Path(__file__).with_name("infra")
LOWEST = ("--resolution", "lowest-direct", "--requirements", str(CHECKOUT / "pyproject.toml"))
PYTHONS = {"3.10": LOWEST, "3.11": (), "3.12": (), "3.13": (), "3.14": ()}

pytestmark = pytest.mark.registry


@pytest.fixture(scope="session", params=[pytest.param(item, id=item[0]) for item in PYTHONS.items()])
def environment(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, distributions: Distributions
) -> Environment:
    """An environment with the library alone: the oldest Python has the oldest dependencies, the others the newest."""
    version, options = request.param
    made = make(tmp_path_factory.mktemp("environment") / version, version)
    made.install(*options, distributions.wheel)
    return made


@pytest.fixture
def repo(tmp_path: Path, api: Control, environment: Environment) -> Workbench:
    """The user's repo, with the environment activated."""
    bench = Workbench(tmp_path, api, find_engine(), program="")
    move_in(bench, INFRA, "prod", environment.directory)
    return bench


def test_it_needs_no_extra(environment: Environment) -> None:
    """Every public name is there without the command line's libraries, and the command says what it lacks."""
    names = "import pulumi_audian as audian; print(audian.__file__, [getattr(audian, name) for name in audian.__all__])"
    imported = environment.run("python", "-c", names)
    assert imported.returncode == 0, imported.stdout
    assert imported.stdout.startswith(str(environment.directory))
    command = environment.run("audian", "preview")
    assert command.returncode == 1
    assert "the library typer is missing" in command.stdout
    assert "pip install '/path/to/pulumi-audian[cli]'" in command.stdout
    assert command.stdout.count("\n") == 1


def test_a_program_runs(repo: Workbench) -> None:
    """An account beside a resource of the user's own is adopted with its output, and no plugin is looked for."""
    assert "audian" not in repo.command("plugin", "install")
    up = repo.up("--skip-preview")
    assert up.code == 0, up.text
    assert repo.bodies() == [{"phone": "+1-555-0200", "settings": repo.api.account(ACME)["settings"]}]
    assert repo.api.account(ACME)["settings"]["recordingRetention"] == 60
    again = repo.preview("--expect-no-changes")
    assert again.code == 0, again.text

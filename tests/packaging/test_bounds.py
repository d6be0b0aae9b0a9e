"""The oldest and the newest dependencies that the metadata allow, with all extras, under the tests that use them."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.packaging.building import Distributions
from tests.packaging.environments import CHECKOUT, Environment, make

BOUNDS = {"lowest-direct": "3.10", "highest": "3.13"}
TOOLS = ("cmarkgfm", "filelock", "hypothesis", "jsonschema", "platformdirs", "pytest", "pytest-timeout", "syrupy")
# The committed schema is what the locked pydantic writes: another one says the same in other words.
WRITTEN_BY_THE_LOCKED = "tests/unit/test_report_document.py::test_the_published_schema_is_the_one_that_the_model_gives"
USING_DEPENDENCIES = (
    "tests/contract/test_emulator.py",
    "tests/report",
    *(f"tests/unit/test_{name}.py" for name in ("connection", "lifecycle", "model_options", "models", "retry")),
    *(f"tests/unit/test_{name}.py" for name in ("report_annotations", "report_document", "report_terminal")),
    *(f"tests/unit/test_{name}.py" for name in ("wire", "wire_errors")),
)

pytestmark = pytest.mark.registry


@pytest.fixture(scope="module", params=BOUNDS)
def environment(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, distributions: Distributions
) -> Environment:
    """An environment with the library, its command line and the emulator, and the locked tools of the tests."""
    made = make(tmp_path_factory.mktemp("environment"), BOUNDS[request.param])
    described = ("pyproject.toml", "emulator/pyproject.toml")
    requirements = [part for file in described for part in ("--requirements", CHECKOUT / file)]
    made.install("--resolution", request.param, *requirements, "--extra", "cli")
    made.install("--no-deps", distributions.wheel, distributions.emulator)
    made.install("--constraints", CHECKOUT / "requirements.lock", *TOOLS)
    return made


def test_the_command_explains_itself(environment: Environment) -> None:
    """The libraries of the command line fit one another."""
    for arguments in (["--help"], ["preview", "--help"]):
        done = environment.run("audian", *arguments)
        assert done.returncode == 0, done.stdout
        assert "Usage: audian" in done.stdout


def test_what_uses_dependencies_passes(environment: Environment, tmp_path: Path) -> None:
    """The tests of everything that a dependency does; new warnings are the business of the locked versions."""
    quiet = ("-q", "-p", "no:cacheprovider", "-o", "filterwarnings=")
    options = ("--basetemp", str(tmp_path), "--deselect", WRITTEN_BY_THE_LOCKED)
    done = environment.run("python", "-m", "pytest", *quiet, *options, *USING_DEPENDENCIES, cwd=CHECKOUT)
    assert done.returncode == 0, done.stdout

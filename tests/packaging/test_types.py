"""What type checkers say of a user's program where the library comes from its wheel."""

from __future__ import annotations

import json
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.packaging.building import Distributions
from tests.packaging.environments import Environment, make

INFRA = Path(__file__).with_name("infra")
MISTAKE = "import pulumi_audian as audian\n\naudian.Account('acme', account_id=7)\n"
PYRIGHT = "pyright@1.1.414"

pytestmark = pytest.mark.registry


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory, distributions: Distributions) -> Environment:
    """An environment with the library alone."""
    made = make(tmp_path_factory.mktemp("environment"), ".".join(platform.python_version_tuple()[:2]))
    made.install(distributions.wheel)
    return made


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    """The user's program, and a file with one mistake in its third line."""
    shutil.copy(INFRA / "__main__.py", tmp_path)
    (tmp_path / "mistake.py").write_text(MISTAKE, encoding="utf-8")
    return tmp_path


def test_mypy_sees_the_types(repo: Path, environment: Environment) -> None:
    """A right program passes under --strict, and a wrong argument is found where it stands."""
    options = ("--strict", "--config-file=", "--python-executable", str(environment.commands / "python"))
    checked = run(repo, sys.executable, "-m", "mypy", *options, "__main__.py", "mistake.py")
    assert checked.returncode == 1, checked.stderr
    (line,) = [line for line in checked.stdout.splitlines() if " error: " in line]
    assert line.startswith('mistake.py:3: error: Argument "account_id" to "Account" has incompatible type "int"')


def test_pyright_sees_the_types(repo: Path, environment: Environment) -> None:
    """The same under pyright, which is the checker of most editors."""
    npx = shutil.which("npx")
    if npx is None:
        pytest.skip("no npx on this machine, which runs pyright")
    python = str(environment.commands / "python")
    (repo / "pyrightconfig.json").write_text(json.dumps({"typeCheckingMode": "strict"}), encoding="utf-8")
    checked = run(repo, npx, "--yes", PYRIGHT, "--outputjson", "--pythonpath", python)
    (found,) = [item for item in json.loads(checked.stdout)["generalDiagnostics"] if item["severity"] == "error"]
    assert (Path(found["file"]).name, found["range"]["start"]["line"] + 1) == ("mistake.py", 3)
    assert 'parameter "account_id"' in found["message"]


def run(cwd: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a checker in the repo."""
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)

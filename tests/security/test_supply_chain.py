"""What is installed is what was locked, file by file, and is listed for who has to know."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import pulumi_audian

CHECKOUT = Path(__file__).parents[2]
LOCKS = ["requirements.lock", "policy/requirements.lock", "tools/sbom.lock"]
ENTRY = re.compile(r"([A-Za-z0-9._-]+)==([^\s;]+)(?: ; [^\\\n]+)?(?: \\\n    --hash=sha256:[0-9a-f]{64})+\n")
TEXT_TYPES = {"", ".md", ".py", ".sh", ".toml", ".yaml", ".yml"}
FETCHED = r"(curl|wget)\b"
INTO_A_SHELL = re.compile(rf"{FETCHED}[^\n|]*\|\s*(sudo\s+)?(ba|z)?sh\b|sh\s+-c\s+[\"']?\$\({FETCHED}|<\({FETCHED}")


def locked(lock: str) -> set[tuple[str, str]]:
    """The packages of a lock file with their versions."""
    return set(ENTRY.findall((CHECKOUT / lock).read_text("utf-8")))


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_locked_to_files(lock: str) -> None:
    """A lock has nothing but exact versions, each with the hashes of its files."""
    assert ENTRY.sub("", (CHECKOUT / lock).read_text("utf-8")) == ""
    assert len(locked(lock)) > 5


def test_the_environment_is_made_of_locked_files_only() -> None:
    """Pip is called with --require-hashes wherever this project's own environment is made."""
    recipes = (CHECKOUT / "Makefile").read_text("utf-8")
    installs = re.findall(r"pip install .*", recipes)
    assert installs
    assert [line for line in installs if "--require-hashes" not in line] == []


def test_every_package_of_the_mock_is_locked_to_its_content() -> None:
    """The npm packages that tests use have exact versions and a strong hash each, and come without running scripts."""
    folder = CHECKOUT / "tests" / "contract"
    lock = json.loads((folder / "prism" / "package-lock.json").read_text("utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert len(packages) > 100
    assert [name for name, entry in packages.items() if not entry["integrity"].startswith("sha512-")] == []
    assert lock["packages"][""]["dependencies"] == {"@stoplight/prism-cli": "5.14.2"}
    command = re.search(r'\[npm, "ci".*\]', (folder / "conftest.py").read_text("utf-8"))
    assert command
    assert '"--ignore-scripts"' in command[0]


def test_no_script_is_fetched_and_run() -> None:
    """Nothing here pipes a download into a shell; the engine's official installer is the SDK's own."""
    listed = subprocess.run(["git", "ls-files"], cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout
    files = [CHECKOUT / name for name in listed.splitlines() if Path(name).suffix in TEXT_TYPES]
    texts = {file: file.read_text("utf-8") for file in files if file.is_file() and file != Path(__file__)}
    assert len(texts) > 100
    assert [file for file, text in texts.items() if INTO_A_SHELL.search(text)] == []


def test_a_download_into_a_shell_would_be_found() -> None:
    """The forms in which people write it."""
    commands = [
        "curl -fsSL https://get.acme.example | sh",
        "wget -qO- https://get.acme.example | sudo bash",
        'sh -c "$(curl -fsSL https://get.acme.example)"',
        "bash <(curl -s https://get.acme.example)",
    ]
    assert [command for command in commands if not INTO_A_SHELL.search(command)] == []


@pytest.fixture(scope="module")
def bill(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The bill of materials as `make sbom` writes it."""
    file = tmp_path_factory.mktemp("bill") / "sbom.cdx.json"
    command = [sys.executable, str(CHECKOUT / "tools" / "sbom.py"), "write", str(file)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert done.returncode == 0, done.stdout
    return dict(json.loads(file.read_text("utf-8")))


def test_the_bill_of_materials_lists_what_users_install(bill: dict[str, Any]) -> None:
    """It has the locked versions of the library's and the command's packages, and not those of its development."""
    listed = {(component["name"], component["version"]) for component in bill["components"]}
    described = bill["metadata"]["component"]
    assert (bill["bomFormat"], described["name"]) == ("CycloneDX", "pulumi-audian")
    assert described["version"] == pulumi_audian.__version__
    assert listed <= locked("requirements.lock")
    assert {"grpcio", "pulumi", "pydantic", "requests", "typer", "urllib3"} <= {name for name, _ in listed}
    assert {"hypothesis", "mypy", "pytest", "ruff"} & {name for name, _ in listed} == set()


def test_the_bill_of_materials_has_the_hash_of_every_file(bill: dict[str, Any]) -> None:
    """A file that was installed can be looked up in it."""
    lock = set(re.findall(r"sha256:([0-9a-f]{64})", (CHECKOUT / "requirements.lock").read_text("utf-8")))
    for component in bill["components"]:
        hashes = {entry["content"] for file in component["externalReferences"] for entry in file.get("hashes", ())}
        assert hashes
        assert hashes <= lock

"""How an install is told: by a path or a URL, which works, and never by the bare name, which is not ours on PyPI."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.docs.documents import example
from tests.packaging.environments import CHECKOUT, Environment, make
from tests.packaging.repository import commit, run_git

OURS = r"(?:pulumi[-_.]audian|audian[-_.]emulator)"
PLACED = r"(?<![\w./-])"  # neither the end of a path or URL, nor of a longer name
INSTALLER = r"\b(?:pip3?|pipx|uv|poetry|pdm)\b[^\n;&|]*?\b(?:install|add|inject)\b"
BY_BARE_NAME = re.compile(
    rf"{INSTALLER}[^\n;&|]*?{PLACED}{OURS}\b(?!-|/|(?:\[\w+\])? @ )"  # a command
    rf"|{PLACED}{OURS}\[\w+\](?! @ )"  # a requirement with an extra, wherever it stands
    rf"|^{OURS}(?:[=<>~!]=.*)?$",  # a line of requirements
    re.IGNORECASE | re.MULTILINE,
)
README = (CHECKOUT / "README.md").read_text("utf-8")
BY_URL = "pulumi-audian[cli] @ git+https://github.com/YOUR-ORG/pulumi-audian@COMMIT"


def shipped() -> Iterator[tuple[str, str]]:
    """The text files that users get, by name: all but tests, locks, and what names the distributions themselves."""
    for name in run_git(CHECKOUT, "ls-files").splitlines():
        file = CHECKOUT / name
        told = not name.startswith("tests/") or name.startswith("tests/packaging/infra/")
        if told and file.is_file() and file.suffix not in {".png", ".svg", ".lock", ".sum"}:
            yield name, file.read_text("utf-8")


def test_nothing_is_installed_by_its_bare_name() -> None:
    """Neither in documents nor in messages, comments, workflows or requirements."""
    texts = dict(shipped())
    assert {"README.md", "action.yml", "provider/pulumi_audian/cli/__init__.py"} <= texts.keys()
    assert {name: BY_BARE_NAME.findall(text) for name, text in texts.items() if BY_BARE_NAME.search(text)} == {}


@pytest.mark.parametrize(
    "text",
    [
        "pip install pulumi-audian",
        "$ pip install --upgrade 'pulumi-audian[cli]'",
        "python -m pip install requests pulumi_audian",
        "uv add pulumi-audian",
        "pipx install 'pulumi-audian[cli]'",
        "add pulumi-audian[cli] to its requirements",
        "requests\npulumi-audian>=0.1\n",
        "pulumi-audian",
        "pip install audian-emulator",
    ],
)
def test_a_bare_name_would_be_found(text: str) -> None:
    """The forms in which people write it."""
    assert BY_BARE_NAME.search(text)


@pytest.mark.parametrize(
    "text",
    [
        "pip install '/path/to/pulumi-audian[cli]'",
        "pip install /path/to/pulumi-audian/emulator",
        "pip install git+https://github.com/YOUR-ORG/pulumi-audian@COMMIT",
        f"pip install '{BY_URL}'",
        BY_URL,
        "poetry run pip show pulumi-audian",
        "pulumi-audian is a library",
    ],
)
def test_a_path_or_a_url_is_no_bare_name(text: str) -> None:
    """What the documents say instead, and other words about the library."""
    assert not BY_BARE_NAME.search(text)


@pytest.mark.registry
def test_readmes_path_installs(repository: Path, tmp_path: Path) -> None:
    """The requirement for a checkout gives the library and its command."""
    (path,) = re.findall(r"`echo '(/path/to/\S+)' > requirements.txt`", README)
    environment = installed(tmp_path, path.replace("/path/to/pulumi-audian", str(repository)))
    assert environment.run("audian", "--help").returncode == 0
    assert located(environment).is_relative_to(tmp_path)


@pytest.mark.registry
def test_readmes_url_installs_and_upgrades(repository: Path, tmp_path: Path) -> None:
    """The requirement of the first steps, too; and README's command brings a newer commit of the same version."""
    environment = installed(tmp_path, by_url(repository))
    assert environment.run("audian", "--help").returncode == 0
    (repository / "provider" / "pulumi_audian" / "later.py").touch()
    commit(repository)
    (tmp_path / "requirements.txt").write_text(by_url(repository), "utf-8")
    (command,) = re.findall(r"then `pip (install .*? -r requirements.txt)`", README)
    done = environment.run("pip", "--quiet", *command.split(), cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    assert located(environment).with_name("later.py").exists()


def installed(directory: Path, requirement: str) -> Environment:
    """An environment with what a line of requirements.txt brings."""
    (directory / "requirements.txt").write_text(requirement, "utf-8")
    environment = make(directory / ".venv", "3.11")
    environment.install("--requirements", directory / "requirements.txt")
    return environment


def by_url(repository: Path) -> str:
    """What README's first steps write into requirements.txt, for the newest commit of a repository on this machine."""
    steps = example("README.md", "console", "audian export")
    (line,) = re.findall(r"^\$ echo '(.*)' > requirements.txt$", steps, re.MULTILINE)
    assert line == BY_URL
    head = run_git(repository, "rev-parse", "HEAD").strip()
    return str(line).replace("https://github.com/YOUR-ORG/pulumi-audian@COMMIT", f"{repository.as_uri()}@{head}")


def located(environment: Environment) -> Path:
    """Where an environment's Python finds the library."""
    return Path(environment.run("python", "-c", "import pulumi_audian; print(pulumi_audian.__file__)").stdout.strip())

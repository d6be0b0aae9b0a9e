"""How an install is told: by a path or a URL, which works, and never by the bare name, which is not ours on PyPI."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.docs.documents import example
from tests.packaging.environments import CHECKOUT, Environment, make
from tests.packaging.repository import run_git

OURS = r"(?:pulumi[-_.]audian|audian[-_.]emulator)"
PLACED = r"(?<![\w./-])"  # neither the end of a path or URL, nor of a longer name
INSTALLER = r"\b(?:pip3?|pipx|uv|poetry|pdm)\b[^\n;&|]*?\b(?:install|add|inject)\b"
BY_BARE_NAME = re.compile(
    rf"{INSTALLER}[^\n;&|]*?{PLACED}{OURS}\b(?!-|/|(?:\[\w+\])? @ )"  # a command
    rf"|{PLACED}{OURS}\[\w+\](?! @ )"  # a requirement with an extra, wherever it stands
    rf"|^{OURS}(?:[=<>~!]=.*)?$",  # a line of requirements
    re.IGNORECASE | re.MULTILINE,
)
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
@pytest.mark.parametrize("way", ["by URL", "by path"])
def test_readmes_line_installs(way: str, repository: Path, tmp_path: Path) -> None:
    """The requirement of README's first steps gives the library and its command, with the URL or the path filled in."""
    (tmp_path / "requirements.txt").write_text(requirement(way, repository), "utf-8")
    environment = make(tmp_path / ".venv", "3.11")
    environment.install("--requirements", tmp_path / "requirements.txt")
    assert environment.run("audian", "--help").returncode == 0
    assert located(environment).is_relative_to(tmp_path)


def requirement(way: str, repository: Path) -> str:
    """What README has people write into requirements.txt, for a repository on this machine."""
    if way == "by path":
        (path,) = re.findall(r"`echo '(/path/to/\S+)' > requirements.txt`", (CHECKOUT / "README.md").read_text("utf-8"))
        return str(path).replace("/path/to/pulumi-audian", str(repository))
    steps = example("README.md", "console", "audian export")
    (url,) = re.findall(r"^\$ echo '(.*)' > requirements.txt$", steps, re.MULTILINE)
    assert url == BY_URL
    commit = run_git(repository, "rev-parse", "HEAD").strip()
    return str(url).replace("https://github.com/YOUR-ORG/pulumi-audian@COMMIT", f"{repository.as_uri()}@{commit}")


def located(environment: Environment) -> Path:
    """Where an environment's Python finds the library."""
    return Path(environment.run("python", "-c", "import pulumi_audian; print(pulumi_audian.__file__)").stdout.strip())

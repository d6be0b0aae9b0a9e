"""A git repository with what is in this checkout, committed or not."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.packaging.environments import CHECKOUT


def commit_checkout(target: Path) -> Path:
    """A repository in a new directory, with all files of the checkout that git knows in one commit."""
    known = run_git(CHECKOUT, "ls-files", "--cached", "--others", "--exclude-standard")
    for name in known.splitlines():
        if (CHECKOUT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            (target / name).write_bytes((CHECKOUT / name).read_bytes())
    run_git(target, "init", "--quiet")
    commit(target)
    return target


def commit(repository: Path) -> None:
    """Commit all that changed in a repository."""
    run_git(repository, "add", "--all")
    author = ("-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false")
    run_git(repository, *author, "commit", "--quiet", "--message", "All")


def run_git(directory: Path, *arguments: str) -> str:
    """What a git command says in a directory."""
    command = ["git", "-C", str(directory), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout

"""What is loaded, and what is not: a check before each commit must not wait for the engine's SDK."""

from __future__ import annotations

import subprocess
import sys

import pytest

import pulumi_audian as audian

HEAVY = {"pulumi", "grpc", "requests", "urllib3", "github", "asyncio"}


def loaded(statement: str) -> set[str]:
    """The modules that a fresh interpreter holds after a statement, by their full names."""
    script = f"import sys; before = set(sys.modules); {statement}; print(*(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


CHECK = (
    "from pulumi_audian.validation.stack import check; from pulumi_audian.validation.project import Project; "
    "from pathlib import Path; assert check(b'config: {audian:accounts: {a: {email: x}}}', Project(Path('P')))"
)


@pytest.mark.parametrize(
    ("statement", "most"),
    [
        ("import pulumi_audian", 40),
        ("from pulumi_audian import fields", 60),
        (CHECK, 400),
        ("import pulumi_audian.cli.validate", 450),
        ("from pulumi_audian.cli.app import app", 550),
    ],
    ids=["package", "table", "check", "command", "all commands"],
)
def test_checks_load_neither_the_sdk_nor_http(statement: str, most: int) -> None:
    """Neither at the start nor with the first file; and few modules at all, since each takes its time."""
    modules = loaded(statement)
    assert HEAVY & modules == set()
    assert len(modules) <= most


@pytest.mark.parametrize("name", audian.__all__)
def test_every_public_name_is_there_when_asked_for(name: str) -> None:
    """A program imports names as from any package."""
    assert name in dir(audian)
    assert getattr(audian, name).__name__ == name
    assert "pulumi" in loaded(f"from pulumi_audian import {name}")


def test_a_star_brings_all_public_names() -> None:
    """Those of `__all__`, and no other."""
    names: dict[str, object] = {}
    exec("from pulumi_audian import *", names)  # noqa: S102 - it is what is tested
    assert set(names) - {"__builtins__"} == set(audian.__all__)


def test_a_misspelt_name_is_no_attribute() -> None:
    """As of a package that loads everything."""
    with pytest.raises(AttributeError, match="module 'pulumi_audian' has no attribute 'Acount'"):
        getattr(audian, "Acount")  # noqa: B009 - mypy would refuse audian.Acount, which is right
    with pytest.raises(ImportError, match="cannot import name 'Acount'"):
        exec("from pulumi_audian import Acount", {})  # noqa: S102 - it is what is tested

"""The built distributions, and a repository that users install from.

The tests marked `registry` install what a user would, and ask PyPI or npm for what the caches don't hold.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.packaging.building import Distributions, build
from tests.packaging.environments import CHECKOUT
from tests.packaging.repository import commit_checkout


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker of the tests that need registries."""
    config.addinivalue_line("markers", "registry: asks a package registry for what the caches don't hold")


@pytest.fixture(scope="session")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Distributions:
    """All distributions, built from the checkout without a registry."""
    target = tmp_path_factory.mktemp("dist")
    return Distributions(
        wheel=build(CHECKOUT, "--wheel", target / "wheel"),
        sdist=build(CHECKOUT, "--sdist", target / "sdist"),
        emulator=build(CHECKOUT / "emulator", "--wheel", target / "emulator"),
    )


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A git repository with what is in this checkout, committed."""
    return commit_checkout(tmp_path / "pulumi-audian")

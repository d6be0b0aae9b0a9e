"""The site, built once for all tests of a process, and a stack for the how-tos."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tools.docs.build import build

CHECKOUT = Path(__file__).parents[2]
sys.path.insert(0, str(CHECKOUT / "tests" / "engine"))

from audian_emulator import Control, Emulator  # noqa: E402 - what follows needs the path above
from workbench import Workbench, find_engine  # noqa: E402


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of the built site."""
    if sys.version_info < (3, 11):
        pytest.skip("the site's builder needs Python 3.11")
    return build(tmp_path_factory.mktemp("docs"))


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    """A new stack of this checkout's project, with the full token, against an API with the shipped accounts."""
    with Emulator.running() as emulator:
        yield Workbench(tmp_path, Control(emulator.url), find_engine())

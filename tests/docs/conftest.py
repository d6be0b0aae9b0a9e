"""The site, built once for all tests of a process."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from tools.docs.build import build


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of the built site."""
    if sys.version_info < (3, 11):
        pytest.skip("the site's builder needs Python 3.11")
    return build(tmp_path_factory.mktemp("docs"))

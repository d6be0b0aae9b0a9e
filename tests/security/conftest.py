"""What the security tests share: clients of a hostile API."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.security.hostile import ACCOUNT, Server, always, answer, serving


@pytest.fixture
def server() -> Iterator[Server]:
    """A server that shows an account until a test has it answer otherwise."""
    with serving(always(answer(ACCOUNT))) as running:
        yield running


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests say themselves what the environment has."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NETRC"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture(scope="module")
def server_of_module() -> Iterator[Server]:
    """A server for tests that ask many times."""
    with serving(always(answer(ACCOUNT))) as running:
        yield running

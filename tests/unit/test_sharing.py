"""What the threads of a process share through their one client: an API's wish for fewer requests, and a short token."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from audian_emulator import Control
from pulumi_audian.client import Client
from pulumi_audian.connection import Connection

ACME, GLOBEX = "acc_1234567890", "acc_2345678901"
THREADS = 4
"""As many calls as the engine's dynamic host serves at once."""


def client(api: Control, **credential: str) -> Client:
    """A client that waits for as long as it is told to."""
    return Client(Connection.model_validate({"apiUrl": api.api_url, "retrySeconds": 60, **credential}), print)


def test_a_429_that_names_no_wait_holds_back_other_accounts(api: Control, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one account waits after a 429, another one is not asked for either, whether a wait was named or not."""
    reader = client(api, token=api.full_token)
    asked_at_each_wait: list[list[str]] = []
    sleep = time.sleep

    def note(seconds: float) -> None:
        asked_at_each_wait.append([entry["account"] for entry in api.requests()])
        if len(asked_at_each_wait) == 1:
            reader.read(GLOBEX)
        sleep(seconds)

    monkeypatch.setattr("tenacity.nap.time.sleep", note)
    api.fault(method="GET", account=ACME, status=429)
    assert reader.read(ACME).account["id"] == ACME
    assert asked_at_each_wait[:2] == [[ACME], [ACME]]


def test_a_token_that_expires_for_all_is_renewed_once(api: Control) -> None:
    """Every thread is refused with the old token, one exchanges the key, and all go on with the new token."""
    reader = client(api, apiKey=api.api_key)
    reader.read(ACME)
    api.expire_tokens()
    api.clear()
    together = threading.Barrier(THREADS)

    def read(account_id: str) -> object:
        together.wait()
        return reader.read(account_id).account["id"]

    with ThreadPoolExecutor(THREADS) as threads:
        assert list(threads.map(read, [ACME, GLOBEX] * 2)) == [ACME, GLOBEX] * 2
    assert [entry["method"] for entry in api.requests()].count("PUT") == 1

"""Which answers to a write leave it open whether it was carried out."""

from __future__ import annotations

import pytest

from audian_emulator import Control
from pulumi_audian.client import Client
from pulumi_audian.connection import Connection
from pulumi_audian.errors import ApiError, OutcomeUnknown

ACME = "acc_1234567890"


@pytest.fixture
def client(control: Control) -> Client:
    """The client, which repeats nothing."""
    settings = {"apiUrl": control.api_url, "token": control.full_token, "retrySeconds": 0}
    return Client(Connection.model_validate(settings), print)


@pytest.mark.parametrize("status", [300, 301, 302, 303, 307, 308, 500, 501, 502, 503, 504, 507, 520, 599])
def test_an_answer_that_leaves_a_write_in_doubt(control: Control, client: Client, status: int) -> None:
    """What failed behind the server, and what was sent elsewhere, may have been executed all the same."""
    control.fault(method="PATCH", status=status, execute=True)
    with pytest.raises(OutcomeUnknown, match=f"HTTP {status}"):
        client.write(ACME, {"displayName": "New"}, None)
    assert control.account(ACME)["displayName"] == "New"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 412, 413, 422, 429])
def test_a_refusal_leaves_no_doubt(control: Control, client: Client, status: int) -> None:
    """A write that the API refused was not carried out."""
    control.fault(method="PATCH", status=status)
    with pytest.raises(ApiError, match=f"HTTP {status}"):
        client.write(ACME, {"displayName": "New"}, None)

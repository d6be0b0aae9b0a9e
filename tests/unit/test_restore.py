"""Restore: what goes back when a resource is deleted, and what is left and why."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.memory_api import LIVE, OFFLINE, Heard, MemoryApi, adopt, declared, known

from pulumi_audian.errors import AccountGone, ApiError, AudianError
from pulumi_audian.lifecycle import restore
from pulumi_audian.state import Known, Overwritten

GONE = AccountGone("account acc_1: no such account", status=404)


@pytest.mark.parametrize(
    "inputs",
    [
        pytest.param({"displayName": "New", "email": "old@acme.com"}, id="fields"),
        pytest.param({"settings": {"timezone": "Asia/Tokyo"}, "metadata": {"tier": "x", "new": 1}}, id="members"),
        pytest.param({"phone": "112", "settings": {"smsEnabled": True}}, id="added"),
        pytest.param({"clear": ["email", "settings.language", "metadata"]}, id="cleared"),
        pytest.param({"status": "suspended", "allowStatus": ["suspended"]}, id="status"),
        pytest.param(
            {"metadata": {"tier": {"name": "gold"}}},
            id="object for text",
        ),
    ],
)
def test_restoring_undoes_what_was_overwritten(inputs: dict[str, Any]) -> None:
    """After adopting and restoring, in one PATCH each, the account holds what it held before."""
    heard = Heard()
    api = MemoryApi()
    declaration = declared(**inputs)
    outcome = adopt(api, declaration)
    restore(api, "acc_1", Known(outcome.account, declaration.watched, outcome.overwritten, frozenset()), heard)
    assert api.account == LIVE
    assert len(api.bodies) == 2


OURS = Overwritten(("displayName",), "Before", "Acme")


@pytest.mark.parametrize(
    ("record", "outputs", "said"),
    [
        pytest.param(OURS, {}, "restored displayName", id="still ours"),
        pytest.param(OURS._replace(ours="Ours"), {}, "left displayName as it is: someone else changed it", id="theirs"),
        pytest.param(OURS._replace(was="Acme", ours="Ours"), {}, "nothing to restore", id="already as before"),
        pytest.param(
            Overwritten(("status",), "suspended", "active"),
            {},
            "left status as it is: suspended is not in allowStatus",
            id="status not allowed",
        ),
        pytest.param(
            Overwritten(("status",), "suspended", "active"),
            {"allowStatus": ["suspended"]},
            "restored status",
            id="status allowed",
        ),
    ],
)
def test_what_is_left_is_said_with_the_reason(record: Overwritten, outputs: dict[str, Any], said: str) -> None:
    """Only values that are still ours go back, in a body of their own, and the rest is explained."""
    heard = Heard()
    api = MemoryApi()
    restore(api, "acc_1", known(declared(), record, **outputs), heard)
    assert said in heard.infos[0]
    assert api.bodies == ([{record.path[0]: record.was}] if said.startswith("restored") else [])


def test_nothing_is_restored_on_an_account_that_is_gone() -> None:
    """Where the account no longer exists, deleting succeeds and says why nothing happened."""
    heard = Heard()
    api = MemoryApi(reading={1: GONE})
    restore(api, "acc_1", known(declared(), OURS), heard)
    assert (api.bodies, "gone" in heard.infos[0]) == ([], True)


@pytest.mark.parametrize("error", [OFFLINE, ApiError("no", status=401)], ids=["offline", "401"])
def test_an_account_that_can_not_be_read_is_not_taken_for_gone(error: Exception) -> None:
    """Deleting fails where nobody knows what the account holds."""
    heard = Heard()
    with pytest.raises(type(error)):
        restore(MemoryApi(reading={1: error}), "acc_1", known(declared(), OURS), heard)


def test_restoring_decides_afresh_as_well() -> None:
    """A value that someone else changed between read and write is left to them."""
    heard = Heard()
    api = MemoryApi(versioned=True, meanwhile=[{"displayName": "Theirs"}])
    restore(api, "acc_1", known(declared(), OURS), heard)
    assert api.account["displayName"] == "Theirs"


@pytest.mark.parametrize(
    ("api", "facts"),
    [
        pytest.param(
            MemoryApi(forced={"displayName": "Acme"}),
            'displayName is "Acme" instead of "Before"; have the account corrected',
            id="not taken",
        ),
        pytest.param(MemoryApi(doubts=[(ApiError("taken", status=409), False)]), "taken", id="conflict"),
        pytest.param(MemoryApi(doubts=[(ApiError("wrong", status=400), False)]), "wrong", id="refused"),
    ],
)
def test_a_restoration_that_can_not_be_says_the_way_out(api: MemoryApi, facts: str) -> None:
    """Where the API does not take the former values, there is nothing to declare, but the account can be left."""
    with pytest.raises(AudianError) as caught:
        restore(api, "acc_1", known(declared(), OURS), Heard())
    assert facts in str(caught.value)
    assert str(caught.value).endswith(", or declare onDelete: retain and bring that up first")

"""Writes that meet someone else's, or whose outcome is uncertain: a fresh read and a new decision."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.unit.memory_api import LIVE, OFFLINE, MemoryApi, adopt, declared

from pulumi_audian.errors import ApiError, OutcomeUnknown, Refused, Unconfirmed
from pulumi_audian.state import Overwritten


@pytest.fixture(autouse=True)
def _nothing_sleeps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenacity.nap.time.sleep", lambda _seconds: None)


def test_someone_elses_write_is_met_by_a_fresh_decision() -> None:
    """After a 412 the account is read once more, and the body is built from what it holds now."""
    api = MemoryApi(versioned=True, meanwhile=[{"settings": {"language": "fr"}}])
    adopt(api, declared(settings={"timezone": "Asia/Tokyo"}))
    assert api.reads == 2
    assert api.bodies[1] == {"settings": {"timezone": "Asia/Tokyo", "language": "fr"}}
    assert api.account["settings"] == {"timezone": "Asia/Tokyo", "language": "fr"}


def test_a_fresh_decision_may_be_to_write_nothing() -> None:
    """Where someone else meanwhile wrote what is declared, there is nothing left to do."""
    api = MemoryApi(versioned=True, meanwhile=[{"displayName": "New"}])
    assert adopt(api, declared(displayName="New")).account["displayName"] == "New"
    assert len(api.bodies) == 1


def test_a_second_412_is_the_end() -> None:
    """An account under constant change is left to a later run."""
    api = MemoryApi(versioned=True, meanwhile=[{"email": "a@acme.com"}, {"email": "b@acme.com"}])
    with pytest.raises(ApiError) as caught:
        adopt(api, declared(displayName="New"))
    assert caught.value.status == 412
    assert len(api.bodies) == 2


@pytest.mark.parametrize("status", [409, 412])
def test_a_conflict_about_an_unchanged_version_is_the_end(status: int) -> None:
    """Where the fresh read shows the version that was refused, the same request would be repeated blindly."""
    api = MemoryApi(versioned=True, doubts=[(ApiError("taken", status=status), False)])
    with pytest.raises(ApiError, match="taken"):
        adopt(api, declared(displayName="New"))
    assert (api.reads, len(api.bodies)) == (2, 1)


@pytest.mark.parametrize("status", [400, 401, 403, 409, 412])
def test_a_refusal_of_the_api_is_final(status: int) -> None:
    """An error without a version to compare is neither repeated nor followed by another read."""
    api = MemoryApi(doubts=[(ApiError("no", status=status), False)])
    with pytest.raises(ApiError) as caught:
        adopt(api, declared(displayName="New"))
    assert caught.value.status == status
    assert (api.reads, len(api.bodies)) == (1, 1)


@pytest.mark.parametrize(
    ("theirs", "records"),
    [
        pytest.param({"metadata": {"tier": "silver"}}, [("displayName", "Acme", "New")], id="something else"),
        pytest.param({"displayName": "New"}, [], id="what we wanted"),
        pytest.param({"displayName": "Theirs"}, [("displayName", "Theirs", "New")], id="another value"),
        pytest.param(
            {"email": "theirs@acme.com"},
            [("displayName", "Acme", "New"), ("email", "theirs@acme.com", "old@acme.com")],
            id="a second field",
        ),
    ],
)
def test_what_a_fresh_decision_overwrote_is_recorded(theirs: dict[str, Any], records: list[tuple[str, ...]]) -> None:
    """After a 412 the records hold what the write that took effect replaced."""
    api = MemoryApi(versioned=True, meanwhile=[theirs])
    outcome = adopt(api, declared(displayName="New", email="old@acme.com"))
    assert outcome.overwritten == tuple(Overwritten((name,), was, ours) for name, was, ours in records)


@pytest.mark.parametrize(
    ("theirs", "inputs"), [({"status": "closed"}, {"status": "active"}), ({"plan": "enterprise"}, {"plan": "starter"})]
)
def test_a_fresh_decision_may_be_a_refusal(theirs: dict[str, Any], inputs: dict[str, Any]) -> None:
    """An account that was closed, or got another plan, between read and write is not written to."""
    api = MemoryApi(versioned=True, meanwhile=[theirs])
    with pytest.raises(Refused):
        adopt(api, declared(displayName="New", **inputs))
    assert len(api.bodies) == 1


REPEATABLE, FINAL = OutcomeUnknown("lost", repeatable=True), OutcomeUnknown("lost", repeatable=False)


@pytest.mark.parametrize(
    ("error", "applied", "budget", "writes"),
    [
        pytest.param(REPEATABLE, True, 0, 1, id="applied"),
        pytest.param(FINAL, True, 0, 1, id="applied, though not repeatable"),
        pytest.param(REPEATABLE, False, 60, 2, id="not applied: repeated"),
    ],
)
def test_a_doubtful_write_is_settled_by_a_read(
    error: OutcomeUnknown, budget: float, writes: int, *, applied: bool
) -> None:
    """A read tells whether the write took effect; only where it did not, it is sent again."""
    api = MemoryApi(doubts=[(error, applied)], retry_seconds=budget)
    outcome = adopt(api, declared(displayName="New"))
    assert outcome.account["displayName"] == "New"
    assert outcome.overwritten == (Overwritten(("displayName",), "Acme", "New"),)
    assert len(api.bodies) == writes


@pytest.mark.parametrize("late", [{"displayName": "New"}, {"displayName": "New", "email": "theirs@acme.com"}])
def test_a_write_that_takes_effect_late_is_on_record(late: dict[str, Any]) -> None:
    """Where a repeated write meets the first one, which arrived after all, what that overwrote can be restored."""
    api = MemoryApi(versioned=True, retry_seconds=60, doubts=[(REPEATABLE, False)], late=late)
    outcome = adopt(api, declared(displayName="New", email="old@acme.com"))
    assert outcome.account["displayName"] == "New"
    assert Overwritten(("displayName",), "Acme", "New") in outcome.overwritten
    assert len(outcome.overwritten) == len(late)


@pytest.mark.parametrize(
    ("make_api", "writes"),
    [
        pytest.param(lambda: MemoryApi(doubts=[(FINAL, False)], retry_seconds=60), 1, id="not repeatable"),
        pytest.param(lambda: MemoryApi(doubts=[(REPEATABLE, False)]), 1, id="no budget"),
        pytest.param(
            lambda: MemoryApi(doubts=[(REPEATABLE, False), (FINAL, False)], retry_seconds=60), 2, id="then final"
        ),
        pytest.param(lambda: MemoryApi(doubts=[(FINAL, True)], reading={2: OFFLINE}), 1, id="unreadable"),
        pytest.param(lambda: MemoryApi(hides=frozenset({"plan"}), reading={2: OFFLINE}), 1, id="unverifiable"),
    ],
)
def test_a_doubt_that_remains_is_an_error_of_its_own(make_api: Callable[[], MemoryApi], writes: int) -> None:
    """Where neither answer nor read tells the outcome, nobody is told that nothing was written."""
    api = make_api()
    with pytest.raises(OutcomeUnknown):
        adopt(api, declared(displayName="New"))
    assert len(api.bodies) == writes


def test_what_an_unconfirmed_write_may_have_overwritten_is_not_lost() -> None:
    """Where the account can't be read after a write, the error holds what was there before it."""
    api = MemoryApi(doubts=[(FINAL, True)], reading={2: OFFLINE})
    with pytest.raises(Unconfirmed) as caught:
        adopt(api, declared(displayName="New"))
    assert caught.value.observed == LIVE
    assert caught.value.overwritten == (Overwritten(("displayName",), "Acme", "New"),)


@pytest.mark.parametrize(("hides", "reads"), [((), 1), (("settings", "plan"), 2), (("settings.language",), 2)])
def test_an_answer_that_does_not_tell_all_is_read_back(hides: tuple[str, ...], reads: int) -> None:
    """A whole account in the answer saves a read; a part of one does not stand for the account."""
    api = MemoryApi(hides=frozenset(hides))
    assert adopt(api, declared(displayName="New")).account == {**LIVE, "displayName": "New"}
    assert api.reads == reads

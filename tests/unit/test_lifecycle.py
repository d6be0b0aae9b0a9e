"""Adopt and update: what is read, refused, written and verified, against an account in memory."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import nullcontext
from typing import Any

import pytest
from tests.unit.memory_api import LIVE, Heard, MemoryApi, adopt, declared, known, merged, update

from pulumi_audian.declaration import SECRET_FIELDS
from pulumi_audian.errors import NotApplied, Refused
from pulumi_audian.fields import Path
from pulumi_audian.lifecycle import converge, preview_adoption
from pulumi_audian.state import NOTHING_KNOWN, Known, Overwritten
from pulumi_audian.values import MISSING, same


def test_a_preview_reads_once_and_writes_nothing() -> None:
    """The plan shows what adopting would change, and the account stays as it is."""
    api = MemoryApi()
    plan, problems = preview_adoption(api, declared(displayName="New", plan="starter"))
    assert [(change.observed, change.desired) for change in plan.changes] == [("Acme", "New")]
    assert problems == []
    assert (api.reads, api.bodies, api.account) == (1, [], LIVE)


def test_a_preview_names_everything_that_forbids_adopting() -> None:
    """Differing immutable values and a closed account are problems before any up."""
    api = MemoryApi({**LIVE, "status": "closed"})
    _, problems = preview_adoption(api, declared(plan="enterprise", name="Acme", status="active"))
    assert sorted(problem.path for problem in problems) == ["name", "plan", "status"]


@pytest.mark.parametrize("replaces", [False, True], ids=["server merges", "server replaces"])
@pytest.mark.parametrize(
    ("inputs", "bodies"),
    [
        pytest.param({}, [], id="nothing declared"),
        pytest.param({"displayName": "Acme", "settings": {"timezone": "UTC"}}, [], id="as it is"),
        pytest.param({"displayName": "New", "email": "old@acme.com"}, [{"displayName": "New"}], id="one field"),
        pytest.param(
            {"settings": {"timezone": "Asia/Tokyo"}},
            [{"settings": {"timezone": "Asia/Tokyo", "language": "en"}}],
            id="a member",
        ),
        pytest.param(
            {"clear": ["settings.language"]}, [{"settings": {"timezone": "UTC", "language": None}}], id="cleared"
        ),
        pytest.param(
            {"displayName": "New", "metadata": {"tier": "silver", "crm": {"id": "1"}}},
            [{"displayName": "New", "metadata": {"tier": "silver", "crm": {"id": "1"}}}],
            id="all in one write",
        ),
    ],
)
def test_one_write_of_what_differs(inputs: dict[str, Any], bodies: list[dict[str, Any]], *, replaces: bool) -> None:
    """One read, at most one PATCH with the changed fields, and nothing else of the account changes."""
    api = MemoryApi(replaces=replaces)
    outcome = adopt(api, declared(**inputs))
    assert api.bodies == bodies
    assert outcome.account == api.account
    assert same(api.account, merged(LIVE, bodies[0] if bodies else {}))


@pytest.mark.parametrize(
    ("account", "inputs", "words"),
    [
        pytest.param(LIVE, {"plan": "enterprise"}, ["plan", '"starter"', '"enterprise"', "upgrade"], id="immutable"),
        pytest.param(LIVE, {"name": "A", "plan": "B"}, ["name:", "plan:"], id="all at once"),
        pytest.param({**LIVE, "id": "acc_2"}, {}, ["accountId", '"acc_2"'], id="another account answered"),
        pytest.param({**LIVE, "status": "closed"}, {"status": "active"}, ["closed", "reopened"], id="reopening"),
    ],
)
def test_refusals_come_before_any_write(account: dict[str, Any], inputs: dict[str, Any], words: list[str]) -> None:
    """What a rule forbids stops the operation with the reason, and the account is untouched."""
    heard = Heard()
    api = MemoryApi(account)
    with pytest.raises(Refused, match="nothing was written") as caught:
        converge(api, declared(displayName="New", **inputs), NOTHING_KNOWN, heard)
    assert all(word in str(caught.value) for word in ["acc_1", *words])
    assert api.bodies == []


@pytest.mark.parametrize(("inputs", "warned"), [({}, True), ({"status": "closed", "allowStatus": ["closed"]}, False)])
def test_a_closed_account_is_managed_with_a_warning(inputs: dict[str, Any], *, warned: bool) -> None:
    """Settings of a closed account are kept, and a person hears of it unless the program closed it."""
    heard = Heard()
    api = MemoryApi({**LIVE, "status": "closed"})
    converge(api, declared(displayName="New", **inputs), NOTHING_KNOWN, heard)
    assert api.account["displayName"] == "New"
    assert ("closed" in "".join(heard.warnings)) is warned


CLOSED_BY_US = Overwritten(("status",), "active", "closed")


@pytest.mark.parametrize(
    ("record", "reopened"),
    [
        pytest.param([CLOSED_BY_US], True, id="closed by this program"),
        pytest.param([CLOSED_BY_US._replace(was="suspended", ours="active")], False, id="closed by someone else since"),
        pytest.param([], False, id="found closed, and declared so since"),
    ],
)
def test_only_an_account_that_this_program_closed_is_reopened(record: list[Overwritten], *, reopened: bool) -> None:
    """What is on record as our own closing may be undone in code; any other one is a person's decision."""
    api = MemoryApi({**LIVE, "status": "closed"})
    before = known(declared(status="closed"), *record, status="closed")
    try:
        converge(api, declared(status="active"), before, Heard())
    except Refused:
        assert not reopened
    assert (api.account["status"] == "active") is reopened


CHANGED_BY_OTHERS = {**LIVE, "displayName": "Theirs"}


@pytest.mark.parametrize(
    ("before", "warned"),
    [
        pytest.param(known(declared(displayName="Acme")), True, id="changed since it was last read"),
        pytest.param(known(declared(displayName="Acme"), displayName="Theirs"), False, id="refreshed since"),
        pytest.param(known(declared(email="old@acme.com")), True, id="newly declared"),
        pytest.param(
            known(declared(email="old@acme.com"), displayName="Theirs"), False, id="newly declared, refreshed"
        ),
        pytest.param(NOTHING_KNOWN, False, id="adoption"),
    ],
)
def test_a_conflict_is_written_over_with_a_warning(before: Known, *, warned: bool) -> None:
    """What is declared wins, and a person hears who lost: field, both values and what is written."""
    heard = Heard()
    api = MemoryApi(CHANGED_BY_OTHERS)
    converge(api, declared(displayName="New"), before, heard)
    assert api.account["displayName"] == "New"
    assert [
        all(word in line for word in ["displayName", '"Acme"', '"Theirs"', '"New"']) for line in heard.warnings
    ] == ([True] if warned else [])


def test_a_conflict_stops_where_the_program_says_so() -> None:
    """With onConflict fail nothing is written, and the message says what to do."""
    heard = Heard()
    api = MemoryApi(CHANGED_BY_OTHERS)
    with pytest.raises(Refused, match=r"displayName.*nothing was written.*pulumi refresh"):
        converge(api, declared(displayName="New", onConflict="fail"), known(declared(displayName="Acme")), heard)
    assert api.bodies == []


@pytest.mark.parametrize("on_conflict", ["warn", "fail"])
def test_someone_else_wrote_what_is_declared(on_conflict: str) -> None:
    """Where the account already holds the new value there is no conflict and no write."""
    heard = Heard()
    api = MemoryApi(CHANGED_BY_OTHERS)
    declaration = declared(displayName="Theirs", onConflict=on_conflict)
    converge(api, declaration, known(declared(displayName="Acme")), heard)
    assert (api.bodies, heard.warnings) == ([], [])


def test_secret_values_are_kept_from_messages() -> None:
    """A conflict about a secret shows no value, and the API client learns what to mask."""
    heard = Heard()
    secret = {SECRET_FIELDS: ["metadata"]}
    api = MemoryApi({**LIVE, "metadata": {"tier": "theirs"}})
    converge(api, declared(metadata={"tier": "hush"}, **secret), known(declared(metadata={"tier": "gold"})), heard)
    assert not any(word in "".join(heard.warnings) for word in ["hush", "theirs", "gold"])
    assert api.masked == ["hush"]


MANAGED: dict[str, Any] = {"displayName": "Acme", "email": "old@acme.com", "settings": {"timezone": "UTC"}}


@pytest.mark.parametrize(
    ("live", "inputs", "body"),
    [
        pytest.param({}, {"displayName": "New"}, {"displayName": "New"}, id="changed in code"),
        pytest.param(
            {"email": "theirs@acme.com"}, {"displayName": "New"}, {"displayName": "New"}, id="edited elsewhere"
        ),
        pytest.param(
            {"settings": {"timezone": "Asia/Tokyo", "language": "en"}},
            {"settings": {"timezone": "UTC", "language": "fr"}},
            {"settings": {"timezone": "Asia/Tokyo", "language": "fr"}},
            id="the member beside it was edited",
        ),
        pytest.param({"phone": None}, {"phone": "112"}, {"phone": "112"}, id="declared for the first time"),
        pytest.param({"phone": "113"}, {"clear": ["phone"]}, {"phone": None}, id="cleared for the first time"),
        pytest.param({"email": "theirs@acme.com"}, {"plan": "starter"}, None, id="an assertion is new"),
    ],
)
def test_an_update_writes_what_changed_in_code(
    live: dict[str, Any], inputs: dict[str, Any], body: dict[str, Any] | None
) -> None:
    """A declared field that nobody changed in code is not sent, whatever the account has there."""
    api = MemoryApi(merged(LIVE, live))
    update(api, MANAGED, {**MANAGED, **inputs})
    assert api.bodies == ([body] if body else [])


def test_what_an_earlier_write_left_unapplied_is_written() -> None:
    """Its declaration is the same as before, and the account never held it: the next up tries again."""
    api = MemoryApi({**LIVE, "displayName": "Theirs", "email": "theirs@acme.com"})
    update(api, MANAGED, MANAGED, unapplied=(("displayName",),))
    assert api.bodies == [{"displayName": "Acme"}]


@pytest.mark.parametrize(
    ("outputs", "ignored", "words"),
    [
        pytest.param({}, (), ['email was "old@acme.com" when last read', 'changed to "theirs@acme.com"'], id="edited"),
        pytest.param(
            {"email": "theirs@acme.com"}, (), ['email is "theirs@acme.com", not "old@acme.com"'], id="edited before"
        ),
        pytest.param({}, [("email",)], [], id="ignored"),
        pytest.param({}, [("*",)], [], id="all are ignored"),
    ],
)
def test_what_an_update_leaves_is_said(outputs: dict[str, Any], ignored: Collection[Path], words: list[str]) -> None:
    """A person hears of each declared value that the account does not have, and how to see it in a preview."""
    heard = Heard()
    api = MemoryApi({**LIVE, "email": "theirs@acme.com"})
    update(api, MANAGED, {**MANAGED, "displayName": "New"}, heard, outputs=outputs, ignored=ignored)
    assert api.bodies == [{"displayName": "New"}]
    assert len(heard.warnings) == bool(words)
    for line in heard.warnings:
        assert all(word in line for word in [*words, "left as it is", "pulumi refresh"])


@pytest.mark.parametrize("outputs", [{}, {"email": "theirs@acme.com"}], ids=["edited", "edited before"])
def test_what_an_update_would_leave_can_stop_it(outputs: dict[str, Any]) -> None:
    """With onConflict fail, nothing at all is written to an account that someone else changed."""
    api = MemoryApi({**LIVE, "email": "theirs@acme.com"})
    with pytest.raises(Refused, match=r"email.*nothing was written: run pulumi refresh"):
        update(api, MANAGED, {**MANAGED, "displayName": "New", "onConflict": "fail"}, outputs=outputs)
    assert api.bodies == []


@pytest.mark.parametrize(
    ("old", "refused"),
    [
        pytest.param({"plan": "starter"}, False, id="asserted before"),
        pytest.param({}, True, id="asserted now"),
        pytest.param({"plan": "professional"}, True, id="asserted otherwise"),
    ],
)
def test_an_assertion_is_judged_where_it_is_new(old: dict[str, Any], *, refused: bool) -> None:
    """A plan that was upgraded since does not block other changes, and a person hears of it."""
    heard = Heard()
    api = MemoryApi({**LIVE, "plan": "enterprise"})
    expected = pytest.raises(Refused, match='plan: the account has "enterprise"') if refused else nullcontext()
    with expected:
        update(api, {**MANAGED, **old}, {**MANAGED, "displayName": "New", "plan": "starter"}, heard)
    assert api.bodies == ([] if refused else [{"displayName": "New"}])
    assert any('plan was "starter" when last read' in line for line in heard.warnings) is not refused


def test_a_closed_account_that_was_declared_active_before_is_not_judged_again() -> None:
    """It is neither reopened nor in the way of other changes."""
    heard = Heard()
    api = MemoryApi({**LIVE, "status": "closed"})
    update(api, {**MANAGED, "status": "active"}, {**MANAGED, "displayName": "New", "status": "active"}, heard)
    assert api.bodies == [{"displayName": "New"}]
    assert any("its phones are off" in line for line in heard.warnings)


def not_applied(forced: dict[str, Any], **inputs: Any) -> NotApplied:
    """The error where the API accepts a declaration and holds something else."""
    with pytest.raises(NotApplied) as caught:
        adopt(MemoryApi(forced=forced), declared(**inputs))
    return caught.value


def test_every_field_that_was_not_applied_is_named() -> None:
    """Ignored and altered values are named with what is and what should be, and applied ones are not."""
    forced = {"displayName": "NEW", "settings": {"timezone": "UTC"}}
    error = not_applied(forced, displayName="New", email="new@acme.com", settings={"timezone": "Asia/Tokyo"})
    assert 'displayName is "NEW" instead of "New"' in str(error)
    assert 'settings.timezone is "UTC" instead of "Asia/Tokyo"' in str(error)
    assert "email" not in str(error)


def test_what_was_applied_beside_it_is_known_afterwards() -> None:
    """The error carries the account as it is and what was overwritten, so that state can hold both."""
    error = not_applied({"displayName": "NEW"}, displayName="New", email="new@acme.com")
    assert (error.observed["displayName"], error.observed["email"]) == ("NEW", "new@acme.com")
    assert Overwritten(("email",), "old@acme.com", "new@acme.com") in error.overwritten


def test_a_secret_that_was_not_applied_is_masked() -> None:
    """Neither side of a secret shows."""
    error = not_applied({"metadata": {"tier": "theirs"}}, metadata={"tier": "hush"}, **{SECRET_FIELDS: ["metadata"]})
    assert "metadata.tier" in str(error)
    assert not any(word in str(error) for word in ["hush", "theirs"])


def test_values_that_differ_in_spaces_are_told_apart() -> None:
    """A server that squeezes spaces is found out by its value, shown as it is."""
    assert '"Acme Corp" instead of "Acme  Corp"' in str(
        not_applied({"displayName": "Acme Corp"}, displayName="Acme  Corp")
    )


def test_records_accumulate_over_updates() -> None:
    """The first value found stays on record, ours is the last one, and what was released is forgotten."""
    heard = Heard()
    api = MemoryApi()
    declaration = declared(displayName="Two", email="new@acme.com")
    records = [Overwritten(("displayName",), "Zero", "Acme"), Overwritten(("phone",), MISSING, "112")]
    assert converge(api, declaration, known(declaration, *records), heard).overwritten == (
        Overwritten(("displayName",), "Zero", "Two"),
        Overwritten(("email",), "old@acme.com", "new@acme.com"),
    )

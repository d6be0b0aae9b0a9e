"""Drift: what is declared is watched, everything else is left to others."""

from __future__ import annotations

from typing import Any

import pytest

from workbench import ACME, GLOBEX, Workbench

DECLARED = {"accountId": GLOBEX, "settings": {"timezone": "Europe/Berlin"}, "metadata": {"costCenter": "EU-7"}}


def test_up_with_refresh_mends_drift_in_one_go(bench: Workbench) -> None:
    """`up --refresh` finds a drifted declared field and writes it back."""
    bench.settle(globex=DECLARED)
    bench.api.edit(GLOBEX, {"metadata": {"costCenter": "US-1"}})
    up = bench.up("--refresh", "--skip-preview")
    assert up.code == 0, up.text
    assert bench.bodies() == [{"metadata": {"costCenter": "EU-7"}}]


@pytest.mark.parametrize(
    ("edit", "drift"),
    [
        pytest.param({"settings": {"timezone": "UTC"}}, {"settings.timezone": "update"}, id="nested value"),
        pytest.param({"settings": {"timezone": None}}, {"settings.timezone": "delete"}, id="nested value gone"),
        pytest.param({"metadata": None}, {"metadata": "delete"}, id="object gone"),
        pytest.param({"metadata": {"costCenter": 7}}, {"metadata.costCenter": "update"}, id="another type"),
        pytest.param({"metadata": {"owner": "telecom"}}, {}, id="undeclared key of a declared object"),
        pytest.param({"settings": {"callerIdPolicy": "lax"}}, {}, id="unmodelled key"),
        pytest.param(
            {"displayName": "Globex 2", "status": "suspended", "updatedAt": "2031-01-01"}, {}, id="undeclared"
        ),
    ],
)
def test_refresh_shows_declared_drift_by_its_path(
    bench: Workbench, edit: dict[str, Any], drift: dict[str, str]
) -> None:
    """A refresh names each declared value that changed, stores all others, and after an up nothing is left to do."""
    bench.settle(globex=DECLARED)
    bench.api.edit(GLOBEX, edit)
    refresh = bench.refresh("--skip-preview")
    assert refresh.code == 0, refresh.text
    assert refresh.changed("globex") == drift
    stored = bench.stored("globex")
    assert stored is not None
    live = bench.api.account(GLOBEX)
    names = ("displayName", "settings", "metadata", "status", "updatedAt")
    assert {name: stored["outputs"].get(name) for name in names} == {name: live.get(name) for name in names}
    bench.api.clear()
    up = bench.up("--skip-preview")
    assert up.code == 0, up.text
    assert len(bench.bodies()) == (1 if drift else 0)
    assert bench.preview("--expect-no-changes").code == 0


def test_an_immutable_field_that_changed_elsewhere_is_shown_and_refused(bench: Workbench) -> None:
    """A refresh shows that the plan is another one; the program that still asserts the old one is refused."""
    bench.settle(acme={"accountId": ACME, "plan": "professional"})
    bench.api.edit(ACME, {"plan": "enterprise"})
    refresh = bench.refresh("--skip-preview")
    assert refresh.code == 0, refresh.text
    assert refresh.changed("acme") == {"plan": "update"}
    preview = bench.preview()
    assert preview.code != 0
    assert 'the account has "enterprise", the program declares "professional"' in preview.text


@pytest.mark.parametrize("merge", ["deep", "replace"])
def test_unmodelled_keys_survive_a_write(bench: Workbench, merge: str) -> None:
    """Keys that no declaration knows survive, whether the server merges objects or replaces them."""
    bench.api.behave(merge=merge)
    bench.api.edit(GLOBEX, {"metadata": {"nested": {"a": 1, "b": 2}}})
    before = bench.api.account(GLOBEX)
    bench.declare(
        globex={
            "accountId": GLOBEX,
            "settings": {"language": "en"},
            "address": {"city": "Potsdam"},
            "metadata": {"nested": {"b": 3}, "list": [1, {"x": True}]},
        }
    )
    up = bench.up("--skip-preview")
    assert up.code == 0, up.text
    after = bench.api.account(GLOBEX)
    assert after["settings"] == {**before["settings"], "language": "en"}
    assert after["address"] == {**before["address"], "city": "Potsdam"}
    assert after["metadata"] == {"costCenter": "EU-7", "nested": {"a": 1, "b": 3}, "list": [1, {"x": True}]}
    assert len(bench.bodies()) == 1
    assert bench.preview("--expect-no-changes").code == 0


def test_a_field_removed_from_code_is_released(bench: Workbench) -> None:
    """The preview says what is released; up writes nothing; later drift of it is not shown."""
    bench.settle(acme={"accountId": ACME, "displayName": "Acme", "settings": {"language": "fr", "timezone": "UTC"}})
    bench.declare(acme={"accountId": ACME, "settings": {"timezone": "UTC"}})
    preview = bench.preview()
    assert preview.messages("info") == [
        "releases displayName, settings.language: the account keeps what it has there, and it is no longer watched"
    ]
    up = bench.up("--skip-preview")
    assert up.code == 0, up.text
    assert bench.bodies() == []
    bench.api.edit(ACME, {"settings": {"language": "de"}})
    assert bench.refresh("--skip-preview").changed("acme") == {}
    assert bench.preview("--expect-no-changes").code == 0


@pytest.mark.parametrize("merge", ["deep", "replace"])
def test_clear_sets_null_and_is_verified(bench: Workbench, merge: str) -> None:
    """Paths under clear are sent as null; a value that appears there later is drift, and is cleared again."""
    bench.api.behave(merge=merge)
    declared = {"accountId": GLOBEX, "clear": ["phone", "metadata.costCenter", "settings.language"]}
    bench.declare(globex=declared)
    preview = bench.preview()
    assert '  phone:               "+49-30-555-0142" => (none)' in preview.messages("info")[0].splitlines()
    up = bench.up("--skip-preview")
    assert up.code == 0, up.text
    after = bench.api.account(GLOBEX)
    assert after.get("phone") is None
    assert after["settings"].get("language") is None
    assert after["settings"]["callerIdPolicy"] == "strict"
    assert bench.preview("--expect-no-changes").code == 0
    bench.api.edit(GLOBEX, {"phone": "+1-555-0111"})
    bench.refresh("--skip-preview")
    bench.api.clear()
    up = bench.up("--skip-preview")
    assert up.code == 0, up.text
    assert bench.bodies() == [{"phone": None}]


@pytest.mark.parametrize("nulls", ["ignore", "reject"])
def test_a_clear_that_the_server_does_not_do_is_an_error(bench: Workbench, nulls: str) -> None:
    """Null is undocumented: where the server ignores or refuses it, up fails and names the field."""
    bench.api.behave(nulls=nulls)
    bench.declare(globex={"accountId": GLOBEX, "clear": ["phone"]})
    up = bench.up("--skip-preview")
    assert up.code != 0
    (error,) = up.errors
    assert "phone" in error


def test_omitted_fields_are_never_sent(bench: Workbench) -> None:
    """Through adoption, updates, releases and refreshes, every body holds declared top-level fields only."""
    bench.settle(acme={"accountId": ACME, "displayName": "One"})
    for declared in (
        {"displayName": "Two", "phone": "+1-555-0177"},
        {"phone": "+1-555-0178"},
        {"displayName": "Three"},
    ):
        bench.declare(acme={"accountId": ACME, **declared})
        bench.up("--skip-preview")
        assert all(set(body) <= set(declared) for body in bench.bodies())


@pytest.mark.parametrize(
    ("declared", "stored"),
    [
        pytest.param({"createdAt": "2023-10-15T10:30:00.000Z"}, {}, id="a time with a fraction"),
        pytest.param({"createdAt": "2023-10-15T12:30:00+02:00"}, {}, id="a time in another zone"),
        pytest.param({"displayName": "Cafe\u0301"}, {"displayName": "Caf\u00e9"}, id="a server that composes"),
        pytest.param({"displayName": "Caf\u00e9"}, {"displayName": "Cafe\u0301"}, id="a server that decomposes"),
    ],
)
def test_two_spellings_of_one_value_are_no_difference(
    bench: Workbench, declared: dict[str, Any], stored: dict[str, Any]
) -> None:
    """Neither an up nor a refresh nor a later preview finds one, however the server spells what it stores."""
    bench.api.edit(ACME, {"createdAt": "2023-10-15T10:30:00Z"})
    bench.api.behave(coerce=stored)
    bench.settle(acme={"accountId": ACME, **declared})
    bench.declare(acme={"accountId": ACME, **declared, "phone": "+1-555-0222"})
    up = bench.up()
    assert up.code == 0, up.text
    assert bench.bodies() == [{"phone": "+1-555-0222"}]
    refresh = bench.refresh("--skip-preview")
    assert refresh.changed("acme") == {}
    assert bench.preview("--expect-no-changes").code == 0

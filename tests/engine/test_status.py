"""Statuses that take phones out of service."""

from __future__ import annotations

import pytest

from workbench import ACME, CLOSED, INITECH, Workbench


@pytest.mark.parametrize("status", ["suspended", "closed"])
def test_taking_an_account_out_of_service_must_be_allowed(bench: Workbench, status: str) -> None:
    """Without allowStatus the preview fails; with it, the preview names the consequence, and up does it."""
    bench.settle(acme={"accountId": ACME, "status": "active"})
    bench.declare(acme={"accountId": ACME, "status": status})
    preview = bench.preview()
    assert preview.code != 0
    assert f"if that is meant, add {status} to allowStatus" in preview.errors[0]
    bench.declare(acme={"accountId": ACME, "status": status, "allowStatus": [status]})
    preview = bench.preview()
    assert preview.code == 0, preview.text
    assert any("its phones stop working" in text for text in preview.messages("warning"))
    up = bench.up("--skip-preview")
    assert up.code == 0, up.text
    assert bench.bodies() == [{"status": status}]


def test_an_account_that_this_program_closed_can_be_reopened_by_it(bench: Workbench) -> None:
    """Declaring active again is a change of this program's own closing."""
    bench.settle(acme={"accountId": ACME, "status": "closed", "allowStatus": ["closed"]})
    bench.declare(acme={"accountId": ACME, "status": "active"})
    up = bench.up()
    assert up.code == 0, up.text
    assert bench.api.account(ACME)["status"] == "active"


def test_an_account_closed_by_others_is_reported_and_left_closed(bench: Workbench) -> None:
    """An account that was closed meanwhile is not reopened by an update of something else, and does not block it."""
    bench.settle(acme={"accountId": ACME, "status": "active", "displayName": "Acme"})
    bench.api.edit(ACME, {"status": "closed"})
    bench.declare(acme={"accountId": ACME, "status": "active", "displayName": "Acme 2"})
    up = bench.up("--skip-preview")
    assert up.code == 0, up.text
    assert bench.bodies() == [{"displayName": "Acme 2"}]
    assert any('status was "active" when last read and was changed to "closed"' in text for text in up.messages("warn"))
    assert bench.api.account(ACME)["status"] == "closed"


def test_a_closed_account_stays_closed_after_a_refresh(bench: Workbench) -> None:
    """A refresh shows the closing as drift; the next up is refused, not a silent reopening."""
    bench.settle(acme={"accountId": ACME, "status": "active"})
    bench.api.edit(ACME, {"status": "closed"})
    assert bench.refresh("--skip-preview").changed("acme") == {"status": "update"}
    bench.api.clear()
    up = bench.up()
    assert up.code != 0
    assert "the account was found closed" in up.text
    assert bench.bodies() == []


def test_a_suspended_account_is_adopted_without_touching_its_status(bench: Workbench) -> None:
    """An undeclared status is nobody's business here."""
    bench.settle(initech={"accountId": INITECH, "displayName": "Initech 2"})
    assert bench.api.account(INITECH)["status"] == "suspended"


def test_a_closed_account_is_reported_by_up(bench: Workbench) -> None:
    """Managing the settings of a closed account goes on with a warning."""
    bench.declare(closed={"accountId": CLOSED, "displayName": "Closed"})
    up = bench.up("--skip-preview")
    assert up.code == 0, up.text
    assert any(f"account {CLOSED} is closed" in text for text in up.messages("warning"))

"""Update plans: `pulumi preview --save-plan`, reviewed, and then nothing but that by `pulumi up --plan`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from workbench import ACME, GLOBEX, Workbench

Accounts = Mapping[str, Mapping[str, Any]]
KEPT = {"globex": {"accountId": GLOBEX, "displayName": "Globex 2", "onDelete": "restore"}}
SECOND = {**KEPT, "acme": {"accountId": ACME, "phone": "+1-555-0199"}}


def carried_out(bench: Workbench, accounts: Accounts, *arguments: str) -> list[Any]:
    """The bodies that up sends when it is bound to a plan for these accounts."""
    bench.declare(**accounts)
    planned = bench.preview("--save-plan", "plan.json", *arguments)
    assert planned.code == 0, planned.text
    assert bench.bodies() == []
    up = bench.up("--plan", "plan.json", "--skip-preview", *arguments)
    assert up.code == 0, up.text
    return bench.bodies()


def test_a_plan_holds_from_the_first_up_on(bench: Workbench) -> None:
    """Adoptions, changes, no changes, a resource that goes and restores, and the last one, each by its plan."""
    assert carried_out(bench, KEPT) == [{"displayName": "Globex 2"}]
    assert carried_out(bench, KEPT) == []
    assert carried_out(bench, SECOND) == [{"phone": "+1-555-0199"}]
    changed = {"globex": {**KEPT["globex"], "displayName": "Globex 3"}, "acme": SECOND["acme"]}
    assert carried_out(bench, changed) == [{"displayName": "Globex 3"}]
    assert carried_out(bench, {"acme": SECOND["acme"]}) == [{"displayName": "Globex"}]
    assert carried_out(bench, {}) == []


def test_a_plan_holds_for_a_replacement_and_keeps_its_records(bench: Workbench) -> None:
    """A replaced resource takes over what it must restore, as without a plan."""
    assert carried_out(bench, KEPT) == [{"displayName": "Globex 2"}]
    assert carried_out(bench, KEPT, "--replace", bench.urn("globex")) == []
    assert carried_out(bench, {"renamed": KEPT["globex"]}) == []
    assert carried_out(bench, {}) == [{"displayName": "Globex"}]


def test_what_is_not_in_the_plan_is_not_done(bench: Workbench) -> None:
    """Another declaration than the one that was reviewed stops up before any write."""
    bench.declare(**KEPT)
    assert bench.preview("--save-plan", "plan.json").code == 0
    bench.declare(globex={**KEPT["globex"], "displayName": "Globex 3"})
    up = bench.up("--plan", "plan.json", "--skip-preview")
    assert up.code != 0
    assert "violates plan" in up.text
    assert bench.bodies() == []


def test_strict_up_is_bound_to_its_own_preview(bench: Workbench) -> None:
    """`pulumi up --strict` makes the plan itself."""
    if bench.version() < (3, 217):
        pytest.skip("--strict came with engine 3.217")
    bench.declare(**KEPT)
    up = bench.up("--strict")
    assert up.code == 0, up.text
    assert bench.bodies() == [{"displayName": "Globex 2"}]

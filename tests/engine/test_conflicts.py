"""Someone else changes the account between what state knows and what up writes."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest

from audian_emulator import Control
from workbench import ACME, Workbench

BEFORE = {"accountId": ACME, "displayName": "Acme", "settings": {"timezone": "UTC"}}
AFTER: dict[str, Any] = {**BEFORE, "displayName": "Acme 2"}


def test_what_nobody_changed_in_code_is_left_to_others(bench: Workbench) -> None:
    """An edit by others of a declared field is left alone, and the warning says how to see it; a refresh shows it."""
    bench.settle(acme=BEFORE)
    bench.api.edit(ACME, {"settings": {"timezone": "Asia/Tokyo"}})
    bench.declare(acme=AFTER)
    up = bench.up("--skip-preview")
    assert up.code == 0, up.text
    (warning,) = up.messages("warning")
    assert warning == (
        f'account {ACME}: settings.timezone was "UTC" when last read and was changed to "Asia/Tokyo" by someone else; '
        "it is left as it is, because its declaration did not change: run pulumi refresh, and the next preview shows it"
    )
    assert bench.bodies() == [{"displayName": "Acme 2"}]
    bench.declare(acme={**AFTER, "displayName": "Acme 3"})
    again = bench.up("--skip-preview")
    assert 'settings.timezone is "Asia/Tokyo", not "UTC" as declared; it is left as it is' in again.text
    assert bench.bodies() == [{"displayName": "Acme 3"}]
    assert bench.refresh("--skip-preview").changed("acme") == {"settings.timezone": "update"}
    assert bench.preview().changed("acme") == {"settings.timezone": "update"}
    assert bench.up("--skip-preview").code == 0
    assert bench.api.account(ACME)["settings"]["timezone"] == "UTC"


def test_a_conflict_is_warned_of_and_written_as_declared(bench: Workbench) -> None:
    """Where code and someone else change one field, all three values are named, and the declared one is written."""
    bench.settle(acme=BEFORE)
    bench.api.edit(ACME, {"displayName": "Theirs"})
    bench.declare(acme=AFTER)
    up = bench.up("--skip-preview")
    assert up.code == 0, up.text
    (warning,) = up.messages("warning")
    assert warning == (
        f'account {ACME}: displayName was "Acme" when last read and was changed to "Theirs" by someone else; '
        'writing "Acme 2" as declared'
    )
    assert bench.bodies() == [{"displayName": "Acme 2"}]


TRANSFORMED = """
import pulumi
import pulumi_audian as audian


def ignore(args):
    ignored = pulumi.ResourceOptions(ignore_changes=["email", "phone", "status", "plan"])
    return {result}(args.props, pulumi.ResourceOptions.merge(args.opts, ignored))


{register}(ignore)
config = pulumi.Config("test")
audian.Account(
    "acme",
    account_id="{account}",
    display_name=config.require("name"),
    email="declared@acme.com",
    phone="+1-555-0100",
    status="active",
    plan="{plan}",
)
"""
STYLES = {
    "transformation": {
        "result": "pulumi.ResourceTransformationResult",
        "register": "pulumi.runtime.register_stack_transformation",
    },
    "transform": {
        "result": "pulumi.ResourceTransformResult",
        "register": "pulumi.runtime.register_resource_transform",
    },
}


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("refreshed", [False, True])
def test_what_a_transform_ignores_is_neither_written_nor_judged(
    tmp_path: Path, api: Control, engine_directory: Path, style: str, *, refreshed: bool
) -> None:
    """The program can't see the option, and yet another change goes through and leaves what it ignores alone."""
    program = TRANSFORMED.format(**STYLES[style], account=ACME, plan=api.account(ACME)["plan"])
    bench = Workbench(tmp_path, api, engine_directory, program=program)
    bench.write_config({**bench.config, "test:name": "Acme"})
    assert bench.up("--skip-preview").code == 0
    theirs = {"email": "theirs@acme.com", "phone": "....5550100", "status": "suspended", "plan": "enterprise"}
    api.edit(ACME, theirs)
    if refreshed:
        assert bench.refresh("--skip-preview").code == 0
    for name in ("Acme 2", "Acme 3"):
        api.clear()
        bench.write_config({**bench.config, "test:name": name})
        up = bench.up()
        assert up.code == 0, up.text
        assert bench.bodies() == [{"displayName": name}]
    assert {name: api.account(ACME)[name] for name in theirs} == theirs


def test_a_field_that_is_newly_declared_may_be_a_conflict_too(bench: Workbench) -> None:
    """State knows every field: where one was changed before it is declared, no preview showed what up overwrites."""
    bench.settle(acme={"accountId": ACME, "onConflict": "fail"})
    bench.api.edit(ACME, {"phone": "+1-555-0111"})
    bench.declare(acme={"accountId": ACME, "onConflict": "fail", "phone": "+1-555-0222"})
    up = bench.up("--skip-preview")
    assert up.code != 0
    assert 'phone was "+1-555-0100" when last read and was changed to "+1-555-0111" by someone else' in up.errors[0]
    assert bench.bodies() == []


def test_a_conflict_can_stop_up(bench: Workbench) -> None:
    """With onConflict fail, up stops with both values and writes nothing; a refresh resolves the doubt."""
    bench.settle(acme={**BEFORE, "onConflict": "fail"})
    bench.api.edit(ACME, {"settings": {"timezone": "Asia/Tokyo"}})
    bench.declare(acme={**AFTER, "onConflict": "fail"})
    up = bench.up("--skip-preview")
    assert up.code != 0
    (error,) = up.errors
    assert '"UTC" when last read and was changed to "Asia/Tokyo" by someone else' in error
    assert "nothing was written: run pulumi refresh" in error
    assert bench.bodies() == []
    assert bench.refresh("--skip-preview").changed("acme") == {"settings.timezone": "update"}
    assert bench.up("--skip-preview").code == 0


def test_an_edit_to_the_declared_value_is_no_conflict(bench: Workbench) -> None:
    """Where someone else already made the change that up would make, nothing is written and nothing is said."""
    bench.settle(acme=BEFORE)
    bench.api.edit(ACME, {"displayName": "Acme 2"})
    bench.declare(acme={**AFTER, "onConflict": "fail"})
    up = bench.up("--skip-preview")
    assert up.code == 0, up.text
    assert bench.bodies() == []


def test_a_write_is_conditional_where_the_version_is_known(bench: Workbench) -> None:
    """With an ETag, the PATCH carries If-Match."""
    bench.api.behave(etag=True)
    bench.settle(acme=BEFORE)
    bench.declare(acme=AFTER)
    assert bench.up("--skip-preview").code == 0
    (write,) = bench.api.writes()
    assert write["ifMatch"]


def test_what_an_up_would_leave_can_stop_it(bench: Workbench) -> None:
    """With onConflict fail, an edit of any declared field stops the write of all others."""
    bench.settle(acme={**BEFORE, "onConflict": "fail", "plan": bench.api.account(ACME)["plan"]})
    bench.api.edit(ACME, {"plan": "enterprise"})
    bench.declare(acme={**AFTER, "onConflict": "fail", "plan": "professional"})
    up = bench.up("--skip-preview")
    assert up.code != 0
    assert 'plan was "professional" when last read and was changed to "enterprise" by someone else' in up.errors[0]
    assert bench.bodies() == []


@pytest.mark.parametrize("on_conflict", ["warn", "fail"])
def test_an_edit_during_the_write_leads_to_a_new_decision(bench: Workbench, on_conflict: str) -> None:
    """A 412 is followed by one fresh read: a declared field that changed meanwhile is decided on anew."""
    bench.api.behave(etag=True)
    bench.settle(acme={**BEFORE, "onConflict": on_conflict})
    bench.declare(acme={**AFTER, "onConflict": on_conflict})
    bench.api.fault(method="GET", delaySeconds=1.5)
    editor = threading.Thread(target=_edit_after_first_read, args=(bench,))
    editor.start()
    up = bench.up("--skip-preview")
    editor.join()
    writes = [write["status"] for write in bench.api.writes()]
    if on_conflict == "warn":
        assert up.code == 0, up.text
        assert writes == [412, 200]
        assert bench.api.account(ACME)["settings"]["timezone"] == "Asia/Tokyo"
        assert any("left as it is" in text for text in up.messages("warning"))
    else:
        assert up.code != 0
        assert writes == [412]
        assert bench.api.account(ACME)["settings"]["timezone"] == "Asia/Tokyo"


def _edit_after_first_read(bench: Workbench) -> None:
    # The delayed read has its answer already when the edit is made, so what it shows is outdated when it arrives.
    while not any(entry["method"] == "GET" for entry in bench.api.requests()):
        time.sleep(0.02)
    bench.api.edit(ACME, {"settings": {"timezone": "Asia/Tokyo"}})


def test_a_version_that_never_matches_is_not_repeated_blindly(bench: Workbench) -> None:
    """A 412 is followed by a read, and where that shows the same version, by no second request."""
    bench.api.behave(etag=True)
    bench.settle(acme=BEFORE)
    bench.declare(acme=AFTER)
    bench.api.fault(method="PATCH", status=412, times=0)
    up = bench.up("--skip-preview")
    assert up.code != 0
    assert bench.calls() == ["GET", "PATCH", "GET"]
    assert "HTTP 412" in up.errors[0]

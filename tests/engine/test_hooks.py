"""Hooks of the program around an account: a retry of what failed, and code that runs after a change."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest
from pulumi.dynamic import Config, ConfigureRequest

from audian_emulator import Control
from pulumi_audian import engine
from pulumi_audian.errors import NotApplied
from pulumi_audian.provider import AccountProvider
from workbench import ACME, Workbench

RETRYING = """
import json
import pulumi
import pulumi_audian as audian
from audian_emulator import Control


def mend(args):
    Control(config.require("api")).behave(ignoreFields=[])
    return True


config = pulumi.Config("test")
hooks = pulumi.ResourceHookBinding(on_error=[pulumi.ErrorHook("mend", mend)])
declared = json.loads(config.require("declared"))
audian.Account.from_mapping("acme", declared, pulumi.ResourceOptions(hooks=hooks))
"""
BEFORE = {"accountId": ACME, "onDelete": "restore", "settings": {"timezone": "UTC"}}
AFTER = {**BEFORE, "displayName": "Acme 2", "phone": "+1-555-0199"}


@pytest.mark.parametrize("first", [AFTER, BEFORE], ids=["create", "update"])
def test_a_retry_that_a_hook_asks_for_keeps_what_was_overwritten(bench: Workbench, first: dict[str, Any]) -> None:
    """A write that was taken in part is completed by the next attempt, and a destroy puts all of it back."""
    if bench.version() < (3, 217):
        pytest.skip("hooks on errors came with engine 3.217")
    before = bench.api.account(ACME)
    (bench.directory / "__main__.py").write_text(RETRYING)
    bench.config["test:api"] = bench.api.api_url

    def up(declared: dict[str, Any]) -> None:
        bench.write_config({**bench.config, "test:declared": json.dumps(declared)})
        done = bench.up("--skip-preview")
        assert done.code == 0, done.text

    if first is BEFORE:
        up(BEFORE)
    bench.api.behave(ignoreFields=["phone"])
    up(AFTER)
    assert {name: bench.api.account(ACME)[name] for name in ("displayName", "phone")} == {
        "displayName": "Acme 2",
        "phone": "+1-555-0199",
    }
    assert bench.destroy("--skip-preview").code == 0
    assert {**bench.api.account(ACME), "updatedAt": before["updatedAt"]} == before


NOTING = """
import pulumi
import pulumi_audian as audian


def noting(when):
    def note(args):
        pulumi.log.info(f"hook: {when} {args.name}")
        if config.get("refuse") == when:
            raise ValueError("not today")

    return pulumi.ResourceHook(when, note)


config = pulumi.Config("test")
WHEN = ("before_create", "after_create", "before_update", "after_update")
hooks = pulumi.ResourceHookBinding(**{when: [noting(when)] for when in WHEN})
audian.Account("acme", account_id="acc_1234567890", display_name=config.get("name"),
               opts=pulumi.ResourceOptions(hooks=hooks))
"""


def test_hooks_run_around_each_write_and_can_prevent_it(bench: Workbench) -> None:
    """A hook before a write that fails leaves the account as it is; where nothing changes, none runs."""
    (bench.directory / "__main__.py").write_text(NOTING)

    def hooks_of(name: str, **config: str) -> list[str]:
        named = {f"test:{key}": value for key, value in {"name": name, **config}.items()}
        bench.write_config({**bench.config, **named})
        up = bench.up()
        assert (up.code != 0) == bool(config), up.text
        return [text.removeprefix("hook: ") for text in up.messages("info") if text.startswith("hook: ")]

    assert hooks_of("Acme 2") == ["before_create acme", "after_create acme"]
    assert hooks_of("Acme 2") == []
    bench.api.clear()
    assert hooks_of("Acme 3", refuse="before_update") == ["before_update acme"]
    assert bench.bodies() == []
    assert hooks_of("Acme 3") == ["before_update acme", "after_update acme"]
    assert bench.bodies() == [{"displayName": "Acme 3"}]


def test_an_engine_that_creates_again_loses_nothing(api: Control, monkeypatch: pytest.MonkeyPatch) -> None:
    """Engines before 3.274 hand over nothing of a creation that failed halfway: its process remembers it."""
    monkeypatch.setattr(engine, "_engine", lambda: None)
    monkeypatch.setattr(sys, "tracebacklimit", 1000, raising=False)
    monkeypatch.setenv("AUDIAN_API_TOKEN", api.full_token)
    before = api.account(ACME)
    provider = AccountProvider()
    provider.configure(ConfigureRequest(Config({"audian:apiUrl": api.api_url}, "audian")))
    facts = {"urn": "urn:pulumi:test::audian::t::acme", "preview": False}
    inputs = provider.check({}, {**AFTER, "__provider": "x", "__declaration": facts}).inputs
    api.behave(ignoreFields=["phone"])
    with pytest.raises(NotApplied):
        provider.create({**inputs, "__provider": "x"})
    api.behave(ignoreFields=[])
    outputs = provider.create({**inputs, "__provider": "x"}).outs
    assert outputs is not None
    former = {record["path"]: record["was"] for record in outputs["overwritten"]}
    assert former == {
        "displayName": before["displayName"],
        "phone": before["phone"],
        "settings.timezone": before["settings"]["timezone"],
    }

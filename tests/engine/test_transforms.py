"""What a program's transforms make secret is as secret as what it declares so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from audian_emulator import Control
from workbench import ACME, GLOBEX, Workbench

BEFORE = "+1-555-0188"
AFTER = "+1-555-0177"
PROGRAM = f"""
import pulumi
import pulumi_audian as audian


def result(args, **options):
    for name, value in options.items():
        setattr(args.opts, name, value)
    kind = pulumi.ResourceTransformationResult if hasattr(args, "resource") else pulumi.ResourceTransformResult
    return kind(args.props, args.opts)


def hide(args):
    if "accountId" in args.props:
        args.props["phone"] = pulumi.Output.secret("{AFTER}")
        return result(args)


def wrap(args):
    if "accountId" in args.props:
        args.props["phone"] = pulumi.Output.secret(args.props["phone"])
        return result(args)


def hide_output(args):
    if "accountId" in args.props:
        return result(args, additional_secret_outputs=["phone"])


def drop(args):
    if "accountId" in args.props:
        del args.props["__declaration"]
        return result(args)


def component(**options):
    return pulumi.ComponentResource("audian:Site", "site", opts=pulumi.ResourceOptions(**options))


def account(name="acme", account_id="{ACME}", phone="{AFTER}", **options):
    return audian.Account(name, account_id=account_id, phone=phone, opts=pulumi.ResourceOptions(**options))


{{body}}
"""
SECRET = [
    pytest.param('pulumi.runtime.register_resource_transform(hide)\naccount(phone="+1-555-0100")', id="stack"),
    pytest.param('pulumi.runtime.register_stack_transformation(hide)\naccount(phone="+1-555-0100")', id="stack, older"),
    pytest.param('account(phone="+1-555-0100", transforms=[hide])', id="option"),
    pytest.param('account(phone="+1-555-0100", transformations=[hide])', id="option, older"),
    pytest.param('account(phone="+1-555-0100", parent=component(transforms=[hide]))', id="parent"),
    pytest.param('account(phone="+1-555-0100", parent=component(transformations=[hide]))', id="parent, older"),
    pytest.param("pulumi.runtime.register_resource_transform(wrap)\naccount()", id="the same value"),
    pytest.param("pulumi.runtime.register_stack_transformation(wrap)\naccount()", id="the same value, older"),
    pytest.param(
        f'account("globex", "{GLOBEX}", "+1-555-0200", transforms=[lambda args: None])\n'
        "pulumi.runtime.register_resource_transform(wrap)\naccount()",
        id="a transform that is registered later",
    ),
    pytest.param("account(transforms=[wrap, drop])", id="a transform that drops what the program told the provider"),
    pytest.param("account(phone=pulumi.Output.secret(AFTER))\n".replace("AFTER", repr(AFTER)), id="no transform"),
]
SECRET_OUTPUT = [
    pytest.param('account(additional_secret_outputs=["phone"])', id="option"),
    pytest.param("account(transforms=[hide_output])", id="transform"),
    pytest.param("account(transformations=[hide_output])", id="transformation"),
    pytest.param("pulumi.runtime.register_resource_transform(hide_output)\naccount()", id="stack"),
]


def run_all(tmp_path: Path, api: Control, engine_directory: Path, body: str) -> tuple[Workbench, str]:
    """A stack on which the program was brought up and someone else edited, with all that was printed and emitted."""
    api.edit(ACME, {"phone": BEFORE})
    bench = Workbench(tmp_path, api, engine_directory, program=PROGRAM.format(body=body))
    bench.write_config(bench.config)
    runs = [bench.preview("--diff"), bench.up("--diff"), bench.preview("--diff")]
    assert [run.code for run in runs] == [0, 0, 0], runs[-1].text
    assert api.account(ACME)["phone"] == AFTER
    return bench, "".join(run.text + json.dumps(run.events) for run in runs)


@pytest.mark.parametrize("body", SECRET)
def test_a_value_that_a_transform_makes_secret_is_shown_nowhere(
    tmp_path: Path, api: Control, engine_directory: Path, body: str
) -> None:
    """Neither it nor the live value before it is printed or in state, wherever the transform comes from."""
    bench, shown = run_all(tmp_path, api, engine_directory, body)
    stored = bench.stored("acme")
    assert stored is not None
    assert [record["path"] for record in stored["outputs"]["overwritten"]] == ["phone"]
    for text in (shown, json.dumps(stored)):
        assert BEFORE not in text
        assert AFTER not in text
    assert "[secret] => [secret]" in shown


@pytest.mark.parametrize("body", SECRET_OUTPUT)
def test_the_record_of_a_secret_output_is_secret(
    tmp_path: Path, api: Control, engine_directory: Path, body: str
) -> None:
    """What an option makes a secret output, the engine encrypts; so are the records of what it was before."""
    bench, shown = run_all(tmp_path, api, engine_directory, body)
    stored = bench.stored("acme")
    assert stored is not None
    assert BEFORE not in shown
    assert BEFORE not in json.dumps(stored)
    assert AFTER not in json.dumps(stored["outputs"])


def test_an_account_that_a_transform_chooses_keeps_its_own_values(
    tmp_path: Path, api: Control, engine_directory: Path
) -> None:
    """What was overwritten in the account that a program names is never put back into another."""
    bench, _ = run_all(tmp_path, api, engine_directory, "account()")
    body = f"""
def redirect(args):
    args.props["accountId"] = "{GLOBEX}"
    args.props["onDelete"] = "restore"
    return result(args)


account("other", transforms=[redirect])
"""
    (bench.directory / "__main__.py").write_text(PROGRAM.format(body=body))
    api.edit(GLOBEX, {"phone": AFTER})
    up = bench.up("--skip-preview")
    assert up.code == 0, up.text
    stored = bench.stored("other")
    assert stored is not None
    assert stored["outputs"]["accountId"] == GLOBEX
    assert "overwritten" not in stored["outputs"]

"""What a Python program is told of its mistakes: all at once, in the preview, in its own names and with its lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from audian_emulator import Control
from test_cli import document
from workbench import ACME, Run, Workbench

LEAD = "pulumi-python:dynamic/audian:Account resource 'acme' has a problem: "
NULL = "is null: leave it out to leave the field alone, or name it in clear"
NOT_JSON = "is not JSON, and an account holds nothing else: give text, a number, true, false, a list or a map"
OUT_OF_SERVICE = "takes the phones of everyone on this account out of service: if that is meant, add"
NO_MAIL = "is not an email address such as admin@acme.com: no mail reaches .local, which is reserved for special use"
TYPED = f"""
import datetime
import pulumi
import pulumi_audian as audian
audian.Account("acme", account_id="{ACME}", {{arguments}})
"""
MAPPED = f"""
import pulumi
import pulumi_audian as audian
audian.Account.from_mapping("acme", {{{{"accountId": "{ACME}", {{arguments}}}}}})
"""


def bench_of(tmp_path: Path, api: Control, engine_directory: Path, program: str) -> Workbench:
    """A stack whose program is the given text."""
    bench = Workbench(tmp_path, api, engine_directory, program=program)
    bench.write_config(bench.config)
    return bench


def problems(run: Run) -> list[str]:
    """What was said of the account, without its place and without the engine's words around it."""
    place = " (declared in __main__.py:5)"
    return [text.removeprefix(LEAD).removesuffix(place) for text in run.errors if text.startswith(LEAD)]


REFUSED = [
    pytest.param(
        TYPED,
        'settings={"sms_enabeld": True}, created_at="2020-01-01T00:00:00Z", status="suspended"',
        [
            "settings.sms_enabeld: is not a known field; did you mean sms_enabled?",
            f'status: "suspended" {OUT_OF_SERVICE} suspended to allow_status',
        ],
        id="names of Python",
    ),
    pytest.param(
        MAPPED,
        '"settings": {"smsEnabeld": True}',
        ["settings.smsEnabeld: is not a known field; did you mean smsEnabled?"],
        id="names of the API",
    ),
    pytest.param(
        TYPED,
        'settings={"enable_recording": True, "enableRecording": True}',
        ["settings.enable_recording: is the same field as enableRecording: keep one of the two"],
        id="both spellings",
    ),
    pytest.param(
        TYPED,
        'settings=pulumi.Output.from_input({"enable_recording": True, "enableRecording": True})',
        ["settings.enable_recording: is the same field as enableRecording: keep one of the two"],
        id="both spellings in an output",
    ),
    pytest.param(
        MAPPED,
        '"settings": {"enable_recording": True, "enableRecording": True}',
        ["settings.enable_recording: is the same field as enableRecording: keep one of the two"],
        id="both spellings in a mapping",
    ),
    pytest.param(
        TYPED,
        'phone=pulumi.Output.from_input(None), settings=pulumi.Output.secret({"sms_enabled": None, "language": "de"}),'
        'metadata={"a": pulumi.Output.from_input({"b": [{"c": None}]})}',
        [f"phone: {NULL}", f"settings.sms_enabled: {NULL}", f"metadata.a.b[0].c: {NULL}"],
        id="nulls in outputs",
    ),
    pytest.param(
        TYPED,
        'metadata={"logo": pulumi.FileAsset("x"), "list": [pulumi.AssetArchive({}), datetime.date(2026, 1, 31)], '
        '"deep": pulumi.Output.from_input("x").apply(lambda _: {"set": {1}}), "bytes": b"x"}',
        [
            f"metadata.logo: FileAsset {NOT_JSON}",
            f"metadata.list[0]: AssetArchive {NOT_JSON}",
            f"metadata.list[1]: date {NOT_JSON}",
            f"metadata.deep.set: set {NOT_JSON}",
            f"metadata.bytes: bytes {NOT_JSON}",
        ],
        id="what is no JSON, some of it in an output",
    ),
    pytest.param(
        TYPED,
        'metadata={"logo": pulumi.FileAsset("x"), 7: "x", "other": audian.Account("o", account_id="acc_2345678901")}',
        [
            f'metadata["7"]: int as a name {NOT_JSON}',
            f"metadata.logo: FileAsset {NOT_JSON}",
            f"metadata.other: Account {NOT_JSON}",
        ],
        id="what is no JSON",
    ),
    pytest.param(
        TYPED,
        'opts=pulumi.ResourceOptions(ignore_changes=["settings.sms_enabeld", "display_name", "metadata.x", "*"], '
        'replace_on_changes=["phones"], additional_secret_outputs=["emails"], hide_diffs=["adress.city"])',
        [
            "ignore_changes: settings.sms_enabeld is not a known field; did you mean sms_enabled?",
            "replace_on_changes: phones is not a known field; did you mean phone?",
            "additional_secret_outputs: emails is not a known field; did you mean email?",
            "hide_diffs: adress.city is not a known field; did you mean address?",
        ],
        id="options that lead nowhere",
    ),
    pytest.param(
        TYPED,
        'email="phones@corp.local"',
        [
            f'email: "phones@corp.local" {NO_MAIL}',
        ],
        id="a domain without mail",
    ),
]


@pytest.mark.parametrize(("form", "arguments", "expected"), REFUSED)
def test_a_wrong_program_is_refused_in_the_preview(  # noqa: PLR0913 - the fixtures
    tmp_path: Path, api: Control, engine_directory: Path, *, form: str, arguments: str, expected: list[str]
) -> None:
    """Each mistake is named by its path and with the way out, before anything is read or written."""
    bench = bench_of(tmp_path, api, engine_directory, form.format(arguments=arguments))
    preview = bench.preview()
    assert preview.code != 0
    assert "Traceback" not in preview.text
    assert sorted(problems(preview)) == sorted(expected)
    assert bench.bodies() == []


@pytest.mark.parametrize(
    ("account", "place"),
    [
        (
            f"Account('acme', account_id='{ACME}', phone='x', opts=pulumi.ResourceOptions(parent=site))",
            " (declared in site_accounts.py:7)",
        ),
        (f"Account.from_mapping('acme', {{'accountId': '{ACME}', 'phone': 'x'}})", ""),
    ],
    ids=["typed", "a mapping"],
)
def test_a_refusal_names_the_line_that_declares_the_account(
    tmp_path: Path, api: Control, engine_directory: Path, account: str, place: str
) -> None:
    """The line of the program's own file, also where a module beside it has it; a mapping has no line of its own."""
    bench = bench_of(tmp_path, api, engine_directory, "import site_accounts\nsite_accounts.declare()\n")
    (bench.directory / "site_accounts.py").write_text(
        "import pulumi\nimport pulumi_audian as audian\n\n\ndef declare():\n"
        "    site = pulumi.ComponentResource('audian:Site', 'site')\n"
        f"    audian.{account}\n"
    )
    wrong = 'phone: "x" is not a phone number such as +1-555-0200 (quote it: it is text)'
    preview = bench.preview()
    assert [text for text in preview.errors if text.startswith(LEAD)] == [f"{LEAD}{wrong}{place}"]


def test_an_import_is_answered_with_the_way_to_adopt(tmp_path: Path, api: Control, engine_directory: Path) -> None:
    """`import_` would end in the SDK's own error: it is told that declaring an account adopts it."""
    options = f'opts=pulumi.ResourceOptions(import_="{ACME}")'
    bench = bench_of(tmp_path, api, engine_directory, TYPED.format(arguments=options))
    for run in (bench.preview(), bench.up("--skip-preview")):
        assert run.code != 0
        assert (
            "account acme: import_ is not needed: an account is adopted by declaring it; remove import_, and set "
            f"account_id. `audian export {ACME}` writes the declaration; nothing was read or written"
        ) in run.text
        assert "Traceback" not in run.text
    assert bench.calls() == []


def test_timeouts_of_the_engine_are_said_to_have_no_effect(
    tmp_path: Path, api: Control, engine_directory: Path
) -> None:
    """The engine hands them to no dynamic provider; what has an effect is named."""
    options = 'opts=pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(update="5m"))'
    bench = bench_of(tmp_path, api, engine_directory, TYPED.format(arguments=options))
    preview = bench.preview()
    assert preview.code == 0, preview.text
    assert preview.messages("warning") == [
        "custom_timeouts has no effect on an account: set audian:timeoutSeconds or audian:retrySeconds"
    ]


def test_a_report_names_the_line_of_the_program(tmp_path: Path, api: Control, engine_directory: Path) -> None:
    """A refused account has no step in the engine's answer, so its line comes from the provider."""
    bench = bench_of(tmp_path, api, engine_directory, TYPED.format(arguments='settings={"sms_enabeld": True}'))
    (stack,) = document(bench, "preview", code=1)["stacks"]
    (account,) = stack["accounts"]
    (problem,) = account["problems"]
    assert problem["place"] == {"file": "__main__.py", "line": 5}, problem
    assert problem["text"] == "settings.sms_enabeld: is not a known field; did you mean sms_enabled?"

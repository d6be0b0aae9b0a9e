"""`audian validate` and the engine's preview agree: on what is wrong, in the same words, and on what is right."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import Any

import pytest
import yaml

from pulumi_audian.validation.finding import Finding
from pulumi_audian.validation.parsing import parse
from pulumi_audian.validation.project import Project
from pulumi_audian.validation.stack import check
from pulumi_audian.values import whole_numbers
from workbench import ACME, GLOBEX, TYPE, Run, Workbench

PROBLEM = re.compile(rf"{re.escape(TYPE)} resource '(.+?)' has a problem: (.+)")

ACCOUNTS = {
    "values": f"""
    acme:
      <<: {{email: nobody, plan: [starter]}}
      accountId: {ACME}
      displayName: ''
      phone: 4915550100
      status: closed
      onDelete: destroy
      onConflict: no
      allowStatus: [suspended, active]
      clear: [settings.language, settings.languages, plan, email, 7, metadata.a, metadata.a.b]
      settings: {{timezone: America/NewYork, recordingRetention: 1e3, enableRecording: yes, smsEnabled: 1}}
      address: [Berlin]
      metadata: {{big: 9007199254740993}}
      name: 7
""",
    "names": f"""
    acme:
      accountId: ../{ACME}
      displayname: Acme
      id: {ACME}
      adress: {{city: Berlin}}
      updatedAt: today
      settings: {{enable_recordings: true, enable_recording: 'on', time zone: UTC}}
      address: {{Street: 1 Main, city: 7, postal_code: 10001}}
      1: one
      '<<': {{email: nobody}}
""",
    "scalars": """
    acme:
      accountId: 1234567890
      displayName: 0123
      email: 1e400
      phone: 0x1F
      settings: {recordingRetention: 0o17, timezone: 12:30, language: no, enableVoiceMail: "true"}
      address: {street: 1_000, city: 1.50, state: ~, postalCode: 09, country: NO}
      name: true
      plan: .inf_
""",
    "nulls": """
    acme:
      phone:
      settings: {language: ~}
      address: null
      metadata: {a: {b: null, c: [null]}}
      allowStatus: null
      clear: [null]
""",
}

REFUSED: dict[str, tuple[str | bytes, str]] = {
    "token": ("config: {audian:token: abc, audian:accounts: {}}", "audian:token stands in plain text"),
    "misspelt": ("config: {audian:apiurl: 'http://127.0.0.1:1'}", "did you mean audian:apiUrl?"),
    "without namespace": ("config: {apikey: abc}", "did you mean audian:apiKey?"),
    "no map": ("config: {audian:accounts: {acme: acc_1}}", '"acc_1" is not a map of fields'),
    "type": ("config: {audian:retrySeconds: many}", "must be of type 'integer'"),
    "no number": ("config: {audian:timeoutSeconds: 1.5}", "must be of type 'integer'"),
    "no boolean": ("config: {audian:previewReads: yes}", "must be of type 'boolean'"),
    "JSON": ("config: {audian:accounts: '{}'}", "must be of type 'object'"),
    "list": ("config: {audian:accounts: [acme]}", "must be of type 'object'"),
    "nothing": ("config:\n  audian:accounts:\n", "must be of type 'object'"),
    "no settings": ("config: [1]", ""),
    "no map at all": ("- config", ""),
    "too many colons": ("config: {audian:retry:seconds: 1}", ""),
    "tab": ("config:\n\taudian:retrySeconds: 2\n", "found character that cannot start any token"),
    "unclosed": ("config: {audian:retrySeconds: 2", "did not find expected ',' or '}'"),
    "twice": ("config:\n  audian:retrySeconds: 1\n  audian:retrySeconds: 2\n", ""),
    "alias": ("config: {audian:retrySeconds: *seconds}", ""),
    "circle": ("config: {audian:accounts: &all {acme: *all}}", "contains itself"),
    "merge": ("config: {<<: 5}", ""),
    "key": ("config: {[a]: 1}", ""),
    "tag": ("config: {audian:retrySeconds: !!int many}", ""),
    "encoding": (b"config: {audian:apiUrl: \xe4}", "UTF-8"),
    "aliases": (f"a: &a [{'1,' * 2000}]\nb: [{'*a,' * 300}]", ""),
    "not a number": ("config: {audian:accounts: {acme: {accountId: acc_1, metadata: {a: .nan}}}}", ""),
}

UNUSUAL = f"""\ufeff%YAML 1.1
---
# A comment.
defaults: &defaults {{timezone: "America/New_York", language: &language !!str no}}
config:
  audian:timeoutSeconds: 3e1
  "audian:retrySeconds": '5'
  audian:envelope:
  accounts:
    acme:
      accountId: &acme {ACME}
      displayName: >-
        Acme # no comment
        Corp
      email: "admin\\u0040acme.com"
      phone: !!str 15550100
      settings: *defaults
      metadata: {{1: a, 2: [yes, 012, {{}}], "": *language, ? long : 9007199254740991}}
    "globex":\t
      <<: [{{displayName: Globex}}, {{displayName: 7, plan: starter}}]
      accountId: '{GLOBEX}'
""".replace("\n", "\r\n")

SCALARS = """\
no, yes, on, y, True, tRue, ~, Null, null_, 0123, -017, 09, 0o17, 0O7, 0o8, 0x1F, -0x10, 0xg, 0b11, -0b11, 0b2, 00, -0
+12, --, 1_000, 1__0, 0_8, _1, 1.0, 5., .5, +.5, ._5, .5_0, 1_0.5, 1e3, 1E3, 1e, 1e400, 1.2e-7
9007199254740993, -9223372036854775808, 99999999999999999999, 12:30, +1-555-0200
2024-01-31, 2024-1-2, 2024-13-01, 2024-02-30, 2023-10-15T10:30:00Z, 2023-10-15t10:30:00.1200+02:00, 2023-10-15T10:30:00
=, !!str 5, !!float 5, !!int '5', ! 5, !own 5, !!binary aGVsbG8=, '5', "\\u00e9", |-
""".replace("\n", ", ").removesuffix(", ")
"""Scalars, most of which other parsers read otherwise."""


def write(bench: Workbench, text: str | bytes) -> bytes:
    """Write the stack's file, which leaves the API's address to the environment, and give what it holds."""
    bench.environment["AUDIAN_API_URL"] = bench.api.api_url
    data = text.encode() if isinstance(text, str) else text
    (bench.directory / "stacks" / "Pulumi.test.yaml").write_bytes(data)
    return data


def found(bench: Workbench, data: bytes) -> list[Finding]:
    """What is found in the stack's file, as part of the project."""
    project = Project.around(bench.directory)
    assert project is not None
    return check(data, project)


def said_by_engine(run: Run) -> set[tuple[str, str]]:
    """Each problem of a declaration as account and sentence."""
    matches = (PROBLEM.fullmatch(text) for text in run.errors)
    return {(match[1], match[2]) for match in matches if match}


def said_by_us(findings: list[Finding]) -> set[tuple[str, str]]:
    """Each finding as account and sentence."""
    return {(finding.account, str(finding).removeprefix(finding.account).lstrip(".: ")) for finding in findings}


def test_scalars_are_what_the_engine_takes_them_for(bench: Workbench) -> None:
    """Text, number, truth, nothing or a point in time: the checks see the value that the program will see."""
    scalars = SCALARS.split(", ")
    data = write(bench, "\n".join(["config:", "  test:scalars:", *(f"  - {scalar}" for scalar in scalars), ""]))
    root = parse(data).root
    assert root is not None
    ours = root.plain()["config"]["test:scalars"]
    theirs = json.loads(json.loads(bench.command("config", "--json"))["test:scalars"]["value"])
    assert [(scalar, whole_numbers(value)) for scalar, value in zip(scalars, ours, strict=True)] == [
        (scalar, whole_numbers(value)) for scalar, value in zip(scalars, theirs, strict=True)
    ]


@pytest.mark.parametrize("accounts", ACCOUNTS.values(), ids=ACCOUNTS)
def test_both_say_the_same_of_a_wrong_account(bench: Workbench, accounts: str) -> None:
    """Each problem of an account, all at once, in the provider's own sentence."""
    del bench.environment["AUDIAN_API_TOKEN"]
    findings = found(bench, write(bench, f"config:\n  audian:accounts:{accounts}"))
    preview = bench.preview()
    assert preview.code != 0
    assert said_by_us(findings) == said_by_engine(preview), preview.text


def test_both_refuse_a_wrong_file(bench: Workbench) -> None:
    """What the engine or the program refuses before any account is looked at is found too."""
    silent = {}
    for name, (text, message) in REFUSED.items():
        findings = found(bench, write(bench, text))
        preview = bench.execute("preview")
        said = message in preview.stdout and any(message in finding.message for finding in findings)
        if not (preview.returncode and findings and said):
            silent[name] = (findings, preview.stdout)
    assert silent == {}


def test_both_name_the_second_declaration_of_an_account(bench: Workbench) -> None:
    """The provider names whichever comes second, the file's order decides here."""
    del bench.environment["AUDIAN_API_TOKEN"]
    twins = f"config: {{audian:accounts: {{acme: {{accountId: {ACME}}}, twin: {{accountId: {ACME}}}}}}}"
    (ours,) = said_by_us(found(bench, write(bench, twins)))
    (theirs,) = said_by_engine(bench.preview())
    assert ours == (
        "twin",
        f'accountId: "{ACME}" is declared by resource acme too; declare an account once, in one place',
    )
    assert theirs[1] in (ours[1], ours[1].replace("resource acme", "resource twin"))


def test_both_accept_what_is_unusual_and_right(bench: Workbench) -> None:
    """A mark of the byte order, CRLF, anchors, merges, tags, quotes, odd keys and numbers as YAML has them."""
    assert found(bench, write(bench, UNUSUAL)) == []
    preview = bench.preview()
    assert preview.code == 0, preview.text
    assert set(preview.steps()) == {"acme", "globex"}


def test_encrypted_values_are_unknown_and_hide_the_others(bench: Workbench) -> None:
    """A text that only the engine can read may be right, a number can't; no value of these accounts is shown."""
    bench.declare(acme={"accountId": ACME, "displayName": "", "settings": {"timezone": "Mars/Olympus"}})
    for path, value in (("phone", "+1-555-0200"), ("settings.recordingRetention", "90"), ("metadata.pin", "4711")):
        bench.command("config", "set", "--secret", "--path", f"audian:accounts.acme.{path}", value)
    bench.command("config", "set", "--secret", "audian:token", bench.api.full_token)
    data = (bench.directory / "stacks" / "Pulumi.test.yaml").read_bytes()
    preview = bench.preview()
    assert said_by_us(found(bench, data)) == said_by_engine(preview) != set()
    bench.command("config", "set", "--path", "audian:accounts.acme.displayName", "Acme")
    bench.command("config", "set", "--path", "audian:accounts.acme.settings", "{}")
    bench.command("config", "rm", "--path", "audian:accounts.acme.settings")
    data = (bench.directory / "stacks" / "Pulumi.test.yaml").read_bytes()
    assert "secure" in str(yaml.safe_load(data))
    assert found(bench, data) == []
    assert bench.preview().code == 0


def test_the_command_needs_no_engine_no_token_and_no_network(bench: Workbench) -> None:
    """All files of the project are checked by default; the exit code tells whether all are right."""
    environment = {"PATH": "/nonexistent", "http_proxy": "http://127.0.0.1:1", "https_proxy": "http://127.0.0.1:1"}

    def validated(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", "from pulumi_audian.cli import main; main()", "validate", *arguments],
            cwd=bench.directory,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    bench.declare(acme={"accountId": ACME})
    right = validated()
    assert (right.returncode, right.stdout, right.stderr) == (0, "", "audian: no problems in 1 stack file\n")
    bench.declare(acme={"accountId": ACME, "email": "nobody"})
    wrong = validated("--format", "json")
    problems: list[dict[str, Any]] = json.loads(wrong.stdout)["problems"]
    assert wrong.returncode == 1
    assert [(one["file"], one["account"], one["field"]) for one in problems] == [
        ("stacks/Pulumi.test.yaml", "acme", "email")
    ]
    assert bench.calls() == []


def test_a_preset_of_the_project_is_judged_alike(bench: Workbench) -> None:
    """What Pulumi.yaml gives all stacks is refused by the preview, and found by validate, in the same words."""
    file = bench.directory / "Pulumi.yaml"
    described = yaml.safe_load(file.read_text())
    wrong = {"acme": {"accountId": ACME, "phnoe": "x"}}
    described.setdefault("config", {})["audian:accounts"] = {"type": "object", "default": wrong}
    file.write_text(yaml.safe_dump(described))
    bench.write_config(bench.config)
    said = [match[2] for text in bench.preview().errors if (match := PROBLEM.fullmatch(text))]
    (line,) = (number for number, text in enumerate(file.read_text().splitlines(), 1) if "phnoe" in text)
    done = subprocess.run(
        [sys.executable, "-c", "from pulumi_audian.cli import main; main()", "validate"],
        cwd=bench.directory,
        env=bench.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert said == ["phnoe: is not a known field; did you mean phone?"]
    assert f"Pulumi.yaml:{line}:" in done.stdout
    assert done.stdout.rstrip().endswith(f"acme.{said[0]}")

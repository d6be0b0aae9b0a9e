"""An account as code: what is written, what is left out and why, and under which name."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_audian.errors import Refused
from pulumi_audian.export.account import export
from pulumi_audian.export.choice import Choice, chosen_paths
from pulumi_audian.export.naming import resource_names
from pulumi_audian.export.program import program
from pulumi_audian.export.secrets import looks_secret
from pulumi_audian.export.stack_file import scalar, section

LIVE: dict[str, Any] = {
    "id": "acc_1",
    "updatedAt": "2024-05-20T13:15:00Z",
    "metadata": {"tier": "gold", "apiToken": "s3cr3t", "NO": "NO", "lines": "one\ntwo\n", "list": [1, {"a": []}]},
    "settings": {"callerIdPolicy": "strict", "enableRecording": False, "timezone": "Mars/Phobos"},
    "address": {"country": "NO", "county": None},
    "status": "suspended",
    "displayName": "Acme: Corp",
    "phone": "+1-555-0100",
    "name": "Acme Corporation",
    "plan": "starter",
    "createdAt": "2024-02-01T08:00:00Z",
}

STACK_FILE = """\
config:
  audian:accounts:
    acme:
      accountId: acc_1
      displayName: "Acme: Corp"
      phone: "+1-555-0100"
      # status is left out: it is suspended, and an up would make it so again after its return: add it by hand if that \
is meant
      address:
        country: "NO"
      settings:
        # settings.timezone is left out: "Mars/Phobos" is not an IANA timezone such as America/New_York
        enableRecording: false
        # settings.callerIdPolicy is left out: this version of pulumi-audian does not know it
      metadata:
        "NO": "NO"
        # metadata.apiToken is left out: it looks like a secret; to declare it encrypted: \
pulumi config set --secret --path audian:accounts.acme.metadata.apiToken
        lines: |
          one
          two
        list:
          - 1
          - a: []
        tier: gold
      name: Acme Corporation
      plan: starter
      createdAt: "2024-02-01T08:00:00Z"
"""

PROGRAM = '''\
"""The accounts as they were when they were exported."""

import pulumi_audian as audian

audian.Account(
    "acme",
    account_id="acc_1",
    display_name="Acme: Corp",
    phone="+1-555-0100",
    # status is left out: it is suspended, and an up would make it so again after its return: add it by hand if that \
is meant
    address={
        "country": "NO",
    },
    settings={
        # settings.timezone is left out: "Mars/Phobos" is not an IANA timezone such as America/New_York
        "enable_recording": False,
        # settings.callerIdPolicy is left out: this version of pulumi-audian does not know it
    },
    metadata={
        "NO": "NO",
        # metadata.apiToken is left out: it looks like a secret; to declare it encrypted: \
pulumi config set --secret, and pulumi.Config().require_secret() here
        "lines": "one\\ntwo\\n",
        "list": [
            1,
            {
                "a": [],
            },
        ],
        "tier": "gold",
    },
    name="Acme Corporation",
    plan="starter",
    created_at="2024-02-01T08:00:00Z",
)
'''


def test_a_stack_file_is_readable_and_says_what_it_leaves_out() -> None:
    """Fields come in the order of the contract, metadata sorted, and reasons stand in the places of values."""
    assert section([export(LIVE, "acme", Choice(asserts=True))]) == STACK_FILE


def test_a_program_is_readable_and_says_what_it_leaves_out() -> None:
    """The same with Python's names and literals."""
    assert program([export(LIVE, "acme", Choice(asserts=True, in_stack_file=False))]) == PROGRAM


@pytest.mark.parametrize(
    ("live", "paths", "expected"),
    [
        pytest.param({}, [], {}, id="nothing"),
        pytest.param({"status": "active"}, [], {"status": "active"}, id="active"),
        pytest.param({"status": "closed"}, [], {}, id="closed is left out"),
        pytest.param({"status": "closed"}, ["status"], {"status": "closed", "allowStatus": ["closed"]}, id="asked for"),
        pytest.param({"status": "odd"}, [], {}, id="unknown status"),
        pytest.param({"address": None, "email": None}, [], {}, id="null"),
        pytest.param({"address": {}, "metadata": {}}, [], {"address": {}, "metadata": {}}, id="empty objects"),
        pytest.param({"address": {"city": ""}}, [], {"address": {"city": ""}}, id="empty text"),
        pytest.param({"displayName": "", "email": "x", "phone": "y"}, [], {}, id="refused by the rules"),
        pytest.param({"settings": "all", "address": []}, [], {}, id="no objects"),
        pytest.param({"settings": {"recordingRetention": 0}}, [], {}, id="an object of which nothing remains"),
        pytest.param({"metadata": {"a": 2**53, "b": 1}}, [], {"metadata": {"b": 1}}, id="a large number"),
        pytest.param({"metadata": {"a": [[2**53]], "b": 1}}, [], {"metadata": {"b": 1}}, id="a large number in a list"),
        pytest.param({"metadata": {"a": {"secure": "x"}}}, [], {}, id="an object that reads as encrypted"),
        pytest.param({"metadata": {"a": {"secure": "x", "key": "y"}}}, [], {}, id="one that would become so"),
        pytest.param({"metadata": {"a": [{"pin": 1}]}}, [], {}, id="a secret in a list"),
        pytest.param({"metadata": {"a": {"pin": 1, "b": 2}}}, [], {"metadata": {"a": {"b": 2}}}, id="a secret inside"),
        pytest.param(
            {"metadata": {"a.b": 1, "c": {"d": 2, "e": 3}}, "email": "a@b.co"},
            ['metadata["a.b"],metadata.c.d', "settings.timezone"],
            {"metadata": {"a.b": 1, "c": {"d": 2}}},
            id="chosen paths",
        ),
        pytest.param(
            {"settings": {"timezone": "UTC", "language": "en"}, "phone": "+1-555-0100"},
            ["settings.timezone, phone"],
            {"phone": "+1-555-0100", "settings": {"timezone": "UTC"}},
            id="chosen members",
        ),
        pytest.param({"displayName": "A"}, ["display_name"], {"displayName": "A"}, id="chosen by its Python name"),
        pytest.param({"metadata": {"a": 1}}, ["metadata.b"], {}, id="a chosen path without a value"),
    ],
)
def test_what_is_declared(live: dict[str, Any], paths: list[str], expected: dict[str, Any]) -> None:
    """What the rules, the engine and the choice allow."""
    declaration = export({"id": "acc_1", **live}, "acme", Choice(chosen_paths(paths))).declaration
    assert declaration == {"accountId": "acc_1", **expected}


@pytest.mark.parametrize(
    ("former", "expected"),
    [
        pytest.param({"onDelete": "restore", "onConflict": "fail"}, {}, id="options"),
        pytest.param({"plan": "professional"}, {"plan": "starter"}, id="assertions"),
        pytest.param({"status": "active"}, {"status": "suspended", "allowStatus": ["suspended"]}, id="status"),
        pytest.param({"metadata": {"key": "old"}}, {"metadata": {"key": "EU-7"}}, id="what only looks like a secret"),
        pytest.param({"clear": ["email", "phone"]}, {"clear": ["email"]}, id="what is absent stays cleared"),
        pytest.param({"clear": "email", "displayName": 5}, {}, id="what is wrong"),
    ],
)
def test_an_account_written_anew_keeps_what_was_written_on_purpose(
    former: dict[str, Any], expected: dict[str, Any]
) -> None:
    """Of a former declaration its options and its own choices stay, with the account's values."""
    live = {
        "id": "acc_1",
        "status": "suspended",
        "plan": "starter",
        "phone": "+1-555-0100",
        "metadata": {"key": "EU-7"},
    }
    options = {name: value for name, value in former.items() if name.startswith("on")}
    declaration = export(live, "acme", Choice(), former).declaration
    assert declaration == {"accountId": "acc_1", "phone": "+1-555-0100", **options, **expected}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("settings.timezon", "did you mean settings.timezone?"),
        ("name", "--assert writes the immutable ones"),
        ("updatedAt", "known are displayName"),
        ("settings.timezone.x", "did you mean settings.timezone?"),
    ],
)
def test_unknown_fields_are_refused_with_the_nearest_one(text: str, reason: str) -> None:
    """A misspelt field would silently export less than was asked for."""
    with pytest.raises(Refused, match="is no field that can be declared") as refused:
        chosen_paths([f"displayName,{text}"])
    assert reason in str(refused.value)


@pytest.mark.parametrize(
    "name",
    ["token", "apiToken", "API_KEY", "sip-password", "PIN", "doorPin2", "client.secret", "key", "Passwort", "authKey"],
)
def test_names_of_secrets(name: str) -> None:
    """However it is written."""
    assert looks_secret(name)


@pytest.mark.parametrize(
    "name", ["tier", "monkey", "keyboard", "pinnacle", "shipping", "author", "costCenter", "a1", ""]
)
def test_names_of_no_secrets(name: str) -> None:
    """A word that only contains another is none."""
    assert not looks_secret(name)


@pytest.mark.parametrize(
    ("titles", "chosen", "expected"),
    [
        ({"1": "Acme Corporation"}, {}, {"1": "acme-corporation"}),
        ({"1": "\u00dcn\u00efted Stra\u00dfe & Co."}, {}, {"1": "united-strasse-co"}),
        ({"acc_1": "\u682a\u5f0f\u4f1a\u793e", "acc_2": ""}, {}, {"acc_1": "acc_1", "acc_2": "acc_2"}),
        ({"1": "Acme", "2": "acme!"}, {}, {"1": "acme-1", "2": "acme-2"}),
        ({"1": "Acme", "2": "Acme"}, {"2": "acme"}, {"1": "acme-1", "2": "acme"}),
        ({"1": "Acme", "2": "Acme", "3": "Acme 1"}, {}, {"1": "1", "2": "acme-2", "3": "acme-1-3"}),
        ({"1": "x" * 80}, {}, {"1": "x" * 60}),
    ],
)
def test_resource_names(titles: dict[str, str], chosen: dict[str, str], expected: dict[str, str]) -> None:
    """Words of the name; where two accounts would have the same, their ids as well."""
    assert resource_names(titles, chosen) == expected


def test_a_resource_name_can_be_chosen_once() -> None:
    """Two accounts under one name would be one too few."""
    with pytest.raises(Refused, match="accounts 1, 2 would have the same resource name"):
        resource_names({"1": "A", "2": "B"}, {"1": "x", "2": "x"})


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("Acme Corp", "Acme Corp"),
        ("America/New_York", "America/New_York"),
        ("NO", '"NO"'),
        ("yes", '"yes"'),
        ("null", '"null"'),
        ("0123", '"0123"'),
        ("a: b", '"a: b"'),
        ("a #b", '"a #b"'),
        (" a", '" a"'),
        ("", '""'),
        ('say "hi" \\', r'"say \"hi\" \\"'),
        ("\x1b[31m\u202e\u260e\ufe0f\U000e0101", r'"\x1b[31m\u202e' + "\u260e" + r'\ufe0f\U000e0101"'),
        (True, "true"),
        (None, "null"),
        (-0.5, "-0.5"),
        ({}, "{}"),
        ([], "[]"),
    ],
)
def test_scalars(value: Any, written: str) -> None:
    """Plain words stay plain; all else is quoted, and what can't be seen is escaped."""
    assert scalar(value) == written


def test_reasons_are_one_short_visible_line() -> None:
    """A comment can neither end nor act on a terminal, whatever the account holds."""
    live = {"id": "acc_1", "email": "\x1b[2J\n- " + "x" * 5000, "metadata": {"k\n\u202e" * 300: 1}}
    comments = [line for line in section([export(live, "acme", Choice())]).splitlines() if "#" in line]
    assert [comment.split(" is left out")[0].strip()[:12] for comment in comments] == ["# email", '# metadata["']
    assert all(comment.isprintable() and len(comment) < 800 for comment in comments)

"""What each rule says of an account, as its team reads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from audian_policy.account import UNKNOWN, Account, Stack
from audian_policy.catalog import ACCOUNT_RULES, STACK_RULES
from audian_policy.finding import Undecided, Violation
from audian_policy.judgement import judge

RULES: dict[str, Any] = {rule.name: rule for rule in ACCOUNT_RULES} | {rule.name: rule for rule in STACK_RULES}
ON: dict[str, dict[str, Any]] = {
    "account-status": {"refuse": ["suspended", "closed"]},
    "recording-retention": {"minimumDays": 90},
    "allowed-places": {"countries": ["DE", "US"], "timezones": ["Europe/", "America/New_York"]},
    "metadata-keys": {"keys": ["costCenter"]},
}
UP = "is known only after up"


def account(properties: Mapping[str, Any], *, secret: str = "", name: str = "acme") -> Account:
    """An account with an id, of which one field may be secret."""
    whole = {"accountId": "acc_1", **properties}
    return Account(f"urn:{name}", name, whole, frozenset(whole) - {secret})


def settings(**values: Any) -> dict[str, Any]:
    """Part of an account's declaration."""
    return {"settings": values}


def recorded(days: object, switch: object = True) -> dict[str, Any]:  # noqa: FBT002 - a JSON value
    """The declaration of an account that records."""
    return settings(enableRecording=switch, recordingRetention=days)


@pytest.mark.parametrize(
    ("rule", "properties", "extra"),
    [
        ("account-status", {}, {}),
        ("account-status", {"status": "active"}, {}),
        ("account-status", {"status": "closed"}, {"refuse": ["suspended"]}),
        ("account-status", {"status": "closed"}, {"allow": ["acme"]}),
        ("account-status", {"status": "closed"}, {"allow": ["acc_1"]}),
        ("account-status", {"status": "closed"}, {"allowAll": True}),
        ("account-status", {"status": UNKNOWN}, {"allow": ["acme"]}),
        ("recording-retention", {}, {}),
        ("recording-retention", recorded(90.0), {}),
        ("recording-retention", recorded(30, switch=False), {}),
        ("recording-retention", settings(recordingRetention=30), {}),
        ("allowed-places", {}, {}),
        ("allowed-places", {"address": {"country": "DE"}, **settings(timezone="Europe/Berlin")}, {}),
        ("allowed-places", settings(timezone="America/New_York"), {}),
        ("allowed-places", {"address": {"country": "FR"}}, {"countries": []}),
        ("metadata-keys", {"metadata": {"costCenter": 0}}, {}),
        ("metadata-keys", {}, {"onlyWhereDeclared": True}),
        ("metadata-keys", {"metadata": {"a.b": "x"}}, {"keys": ["a.b"]}),
    ],
)
def test_what_is_allowed_is_not_mentioned(rule: str, properties: dict[str, Any], extra: dict[str, Any]) -> None:
    """A rule that is on has nothing to say of an account that keeps it."""
    assert judge(RULES[rule], account(properties), {**ON[rule], **extra}) == []


@pytest.mark.parametrize(
    ("rule", "properties", "text"),
    [
        (
            "account-status",
            {"status": "closed"},
            'status is "closed", which is refused: remove it, or have acme added to allow of account-status',
        ),
        (
            "recording-retention",
            recorded(30.0),
            "settings.recordingRetention is 30, and recordings need 90 days: declare 90 or more",
        ),
        (
            "allowed-places",
            {"address": {"country": "FR"}},
            (
                'address.country is "FR", which is not allowed: '
                'declare one of "DE", "US", or extend countries of allowed-places'
            ),
        ),
        (
            "allowed-places",
            settings(timezone="America/New_York/x"),
            (
                'settings.timezone is "America/New_York/x", which is not allowed: '
                'declare one of "Europe/", "America/New_York", or extend timezones of allowed-places'
            ),
        ),
        (
            "allowed-places",
            settings(timezone="Z" * 100),
            (
                f'settings.timezone is "{"Z" * 59}..., which is not allowed: '
                'declare one of "Europe/", "America/New_York", or extend timezones of allowed-places'
            ),
        ),
        ("metadata-keys", {}, "metadata costCenter is missing or empty: declare it under metadata"),
        ("metadata-keys", {"metadata": {}}, "metadata costCenter is missing or empty: declare it under metadata"),
        (
            "metadata-keys",
            {"metadata": {"costCenter": " "}},
            "metadata costCenter is missing or empty: declare it under metadata",
        ),
        (
            "metadata-keys",
            {"metadata": {"costCenter": None}},
            "metadata costCenter is missing or empty: declare it under metadata",
        ),
    ],
)
def test_a_broken_rule_names_account_field_value_and_remedy(rule: str, properties: dict[str, Any], text: str) -> None:
    """A violation is one line with which a team can act."""
    assert judge(RULES[rule], account(properties), ON[rule]) == [Violation(f"account acme (acc_1): {text}")]


@pytest.mark.parametrize(
    ("rule", "properties", "text"),
    [
        ("account-status", {"status": UNKNOWN}, f"status {UP}"),
        ("recording-retention", recorded(UNKNOWN), f"settings.recordingRetention {UP}"),
        ("recording-retention", {"settings": UNKNOWN}, f"settings.recordingRetention {UP}"),
        ("recording-retention", recorded(30, UNKNOWN), "if settings.enableRecording, known only after up, is true"),
        ("recording-retention", recorded(None), "settings.recordingRetention is not declared"),
        ("allowed-places", {"address": {"country": UNKNOWN}}, f"address.country {UP}"),
        ("allowed-places", {"settings": UNKNOWN}, f"settings.timezone {UP}"),
        ("metadata-keys", {"metadata": UNKNOWN}, f"metadata costCenter {UP}"),
        ("metadata-keys", {"metadata": {"costCenter": UNKNOWN}}, f"metadata costCenter {UP}"),
    ],
)
def test_what_is_not_known_yet_is_said(rule: str, properties: dict[str, Any], text: str) -> None:
    """A rule that can't decide neither breaks the preview nor passes in silence."""
    (finding,) = judge(RULES[rule], account(properties), ON[rule])
    assert isinstance(finding, Undecided)
    assert text in finding.text


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_is_off_until_it_is_configured(rule: str) -> None:
    """Without settings a rule finds nothing, however bad the account is."""
    bad = account({"status": "closed", "address": {"country": "FR"}, **recorded(1)})
    assert judge(RULES[rule], stack({}, {}) if rule in _STACK_RULES else bad, {}) == []


@pytest.mark.parametrize("rule", RULES)
def test_a_misspelt_setting_is_a_violation(rule: str) -> None:
    """A rule that would be off because of a misspelt setting says so."""
    (finding,) = judge(RULES[rule], stack({}, {}) if rule in _STACK_RULES else account({}), {"allowed": []})
    assert isinstance(finding, Violation)
    assert finding.text.startswith(f"{rule} has no setting allowed: correct the policy configuration to one of ")


def test_a_secret_value_is_not_shown() -> None:
    """A broken rule about a secret field says so without the value."""
    place = account({"address": {"country": "FR"}}, secret="address")
    (finding,) = judge(RULES["allowed-places"], place, ON["allowed-places"])
    assert finding.text.startswith("account acme (acc_1): address.country is [secret], which is not allowed: ")


def test_a_secret_account_id_is_not_shown() -> None:
    """An account whose id is secret goes by its resource name."""
    (finding,) = judge(RULES["metadata-keys"], account({}, secret="accountId"), ON["metadata-keys"])
    assert finding.text.startswith("account acme: ")


def test_an_unknown_id_may_be_an_allowed_one() -> None:
    """Whether an account is on a list of ids can't be told while its id is not known."""
    closed = account({"accountId": UNKNOWN, "status": "closed"})
    found = judge(RULES["account-status"], closed, {**ON["account-status"], "allow": ["acc_9"]})
    assert [type(finding) for finding in found] == [Undecided]


def test_a_long_list_of_settings_is_cut() -> None:
    """A violation names the first allowed values and how many there are besides."""
    (finding,) = judge(RULES["allowed-places"], account({"address": {"country": "X"}}), {"countries": list("ABCDEFGH")})
    assert 'declare one of "A", "B", "C", "D", "E" and 3 more, or extend' in finding.text


def stack(declared: Mapping[str, Mapping[str, Any]], outcome: Mapping[str, Mapping[str, Any]]) -> Stack:
    """The stack prod with accounts by resource name, as declared and as they come out."""
    return Stack(
        "prod",
        {f"urn:{name}": account(properties, name=name) for name, properties in declared.items()},
        {f"urn:{name}": account(properties, name=name) for name, properties in outcome.items()},
    )


_STACK_RULES = {rule.name for rule in STACK_RULES}
RECORDS = settings(enableRecording=True)
READ = {"updatedAt": "2026-01-01T00:00:00Z"}


@pytest.mark.parametrize(
    ("declared", "outcome", "texts"),
    [
        (RECORDS, recorded(90), []),
        (settings(enableRecording=False), recorded(30), []),
        ({}, recorded(30), []),
        (recorded(30), recorded(30), []),
        (
            RECORDS,
            recorded(30),
            ["account acme (acc_1): settings.recordingRetention was below 90 days when last read: declare 90 or more"],
        ),
        (
            RECORDS,
            RECORDS,
            [
                (
                    "account acme (acc_1): settings.recordingRetention is neither declared nor known in this preview: "
                    "declare 90 or more"
                )
            ],
        ),
    ],
)
def test_the_last_known_retention(declared: dict[str, Any], outcome: dict[str, Any], texts: list[str]) -> None:
    """Where recording is declared and its retention is not, the last known one counts."""
    found = judge(
        RULES["recording-retention-last-known"], stack({"acme": declared}, {"acme": outcome}), {"minimumDays": 90.0}
    )
    assert [finding.text for finding in found] == texts


@pytest.mark.parametrize(
    ("entry", "declared", "outcome", "text"),
    [
        ("acme", {"acme": {}}, {"acme": READ}, None),
        ("acc_1", {"acme": {}}, {"acme": READ}, None),
        (
            "acme",
            {"acme": {}},
            {"acme": {}},
            (
                "protected account acme (acc_1) would be adopted, changed or replaced by up: "
                "undo the change of its declaration, or take it off protected-accounts"
            ),
        ),
        (
            "acc_9",
            {"acme": {}},
            {"acme": READ},
            (
                "protected account acc_9 is not declared in stack prod, so up would release it: "
                "restore its declaration, or take it off protected-accounts"
            ),
        ),
        (
            "acme",
            {},
            {"acme": READ},
            (
                "protected account acme is not declared in stack prod, so up would release it: "
                "restore its declaration, or take it off protected-accounts"
            ),
        ),
        (
            "acc_9",
            {"acme": {"accountId": UNKNOWN}},
            {"acme": {}},
            (
                "protected account acc_9 is not declared in stack prod, unless as acme, "
                "whose accountId is known only after up: declare it as text"
            ),
        ),
    ],
)
def test_protected_accounts(entry: str, declared: dict[str, Any], outcome: dict[str, Any], text: str | None) -> None:
    """A protected account is in the program, and a preview would not touch it."""
    found = judge(RULES["protected-accounts"], stack(declared, outcome), {"stacks": {"prod": [entry], "eu": ["x"]}})
    assert [finding.text for finding in found] == ([text] if text else [])

"""The plan of an adoption as data and as the lines a reviewer reads; immutable assertions; released fields."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_audian.declaration import SECRET_FIELDS, Declaration
from pulumi_audian.diff import Change
from pulumi_audian.fields import dotted
from pulumi_audian.plan import (
    adoption,
    changed_identity,
    changed_immutable,
    counted,
    immutable_problems,
    released,
    render_adoption,
    render_changes,
    render_released,
    reopening_problems,
    update,
)
from pulumi_audian.values import UNKNOWN

OBSERVED: dict[str, Any] = {
    "id": "acc_1",
    "name": "Acme Corporation",
    "displayName": "Acme",
    "status": "active",
    "plan": "starter",
    "address": {"city": "Bonn", "country": "DE"},
    "settings": {"timezone": "UTC", "language": "en"},
    "metadata": {"tier": "gold"},
    "createdAt": "2023-10-15T10:30:00Z",
    "updatedAt": "2023-10-20T16:45:00Z",
}


def declared(**inputs: Any) -> Declaration:
    """A declaration of the observed account."""
    return Declaration.of({"accountId": "acc_1", **inputs})


def test_an_adoption_names_the_account_and_what_would_change() -> None:
    """The plan holds id, original name, status and each change with both values."""
    plan = adoption(OBSERVED, declared(displayName="New", settings={"timezone": "UTC"}))
    assert (plan.account_id, plan.title, plan.status) == ("acc_1", "Acme Corporation", "active")
    assert plan.changes == (Change(("displayName",), "Acme", "New"),)


@pytest.mark.parametrize(
    ("inputs", "untouched"),
    [
        pytest.param({}, 7, id="nothing declared: every changeable value of the account"),
        pytest.param({"displayName": "Acme"}, 7, id="declared as it is"),
        pytest.param({"displayName": "New"}, 6, id="one changes"),
        pytest.param({"email": "a@acme.com"}, 7, id="one is added"),
        pytest.param({"settings": {"timezone": "Europe/Paris"}}, 6, id="a member changes"),
        pytest.param({"clear": ["address"]}, 5, id="a whole object is cleared"),
        pytest.param({"metadata": {"tier": {"name": "gold"}}}, 6, id="an object takes the place of a text"),
    ],
)
def test_untouched_values_are_counted(inputs: dict[str, Any], untouched: int) -> None:
    """Changeable values that stay are counted; the API's own and the immutable ones are not."""
    assert adoption(OBSERVED, declared(**inputs)).untouched == untouched


def test_a_reviewer_reads_each_change_with_both_values() -> None:
    """The headline says what up will do, and aligned lines show old and new value by path."""
    declaration = declared(displayName="New", settings={"timezone": "Europe/Paris"}, email=UNKNOWN)
    assert render_adoption(adoption(OBSERVED, declaration), declaration).splitlines() == [
        "adopts account acc_1 (Acme Corporation): up writes 3 values, 5 other values stay untouched",
        '  displayName:       "Acme" => "New"',
        "  email:             (none) => (known after apply)",
        '  settings.timezone: "UTC" => "Europe/Paris"',
    ]


def test_an_adoption_without_changes_says_so() -> None:
    """Where everything is as declared, the reviewer reads that nothing will be written."""
    declaration = declared(displayName="Acme")
    text = render_adoption(adoption(OBSERVED, declaration), declaration)
    assert text == "adopts account acc_1 (Acme Corporation), which already is as declared: up writes nothing"


def test_an_account_without_a_name_has_no_brackets() -> None:
    """The headline does without the original name where the API gave none."""
    text = render_adoption(adoption({"id": "acc_1"}, declared()), declared())
    assert text.startswith("adopts account acc_1, which")


def test_one_value_stays_untouched_in_the_singular() -> None:
    """A single untouched value takes a singular verb."""
    observed = {"id": "acc_1", "displayName": "Acme", "phone": "+1-555-0200"}
    declaration = declared(displayName="New")
    assert "up writes 1 value, 1 other value stays untouched" in render_adoption(
        adoption(observed, declaration), declaration
    )


def test_secret_values_are_masked_in_an_adoption() -> None:
    """Neither the old nor the new value of a secret field is shown."""
    declaration = declared(metadata={"tier": "platinum"}, **{SECRET_FIELDS: ["metadata"]})
    text = render_adoption(adoption(OBSERVED, declaration), declaration)
    assert "  metadata.tier: [secret] => [secret]" in text
    assert "gold" not in text
    assert "platinum" not in text


def test_a_secret_name_is_not_shown_in_the_headline() -> None:
    """An asserted name that is secret does not appear by way of the account's own."""
    declaration = declared(name="Acme Corporation", **{SECRET_FIELDS: ["name"]})
    assert render_adoption(adoption(OBSERVED, declaration), declaration).startswith("adopts account acc_1, which")


def test_a_name_of_another_alphabet_is_shown_as_it_is() -> None:
    """Only what would break the line is escaped."""
    text = render_adoption(adoption({"id": "acc_1", "name": 'Müller "West"\n'}, declared()), declared())
    assert text.startswith('adopts account acc_1 (Müller \\"West\\"\\n), which')


@pytest.mark.parametrize(
    ("inputs", "paths"),
    [
        pytest.param({}, [], id="nothing asserted"),
        pytest.param({"name": "Acme Corporation", "plan": "starter"}, [], id="as it is"),
        pytest.param({"plan": "professional"}, ["plan"], id="plan"),
        pytest.param({"name": "Acme", "createdAt": "2024-01-01T00:00:00Z"}, ["createdAt", "name"], id="several"),
        pytest.param({"accountId": "acc_2"}, ["accountId"], id="another account answers"),
        pytest.param({"plan": UNKNOWN}, [], id="unknown at preview"),
    ],
)
def test_immutable_values_that_differ_are_problems(inputs: dict[str, Any], paths: list[str]) -> None:
    """Every asserted immutable value that the account does not have is one problem."""
    declaration = declared(**inputs)
    problems = immutable_problems(OBSERVED, declaration, declaration.asserted)
    assert sorted(problem.path for problem in problems) == paths


def test_only_the_named_assertions_are_judged() -> None:
    """An assertion that was met before says nothing about an account that was changed since."""
    declaration = declared(name="Acme", plan="professional")
    assert [problem.path for problem in immutable_problems(OBSERVED, declaration, ["plan"])] == ["plan"]


def test_an_asserted_value_that_the_api_does_not_give_is_a_problem() -> None:
    """An absent value is not taken for the asserted one."""
    (problem,) = immutable_problems({"id": "acc_1"}, declared(plan="starter"), ["plan"])
    assert "the account has (none)" in problem.message


def test_an_immutable_problem_shows_both_values_and_the_remedy() -> None:
    """The reader learns what is, what is declared and what to do."""
    (problem,) = immutable_problems(OBSERVED, declared(plan="professional"), ["plan"])
    assert str(problem) == (
        'plan: the account has "starter", the program declares "professional"; '
        "change the plan with Audian's upgrade/downgrade endpoint, then declare the new one here"
    )


def test_a_secret_assertion_is_masked() -> None:
    """A secret immutable value appears in no message."""
    declaration = declared(plan="professional", **{SECRET_FIELDS: ["plan"]})
    assert "professional" not in str(immutable_problems(OBSERVED, declaration, ["plan"]))


def test_another_account_id_asks_for_another_resource() -> None:
    """A declared id other than the managed one is refused with both ids and the way out."""
    assert str(changed_identity("acc_1", "acc_2")) == (
        'accountId: the account has "acc_1", the program declares "acc_2"; '
        "declare another account under a resource name of its own"
    )


def test_an_edited_assertion_is_refused_without_a_read() -> None:
    """Against what state knows, the problem is worded as it is against the live account."""
    problem = changed_immutable("name", "Acme Corporation", "Acme", declared())
    assert problem.path == "name"
    assert 'the account has "Acme Corporation", the program declares "Acme"' in problem.message
    assert "set the display name instead" in problem.message


@pytest.mark.parametrize(
    ("old", "inputs", "expected"),
    [
        pytest.param([("email",)], {"email": "a@acme.com"}, [], id="kept"),
        pytest.param([("email",), ("phone",)], {"phone": "112"}, [("email",)], id="one removed"),
        pytest.param([("phone",), ("email",)], {}, [("email",), ("phone",)], id="sorted"),
        pytest.param([("email",)], {"clear": ["email"]}, [], id="cleared is still declared"),
        pytest.param(
            [("settings", "timezone"), ("settings", "language")],
            {"settings": {"timezone": "UTC"}},
            [("settings", "language")],
            id="a member removed",
        ),
        pytest.param([("settings", "timezone")], {"settings": UNKNOWN}, [], id="an unknown object may hold it"),
        pytest.param([("metadata",)], {"metadata": {"a": 1}}, [], id="an empty object gains a member"),
    ],
)
def test_released_fields(old: list[tuple[str, ...]], inputs: dict[str, Any], expected: list[tuple[str, ...]]) -> None:
    """A formerly declared path that the program no longer mentions is released."""
    assert list(released(old, declared(**inputs))) == expected


def test_a_release_says_what_it_means() -> None:
    """Releasing resets nothing, and the reader is told so with the paths."""
    text = render_released([("email",), ("settings", "language")])
    assert text.startswith("releases email, settings.language: the account keeps what it has")


@pytest.mark.parametrize(("number", "text"), [(0, "0 values"), (1, "1 value"), (2, "2 values")])
def test_counting(number: int, text: str) -> None:
    """Only one of a thing is in the singular."""
    assert counted(number, "value") == text


@pytest.mark.parametrize(("secret", "shown"), [([], '"active"'), (["status"], "[secret]")])
def test_a_closed_account_is_not_reopened(secret: list[str], shown: str) -> None:
    """The problem shows what is declared, unless it is secret, and says what to do."""
    (problem,) = reopening_problems({"status": "closed"}, declared(status="active", **{SECRET_FIELDS: secret}), ())
    assert str(problem) == (
        f"status: the account was found closed, and is not reopened silently by declaring {shown}; "
        "have it reopened, or remove status from the declaration"
    )


def test_what_an_account_lacks_is_not_made_up() -> None:
    """Without name and status there is neither in the plan, and without changes there are no lines."""
    plan = adoption({"id": "acc_1"}, declared())
    assert (plan.title, plan.status, plan.changes, plan.untouched) == ("", "", (), 0)
    assert render_changes(plan.changes, declared()) == []


STORED = {"id": "acc_1", "displayName": "Acme", "phone": "112", "settings": {"timezone": "UTC", "language": "en"}}


@pytest.mark.parametrize(
    ("old", "new", "unapplied", "written", "left"),
    [
        pytest.param({"phone": "112"}, {"phone": "112"}, [], [], [], id="nothing changed"),
        pytest.param({"phone": "112"}, {"phone": "113"}, [], ["phone"], [], id="a value changed"),
        pytest.param({}, {"phone": "113"}, [], ["phone"], [], id="newly declared"),
        pytest.param({}, {"phone": "112"}, [], [], [], id="newly declared as it is"),
        pytest.param({"phone": "113"}, {"phone": "113"}, [], [], ["phone"], id="left before"),
        pytest.param({"phone": "113"}, {"phone": "113"}, ["phone"], ["phone"], [], id="unapplied"),
        pytest.param({"phone": "113"}, {"clear": ["phone"]}, [], ["phone"], [], id="cleared now"),
        pytest.param({"clear": ["phone"]}, {"clear": ["phone"]}, [], [], ["phone"], id="cleared before"),
        pytest.param({"plan": "starter"}, {"plan": "starter"}, [], [], ["plan"], id="an assertion from before"),
        pytest.param({"phone": "112"}, {"phone": UNKNOWN}, [], ["phone"], [], id="unknown at preview"),
        pytest.param(
            {"settings": {"timezone": "Asia/Tokyo", "language": "fr"}},
            {"settings": {"timezone": "Asia/Tokyo", "language": "de"}},
            [],
            ["settings.language"],
            ["settings.timezone"],
            id="members apart",
        ),
        pytest.param(
            {"settings": {"timezone": "Asia/Tokyo"}},
            {"settings": {"timezone": "Asia/Tokyo"}},
            ["settings"],
            ["settings.timezone"],
            [],
            id="an object is unapplied",
        ),
        pytest.param({"metadata": {"a": 1}}, {"metadata": {"a": {"b": 1}}}, [], ["metadata.a.b"], [], id="deeper now"),
        pytest.param(
            {"settings": {"smsEnabled": True}},
            {"settings": {"smsEnabled": 1}},
            [],
            ["settings.smsEnabled"],
            [],
            id="1 in place of true",
        ),
    ],
)
def test_an_update_is_told_from_what_state_holds(
    old: dict[str, Any], new: dict[str, Any], unapplied: list[str], written: list[str], left: list[str]
) -> None:
    """What changed in code or was left unapplied is written; other differences are left, and known to be there."""
    account = {"accountId": "acc_1"}
    found = update({**account, **old}, {**account, **new}, {**STORED, "__unapplied": unapplied})
    assert [dotted(change.path) for change in found.changes] == written
    assert [dotted(change.path) for change in found.left] == left

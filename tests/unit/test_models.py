"""The contract's validation rules, each checked before any call, and how problems are worded."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_audian import models
from pulumi_audian.fields import snake_case

NONE: frozenset[str] = frozenset()


def problems(*, secret: frozenset[str] = NONE, **inputs: Any) -> list[str]:
    """The problems of inputs of an account, as a person reads them."""
    known = {"accountId": "acc_1", **inputs}
    return [str(problem) for problem in models.problems(known, unknown=NONE, secret=secret)]


ACCEPTED: list[tuple[str, Any]] = [
    ("displayName", "A"),
    ("displayName", "é" * 100),
    ("email", "neoadmin@acme.com"),
    ("email", "first.last+tag@sub.acme.co.uk"),
    ("email", "jörg@müller.de"),
    ("phone", "+1-555-0200"),
    ("phone", "+1 (555) 010-0200"),
    ("phone", "+442079460958"),
    ("phone", "+44 (0)20 7946 0958"),
    ("phone", "0049 30 1234567"),
    ("phone", "+49 30/1234567"),
    ("phone", "+33 1 23 45 67 89"),
    ("phone", "+1.555.555.0200"),
    ("phone", "+1-555-0200 ext. 12"),
    ("phone", "+1-555-0200 x12"),
    ("status", "active"),
    ("address", {"street": "456 Corporate Blvd", "city": "New York", "state": "NY"}),
    ("address", {"postalCode": "10001", "country": "US"}),
    ("settings.timezone", "America/New_York"),
    ("settings.timezone", "America/Argentina/Buenos_Aires"),
    ("settings.timezone", "UTC"),
    ("settings.timezone", "Etc/GMT+5"),
    ("settings.timezone", "Europe/Kyiv"),
    ("settings.language", "en"),
    ("settings.enableVoiceMail", False),
    ("settings.recordingRetention", 1),
    ("settings.recordingRetention", 365),
    ("settings.smsEnabled", True),
    ("metadata", {}),
    ("metadata", {"any key": [1, 2.5, None, {"deep": True}], "large": 2.0**53 - 1}),
    ("plan", "professional"),
    ("createdAt", "2023-10-15T10:30:00Z"),
]

EMAIL = "an email address such as admin@acme.com"
PHONE = "a phone number such as +1-555-0200 (quote it: it is text)"
ZONE = "an IANA timezone such as America/New_York"
STATUS = "one of active, suspended, closed"
DAYS = "a whole number of days from 1 to 365"
LENGTH = "1 to 100 characters of text"
TEXT = "text (quote numbers and dates)"
METADATA = "a map of names to JSON values (numbers beyond 2^53 as quoted text)"

REFUSED: list[tuple[str, Any, str, str]] = [
    ("displayName", "", '""', LENGTH),
    ("displayName", "x" * 101, f'"{"x" * 101}"', LENGTH),
    ("displayName", 7, "7", LENGTH),
    ("email", "", '""', EMAIL),
    ("email", "nobody", '"nobody"', EMAIL),
    ("email", "@acme.com", '"@acme.com"', EMAIL),
    ("email", "a@@acme.com", '"a@@acme.com"', EMAIL),
    ("email", "a@acme..com", '"a@acme..com"', EMAIL),
    ("email", "a b@acme.com", '"a b@acme.com"', EMAIL),
    ("email", "Ann <ann@acme.com>", '"Ann <ann@acme.com>"', EMAIL),
    ("email", f"{'a' * 65}@acme.com", f'"{"a" * 65}@acme.com"', EMAIL),
    ("email", "ann@acme.com\n", '"ann@acme.com\\n"', EMAIL),
    ("phone", "", '""', PHONE),
    ("phone", "call me", '"call me"', PHONE),
    ("phone", "+", '"+"', PHONE),
    ("phone", "++1-555-0200", '"++1-555-0200"', PHONE),
    ("phone", "1555+0200", '"1555+0200"', PHONE),
    ("phone", "12", '"12"', PHONE),
    ("phone", "1234567890123456", '"1234567890123456"', PHONE),
    ("phone", "+1-555-0200\n", '"+1-555-0200\\n"', PHONE),
    ("phone", 15550200, "15550200", PHONE),
    ("status", "paused", '"paused"', STATUS),
    ("status", "Active", '"Active"', STATUS),
    ("settings.timezone", "Invalid/Timezone", '"Invalid/Timezone"', ZONE),
    ("settings.timezone", "+01:00", '"+01:00"', ZONE),
    ("settings.timezone", "", '""', ZONE),
    ("settings.recordingRetention", 0, "0", DAYS),
    ("settings.recordingRetention", -1, "-1", DAYS),
    ("settings.recordingRetention", 366, "366", DAYS),
    ("settings.recordingRetention", 60.5, "60.5", DAYS),
    ("settings.recordingRetention", "60", '"60"', DAYS),
    ("settings.recordingRetention", True, "true", DAYS),
    ("settings.enableRecording", "true", '"true"', "true or false"),
    ("settings.enableRecording", 1, "1", "true or false"),
    ("settings", "UTC", '"UTC"', "a map of names to values"),
    ("address", ["New York"], '["New York"]', "a map of names to values"),
    ("address.postalCode", 10001, "10001", TEXT),
    ("name", 5, "5", TEXT),
    ("metadata", "x", '"x"', METADATA),
    ("accountId", 1234567890, "1234567890", "an account's id such as acc_1234567890"),
    ("accountId", "", '""', "an account's id such as acc_1234567890"),
    ("accountId", "acc/1", '"acc/1"', "an account's id such as acc_1234567890"),
    ("onDelete", "delete", '"delete"', "one of retain, restore"),
    ("onConflict", "ignore", '"ignore"', "one of warn, fail"),
    ("allowStatus", "closed", '"closed"', "a list of suspended and closed"),
    ("allowStatus", ["active"], '"active"', "a list of suspended and closed"),
    ("clear", "phone", '"phone"', "a list of field paths such as settings.language"),
]


def nested(path: str, value: Any) -> dict[str, Any]:
    """The inputs that hold one value at a dotted path."""
    top, _, member = path.partition(".")
    return {top: {member: value} if member else value}


@pytest.mark.parametrize(("path", "value"), ACCEPTED, ids=[f"{path}={value!r:.30}" for path, value in ACCEPTED])
def test_what_the_contract_allows_is_accepted(path: str, value: Any) -> None:
    """A value within the contract's rules is no problem."""
    assert problems(**nested(path, value)) == []


@pytest.mark.parametrize(
    ("path", "value", "shown", "expected"), REFUSED, ids=[f"{row[0]}={row[1]!r:.30}" for row in REFUSED]
)
def test_what_the_contract_forbids_is_refused(path: str, value: Any, shown: str, expected: str) -> None:
    """A value outside the rules is one problem that names path, value and expectation."""
    assert problems(**nested(path, value)) == [f"{path}: {shown} is not {expected}"]


@pytest.mark.parametrize("number", [2.0**53, -(2.0**60), float("inf"), float("nan")])
def test_numbers_that_lose_digits_are_refused_in_metadata(number: float) -> None:
    """A number that the engine can't carry exactly is refused at any depth, with the way out."""
    (problem,) = problems(metadata={"deep": [{"id": number}]})
    assert problem.startswith("metadata: ")
    assert problem.endswith(f"is not {METADATA}")


def test_a_nearly_right_timezone_is_named() -> None:
    """A misspelt timezone is answered with the nearest one of the database."""
    (problem,) = problems(settings={"timezone": "america/new_york"})
    assert problem.endswith("; did you mean America/New_York?")


@pytest.mark.parametrize(
    ("email", "reason"),
    [
        ("phones@corp.local", ": no mail reaches .local, which is reserved for special use"),
        ("a@b.TEST", ": no mail reaches .test, which is reserved for special use"),
        ("a@localhost", ""),
        ("local", ""),
        ("a b@c.local", ": no mail reaches .local, which is reserved for special use"),
    ],
)
def test_a_domain_without_mail_is_named(email: str, reason: str) -> None:
    """What can't be seen in the address is said: that its domain is reserved."""
    assert problems(email=email) == [f'email: "{email}" is not {EMAIL}{reason}']


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        pytest.param(
            {"settings": {"sms_enabeld": True}},
            "settings.sms_enabeld: is not a known field; did you mean sms_enabled?",
            id="member",
        ),
        pytest.param(
            {"address": {"zzz": 1}},
            "address.zzz: is not a known field; known here: city, country, postal_code, state, street",
            id="nothing near",
        ),
        pytest.param(
            {"status": "closed"},
            'status: "closed" takes the phones of everyone on this account out of service: if that is meant, add '
            "closed to allow_status",
            id="status",
        ),
        pytest.param(
            {"clear": ["settings.smsEnabeld"]},
            "clear: settings.smsEnabeld is not a known field; did you mean sms_enabled?",
            id="clear",
        ),
        pytest.param(
            {"clear": ["createdAt"]},
            'clear: "created_at" is not the path of a field that can be changed',
            id="clear an assertion",
        ),
        pytest.param(
            {"clear": ["displayName"], "displayName": "x"},
            "clear: display_name is declared or cleared as well: keep one of the two",
            id="clear what is declared",
        ),
    ],
)
def test_a_program_is_answered_in_its_own_names(inputs: dict[str, Any], expected: str) -> None:
    """Python's names stand in what is said to a Python program."""
    found = models.problems({"accountId": "acc_1", **inputs}, unknown=NONE, secret=NONE, spell=snake_case)
    assert list(map(str, found)) == [expected]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("settings.smsEnabeld", "settings.smsEnabeld is not a known field; did you mean smsEnabled?"),
        ("setings.timezone", "setings.timezone is not a known field; did you mean settings?"),
        ("phone.country", "phone.country is not a known field; phone has no members"),
        ("id", "id is not an input; did you mean accountId?"),
    ],
)
def test_an_option_that_leads_nowhere_is_a_problem(path: str, expected: str) -> None:
    """A resource option would have no effect, so it is named with the path in it and the nearest field."""
    (problem,) = models.misspelt_options([("ignore_changes", path)])
    assert str(problem) == f"ignore_changes: {expected}"


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        pytest.param(
            {"settings": {"enable_recording": True, "enableRecording": True}},
            "settings.enable_recording: is the same field as enableRecording: keep one of the two",
            id="both spellings",
        ),
        pytest.param({"adress": {}}, "adress: is not a known field; did you mean address?", id="misspelt"),
        pytest.param(
            {"display_name": "x"}, "display_name: is not a known field; did you mean displayName?", id="snake"
        ),
        pytest.param({"ondelete": "x"}, "ondelete: is not a known field; did you mean onDelete?", id="option"),
        pytest.param(
            {"settings": {"enableRecordings": True}},
            "settings.enableRecordings: is not a known field; did you mean enableRecording?",
            id="member",
        ),
        pytest.param(
            {"address": {"zzz": 1}},
            "address.zzz: is not a known field; known here: city, country, postalCode, state, street",
            id="nothing near",
        ),
        pytest.param({"id": "acc_1"}, "id: is not an input; did you mean accountId?", id="the API's name of the id"),
        pytest.param(
            {"updatedAt": "2023-10-20T16:45:00Z"},
            "updatedAt: is read-only: the API sets it; remove it from the declaration",
            id="read-only",
        ),
    ],
)
def test_unknown_names_are_refused(inputs: dict[str, Any], expected: str) -> None:
    """A name that is no input is never dropped silently: the nearest or all known ones are named."""
    assert problems(**inputs) == [expected]


def test_an_id_inside_an_object_is_an_unknown_member() -> None:
    """Inside `settings` there is no `id`, and accountId is no remedy there."""
    assert "accountId" not in problems(settings={"id": "x"})[0]


def test_every_problem_is_named_at_once_and_sorted() -> None:
    """One run tells everything that is wrong, in the order of the paths."""
    found = problems(
        status="closed",
        settings={"timezone": "Nowhere/X", "recordingRetention": 0, "smsEnabled": "no"},
        email="nobody",
        clear=["plan"],
        nonsense=1,
    )
    assert [problem.partition(":")[0] for problem in found] == [
        "clear",
        "email",
        "nonsense",
        "settings.recordingRetention",
        "settings.smsEnabled",
        "settings.timezone",
        "status",
    ]


def test_the_account_id_is_required() -> None:
    """Without an id there is no account to manage, and the message says what to set."""
    (problem,) = models.problems({"displayName": "x"}, unknown=NONE, secret=NONE)
    assert str(problem) == "accountId: is required: set it to an account's id such as acc_1234567890"


def test_an_id_that_is_not_known_yet_is_not_missing() -> None:
    """At preview, an id that another resource will give is fine, and the rest is still checked."""
    found = models.problems({"email": "nobody"}, unknown=frozenset({"accountId"}), secret=NONE)
    assert [problem.path for problem in found] == ["email"]


@pytest.mark.parametrize("account_id", [".", ".."])
def test_an_account_id_can_not_lead_to_another_url(account_id: str) -> None:
    """An id that a URL takes for a folder is refused."""
    assert problems(accountId=account_id) != []


SECRET_CASES = [
    pytest.param("email", "hush", f"email: [secret] is not {EMAIL}", id="text"),
    pytest.param(
        "settings", {"timezone": "Hush/Hush"}, f"settings.timezone: [secret] is not {ZONE}", id="inside an object"
    ),
    pytest.param(
        "accountId",
        "hush/1",
        "accountId: [secret] is not an account's id such as acc_1234567890",
        id="account id",
    ),
    pytest.param("metadata", {"hush": float("inf")}, f"metadata: [secret] is not {METADATA}", id="whole map"),
    pytest.param(
        "settings",
        {"timezone": "America/NewYork"},
        f"settings.timezone: [secret] is not {ZONE}",
        id="no hint at the timezone",
    ),
    pytest.param(
        "status",
        "closed",
        "status: [secret] takes the phones of everyone on this account out of service: "
        "if that is meant, add it to allowStatus",
        id="status",
    ),
]


@pytest.mark.parametrize(("name", "value", "expected"), SECRET_CASES)
def test_secret_values_are_masked(name: str, value: Any, expected: str) -> None:
    """The problem of a secret input names its path, and nothing of its value."""
    assert problems(secret=frozenset({name}), **{name: value}) == [expected]


@pytest.mark.parametrize("key", ["record", "enableRecordings"])
def test_a_key_that_is_near_enough_has_a_hint(key: str) -> None:
    """A part of the name or a slip leads to the API's."""
    assert problems(settings={key: True}) == [f"settings.{key}: is not a known field; did you mean enableRecording?"]


def test_the_models_describe_their_fields() -> None:
    """The JSON Schema of stack files tells what each value must be, also inside of objects."""
    schema = models.account_model().model_json_schema()
    assert schema["properties"]["email"]["description"] == f"Must be {EMAIL}."
    assert schema["$defs"]["Settings"]["properties"]["timezone"]["description"] == f"Must be {ZONE}."
    assert {"id", "updatedAt"} & {*schema["properties"]} == set()

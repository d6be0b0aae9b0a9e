"""The field table against the words of the API contract, and the typed front end against the field table."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from pulumi_audian import fields, resource, shapes
from pulumi_audian.diff import value_at
from pulumi_audian.fields import Field, Kind, Path, Rule

SUCCESS_RESPONSE = """{
"id": "acc_1234567890",
"name": "Acme Corporation",
"displayName": "Acme Corp - Updated",
"email": "neoadmin@acme.com",
"phone": "+1-555-0200",
"status": "active",
"plan": "professional",
"address": {
"street": "456 Corporate Blvd",
"city": "New York",
"state": "NY",
"postalCode": "10001",
"country": "US"
},
"settings": {
"timezone": "America/New_York",
"language": "en",
"enableVoiceMail": true,
"enableRecording": true,
"recordingRetention": 60,
"smsEnabled": true
},
"createdAt": "2023-10-15T10:30:00Z",
"updatedAt": "2023-10-20T16:45:00Z"
}"""

REQUEST_BODY = """\
displayName | string | Display name for the account |
email | string | Primary contact email |
phone | string | Primary contact phone number |
address | object | Billing address |
settings | object | Account-level settings |
status | string | Account status (active, suspended, closed) |
metadata | object | Custom metadata |"""

IMMUTABLE_FIELDS = """\
id- Account ID is immutable
name- Original account name cannot be changed
plan- Use upgrade/downgrade endpoint for plan changes
createdAt- Creation timestamp is immutable"""


def paths(document: Mapping[str, Any], prefix: Path = ()) -> Iterator[Path]:
    """Every path of a document, objects included."""
    for key, value in document.items():
        yield (*prefix, key)
        if isinstance(value, Mapping):
            yield from paths(value, (*prefix, key))


RESPONSE: dict[str, Any] = json.loads(SUCCESS_RESPONSE)
REQUEST = {row.split(" | ")[0]: row.split(" | ")[1] for row in REQUEST_BODY.splitlines()}
IMMUTABLE = [row.partition("-")[0] for row in IMMUTABLE_FIELDS.splitlines()]
CONTRACT = {*paths(RESPONSE), *((name,) for name in REQUEST)}


def test_every_field_of_the_contract_is_in_the_table() -> None:
    """Each field of the 200 response and of the request table has a row."""
    assert CONTRACT - {field.path for field in fields.FIELDS} == set()


def test_every_row_of_the_table_is_in_the_contract() -> None:
    """The table invents no field."""
    assert {field.path for field in fields.FIELDS} - CONTRACT == set()


def test_no_field_has_two_rows() -> None:
    """Each path stands in the table once."""
    assert len(fields.BY_PATH) == len(fields.FIELDS)


def test_changeable_fields_are_those_of_the_request_table() -> None:
    """What the PATCH takes may be declared, and nothing else is sent."""
    assert set(fields.MUTABLE) == set(REQUEST)


def test_immutable_fields_are_those_of_their_section() -> None:
    """The four immutable fields are told apart from the time stamp that only the API sets."""
    kinds = {field.path[0]: field.kind for field in fields.TOP_LEVEL}
    assert [name for name, kind in kinds.items() if kind is Kind.IMMUTABLE] == IMMUTABLE
    assert [name for name, kind in kinds.items() if kind is Kind.READ_ONLY] == ["updatedAt"]


def test_members_of_changeable_objects_are_changeable() -> None:
    """The contract makes no member of address or settings an exception."""
    nested = [field for field in fields.FIELDS if len(field.path) > 1]
    assert {field.kind for field in nested} == {Kind.MUTABLE}


@pytest.mark.parametrize(
    ("rule", "kind"), [(Rule.SWITCH, bool), (Rule.RETENTION_DAYS, int), (Rule.OBJECT, dict)], ids=str
)
def test_values_have_the_type_of_the_contracts_example(rule: Rule, kind: type) -> None:
    """Switches, numbers and objects of the 200 response are exactly the fields with such a rule."""
    shown = {path for path in paths(RESPONSE) if type(value_at(RESPONSE, path)) is kind}
    assert shown == {field.path for field in fields.FIELDS if field.rule is rule}


def python_name(field: Field) -> str:
    """The name under which Python programs know a field."""
    return fields.snake_case(field.declared_as)


def python_names(prefix: Path) -> set[str]:
    """The Python names of an object's members."""
    return {python_name(field) for field in fields.members(prefix)}


@pytest.mark.parametrize(
    ("typed", "prefix"),
    [
        pytest.param(shapes.AddressArgs, ("address",), id="AddressArgs"),
        pytest.param(shapes.Address, ("address",), id="Address"),
        pytest.param(shapes.SettingsArgs, ("settings",), id="SettingsArgs"),
        pytest.param(shapes.Settings, ("settings",), id="Settings"),
    ],
)
def test_typed_objects_name_the_fields_of_the_table(typed: type, prefix: Path) -> None:
    """A member added to the table and forgotten in a typed dict, or the reverse, is named here."""
    assert set(typed.__annotations__) ^ python_names(prefix) == set()


def test_the_constructor_takes_what_may_be_declared() -> None:
    """An input or option that the constructor lacks, or has beyond the table, is named here."""
    parameters = set(inspect.signature(resource.Account.__init__).parameters) - {"self", "resource_name", "opts"}
    inputs = {python_name(field) for field in fields.TOP_LEVEL if field.kind is not Kind.READ_ONLY}
    options = {fields.snake_case(name) for name in fields.OPTIONS}
    assert parameters ^ (inputs | options) == set()


def test_only_the_account_id_is_required() -> None:
    """Everything but the resource's name and the account's id may be left out."""
    parameters = inspect.signature(resource.Account.__init__).parameters.values()
    required = [parameter.name for parameter in parameters if parameter.default is inspect.Parameter.empty]
    assert required == ["self", "resource_name", "account_id"]


@pytest.mark.parametrize("field", fields.TOP_LEVEL, ids=lambda field: field.declared_as)
def test_every_field_is_an_output(field: Field) -> None:
    """Programs can read each field of the live account from the resource."""
    assert python_name(field) in vars(resource.Account)

"""Names and paths: as people and the engine write them, as Python writes them, as the API knows them."""

from __future__ import annotations

import pytest

from pulumi_audian.fields import (
    ASSERTABLE,
    BY_PATH,
    FIELDS,
    MUTABLE,
    Kind,
    Path,
    Rule,
    dotted,
    is_path_of_field,
    members,
    parse_dotted,
    snake_case,
    wire_path,
)

SPELLINGS: list[tuple[str, Path]] = [
    ("displayName", ("displayName",)),
    ("settings.timezone", ("settings", "timezone")),
    ("metadata.cost-center", ("metadata", "cost-center")),
    ("metadata.$ref._x", ("metadata", "$ref", "_x")),
    ('metadata["crm.id"]', ("metadata", "crm.id")),
    ('metadata["2024"]', ("metadata", "2024")),
    ('metadata["a b"].c', ("metadata", "a b", "c")),
    ('metadata["tags[0]"]', ("metadata", "tags[0]")),
    ('metadata[""]', ("metadata", "")),
    ("metadata.größe", ("metadata", "größe")),
    ('metadata["größe in m"]', ("metadata", "größe in m")),
]


@pytest.mark.parametrize(("text", "path"), SPELLINGS, ids=[text for text, _ in SPELLINGS])
def test_a_path_is_written_as_the_engine_writes_it(text: str, path: Path) -> None:
    """Plain keys are joined by dots, and every other key stands quoted in brackets."""
    assert dotted(path) == text


@pytest.mark.parametrize(("text", "path"), SPELLINGS, ids=[text for text, _ in SPELLINGS])
def test_a_written_path_is_read_back(text: str, path: Path) -> None:
    """Reading a written path gives the keys it was written from."""
    assert parse_dotted(text) == path


@pytest.mark.parametrize(
    "key",
    [
        pytest.param("a\\b", id="backslash"),
        pytest.param("a\nb", id="line break"),
        pytest.param("a]b", id="bracket"),
        pytest.param(
            'a"b',
            id="quotation mark",
        ),
    ],
)
def test_every_metadata_key_survives_the_way_through_state(key: str) -> None:
    """Records and watched paths are stored as text: no free-form key may come back as another one."""
    assert parse_dotted(dotted(("metadata", key))) == ("metadata", key)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        pytest.param('metadata["\\x"]', ("metadata", "\\x"), id="no escape of JSON"),
        pytest.param('metadata["a\nb"]', ("metadata", "a\nb"), id="a line break as it is"),
        pytest.param('metadata["a\\"\\x"]', ("metadata", 'a"\\x'), id="the engine escapes quotation marks only"),
        pytest.param('metadata["\\ud83d"]', ("metadata", "\\ud83d"), id="half a character"),
        pytest.param('["displayName"]', ("displayName",), id="quoted without need"),
        pytest.param("metadata[0]", ("metadata", "0"), id="an index"),
        pytest.param("", (), id="nothing"),
    ],
)
def test_a_path_of_someone_else_is_read(text: str, path: Path) -> None:
    """People write paths under `clear` and in ignoreChanges, and the engine in its previews: each is some path."""
    assert parse_dotted(text) == path


@pytest.mark.parametrize(
    ("wire", "python"),
    [
        ("name", "name"),
        ("accountId", "account_id"),
        ("postalCode", "postal_code"),
        ("enableVoiceMail", "enable_voice_mail"),
        ("smsEnabled", "sms_enabled"),
        ("createdAt", "created_at"),
    ],
)
def test_python_names_are_snake_case(wire: str, python: str) -> None:
    """A wire name is written in lower case, its words joined by underscores."""
    assert snake_case(wire) == python


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param("display_name", "displayName", id="top level"),
        pytest.param("displayName", "displayName", id="wire name already"),
        pytest.param("account_id", "accountId", id="account id"),
        pytest.param("settings.enable_voice_mail", "settings.enableVoiceMail", id="member"),
        pytest.param("settings", "settings", id="whole object"),
        pytest.param("address.postal_code", "address.postalCode", id="member of address"),
        pytest.param("metadata.postal_code", "metadata.postal_code", id="free-form key"),
        pytest.param('metadata["crm.id"]', 'metadata["crm.id"]', id="quoted free-form key"),
        pytest.param("no_such_field", "no_such_field", id="unknown"),
        pytest.param("no_such_field.postal_code", "no_such_field.postal_code", id="member of an unknown one"),
        pytest.param(
            "metadata.tags[0]",
            "metadata.tags[0]",
            id="array element",
        ),
    ],
)
def test_an_ignored_path_is_translated_to_wire_names(given: str, expected: str) -> None:
    """Names of fields are translated; free-form keys and array indices stay as they are."""
    assert wire_path(given) == expected


def test_members_are_those_directly_inside() -> None:
    """An object's members are its own fields, and an object of free-form keys has none."""
    assert [field.path[-1] for field in members(("address",))] == ["street", "city", "state", "postalCode", "country"]
    assert members(("metadata",)) == ()


def test_every_nested_field_lies_in_an_object() -> None:
    """A field with a parent has one in the table, and that parent is a map with fixed keys."""
    parents = {field.path[:-1] for field in FIELDS if len(field.path) > 1}
    assert {BY_PATH[parent].rule for parent in parents} == {Rule.OBJECT}


def test_every_immutable_field_tells_what_to_do_instead() -> None:
    """A refusal ends with a remedy, so each immutable field has one."""
    assert [field.path for field in FIELDS if field.kind is Kind.IMMUTABLE and not field.remedy] == []


def test_what_may_be_declared_is_told_apart() -> None:
    """The account's id is neither a changeable field nor an optional assertion."""
    assert not {"id", "updatedAt"} & {*MUTABLE, *ASSERTABLE}
    assert not set(MUTABLE) & set(ASSERTABLE)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("phone", True),
        ("settings.smsEnabled", True),
        ("settings", True),
        ("settings.*", True),
        ("*", True),
        ("metadata.any.thing", True),
        ("allowStatus[0]", True),
        ("clear", True),
        ("accountId", True),
        ("updatedAt", True),
        ("overwritten", True),
        ("__provider", True),
        ("", True),
        ("phones", False),
        ("settings.sms", False),
        ("settings.smsEnabled.x", False),
        ("phone.x", False),
        ("id", False),
    ],
)
def test_paths_of_fields_are_known(path: str, *, found: bool) -> None:
    """What a resource option may name: inputs, outputs, options, what is inside of them, and the engine's own."""
    assert is_path_of_field(parse_dotted(path)) is found

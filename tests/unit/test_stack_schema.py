"""The JSON Schema of stack files, which is generated from the field table."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

import pulumi_audian
from pulumi_audian.fields import FIELDS, OPTIONS, Kind, dotted
from pulumi_audian.models import timezones
from pulumi_audian.settings import SETTINGS
from pulumi_audian.validation.project import Project
from pulumi_audian.validation.stack import check

CHECKOUT = Path(__file__).parents[2]
SCHEMA = CHECKOUT / "stacks" / "schema.json"
PACKAGED = Path(pulumi_audian.__file__).with_name("schema.json")
STACKS = sorted((CHECKOUT / "stacks").glob("Pulumi.*.yaml"))
INPUTS = (
    *(dotted((*field.path[:-1], field.declared_as)) for field in FIELDS if field.kind is not Kind.READ_ONLY),
    *OPTIONS,
)

ACCEPTED: tuple[dict[str, Any], ...] = (
    {},
    {"config": None},
    {"encryptionsalt": "v1:abc", "config": {"aws:region": "us-east-1", "audian:apiUrl": "http://127.0.0.1:1/v2"}},
    {"config": {"audian:token": {"secure": "v1:abc"}, "audian:timeoutSeconds": 5, "audian:previewReads": False}},
    {"config": {"audian:accounts": {"a": {"accountId": "acc_1", "phone": {"secure": "v1:abc"}, "status": "active"}}}},
    {
        "config": {
            "audian:accounts": {"a": {"accountId": "acc_1", "phone": "+49 30 1234 EXT. 5", "metadata": {"a": [1]}}}
        }
    },
    {"config": {"audian:accounts": {"a": {"accountId": "acc_1", "status": "closed", "allowStatus": ["closed"]}}}},
)
WRONG_FIELDS: tuple[dict[str, Any], ...] = (
    {"displayname": "x"},
    {"updatedAt": "2023-10-15T10:30:00Z"},
    {"displayName": "x" * 101},
    {"email": "nobody"},
    {"phone": "call me"},
    {"phone": 15550100},
    {"status": "paused"},
    {"onDelete": "delete"},
    {"allowStatus": ["active"]},
    {"settings": {"timezone": "New York"}},
    {"settings": {"recordingRetention": 366}},
    {"settings": {"enableRecording": {"secure": "v1:abc"}}},
    {"address": {"zip": "10001"}},
    {"metadata": []},
)
REFUSED: tuple[dict[str, Any], ...] = (
    {"config": {"audian:apiurl": "http://127.0.0.1:1/v2"}},
    {"config": {"audian:apiUrl": "http://user:word@127.0.0.1:1/v2"}},
    {"config": {"audian:token": "abc"}},
    {"config": {"audian:authScheme": "basic"}},
    {"config": {"audian:timeoutSeconds": 0}},
    {"config": {"audian:accounts": "{}"}},
    {"config": {"audian:accounts": {"a": {}}}},
    {"config": {"audian:accounts": {"a": {"accountId": "../acc_1"}}}},
    *({"config": {"audian:accounts": {"a": {"accountId": "acc_1", **wrong}}}} for wrong in WRONG_FIELDS),
)


def generator() -> ModuleType:
    """The script that writes the schema."""
    spec = importlib.util.spec_from_file_location("schema", CHECKOUT / "tools" / "schema.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def described(path: str) -> dict[str, Any]:
    """What the schema says of an account's field."""
    definitions = json.loads(SCHEMA.read_text())["$defs"]
    head, _, member = path.partition(".")
    definition = (
        definitions[head.capitalize()]["properties"][member] if member else definitions["Account"]["properties"][head]
    )
    return dict(definition)


def checked(*arguments: str | Path) -> tuple[int, dict[str, Any]]:
    """The exit code and the answer of check-jsonschema."""
    command = [sys.executable, "-m", "check_jsonschema", "--output-format", "json", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, json.loads(done.stdout)


def refused_by_schema(directory: Path, contents: tuple[dict[str, Any], ...]) -> list[dict[str, Any]]:
    """The stack files that the schema refuses."""
    files = {str(directory / f"{number}.yaml"): content for number, content in enumerate(contents)}
    for file, content in files.items():
        Path(file).write_text(yaml.safe_dump(content))
    _, answer = checked("--schemafile", SCHEMA, *files)
    assert not answer.get("parse_errors")
    wrong = {error["filename"] for error in answer["errors"]}
    return [content for file, content in files.items() if file in wrong]


@pytest.mark.parametrize("file", [SCHEMA, PACKAGED], ids=["of the checkout", "of the package"])
def test_the_committed_schema_is_the_one_that_the_models_give(file: Path) -> None:
    """`make schema` was run after the last change of a field or a setting."""
    assert file.read_text() == generator().rendered()


def test_the_schema_is_one() -> None:
    """It keeps the rules of its own metaschema."""
    code, answer = checked("--check-metaschema", SCHEMA)
    assert (code, answer["status"]) == (0, "ok")


@pytest.mark.parametrize("path", INPUTS)
def test_each_field_is_described_and_its_examples_are_right(path: str) -> None:
    """An editor shows what a field is; what it offers passes the provider's rules."""
    field = described(path)
    assert re.match(r"[A-Z].+\.$", field["description"])
    assert field["examples"]
    for example in field["examples"]:
        head, _, member = path.partition(".")
        account = {"accountId": "acc_1", head: {member: example} if member else example}
        text = yaml.safe_dump({"config": {"audian:accounts": {"acme": account}}})
        assert check(text.encode(), Project(Path("Pulumi.yaml"))) == []


@pytest.mark.parametrize("name", [*SETTINGS, "accounts"])
def test_each_setting_is_described_and_its_examples_are_right(name: str) -> None:
    """So do the settings."""
    setting = json.loads(SCHEMA.read_text())["properties"]["config"]["properties"][f"audian:{name}"]
    assert re.match(r"[A-Z].+\.$", setting["description"])
    assert setting["examples"]
    for example in setting["examples"]:
        text = yaml.safe_dump({"config": {f"audian:{name}": example}})
        assert check(text.encode(), Project(Path("Pulumi.yaml"))) == []


def test_the_timezones_have_the_form_that_the_schema_asks_for() -> None:
    """All of them, so that no editor complains of a right one."""
    (pattern,) = (option["pattern"] for option in described("settings.timezone")["anyOf"] if "pattern" in option)
    assert [name for name in timezones() if not re.match(pattern, name)] == []


def test_the_schema_tells_right_from_wrong(tmp_path: Path) -> None:
    """Nothing that the provider's rules accept is refused, and most of what they refuse is."""
    project = Project.read(CHECKOUT / "Pulumi.yaml")
    for content in ACCEPTED:
        assert check(yaml.safe_dump(content).encode(), project) == []
    for content in REFUSED:
        assert check(yaml.safe_dump(content).encode(), project) != []
    assert refused_by_schema(tmp_path, (*ACCEPTED, *REFUSED)) == list(REFUSED)


def test_there_are_stacks() -> None:
    """The tests below look at some file."""
    assert STACKS


def test_the_shipped_stacks_pass_the_schema_and_the_check() -> None:
    """In this checkout as it is."""
    code, answer = checked("--schemafile", SCHEMA, *STACKS)
    assert (code, answer["status"]) == (0, "ok"), answer
    project = Project.read(CHECKOUT / "Pulumi.yaml")
    assert {file.name: check(file.read_bytes(), project) for file in STACKS} == {file.name: [] for file in STACKS}


@pytest.mark.parametrize("file", STACKS, ids=lambda file: file.name)
def test_editors_find_the_schema_of_each_shipped_stack(file: Path) -> None:
    """By the comment that YAML language servers look for."""
    match = re.search(r"^# yaml-language-server: \$schema=(\S+)$", file.read_text(), re.MULTILINE)
    assert match is not None
    assert (file.parent / match[1]).resolve() == SCHEMA

"""The JSON document and its published schema."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped] # ships no types
import pytest
from hypothesis import example, given, settings
from syrupy.assertion import SnapshotAssertion
from tests.unit.report_samples import HARMFUL, RICH, SAMPLES
from tests.unit.report_texts import REPORTS

from pulumi_audian.report import document
from pulumi_audian.report.model import Report

PUBLISHED = Path(__file__).parents[2] / "docs" / "report.schema.json"


@pytest.fixture(scope="module")
def schema() -> Any:
    """The published schema."""
    return json.loads(PUBLISHED.read_text("utf-8"))


def test_the_published_schema_is_the_one_that_the_model_gives(schema: Any) -> None:
    """The schema was written anew after the last change of the report's model."""
    assert schema == document.schema()


def test_the_published_schema_is_a_schema(schema: Any) -> None:
    """It is valid in its dialect, stands for itself, and explains each object."""
    jsonschema.Draft202012Validator.check_schema(schema)
    assert "$id" not in schema
    assert [name for name, part in schema["$defs"].items() if not part.get("description")] == []


@given(REPORTS)
@example(HARMFUL)
@settings(deadline=None)
def test_any_report_keeps_to_the_schema_and_says_everything(report: Report) -> None:
    """A document is valid, and holds the whole report as it is, whatever the texts in it."""
    found = json.loads(document.to_json(report))
    jsonschema.validate(found, json.loads(PUBLISHED.read_text("utf-8")))
    assert (found["purpose"], found["stacks"]) == (report.purpose, plain(report))


def plain(report: Report) -> Any:
    """The stacks of a report as JSON has them."""
    return json.loads(json.dumps([dataclasses.asdict(stack) for stack in report.stacks]), object_hook=_in_camel_case)


def _in_camel_case(found: dict[str, Any]) -> dict[str, Any]:
    return {"accountId" if name == "account_id" else name: value for name, value in found.items()}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("version",), 1),
        (("purpose",), "apply"),
        (("stacks", 0, "accounts", 0, "action"), "delete"),
        (("stacks", 0, "accounts", 0, "rows", 0, "live"), None),
        (("stacks", 0, "accounts", 0, "rows", 0, "live"), "Acme"),
        (("stacks", 0, "accounts", 0, "rows", 0, "live"), {"mark": "other"}),
        (("stacks", 0, "unchanged"), "12"),
    ],
)
def test_what_no_report_says_is_not_valid(schema: Any, path: tuple[str | int, ...], value: object) -> None:
    """The schema tells a document apart from one that means something else."""
    found = json.loads(document.to_json(RICH))
    inner = found
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(found, schema)


def test_the_document_says_the_verdict(snapshot: SnapshotAssertion) -> None:
    """What a script asks for first stands at the top, for each kind of report."""
    verdicts = {name: json.loads(document.to_json(report)) for name, report in SAMPLES.items()}
    assert {
        name: {key: value for key, value in found.items() if key != "stacks"} for name, found in verdicts.items()
    } == snapshot


def test_the_document_of_a_report_reads_as_committed(snapshot: SnapshotAssertion) -> None:
    """The whole document of a report with everything in it is the golden that was read by a person."""
    assert document.to_json(RICH) == snapshot

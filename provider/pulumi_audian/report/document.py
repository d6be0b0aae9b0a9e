"""The report as JSON for other programs, and the schema that it keeps to."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import ConfigDict, TypeAdapter
from pydantic.alias_generators import to_camel

from pulumi_audian.report.model import Concern, Purpose, Report, Stack, concerns, headline

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


@dataclass(frozen=True)
class Document:
    """A report of `audian preview` or `audian drift`.

    Further members may be added to any object without a new version.
    """

    __pydantic_config__ = ConfigDict(
        alias_generator=to_camel,
        serialize_by_alias=True,
        use_attribute_docstrings=True,
        json_schema_serialization_defaults_required=True,
    )

    version: Literal[2]
    """Another number is another schema."""
    headline: str
    """The whole verdict in one line."""
    failed: bool
    """Whether any stack can't be brought up as it is."""
    changes: bool
    """Whether anything changes in any stack."""
    concerns: tuple[Concern, ...]
    """The kinds of change that the report holds."""
    purpose: Purpose
    """Which of the two was run."""
    stacks: tuple[Stack, ...]
    """One answer for each stack, in the order in which they were asked for."""


_ADAPTER = TypeAdapter(Document)


def to_json(report: Report) -> str:
    """The report as one JSON document: ASCII, indented, and with nothing that GitHub's runner takes for a command."""
    document = Document(
        version=2,
        headline=headline(report.stacks),
        failed=report.failed,
        changes=report.changes,
        concerns=tuple(sorted(concerns(report))),
        purpose=report.purpose,
        stacks=report.stacks,
    )
    # Two signs in a row stand in strings only, where an escape means the same. A line always starts otherwise.
    return json.dumps(_ADAPTER.dump_python(document, mode="json"), indent=2).replace("##[", "##\\u005b") + "\n"


def schema() -> dict[str, Any]:
    """The JSON Schema of these documents."""
    return {"$schema": _DIALECT, **_ADAPTER.json_schema(mode="serialization")}

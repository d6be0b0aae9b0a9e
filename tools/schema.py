"""Writes the JSON Schema that editors check stack files with: stacks/schema.json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from pulumi_audian.models import account_model

CHECKOUT = Path(__file__).resolve().parents[1]
TARGET = CHECKOUT / "stacks" / "schema.json"


def stack_schema() -> dict[str, Any]:
    """The schema of a stack file: the project's settings, and the accounts by the models that validate them."""
    project = yaml.safe_load((CHECKOUT / "Pulumi.yaml").read_text("utf-8"))
    account = account_model().model_json_schema(ref_template="#/$defs/{model}")
    definitions = account.pop("$defs", {})
    settings = {
        key: {"type": setting["type"], "description": setting["description"]}
        for key, setting in project["config"].items()
    }
    settings["audian:accounts"]["additionalProperties"] = {"$ref": "#/$defs/Account"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A stack of Audian accounts",
        "type": "object",
        "properties": {"config": {"type": "object", "properties": settings}},
        "$defs": {**definitions, "Account": account},
    }


def rendered() -> str:
    """The schema as the file holds it."""
    return json.dumps(stack_schema(), indent=2) + "\n"


if __name__ == "__main__":
    TARGET.write_text(rendered(), "utf-8")

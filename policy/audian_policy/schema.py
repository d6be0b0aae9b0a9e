"""The JSON Schema of the pack's configuration: `python -m audian_policy.schema > schema.json`."""

from __future__ import annotations

import json
import sys
from typing import Any

from audian_policy.catalog import ACCOUNT_RULES, STACK_RULES, Rule

_LEVEL = {"enum": ["advisory", "mandatory", "disabled"], "default": "mandatory"}


def build() -> dict[str, Any]:
    """The schema, which is stricter than the engine: a rule or setting of another name is refused."""
    rules = (*map(_of_rule, ACCOUNT_RULES), *map(_of_rule, STACK_RULES))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The configuration of the audian policy pack",
        "type": "object",
        "additionalProperties": False,
        "properties": dict(rules),
    }


def _of_rule(rule: Rule[Any]) -> tuple[str, dict[str, Any]]:
    schema = {
        "type": "object",
        "description": rule.description,
        "additionalProperties": False,
        "properties": {"enforcementLevel": _LEVEL, **rule.settings},
        "anyOf": [{"required": [name]} for name in rule.turned_on_by],
    }
    return rule.name, schema


if __name__ == "__main__":
    sys.stdout.write(json.dumps(build(), indent=2) + "\n")

"""The JSON Schema of stack files, which is generated from the field table."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]


def test_the_committed_schema_is_the_one_that_the_models_give() -> None:
    """`make schema` was run after the last change of a field or a setting."""
    spec = importlib.util.spec_from_file_location("schema", CHECKOUT / "tools" / "schema.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert json.loads((CHECKOUT / "stacks" / "schema.json").read_text()) == module.stack_schema()

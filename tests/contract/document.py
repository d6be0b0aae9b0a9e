"""The contract's document: OpenAPI, written by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

CONTRACT = Path(__file__).with_name("openapi.yaml")
DOCUMENT: dict[str, Any] = yaml.safe_load(CONTRACT.read_text("utf-8"))

# ruff: noqa: INP001 - the engine runs it as a script
"""Serves the rules to the engine."""

from __future__ import annotations

from audian_policy.host import serve

serve()

"""Failures that a user is told about."""

from __future__ import annotations


class SourceError(Exception):
    """One source of the engine failed; the message is the reason, in one line."""


class InstallError(Exception):
    """No engine can be provided; the message says why and what to do."""

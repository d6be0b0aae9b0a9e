"""One rule applied to one account or stack."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from audian_policy.catalog import Rule, Subject
from audian_policy.finding import Finding, Violation


def judge(rule: Rule[Subject], subject: Subject, settings: Mapping[str, Any]) -> list[Finding]:
    """What a rule finds, given its settings; a misspelt setting breaks the rule, which else would be off unsaid."""
    unknown = sorted(set(settings) - set(rule.settings))
    if unknown:
        known = ", ".join(rule.settings)
        return [
            Violation(f"{rule.name} has no setting {unknown[0]}: correct the policy configuration to one of {known}")
        ]
    return list(rule.check(subject, settings))

"""The rules as policies of the engine: the only module that knows pulumi-policy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pulumi_policy import (
    EnforcementLevel,
    PolicyConfigSchema,
    PolicyPack,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.deserialize import SPECIAL_SECRET_SIG, SPECIAL_SIG_KEY, serialize_properties
from pulumi_policy.proxy import (
    UNKNOWN_ARRAY_VALUE,
    UNKNOWN_BOOLEAN_VALUE,
    UNKNOWN_NUMBER_VALUE,
    UNKNOWN_OBJECT_VALUE,
    UNKNOWN_STRING_VALUE,
    UnknownValueError,
)

from audian_policy.account import UNKNOWN, Account, Stack
from audian_policy.catalog import ACCOUNT_RULES, STACK_RULES, Rule
from audian_policy.finding import Finding, Undecided, Violation
from audian_policy.judgement import judge

TYPE = "pulumi-python:dynamic/audian:Account"
_SHOWN_UNDECIDED = 5
_UNKNOWN_VALUES = (
    UNKNOWN_ARRAY_VALUE,
    UNKNOWN_BOOLEAN_VALUE,
    UNKNOWN_NUMBER_VALUE,
    UNKNOWN_OBJECT_VALUE,
    UNKNOWN_STRING_VALUE,
)

Report = Callable[[str, str | None], None]


class _Seen:
    """The accounts that the program declared so far, and which of their fields hold no secret."""

    def __init__(self) -> None:
        self._declared: dict[str, Account] | None = None
        self._plain: dict[str, frozenset[str]] = {}

    def note_secrets(self, args: ResourceValidationArgs) -> None:
        """Take note of an account before the marks of its secrets are taken off."""
        if args.resource_type == TYPE:
            marked = serialize_properties(args.props)
            self._plain[args.urn] = frozenset(name for name, value in marked.items() if not _has_secret(value))

    def account(self, args: ResourceValidationArgs) -> Account | None:
        """The account that a rule is to judge; None where the resource is another."""
        self._declared = self._declared or {}
        if args.resource_type != TYPE:
            return None
        plain = self._plain.get(args.urn, frozenset())
        self._declared[args.urn] = Account(args.urn, args.name, _properties(args.props), plain)
        return self._declared[args.urn]

    def stack(self, args: StackValidationArgs) -> Stack:
        """The stack that a rule is to judge."""
        name = next((resource.urn.split(":")[2] for resource in args.resources), "")
        found = [resource for resource in args.resources if resource.resource_type == TYPE]
        outcome = {each.urn: Account(each.urn, each.name, _properties(each.props)) for each in found}
        # With all rules for single accounts disabled, nothing is ever seen, not even the stack's own resource.
        return Stack(name, outcome if self._declared is None else self._declared, outcome)


def serve() -> None:
    """Answer the engine until it has no more questions."""
    seen = _Seen()
    policies = [
        _secret_marks(seen),
        *(_account_policy(rule, seen) for rule in ACCOUNT_RULES),
        *(_stack_policy(rule, seen) for rule in STACK_RULES),
    ]
    PolicyPack("audian", policies, EnforcementLevel.MANDATORY)


def _secret_marks(seen: _Seen) -> ResourceValidationPolicy:
    # Only remediations are shown which values are secret. This one changes nothing.
    return ResourceValidationPolicy(
        "secret-marks",
        "Messages of the other rules show no secret",
        enforcement_level=EnforcementLevel.REMEDIATE,
        remediate=seen.note_secrets,
    )


def _account_policy(rule: Rule[Account], seen: _Seen) -> ResourceValidationPolicy:
    def validate(args: ResourceValidationArgs, report: Report) -> None:
        account = seen.account(args)
        if account is not None:
            _conclude(judge(rule, account, args.get_config()), report)

    schema = PolicyConfigSchema(dict(rule.settings))
    return ResourceValidationPolicy(rule.name, rule.description, validate, config_schema=schema)


def _stack_policy(rule: Rule[Stack], seen: _Seen) -> StackValidationPolicy:
    def validate(args: StackValidationArgs, report: Report) -> None:
        _conclude(judge(rule, seen.stack(args), args.get_config()), report)

    schema = PolicyConfigSchema(dict(rule.settings))
    return StackValidationPolicy(rule.name, rule.description, validate, config_schema=schema)


def _conclude(findings: Iterable[Finding], report: Report) -> None:
    undecided: list[str] = []
    for finding in findings:
        if isinstance(finding, Violation):
            report(finding.text, finding.urn or None)
        if isinstance(finding, Undecided):
            undecided.append(finding.text)
    if undecided:
        raise _advice(undecided)


def _advice(undecided: list[str]) -> UnknownValueError:
    """The error that the host turns into one advice, with the text that says more than the host's own."""
    error = UnknownValueError(UNKNOWN_STRING_VALUE, [])
    rest = len(undecided) - _SHOWN_UNDECIDED
    error.message = "; ".join(undecided[:_SHOWN_UNDECIDED]) + (f"; and {rest} more" if rest > 0 else "")
    return error


def _properties(props: Mapping[str, Any]) -> dict[str, Any]:
    """The host's properties without its proxies, which raise at the first unknown value."""
    return {name: _known(value) for name, value in serialize_properties(props).items()}


def _known(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _known(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_known(inner) for inner in value]
    return UNKNOWN if value in _UNKNOWN_VALUES else value


def _has_secret(value: Any) -> bool:
    if isinstance(value, Mapping):
        return value.get(SPECIAL_SIG_KEY) == SPECIAL_SECRET_SIG or any(map(_has_secret, value.values()))
    return isinstance(value, list) and any(map(_has_secret, value))

"""Writes the JSON Schemas: that editors complete and check stack files with, and that JSON reports keep to.

The first is written twice: beside this checkout's stack files, and into the package, where users find it.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import yaml

from pulumi_audian.connection import Connection
from pulumi_audian.fields import ASSERTABLE, FIELDS, OPTIONS, Rule, dotted
from pulumi_audian.models import account_model
from pulumi_audian.report import document
from pulumi_audian.settings import ACCOUNTS, CREDENTIALS, NAMESPACE, PRODUCTION_URL, SETTINGS

CHECKOUT = Path(__file__).resolve().parents[1]
TARGETS = (CHECKOUT / "stacks" / "schema.json", CHECKOUT / "provider" / "pulumi_audian" / "schema.json")
REPORT = CHECKOUT / "docs" / "report.schema.json"

_ASSERTED = "An assertion, never written: up stops before any write where the account has another one."

EXAMPLES: dict[str, list[Any]] = {
    "accountId": ["acc_1234567890"],
    "name": ["Acme Corporation"],
    "displayName": ["Acme Corp"],
    "email": ["admin@acme.com"],
    "phone": ["+1-555-0200"],
    "status": ["active"],
    "plan": ["starter", "professional", "enterprise"],
    "address": [{"city": "New York", "country": "US"}],
    "address.street": ["456 Corporate Blvd"],
    "address.city": ["New York"],
    "address.state": ["NY"],
    "address.postalCode": ["10001"],
    "address.country": ["US"],
    "settings": [{"timezone": "America/New_York"}],
    "settings.timezone": [
        "America/New_York",
        "America/Chicago",
        "America/Los_Angeles",
        "Europe/Berlin",
        "Asia/Tokyo",
        "UTC",
    ],
    "settings.language": ["en"],
    "settings.enableVoiceMail": [True],
    "settings.enableRecording": [False],
    "settings.recordingRetention": [30, 60, 90],
    "settings.smsEnabled": [True],
    "metadata": [{"costCenter": "US-1"}],
    "createdAt": ["2023-10-15T10:30:00Z"],
    "onDelete": ["restore"],
    "onConflict": ["fail"],
    "allowStatus": [["suspended"]],
    "clear": [["phone", "settings.language"]],
}
"""What editors offer for a field or an option, by dotted path."""

SETTING_EXAMPLES: dict[str, list[Any]] = {
    "accounts": [{"acme": {"accountId": "acc_1234567890", "displayName": "Acme Corp"}}],
    "apiUrl": [PRODUCTION_URL, "http://127.0.0.1:8711/v2"],
    "authScheme": ["bearer"],
    "envelope": ["data"],
    "timeoutSeconds": [30],
    "retrySeconds": [120],
    "previewReads": [False],
    "allowPlainHttp": [True],
    "token": [{"secure": "v1:..."}],
    "apiKey": [{"secure": "v1:..."}],
}

_REFINED: dict[str, dict[str, Any]] = {
    "email": {"format": "email"},
    "settings.timezone": {"pattern": "^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*$"},
    "apiUrl": {"pattern": "^https?://[^/@?#\\s]+(/[^?#\\s]*)?$"},
}
"""What the models check by functions of their own, as far as a schema can say it."""

_DECLARED = {dotted((*field.path[:-1], field.declared_as)): field for field in FIELDS}

_SECURE = {
    "description": "A value that `pulumi config set --secret` encrypted.",
    "type": "object",
    "properties": {"secure": {"type": "string"}},
    "required": ["secure"],
    "additionalProperties": False,
}


def stack_schema() -> dict[str, Any]:
    """The schema of a stack file: the project's settings, and the accounts by the models that validate them."""
    others = "|".join((ACCOUNTS, *SETTINGS))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": "Written by `make schema`.",
        "title": "A stack of Audian accounts",
        "type": "object",
        "properties": {
            "config": {
                "description": "The settings of the stack, by namespace and name.",
                "type": ["object", "null"],
                "properties": _settings(),
                "patternProperties": {f"^{NAMESPACE}(?!(?:{others})$)": False},
            }
        },
        "$defs": {**_account(), "Secure": _SECURE},
    }


def _account() -> dict[str, Any]:
    schema = account_model().model_json_schema(ref_template="#/$defs/{model}")
    objects = schema.pop("$defs")
    for name, definition in objects.items():
        objects[name] = _described(definition, f"{name.lower()}.")
    return {**objects, "Account": _described(schema, "")}


def _described(definition: dict[str, Any], prefix: str) -> dict[str, Any]:
    properties = {name: _field(f"{prefix}{name}", given) for name, given in definition["properties"].items()}
    required = {"required": definition["required"]} if "required" in definition else {}
    return {"type": "object", "properties": properties, **required, "additionalProperties": False}


def _field(path: str, given: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in given.items() if key not in ("title", "description")}
    if kept.get("default", 0) is None:
        del kept["default"]
    if "pattern" in kept:
        kept["pattern"] = _ecma(kept["pattern"])
    checked = {**kept, **_REFINED.get(path, {})}
    return {"description": _description(path), **_or_secure(checked), "examples": EXAMPLES[path]}


def _description(path: str) -> str:
    field = _DECLARED.get(path)
    if field is None:
        return OPTIONS[path]
    asserted = f" {_ASSERTED}" if path in ASSERTABLE else ""
    rule = f" {_capitalised(field.rule.value)}." if field.rule is not Rule.OBJECT else ""
    return field.description + asserted + rule


def _or_secure(checked: dict[str, Any]) -> dict[str, Any]:
    """A text may be encrypted; what is no text would not be right once it is decrypted."""
    return {"anyOf": [checked, {"$ref": "#/$defs/Secure"}]} if checked.get("type") == "string" else checked


def _settings() -> dict[str, Any]:
    declared = yaml.safe_load((CHECKOUT / "Pulumi.yaml").read_text("utf-8"))["config"]
    rules = Connection.model_json_schema(by_alias=True)["properties"]
    return {
        NAMESPACE + name: _setting(name, declared.get(NAMESPACE + name, {}), rules.get(name, {}))
        for name in (ACCOUNTS, *SETTINGS)
    }


def _setting(name: str, declared: dict[str, Any], rule: dict[str, Any]) -> dict[str, Any]:
    text = declared["description"] if declared else _capitalised(SETTINGS[name])
    how = f"; it must be encrypted: pulumi config set --secret {NAMESPACE}{name}" if name in CREDENTIALS else ""
    return {"description": f"{text}{how}.", **_setting_rule(name, declared, rule), "examples": SETTING_EXAMPLES[name]}


def _setting_rule(name: str, declared: dict[str, Any], rule: dict[str, Any]) -> dict[str, Any]:
    if name in CREDENTIALS:
        return {"$ref": "#/$defs/Secure"}
    if name == ACCOUNTS:
        return {"type": "object", "additionalProperties": {"$ref": "#/$defs/Account"}}
    kept = {key: value for key, value in rule.items() if key not in ("title", "description")}
    project = {key: value for key, value in declared.items() if key in ("type", "default")}
    return _or_secure({**kept, **project, **_REFINED.get(name, {})})


def _ecma(pattern: str) -> str:
    """A pattern for editors, whose regular expressions have no flag inside that makes upper and lower case one."""
    if not pattern.startswith("(?i)"):
        return pattern
    return re.sub(r"(?<!\\)[a-z]", lambda match: f"[{match[0].upper()}{match[0]}]", pattern.removeprefix("(?i)"))


def _capitalised(text: str) -> str:
    return text[0].upper() + text[1:]


def rendered() -> str:
    """The schema as the file holds it."""
    return json.dumps(stack_schema(), indent=2) + "\n"


if __name__ == "__main__":
    for target in TARGETS:
        target.write_text(rendered(), "utf-8")
    REPORT.write_text(json.dumps(document.schema(), indent=2) + "\n", "utf-8")

"""What one account went through, for a person who looks into a violation."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tests.chaos.evidence import Case, Leg, Version


def told(case: Case) -> str:
    """Each command with its program, its requests and the state after it, and each version of the account."""
    lines = [f"account {case.account_id}", "  at first " + _json(case.versions[0].document)]
    versions = list(case.versions[1:])
    for leg in case.legs:
        lines += _leg(leg)
        lines += [_version(case, version) for version in versions if version.revision <= leg.last]
        versions = [version for version in versions if version.revision > leg.last]
    return "\n".join(lines)


def _leg(leg: Leg) -> Iterator[str]:
    marks = [name for name in ("clean", "refreshed", "killed") if getattr(leg, name)]
    yield f"{leg.command} ({', '.join(marks) or 'under faults'}) {_json(leg.program)}"
    for entry in leg.entries:
        yield f"  {_request(entry)}"
    if leg.after is None:
        yield "  not in state"
    else:
        failed = " (failed)" if leg.after.failed else ""
        yield f"  on record{failed} {_json(leg.after.outputs.get('overwritten', []))}"


def _request(entry: Mapping[str, Any]) -> str:
    parts = [entry["seq"], entry["method"], _json(entry["body"]) if entry["body"] else "", entry["ifMatch"] or ""]
    result = f"revision {entry['revision']}" if entry["executed"] else "not executed"
    parts += ["->", entry["status"] or "no answer", result, f"[{entry['fault']}]" if entry["fault"] else ""]
    return " ".join(str(part) for part in parts if part)


def _version(case: Case, version: Version) -> str:
    before = case.held_before(version.revision).document
    changed = {key: version.document.get(key) for key in {*before, *version.document} - {"updatedAt"}}
    changed = {key: value for key, value in sorted(changed.items()) if before.get(key) != value}
    return f"  revision {version.revision} changed {_json(changed)}"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)

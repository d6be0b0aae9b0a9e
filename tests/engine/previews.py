"""Previews of each kind of step and failure, made by the real engine, in a form that is the same on every machine."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pulumi_audian.records import FILE_VARIABLE
from workbench import ACME, CHECKOUT, GLOBEX, INITECH, Workbench

RECORDED = CHECKOUT / "tests" / "report" / "recorded"
PREVIEW = ("preview", "--json", "--show-sames")
REFRESH = ("refresh", "--preview-only", "--json")

ACME_BEFORE: dict[str, Any] = {
    "accountId": ACME,
    "displayName": "Acme 2",
    "settings": {"timezone": "Europe/Berlin", "smsEnabled": True},
    "metadata": {"costCenter": "US-1", "crm.id": 7},
}
GLOBEX_BEFORE: dict[str, Any] = {"accountId": GLOBEX, "displayName": "Globex", "phone": "+49-30-555-0199"}
INITECH_BEFORE: dict[str, Any] = {"accountId": INITECH}
BEFORE = {"acme": ACME_BEFORE, "globex": GLOBEX_BEFORE, "initech": INITECH_BEFORE}

MIXED_PROGRAM = """
import pulumi
import pulumi_audian as audian
from pulumi.dynamic import CreateResult, Resource, ResourceProvider


class NumberProvider(ResourceProvider):
    def __reduce__(self):
        return (NumberProvider, ())

    def create(self, props):
        return CreateResult("7", {"city": "Zurich", **props})


class Number(Resource):
    city: pulumi.Output[str]

    def __init__(self, name):
        super().__init__(NumberProvider(), name, {"city": None})


number = Number("number")
audian.Account("acme", account_id="acc_1234567890", address={"city": number.city})
audian.Account("globex", account_id="acc_2345678901", metadata={"pin": pulumi.Output.secret("pin-4711")})
"""


def _changed(**changes: Any) -> dict[str, Any]:
    return {**BEFORE, **changes}


def adoption(bench: Workbench) -> tuple[str, ...]:
    """Accounts that come under management; one already is as declared."""
    bench.declare(**BEFORE)
    return PREVIEW


def adoption_unread(bench: Workbench) -> tuple[str, ...]:
    """An adoption without looking at the account."""
    bench.config["audian:previewReads"] = False
    bench.declare(acme=ACME_BEFORE)
    return PREVIEW


def adoption_without_credential(bench: Workbench) -> tuple[str, ...]:
    """An adoption that nobody may look at."""
    del bench.environment["AUDIAN_API_TOKEN"]
    bench.declare(acme=ACME_BEFORE)
    return PREVIEW


def nothing(bench: Workbench) -> tuple[str, ...]:
    """No change."""
    bench.settle(**BEFORE)
    return PREVIEW


def one_field(bench: Workbench) -> tuple[str, ...]:
    """One nested field of one account."""
    bench.settle(**BEFORE)
    bench.declare(**_changed(acme={**ACME_BEFORE, "settings": {**ACME_BEFORE["settings"], "timezone": "UTC"}}))
    return PREVIEW


def released_and_cleared(bench: Workbench) -> tuple[str, ...]:
    """Fields leave the code, one is set to null, one is declared as it is, and options change."""
    bench.settle(**BEFORE)
    acme = {"accountId": ACME, "metadata": {"costCenter": "US-1"}, "email": "admin@acme.com", "onDelete": "restore"}
    bench.declare(**_changed(acme=acme, globex={"accountId": GLOBEX, "displayName": "Globex", "clear": ["phone"]}))
    return PREVIEW


def suspension(bench: Workbench) -> tuple[str, ...]:
    """An account is taken out of service."""
    bench.settle(**BEFORE)
    bench.declare(**_changed(globex={**GLOBEX_BEFORE, "status": "suspended", "allowStatus": ["suspended"]}))
    return PREVIEW


def retained(bench: Workbench) -> tuple[str, ...]:
    """An account leaves the code and keeps its settings."""
    bench.settle(**BEFORE)
    bench.declare(acme=ACME_BEFORE, initech=INITECH_BEFORE)
    return PREVIEW


def restored(bench: Workbench) -> tuple[str, ...]:
    """An account leaves the code and gets its former settings back."""
    bench.settle(**_changed(acme={**ACME_BEFORE, "onDelete": "restore"}))
    bench.declare(globex=GLOBEX_BEFORE, initech=INITECH_BEFORE)
    return PREVIEW


def replaced(bench: Workbench) -> tuple[str, ...]:
    """A resource is replaced, which leaves its account alone."""
    bench.settle(**BEFORE)
    bench.declare(**BEFORE)
    return (*PREVIEW, "--replace", bench.urn("globex"))


def mixed(bench: Workbench) -> tuple[str, ...]:
    """Another resource of the program, an unknown and a secret value."""
    (bench.directory / "__main__.py").write_text(MIXED_PROGRAM)
    bench.write_config(bench.config)
    return PREVIEW


def secret_edit(bench: Workbench) -> tuple[str, ...]:
    """A secret value changes."""
    program = bench.directory / "__main__.py"
    program.write_text(MIXED_PROGRAM)
    bench.write_config(bench.config)
    assert bench.up("--skip-preview").code == 0
    program.write_text(MIXED_PROGRAM.replace("pin-4711", "pin-4712"))
    return PREVIEW


def immutable_edit(bench: Workbench) -> tuple[str, ...]:
    """A plan that the account does not have."""
    bench.settle(**BEFORE)
    bench.declare(**_changed(acme={**ACME_BEFORE, "plan": "enterprise"}))
    return PREVIEW


def invalid(bench: Workbench) -> tuple[str, ...]:
    """Values and names that can't be right."""
    bench.declare(
        acme={"accountId": ACME, "displayNam": "x", "email": "nope", "settings": {"timezone": "Mars/Olympus"}}
    )
    return PREVIEW


def bad_token(bench: Workbench) -> tuple[str, ...]:
    """A token that the API does not know."""
    bench.environment["AUDIAN_API_TOKEN"] = "wrong-token"
    bench.declare(acme=ACME_BEFORE)
    return PREVIEW


def missing_account(bench: Workbench) -> tuple[str, ...]:
    """An account that the API does not know."""
    bench.declare(acme={**ACME_BEFORE, "accountId": "acc_0000000000"})
    return PREVIEW


def crash(bench: Workbench) -> tuple[str, ...]:
    """A program that raises."""
    bench.declare(**BEFORE)
    (bench.directory / "__main__.py").write_text("raise RuntimeError('boom')\n")
    return PREVIEW


def wrong_setting(bench: Workbench) -> tuple[str, ...]:
    """A setting that is none."""
    bench.config["audian:apiurl"] = "http://127.0.0.1:1"
    bench.declare(**BEFORE)
    return PREVIEW


def refreshed(bench: Workbench) -> tuple[str, ...]:
    """A preview that reads live values first, one of which someone else changed."""
    bench.settle(**BEFORE)
    bench.api.edit(ACME, {"displayName": "Drifted"})
    bench.declare(**BEFORE)
    return (*PREVIEW, "--refresh")


def drift(bench: Workbench) -> tuple[str, ...]:
    """What others changed, and an account that is gone."""
    bench.settle(**BEFORE)
    bench.api.edit(ACME, {"displayName": "Drifted", "settings": {"timezone": "Asia/Tokyo", "language": "ja"}})
    bench.api.remove(GLOBEX)
    return REFRESH


def drift_unread(bench: Workbench) -> tuple[str, ...]:
    """A look for drift with a token that the API does not know."""
    bench.settle(acme=ACME_BEFORE, globex=GLOBEX_BEFORE)
    bench.environment["AUDIAN_API_TOKEN"] = "wrong-token"
    return REFRESH


def no_drift(bench: Workbench) -> tuple[str, ...]:
    """Live settings agree with code, though others changed what is not declared."""
    bench.settle(**BEFORE)
    bench.api.edit(ACME, {"settings": {"language": "ja"}})
    return REFRESH


SCENARIOS: dict[str, Callable[[Workbench], tuple[str, ...]]] = {
    scenario.__name__: scenario
    for scenario in (
        adoption,
        adoption_unread,
        adoption_without_credential,
        nothing,
        one_field,
        released_and_cleared,
        suspension,
        retained,
        restored,
        replaced,
        mixed,
        secret_edit,
        immutable_edit,
        invalid,
        bad_token,
        missing_account,
        crash,
        wrong_setting,
        refreshed,
        drift,
        drift_unread,
        no_drift,
    )
}


def recording(text: str, bench: Workbench) -> str:
    """What the engine printed, without what differs from run to run and from machine to machine."""
    text = text.replace(str(bench.directory), "/project").replace(bench.api.api_url, "http://api.test/v2")
    document = _portable(json.loads(text))
    for entries in ("steps", "diagnostics"):
        document.get(entries, []).sort(key=lambda entry: entry.get("urn", ""))
    if any(entry["severity"] == "error" for entry in document.get("diagnostics", [])):
        # How far it came until the failure stopped it is chance.
        document = {**document, "changeSummary": {}, "steps": [step for step in document["steps"] if _is_stack(step)]}
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


_DROPPED = frozenset({"duration", "created", "modified"})
_OUTSIDE = "project:///.."
_IDENTITIES = re.compile(r"(::default(?:_[\d_]+)?::)[0-9a-f-]{36}")


def _portable(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {key: _portable(inner) for key, inner in value.items() if key not in _DROPPED and not _is_path(inner)}
        return {**kept, "updatedAt": "2026-01-01T00:00:00Z"} if "updatedAt" in kept else kept
    if isinstance(value, list):
        return [_portable(inner) for inner in value if not _is_outside(inner)]
    return _IDENTITIES.sub(r"\1id", value) if isinstance(value, str) else value


def _is_path(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(_OUTSIDE)


def _is_stack(step: dict[str, Any]) -> bool:
    return "::pulumi:pulumi:Stack::" in step["urn"]


def _is_outside(frame: Any) -> bool:
    # Of a stack trace only the frames in the project are the same everywhere.
    return (
        isinstance(frame, dict) and set(frame) <= {"sourcePosition"} and _is_path(frame.get("sourcePosition", _OUTSIDE))
    )


def record(bench: Workbench, name: str) -> tuple[str, str]:
    """Make one preview and return its recording, and that of what the provider left for the report."""
    arguments = SCENARIOS[name](bench)
    file = bench.directory.parent / "records"
    file.touch()
    bench.environment[FILE_VARIABLE] = str(file)
    printed = recording(bench.execute(*arguments).stdout, bench)
    left = file.read_text("utf-8").replace(bench.api.api_url, "http://api.test/v2")
    # Which account is looked at first is chance, and so is how many are where one is refused.
    lines = sorted(line for line in left.splitlines(keepends=True) if not _is_cut_short(left) or "refused" in line)
    return printed, "".join(lines)


def _is_cut_short(records: str) -> bool:
    return '"kind":"refused"' in records


def files(name: str) -> tuple[Path, Path]:
    """Where a preview is recorded, and where what the provider left is, if anything."""
    return RECORDED / f"{name}.json", RECORDED / f"{name}.records.jsonl"


def main() -> None:
    """Record all previews afresh."""
    from tempfile import TemporaryDirectory

    from audian_emulator import Control, Emulator
    from workbench import find_engine

    RECORDED.mkdir(exist_ok=True)
    for name in sys.argv[1:] or SCENARIOS:
        with TemporaryDirectory() as directory, Emulator.running() as emulator:
            bench = Workbench(Path(directory), Control(emulator.url), find_engine())
            for file, text in zip(files(name), record(bench, name), strict=True):
                file.write_text(text, "utf-8") if text else file.unlink(missing_ok=True)
            print(name)  # noqa: T201 - progress


if __name__ == "__main__":
    main()

"""What the library costs apart from the engine: imports, commands, a report, memory."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

from contenders import OURS
from figures import Figures, table
from processes import run
from stacks import CHECKOUT

_ROUNDS = 5
_AUDIAN = str(Path(sys.executable).with_name("audian"))
_RECORDED = CHECKOUT / "tests" / "report" / "recorded" / "one_field.json"


def footprint_table(size: int) -> str:
    """Imports, commands and a report of that many changed accounts."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        stack_file, preview = _stack_file(directory, size), _preview(directory, size)
        commands = {
            "`python -c pass`": [sys.executable, "-c", "pass"],
            "`import pulumi`, the SDK": [sys.executable, "-c", "import pulumi"],
            "`import pulumi_audian`": [sys.executable, "-c", "import pulumi_audian"],
            "`from pulumi_audian import Account`": [sys.executable, "-c", "from pulumi_audian import Account"],
            "`audian --help`": [_AUDIAN, "--help"],
            f"`audian validate` of {size:,} accounts": [_AUDIAN, "validate", str(stack_file)],
            f"`audian preview --from` with {size:,} changed accounts": [
                *(_AUDIAN, "preview", "--from", str(preview)),
                *("--format", "markdown", "--out", str(directory / "report.md")),
            ],
        }
        return table(("what", "seconds", "CPU seconds"), (_row(what, how, directory) for what, how in commands.items()))


def memory_table(figures: Figures) -> str:
    """The peak of each part's memory while previewing."""
    rows = []
    for series in figures.series:
        if series.contender == OURS and series.operation == "preview" and series.runs:
            peaks = [usage.megabytes for usage in series.runs]
            parts = [max(peak.get(part, 0) for peak in peaks) for part in ("program", "engine", "host")]
            rows.append([f"{series.size:,}", *map(str, parts)])
    return table(("accounts", "program, MB", "engine, MB", "host, MB"), rows)


def _row(what: str, command: list[str], directory: Path) -> list[str]:
    runs = [run(command, directory, {}, may_exit_with=2)[0] for _ in range(_ROUNDS)]
    return [
        what,
        f"{min(usage.seconds for usage in runs):.2f}",
        f"{min(usage.processor_seconds for usage in runs):.2f}",
    ]


def _stack_file(directory: Path, size: int) -> Path:
    (directory / "Pulumi.yaml").write_text("name: audian\nruntime: python\n", "utf-8")
    accounts = {
        f"account-{number}": {"accountId": f"acc_{number}", "displayName": f"Account {number}"}
        for number in range(size)
    }
    path = directory / "Pulumi.bench.yaml"
    path.write_text(yaml.safe_dump({"config": {"audian:accounts": accounts}}), "utf-8")
    return path


def _preview(directory: Path, size: int) -> Path:
    recorded: dict[str, Any] = json.loads(_RECORDED.read_text("utf-8"))
    (changed,) = (step for step in recorded["steps"] if step["op"] == "update")
    text = json.dumps(changed)
    steps = [json.loads(text.replace("::acme", f"::account-{number}")) for number in range(size)]
    path = directory / "preview.json"
    path.write_text(json.dumps({**recorded, "steps": steps, "changeSummary": {"update": size}}), "utf-8")
    return path

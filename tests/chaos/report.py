"""What all batches together came to, as figures."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.chaos.invariants import Violation
from tests.chaos.kinds import KINDS, OTHERS
from tests.chaos.outcomes import INVARIANTS
from tests.chaos.running import Result


@dataclass
class Report:
    """The figures of a run so far."""

    seed: int
    batches: int
    accounts: int
    schedules: int = 0
    commands: int = 0
    requests: int = 0
    unseen_edits: int = 0
    lost_records: int = 0
    torn_states: int = 0
    minutes: float = 0
    injected: Counter[str] = field(default_factory=Counter)
    violations: list[Violation] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)

    def add(self, result: Result) -> None:
        """Count a batch in."""
        self.schedules += result.schedules
        self.commands += result.commands
        self.requests += result.requests
        self.unseen_edits += result.unseen_edits
        self.lost_records += result.lost_records
        self.torn_states += result.torn_states
        self.injected += result.injected
        self.violations += result.violations

    def headline(self) -> str:
        """The figures on one line."""
        faults = self.injected.total()
        return f"{self.schedules:,} schedules, {faults:,} faults injected, {len(self.violations)} violations"

    def command(self) -> str:
        """What repeats the run."""
        return f"make chaos SEED={self.seed} BATCHES={self.batches} ACCOUNTS={self.accounts}"

    def table(self) -> str:
        """The figures as Markdown."""
        against = Counter(violation.invariant for violation in self.violations)
        faults = [(kind.name, kind.what) for kind in KINDS] + list(OTHERS.items())
        totals = {
            "schedules": self.schedules,
            "commands of the engine": self.commands,
            "requests to the API": self.requests,
            "faults injected": self.injected.total(),
            "violations": len(self.violations),
            "edits replaced because nothing showed them": self.unseen_edits,
            "values to restore that were lost to a kill": self.lost_records,
            "state files that a kill left unreadable": self.torn_states,
        }
        lines = [f"`{self.command()}`, {self.minutes:.0f} minutes:", "", "| in total | |", "|---|---:|"]
        lines += [f"| {name} | {number:,} |" for name, number in totals.items()]
        lines += ["", "| what must hold | that is | violations |", "|---|---|---:|"]
        lines += [f"| {rule.name} | {rule.what} | {against[rule.name]} |" for rule in INVARIANTS]
        lines += ["", "| injected | that is | times |", "|---|---|---:|"]
        lines += [f"| {name} | {what} | {self.injected[name]:,} |" for name, what in faults]
        return "\n".join(lines)


def listed(result: Result, report: Report) -> Iterator[str]:
    """A line for each violation of a batch, and what repeats it."""
    for violation in result.violations:
        yield f"VIOLATION {violation.account_id}: {violation.invariant}: {violation.text}"
    if result.violations:
        number = result.batch.rpartition(":")[2]
        yield f"repeat by: make chaos SEED={report.seed} BATCH={number} ACCOUNTS={report.accounts}"

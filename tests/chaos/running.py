"""A batch of schedules carried out: the same accounts through adoption, change and departure, under faults."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.chaos.commands import Done, Shell, stored_accounts
from tests.chaos.evidence import Case, Leg, Version, writes
from tests.chaos.invariants import Violation, judged, unseen
from tests.chaos.kinds import HELD, RETRY_SECONDS, TIMEOUT_SECONDS
from tests.chaos.outcomes import INVARIANTS, lost_records
from tests.chaos.stories import PHASES, Batch, Command, faults_of_all
from tests.property.documents import Document
from tests.property.stack_model import Stored

from audian_emulator import Control, Emulator
from workbench import Workbench, find_engine

PATIENT = {"audian:timeoutSeconds": 60, "audian:retrySeconds": 120}
HASTY = {"audian:timeoutSeconds": TIMEOUT_SECONDS, "audian:retrySeconds": RETRY_SECONDS}
CALM = Command(kill=None, refreshes=False, goes_on=True, settles_by_refresh=False)


@dataclass
class Result:
    """What came of a batch: schedules, what was injected by kind, commands, and everything that must not happen."""

    batch: str
    schedules: int = 0
    commands: int = 0
    requests: int = 0
    injected: Counter[str] = field(default_factory=Counter)
    unseen_edits: int = 0
    """Edits that were replaced because nothing showed them: without ETags, between our read and our write."""
    lost_records: int = 0
    """Values to restore that were never recorded, because a process was killed before state was stored."""
    torn_states: int = 0
    """State files of the engine that a kill left unreadable, and that were mended as docs/reliability.md says."""
    violations: list[Violation] = field(default_factory=list)


@dataclass(frozen=True)
class _Past:
    """One command that was run, with all accounts of the batch."""

    command: str
    programs: dict[str, Document]
    entries: list[Document]
    before: dict[str, Stored]
    after: dict[str, Stored]
    last: int
    clean: bool
    refreshed: bool
    done: Done


class BatchRun:
    """One batch on a workbench of its own."""

    def __init__(self, batch: Batch, directory: Path, emulator: Emulator) -> None:
        self._batch = batch
        self._api = Control(emulator.url)
        self._bench = Workbench(directory, self._api, find_engine())
        self._shell = Shell(self._bench, emulator)
        self._past: list[_Past] = []
        self._edits = 0
        self._prepare()

    def _prepare(self) -> None:
        self._api.behave(**self._batch.behaviours)
        self._bench.config["audian:envelope"] = self._batch.behaviours["envelope"]
        if self._batch.by_key:
            del self._bench.environment["AUDIAN_API_TOKEN"]
            self._bench.environment["AUDIAN_API_KEY"] = self._api.api_key
        for account_id, story in self._batch.stories.items():
            self._api.put(account_id, story.account)

    def carried_out(self) -> Result:
        """Go through all phases, and judge what they left behind."""
        for phase in PHASES:
            command = self._batch.commands[phase]
            if phase == PHASES[-1]:
                # A destroy takes its settings from state, where the last up has put them.
                self._run("up", self._programs(phase), CALM, clean=True, hasty=True)
            self._trouble(phase, command)
            self._clean(phase, command)
        return self._result()

    def _trouble(self, phase: str, command: Command) -> None:
        for account_id, story in self._batch.stories.items():
            schedule = story.schedules[phase]
            for edit in schedule.edits:
                self._api.edit(account_id, edit)
                self._edits += 1
        for fault in faults_of_all(self._batch, phase):
            self._api.fault(**fault)
        for story in self._batch.stories.values():
            for fault in story.schedules[phase].faults:
                self._api.fault(**fault)
        programs = {name: story.schedules[phase].program for name, story in self._batch.stories.items()}
        self._run(_verb(phase), programs, command, clean=False)
        self._api.clear_faults()

    def _clean(self, phase: str, command: Command) -> None:
        calm = CALM._replace(refreshes=command.settles_by_refresh)
        self._run(_verb(phase), self._programs(phase), calm, clean=True)

    def _programs(self, phase: str) -> dict[str, Document]:
        return {name: story.schedules[phase].mended for name, story in self._batch.stories.items()}

    def _run(
        self, verb: str, programs: dict[str, Document], command: Command, *, clean: bool, hasty: bool = False
    ) -> None:
        arguments = ["--refresh"] if command.refreshes else []
        arguments += ["--continue-on-error"] if command.goes_on else []
        self._bench.config |= HASTY if hasty or not clean else PATIENT
        self._bench.declare(**programs)
        before, first = stored_accounts(self._bench), len(self._api.requests())
        done = self._shell.run(verb, *arguments, kill=command.kill, lingers=command.goes_on * 0.5)
        self._past.append(
            _Past(
                command=verb,
                programs=programs,
                entries=self._api.requests()[first:],
                before=before,
                after=stored_accounts(self._bench),
                last=self._api.versions()[-1]["revision"],
                clean=clean,
                refreshed=command.refreshes,
                done=done,
            )
        )

    def _result(self) -> Result:
        entries = [entry for past in self._past for entry in past.entries]
        labels = [entry["fault"] for entry in entries if entry["fault"] not in (None, HELD)]
        kills = [f"{past.done.killed} killed" for past in self._past if past.done.killed]
        cases = self.cases()
        return Result(
            self._batch.name,
            schedules=len(self._batch.stories) * len(PHASES),
            commands=len(self._past),
            requests=len(entries),
            injected=Counter(labels) + Counter(kills) + Counter({"edit between runs": self._edits}),
            unseen_edits=sum(len(unseen(write)) for case in cases for leg in case.legs for write in writes(case, leg)),
            torn_states=sum(past.done.torn for past in self._past),
            lost_records=sum(len(lost_records(case)) for case in cases),
            violations=[violation for case in cases for violation in judged(case, INVARIANTS)] + self._exchanges(),
        )

    def _exchanges(self) -> list[Violation]:
        """API keys that one command exchanged twice without need."""
        found: list[Violation] = []
        for past in self._past:
            answered = [entry for entry in past.entries if entry["method"] == "PUT" and entry["status"] == 200]
            rejected = any(entry["status"] == 401 for entry in past.entries)
            # With --refresh the engine starts a second provider process for what it does after the refresh.
            if len(answered) > 1 + past.refreshed and not rejected:
                found.append(Violation("no effect is repeated", self._batch.name, f"{len(answered)} keys exchanged"))
        return found

    def cases(self) -> list[Case]:
        """What the batch left behind, by account."""
        versions: dict[str, list[Version]] = {}
        for stored in self._api.versions():
            version = Version(stored["revision"], stored["document"])
            versions.setdefault(version.document["id"], []).append(version)
        return [
            Case(account_id, versions[account_id], self._legs(account_id), self._batch.behaviours["etag"])
            for account_id in self._batch.stories
        ]

    def _legs(self, account_id: str) -> list[Leg]:
        return [_leg(past, account_id) for past in self._past]


def _verb(phase: str) -> str:
    return "destroy" if phase == PHASES[-1] else "up"


def _leg(past: _Past, account_id: str) -> Leg:
    failed: dict[str, Any] = {"error": past.done.text[-1000:]} if past.clean and past.done.code else {}
    return Leg(
        command=past.command,
        program=past.programs[account_id],
        entries=[entry for entry in past.entries if entry["account"] == account_id],
        before=past.before.get(account_id),
        after=past.after.get(account_id),
        last=past.last,
        clean=past.clean,
        refreshed=past.refreshed,
        killed=bool(past.done.killed),
        warnings=past.done.warnings,
        **failed,
    )

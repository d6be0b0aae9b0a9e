"""What happens to each account of a batch, drawn from a seed: programs, other people's edits, faults and kills."""

from __future__ import annotations

from random import Random
from typing import Any, NamedTuple

from tests.chaos.kinds import ENDLESS, HELD, KINDS, Kind
from tests.property.documents import Document, Path, with_value
from tests.property.programs import CLEARABLE, valid, wanted

LEAVES: dict[Path, tuple[Any, ...]] = {
    ("displayName",): ("One", "Two", "Drei \u260e", "Four"),
    ("phone",): ("+1-555-0200", "+49-30-555-0300", "+1-555-0400"),
    ("address", "street"): ("x", "y", "z"),
    ("address", "state"): ("x", "y", "z"),
    ("settings", "timezone"): ("UTC", "Europe/Paris", "Asia/Tokyo"),
    ("settings", "language"): ("en", "de", "fr"),
    ("settings", "recordingRetention"): (14, 60, 90),
    ("settings", "smsEnabled"): (True, False),
    ("metadata", "tier"): ("x", 60, True, 0.5),
    ("metadata", "crm.id"): ("x", "y", "60"),
    ("metadata", "tags"): ([], ["x"], ["x", {"y": 1}]),
}
"""The values that programs declare, and others write; two parties often mean the same field."""

TEXTS: dict[str, Path] = {
    **{".".join(path): path for path in [*LEAVES, ("email",), ("status",)] if path != ("metadata", "crm.id")},
    'metadata["crm.id"]': ("metadata", "crm.id"),
}
"""Every path of this suite by the text that state has for it."""

REMOVABLE = [path for path in LEAVES if path[0] in ("phone", "address", "metadata")]
TO_CLEAR = [text for text, path in CLEARABLE.items() if path in LEAVES]
PHASES = ("adoption", "change", "departure")


class Schedule(NamedTuple):
    """What one account goes through in one command under faults; `mended` is its program in the clean one after it."""

    program: Document
    mended: Document
    edits: tuple[Document, ...]
    faults: tuple[Document, ...]


class Story(NamedTuple):
    """One account: what it is at first, and its schedule in each phase."""

    account: Document
    schedules: dict[str, Schedule]


class Kill(NamedTuple):
    """A process to kill: as soon as a write of some accounts was executed, at a request, or after some seconds."""

    victim: str
    accounts: tuple[str, ...] = ()
    request: int = 0
    seconds: float = 0


class Command(NamedTuple):
    """How a phase's command under faults is run, and the clean one after it."""

    kill: Kill | None
    refreshes: bool
    goes_on: bool
    settles_by_refresh: bool


class Batch(NamedTuple):
    """Many accounts of one stack, whose schedules share their commands."""

    name: str
    behaviours: Document
    by_key: bool
    stories: dict[str, Story]
    commands: dict[str, Command]


def drawn(seed: int, number: int, accounts: int) -> Batch:
    """The batch of a seed and a number, with so many accounts: always the same."""
    random = Random(f"{seed}:{number}")  # noqa: S311 - repeatable, and keeps no secret
    behaviours = _behaviours(random)
    settles = random.random() < 0.6
    ids = [f"acc_{number}_{index:03}" for index in range(accounts)]
    stories = {account_id: _story(random, account_id, fails=settles) for account_id in ids}
    commands = {phase: _command(random, ids, settles=settles) for phase in PHASES}
    return Batch(f"{seed}:{number}", behaviours, random.random() < 0.25, stories, commands)


def _behaviours(random: Random) -> Document:
    return {
        "merge": random.choice(["deep", "replace"]),
        "etag": random.random() < 0.6,
        "envelope": random.choice(["flat", "flat", "data"]),
        "errorShape": random.randint(1, 7),
        "extraFields": random.choice([{}, {"betaFeature": {"x": 1}}]),
        "rateLimit": random.choice([None] * 5 + [{"capacity": 20, "refillPerSecond": 40, "retryAfter": False}]),
        "rateLimitHeaders": random.random() < 0.3,
    }


def _command(random: Random, ids: list[str], *, settles: bool) -> Command:
    kill = _kill(random, ids) if random.random() < 0.45 else None
    return Command(kill, random.random() < 0.15, random.random() < 0.85, settles)


def _kill(random: Random, ids: list[str]) -> Kill:
    victim = random.choice(["provider", "program", "engine"])
    moment = random.choice(["write", "write", "request", "seconds"])
    if moment == "write":
        return Kill(victim, accounts=tuple(random.sample(ids, min(4, len(ids)))))
    if moment == "request":
        return Kill(victim, request=random.randint(1, 2 * len(ids)))
    return Kill(victim, seconds=random.uniform(0.3, 5))


def _story(random: Random, account_id: str, *, fails: bool) -> Story:
    account = _account(random, account_id)
    first = _program(random, account, {}, fails=fails)
    second = _program(random, account, first, fails=fails)
    programs = dict(zip(PHASES, (first, second, second), strict=True))
    return Story(account, {phase: _schedule(random, account, phase, programs[phase]) for phase in PHASES})


def _account(random: Random, account_id: str) -> Document:
    account: Document = {
        "id": account_id,
        "name": f"Account {account_id}",
        "email": f"{account_id}@acme.com",
        "status": random.choice(["active", "active", "active", "suspended", "closed"]),
        "plan": "starter",
        "createdAt": "2024-02-01T08:00:00Z",
        "updatedAt": "2024-05-20T13:15:00Z",
        "settings": {"timezone": "UTC", "callerIdPolicy": "strict"},
    }
    for path in random.sample(sorted(LEAVES), random.randint(3, len(LEAVES))):
        account = with_value(account, path, random.choice(LEAVES[path]))
    return account


def _program(random: Random, account: Document, former: Document, *, fails: bool) -> Document:
    program: Document = {"accountId": account["id"], "onDelete": random.choice(["restore", "restore", "retain"])}
    program |= {name: value for name, value in former.items() if random.random() < 0.7}
    for path in random.sample(sorted(LEAVES), random.randint(1, 4)):
        program = with_value(program, path, random.choice(LEAVES[path]))
    if random.random() < 0.3:
        program["email"] = f"{account['id']}-{random.randint(1, 2)}@acme.com"
    if account["status"] != "closed" and random.random() < 0.25:
        program |= {"status": random.choice(["active", "suspended"]), "allowStatus": ["suspended"]}
    if random.random() < 0.3:
        program["clear"] = random.sample(TO_CLEAR, 1)
    if fails and random.random() < 0.3:
        program["onConflict"] = "fail"
    if random.random() < 0.3:
        program["plan"] = "starter"
    return valid(program)


def _schedule(random: Random, account: Document, phase: str, program: Document) -> Schedule:
    mistaken = phase != "departure" and random.random() < 0.08
    mistakes: list[Document] = [{"plan": "enterprise"}, {"name": "Somebody else"}]
    mistakes += [{"status": "active"}] * 3 if account["status"] == "closed" else []
    mistake = random.choice(mistakes) if mistaken else {}
    edits = [_edit(random, program) for _ in range(random.choice([0, 0, 1]))]
    faults = [_fault(random, account["id"], program) for _ in range(random.choice([0, 1, 2, 2, 3, 3, 4, 5]))]
    return Schedule({**program, **mistake}, program, tuple(edits), tuple(faults))


def _edit(random: Random, program: Document) -> Document:
    """What someone else writes: often what is declared, now and then away with it, or something unknown."""
    declared = [path for path in wanted(program) if path in LEAVES]
    edit: Document = random.choice([{}, {}, {}, {"betaFeature": random.randint(1, 9)}])
    for path in random.sample([*sorted(LEAVES), *declared], random.randint(1, 2)):
        gone = path in REMOVABLE and random.random() < 0.15
        edit = with_value(edit, path, None if gone else random.choice(LEAVES[path]))
    if random.random() < 0.05 and "status" not in program and "allowStatus" not in program:
        edit["status"] = random.choice(["active", "suspended"])
    return edit


def _fault(random: Random, account_id: str, program: Document) -> Document:
    kind = random.choices(KINDS, [kind.weight for kind in KINDS])[0]
    return _of_kind(random, kind, account_id, program)


def _of_kind(random: Random, kind: Kind, account_id: str, program: Document) -> Document:
    fault = {"account": account_id, "method": random.choice(kind.methods), "label": kind.name, **kind.make(random)}
    if kind.edits:
        fault["edit" if kind.edits == "before" else "edit_after"] = _edit(random, program)
    if not kind.edits and random.random() < 0.2:
        fault["times"] = random.randint(2, 4)
    body = fault.get("body")
    return {**fault, "body": {"id": account_id}} if body == {"id": "acc_chaos"} else fault


def faults_of_all(batch: Batch, phase: str) -> list[Document]:
    """The faults of a phase that belong to no single account's schedule; they come first."""
    random = Random(f"{batch.name}:{phase}")  # noqa: S311 - repeatable, and keeps no secret
    ids = sorted(batch.stories)
    found: list[Document] = []
    kill = batch.commands[phase].kill
    if kill:
        held = {"method": "PATCH", "label": HELD, "delay_seconds": 30}
        found += [{"account": account_id, **held} for account_id in kill.accounts]
    if random.random() < 0.1:
        found.append(_of_kind(random, ENDLESS, random.choice(ids), {}))
    if batch.by_key:
        found += [
            {"method": "PUT", "label": "502, 503, 504", "status": 503} for _ in range(random.choice([0, 0, 1, 2]))
        ]
    return found

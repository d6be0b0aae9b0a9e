"""The invariants about what a command leaves behind: the account, the stack's state, and the values to restore."""

from __future__ import annotations

from collections.abc import Iterator

from tests.chaos.evidence import Case, Leg, Write, others, writes
from tests.chaos.invariants import ON_WRITES, Invariant, intended, records
from tests.property.documents import Path, at, canonical, holds, related, without_empty
from tests.property.programs import wanted
from tests.property.promises import LIVE, unsatisfied


def converged(case: Case) -> Iterator[str]:
    """What one clean up leaves undone."""
    for leg in case.legs:
        if leg.clean and leg.command == "up":
            yield from _unconverged(case, leg)


def _unconverged(case: Case, leg: Leg) -> Iterator[str]:
    account = case.held_at_end(leg)
    if leg.error:
        yield f"the clean up failed: {leg.error}"
        return
    for path in unsatisfied(leg.program, account):
        if leg.refreshed or not _drifted(case, leg, path):
            yield f"after a clean up {path} is {at(account, path)!r}"
    if leg.after is None:
        yield "after a clean up state does not hold the account"
    elif leg.after.failed:
        yield "after a clean up state still holds the account as failed"
    elif bool(leg.refreshed or leg.entries) and [
        name for name in LIVE if canonical(leg.after.outputs.get(name)) != canonical(account.get(name))
    ]:
        yield "after a clean up state differs from the account"


def _drifted(case: Case, leg: Leg, path: Path) -> bool:
    """Whether someone else was the last to change a value: an up without a refresh does not look for that."""
    changes = [
        version
        for before, version in zip(case.versions, case.versions[1:], strict=False)
        if version.revision <= leg.last
        and canonical(at(before.document, path)) != canonical(at(version.document, path))
    ]
    return bool(changes) and changes[-1] in others(case, 0, leg.last)


def true_state(case: Case) -> Iterator[str]:
    """State that shows the account as it never was."""
    for leg in case.legs:
        if leg.after is not None and leg.after.outputs.get("accountId") != case.account_id:
            yield f"after {leg.command} state holds {leg.after.outputs.get('accountId')!r}"
        elif leg.after is not None and not _ever_held(case, leg):
            yield f"after {leg.command} state shows the account as it never was"


def _ever_held(case: Case, leg: Leg) -> bool:
    stored = leg.after.outputs if leg.after else {}
    return any(
        all(canonical(stored.get(name)) == canonical(version.document.get(name)) for name in LIVE)
        for version in case.versions
        if version.revision <= leg.last
    )


def kept_records(case: Case) -> Iterator[str]:
    """Records of overwritten values that are wrong, and known ones that are missing."""
    for index, leg in enumerate(case.legs):
        if leg.command != "up" or leg.after is None:
            continue
        stored = records(leg.after.outputs)
        declared = wanted(leg.after.inputs if not leg.clean else leg.program)
        for path, record in stored.items():
            possible = _possible_former_values(case, index, path)
            if canonical(record.was) not in possible:
                yield f"after {leg.command} {index} the record of {path} is {record.was!r}; it can be {possible}"
            is_told = leg.clean and not leg.error and path in declared and _is_known_as_ours(case, index, path)
            if is_told and not holds(record.ours, declared[path]):
                yield f"after {leg.command} {index} the record of {path} takes {record.ours!r} for ours"
        if leg.clean and not leg.error:
            for path in declared:
                if _must_be_on_record(case, index, path) and not any(related(path, known) for known in stored):
                    yield f"after {leg.command} {index} there is no record of {path}"


def _attempts(case: Case, index: int, path: Path) -> Iterator[tuple[Leg, Write, bool]]:
    """Our writes of a path since it came to be declared, and whether each changed it."""
    start = index
    while start > 0 and any(related(path, other) for other in wanted(case.legs[start - 1].program)):
        start -= 1
    for leg in case.legs[start : index + 1]:
        for write in writes(case, leg):
            if any(related(path, other) for other in write.attempted(intended(leg))):
                yield leg, write, any(related(path, other) for other in write.changed())


def _possible_former_values(case: Case, index: int, path: Path) -> set[str]:
    """What may be on record for a path: what our first effective write replaced, as read or as it was.

    A command that was killed may not have stored its record, so that a later one counts as the first; and of a write
    that seemed lost nobody can tell whether it was executed before someone else wrote.
    """
    possible: set[str] = set()
    for leg, write, changed in _attempts(case, index, path):
        versions = (write.read, write.before)
        possible |= {canonical(at(version.document, path)) for version in versions if version is not None}
        if changed and not leg.killed:
            break
    return possible


def _must_be_on_record(case: Case, index: int, path: Path) -> bool:
    """Whether a value of this path was replaced by a command that was not killed."""
    effective = [leg for leg, _, changed in _attempts(case, index, path) if changed]
    return bool(effective) and not effective[0].killed


def _is_known_as_ours(case: Case, index: int, path: Path) -> bool:
    """Whether the declared value of this path was last written by a command that was not killed.

    Where a refresh finds it there, and state never came to know who wrote it, it counts as someone else's.
    """
    effective = [(leg, write) for leg, write, changed in _attempts(case, index, path) if changed]
    if not effective or effective[-1][0].killed:
        return False
    after, declared = effective[-1][1].after, wanted(case.legs[index].program)
    return after is not None and holds(at(after.document, path), declared[path])


def lost_records(case: Case) -> list[Path]:
    """The values to restore that nobody knows any more, because a process was killed right after their first write."""
    clean = [index for index, leg in enumerate(case.legs) if leg.clean and leg.command == "up"]
    if not clean:
        return []
    leg = case.legs[clean[-1]]
    stored = records(leg.after.outputs) if leg.after else {}
    return [
        path
        for path in wanted(leg.program)
        if any(changed for _, _, changed in _attempts(case, clean[-1], path))
        and not any(related(path, known) for known in stored)
    ]


def restored(case: Case) -> Iterator[str]:
    """What a departure leaves undone, or undoes without being asked."""
    departure = [leg for leg in case.legs if leg.command == "destroy"]
    if not departure:
        return
    first, last = departure[0], departure[-1]
    if last.error:
        yield f"the clean destroy failed: {last.error}"
    elif last.after is not None:
        yield "after a clean destroy state still holds the account"
    elif first.before is not None and first.before.outputs.get("onDelete") == "restore":
        yield from _unrestored(case, first, last)


def _unrestored(case: Case, first: Leg, last: Leg) -> Iterator[str]:
    stored = first.before.outputs if first.before else {}
    account = case.held_at_end(last)
    for path, record in records(stored).items():
        allowed = path != ("status",) or record.was in ("active", *stored.get("allowStatus", ()))
        is_back = without_empty(at(account, path)) == without_empty(record.was)
        if allowed and not is_back and not _drifted(case, last, path):
            yield f"{path} is {at(account, path)!r} after the departure instead of {record.was!r}"


INVARIANTS: tuple[Invariant, ...] = (
    *ON_WRITES,
    Invariant(
        "values to restore are never wrong",
        "What state has on record is what the first write of a value replaced, and it is there, where that is knowable",
        kept_records,
    ),
    Invariant(
        "state is true",
        "After each command state shows the account as it was at some time; after a clean up as it is",
        true_state,
    ),
    Invariant(
        "one clean up converges",
        "It succeeds, and the account holds what is declared; without a refresh it leaves alone what someone else "
        "changed after the last look",
        converged,
    ),
    Invariant(
        "one clean destroy restores",
        "It succeeds, and each value that was overwritten is back where nobody else changed it since",
        restored,
    ),
)

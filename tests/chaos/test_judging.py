"""Each invariant finds what it is there for, and nothing where all is well."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.chaos.evidence import Case, Leg, Version
from tests.chaos.invariants import judged
from tests.chaos.kinds import HELD
from tests.chaos.outcomes import INVARIANTS, lost_records
from tests.chaos.trace import told
from tests.property.documents import Document
from tests.property.stack_model import Stored

LIVE: Document = {
    "id": "acc_1",
    "name": "Acme",
    "displayName": "Old",
    "email": "a@acme.com",
    "plan": "starter",
    "status": "active",
    "settings": {"timezone": "UTC"},
}
PROGRAM: Document = {"accountId": "acc_1", "displayName": "New", "onDelete": "restore"}
RECORD: Document = {"path": "displayName", "was": "Old", "ours": "New"}


def get(revision: int | None, fault: str | None = None) -> Document:
    """A read in the log."""
    return {"method": "GET", "revision": revision, "fault": fault, "body": None}


def patch(revision: int | None, body: Document, fault: str | None = None) -> Document:
    """A write in the log."""
    return {"method": "PATCH", "revision": revision, "fault": fault, "body": body}


def state(document: Document, *records: Document, inputs: Document | None = None, failed: bool = False) -> Stored:
    """What state holds."""
    outputs = {**document, "accountId": "acc_1", "onDelete": "restore", "overwritten": list(records)}
    return Stored(inputs or PROGRAM, outputs, failed)


def leg(*entries: Document, last: int, program: Document = PROGRAM, **facts: Any) -> Leg:
    """A command."""
    numbered = [
        {"seq": number, "status": 200, "executed": entry["revision"] is not None, "ifMatch": None, **entry}
        for number, entry in enumerate(entries)
    ]
    return Leg(
        **{"command": "up", "entries": numbered, "before": None, "after": None, **facts}, last=last, program=program
    )


def case(*legs: Leg, etag: bool = True, **later: Document) -> Case:
    """An account with its versions from the second on: what each changes."""
    documents = [LIVE]
    for change in later.values():
        documents.append({**documents[-1], **change})
    versions = [Version(number, document) for number, document in enumerate(documents, 1)]
    return Case("acc_1", versions, legs, etag)


NEW: Document = {"displayName": "New"}
ADOPTED = leg(get(1), patch(2, NEW), last=2, clean=True, after=state({**LIVE, **NEW}, RECORD))
LEFT = leg(get(2), patch(3, {"displayName": "Old"}), last=3, clean=True, command="destroy", before=ADOPTED.after)
THEIRS: Document = {"displayName": "Theirs"}
UNCHANGED = leg(last=1, after=state(LIVE))
BEFORE = state({**LIVE, "displayName": "Older"}, inputs={**PROGRAM, "displayName": "Older"})
MET = leg(get(2), patch(3, NEW), last=3, before=BEFORE)


def found(judged_case: Case) -> set[str]:
    """The names of the invariants that a case violates."""
    return {violation.invariant for violation in judged(judged_case, INVARIANTS)}


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(case(ADOPTED, LEFT, v2=NEW, v3={"displayName": "Old"}), id="adopted and left"),
        pytest.param(case(leg(get(1), last=1)), id="only read"),
        pytest.param(case(leg(get(1), patch(None, NEW, "500"), last=1)), id="lost write"),
        pytest.param(
            case(leg(get(1), patch(None, NEW), get(2), patch(3, NEW), last=3), v2=THEIRS, v3=NEW), id="decided afresh"
        ),
        pytest.param(case(leg(get(1), patch(3, NEW), last=3), etag=False, v2=THEIRS, v3=NEW), id="unseen without ETag"),
        pytest.param(
            case(
                leg(get(1), patch(2, NEW), last=2, killed=True),
                replace(ADOPTED, entries=[], after=state({**LIVE, **NEW})),
                v2=NEW,
            ),
            id="record lost to a kill",
        ),
        pytest.param(
            case(replace(MET, warnings=["account acc_1: displayName ... by someone else; writing"]), v2=THEIRS, v3=NEW),
            id="conflict told",
        ),
        pytest.param(
            case(replace(ADOPTED), replace(LEFT, entries=[], before=ADOPTED.after, last=3), v2=NEW, v3=THEIRS),
            id="left to others",
        ),
    ],
)
def test_nothing_is_wrong_with_what_is_right(good: Case) -> None:
    """What may happen is no violation."""
    assert judged(good, INVARIANTS) == []


UNDECLARED, UNCHECKED = "no undeclared field is written", "no write after a failed check"
OVERWRITTEN, REPEATED = "no later edit is overwritten", "no effect is repeated"
RECORDS, TRUE, CONVERGED = "values to restore are never wrong", "state is true", "one clean up converges"
RESTORED, IMMUTABLE = "one clean destroy restores", "immutable fields are never named"
PHONE: Document = {**NEW, "phone": "112"}


def up(*entries: Document, last: int = 2, **facts: Any) -> Leg:
    """A command under faults."""
    return leg(*entries, last=last, **facts)


def adopted(**facts: Any) -> Leg:
    """A clean adoption with something else about it."""
    return replace(ADOPTED, **facts)


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        pytest.param(UNDECLARED, case(up(get(1), patch(2, PHONE)), v2=PHONE), id="a field too many"),
        pytest.param(UNDECLARED, case(up(get(1), patch(None, PHONE)), v2={}), id="a field too many, lost"),
        pytest.param(UNDECLARED, case(up(get(1), patch(2, NEW)), v2={"displayName": "Odd"}), id="another value"),
        pytest.param(
            UNDECLARED, case(replace(MET, before=state({**LIVE, **NEW})), v2=THEIRS, v3=NEW), id="not changed in code"
        ),
        pytest.param(
            UNDECLARED, case(ADOPTED, replace(LEFT), v2=NEW, v3={"displayName": "Else"}), id="restored to another value"
        ),
        pytest.param(UNCHECKED, case(up(patch(2, NEW)), v2=NEW), id="unread"),
        pytest.param(UNCHECKED, case(up(get(1, "a web page"), patch(2, NEW)), v2=NEW), id="nothing read"),
        pytest.param(UNCHECKED, case(up(get(1), get(1, HELD), patch(2, NEW)), v2=NEW), id="last read failed"),
        pytest.param(
            UNCHECKED, case(up(get(1), patch(2, NEW), program={**PROGRAM, "plan": "pro"}), v2=NEW), id="wrong plan"
        ),
        pytest.param(
            UNCHECKED,
            case(
                up(get(2), patch(3, {"status": "active"}), last=3, program={**PROGRAM, "status": "active"}),
                v2={**NEW, "status": "closed"},
                v3={"status": "active"},
            ),
            id="reopened",
        ),
        pytest.param(
            UNCHECKED, case(replace(MET, program={**PROGRAM, "onConflict": "fail"}), v2=THEIRS, v3=NEW), id="conflict"
        ),
        pytest.param(OVERWRITTEN, case(MET, v2=THEIRS, v3=NEW), id="conflict untold"),
        pytest.param(OVERWRITTEN, case(up(get(1), patch(3, NEW), last=3), v2=THEIRS, v3=NEW), id="edit unseen"),
        pytest.param(REPEATED, case(up(get(2), patch(3, NEW), last=3), v2=NEW, v3={}), id="needless"),
        pytest.param(
            REPEATED,
            case(
                up(get(1), patch(2, NEW), get(2), patch(3, {"displayName": "Old"}), last=3),
                v2=NEW,
                v3={"displayName": "Old"},
            ),
            id="twice",
        ),
        pytest.param(IMMUTABLE, case(up(get(1), patch(None, {**NEW, "plan": "pro"})), v2={}), id="immutable named"),
        pytest.param(
            RECORDS, case(adopted(after=state({**LIVE, **NEW}, {**RECORD, "was": "Else"})), v2=NEW), id="wrong record"
        ),
        pytest.param(
            RECORDS, case(adopted(after=state({**LIVE, **NEW}, {**RECORD, "ours": "Else"})), v2=NEW), id="wrong ours"
        ),
        pytest.param(RECORDS, case(adopted(after=state({**LIVE, **NEW})), v2=NEW), id="no record"),
        pytest.param(TRUE, case(up(last=1, after=state({**LIVE, **THEIRS})), v2={}), id="never so"),
        pytest.param(
            TRUE, case(up(last=1, after=Stored(PROGRAM, {**LIVE, "accountId": "acc_2"})), v2={}), id="another account"
        ),
        pytest.param(CONVERGED, case(replace(UNCHANGED, entries=[get(1)], clean=True)), id="not done"),
        pytest.param(CONVERGED, case(replace(UNCHANGED, clean=True)), id="not even tried"),
        pytest.param(CONVERGED, case(adopted(error="exit code 1"), v2=NEW), id="failed"),
        pytest.param(CONVERGED, case(adopted(after=None), v2=NEW), id="not in state"),
        pytest.param(
            CONVERGED, case(adopted(after=state({**LIVE, **NEW}, RECORD, failed=True)), v2=NEW), id="still failed"
        ),
        pytest.param(CONVERGED, case(adopted(after=state(LIVE, RECORD)), v2=NEW), id="state outdated"),
        pytest.param(RESTORED, case(ADOPTED, replace(LEFT, entries=[], last=2), v2=NEW), id="not restored"),
        pytest.param(RESTORED, case(ADOPTED, replace(LEFT, after=ADOPTED.after), v2=NEW, v3=THEIRS), id="still there"),
        pytest.param(
            RESTORED, case(ADOPTED, replace(LEFT, error="exit code 1"), v2=NEW, v3=THEIRS), id="destroy failed"
        ),
    ],
)
def test_what_must_not_happen_is_found(name: str, bad: Case) -> None:
    """Each invariant names what violates it."""
    assert name in found(bad)


def test_a_record_that_a_kill_lost_is_counted() -> None:
    """What is lost by a kill is no violation, but is told."""
    killed = leg(get(1), patch(2, NEW), last=2, killed=True)
    clean = replace(ADOPTED, entries=[], after=state({**LIVE, **NEW}))
    assert lost_records(case(killed, clean, v2=NEW)) == [("displayName",)]
    assert lost_records(case(ADOPTED, v2=NEW)) == []


def test_a_trace_tells_commands_requests_and_versions() -> None:
    """Whoever looks into a violation sees what was asked, what came back and what changed."""
    lines = told(case(ADOPTED, v2=NEW)).splitlines()
    assert lines[2].startswith("up (clean) ")
    assert lines[4] == '  1 PATCH {"displayName": "New"} -> 200 revision 2'
    assert lines[-1] == '  revision 2 changed {"displayName": "New"}'

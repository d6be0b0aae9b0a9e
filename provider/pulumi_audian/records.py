"""What a preview finds out about accounts, as data: lines of JSON that the provider leaves for the report.

A report takes nothing from messages, which are for people: the engine alters their texts.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Literal

from pulumi_audian.declaration import Declaration, Facts
from pulumi_audian.diff import Change
from pulumi_audian.errors import Problem
from pulumi_audian.fields import Path, respelled
from pulumi_audian.plan import Adoption
from pulumi_audian.values import MISSING, SECRET, UNKNOWN, Marker, scalars

if TYPE_CHECKING:
    from pydantic import TypeAdapter

FILE_VARIABLE = "AUDIAN_RECORDS"
"""The environment variable that names the file, where a report is wanted."""


class Mark(str, Enum):
    """Stands in the place of a value."""

    MISSING = "missing"
    """There is none."""
    UNKNOWN = "unknown"
    """It is known only after the program has run for real."""
    SECRET = "secret"  # noqa: S105 - a word
    HIDDEN = "hidden"
    """The program hides it from previews (hideDiffs)."""
    NOT_KNOWN = "notKnown"
    """It was not read."""
    UNDECLARED = "undeclared"
    """It is no longer declared."""


@dataclass(frozen=True)
class Plain:
    """A JSON value."""

    value: Any


@dataclass(frozen=True)
class Marked:
    """The place of a value that there is not, or that is not to be shown."""

    mark: Mark


Shown = Plain | Marked
"""What a report shows of a value."""


@dataclass(frozen=True)
class Write:
    """One field that up writes: the value that the account has, and the one that is declared."""

    path: Path
    live: Shown
    declared: Shown


@dataclass(frozen=True)
class Adopted:
    """The account was read, and is to come under management; `untouched` counts its values that stay."""

    account_id: str
    title: str
    status: str
    writes: tuple[Write, ...]
    untouched: int
    kind: Literal["adopted"] = "adopted"


@dataclass(frozen=True)
class Updated:
    """What up writes of an account that is managed already, as far as state knows."""

    writes: tuple[Write, ...]
    kind: Literal["updated"] = "updated"


Reason = Literal["choice", "credential", "identity"]


@dataclass(frozen=True)
class Unread:
    """The account was not read: previews shall not, there is no credential, or its id is not known yet."""

    reason: Reason
    kind: Literal["unread"] = "unread"


@dataclass(frozen=True)
class Refused:
    """The declaration can't be carried out, or whether it can is not known.

    `place` is where it stands in the program, as `file:line`; empty where it is in a stack file.
    """

    account_id: str
    problems: tuple[Problem, ...]
    place: str = ""
    kind: Literal["refused"] = "refused"


@dataclass(frozen=True)
class Passed:
    """Nothing is wrong with the declaration."""

    kind: Literal["passed"] = "passed"


Finding = Adopted | Updated | Unread | Refused | Passed


@dataclass(frozen=True)
class Record:
    """Something that was found about the account of a resource, by its URN."""

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012 - pydantic's own form

    urn: str
    found: Finding


def adopted(plan: Adoption, declaration: Declaration) -> Adopted:
    """The record of an adoption, without the values of secret fields."""
    return Adopted(plan.account_id, plan.title, plan.status, writes(plan.changes, declaration.secret), plan.untouched)


def writes(changes: Iterable[Change], secret: frozenset[str] = frozenset()) -> tuple[Write, ...]:
    """What is written where these changes are made, without the values of secret fields."""
    return tuple(
        Write(path, *(shown(value, secret=path[0] in secret) for value in (observed, desired)))
        for path, observed, desired in changes
    )


def conclusion(account_id: Any, problems: Iterable[Problem], facts: Facts) -> Refused | Passed:
    """The record of what a check came to, in the names of the program."""
    told = tuple(problem._replace(path=respelled(problem.path, facts.spell)) for problem in problems)
    return Refused(account_id if isinstance(account_id, str) else "", told, facts.place) if told else Passed()


_MARKS = {MISSING: Mark.MISSING, UNKNOWN: Mark.UNKNOWN}


def shown(value: Any, *, secret: bool = False) -> Shown:
    """What may be shown of a value: of a secret one that it is secret, though not that there is none."""
    if value is None:
        return Plain(None)
    marks = {inner for inner in scalars(value) if isinstance(inner, Marker)}
    if SECRET in marks or (secret and not isinstance(value, Marker)):
        return Marked(Mark.SECRET)
    return Marked(_MARKS[marks.pop()]) if marks else Plain(value)


def encode(record: Record) -> bytes:
    """A record as one line of JSON in ASCII."""
    return json.dumps(asdict(record), separators=(",", ":"), allow_nan=False).encode("ascii") + b"\n"


def decode(text: str) -> tuple[Record, ...]:
    """The records of a file; raises `ValueError` with the number of the line that is none, or is not whole."""
    lines = text.removesuffix("\n").split("\n") if text else []
    return tuple(_decoded(line, number) for number, line in enumerate(lines, 1))


def _decoded(line: str, number: int) -> Record:
    try:
        return _adapter().validate_json(line, strict=True)
    except ValueError:
        raise ValueError(f"line {number} is no record") from None


@functools.cache
def _adapter() -> TypeAdapter[Record]:
    from pydantic import TypeAdapter

    return TypeAdapter(Record)

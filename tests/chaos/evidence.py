"""What a batch leaves behind, by account: each command's requests, state before and after, and every version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from tests.chaos.kinds import spoiled
from tests.property.documents import Document, Path, differing
from tests.property.promises import unsatisfied_paths
from tests.property.stack_model import Stored


class Version(NamedTuple):
    """An account as of one revision."""

    revision: int
    document: Document


@dataclass(frozen=True)
class Leg:
    """One command of the engine, as far as it is about one account.

    `program` is what was declared, `before` and `after` what state held; `refreshed` tells that the command read the
    account into state first, `killed` that a process was killed meanwhile. `last` is the last revision at its end.
    """

    command: str
    program: Document
    entries: Sequence[Mapping[str, Any]]
    before: Stored | None
    after: Stored | None
    last: int
    clean: bool = False
    refreshed: bool = False
    killed: bool = False
    warnings: Sequence[str] = ()
    error: str = ""
    """What a clean command that failed printed."""


@dataclass(frozen=True)
class Case:
    """One account over the life of a batch."""

    account_id: str
    versions: Sequence[Version]
    legs: Sequence[Leg]
    etag: bool

    def at(self, revision: int) -> Document:
        """The account as of a revision."""
        return next(version.document for version in self.versions if version.revision == revision)

    def held_before(self, revision: int) -> Version:
        """The version that a revision replaced."""
        return [version for version in self.versions if version.revision < revision][-1]

    def held_at_end(self, leg: Leg) -> Document:
        """The account at the end of a command."""
        return self.held_before(leg.last + 1).document


@dataclass(frozen=True)
class Write:
    """A PATCH, with the read that it was decided on, and with the account around it where it was executed."""

    seq: int
    body: Document
    read: Version | None
    """None where the last read before it gave no account."""
    before: Version | None
    after: Version | None

    def changed(self) -> list[Path]:
        """The paths that it changed, apart from the time of the change."""
        if self.before is None or self.after is None:
            return []
        found = differing(self.before.document, self.after.document)
        return [path for path in found if path != ("updatedAt",)]

    def attempted(self, declared: Mapping[Path, Any]) -> list[Path]:
        """The paths that it was sent for: what was declared, and was not so when read."""
        return unsatisfied_paths(declared, self.read.document) if self.read else []


def writes(case: Case, leg: Leg) -> Iterator[Write]:
    """Every PATCH of a command, in order."""
    read: Version | None = None
    for entry in leg.entries:
        usable = entry["revision"] is not None and not spoiled(entry["fault"])
        if entry["method"] == "GET":
            read = Version(entry["revision"], case.at(entry["revision"])) if usable else None
        elif entry["method"] == "PATCH":
            revision = entry["revision"]
            before = case.held_before(revision) if revision is not None else None
            after = Version(revision, case.at(revision)) if revision is not None else None
            yield Write(entry["seq"], _patch(entry["body"]), read, before, after)


def _patch(body: Any) -> Document:
    """The patch in a body of either dialect."""
    return dict(body["data"] if set(body) == {"data"} else body)


def others(case: Case, after: int, until: int) -> list[Version]:
    """The versions between two revisions that other people wrote."""
    ours = {entry["revision"] for leg in case.legs for entry in leg.entries if entry["method"] == "PATCH"}
    return [version for version in case.versions if after < version.revision <= until and version.revision not in ours]

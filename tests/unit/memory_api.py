"""An account in memory in place of the API, an ear for notices, and short ways to declare."""

from __future__ import annotations

import copy
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pulumi_audian.declaration import Declaration
from pulumi_audian.errors import ApiError, Unreachable
from pulumi_audian.fields import Path
from pulumi_audian.lifecycle import converge
from pulumi_audian.state import NOTHING_KNOWN, Known, Outcome, Overwritten
from pulumi_audian.wire import Snapshot

LIVE: dict[str, Any] = {
    "id": "acc_1",
    "name": "Acme Corporation",
    "displayName": "Acme",
    "email": "old@acme.com",
    "status": "active",
    "plan": "starter",
    "settings": {"timezone": "UTC", "language": "en"},
    "metadata": {"tier": "gold"},
}
OFFLINE = Unreachable("the API can't be reached")


def merged(document: Mapping[str, Any], body: Mapping[str, Any]) -> dict[str, Any]:
    """A document after a deep merge in which null deletes."""
    result = dict(document)
    for key, value in body.items():
        inner = result.get(key)
        result[key] = merged(inner if isinstance(inner, Mapping) else {}, value) if isinstance(value, dict) else value
    return {key: value for key, value in result.items() if value is not None}


@dataclass
class MemoryApi:
    """An account in memory that obeys a PATCH as the contract says, unless told otherwise."""

    account: dict[str, Any] = field(default_factory=lambda: copy.deepcopy(LIVE))
    retry_seconds: float = 0
    versioned: bool = False
    """Whether answers carry an ETag."""
    replaces: bool = False
    """Whether an object in a body replaces the live one instead of being merged into it."""
    forced: dict[str, Any] = field(default_factory=dict)
    """What the account holds after every write, whatever was written."""
    hides: frozenset[str] = frozenset()
    """Fields that answers to a write leave out, by their dotted paths."""
    meanwhile: list[dict[str, Any]] = field(default_factory=list)
    """What someone else writes right before each of our writes arrives."""
    doubts: list[tuple[Exception, bool]] = field(default_factory=list)
    """What each of our writes ends with, and whether it takes effect."""
    late: dict[str, Any] = field(default_factory=dict)
    """What a write of ours that got no answer does to the account right before the next one arrives."""
    reading: dict[int, Exception] = field(default_factory=dict)
    """What the read of the given number ends with."""
    reads: int = 0
    version: int = 0
    bodies: list[dict[str, Any]] = field(default_factory=list)
    masked: list[str] = field(default_factory=list)

    def read(self, _account_id: str) -> Snapshot:
        """The account as it is."""
        self.reads += 1
        if self.reads in self.reading:
            raise self.reading[self.reads]
        return Snapshot(copy.deepcopy(self.account), self._etag())

    def write(
        self, _account_id: str, body: Mapping[str, Any], etag: str | None, secrets: Sequence[str] = ()
    ) -> Snapshot:
        """The account after a PATCH."""
        self.bodies.append(dict(body))
        self.masked = list(secrets)
        if self.meanwhile:
            self._apply(self.meanwhile.pop(0))
        if self.late and len(self.bodies) > 1:
            self._apply(self.late)
            self.late = {}
        if etag != self._etag():
            raise ApiError("changed meanwhile", status=412)
        error, applied = self.doubts.pop(0) if self.doubts else (None, True)
        if applied:
            self._apply(body)
        if error:
            raise error
        return Snapshot(copy.deepcopy(self._shown(self.account)), self._etag())

    def _shown(self, document: Mapping[str, Any], above: str = "") -> dict[str, Any]:
        return {
            key: self._shown(value, f"{above}{key}.") if isinstance(value, dict) else value
            for key, value in document.items()
            if above + key not in self.hides
        }

    def _apply(self, body: Mapping[str, Any]) -> None:
        self.version += 1
        changed = {**self.account, **body} if self.replaces else merged(self.account, body)
        self.account = merged(changed, self.forced)

    def _etag(self) -> str | None:
        return f'"{self.version}"' if self.versioned else None


@dataclass
class Heard:
    """What an operation said."""

    infos: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def info(self, message: str) -> None:
        """A fact."""
        self.infos.append(message)

    def warn(self, message: str) -> None:
        """A fact that may call for action."""
        self.warnings.append(message)

    def status(self, message: str) -> None:
        """A fact of the moment."""


def declared(**inputs: Any) -> Declaration:
    """A declaration of the account."""
    return Declaration.of({"accountId": "acc_1", **inputs})


def known(declaration: Declaration, *records: Overwritten, **outputs: Any) -> Known:
    """What state knows after the live account once was made to hold a declaration."""
    return Known({**LIVE, **outputs}, declaration.watched, records, declaration.secret)


def adopt(api: MemoryApi, declaration: Declaration) -> Outcome:
    """The outcome of adopting an account."""
    return converge(api, declaration, NOTHING_KNOWN, Heard())


def update(  # noqa: PLR0913 - what differs from test to test
    api: MemoryApi,
    old_inputs: Mapping[str, Any],
    inputs: Mapping[str, Any],
    heard: Heard | None = None,
    *,
    outputs: Mapping[str, Any] | None = None,
    unapplied: tuple[Path, ...] = (),
    ignored: Collection[Path] = (),
) -> Outcome:
    """The outcome of updating an account that was brought up before, as `LIVE` but for the given outputs."""
    old = declared(**old_inputs)
    before = replace(known(old, **outputs or {}), unapplied=unapplied)
    return converge(api, declared(**inputs), before, heard or Heard(), old=old, ignored=ignored)

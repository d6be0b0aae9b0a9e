"""A small model of the engine around one account: what it stores, when it calls, and what calls get from it."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field, replace
from typing import Any

from tests.property.documents import canonical, through_json

from audian_emulator import Control
from pulumi_audian import review
from pulumi_audian.client import Client
from pulumi_audian.connection import Connection
from pulumi_audian.declaration import SECRET_FIELDS, Declaration, Facts
from pulumi_audian.diff import Document
from pulumi_audian.errors import AccountGone, NotApplied, Problem, Refused, Unconfirmed
from pulumi_audian.fields import Path
from pulumi_audian.lifecycle import converge, restore
from pulumi_audian.plan import due_paths, reopening_problems
from pulumi_audian.state import NOTHING_KNOWN, Known, Outcome, Secret, declared_inputs, to_outputs
from pulumi_audian.values import mapped, whole_numbers
from pulumi_audian.wire import Snapshot


@dataclass(frozen=True)
class Stored:
    """What state holds of the account; `failed` where its last operation ended with a partial failure."""

    inputs: dict[str, Any]
    outputs: dict[str, Any]
    failed: bool = False


@dataclass(frozen=True)
class Write:
    """A PATCH that the API carried out, with the account right before and right after it."""

    before: dict[str, Any]
    body: dict[str, Any]
    after: dict[str, Any]


class WatchedClient(Client):
    """The client itself, with an eye on the account at each of its writes."""

    control: Control
    writes: list[Write]
    meanwhile: dict[str, Any] | None = None
    """What someone else writes between the next read and its write."""

    def write(self, account_id: str, body: Document, etag: str | None, secrets: Any = ()) -> Snapshot | None:
        """Write as the client does."""
        if self.meanwhile is not None:
            self.control.edit(account_id, self.meanwhile)
            self.meanwhile = None
        before = self.control.account(account_id)
        self.control.clear()
        try:
            return super().write(account_id, body, etag, secrets)
        finally:
            after = self.control.account(account_id)
            executed = [entry["body"] for entry in self.control.writes() if entry["executed"]]
            self.writes += [Write(before, body, after) for body in executed]


def watched_client(api: Control) -> WatchedClient:
    """The real client for an API, with a retry budget that a few waits use up."""
    client = WatchedClient(
        Connection.model_validate({"apiUrl": api.api_url, "token": api.full_token, "retrySeconds": 3}), print
    )
    client.control, client.writes = api, []
    return client


@dataclass
class Notes:
    """What an operation said."""

    infos: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def info(self, message: str) -> None:
        """Keep a fact."""
        self.infos.append(message)

    def warn(self, message: str) -> None:
        """Keep a fact that may call for action."""
        self.warnings.append(message)

    def status(self, message: str) -> None:
        """Let a fact of the moment pass."""


class Stack:
    """One account of a stack: the engine's commands, with the library's core called as the provider calls it."""

    def __init__(self, api: WatchedClient, account_id: str) -> None:
        self.api = api
        self.account_id = account_id
        self.stored: Stored | None = None
        self.notes = Notes()

    def sees_change(self, program: dict[str, Any]) -> bool:
        """Whether a preview shows anything to do: the engine compares stored and declared inputs."""
        if self.stored is None or self.stored.failed:
            return True
        return canonical(self.stored.inputs) != canonical(program)

    def preview(self, program: dict[str, Any]) -> list[str]:
        """Everything that a preview finds wrong with a program."""
        inputs, old, problems = self._checked(program)
        problems += [] if problems else review.preview(inputs, old, self.notes, lambda: self.api, lambda _: None)
        return [str(problem) for problem in problems]

    def _checked(self, program: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any], list[Problem]]:
        inputs = _received(through_json(program))
        old = _received(self.stored.inputs) if self.stored else {}
        given = {name: value for name, value in inputs.items() if name != SECRET_FIELDS}
        facts = Facts.of({"secret": program.get(SECRET_FIELDS, ())})
        return inputs, old, review.input_problems(given, old, facts)

    def up(self, program: dict[str, Any], *, crashes: bool = False) -> None:
        """Adopt or update where there is something to do; a crash leaves state as it was, whatever was done."""
        inputs, _, problems = self._checked(program)
        assert problems == []
        if self.sees_change(program):
            known = Known.of(_received(self.stored.outputs)) if self.stored else NOTHING_KNOWN
            old = Declaration.of(_received(self.stored.inputs)) if self.stored else None
            if old is not None:
                self._review_update(inputs, old, known)
            stored = self._converged(inputs, known, old)
            self.stored = self.stored if crashes else stored

    def _review_update(self, inputs: Document, old: Declaration, known: Known) -> None:
        declaration = Declaration.of(inputs)
        if ("status",) in due_paths(old, declaration, known):
            for problem in reopening_problems(known.outputs, declaration, known.overwritten):
                raise Refused(str(problem))

    def _converged(self, inputs: Document, known: Known, old: Declaration | None = None) -> Stored:
        declaration = Declaration.of(inputs)

        def stored(outcome: Outcome, unapplied: tuple[Path, ...] | None = None) -> Stored:
            after = replace(known, overwritten=outcome.overwritten, unapplied=unapplied or ())
            outputs = to_outputs(outcome.account, inputs, declaration.watched, after)
            return Stored(through_json(inputs), _kept(outputs), failed=unapplied is not None)

        try:
            return stored(converge(self.api, declaration, known, self.notes, old=old))
        except (NotApplied, Unconfirmed) as error:
            self.stored = stored(Outcome(error.observed, error.overwritten), error.unapplied)
            raise

    def refresh(self) -> None:
        """Observe the account; without one, state forgets it."""
        assert self.stored is not None
        known = Known.of(_received(self.stored.outputs))
        try:
            account = self.api.read(self.account_id).account
        except AccountGone:
            self.stored = None
            return
        outputs = to_outputs(account, known.outputs, known.declared, replace(known, unapplied=()))
        self.stored = Stored(through_json(declared_inputs(known, account)), _kept(outputs))

    def destroy(self, *, crashes: bool = False) -> None:
        """Delete the resource: the engine itself retains unless the values are to be restored."""
        assert self.stored is not None
        known = Known.of(_received(self.stored.outputs))
        if known.outputs.get("onDelete") == "restore":
            restore(self.api, self.account_id, known, self.notes)
        self.stored = self.stored if crashes else None

    def replace(self, program: dict[str, Any]) -> None:
        """Create the resource anew with the records of the one before it, which is stored until that has worked."""
        assert self.stored is not None
        former = Known.of(_received(self.stored.outputs))
        self.stored = self._converged(_received(through_json(program)), replace(former, outputs={}, declared=()))


def _received(properties: Document) -> dict[str, Any]:
    return dict(whole_numbers(copy.deepcopy(properties)))


def _kept(outputs: Document) -> dict[str, Any]:
    plain = mapped(outputs, Secret, lambda secret: secret.value)
    return dict(through_json(plain))

"""The dynamic provider: translates the engine's calls into the account's lifecycle and its results back.

The engine stores a reference to the class in every account's state: its module and its name never change. Modules
that only some calls need are imported there: an unchanged preview needs neither HTTP nor a credential.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any, NoReturn

from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    ConfigureRequest,
    CreateResult,
    DiffResult,
    ReadResult,
    ResourceProvider,
    UpdateResult,
)
from pulumi.output import Unknown
from pulumi.runtime import rpc

from pulumi_audian import engine, marks, records
from pulumi_audian.declaration import FACTS, SECRET_FIELDS, Declaration, Facts, canonical
from pulumi_audian.diff import Document
from pulumi_audian.errors import AccountGone, AudianError, NotApplied, Problem, Refused, Unconfirmed
from pulumi_audian.fields import Path
from pulumi_audian.plan import changed_identity, due_paths, reopening_problems, update
from pulumi_audian.state import NOTHING_KNOWN, Known, Outcome, Secret, declared_inputs, to_outputs
from pulumi_audian.values import UNKNOWN, mapped, same, whole, whole_numbers

_PROVIDER_KEY = "__provider"


class AccountProvider(ResourceProvider):
    """Serves `Account` resources; docs/decisions.md says what each of the engine's calls does."""

    serialize_as_secret_always = False

    def __reduce__(self) -> tuple[type[AccountProvider], tuple[()]]:
        return (AccountProvider, ())

    def configure(self, req: ConfigureRequest) -> None:
        """Start a run; the host calls this once a process."""
        from pulumi_audian.run import Run

        sys.tracebacklimit = 0  # a traceback of this library says nothing to the person at the terminal
        self._run = Run(req.config.get)

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Validate a declaration; in a preview, also read the account where the declaration is new."""
        from pulumi_audian import review

        inputs, old_inputs, facts = canonical(_received(news)), _received(_olds), Facts.of(news.get(FACTS))
        secret = {SECRET_FIELDS: sorted(facts.secret)} if facts.secret else {}
        problems = [*review.input_problems(inputs, old_inputs, facts), *self._run.claim(inputs, old_inputs, facts)]
        if facts.preview and not problems:
            notices = engine.Log(facts.urn)
            problems = review.preview(
                inputs | secret,
                old_inputs,
                notices,
                connect=lambda: self._run.reader(notices),
                record=partial(self._run.record, facts.urn),
            )
        if facts.preview:
            problems = self._recorded(facts, inputs.get("accountId"), problems)
        checked = canonical(whole_numbers({name: news[name] for name in news if name not in (_PROVIDER_KEY, FACTS)}))
        return CheckResult(checked | secret, [CheckFailure("", facts.told(problem)) for problem in problems])

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        """Leave the comparison of old and new inputs to the engine.

        It is the only way to a detailed diff of a dynamic resource, and never asks for a replacement.
        """
        news = _received(_news)
        declared_id = news.get("accountId", UNKNOWN)
        if declared_id not in (UNKNOWN, _id):
            self._refuse(_id, changed_identity(_id, declared_id))
        # On a refresh the engine asks for the difference between what was observed and the old declaration: there is
        # nothing to refuse then, and no declaration was checked in this run.
        if self._run.declares(_id) and ("status" in news or self._run.is_reported):
            outputs = _received(_olds)
            known, declaration = Known.of(outputs), Declaration.of(news)
            if ("status",) in due_paths(Declaration.of(self._run.old_inputs(_id)), declaration, known):
                for problem in reopening_problems(known.outputs, declaration, known.overwritten):
                    self._refuse(_id, problem)
            self._record_update(_id, news, outputs)
        return DiffResult()

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Adopt an account."""
        account_id = props["accountId"]
        # A replacement is a creation too: it keeps what the resource before it recorded. The program asked for that of
        # the account that it names itself, and a transform may have named another.
        former = Known.of(_received(self._run.facts(account_id).former))
        if former.outputs.get("accountId", account_id) != account_id:
            former = NOTHING_KNOWN
        return CreateResult(account_id, self._converge(props, replace(former, outputs={}), None))

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        """Write what changed in code, and what an earlier write left unapplied."""
        return UpdateResult(self._converge(_news, Known.of(_received(_olds)), _id))

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """Observe an account: its values, and the declaration with those values where they drifted."""
        known = Known.of(_received(props))
        try:
            account = self._run.client(engine.Log("")).read(id_).account
        except AccountGone:
            return ReadResult(None, {})
        except AudianError as error:
            engine.fail(error)
        # What is unapplied differs between the inputs that follow and the program from now on.
        outputs = to_outputs(account, known.outputs, known.declared, replace(known, unapplied=()))
        return ReadResult(id_, _sent(outputs), _sent(declared_inputs(known, account)))

    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        """Leave the account as it is, or put back what we overwrote; never when it is still declared."""
        from pulumi_audian import lifecycle

        known = Known.of(_received(_props))
        if known.outputs.get("onDelete") != "restore" or self._run.declares(_id):
            return
        notices = engine.Log("")
        try:
            lifecycle.restore(self._run.client(notices), _id, known, notices)
        except AudianError as error:
            engine.fail(error)

    def _recorded(self, facts: Facts, account_id: Any, problems: list[Problem]) -> list[Problem]:
        """What a check found, kept for the report; a problem more where that can't be."""
        try:
            self._run.record(facts.urn, records.conclusion(account_id, problems, facts))
        except AudianError as error:
            return [*problems, Problem("", str(error), unread=True)]
        return problems

    def _record_update(self, account_id: str, inputs: Document, outputs: Document) -> None:
        facts, old_inputs = self._run.facts(account_id), self._run.old_inputs(account_id)
        if not (self._run.is_reported and facts.preview) or same(inputs, old_inputs):
            return
        secret = Declaration.of(inputs).secret | Known.of(outputs).secret
        try:
            changes = update(old_inputs, inputs, outputs).changes
            self._run.record(facts.urn, records.Updated(records.writes(changes, secret)))
        except AudianError as error:
            engine.fail(error)

    def _refuse(self, account_id: str, problem: Problem) -> NoReturn:
        facts = self._run.facts(account_id)
        problems = self._recorded(facts, account_id, [problem]) if facts.preview and facts.urn else [problem]
        engine.fail(Refused(f"account {account_id}: {'; '.join(map(facts.told, problems))}"))

    def _converge(self, props: dict[str, Any], known: Known, managed_id: str | None) -> dict[str, Any]:
        """Adopt an account, or update the one with the given id that is managed already."""
        from pulumi_audian import lifecycle

        inputs = _received(props)
        declaration = Declaration.of(inputs)
        known = replace(known, overwritten=self._run.overwritten(declaration.account_id, known.overwritten))
        facts = self._run.facts(declaration.account_id)
        notices = engine.Log(facts.urn)

        def outputs(outcome: Outcome, unapplied: tuple[Path, ...] = ()) -> dict[str, Any]:
            after = replace(known, overwritten=outcome.overwritten, unapplied=unapplied)
            return _sent(to_outputs(outcome.account, inputs, declaration.watched, after))

        try:
            old = Declaration.of(self._run.old_inputs(managed_id)) if managed_id else None
            client = self._run.client(notices)
            return outputs(lifecycle.converge(client, declaration, known, notices, old=old, ignored=facts.ignored))
        except (NotApplied, Unconfirmed) as error:
            self._run.keep(declaration.account_id, error.overwritten)
            held = outputs(Outcome(error.observed, error.overwritten), error.unapplied)
            held[_PROVIDER_KEY] = props[_PROVIDER_KEY]
            engine.fail(error, engine.PartialState(declaration.account_id, held))
        except AudianError as error:
            engine.fail(error)


def _received(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Properties from the engine as the core knows them."""
    own = marks.unescaped({name: value for name, value in properties.items() if name not in (_PROVIDER_KEY, FACTS)})
    return dict(mapped(own, float | Unknown, lambda value: whole(value) if isinstance(value, float) else UNKNOWN))


def _sent(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Properties for the engine."""
    return dict(mapped(marks.escaped(properties), Secret, lambda secret: _encrypted(marks.escaped(secret.value))))


def _encrypted(value: Any) -> Any:
    # Member by member, because newer engines drop the mark of an object whose declaration holds no secret any more.
    if isinstance(value, Mapping):
        return {key: _encrypted(inner) for key, inner in value.items()}
    return value if value is None else rpc.wrap_rpc_secret(value)

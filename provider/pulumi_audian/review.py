"""What is found before anything is done: a declaration's problems, and what a preview should say about it.

What validates a declaration, and what reads an account, is imported where that is done: an unchanged preview does
neither.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from pulumi_audian import records
from pulumi_audian.declaration import SECRET_FIELDS, Declaration, Facts, is_plain, unfit_values
from pulumi_audian.diff import Document, value_at
from pulumi_audian.errors import AudianError, Problem
from pulumi_audian.fields import ASSERTABLE, MUTABLE, Path, parse_dotted
from pulumi_audian.plan import changed_identity, changed_immutable, released, render_adoption, render_released
from pulumi_audian.values import MISSING, UNKNOWN, same, without_unknowns

if TYPE_CHECKING:
    from pulumi_audian.writing import Api, Notices

_NOT_JSON = "is not JSON, and an account holds nothing else: give text, a number, true, false, a list or a map"
_OUT_OF_SERVICE = {
    "suspended": "suspends the account: its phones stop working until it is active again",
    "closed": "closes the account: its phones stop working, and this program does not reopen an account on its own",
}


def input_problems(inputs: Document, old_inputs: Document, facts: Facts) -> list[Problem]:
    """Everything wrong with an account's inputs that can be told without a call.

    What is the same as in state is not judged again: it leads to no write, or repeats one that failed after its check.
    It may also be a value that someone else gave the account, which ignoreChanges puts in place of the declared one.
    """
    said_of_program = bool(facts.nulls or facts.unfit or facts.misspelt)
    if old_inputs and not said_of_program and same(inputs, {**old_inputs, SECRET_FIELDS: None}):
        return []
    from pulumi_audian import models

    known = without_unknowns(inputs)
    unknown = frozenset(name for name, value in inputs.items() if value is UNKNOWN)
    return [
        *(Problem(path, "is null: leave it out to leave the field alone, or name it in clear") for path in facts.nulls),
        *(
            Problem(path, f"{kind} {_NOT_JSON}")
            for path, kind in (*facts.unfit, *(() if is_plain(inputs) else unfit_values(inputs)))
        ),
        *models.misspelt_options(facts.misspelt, spell=facts.spell),
        *(
            problem
            for problem in models.problems(known, unknown=unknown, secret=facts.secret, spell=facts.spell)
            if not _is_kept(parse_dotted(problem.path), inputs, old_inputs)
        ),
        *_identity_problems(known, old_inputs),
    ]


def preview(
    inputs: Document,
    old_inputs: Document,
    notices: Notices,
    connect: Callable[[], Api | records.Reason],
    record: Callable[[records.Finding], None],
) -> list[Problem]:
    """Say what an update releases or switches off, and read the account where that decides something.

    That is on first adoption, and where an immutable value is declared that was not before; otherwise no call is
    made. `connect` gives the API, or why previews can't or shall not read. `record` takes what is found for the report.
    """
    if inputs == old_inputs:
        return []
    declaration = Declaration.of(inputs)
    _announce_released(declaration, old_inputs, notices)
    changed = [name for name in declaration.asserted if _is_new(name, inputs, old_inputs)]
    if declaration.account_id is UNKNOWN and not old_inputs:
        record(records.Unread(reason="identity"))
    if declaration.account_id is UNKNOWN or (old_inputs and not changed):
        _announce_status(declaration, old_inputs.get("status"), notices)
        return []
    try:
        api = connect()
        if not isinstance(api, str) and not old_inputs:
            return _read_adoption(api, declaration, notices, record)
        _announce_status(declaration, old_inputs.get("status"), notices)
        if not isinstance(api, str):
            return _read_assertions(api, declaration, changed)
    except AudianError as error:
        return [Problem("", str(error), unread=True)]
    if not old_inputs:
        record(records.Unread(reason=api))
    edited = [name for name in changed if name in old_inputs]
    return [changed_immutable(name, old_inputs[name], inputs[name], declaration) for name in edited]


def _is_kept(path: Path, inputs: Document, old_inputs: Document) -> bool:
    value = value_at(inputs, path)
    return path[0] in (*MUTABLE, *ASSERTABLE) and value is not MISSING and same(value, value_at(old_inputs, path))


def _read_assertions(api: Api, declaration: Declaration, names: Iterable[str]) -> list[Problem]:
    from pulumi_audian.lifecycle import preview_assertions

    return preview_assertions(api, declaration, names)


def _read_adoption(
    api: Api, declaration: Declaration, notices: Notices, record: Callable[[records.Finding], None]
) -> list[Problem]:
    from pulumi_audian.lifecycle import closed_notice, preview_adoption

    plan, problems = preview_adoption(api, declaration)
    if not problems:
        record(records.adopted(plan, declaration))
        notices.info(render_adoption(plan, declaration))
        closed_notice(plan.status, declaration, notices)
        _announce_status(declaration, plan.status, notices)
    return problems


def _is_new(name: str, inputs: Document, old_inputs: Document) -> bool:
    return inputs[name] is not UNKNOWN and not same(old_inputs.get(name), inputs[name])


def _announce_released(declaration: Declaration, old_inputs: Document, notices: Notices) -> None:
    gone = released(Declaration.of(old_inputs).paths, declaration)
    if gone:
        notices.info(render_released(gone))


def _announce_status(declaration: Declaration, before: Any, notices: Notices) -> None:
    status: Any = declaration.desired.get("status")
    if status in _OUT_OF_SERVICE and status != before:
        notices.warn(_OUT_OF_SERVICE[status])


def _identity_problems(known: Document, old_inputs: Document) -> list[Problem]:
    old, new = old_inputs.get("accountId"), known.get("accountId")
    return [changed_identity(old, new)] if old and new and old != new else []

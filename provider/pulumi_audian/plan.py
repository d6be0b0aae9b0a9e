"""What an `up` would do to an account, as data, and as the lines a reviewer reads."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from pulumi_audian.declaration import Declaration, canonical
from pulumi_audian.diff import Change, Document, changes, leaves, overlap
from pulumi_audian.errors import Problem
from pulumi_audian.fields import BY_PATH, MUTABLE, Path, dotted
from pulumi_audian.patch import part
from pulumi_audian.state import Known, Overwritten
from pulumi_audian.values import UNKNOWN, same, shown


@dataclass(frozen=True)
class Adoption:
    """The difference between an account as it is and as it is declared, before its first `up`."""

    account_id: str
    title: str
    status: str
    changes: tuple[Change, ...]
    untouched: int
    """How many of the account's changeable values stay as they are."""


def adoption(observed: Document, declaration: Declaration) -> Adoption:
    """What adopting an observed account would change."""
    found = changes(observed, declaration.desired)
    changeable = {name: observed[name] for name in MUTABLE if name in observed}
    kept = sum(1 for path, _ in leaves(changeable) if not any(overlap(path, change.path) for change in found))
    title = "" if "name" in declaration.secret else str(observed.get("name", ""))
    status = str(observed.get("status", ""))
    return Adoption(declaration.account_id, title, status, found, kept)


class Update(NamedTuple):
    """What an up does to an account that is managed already, as far as state knows."""

    changes: tuple[Change, ...]
    """What it writes."""
    left: tuple[Change, ...]
    """Declared fields that have another value, and that it leaves as they are."""
    released: tuple[Path, ...]
    """What is no longer declared."""


def update(old_inputs: Document, inputs: Document, outputs: Document) -> Update:
    """What an update does, told from the inputs in state, the new ones, and the stored outputs."""
    declaration, known = Declaration.of(inputs), Known.of(outputs)
    old = Declaration.of(old_inputs)
    due = due_paths(old, declaration, known)
    return Update(
        changes=changes(outputs, part(declaration.desired, due)),
        left=changes(canonical(outputs), not_due(declaration, due, new_assertions(old, declaration))),
        released=released(old.paths, declaration),
    )


def due_paths(old: Declaration, declaration: Declaration, known: Known) -> tuple[Path, ...]:
    """The declared paths that an update writes where the account has another value.

    They are those whose declaration changed, and those that an earlier write left unapplied. All others were brought up
    before: where they differ now, somebody else changed them, or an option such as ignoreChanges keeps them apart.
    """
    before = dict(leaves(old.desired))
    return tuple(
        path
        for path, value in leaves(declaration.desired)
        if path not in before
        or not same(before[path], value)
        or any(overlap(path, unapplied) for unapplied in known.unapplied)
    )


def new_assertions(old: Declaration, declaration: Declaration) -> tuple[str, ...]:
    """The names of the immutable values that are declared otherwise than before, or were not."""
    return tuple(name for name, value in declaration.asserted.items() if not same(old.asserted.get(name), value))


def not_due(declaration: Declaration, due: Iterable[Path], asserted: Iterable[str]) -> Document:
    """What is declared beside the due paths and the new assertions."""
    due = set(due)
    paths = [path for path, _ in leaves(declaration.desired) if path not in due]
    kept = {name: value for name, value in declaration.asserted.items() if name not in asserted}
    return {**part(declaration.desired, paths), **kept}


def changed_elsewhere(change: Change, declaration: Declaration, before: object) -> str:
    """What happened to a declared field that state knew with another value."""
    was, now = (declaration.shown(change.path, value) for value in (before, change.observed))
    return (
        f"account {declaration.account_id}: {dotted(change.path)} was {was} when last read and was changed to {now} by "
        "someone else"
    )


def immutable_problems(observed: Document, declaration: Declaration, names: Iterable[str]) -> list[Problem]:
    """The problem of each named assertion that the account does not meet, and of another account's id."""
    expected = {"id": declaration.account_id, **{name: declaration.asserted[name] for name in names}}
    observed = canonical(observed)
    return [
        changed_immutable(name, observed.get(name), value, declaration)
        for name, value in sorted(expected.items())
        if value is not UNKNOWN and not same(observed.get(name), value)
    ]


def reopening_problems(
    observed: Document, declaration: Declaration, overwritten: Iterable[Overwritten]
) -> list[Problem]:
    """The problem of declaring an account active that was found closed, unless it was this program that closed it."""
    ours = any(record.path == ("status",) and record.ours == "closed" for record in overwritten)
    desired = declaration.desired.get("status")
    if observed.get("status") != "closed" or desired in (None, UNKNOWN, "closed") or ours:
        return []
    message = (
        f"the account was found closed, and is not reopened silently by declaring "
        f"{declaration.shown(('status',), desired)}; have it reopened, or remove status from the declaration"
    )
    return [Problem("status", message)]


def changed_identity(account_id: str, declared_id: str) -> Problem:
    """The problem of a resource whose declaration names another account than it manages."""
    return Problem("accountId", _immutable("id", shown(account_id), shown(declared_id)))


def changed_immutable(name: str, actual: object, declared: object, declaration: Declaration) -> Problem:
    """The problem of an immutable value declared otherwise than the account has it, or had it when last read."""
    path = (name,)
    message = _immutable(name, declaration.shown(path, actual), declaration.shown(path, declared))
    return Problem(BY_PATH[path].declared_as, message)


def _immutable(name: str, actual: str, declared: str) -> str:
    return f"the account has {actual}, the program declares {declared}; {BY_PATH[(name,)].remedy}"


def render_changes(found: Iterable[Change], declaration: Declaration) -> list[str]:
    """One line a change, aligned: `settings.timezone:  "UTC" => "Europe/Paris"`."""
    labels = [f"{dotted(change.path)}:" for change in found]
    width = max(map(len, labels), default=0)
    return [
        f"  {label:<{width}} {declaration.shown(change.path, change.observed)}"
        f" => {declaration.shown(change.path, change.desired)}"
        for label, change in zip(labels, found, strict=True)
    ]


def render_adoption(plan: Adoption, declaration: Declaration) -> str:
    """The adoption as a reviewer reads it in a preview."""
    title = json.dumps(plan.title, ensure_ascii=False)[1:-1]
    who = f"adopts account {plan.account_id}" + (f" ({title})" if title else "")
    if not plan.changes:
        return f"{who}, which already is as declared: up writes nothing"
    head = f"{who}: up writes {counted(len(plan.changes), 'value')}, {untouched(plan.untouched)}"
    return "\n".join([head, *render_changes(plan.changes, declaration)])


def untouched(number: int) -> str:
    """How many values of an account an adoption leaves alone."""
    return f"{counted(number, 'other value')} {'stays' if number == 1 else 'stay'} untouched"


def released(old_paths: Iterable[Path], declaration: Declaration) -> tuple[Path, ...]:
    """The formerly declared paths that the declaration no longer mentions."""
    kept = declaration.paths
    return tuple(path for path in sorted(old_paths) if not any(overlap(path, other) for other in kept))


def render_released(paths: Iterable[Path]) -> str:
    """What it means that fields were removed from code."""
    names = ", ".join(dotted(path) for path in paths)
    return f"releases {names}: the account keeps what it has there, and it is no longer watched"


def counted(number: int, noun: str) -> str:
    """A number with its noun: `1 value`, `2 values`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"

"""From a live account to a declaration of it that changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_audian import models
from pulumi_audian.diff import value_at
from pulumi_audian.errors import Refused
from pulumi_audian.export.choice import Choice
from pulumi_audian.export.secrets import holds_secret, looks_secret
from pulumi_audian.export.traps import Traps
from pulumi_audian.export.tree import Exported, LeftOut, Tree, without, written
from pulumi_audian.fields import ASSERTABLE, BY_PATH, MUTABLE, OPTIONS, Path, members, parse_dotted
from pulumi_audian.values import MISSING, mapped, shown, whole_numbers

_OUT_OF_SERVICE = ("suspended", "closed")
_ABSENT = (None, MISSING)


def export(account: Mapping[str, Any], name: str, choice: Choice, before: Mapping[str, Any] | None = None) -> Exported:
    """The declaration of an account as it is, without what can't be declared or should not stand in plain text.

    Of a declaration before it, it keeps the options and all that was written on purpose, with the account's values.
    """
    former, account_id = before or {}, str(account["id"])
    present = {field: account[field] for field in (*MUTABLE, *ASSERTABLE) if account.get(field) is not None}
    tree: Tree = {"accountId": account_id}
    for field in MUTABLE:
        if field in present and choice.includes((field,)):
            tree |= _field(field, _sorted(present[field], (field,)), choice, former)
    asserted = (field for field in ASSERTABLE if field in present and (choice.asserts or field in former))
    tree |= {field: present[field] for field in asserted}
    return Exported(name, account_id, _declarable(_with_options(tree, account, former), Traps(choice.in_stack_file)))


def _field(name: str, value: Any, choice: Choice, former: Mapping[str, Any]) -> Tree:
    if name == "status" and value in _OUT_OF_SERVICE:
        return _out_of_service(value, asked=choice.names(("status",)) or "status" in former)
    if not isinstance(value, Mapping):
        return {name: value}
    inner = _chosen(value, (name,), choice)
    if value and not inner:
        return {}
    return {name: _without_secrets(inner, former.get(name)) if name == "metadata" else inner}


def _out_of_service(status: str, *, asked: bool) -> Tree:
    if asked:
        return {"status": status, "allowStatus": [status]}
    reason = f"it is {status}, and an up would make it so again after its return: add it by hand if that is meant"
    return {"status": LeftOut(reason)}


def _with_options(tree: Tree, account: Mapping[str, Any], former: Mapping[str, Any]) -> Tree:
    options = {name: former[name] for name in OPTIONS if name in former and name not in tree}
    cleared = [path for path in _texts(options.pop("clear", ())) if value_at(account, parse_dotted(path)) in _ABSENT]
    return {**tree, **options, **({"clear": cleared} if cleared else {})}


def _texts(value: Any) -> list[str]:
    return [inner for inner in value if isinstance(inner, str)] if isinstance(value, list) else []


def _sorted(value: Any, path: Path) -> Any:
    """A value with its members in a stable order, the known ones in that of the field table, and without nulls."""
    if isinstance(value, list):
        return [_sorted(inner, ()) for inner in value]
    if not isinstance(value, Mapping):
        return value
    known = [field.path[-1] for field in members(path)] if path else []
    keys = [*(key for key in known if key in value), *sorted(key for key in value if key not in known)]
    return {key: _sorted(value[key], (*path, key) if path else ()) for key in keys if value[key] is not None}


def _chosen(value: Mapping[str, Any], path: Path, choice: Choice) -> Tree:
    kept = ((key, inner) for key, inner in value.items() if choice.includes((*path, key)))
    return {key: _chosen(inner, (*path, key), choice) if isinstance(inner, Mapping) else inner for key, inner in kept}


def _without_secrets(value: Mapping[str, Any], former: Any) -> Tree:
    known = former if isinstance(former, Mapping) else {}
    return {key: _without_secret(key, inner, known.get(key, MISSING)) for key, inner in value.items()}


def _without_secret(key: str, value: Any, former: Any) -> Any:
    if former is MISSING and (looks_secret(key) or (isinstance(value, list) and holds_secret(value))):
        return LeftOut("it looks like a secret", secret=True)
    return _without_secrets(value, former) if isinstance(value, Mapping) else value


def _declarable(tree: Tree, traps: Traps) -> Tree:
    """A tree without what the provider or the engine would refuse or change.

    What remains is judged again: an object can become wrong by what it lost.
    """
    while True:
        declaration = written(tree)
        refused = {path: LeftOut(reason) for path, reason in traps.of(declaration)} or _problems(declaration)
        if not refused:
            return tree
        if ("accountId",) in refused:
            raise Refused(f"{shown(tree['accountId'])} is not the id of an account, such as acc_1234567890")
        for path, omission in refused.items():
            tree = without(tree, path, omission)


def _problems(declaration: Mapping[str, Any]) -> dict[Path, LeftOut]:
    sent = dict(whole_numbers(mapped(declaration, int, _as_double)))
    found = models.problems(sent, unknown=frozenset(), secret=frozenset())
    paths = {problem: parse_dotted(problem.path) for problem in found}
    return {path: LeftOut(_reason(path, problem.message)) for problem, path in paths.items()}


def _reason(path: Path, message: str) -> str:
    return message if path in BY_PATH or path[0] in OPTIONS else "this version of pulumi-audian does not know it"


def _as_double(number: int) -> float | bool:
    return number if isinstance(number, bool) else float(number)

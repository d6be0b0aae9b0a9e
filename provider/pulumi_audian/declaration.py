"""A program's declaration of one account, read from the checked inputs that the engine holds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from pulumi_audian import marks
from pulumi_audian.diff import Document, leaves
from pulumi_audian.errors import Problem
from pulumi_audian.fields import (
    ASSERTABLE,
    BY_PATH,
    MUTABLE,
    WIRE_NAMES,
    Path,
    Rule,
    dotted,
    parse_dotted,
    respelled,
    snake_case,
    wire_path,
)
from pulumi_audian.patch import overlay
from pulumi_audian.values import UNKNOWN, Marker, composed, mapped, shown

SECRET_FIELDS = "__secretFields"  # noqa: S105 - a name
"""The input that names the top-level fields whose values are secret: names only, so it is not secret itself."""

_MARK = "a mark of the engine's own"

FACTS = "__declaration"
"""The input that carries `Facts` from the program to the provider's check, which takes it out again."""


LATER = "later"
"""The facts that are known when the declaration's values are: `secret`, `nulls` and `unfit`."""


_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


@dataclass(frozen=True)
class Facts:
    """What only the program knows about a declaration, and state must not hold.

    `secret` names the top-level inputs and outputs with secret values: all of them where the program can't tell.
    `ignored` are the paths under ignoreChanges, `nulls` those of what was written as null, which the engine drops on
    the way, and `unfit` those of what is not JSON, with its type.
    `misspelt` holds resource options with a path of theirs that leads to no field. `former` is the part of the
    account's stored outputs that its next resource has to keep. `python` tells that the declaration has Python's names,
    and `place` where it stands in the program, as `file:line`.
    """

    urn: str
    preview: bool
    secret: frozenset[str]
    ignored: tuple[Path, ...]
    nulls: tuple[str, ...]
    unfit: tuple[tuple[str, str], ...]
    misspelt: tuple[tuple[str, str], ...]
    former: Document
    python: bool
    place: str

    @classmethod
    def of(cls, facts: Any) -> Facts:
        """The facts in their form as an input; a missing one has its harmless value.

        Where there are none at all, a transform dropped them, and any value may be secret.
        """
        if not isinstance(facts, Mapping):
            facts = {"blind": True}
        later = facts.get(LATER, {})
        secret = (*MUTABLE, *ASSERTABLE) if facts.get("blind") else (*facts.get("secret", ()), *later.get("secret", ()))
        return cls(
            urn=facts.get("urn", ""),
            preview=facts.get("preview", True),
            secret=frozenset(secret),
            # A path of nothing would stand for everything.
            ignored=tuple(filter(None, map(parse_dotted, facts.get("ignored", ())))),
            nulls=tuple(dict.fromkeys((*facts.get("nulls", ()), *later.get("nulls", ())))),
            unfit=tuple((path, kind) for path, kind in (*facts.get("unfit", ()), *later.get("unfit", ()))),
            misspelt=tuple((option, path) for option, path in facts.get("misspelt", ())),
            former=facts.get("former", {}),
            python=facts.get("python", False),
            place=facts.get("place", ""),
        )

    def told(self, problem: Problem) -> str:
        """A problem as the program's author reads it: with the names of the program, and the place of the account."""
        place = f" (declared in {self.place})" if self.place else ""
        return f"{problem._replace(path=respelled(problem.path, self.spell))}{place}"

    @property
    def spell(self) -> Callable[[str], str]:
        """Turns a wire name into the one that the declaration has for it."""
        return snake_case if self.python else str


@dataclass(frozen=True)
class Declaration:
    """What a program says of one account.

    `desired` holds the mutable fields as declared, with None where a field is to be cleared; `asserted` holds the
    immutable ones. Both use wire names; before the program has run for real, values may be `UNKNOWN`. `secret` names
    the top-level fields whose values must not be shown.
    """

    account_id: Any
    desired: Document
    paths: tuple[Path, ...]
    """The path of every declared mutable value, cleared ones included."""
    asserted: Document
    on_delete: str
    on_conflict: str
    secret: frozenset[str]

    @classmethod
    def of(cls, inputs: Document) -> Declaration:
        """The declaration that checked inputs hold, by wire names."""
        desired: dict[str, Any] = {name: inputs[name] for name in MUTABLE if name in inputs}
        cleared = tuple(map(parse_dotted, inputs.get("clear", ())))
        paths = {*cleared, *(path for path, _ in leaves(desired))}
        for path in cleared:
            if not isinstance(desired.get(path[0]), Marker):
                desired = overlay(desired, path, None)
        return cls(
            account_id=inputs.get("accountId", UNKNOWN),
            desired=desired,
            paths=tuple(sorted(paths)),
            asserted={name: inputs[name] for name in ASSERTABLE if name in inputs},
            on_delete=inputs.get("onDelete", "retain"),
            on_conflict=inputs.get("onConflict", "warn"),
            secret=frozenset(inputs.get(SECRET_FIELDS, ())),
        )

    @property
    def watched(self) -> tuple[Path, ...]:
        """The paths whose drift matters: the declared mutable values and the asserted immutable ones."""
        return (*self.paths, *((name,) for name in self.asserted))

    def shown(self, path: Path, value: Any) -> str:
        """A value as messages show it: secrets masked, though not that there is none."""
        hidden = path[0] in self.secret and value is not None and not isinstance(value, Marker)
        return "[secret]" if hidden else shown(value)


def canonical(document: Document) -> dict[str, Any]:
    """A document, inputs or an account, in which texts and times of the same meaning are spelt alike.

    Declared texts are sent so, and inputs are kept so: two spellings are no difference, neither here nor to the engine.
    """
    fields = {name: document[name] for name in (*MUTABLE, *ASSERTABLE) if name in document}
    spelt = {**document, **mapped(fields, str, composed)}
    if isinstance(spelt.get("createdAt"), str):
        spelt["createdAt"] = _in_utc(spelt["createdAt"])
    return spelt


def _in_utc(time: str) -> str:
    match = _TIME.fullmatch(time)
    if match is None:
        return time
    try:
        moment = datetime.fromisoformat(f"{match[1]}T{match[2]}{match[4].upper().replace('Z', '+00:00')}")
        spelt = moment.astimezone(timezone.utc).isoformat()
    except (ValueError, OverflowError):
        return time
    fraction = (match[3] or "").rstrip("0")
    return spelt.replace("+00:00", f".{fraction}Z" if fraction else "Z")


def no_map(resource_name: str, declared: Any) -> str:
    """What is wrong with something that stands in a stack file in place of an account's fields."""
    return (
        f"account {resource_name}: {shown(declared)} is not a map of fields; write it as "
        f"{resource_name}: {{accountId: acc_1234567890, ...}}; nothing was read or written"
    )


def wire_names(name: str, value: Any) -> Any:
    """The value of an input with the API's names inside, where it was written with Python's."""
    if name == "clear" and isinstance(value, Sequence) and not isinstance(value, str):
        return [wire_path(path) if isinstance(path, str) else path for path in value]
    if isinstance(value, Mapping) and is_object(name):
        return {_wire_name(key, value): inner for key, inner in value.items()}
    return value


def _wire_name(key: Any, beside: Mapping[Any, Any]) -> Any:
    # A field that is there in both spellings keeps both, for one of them to be refused.
    wire = WIRE_NAMES.get(key, key)
    return key if wire in beside else wire


def is_object(name: str) -> bool:
    """Whether an input is an object of known fields."""
    field = BY_PATH.get((name,))
    return field is not None and field.rule is Rule.OBJECT


def null_paths(value: Any, at: str = "") -> Iterator[str]:
    """The paths of what is written as null, which the engine drops on the way to the provider, except in lists."""
    for path, inner in _members(value, at):
        if inner is None:
            yield path
        yield from null_paths(inner, path)
    for path, item in _items(value, at):
        yield from null_paths(item, path)


def unfit_values(value: Any, at: str = "") -> Iterator[tuple[str, str]]:
    """The paths of what is not JSON in a value, each with the name of its type."""
    if isinstance(value, Mapping):
        yield from ((_inside(at, key), f"{type(key).__name__} as a name") for key in value if not isinstance(key, str))
        for path, inner in _members(value, at):
            yield from unfit_values(inner, path)
    elif isinstance(value, list | tuple):
        for path, item in _items(value, at):
            yield from unfit_values(item, path)
    elif not is_json_scalar(value):
        yield at, type(value).__name__


def engine_marks(value: Any, at: str = "") -> Iterator[tuple[str, str]]:
    """The paths of what the engine would take for something else than the text or the object that it is."""
    if isinstance(value, str) and value in marks.UNKNOWN_TEXTS:
        yield at, _MARK
    for path, inner in (*_members(value, at), *_items(value, at)):
        yield from engine_marks(inner, path)
    if isinstance(value, Mapping) and marks.KEY in value:
        yield _inside(at, marks.KEY), _MARK


def is_plain(value: Any) -> bool:
    """Whether a value is JSON without nulls and marks, as nearly all are: nothing has to be looked for in it."""
    if isinstance(value, str):
        return value not in marks.UNKNOWN_TEXTS
    if isinstance(value, dict):
        return all(isinstance(key, str) and key != marks.KEY and is_plain(inner) for key, inner in value.items())
    return all(map(is_plain, value)) if isinstance(value, list) else isinstance(value, int | float)


def is_json_scalar(value: Any) -> bool:
    """Whether a value is a scalar of JSON, or one that the engine does not know yet."""
    return value is None or isinstance(value, str | bool | int | float | Marker)


def _members(value: Any, at: str) -> Iterator[tuple[str, Any]]:
    for key, inner in value.items() if isinstance(value, Mapping) else ():
        yield _inside(at, key), inner


def _items(value: Any, at: str) -> Iterator[tuple[str, Any]]:
    for index, item in enumerate(value if isinstance(value, list | tuple) else ()):
        yield f"{at}[{index}]", item


def _inside(at: str, key: Any) -> str:
    segment = dotted((str(key),))
    return f"{at}.{segment}" if at and not segment.startswith("[") else f"{at}{segment}"

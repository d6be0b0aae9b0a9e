"""A program's declaration of one account, read from the checked inputs that the engine holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pulumi_audian.diff import Document, leaves
from pulumi_audian.fields import ASSERTABLE, BY_PATH, MUTABLE, WIRE_NAMES, Path, Rule, dotted, parse_dotted, wire_path
from pulumi_audian.patch import overlay
from pulumi_audian.values import UNKNOWN, Marker, shown

SECRET_FIELDS = "__secretFields"  # noqa: S105 - a name
"""The input that names the top-level fields whose values are secret: names only, so it is not secret itself."""

FACTS = "__declaration"
"""The input that carries `Facts` from the program to the provider's check, which takes it out again."""


@dataclass(frozen=True)
class Facts:
    """What only the program knows about a declaration, and state must not hold.

    `secret` names the top-level inputs with secret values, `ignored` the paths under ignoreChanges, `nulls` the
    inputs that were written as null, which the engine drops on the way. `former` is the part of the account's
    stored outputs that its next resource has to keep.
    """

    urn: str
    preview: bool
    secret: frozenset[str]
    ignored: tuple[Path, ...]
    nulls: tuple[str, ...]
    former: Document

    @classmethod
    def of(cls, facts: Document) -> Facts:
        """The facts in their form as an input; a missing one has its harmless value."""
        return cls(
            urn=facts.get("urn", ""),
            preview=facts.get("preview", True),
            secret=frozenset(facts.get("secret", ())),
            # A path of nothing would stand for everything.
            ignored=tuple(filter(None, map(parse_dotted, facts.get("ignored", ())))),
            nulls=tuple(facts.get("nulls", ())),
            former=facts.get("former", {}),
        )


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
            if desired.get(path[0]) is not UNKNOWN:
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
        return {WIRE_NAMES.get(key, key): inner for key, inner in value.items()}
    return value


def is_object(name: str) -> bool:
    """Whether an input is an object of known fields."""
    field = BY_PATH.get((name,))
    return field is not None and field.rule is Rule.OBJECT


def null_paths(declaration: Mapping[str, Any], prefix: Path = ()) -> list[str]:
    """The paths of what is written as null, which the engine drops on the way to the provider."""
    found: list[str] = []
    for key, value in declaration.items():
        path = (*prefix, str(key))
        found += [dotted(path)] if value is None else []
        found += null_paths(value, path) if isinstance(value, Mapping) else []
    return found

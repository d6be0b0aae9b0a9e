"""What the engine's state holds of an account, and how to read it back.

Outputs hold every field of the live account, the options of the declaration, what we overwrote (`overwritten`), and
internal entries: which paths are declared, which of them a failed write left unapplied, which fields are secret, and
which ever were.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from pulumi_audian.declaration import SECRET_FIELDS, Declaration, canonical
from pulumi_audian.diff import Change, Document, overlap, value_at
from pulumi_audian.fields import OPTIONS, TOP_LEVEL, Path, dotted, parse_dotted
from pulumi_audian.patch import overlay
from pulumi_audian.values import MISSING, same

DECLARED = "__declared"
ONCE_SECRET = "__onceSecret"  # noqa: S105 - a name
OVERWRITTEN = "overwritten"
UNAPPLIED = "__unapplied"


class Secret(NamedTuple):
    """A value that the engine must encrypt."""

    value: Any


class Overwritten(NamedTuple):
    """One field that we changed: the value it had before we first did, and the one we wrote last."""

    path: Path
    was: Any
    ours: Any


class Outcome(NamedTuple):
    """An account after an operation, and everything that was overwritten so far."""

    account: Document
    overwritten: tuple[Overwritten, ...]


@dataclass(frozen=True)
class Known:
    """What state knew of an account after the last operation."""

    outputs: Document
    declared: tuple[Path, ...]
    overwritten: tuple[Overwritten, ...]
    secret: frozenset[str]
    """Fields whose values must stay encrypted: a secret that was released from code is still one."""
    unapplied: tuple[Path, ...] = ()
    """What the last operation was to write, and the account did not hold afterwards."""

    @classmethod
    def of(cls, outputs: Document) -> Known:
        """The knowledge in stored outputs, secrets unwrapped."""
        return cls(
            outputs=outputs,
            declared=tuple(map(parse_dotted, outputs.get(DECLARED, ()))),
            overwritten=tuple(_read_record(entry) for entry in outputs.get(OVERWRITTEN, ())),
            secret=frozenset((*outputs.get(SECRET_FIELDS, ()), *outputs.get(ONCE_SECRET, ()))),
            unapplied=tuple(map(parse_dotted, outputs.get(UNAPPLIED, ()))),
        )


NOTHING_KNOWN = Known({}, (), (), frozenset())


def records_of(outputs: Document) -> dict[str, Any]:
    """The part of stored outputs that says what we overwrote, and what of it is secret; {} where nothing was."""
    if not outputs.get(OVERWRITTEN):
        return {}
    return {name: outputs[name] for name in (OVERWRITTEN, SECRET_FIELDS, ONCE_SECRET) if name in outputs}


def recorded(
    known: Iterable[Overwritten], written: Iterable[Change], declaration: Declaration
) -> tuple[Overwritten, ...]:
    """The records after a write: the first value found stays, ours is what is declared now, released ones go.

    A record stands for everything below its path.
    """
    records = {record.path: record for record in known}
    for change in written:
        if not any(path == change.path[: len(path)] for path in records):
            records = _with_new_record(records, change)
    kept = [path for path in sorted(records) if any(overlap(path, other) for other in declaration.paths)]
    # An up that was killed may have written a later value than state knows: what is declared is ours all the same.
    declared = {path: value_at(declaration.desired, path) for path in kept}
    return tuple(
        records[path] if declared[path] is MISSING else records[path]._replace(ours=declared[path]) for path in kept
    )


def _with_new_record(records: dict[Path, Overwritten], change: Change) -> dict[Path, Overwritten]:
    # What the new value replaces as a whole may hold values that we wrote before: the first ones found are the former.
    was = change.observed
    for record in records.values():
        if overlap(record.path, change.path):
            was = _put_back(was, record.path[len(change.path) :], record.was)
    rest = {path: record for path, record in records.items() if not overlap(path, change.path)}
    return {**rest, change.path: Overwritten(change.path, was, change.desired)}


def _put_back(value: Any, path: Path, former: Any) -> Any:
    document = value if isinstance(value, Mapping) else {}
    if former is not MISSING:
        return overlay(document, path, former)
    head, rest = path[0], path[1:]
    inner = _put_back(document.get(head), rest, MISSING) if rest else MISSING
    others = {key: kept for key, kept in document.items() if key != head}
    return {**others, **({} if inner is MISSING else {head: inner})} or MISSING


def to_outputs(account: Document, source: Document, declared: Iterable[Path], known: Known) -> dict[str, Any]:
    """The outputs to store for an observed account.

    `source` gives the options and the names of secret fields: the inputs, or the stored outputs on a refresh.
    """
    current = source.get(SECRET_FIELDS, ())
    secret = known.secret | frozenset(current)
    optional = {
        OVERWRITTEN: [_write_record(record, secret) for record in known.overwritten],
        SECRET_FIELDS: current,
        ONCE_SECRET: sorted(secret - set(current)),
        UNAPPLIED: [dotted(path) for path in known.unapplied],
    }
    return {
        "accountId": account["id"],
        **_live_outputs(account, secret),
        **{name: source[name] for name in OPTIONS if name in source},
        DECLARED: [dotted(path) for path in declared],
        **{name: value for name, value in optional.items() if value},
    }


def declared_inputs(known: Known, account: Document) -> dict[str, Any]:
    """The stored declaration with the observed values in place of those that drifted.

    A declared value that is gone is left out, and so is a cleared field that has a value again, so that the engine
    shows both as differences from the program.
    """
    outputs = known.outputs
    inputs = {name: outputs[name] for name in ("accountId", *OPTIONS, SECRET_FIELDS) if name in outputs}
    cleared = {text: parse_dotted(text) for text in inputs.pop("clear", ())}
    for path in known.declared:
        observed = value_at(account, path)
        if path in cleared.values():
            continue
        if not same(observed, MISSING):
            # An object at the path of a declared value was declared as `{}`: what is in it is not ours to watch.
            inputs = overlay(inputs, path, {} if isinstance(observed, Mapping) else observed)
        elif isinstance(value_at(account, path[:-1]), Mapping) and value_at(inputs, path[:-1]) is MISSING:
            inputs = overlay(inputs, path[:-1], {})
    still_clear = [text for text, path in cleared.items() if same(value_at(account, path), MISSING)]
    return canonical({**inputs, "clear": still_clear} if "clear" in outputs else inputs)


def _live_outputs(account: Document, secret: frozenset[str]) -> dict[str, Any]:
    names = [field.path[0] for field in TOP_LEVEL if not field.input_name]
    present = {name: account[name] for name in names if account.get(name) is not None}
    return {name: Secret(value) if name in secret else value for name, value in present.items()}


def _read_record(entry: Mapping[str, Any]) -> Overwritten:
    return Overwritten(parse_dotted(entry["path"]), entry.get("was", MISSING), entry.get("ours", MISSING))


def _write_record(record: Overwritten, secret: frozenset[str]) -> dict[str, Any]:
    values = {"was": record.was, "ours": record.ours}
    present = {name: value for name, value in values.items() if not same(value, MISSING)}
    if record.path[0] in secret:
        present = {name: Secret(value) for name, value in present.items()}
    return {"path": dotted(record.path), **present}

"""What one step of the engine means for an account."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pulumi_audian import plan, records
from pulumi_audian.declaration import SECRET_FIELDS, Declaration
from pulumi_audian.diff import changes, leaves, overlap, satisfied, value_at
from pulumi_audian.fields import ASSERTABLE, OPTIONS, Path, dotted, parse_dotted
from pulumi_audian.records import Adopted, Mark, Marked, Plain, Shown, Updated, Write
from pulumi_audian.records import shown as told
from pulumi_audian.report.findings import Findings
from pulumi_audian.report.model import Account, Action, Effect, Note, Purpose, Row, Severity
from pulumi_audian.report.places import Places
from pulumi_audian.report.preview import Step, name_of
from pulumi_audian.state import Known
from pulumi_audian.values import SECRET, scalars, shown

_NOT_KNOWN = Marked(Mark.NOT_KNOWN)
_OURS = ("__provider", SECRET_FIELDS)
QUIET = frozenset({"same", "refresh", "read", "read-replacement", "discard"})
"""The engine's steps that change nothing."""
_OPERATIONS = QUIET | {"create", "update", "delete", "replace", "create-replacement", "delete-replaced"}
_NO_RECORD = (
    "what up writes of it is not known: the preview left no record of it; have the project's environment use the "
    "version of pulumi-audian that this command is of"
)
_NO_DIFFERENCE = "what up writes of it is not known: the engine names no difference"


def account(
    steps: tuple[Step, Step | None],
    notes: Iterable[Note],
    findings: Findings | None,
    places: Places,
    purpose: Purpose,
) -> Account | None:
    """What a step does to an account, or None where that is nothing.

    With it comes the step before it that read the account (--refresh). `findings` is what the provider left, or None
    where it was not asked to. Raises `ValueError` where the step is of a kind that is not known.
    """
    step, read = steps
    if step.op not in _OPERATIONS:
        raise ValueError(f"the step {step.op} is not known")
    action = _action(step, purpose)
    rows = tuple(_rows(action, step, read, findings))
    said = (*notes, *_notes(action, step, rows, findings))
    if step.op in QUIET and not rows and action is not Action.GONE:
        return None
    name, adopted = name_of(step.urn), findings.adopted.get(step.urn) if findings else None
    state = step.newState or step.old
    return Account(
        name=name,
        account_id=step.old.id or _text(state.inputs.get("accountId", "")),
        title=_title(step, adopted),
        action=action,
        live=read is not None or action in (Action.DRIFT, Action.GONE) or _is_adopted(action, adopted),
        rows=tuple(replace(row, place=places.declared(name, parse_dotted(row.path))) for row in rows),
        notes=said,
        place=places.declared(name) or places.created(step.new),
    )


def _action(step: Step, purpose: Purpose) -> Action:
    if purpose is Purpose.DRIFT:
        return Action.GONE if step.op == "delete" or step.newState is None else Action.DRIFT
    if step.op in QUIET:
        return Action.LEFT
    if step.op == "delete":
        restores = step.old.inputs.get("onDelete") == "restore" and not step.old.retainOnDelete
        return Action.RESTORE if restores else Action.RETAIN
    return {"create": Action.ADOPT, "update": Action.UPDATE}.get(step.op, Action.REPLACE)


def _title(step: Step, adopted: Adopted | None) -> str:
    is_hidden = _Veil(step).over(("name",)) is not None
    return _text(step.old.outputs.get("name", "")) or ("" if is_hidden or adopted is None else adopted.title)


def _is_adopted(action: Action, adopted: Adopted | None) -> bool:
    return action in (Action.ADOPT, Action.REPLACE) and adopted is not None


def _rows(action: Action, step: Step, read: Step | None, findings: Findings | None) -> Iterable[Row]:
    veil = _Veil(step)
    if action is Action.DRIFT:
        return _sorted(_drifted(step, veil))
    if action is Action.RESTORE:
        return _restored(step, veil)
    if action in (Action.ADOPT, Action.REPLACE):
        adopted = findings.adopted.get(step.urn) if findings else None
        return _sorted(_adopted(adopted, veil) if adopted else _unread(step, veil))
    if action is Action.UPDATE:
        return _sorted(_updated(step, read, veil, findings.updated.get(step.urn) if findings else None))
    return _sorted(_left(step, veil)) if action is Action.LEFT else ()


class _Veil:
    """What may not be shown of an account: what the engine prints no value of, in whatever state."""

    def __init__(self, step: Step) -> None:
        self._documents = [state.inputs for state in (step.old, step.new)] + [step.old.outputs, step.new.outputs]
        self._secret = Known.of(step.old.outputs).secret | Declaration.of(step.new.inputs).secret
        self._hidden = [parse_dotted(path) for state in (step.old, step.new) for path in state.hideDiff]

    def over(self, path: Path) -> Mark | None:
        """What stands in the place of a value."""
        if path[0] in self._secret or any(_is_secret(document, path) for document in self._documents):
            return Mark.SECRET
        return Mark.HIDDEN if any(overlap(path, hidden) for hidden in self._hidden) else None

    def row(self, path: Path, live: Shown, declared: Shown, effect: Effect) -> Row:
        """A row with what may be shown of it."""
        mark = self.over(path)
        return Row(dotted(path), _under(mark, live), _under(mark, declared), effect)


def _is_secret(document: Mapping[str, Any], path: Path) -> bool:
    values = (value_at(document, path[:length]) for length in range(1, len(path)))
    return SECRET in values or SECRET in list(scalars(value_at(document, path)))


def _under(mark: Mark | None, value: Shown) -> Shown:
    # That there is no value, and that one is not known, is no secret.
    is_value = isinstance(value, Plain) and value.value is not None
    return Marked(mark) if mark and (is_value or value == Marked(Mark.SECRET)) else value


def _adopted(adopted: Adopted, veil: _Veil) -> Iterator[Row]:
    for write in adopted.writes:
        yield _written(write, {}, veil)


def _unread(step: Step, veil: _Veil) -> Iterator[Row]:
    for path, value in leaves(Declaration.of(step.new.inputs).desired):
        yield veil.row(path, _NOT_KNOWN, told(value), Effect.UNREAD)


def _updated(step: Step, read: Step | None, veil: _Veil, recorded: Updated | None) -> Iterator[Row]:
    found = plan.update(step.old.inputs, step.new.inputs, step.old.outputs)
    before = Declaration.of(read.old.inputs).desired if read else {}
    writes = recorded.writes if recorded else records.writes(found.changes)
    rows = [_written(write, before, veil) for write in writes]
    rows += [_released(path, step, veil) for path in found.released]
    yield from rows
    for path in _unexplained(step, [parse_dotted(row.path) for row in rows]):
        is_secret = veil.over(path) is Mark.SECRET
        # Where both values are secret, the engine's word is all that is known without a record.
        if not (is_secret and recorded):
            shown = Marked(Mark.SECRET) if is_secret else _NOT_KNOWN
            yield Row(dotted(path), shown, shown, Effect.WRITE if is_secret else Effect.UNREAD)
    yield from _left(step, veil)


def _written(write: Write, before: Mapping[str, Any], veil: _Veil) -> Row:
    as_before = isinstance(write.declared, Plain) and told(value_at(before, write.path)) == write.declared
    effect = Effect.CLEAR if write.declared == Plain(None) else Effect.WRITE
    return veil.row(write.path, write.live, write.declared, Effect.DRIFT if as_before else effect)


def _released(path: Path, step: Step, veil: _Veil) -> Row:
    return veil.row(path, told(value_at(step.old.outputs, path)), Marked(Mark.UNDECLARED), Effect.RELEASE)


def _left(step: Step, veil: _Veil) -> Iterator[Row]:
    inputs = step.new.inputs if step.newState else step.old.inputs
    found = plan.update(step.old.inputs, inputs, step.old.outputs).left
    # Whether a value that is not shown is the declared one is not known.
    for change in (change for change in found if SECRET not in [*scalars(change.observed), *scalars(change.desired)]):
        yield veil.row(change.path, told(change.observed), told(change.desired), Effect.LEFT)


def _restored(step: Step, veil: _Veil) -> Iterator[Row]:
    for record in Known.of(step.old.outputs).overwritten:
        yield veil.row(record.path, told(record.ours), told(record.was), Effect.RESTORE)


def _drifted(step: Step, veil: _Veil) -> Iterator[Row]:
    declared = Declaration.of(step.old.inputs)
    found = changes(step.new.outputs, {**declared.desired, **declared.asserted})
    for change in found:
        yield veil.row(change.path, told(change.observed), told(change.desired), Effect.DRIFT)
    for path in _edited(step):
        if not any(overlap(path, change.path) for change in found):
            shown = Marked(Mark.SECRET) if veil.over(path) is Mark.SECRET else _NOT_KNOWN
            yield Row(dotted(path), shown, shown, Effect.DRIFT)


def _edited(step: Step) -> list[Path]:
    """The paths of fields that the engine names as different."""
    paths = {path for path in map(parse_dotted, step.detailedDiff or {}) if path}
    return sorted(path for path in paths if path[0] not in (*OPTIONS, *_OURS))


def _unexplained(step: Step, paths: Sequence[Path]) -> Iterator[Path]:
    """The paths that the engine names as different, and of which no row and no state tells what is done to them."""
    desired = Declaration.of(step.new.inputs).desired
    for path in _edited(step):
        declared = [(own, value) for own, value in leaves(desired) if overlap(own, path)]
        rest = [(own, value) for own, value in declared if not any(overlap(own, other) for other in paths)]
        told_of = bool(declared) or any(overlap(path, other) for other in paths)
        if path[0] not in ASSERTABLE and not (told_of and all(_is_held(step, *one) for one in rest)):
            yield path


def _is_held(step: Step, path: Path, value: object) -> bool:
    return SECRET not in list(scalars(value)) and satisfied(value_at(step.old.outputs, path), value)


def _sorted(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: parse_dotted(row.path))


def _notes(action: Action, step: Step, rows: Sequence[Row], findings: Findings | None) -> Iterator[Note]:
    if action in (Action.ADOPT, Action.REPLACE) and findings:
        adopted = findings.adopted.get(step.urn)
        if adopted and rows:
            yield Note(plan.untouched(adopted.untouched))
        if not adopted and step.urn not in findings.unread:
            yield Note(_NO_RECORD, Severity.WARNING)
    if action is Action.UPDATE:
        quiet = [path for path in _edited(step) if not any(overlap(path, parse_dotted(row.path)) for row in rows)]
        gone = [path for path in quiet if path[0] in ASSERTABLE and path[0] not in step.new.inputs]
        yield from _listed("now declared as it is", "now declared as they are", set(quiet) - set(gone))
        yield from _listed("no longer declared", "no longer declared", gone)
        if not (rows or quiet or list(_option_notes(step))):
            yield Note(_NO_DIFFERENCE, Severity.WARNING)
    if action in (Action.UPDATE, Action.REPLACE):
        yield from map(Note, _option_notes(step))


def _listed(singular: str, plural: str, paths: Iterable[Path]) -> Iterator[Note]:
    names = [dotted(path) for path in sorted(paths)]
    if names:
        yield Note(f"{plural if len(names) > 1 else singular}: {', '.join(names)}")


def _option_notes(step: Step) -> Iterator[str]:
    for option in (name for name in OPTIONS if name != "clear"):
        before, after = (_option(state.inputs, option) for state in (step.old, step.new))
        if before != after:
            yield f"{option} changes from {before} to {after}"


def _option(inputs: Mapping[str, object], name: str) -> str:
    defaults = {"onDelete": "retain", "onConflict": "warn"}
    value = inputs.get(name, defaults.get(name, []))
    return ", ".join(map(_text, value)) or "none" if isinstance(value, list) else _text(value)


def _text(value: object) -> str:
    return value if isinstance(value, str) else shown(value)

"""What one step of the engine means for an account."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from pulumi_audian.declaration import Declaration
from pulumi_audian.diff import changes, leaves, overlap, value_at
from pulumi_audian.fields import OPTIONS, Path, dotted, parse_dotted
from pulumi_audian.plan import ShownAdoption, read_adoption, released, render_released
from pulumi_audian.report.model import Account, Action, Effect, Note, Purpose, Row, Severity
from pulumi_audian.report.places import Places
from pulumi_audian.report.preview import Diagnostic, Step, name_of
from pulumi_audian.state import Known
from pulumi_audian.values import UNKNOWN, shown

_NOT_READ = "(not read)"
_SEVERITIES = {"warning": Severity.WARNING, "info": Severity.INFO}


def account(
    step: Step, read: Step | None, diagnostics: Iterable[Diagnostic], places: Places, purpose: Purpose
) -> Account:
    """What a step that changes something does to an account; `read` is the step before that read it (--refresh)."""
    name = name_of(step.urn)
    state = step.newState or step.old
    texts = [Note(diagnostic.text, _SEVERITIES[diagnostic.severity]) for diagnostic in diagnostics]
    found = Account(
        name=name,
        account_id=step.old.id or _text(state.inputs.get("accountId", "")),
        title=_text(step.old.outputs.get("name", "")),
        action=_action(step, purpose),
        live=read is not None,
        place=places.declared(name) or places.created(step.new),
    )
    described = _described(step, read, found, tuple(texts))
    return replace(
        described,
        rows=tuple(replace(row, place=places.declared(name, parse_dotted(row.path))) for row in described.rows),
    )


def _action(step: Step, purpose: Purpose) -> Action:
    if purpose is Purpose.DRIFT:
        return Action.GONE if step.op == "delete" else Action.DRIFT
    if step.op == "delete":
        restores = step.old.inputs.get("onDelete") == "restore" and not step.old.retainOnDelete
        return Action.RESTORE if restores else Action.RETAIN
    return {"create": Action.ADOPT, "update": Action.UPDATE}.get(step.op, Action.REPLACE)


def _described(step: Step, read: Step | None, found: Account, notes: tuple[Note, ...]) -> Account:
    if found.action is Action.DRIFT:
        return replace(found, live=True, rows=tuple(_drifted(step)), notes=notes)
    if found.action in (Action.RETAIN, Action.GONE):
        return replace(found, live=found.action is Action.GONE, notes=notes)
    if found.action is Action.RESTORE:
        return replace(found, rows=tuple(_restored(step)), notes=notes)
    declaration = Declaration.of(step.new.inputs)
    for note in notes:
        adoption = read_adoption(note.text, declaration)
        if adoption is not None:
            rest = tuple(other for other in notes if other is not note)
            said = (*rest, Note(adoption.rest)) if adoption.observed else rest
            rows = tuple(_adopted(declaration, adoption))
            return replace(found, title=found.title or adoption.title, live=True, rows=rows, notes=said)
    if found.action is Action.ADOPT:
        return replace(found, rows=tuple(_unread(declaration)), notes=notes)
    return _updated(step, read, found, notes)


def _adopted(declaration: Declaration, adoption: ShownAdoption) -> Iterator[Row]:
    for path, live in sorted(adoption.observed.items()):
        yield _row(path, live, declaration)


def _unread(declaration: Declaration) -> Iterator[Row]:
    for path, _ in leaves(declaration.desired):
        yield _row(path, _NOT_READ, declaration)


def _updated(step: Step, read: Step | None, found: Account, notes: tuple[Note, ...]) -> Account:
    declaration = Declaration.of(step.new.inputs)
    gone = released(Declaration.of(step.old.inputs).paths, declaration)
    rows = [*_written(step, read, declaration), *_released(gone, step, declaration)]
    said = tuple(note for note in notes if note.text != render_released(gone))
    news = (_unchanged_note(step, declaration, [parse_dotted(row.path) for row in rows]), *_option_notes(step))
    return replace(
        found,
        rows=tuple(sorted(rows, key=lambda row: parse_dotted(row.path))),
        notes=(*said, *(Note(text) for text in news if text)),
    )


def _written(step: Step, read: Step | None, declaration: Declaration) -> Iterator[Row]:
    before = Declaration.of(read.old.inputs).desired if read else {}
    for change in changes(step.old.outputs, declaration.desired):
        if change.path[0] not in declaration.secret:
            row = _row(change.path, declaration.shown(change.path, change.observed), declaration)
            as_before = value_at(before, change.path) == change.desired
            yield replace(row, effect=Effect.DRIFT) if as_before else row
    # The engine prints no secrets: that one changed is known from its diff alone.
    for path in sorted({path[:1] for path in _edited(step) if path[0] in declaration.secret}):
        yield Row(dotted(path), "[secret]", "[secret]", Effect.WRITE)


def _released(paths: Iterable[Path], step: Step, declaration: Declaration) -> Iterator[Row]:
    once_secret = Known.of(step.old.outputs).secret
    for path in paths:
        value = "[secret]" if path[0] in once_secret else declaration.shown(path, value_at(step.old.outputs, path))
        yield Row(dotted(path), value, "(no longer declared)", Effect.RELEASE)


def _restored(step: Step) -> Iterator[Row]:
    known = Known.of(step.old.outputs)
    for record in known.overwritten:
        live, former = (
            "[secret]" if record.path[0] in known.secret else shown(value) for value in (record.ours, record.was)
        )
        yield Row(dotted(record.path), live, former, Effect.RESTORE)


def _drifted(step: Step) -> Iterator[Row]:
    declared = Declaration.of(step.old.inputs)
    for change in changes(step.new.outputs, {**declared.desired, **declared.asserted}):
        if change.path[0] not in declared.secret:
            live = declared.shown(change.path, change.observed)
            yield Row(dotted(change.path), live, declared.shown(change.path, change.desired), Effect.DRIFT)
    for path in sorted({path[:1] for path in _edited(step) if path[0] in declared.secret}):
        yield Row(dotted(path), "[secret]", "[secret]", Effect.DRIFT)


def _row(path: Path, live: str, declaration: Declaration) -> Row:
    desired = value_at(declaration.desired, path)
    return Row(dotted(path), live, declaration.shown(path, desired), Effect.CLEAR if desired is None else Effect.WRITE)


def _edited(step: Step) -> list[Path]:
    return [path for path in map(parse_dotted, step.detailedDiff or {}) if path]


def _unchanged_note(step: Step, declaration: Declaration, shown_paths: Iterable[Path]) -> str:
    shown_paths = list(shown_paths)
    quiet = [
        dotted(path)
        for path in _edited(step)
        if path[0] in (*declaration.desired, *declaration.asserted)
        and not any(overlap(path, other) for other in shown_paths)
    ]
    return f"now declared as {'it is' if len(quiet) == 1 else 'they are'}: {', '.join(quiet)}" if quiet else ""


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
    return shown(value) if value is UNKNOWN or not isinstance(value, str) else value

"""What `pulumi preview --json` and `pulumi refresh --preview-only --json` print, as far as a report needs it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pydantic

from pulumi_audian import marks
from pulumi_audian.state import DECLARED, OVERWRITTEN
from pulumi_audian.values import SECRET, UNKNOWN, mapped

ACCOUNT = "pulumi-python:dynamic/audian:Account"
_MARKS = {**dict.fromkeys(marks.UNKNOWN_TEXTS, UNKNOWN), "[secret]": SECRET}
"""What the engine prints in place of a value."""


class _Part(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="ignore", frozen=True)


class Frame(_Part):
    """One line of code on the way to a resource."""

    sourcePosition: str = ""  # noqa: N815 - the engine's name


class State(_Part):
    """A resource before or after a step."""

    id: str = ""
    inputs: dict[str, Any] = {}
    outputs: dict[str, Any] = {}
    retainOnDelete: bool = False  # noqa: N815 - the engine's name
    hideDiff: tuple[str, ...] = ()  # noqa: N815 - the engine's name
    stackTrace: tuple[Frame, ...] = ()  # noqa: N815 - the engine's name

    @pydantic.field_validator("inputs", "outputs", mode="before")
    @classmethod
    def _with_marks(cls, value: Any) -> Any:
        marked = marks.unescaped(mapped(value or {}, str, lambda text: _MARKS.get(text, text)))
        return _with_all_records(marked) if isinstance(marked, dict) and marked.get(OVERWRITTEN) is SECRET else marked


class Step(_Part):
    """What is to be done to one resource."""

    op: str
    urn: str
    oldState: State | None = None  # noqa: N815 - the engine's name
    newState: State | None = None  # noqa: N815 - the engine's name
    detailedDiff: dict[str, Any] | None = None  # noqa: N815 - the engine's name

    @property
    def old(self) -> State:
        """The resource before, empty where there was none."""
        return self.oldState or State()

    @property
    def new(self) -> State:
        """The resource afterwards, empty where there will be none."""
        return self.newState or State()


class Diagnostic(_Part):
    """A line about a resource, or about the whole program where `urn` is empty."""

    urn: str = ""
    message: str
    severity: str
    by_policy: bool = False

    @property
    def text(self) -> str:
        """The message without the engine's own decoration."""
        return self.message.strip().removeprefix(f"{self.severity}: ").strip()


class _Finding(_Part):
    resourceUrn: str = ""  # noqa: N815 - the engine's name
    message: str
    policyName: str  # noqa: N815 - the engine's name
    enforcementLevel: str  # noqa: N815 - the engine's name


class _Event(_Part):
    policyEvent: _Finding | None = None  # noqa: N815 - the engine's name


class Preview(_Part):
    """All of it."""

    steps: tuple[Step, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    changeSummary: Mapping[str, int] = {}  # noqa: N815 - the engine's name

    def with_diagnostics(self, more: Iterable[Diagnostic]) -> Preview:
        """The same with more diagnostics."""
        return self.model_copy(update={"diagnostics": (*self.diagnostics, *more)})


def _with_all_records(outputs: dict[str, Any]) -> dict[str, Any]:
    """Outputs of which the engine shows no records, because one is secret: with one for all that is declared."""
    paths = outputs.get(DECLARED, ())
    return {**outputs, OVERWRITTEN: [{"path": path, "was": SECRET, "ours": SECRET} for path in paths]}


def parse(text: str) -> Preview:
    """The parsed output; raises `ValueError` in one line where it is cut off or something else."""
    try:
        return Preview.model_validate_json(text)
    except pydantic.ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise ValueError(f"{where}: {first['msg']}" if where else first["msg"]) from None


def findings(events: str) -> list[Diagnostic]:
    """What policies found, from the engine's event log, which unlike its JSON has that.

    A mandatory one is an error. Raises `ValueError` where the log is something else.
    """
    found = [_Event.model_validate_json(line).policyEvent for line in events.split("\n") if '"policyEvent"' in line]
    return [
        Diagnostic(
            urn=finding.resourceUrn,
            # Before the rule's own words stands the description of the rule.
            message=f"policy {finding.policyName}: {finding.message.strip().rpartition(chr(10))[2]}",
            severity="error" if finding.enforcementLevel == "mandatory" else "warning",
            by_policy=True,
        )
        for finding in found
        if finding is not None
    ]


def stack_of(urn: str) -> tuple[str, str]:
    """The project and the stack that a URN names."""
    stack, project, _, _ = _parts(urn)
    return project, stack


def type_of(urn: str) -> str:
    """The type of the resource, without those of its parents."""
    return _parts(urn)[2].rsplit("$", 1)[-1]


def name_of(urn: str) -> str:
    """The name of the resource."""
    return _parts(urn)[3]


def _parts(urn: str) -> tuple[str, str, str, str]:
    stack, project, types, name = (urn.removeprefix("urn:pulumi:").split("::", 3) + [""] * 4)[:4]
    return stack, project, types, name

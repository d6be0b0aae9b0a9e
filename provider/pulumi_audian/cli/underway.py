"""What the engine is doing, as far as its event log tells while it runs."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from pulumi_audian.plan import counted
from pulumi_audian.report.preview import ACCOUNT, name_of, type_of

_COLOR = re.compile(r"<\{%.*?%\}>")
_MOST_NAMED = 3


class UnderWay:
    """Reads an event log on from where it was read to, and tells in one line what is under way."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._read = 0
        self._done = 0
        self._begun: dict[str, None] = {}
        self._said = ""

    def __call__(self) -> str:
        """The line; nothing where the engine has not begun."""
        for line in self._new_lines():
            self._take(json.loads(line))
        if self._said or not (self._begun or self._done):
            return self._said
        named = list(self._begun)[:_MOST_NAMED]
        more = len(self._begun) - len(named)
        names = ", ".join([*named, *([f"{more} more"] if more else [])])
        return f"{counted(self._done, 'account')} done{f', now at {names}' if names else ''}"

    def _new_lines(self) -> list[bytes]:
        if not self._log.exists():
            return []
        with self._log.open("rb") as file:
            file.seek(self._read)
            whole = file.read().rpartition(b"\n")[0]
        self._read += len(whole) + 1 if whole else 0
        return whole.splitlines()

    def _take(self, event: dict[str, Any]) -> None:
        if "diagnosticEvent" in event:
            said = event["diagnosticEvent"]
            # The provider says so that it waits. A refresh does not tell it of which resource.
            if said.get("ephemeral") and type_of(said.get("urn", "")) in ("", ACCOUNT):
                self._said = " ".join(_COLOR.sub("", said.get("message", "")).split())
        for name in ("resourcePreEvent", "resOutputsEvent", "resOpFailedEvent"):
            step = event.get(name, {}).get("metadata", {})
            if step.get("type") != ACCOUNT:
                continue
            self._said = ""
            if name == "resourcePreEvent":
                self._begun[name_of(step["urn"])] = None
            elif self._begun.pop(name_of(step["urn"]), name) is None:
                self._done += 1

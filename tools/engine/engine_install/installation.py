"""Installing the engine from the first source that can provide it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine_install import gobuild, official
from engine_install.errors import InstallError, SourceError
from engine_install.process import Command, run
from engine_install.progress import say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine_install.staging import Engine, Staging

SOURCE_VARIABLE = "PULUMI_AUDIAN_ENGINE_SOURCE"


@dataclass(frozen=True)
class Source:
    """A way to get an engine; `fetch` fills a staging directory or raises SourceError."""

    name: str
    fetch: Callable[[Staging], None]


_OFFICIAL = Source("official installer", official.fetch)
_GO = Source("build from Go modules", gobuild.fetch)
_CHOICES = {"auto": (_OFFICIAL, _GO), "official": (_OFFICIAL,), "go": (_GO,)}


def ensure_installed(engine: Engine) -> None:
    """Install the engine unless the user's cache has it; raises InstallError."""
    if not engine.missing():
        return
    sources = _chosen_sources()
    with engine.locked():
        engine.remove_stale_staging()
        if engine.missing():
            _install(engine, sources)


def _chosen_sources() -> Sequence[Source]:
    choice = os.environ.get(SOURCE_VARIABLE) or "auto"
    if choice not in _CHOICES:
        message = f"{SOURCE_VARIABLE} is {choice!r}: set it to one of {', '.join(_CHOICES)}"
        raise InstallError(message)
    return _CHOICES[choice]


def _install(engine: Engine, sources: Sequence[Source]) -> None:
    reasons: list[str] = []
    for source in sources:
        reason = _failure(source, engine)
        if reason is None:
            return
        reasons.append(f"{source.name}: {reason}")
        say(reasons[-1])
    raise InstallError(_advice(engine, reasons))


def _failure(source: Source, engine: Engine) -> str | None:
    """Install from one source; return why that failed, or None when it did not."""
    try:
        _install_from(source, engine)
    except SourceError as error:
        return str(error)
    return None


def _install_from(source: Source, engine: Engine) -> None:
    with engine.staged() as staging:
        source.fetch(staging)
        _verify(staging.engine)
        engine.publish(staging.engine)


def _verify(staged: Engine) -> None:
    missing = staged.missing()
    if missing:
        message = f"it provided no executable {', '.join(missing)}"
        raise SourceError(message)
    arguments = (str(staged.programs / staged.cli.executable), "version")
    lines: list[str] = []
    environment = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    code = run(Command(arguments, staged.programs, environment), lines.append)
    if code or staged.version not in lines:
        message = f"`pulumi version` printed {lines[-1:]} (exit code {code}), not {staged.version}"
        raise SourceError(message)


def _advice(engine: Engine, reasons: Sequence[str]) -> str:
    """Say what was tried, and the two ways out."""
    return (
        f"the Pulumi engine {engine.version} could not be installed ({'; '.join(reasons)}): "
        "install the Pulumi CLI from https://www.pulumi.com/docs/install/, "
        f"or Go {engine.cli.go_version} or newer, and try again"
    )

"""The engine: its command line, what serves Python in it, and the backend that keeps state."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from pulumi_audian.cli.diagnosis.command import NoAnswerOf, as_map, pulumi, without_credentials
from pulumi_audian.cli.diagnosis.line import Line, ok, problem, unknown

_INSTALL = "install the Pulumi CLI, see https://www.pulumi.com/docs/install/"
_HOST = "pulumi-language-python"
_HOST_HELPERS = ("pulumi-language-python-exec", "pulumi-resource-pulumi-python")

Version = tuple[int, int]
OLDEST: Version = (3, 216)
NEWEST: Version = (3, 274)
"""The oldest and the newest engine that the tests run on."""
OLDEST_SDK: Version = (3, 235)
"""Older ones keep from the provider which fields are declared, so that drift of them is not found."""


def version(text: str) -> Version | None:
    """The first two numbers of a version such as v3.274.1, which decide what fits."""
    match = re.match(r"v?(\d+)\.(\d+)", text)
    return (int(match[1]), int(match[2])) if match else None


def cli(directory: Path, sdk: str | None) -> Line:
    """Whether there is a command line that fits the installed SDK, where that is known."""
    found = shutil.which("pulumi")
    if found is None:
        return problem("Pulumi CLI", "there is no pulumi command on PATH", _INSTALL)
    try:
        text = pulumi(directory, "version")
    except NoAnswerOf as reason:
        return problem("Pulumi CLI", f"{found}: {reason}", _INSTALL)
    misfit = _misfit(version(text), sdk)
    where = f"{text} ({found})"
    if misfit:
        return problem("Pulumi CLI", f"{where} {misfit}", _INSTALL)
    fits = f", which fits the SDK {sdk}" if sdk else ""
    return ok("Pulumi CLI", f"{where}{fits}{_untested(version(text))}")


def _misfit(installed: Version | None, sdk: str | None) -> str:
    if installed is None:
        return "is no version"
    if installed < OLDEST:
        return f"is older than {OLDEST[0]}.{OLDEST[1]}, the oldest that pulumi-audian works with"
    major = (version(sdk) if sdk else None) or OLDEST
    if installed[0] != major[0]:
        return f"is of another generation than the SDK {sdk or major[0]}"
    return ""


def _untested(installed: Version | None) -> str:
    if installed is None or installed <= NEWEST:
        return ""
    return f"; newer than {NEWEST[0]}.{NEWEST[1]}, the newest that pulumi-audian was tested with"


def language_host() -> Line:
    """Whether the engine finds what runs Python programs and their dynamic providers."""
    host = next(_hosts(), None)
    if host is None:
        return problem("Python language host", f"there is no {_HOST} beside the Pulumi CLI or on PATH", _INSTALL)
    beside = os.pathsep.join([str(host.parent), os.environ.get("PATH", os.defpath)])
    missing = [name for name in _HOST_HELPERS if shutil.which(name, path=beside) is None]
    if missing:
        return problem("Python language host", f"{host} comes without {' and '.join(missing)}", _INSTALL)
    return ok("Python language host", str(host))


def _hosts() -> Iterator[Path]:
    """In the order in which the engine looks: PATH, beside the command line, its own directory of plugins."""
    command = shutil.which("pulumi")
    for directory in (None, str(Path(command).resolve().parent) if command else None):
        found = shutil.which(_HOST, path=directory)
        if found:
            yield Path(found)
    home = Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi")
    yield from sorted(home.glob(f"plugins/language-python-v*/{_HOST}"), reverse=True)


def backend(directory: Path) -> Line:
    """Whether someone is logged in to where state is kept."""
    if shutil.which("pulumi") is None:
        return unknown("backend", "not asked, without the Pulumi CLI")
    try:
        who = as_map(pulumi(directory, "whoami", "--verbose", "--json"))
    except NoAnswerOf as reason:
        remedy = "run pulumi login, or set PULUMI_BACKEND_URL or PULUMI_ACCESS_TOKEN"
        return problem("backend", str(reason), remedy)
    return ok("backend", without_credentials(f"{who.get('user')} at {who.get('url')}"))

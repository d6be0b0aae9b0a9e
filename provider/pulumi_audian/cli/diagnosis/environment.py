"""The Python environment in which the engine runs the program and the provider."""

from __future__ import annotations

import os
import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path

from pulumi_audian.cli.diagnosis.command import NoAnswerOf, answer, as_map
from pulumi_audian.cli.diagnosis.engine import OLDEST_SDK, version
from pulumi_audian.cli.diagnosis.line import Line, ok, problem, unknown
from pulumi_audian.validation.project import Project

_SUBJECT = "virtual environment"
_LOOK = """
import importlib.metadata, importlib.util, json, platform

def version(name):
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "of a checkout" if importlib.util.find_spec(name.replace("-", "_")) else None

found = {name: version(name) for name in ("pulumi", "pulumi-audian")}
print(json.dumps({"python": platform.python_version(), **found}))
"""


@dataclass(frozen=True)
class Environment:
    """What is said of it, and the version of the engine's SDK in it where that is known."""

    line: Line
    sdk: str | None = None


def environment(project: Project | None) -> Environment:
    """The environment of a project, and whether this library is in it."""
    if project is None:
        return Environment(unknown(_SUBJECT, "not looked for, without a project"))
    toolchain, named = str(project.options.get("toolchain") or "pip"), project.options.get("virtualenv")
    if toolchain == "poetry":
        return Environment(unknown(_SUBJECT, "Poetry chooses it; look there with poetry run pip show pulumi-audian"))
    if named is None and toolchain != "uv":
        return _without_one(project)
    directory = project.directory / Path(str(named or ".venv")).expanduser()
    python = directory / ("Scripts" if os.name == "nt" else "bin") / ("python.exe" if os.name == "nt" else "python")
    made = f"python3 -m venv {shlex.quote(str(directory))}"
    filled = f"{shlex.quote(str(python))} -m pip install -r requirements.txt"
    # Not by pulumi install: a language host that is older than the CLI makes it in the project's own directory.
    remedy = "make it with uv sync" if toolchain == "uv" else f"make it with {made} && {filled}"
    if not python.is_file():
        return Environment(
            problem(_SUBJECT, f"there is no {python}", f"{remedy}, or name another in {project.file.name}")
        )
    return _looked_at(python, str(directory), remedy)


def _without_one(project: Project) -> Environment:
    remedy = f"name one in {project.file.name}: runtime, options, virtualenv"
    python = shutil.which("python3") or shutil.which("python")
    if python is None:
        return Environment(problem(_SUBJECT, "none is named, and there is no Python on PATH", remedy))
    return _looked_at(Path(python), f"none is named, so that {python} is used, which", remedy)


def _looked_at(python: Path, where: str, remedy: str) -> Environment:
    try:
        # Not in the project, whose own modules would be found first.
        found = as_map(answer([python, "-c", _LOOK], python.parent))
    except NoAnswerOf as reason:
        return Environment(problem(_SUBJECT, f"{python}: {reason}", remedy))
    sdk, library = found.get("pulumi"), found.get("pulumi-audian")
    if sdk is None or library is None:
        missing = " and ".join(name for name in ("pulumi", "pulumi-audian") if found.get(name) is None)
        remedy = f"install it with {python} -m pip install '/path/to/pulumi-audian[cli]', or from its git URL"
        return Environment(problem(_SUBJECT, f"{where} has no {missing}", remedy), sdk)
    number = version(str(sdk))
    if number is not None and number < OLDEST_SDK:
        oldest = f"{OLDEST_SDK[0]}.{OLDEST_SDK[1]}"
        text = f"{where} has pulumi {sdk}, older than {oldest}, the oldest that pulumi-audian works with"
        return Environment(problem(_SUBJECT, text, f"upgrade it with {python} -m pip install 'pulumi>={oldest}'"), sdk)
    text = f"{where} has Python {found.get('python')}, pulumi {sdk} and pulumi-audian {library}"
    return Environment(ok(_SUBJECT, text), sdk)

"""The Go modules that pin the newest and the oldest supported engine, and the facts their go.mod files state."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_MODULES = Path(__file__).resolve().parents[1]
_PULUMI = "github.com/pulumi/pulumi"
LAUNCHERS_MODULE = f"{_PULUMI}/sdk/v3"


@dataclass(frozen=True)
class GoProgram:
    """A program built from the module that pins it."""

    executable: str
    title: str
    directory: Path
    module: str
    package: str
    flags: tuple[str, ...] = ()

    @property
    def version(self) -> str:
        """Return the version that go.mod requires of the program's module, with its v."""
        return self._stated(rf"^\s*{re.escape(self.module)} (v\S+)")

    @property
    def go_version(self) -> str:
        """Return the oldest Go release that go.mod accepts."""
        return self._stated(r"^go (\S+)")

    def _stated(self, pattern: str) -> str:
        go_mod = self.directory / "go.mod"
        match = re.search(pattern, go_mod.read_text(encoding="utf-8"), re.MULTILINE)
        if match is None:
            message = f"{go_mod} has no line that matches {pattern}"
            raise LookupError(message)
        return match[1]


def _cli(folder: str) -> GoProgram:
    return GoProgram(
        executable="pulumi",
        title="Pulumi CLI",
        directory=_MODULES / folder,
        module=f"{_PULUMI}/pkg/v3",
        package=f"{_PULUMI}/pkg/v3/cmd/pulumi",
        flags=("-tags", "osusergo grpcnotrace"),
    )


NEWEST = _cli("cli")
OLDEST = _cli("oldest")

# Later releases keep the plugin outside sdk/v3. Those in it predate the request field that
# carries `runtime.options`, so `virtualenv` has no effect on the program.
LANGUAGE = GoProgram(
    executable="pulumi-language-python",
    title="Pulumi Python language plugin",
    directory=_MODULES / "language",
    module=f"{_PULUMI}/sdk/v3",
    package=f"{_PULUMI}/sdk/v3/python/cmd/pulumi-language-python",
)

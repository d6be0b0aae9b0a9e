"""A Pulumi project as its file describes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pulumi_audian.validation.parsing import parse

NAMES = ("Pulumi.yaml", "Pulumi.yml")


@dataclass(frozen=True)
class Project:
    """Where a project is, and what its file says; what the file does not say, or says wrong, is empty."""

    file: Path
    name: str = ""
    stack_directory: Path = Path()
    options: Mapping[str, Any] = field(default_factory=dict)
    """Those of the runtime, such as `virtualenv`."""
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """By key, such as `audian:apiUrl`: the `type`, `default` and `value` that the project gives it."""

    @classmethod
    def around(cls, directory: Path) -> Project | None:
        """The project that a directory is in: the nearest one, as the engine looks for it."""
        start = directory.absolute()
        for parent in (start, *start.parents):
            for name in NAMES:
                if (parent / name).is_file():
                    return cls.read(parent / name)
        return None

    @classmethod
    def read(cls, file: Path) -> Project:
        """The project of a file."""
        try:
            root = parse(file.read_bytes()).root
        except OSError:
            root = None
        content = root.plain() if root is not None else None
        described: Mapping[str, Any] = content if isinstance(content, dict) else {}
        name, runtime = str(described.get("name") or ""), _map(described.get("runtime"))
        settings = {namespaced(key, name): _declared(given) for key, given in _map(described.get("config")).items()}
        return cls(file, name, _stack_directory(file, described), _map(runtime.get("options")), settings)

    @property
    def directory(self) -> Path:
        """The directory that the project's file is in."""
        return self.file.parent

    def stack_file(self, stack: str) -> Path:
        """The file of a stack, whose name may have those of an organization and a project before it."""
        return self.stack_directory / f"Pulumi.{stack.rsplit('/', 1)[-1]}{self.file.suffix}"

    def stack_files(self) -> list[Path]:
        """The files of all its stacks."""
        found = [file for suffix in ("yaml", "yml") for file in self.stack_directory.glob(f"Pulumi.*.{suffix}")]
        return sorted(found)


def namespaced(key: str, project: str) -> str:
    """A key of the configuration in full: without a namespace it has the project's name."""
    namespace, *rest = key.split(":")
    if not rest:
        return f"{project}:{key}"
    return f"{namespace}:{rest[1]}" if len(rest) == 2 and rest[0] == "config" else key  # noqa: PLR2004 - n:config:key


def _stack_directory(file: Path, described: Mapping[str, Any]) -> Path:
    # In old projects `config` is the directory.
    named = described.get("stackConfigDir") or described.get("config")
    return file.parent / named if isinstance(named, str) else file.parent


def _declared(given: Any) -> Mapping[str, Any]:
    return given if isinstance(given, dict) else {"value": given}


def _map(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}

"""Where accounts and their fields are declared: lines of a stack file, or of the program."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import YAMLError

from pulumi_audian import fields
from pulumi_audian.report.model import Place
from pulumi_audian.report.preview import State

_ACCOUNTS = ("config", "audian:accounts")
_POSITION = re.compile(r"project:///(?!\.\.)(.+)#(\d+)")


class Places:
    """Finds declarations in the files of one project.

    `directory` is the project's, `root` the one that shown paths are relative to, `file` the stack's file where it is
    not the usual one. Files that are missing or can't be parsed have no places: whether they are right is the engine's
    business.
    """

    def __init__(self, directory: Path, root: Path, stack: str, file: Path | None = None) -> None:
        self._directory = directory
        self._root = root
        name = f"Pulumi.{stack.rsplit('/', 1)[-1]}.yaml"
        self._file = file or directory / _project(directory).get("stackConfigDir", "") / name
        self._document = _load(self._file)

    @classmethod
    def nowhere(cls) -> Places:
        """No files at all."""
        return cls(Path("/nonexistent"), Path("/nonexistent"), "")

    def declared(self, account: str, path: fields.Path = ()) -> Place | None:
        """Where the stack file declares a field of an account, or else what the field is in."""
        line, node = None, self._document
        for depth, key in enumerate((*_ACCOUNTS, account, *path)):
            if not isinstance(node, CommentedMap) or key not in node:
                break
            if depth >= len(_ACCOUNTS):
                line = node.lc.key(key)[0] + 1
            node = node[key]
        return None if line is None else Place(self._shown(self._file), line)

    def account_id(self, account: str) -> str:
        """The id that the stack file declares for an account, or nothing where it declares none as text."""
        node = self._document
        for key in (*_ACCOUNTS, account, "accountId"):
            node = node.get(key) if isinstance(node, CommentedMap) else None
        return node if isinstance(node, str) else ""

    def in_program(self, position: str) -> Place | None:
        """The place of `file:line`, as seen from the project's directory; None where that is something else."""
        file, _, line = position.rpartition(":")
        return Place(self._shown(self._directory / file), int(line)) if file and line.isdecimal() else None

    def created(self, state: State) -> Place | None:
        """Where the program creates a resource: its own innermost line."""
        for frame in state.stackTrace:
            match = _POSITION.fullmatch(frame.sourcePosition)
            if match:
                return Place(self._shown(self._directory / match[1]), int(match[2]))
        return None

    def _shown(self, file: Path) -> str:
        path, root = file.resolve(), self._root.resolve()
        return (path.relative_to(root) if path.is_relative_to(root) else path).as_posix()


def project_name(directory: Path) -> str:
    """The name of the project in a directory, or nothing where there is none."""
    return _project(directory).get("name", "")


def _project(directory: Path) -> Mapping[str, str]:
    for name in ("Pulumi.yaml", "Pulumi.yml"):
        try:
            project = yaml.safe_load((directory / name).read_text("utf-8"))
        except (OSError, UnicodeDecodeError, yaml.YAMLError):
            continue
        if isinstance(project, Mapping):
            return {key: str(project[key]) for key in ("name", "stackConfigDir") if key in project}
    return {}


def _load(file: Path) -> Any:
    try:
        return YAML(typ="rt").load(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, YAMLError):
        return None

"""The project and the stack: their files, the settings in them, and the accounts that the stack manages."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pulumi_audian.cli.diagnosis.command import NoAnswerOf, as_map, pulumi
from pulumi_audian.cli.diagnosis.line import Line, Verdict, ok, problem, unknown
from pulumi_audian.connection import Connection, connect
from pulumi_audian.plan import counted
from pulumi_audian.report.preview import ACCOUNT, name_of
from pulumi_audian.settings import ACCOUNTS, NAMESPACE
from pulumi_audian.validation.parsing import parse
from pulumi_audian.validation.project import Project
from pulumi_audian.validation.stack import account_tree, check, check_project, room_left, settings_of, text_of
from pulumi_audian.validation.tree import Node

_SET_IT = "set PULUMI_CONFIG_PASSPHRASE, also where it is empty, or PULUMI_CONFIG_PASSPHRASE_FILE"
_REACH_IT = "make the stack with pulumi stack init, or sign in to where its key is kept"


@dataclass(frozen=True)
class Stack:
    """A stack as far as it is known: its name, its file, and the settings that stand there."""

    project: Project | None
    directory: Path
    name: str = ""
    settings: Mapping[str, Node] = field(default_factory=dict)

    def configured(self, key: str) -> Any:
        """A setting as the provider gets it; raises `NoAnswerOf` where the engine does not decrypt it."""
        value = self.settings.get(key)
        if value is None:
            given = self.project.settings.get(key, {}) if self.project else {}
            return given.get("value", given.get("default"))
        return self.decrypted(key) if value.is_secure else text_of(value)

    def source(self, key: str) -> str:
        """Where a setting comes from, as far as files go."""
        if self.project and key in self.settings:
            return self.project.stack_file(self.name).name
        given = self.project.settings.get(key, {}) if self.project else {}
        return self.project.file.name if self.project and given else "the default"

    def decrypted(self, key: str) -> str:
        """A setting that is encrypted in the stack's file."""
        try:
            return pulumi(self.directory, "config", "get", key, "--stack", self.name)
        except NoAnswerOf as reason:
            raise NoAnswerOf(f"{key} is encrypted, and the engine can't read it: {reason}") from None

    def accounts(self) -> dict[str, str | None]:
        """The ids of the stack's accounts by resource name, from its file or else its state; None if unknown."""
        value = self.settings.get(NAMESPACE + ACCOUNTS)
        tree = account_tree(value) if value is not None else None
        declared = {name: _id(entry.value) for name, entry in tree.entries.items()} if tree is not None else {}
        stored = {name: found for name, found in self._stored().items() if found not in declared.values()}
        return {**stored, **{name: found or stored.get(name) for name, found in declared.items()}}

    def _stored(self) -> dict[str, str]:
        if not self.name:
            return {}
        try:
            exported = as_map(pulumi(self.directory, "stack", "export", "--stack", self.name))
        except NoAnswerOf:
            return {}
        resources = (exported.get("deployment") or {}).get("resources") or []
        return {name_of(entry["urn"]): entry["id"] for entry in resources if _is_account(entry)}


def _is_account(entry: Any) -> bool:
    return entry.get("type") == ACCOUNT and isinstance(entry.get("id"), str) and not entry.get("delete")


def _id(account: Node) -> str | None:
    entry = account.entries.get("accountId")
    return entry.value.content if entry and isinstance(entry.value.content, str) else None


def connection_of(stack: Stack) -> tuple[Connection, dict[str, str]]:
    """The connection that a stack's settings and the environment describe; raises `Refused`.

    With it, by its key, why a setting is missing that the engine does not decrypt.
    """
    undecided: dict[str, str] = {}

    def configured(key: str) -> Any:
        try:
            return stack.configured(key)
        except NoAnswerOf as reason:
            undecided[key] = str(reason)
            return None

    return connect(configured, os.environ), undecided


def project_of(directory: Path) -> tuple[Project | None, Line]:
    """The project that a directory is in."""
    project = Project.around(directory)
    if project is None:
        text = f"there is no Pulumi.yaml in {directory.absolute()} or above it"
        return None, problem("project", text, "name its directory with --cwd")
    if not project.name:
        return project, problem("project", f"{project.file} can't be read or has no name", "correct it")
    findings = check_project(project)
    if findings:
        return project, problem(
            "project", f"{counted(len(findings), 'problem')} in {project.file}", "see audian validate"
        )
    return project, ok("project", f"{project.name} ({project.file})")


def stack_of(project: Project | None, directory: Path, asked: str) -> tuple[Stack, Line]:
    """The stack that is asked for, selected, or the only one; with its file."""
    if project is None:
        return Stack(None, directory, asked), unknown("stack", "not looked for, without a project")
    files = project.stack_files()
    name = asked or _selected(directory) or (_name(files[0]) if len(files) == 1 else "")
    if not name:
        known = ", ".join(map(_name, files))
        remedy = f"name one with --stack: {known}" if known else "make one with pulumi stack init"
        return Stack(project, directory), problem("stack", "none is selected", remedy)
    file = project.stack_file(name)
    try:
        data = file.read_bytes()
    except OSError as error:
        text = f"{name}: {file} can't be read ({error.strerror})"
        return Stack(project, directory, name), problem("stack", text, "write it, or name another with --stack")
    return _with_file(project, directory, name, data)


def _with_file(project: Project, directory: Path, name: str, data: bytes) -> tuple[Stack, Line]:
    root, findings = parse(data).root, check(data, project)
    stack = Stack(project, directory, name, settings_of(root, project) if root is not None else {})
    file = project.stack_file(name)
    if findings:
        text = f"{name}: {counted(len(findings), 'problem')} in {file}"
        return stack, problem("stack", text, f"see audian validate {file}")
    remark = room_left(data, project)
    return stack, ok("stack", f"{name} ({file})" + (f"; {remark}" if remark else ""))


def secrets(stack: Stack, on_backend: Line) -> Line:
    """Whether the engine can use what encrypts the stack's secrets, as each preview does, with or without secrets.

    It encrypts a text of no meaning into a copy of the stack's file.
    """
    subject = "secrets"
    if on_backend.verdict is not Verdict.OK or stack.project is None or not stack.name:
        return unknown(subject, "not tried, without a backend and a stack")
    with TemporaryDirectory(prefix="audian-") as temporary:
        copy = Path(temporary, "stack.yaml")
        with suppress(OSError):  # another line says so
            copy.write_bytes(stack.project.stack_file(stack.name).read_bytes())
        try:
            options = ("--secret", "--config-file", str(copy), "--stack", stack.name)
            pulumi(stack.directory, "config", "set", *options, "audian:doctor", "nothing")
        except NoAnswerOf as reason:
            return problem(subject, str(reason), _SET_IT if "passphrase" in str(reason) else _REACH_IT)
    return ok(subject, "the engine can encrypt and decrypt those of the stack")


def _selected(directory: Path) -> str:
    try:
        return pulumi(directory, "stack", "--show-name")
    except NoAnswerOf:
        return ""


def _name(file: Path) -> str:
    return file.stem.removeprefix("Pulumi.")

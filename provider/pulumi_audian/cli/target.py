"""The stack file that accounts are exported into: what it declares already, and how it is written."""

from __future__ import annotations

import shutil
import uuid
from codecs import BOM_UTF8
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pulumi_audian.errors import Refused
from pulumi_audian.export.existing import StackFile
from pulumi_audian.export.merging import merged
from pulumi_audian.export.tree import Exported
from pulumi_audian.validation.handover import bytes_handed_over, near_the_limit, over_the_limit
from pulumi_audian.validation.parsing import parse
from pulumi_audian.validation.project import Project
from pulumi_audian.validation.tree import Node
from pulumi_audian.values import shown

_MOST_NAMED = 5


@dataclass(frozen=True)
class Target:
    """A stack file with the accounts that it declares; `replaces` tells whether their entries may be written anew."""

    path: Path
    data: bytes
    content: StackFile
    declared: Mapping[str, Node]
    replaces: bool

    @classmethod
    def read(cls, path: Path, *, replaces: bool) -> Target:
        """The file as it is, or an empty one where there is none; raises `Refused` where it can't be added to."""
        data = _read(path)
        try:
            text = data.removeprefix(BOM_UTF8).decode()
        except UnicodeDecodeError:
            raise Refused(f"{path} is not UTF-8; nothing was written") from None
        project = Project.around(path.absolute().parent)
        content = StackFile(str(path), text, project.name if project else "")
        return cls(path, data, content, content.accounts(), replaces)

    def names(self, account_ids: Iterable[str]) -> dict[str, str]:
        """The resource names of accounts that are declared already; raises `Refused` unless they may be replaced."""
        by_id = {_account_id(node): name for name, node in self.declared.items()}
        found = {account_id: by_id[account_id] for account_id in account_ids if account_id in by_id}
        if found and not self.replaces:
            listed = [f"{account_id} (as {shown(name)})" for account_id, name in found.items()]
            more = [f"{len(listed) - _MOST_NAMED} more"] if len(listed) > _MOST_NAMED else []
            what = ", ".join([*listed[:_MOST_NAMED], *more])
            raise self.content.refused(f"it declares {what}: leave these out, or write them anew with --replace")
        for name in found.values():
            if any(node.is_secure for _, _, node in self.declared[name].walk()):
                raise self.content.refused(f"{shown(name)} has encrypted values, which --replace can't write anew")
        return found

    def check(self, names: Mapping[str, str]) -> None:
        """Raise `Refused` where a resource name, by account id, is that of another account in the file."""
        for account_id, name in names.items():
            node = self.declared.get(name)
            if node is not None and _account_id(node) != account_id:
                other = shown(_account_id(node))
                hint = f"choose another for {account_id} with --name {account_id}=NAME"
                raise self.content.refused(f"the resource name {shown(name)} is that of account {other} there: {hint}")

    def former(self, name: str) -> Mapping[str, Any]:
        """What the file says of an account by its resource name; nothing where it does not declare it."""
        node = self.declared.get(name)
        plain = node.plain() if node is not None else None
        return plain if isinstance(plain, Mapping) else {}

    def write(self, accounts: Sequence[Exported]) -> str:
        """Write the file with the accounts in it, at once or not at all, and tell where few more fit.

        Raises `Refused` where that can't be, or where no program would start with the file.
        """
        mark = BOM_UTF8 if self.data.startswith(BOM_UTF8) else b""
        text = merged(self.content, accounts)
        root = parse(text.encode()).root
        project = Project.around(self.path.absolute().parent) or Project(self.path)
        size = bytes_handed_over(root, project) if root else 0
        if over_the_limit(size):
            raise self.content.refused(over_the_limit(size))
        if _read(self.path) != self.data:
            raise self.content.refused("someone else changed it meanwhile: run again")
        try:
            _replace(self.path.resolve(), mark + text.encode())
        except OSError as error:
            raise self.content.refused(f"it can't be written ({error.strerror})") from None
        return near_the_limit(size)


def _account_id(node: Node) -> Any:
    entry = node.entries.get("accountId")
    return entry.value.content if entry and isinstance(entry.value.content, str) else None


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes() if path.exists() else b""
    except OSError as error:
        raise Refused(f"{path} can't be read: {error.strerror}") from None


def _replace(path: Path, data: bytes) -> None:
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        with temporary.open("xb") as file:
            file.write(data)
        if path.exists():
            shutil.copymode(path, temporary)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)

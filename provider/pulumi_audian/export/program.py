"""Accounts as a Python program, formatted as `ruff format` formats it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pulumi_audian.declaration import is_object
from pulumi_audian.export.remarks import remark
from pulumi_audian.export.tree import Exported, LeftOut, omissions, written
from pulumi_audian.fields import Path, snake_case
from pulumi_audian.legible import visible

_HEAD = '''"""The accounts as they were when they were exported."""

import pulumi_audian as audian
'''
_HINT = "to declare it encrypted: pulumi config set --secret, and pulumi.Config().require_secret() here"
_STEP = 4


def program(accounts: Iterable[Exported]) -> str:
    """A program that declares the accounts."""
    return "\n".join([_HEAD, *("\n".join(_call(account)) + "\n" for account in accounts)])


def literal(value: Any) -> str:
    """A value without members as Python writes it, in the quotes that need fewer escapes."""
    if not isinstance(value, str):
        return repr(value)
    text = value.replace("\\", "\\\\")
    quote = "'" if '"' in value and value.count('"') > value.count("'") else '"'
    return quote + visible(text.replace(quote, f"\\{quote}")) + quote


def _call(account: Exported) -> Iterator[str]:
    yield "audian.Account("
    yield f"{' ' * _STEP}{literal(account.name)},"
    for key, value in account.tree.items():
        yield from _member(f"{snake_case(key)}=", value, (key,), _STEP)
    yield ")"


def _member(start: str, value: Any, path: Path, indent: int) -> Iterator[str]:
    """The lines of a value after the text that names it; one that is left out becomes a comment."""
    pad = " " * indent
    if isinstance(value, LeftOut):
        yield pad + remark(path, value, _HINT)
    elif isinstance(value, Mapping) and value and not written(value):
        yield from (pad + remark(inner, omission, _HINT) for inner, omission in omissions(value, path))
    elif isinstance(value, Mapping) and value:
        yield f"{pad}{start}{{"
        for key, inner in value.items():
            yield from _member(f"{literal(_python_name(key, path))}: ", inner, (*path, key), indent + _STEP)
        yield f"{pad}}},"
    elif isinstance(value, list) and value:
        yield f"{pad}{start}["
        for inner in value:
            yield from _member("", inner, path, indent + _STEP)
        yield f"{pad}],"
    else:
        yield f"{pad}{start}{literal(value)},"


def _python_name(key: str, path: Path) -> str:
    return snake_case(key) if len(path) == 1 and is_object(path[0]) else key

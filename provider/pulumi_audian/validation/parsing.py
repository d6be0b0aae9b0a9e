"""Reads YAML as the engine does, and finds what it would refuse.

The engine's parser is a port of libyaml, which is asked for events here; the rest is decided as the engine does.
"""

from __future__ import annotations

from dataclasses import dataclass

import yaml

from pulumi_audian.validation.building import Builder, RefusedYaml
from pulumi_audian.validation.finding import START, Finding, Position, about_file
from pulumi_audian.validation.tree import Node

_PARSER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Document:
    """What a file says, as far as it can be read, and what is wrong with how it is written."""

    root: Node | None
    findings: list[Finding]


def parse(data: bytes) -> Document:
    """The first document of a file, which is the only one that the engine reads."""
    builder = Builder()
    # The engine drops this mark itself, so that it does not count as a column.
    content = data.removeprefix(_BYTE_ORDER_MARK)
    try:
        builder.read(_PARSER(content))
    except RefusedYaml as refused:
        return Document(None, [refused.finding])
    except yaml.reader.ReaderError as error:
        return Document(None, [about_file(_after(content[: error.position]), f"is no YAML: {error.reason}")])
    except yaml.MarkedYAMLError as error:
        return Document(None, [_syntax_error(error, content)])
    return Document(builder.root, builder.findings)


def _after(content: bytes) -> Position:
    lines = content.decode("utf-8", "replace").splitlines(keepends=True) or [""]
    return Position(len(lines), len(lines[-1]) + 1)


def _syntax_error(error: yaml.MarkedYAMLError, content: bytes) -> Finding:
    mark = error.problem_mark or error.context_mark
    at = Position(mark.line + 1, mark.column + 1) if mark else START
    context = f" {error.context}" if error.context else ""
    lines = content.decode("utf-8", "replace").splitlines()
    line = lines[at.line - 1] if at.line <= len(lines) else ""
    hint = "; indent with spaces, not with tabs" if "\t" in line[: len(line) - len(line.lstrip())] else ""
    return about_file(at, f"is no YAML: {error.problem}{context}{hint}")

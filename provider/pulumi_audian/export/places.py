"""Where the text of a value in a YAML file ends."""

from __future__ import annotations

import re

import yaml

from pulumi_audian.export.existing import pairs

_COMMENT = re.compile(r"(?P<indent> *)#.*(?:\n|\Z)")
_BLANK = re.compile(r"[ \t]*\r?\n")
_LINE_END = re.compile(r"\r?\n|\Z")


def line_end(text: str, position: int) -> int:
    """The end of the line that a position is on."""
    match = _LINE_END.search(text, position)
    return match.start() if match else len(text)


def end(text: str, node: yaml.Node, indent: int) -> int:
    """The start of the line after a value and the comments below it that are indented by at least so much."""
    found = _last(node)
    if not text.endswith("\n", 0, found):
        found = text.find("\n", found) + 1 or len(text)
    position = found
    while blank_or_comment := _BLANK.match(text, position) or _COMMENT.match(text, position):
        position = blank_or_comment.end()
        depth = blank_or_comment.groupdict().get("indent")
        if depth is not None and len(depth) < indent:
            break
        found = found if depth is None else position
    return found


def _last(node: yaml.Node) -> int:
    """The position after a value: the parser itself counts what follows as well."""
    seen: dict[int, yaml.Node] = {}
    waiting = [node]
    while waiting:
        inner = waiting.pop()
        if id(inner) not in seen:
            seen[id(inner)] = inner
            waiting += [part for pair in pairs(inner) for part in pair]
            waiting += inner.value if isinstance(inner, yaml.SequenceNode) else []
    return max((inner.end_mark.index for inner in seen.values() if _ends_itself(inner)), default=node.end_mark.index)


def _ends_itself(node: yaml.Node) -> bool:
    return not isinstance(node, yaml.CollectionNode) or bool(node.flow_style)

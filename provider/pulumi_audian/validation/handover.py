"""How much the engine hands to a program, which gets its whole configuration in one environment variable.

The engine's language hosts write it as JSON (`constructConfig` in pulumi/pulumi), in which objects are texts that are
JSON themselves. Linux refuses to start a program with a longer variable (`MAX_ARG_STRLEN`).
"""

from __future__ import annotations

import json
import re
from typing import Any

from pulumi_audian.validation.project import Project, namespaced
from pulumi_audian.validation.tree import Node
from pulumi_audian.values import whole_numbers

MOST_BYTES = 131_072
_NEARLY = 0.9
_VARIABLE = "PULUMI_CONFIG="
_ESCAPED_BY_GO = re.compile("[<>&\u2028\u2029]")
_WAY_OUT = "declare accounts in a program that reads a file of its own, or in several stacks"


def bytes_handed_over(root: Node, project: Project) -> int:
    """The bytes of the environment variable for a stack file's configuration and the project's defaults.

    An encrypted value counts with what its ciphertext can hold.
    """
    config = root.entries.get("config")
    entries = config.value.entries if config else {}
    stated = {namespaced(key, project.name): entry.value for key, entry in entries.items()}
    defaults = {key: given.get("value", given.get("default")) for key, given in project.settings.items()}
    texts = {
        **{key: _text(value) for key, value in defaults.items() if value is not None},
        **{key: _text(_decrypted(value)) for key, value in stated.items()},
    }
    return len((_VARIABLE + _json(texts) + "\0").encode("utf-8", "surrogatepass"))


def over_the_limit(size: int) -> str:
    """Why no program starts with so many bytes, or nothing where it does."""
    if size <= MOST_BYTES:
        return ""
    return f"{_measured(size)}: the engine can't start a program with more ({_WAY_OUT})"


def near_the_limit(size: int) -> str:
    """That few more accounts fit, or nothing where there is room."""
    if not _NEARLY * MOST_BYTES < size <= MOST_BYTES:
        return ""
    return f"{_measured(size)}: before it has more, {_WAY_OUT}"


def _measured(size: int) -> str:
    return f"the configuration takes {size:,} of the {MOST_BYTES:,} bytes that Linux passes to a program"


def _decrypted(value: Node) -> Any:
    if value.is_secure:
        # The engine's own encryption adds a nonce, in a part of its own, and a tag of 16 bytes; others may add more.
        encrypted = str(value.entries["secure"].value.content).rpartition(":")[2].rstrip("=")
        return "x" * (len(encrypted) * 3 // 4 - 16)
    if isinstance(value.content, dict):
        return {key: _decrypted(entry.value) for key, entry in value.content.items()}
    return [_decrypted(item) for item in value.content] if isinstance(value.content, list) else value.content


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else _json(whole_numbers(value))


def _json(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
    return _ESCAPED_BY_GO.sub(lambda match: f"\\u{ord(match[0]):04x}", text)

"""Which names stand for values that do not belong into code in plain text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_WORDS = frozenset({"pin", "pins", "puk", "otp", "key", "keys", "pass", "pwd", "pw", "salt", "auth", "bearer", "jwt"})
_ENDINGS = re.compile(r"(?:token|secret|password|passwd|passcode|passphrase|passwort|credential|apikey|accesskey)s?$")


def looks_secret(name: str) -> bool:
    """Whether the name of a value says that it is a credential: `apiToken`, `SIP_PASSWORD`, `door-pin`."""
    words = [word.lower() for word in _WORD.findall(name)]
    return any(word in _WORDS or _ENDINGS.search(word) for word in words)


def holds_secret(value: Any) -> bool:
    """Whether there is a name in a value, at any depth, that looks like that of a secret."""
    if isinstance(value, Mapping):
        return any(looks_secret(key) or holds_secret(inner) for key, inner in value.items())
    return isinstance(value, list) and any(map(holds_secret, value))

"""Every field of an Audian account, as one table.

Diff, patch, validation, messages, the JSON Schema of stack files and the docs are driven by it. Sources: the
"Request Body", "Success Response", "Immutable Fields" and "Validation Rules" sections of the API contract.
"""

from __future__ import annotations

import enum
import json
import re
from typing import NamedTuple

Path = tuple[str, ...]


class Kind(enum.Enum):
    """Who may change a field."""

    MUTABLE = "mutable"
    IMMUTABLE = "immutable"
    READ_ONLY = "read-only"


class Rule(enum.Enum):
    """What a value must be; the member's value finishes the sentence "X is not ..."."""

    TEXT = "text (quote numbers and dates)"
    DISPLAY_NAME = "1 to 100 characters of text"
    EMAIL = "an email address such as admin@acme.com"
    PHONE = "a phone number such as +1-555-0200 (quote it: it is text)"
    TIMEZONE = "an IANA timezone such as America/New_York"
    STATUS = "one of active, suspended, closed"
    RETENTION_DAYS = "a whole number of days from 1 to 365"
    SWITCH = "true or false"
    OBJECT = "a map of names to values"
    FREE_OBJECT = "a map of names to JSON values (numbers beyond 2^53 as quoted text)"


class Field(NamedTuple):
    """One field: its path on the wire, who may change it, what it must be, and what to do instead of changing it."""

    path: Path
    kind: Kind
    rule: Rule
    remedy: str = ""
    input_name: str = ""

    @property
    def declared_as(self) -> str:
        """The name in stack files and in state: the wire name, except for the account's id."""
        return self.input_name or self.path[-1]


def _row(
    dotted: str, kind: Kind = Kind.MUTABLE, rule: Rule = Rule.TEXT, *, remedy: str = "", input_name: str = ""
) -> Field:
    return Field(tuple(dotted.split(".")), kind, rule, remedy, input_name)


FIELDS: tuple[Field, ...] = (
    _row(
        "id",
        Kind.IMMUTABLE,
        input_name="accountId",
        remedy="declare another account under a resource name of its own",
    ),
    _row("name", Kind.IMMUTABLE, remedy="the original name can't be changed: set displayName instead"),
    _row("displayName", rule=Rule.DISPLAY_NAME),
    _row("email", rule=Rule.EMAIL),
    _row("phone", rule=Rule.PHONE),
    _row("status", rule=Rule.STATUS),
    _row(
        "plan",
        Kind.IMMUTABLE,
        remedy="change the plan with Audian's upgrade/downgrade endpoint, then declare the new one here",
    ),
    _row("address", rule=Rule.OBJECT),
    _row("address.street"),
    _row("address.city"),
    _row("address.state"),
    _row("address.postalCode"),
    _row("address.country"),
    _row("settings", rule=Rule.OBJECT),
    _row("settings.timezone", rule=Rule.TIMEZONE),
    _row("settings.language"),
    _row("settings.enableVoiceMail", rule=Rule.SWITCH),
    _row("settings.enableRecording", rule=Rule.SWITCH),
    _row("settings.recordingRetention", rule=Rule.RETENTION_DAYS),
    _row("settings.smsEnabled", rule=Rule.SWITCH),
    _row("metadata", rule=Rule.FREE_OBJECT),
    _row("createdAt", Kind.IMMUTABLE, remedy="a creation time never changes: correct the declaration or remove it"),
    _row("updatedAt", Kind.READ_ONLY),
)

BY_PATH: dict[Path, Field] = {field.path: field for field in FIELDS}
TOP_LEVEL: tuple[Field, ...] = tuple(field for field in FIELDS if len(field.path) == 1)
MUTABLE: tuple[str, ...] = tuple(field.path[0] for field in TOP_LEVEL if field.kind is Kind.MUTABLE)
ASSERTABLE: tuple[str, ...] = tuple(
    field.path[0] for field in TOP_LEVEL if field.kind is Kind.IMMUTABLE and not field.input_name
)
OPTIONS: tuple[str, ...] = ("onDelete", "onConflict", "allowStatus", "clear")

_BARE_SEGMENT = re.compile(r"[A-Za-z_$][\w$-]*")


def members(prefix: Path) -> tuple[Field, ...]:
    """The fields directly inside the object at `prefix`; none for an object of free-form keys."""
    return tuple(field for field in FIELDS if field.path[:-1] == prefix)


def dotted(path: Path) -> str:
    """A path as people and the engine write it: `settings.timezone`, `metadata["crm.id"]`."""
    return "".join(map(_segment, path)).removeprefix(".")


def parse_dotted(text: str) -> Path:
    """The path that `dotted`, the engine or a person wrote."""
    found = re.findall(r'\[("(?:[^"\\]|\\.)*")\]|([^.\[\]]+)', text)
    return tuple(_unquoted(quoted) if quoted else bare for quoted, bare in found)


def _unquoted(quoted: str) -> str:
    try:
        key: str = json.loads(quoted)
        key.encode()  # half a character can't be kept
    except ValueError:
        return quoted[1:-1].replace('\\"', '"')  # the engine escapes nothing but quotation marks
    return key


def _segment(part: str) -> str:
    return f".{part}" if _BARE_SEGMENT.fullmatch(part) else f"[{json.dumps(part, ensure_ascii=False)}]"


def snake_case(name: str) -> str:
    """A wire name as Python writes it: `enableVoiceMail` -> `enable_voice_mail`."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


WIRE_NAMES: dict[str, str] = {snake_case(name): name for name in (*(field.declared_as for field in FIELDS), *OPTIONS)}


def wire_path(path: str) -> str:
    """A dotted path with Python names, such as `settings.enable_recording`, as the engine and the API know it."""
    match = re.fullmatch(r"(\w+)(?:\.(\w+))?(.*)", path, re.DOTALL)
    if match is None:
        return path
    head, member, rest = WIRE_NAMES.get(match[1], match[1]), match[2], match[3]
    if member and BY_PATH.get((head,), BY_PATH[("metadata",)]).rule is Rule.OBJECT:
        member = WIRE_NAMES.get(member, member)
    return head + (f".{member}" if member else "") + rest

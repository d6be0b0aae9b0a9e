"""Every field of an Audian account, as one table.

Diff, patch, validation, messages, the JSON Schema of stack files and the docs are driven by it. Sources: the
"Request Body", "Success Response", "Immutable Fields" and "Validation Rules" sections of the API contract.
"""

from __future__ import annotations

import enum
import json
import re
from collections.abc import Callable
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
    """One field: its path on the wire, what it is, who may change it, what it must be, and what to do instead."""

    path: Path
    description: str
    kind: Kind
    rule: Rule
    remedy: str = ""
    input_name: str = ""

    @property
    def declared_as(self) -> str:
        """The name in stack files and in state: the wire name, except for the account's id."""
        return self.input_name or self.path[-1]


def _row(dotted: str, description: str, rule: Rule = Rule.TEXT, *, kind: Kind = Kind.MUTABLE) -> Field:
    return Field(tuple(dotted.split(".")), description, kind, rule)


def _immutable(name: str, description: str, remedy: str, *, input_name: str = "") -> Field:
    return Field((name,), description, Kind.IMMUTABLE, Rule.TEXT, remedy, input_name)


FIELDS: tuple[Field, ...] = (
    _immutable(
        "id",
        "The account to manage; it can't be changed later.",
        "declare another account under a resource name of its own",
        input_name="accountId",
    ),
    _immutable("name", "The original name.", "the original name can't be changed: set the display name instead"),
    _row("displayName", "The name that is shown.", Rule.DISPLAY_NAME),
    _row("email", "The account's email address.", Rule.EMAIL),
    _row("phone", "The account's phone number.", Rule.PHONE),
    _row(
        "status",
        "Whether the account's phones work; suspended and closed must be listed in allowStatus.",
        Rule.STATUS,
    ),
    _immutable(
        "plan",
        "The plan.",
        "change the plan with Audian's upgrade/downgrade endpoint, then declare the new one here",
    ),
    _row("address", "The billing address; what is left out stays as it is.", Rule.OBJECT),
    _row("address.street", "Street and number."),
    _row("address.city", "The city."),
    _row("address.state", "The state or province."),
    _row("address.postalCode", "The postal code."),
    _row("address.country", "The country."),
    _row("settings", "The account's settings; what is left out stays as it is.", Rule.OBJECT),
    _row("settings.timezone", "The timezone, as area and place.", Rule.TIMEZONE),
    _row("settings.language", "The language."),
    _row("settings.enableVoiceMail", "Whether callers can leave a message.", Rule.SWITCH),
    _row("settings.enableRecording", "Whether calls are recorded.", Rule.SWITCH),
    _row("settings.recordingRetention", "How long recordings are kept, in days.", Rule.RETENTION_DAYS),
    _row("settings.smsEnabled", "Whether text messages can be sent and received.", Rule.SWITCH),
    _row("metadata", "Values of your own by name; what is left out stays as it is.", Rule.FREE_OBJECT),
    _immutable(
        "createdAt",
        "When the account was created.",
        "a creation time never changes: correct the declaration or remove it",
    ),
    _row("updatedAt", "When the account was last changed.", kind=Kind.READ_ONLY),
)

BY_PATH: dict[Path, Field] = {field.path: field for field in FIELDS}
TOP_LEVEL: tuple[Field, ...] = tuple(field for field in FIELDS if len(field.path) == 1)
MUTABLE: tuple[str, ...] = tuple(field.path[0] for field in TOP_LEVEL if field.kind is Kind.MUTABLE)
ASSERTABLE: tuple[str, ...] = tuple(
    field.path[0] for field in TOP_LEVEL if field.kind is Kind.IMMUTABLE and not field.input_name
)
OPTIONS: dict[str, str] = {
    "onDelete": "What happens when the account leaves the code: it stays as it is, or gets back what we overwrote.",
    "onConflict": "What up does where someone else changed a declared field: warn and go on, or fail.",
    "allowStatus": "The statuses other than active that status may be set to.",
    "clear": "Paths of fields to set to null.",
}
"""What an account's entry may say besides fields, by name."""

_LISTS = ("allowStatus", "clear")

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


def spelled(path: Path, spell: Callable[[str], str]) -> Path:
    """A path with the names of known fields and options spelt in another way, and all others as they are."""
    known = {*WIRE_NAMES.values()}
    depth = 2 if BY_PATH.get(path[:1], BY_PATH[("metadata",)]).rule is Rule.OBJECT else 1
    return tuple(spell(part) if part in known and at < depth else part for at, part in enumerate(path))


def respelled(text: str, spell: Callable[[str], str]) -> str:
    """The same of a path as a text; one without such names stays as it was written."""
    path = parse_dotted(text)
    found = spelled(path, spell)
    return text if found == path else dotted(found)


def is_path_of_field(path: Path) -> bool:
    """Whether a path of a resource option, which may hold `*`, leads to an input, an output or something inside."""
    if not path:
        return True
    head, *rest = path
    if head == "*" or head.startswith("__") or head in ("metadata", "overwritten", *_LISTS):
        return True
    if not rest:
        return head in (*(field.declared_as for field in TOP_LEVEL), *OPTIONS)
    return len(rest) == 1 and any(rest[0] in ("*", field.declared_as) for field in members((head,)))


def wire_path(path: str) -> str:
    """A dotted path with Python names, such as `settings.enable_recording`, as the engine and the API know it."""
    match = re.fullmatch(r"(\w+)(?:\.(\w+))?(.*)", path, re.DOTALL)
    if match is None:
        return path
    head, member, rest = WIRE_NAMES.get(match[1], match[1]), match[2], match[3]
    if member and BY_PATH.get((head,), BY_PATH[("metadata",)]).rule is Rule.OBJECT:
        member = WIRE_NAMES.get(member, member)
    return head + (f".{member}" if member else "") + rest

"""Validation of a declaration: pydantic models made from the field table, and their errors in our words.

The rules are those of the contract's "Validation Rules" section; each is checked before any call is made.
"""

from __future__ import annotations

import difflib
import functools
from collections.abc import Callable, Iterable, Mapping
from importlib import resources
from typing import Annotated, Any, Literal

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError, create_model
from pydantic_core import ErrorDetails

from pulumi_audian import fields
from pulumi_audian.errors import Problem
from pulumi_audian.fields import Kind, Path, Rule, dotted, parse_dotted, spelled
from pulumi_audian.values import is_exact, scalars, shown

# The contract's own example, +1-555-0200, is neither E.164 nor a number that a dialling plan knows: what is
# checked is that the text can only be a phone number, with an optional extension.
_PHONE = r"(?i)^\+?\(?[0-9](?:[ ().\-/]{0,3}[0-9]){2,14}(?:[ ,;]*(?:x|ext)[.=]?\s*[0-9]{1,6})?$"

_OPTION_EXPECTS = {
    "accountId": "an account's id such as acc_1234567890",
    "onDelete": "one of retain, restore",
    "onConflict": "one of warn, fail",
    "allowStatus": "a list of suspended and closed",
    "clear": "a list of field paths such as settings.language",
}


@functools.cache
def timezones() -> frozenset[str]:
    """The names of the IANA timezone database, from the `tzdata` package: the same on every machine."""
    return frozenset(resources.files("tzdata").joinpath("zones").read_text("utf-8").split())


def _require_email(value: str) -> str:
    try:
        validate_email(value, check_deliverability=False, strict=True)
    except EmailNotValidError as error:
        raise ValueError from error
    return value


def _require_timezone(value: str) -> str:
    if value not in timezones():
        raise ValueError
    return value


def _require_exact_numbers(value: dict[str, Any]) -> dict[str, Any]:
    if not all(is_exact(inner) for inner in scalars(value) if isinstance(inner, float)):
        raise ValueError
    return value


_TYPES: dict[Rule, Any] = {
    Rule.TEXT: str,
    Rule.DISPLAY_NAME: Annotated[str, StringConstraints(min_length=1, max_length=100)],
    Rule.EMAIL: Annotated[str, AfterValidator(_require_email)],
    Rule.PHONE: Annotated[str, StringConstraints(pattern=_PHONE)],
    Rule.TIMEZONE: Annotated[str, AfterValidator(_require_timezone)],
    Rule.STATUS: Literal["active", "suspended", "closed"],
    Rule.RETENTION_DAYS: Annotated[int, Field(ge=1, le=365)],
    Rule.SWITCH: bool,
    Rule.FREE_OBJECT: Annotated[dict[str, Any], AfterValidator(_require_exact_numbers)],
}


def _type_of(field: fields.Field) -> Any:
    return _object_model(field.path) if field.rule is Rule.OBJECT else _TYPES[field.rule]


def _members(prefix: Path) -> dict[str, Any]:
    return {
        field.path[-1]: (_type_of(field), Field(default=None, description=f"Must be {field.rule.value}."))
        for field in fields.members(prefix)
        if field.kind is not Kind.READ_ONLY and not field.input_name
    }


def _object_model(path: Path) -> type[BaseModel]:
    config = ConfigDict(extra="forbid", strict=True)
    return create_model(path[-1].capitalize(), __config__=config, **_members(path))


class _Options(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    accountId: Annotated[str, StringConstraints(pattern=r"^[\w\-~][\w\-.~]*$")]  # noqa: N815 - the stack file's spelling
    onDelete: Literal["retain", "restore"] = "retain"  # noqa: N815
    onConflict: Literal["warn", "fail"] = "warn"  # noqa: N815
    allowStatus: list[Literal["suspended", "closed"]] = []  # noqa: N815
    clear: list[str] = []


@functools.cache
def account_model() -> type[BaseModel]:
    """The pydantic model of one account's inputs, by their stack-file names."""
    return create_model("Account", __base__=_Options, **_members(()))


Spelling = Callable[[str], str]
"""Turns a wire name into the one that the declaration has for it."""


def problems(
    known: Mapping[str, Any], *, unknown: frozenset[str], secret: frozenset[str], spell: Spelling = str
) -> list[Problem]:
    """Everything wrong with an account's inputs, all at once, sorted by path.

    `known` holds the inputs whose values are known, by wire name; `unknown` names top-level inputs without a value
    yet; values of the top-level inputs named by `secret` are masked. Messages name fields as `spell` does, paths of
    problems have wire names.
    """
    found = {*_model_problems(known, unknown, secret, spell), *_clear_problems(known, spell)}
    return sorted({*found, *_status_problems(known, secret, spell)})


def misspelt_options(misspelt: Iterable[tuple[str, str]], *, spell: Spelling = str) -> list[Problem]:
    """The problems of resource options that name paths of no field: options that would have no effect."""
    return [Problem(option, _leads_nowhere(parse_dotted(text), spell)) for option, text in misspelt]


def _leads_nowhere(path: Path, spell: Spelling) -> str:
    length = next((length for length in range(1, len(path)) if path[:length] not in fields.BY_PATH), len(path))
    return f"{dotted(spelled(path, spell))} {_unknown_key(path[:length], spell)}"


def _model_problems(
    known: Mapping[str, Any], unknown: frozenset[str], secret: frozenset[str], spell: Spelling
) -> Iterable[Problem]:
    try:
        account_model().model_validate(known)
    except ValidationError as error:
        for details in error.errors():
            if not (details["type"] == "missing" and details["loc"][0] in unknown):
                yield _problem(details, secret, spell)


def _problem(details: ErrorDetails, secret: frozenset[str], spell: Spelling) -> Problem:
    path = tuple(str(part) for part in details["loc"] if not isinstance(part, int))
    if details["type"] == "extra_forbidden":
        return Problem(dotted(path), _unknown_key(path, spell))
    if details["type"] == "missing":
        return Problem(dotted(path), f"is required: set it to {_OPTION_EXPECTS[path[0]]}")
    value = "[secret]" if path[0] in secret else shown(details["input"])
    field = fields.BY_PATH.get(path)
    expects = field.rule.value if field else _OPTION_EXPECTS[path[0]]
    hint = "" if path[0] in secret or not field else _hint(field.rule, details["input"])
    return Problem(dotted(path), f"{value} is not {expects}{hint}")


def _hint(rule: Rule, value: Any) -> str:
    if rule is Rule.TIMEZONE and isinstance(value, str):
        nearest = difflib.get_close_matches(value, timezones(), n=1)
        return f"; did you mean {nearest[0]}?" if nearest else ""
    if rule is Rule.EMAIL and isinstance(value, str) and "@" in value:
        return _undeliverable(value.rpartition(".")[2].lower())
    return ""


def _undeliverable(ending: str) -> str:
    # The others of its reasons can be seen in the text.
    reserved = ending in SPECIAL_USE_DOMAIN_NAMES
    return f": no mail reaches .{ending}, which is reserved for special use" if reserved else ""


def _unknown_key(path: Path, spell: Spelling) -> str:
    *prefix, key = path
    siblings = {field.declared_as: field for field in fields.members(tuple(prefix))}
    if key in siblings or path == ("id",):
        return _not_an_input(siblings.get(key) or fields.BY_PATH[("id",)], spell)
    if not siblings:
        return f"is not a known field; {dotted(spelled(tuple(prefix), spell))} has no members"
    if prefix and fields.WIRE_NAMES.get(key) in siblings:  # alone, it would have been taken for the wire name
        return f"is the same field as {fields.WIRE_NAMES[key]}: keep one of the two"
    names = [name for name, field in siblings.items() if field.kind is not Kind.READ_ONLY]
    names += [] if prefix else fields.OPTIONS
    by_folded = {name.lower(): spell(name) for name in names}
    nearest = difflib.get_close_matches(key.replace("_", "").lower(), by_folded, n=1, cutoff=0.5)
    known = ", ".join(sorted(by_folded.values()))
    hint = f"did you mean {by_folded[nearest[0]]}?" if nearest else f"known here: {known}"
    return f"is not a known field; {hint}"


def _not_an_input(field: fields.Field, spell: Spelling) -> str:
    if field.input_name:
        return f"is not an input; did you mean {spell(field.input_name)}?"
    return "is read-only: the API sets it; remove it from the declaration"


def _clear_problems(known: Mapping[str, Any], spell: Spelling) -> Iterable[Problem]:
    paths = known.get("clear")
    if not isinstance(paths, list):
        return
    for text in paths:
        path = fields.parse_dotted(text) if isinstance(text, str) else ()
        if path == ("status",) or path[:1] not in [(name,) for name in fields.MUTABLE]:
            written = fields.respelled(text, spell) if isinstance(text, str) else text
            yield Problem("clear", f"{shown(written)} is not the path of a field that can be changed")
        elif path[0] != "metadata" and path not in fields.BY_PATH:
            yield Problem("clear", _leads_nowhere(path, spell))
        elif _declares(known, path) or paths.count(text) > 1 or _clears_above(paths, path):
            which = dotted(spelled(path, spell))
            yield Problem("clear", f"{which} is declared or cleared as well: keep one of the two")


def _declares(known: Mapping[str, Any], path: Path) -> bool:
    value: Any = known
    for key in path:
        if not isinstance(value, Mapping):
            return True  # a value is declared that has no members
        if key not in value:
            return False
        value = value[key]
    return True


def _clears_above(paths: list[Any], path: Path) -> bool:
    cleared = [fields.parse_dotted(text) for text in paths if isinstance(text, str)]
    return any(len(other) < len(path) and path[: len(other)] == other for other in cleared)


def _status_problems(known: Mapping[str, Any], secret: frozenset[str], spell: Spelling) -> Iterable[Problem]:
    status, allowed = known.get("status"), known.get("allowStatus")
    if status in ("suspended", "closed") and status not in (allowed if isinstance(allowed, list) else ()):
        what, which = ("[secret]", "it") if "status" in secret else (shown(status), status)
        yield Problem(
            "status",
            f"{what} takes the phones of everyone on this account out of service: "
            f"if that is meant, add {which} to {spell('allowStatus')}",
        )

"""What programs declare, what others do to an account, and what goes wrong, as Hypothesis strategies.

The pools are small, so that two parties often mean the same field, and sometimes the same value.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from tests.property.documents import Document, Path, leaves, related

PEOPLE = ("ada@acme.com", "grace@acme.com")
TAKEN = "taken@acme.com"
"""The address of another account, which the API refuses to give away."""

NAMES = st.sampled_from(["One", "Two", "Drei \u260e"])
WORDS = st.sampled_from(["x", "y", "60"])
_PHONES = st.sampled_from(["+1-555-0200", "+49-30-555-0300"])
_SCALARS = st.one_of(WORDS, st.booleans(), st.sampled_from([0, 1, 60, 0.5, -3]))
_LISTS = st.lists(st.one_of(_SCALARS, st.none(), st.dictionaries(WORDS, _SCALARS, max_size=2)), max_size=2)
_TREES: SearchStrategy[Document] = st.dictionaries(
    st.sampled_from(["k", "crm.id"]), st.one_of(_SCALARS, _LISTS, st.just({})), max_size=2
)

ANYTHING: SearchStrategy[Any] = st.one_of(_SCALARS, _LISTS, _TREES)
METADATA: SearchStrategy[Document] = st.fixed_dictionaries(
    {},
    optional={
        "tier": _SCALARS,
        "crm.id": _SCALARS,
        "costCenter": _SCALARS,
        'a ["b"]': _SCALARS,
        "any": ANYTHING,
        "tags": _LISTS,
        "tree": _TREES,
        "deep": st.dictionaries(WORDS, _TREES, max_size=2),
    },
)
_ADDRESS = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("street", "city", "state", "postalCode", "country"), WORDS)
)
_SETTINGS = st.fixed_dictionaries(
    {},
    optional={
        "timezone": st.sampled_from(["UTC", "Europe/Paris"]),
        "language": WORDS,
        "recordingRetention": st.sampled_from([14, 60]),
        **{name: st.booleans() for name in ("enableVoiceMail", "enableRecording", "smsEnabled")},
    },
)
FIELDS: dict[str, SearchStrategy[Any]] = {
    "displayName": NAMES,
    "email": st.sampled_from([*PEOPLE * 5, TAKEN]),
    "phone": _PHONES,
    "address": _ADDRESS,
    "settings": _SETTINGS,
    "metadata": METADATA,
}
STATUSES = ("active", "suspended", "closed")


def _with_permission(status: str) -> SearchStrategy[Document]:
    permission = st.just([status]) | st.just(["suspended", "closed"])
    return (
        st.just({"status": status})
        if status == "active"
        else permission.map(lambda allowed: {"status": status, "allowStatus": allowed})
    )


DECLARED_STATUSES: SearchStrategy[Document] = st.sampled_from(STATUSES).flatmap(_with_permission)


def parts(size: int) -> SearchStrategy[Document]:
    """Up to so many fields with valid values."""
    names = st.lists(st.sampled_from(sorted(FIELDS)), min_size=1, max_size=size, unique=True)
    return names.flatmap(lambda chosen: st.fixed_dictionaries({name: FIELDS[name] for name in chosen}))


CLEARABLE: dict[str, Path] = {
    "phone": ("phone",),
    "address": ("address",),
    "address.state": ("address", "state"),
    "settings.language": ("settings", "language"),
    "settings.smsEnabled": ("settings", "smsEnabled"),
    "metadata": ("metadata",),
    "metadata.tier": ("metadata", "tier"),
    'metadata["crm.id"]': ("metadata", "crm.id"),
    "metadata.any": ("metadata", "any"),
    "metadata.any.k": ("metadata", "any", "k"),
    "metadata.tree": ("metadata", "tree"),
    "metadata.tree.k": ("metadata", "tree", "k"),
}
REFILLED: dict[Path, Any] = {
    ("phone",): "+1-555-0300",
    ("address",): {"city": "x"},
    ("settings", "smsEnabled"): True,
    ("metadata",): {"costCenter": "x"},
}
"""What someone else may put where a program clears; a word anywhere else."""

OPTIONS: SearchStrategy[Document] = st.fixed_dictionaries(
    {},
    optional={
        "onConflict": st.sampled_from(["warn", "fail"]),
        "onDelete": st.sampled_from(["restore", "restore", "retain"]),
        "allowStatus": st.just(["suspended", "closed"]),
        "__secretFields": st.just(["displayName", "metadata"]),
    },
)


def valid(program: Document) -> Document:
    """The program without what contradicts the rest of it, so that it passes the checks before any call."""
    fields = {name: value for name, value in program.items() if name != "clear"}
    allowed = set(fields.get("allowStatus", ())) | {fields.get("status")} & {"suspended", "closed"}
    if allowed:
        fields["allowStatus"] = sorted(allowed)
    cleared: list[str] = []
    for text in program.get("clear", ()):
        taken = [*_declared_values(fields), *(CLEARABLE[other] for other in cleared)]
        if not any(related(CLEARABLE[text], path) for path in taken):
            cleared.append(text)
    return {**fields, "clear": cleared} if "clear" in program else fields


def wanted(program: Document) -> dict[Path, Any]:
    """The mutable values that a program declares, by path; None where it clears."""
    return _declared_values(program) | dict.fromkeys(CLEARABLE[text] for text in program.get("clear", ()))


def _declared_values(program: Document) -> dict[Path, Any]:
    return dict(leaves({name: program[name] for name in (*FIELDS, "status") if name in program}))


def edits() -> SearchStrategy[Document]:
    """What someone else may do to an account: a merge patch of any field, known or not, changeable or not."""
    each: list[SearchStrategy[Document]] = [st.fixed_dictionaries({name: value}) for name, value in _EDITABLE.items()]
    return st.one_of(each)


def _thinned(strategy: SearchStrategy[Document]) -> SearchStrategy[Document]:
    """Objects some of whose members are removed instead."""
    return strategy.flatmap(
        lambda document: st.sets(st.sampled_from(["", *sorted(document)]), max_size=2).map(
            lambda gone: {key: None if key in gone else value for key, value in document.items()}
        )
    )


_EDITABLE: dict[str, SearchStrategy[Any]] = {
    "displayName": NAMES,
    "email": st.sampled_from(PEOPLE),
    "phone": _PHONES | st.none(),
    "address": _thinned(_ADDRESS) | st.none(),
    "settings": _thinned(_SETTINGS) | st.fixed_dictionaries({"callerIdPolicy": WORDS}),
    "metadata": _thinned(METADATA) | st.none(),
    "status": st.sampled_from(STATUSES),
    "plan": st.sampled_from(["starter", "enterprise"]),
    "betaFeature": st.dictionaries(WORDS, _SCALARS, min_size=1, max_size=1),
}


def contests() -> SearchStrategy[tuple[Document, Document]]:
    """What someone else writes to a field, and what the program declares for it."""
    pairs = {name: st.tuples(_EDITABLE[name], values) for name, values in FIELDS.items()}
    return st.sampled_from(sorted(pairs)).flatmap(
        lambda name: pairs[name].map(lambda pair: ({name: pair[0]}, {name: pair[1]}))
    )


def turns() -> SearchStrategy[tuple[Document, Document]]:
    """Two declarations of the same field."""
    each = {name: st.fixed_dictionaries({name: values}) for name, values in FIELDS.items()}
    return st.sampled_from(sorted(each)).flatmap(lambda name: st.tuples(each[name], each[name]))


TRANSIENT: tuple[Document, ...] = (
    {"status": 429, "retry_after": 0, "times": 2},
    {"method": "PATCH", "status": 429, "retry_after": 0},
    {"method": "PATCH", "status": 503},
    {"method": "PATCH", "status": 503, "execute": True},
    {"method": "PATCH", "status": 500, "execute": True},
    {"method": "PATCH", "drop": "before"},
    {"method": "PATCH", "drop": "after"},
    {"method": "GET", "status": 503},
    {"method": "GET", "drop": "before"},
)
"""Faults that an operation outlives, one at a time."""

FATAL: tuple[Document, ...] = (
    {"method": "PATCH", "status": 500},
    {"method": "PATCH", "status": 400},
    {"method": "PATCH", "status": 412},
    {"method": "PATCH", "status": 503, "times": 0},
    {"method": "GET", "status": 500},
    {"method": "GET", "status": 503, "times": 0},
)
"""Faults that may end an operation."""


RELEASABLE = (*FIELDS, "status", "clear", "name", "plan", "createdAt", "__secretFields")

DISTORTIONS: tuple[Document, ...] = (
    {"ignoreFields": ["settings.language", "email"]},
    {"coerce": {"displayName": "COERCED", "metadata.tier": [1]}},
    {"nulls": "ignore"},
)
"""Behaviours by which the API accepts a write and holds something else."""

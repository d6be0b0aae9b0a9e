"""For whatever is declared of whatever accounts, the rows of a report are what the following up sends, exactly."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import Phase, given, note, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from tests.property.documents import Document

from audian_emulator import Control
from pulumi_audian.fields import Path as Keys
from pulumi_audian.fields import parse_dotted
from test_cli import document
from workbench import Workbench, find_engine

ACCOUNTS = 12
PROGRAM = """
import json
import pulumi
import pulumi_audian as audian

for name, entry in json.load(open("accounts.json")).items():
    declared = {
        field: pulumi.Output.secret(value) if field in entry["secret"] else value
        for field, value in entry["declared"].items()
    }
    audian.Account.from_mapping(name, declared)
"""
ENCRYPTED = ("Acme", "suspended", "=>", "x")
"""Texts of encrypted settings: the engine replaces them in what it says."""
TEXTS = st.sampled_from(
    [
        "Corp<{%reset%}>", "<{%fg 1%}>x<{%reset%}>", "Acme Holdings", "Acme", "suspended", "a => b", '"x" => "y"',
        'x"\n  phone: "1" => "2', "[secret]", "(none)", "(not known)", "{...}", "x", "y", "::error::x", "##[error]x",
        '{"mark": "secret"}', "\u202ex", "a\u200bb", "é", "e\u0301", "☎", "%0A", "a\tb", "\\", "'",
    ]
)  # fmt: skip
KEYS = st.sampled_from(["a", "b", "a.b", 'a"]["b', "a\u2028b", "\ufe0f", "=>", "[secret]", "x y", "status"])
SCALARS: SearchStrategy[Any] = st.one_of(TEXTS, st.booleans(), st.sampled_from([0, 1, 60, 0.5, -3]))
VALUES: SearchStrategy[Any] = st.one_of(
    SCALARS, st.lists(SCALARS, max_size=2), st.dictionaries(KEYS, SCALARS, max_size=2)
)
FIELDS: dict[str, SearchStrategy[Any]] = {
    "displayName": TEXTS,
    "phone": st.sampled_from(["+1-555-0200", "+49-30-555-0300"]),
    "status": st.sampled_from(["active", "suspended"]),
    "address": st.dictionaries(st.sampled_from(["street", "city"]), TEXTS, max_size=2),
    "settings": st.fixed_dictionaries(
        {}, optional={"timezone": st.sampled_from(["UTC", "Europe/Paris"]), "smsEnabled": st.booleans()}
    ),
    "metadata": st.dictionaries(KEYS, VALUES, max_size=3),
}
CLEARABLE = ("phone", "address.street", "settings.language", "metadata.a")


@st.composite
def accounts(draw: st.DrawFn) -> Document:
    """An account as the API has it."""
    return {"status": "active", **draw(st.fixed_dictionaries({}, optional=FIELDS))}


@st.composite
def declarations(draw: st.DrawFn) -> Document:
    """What a program declares of an account, and which of it is secret."""
    declared = draw(st.fixed_dictionaries({}, optional=FIELDS))
    cleared = [path for path in draw(st.sets(st.sampled_from(CLEARABLE))) if path.split(".")[0] not in declared]
    secret = draw(st.sets(st.sampled_from(sorted(FIELDS)), max_size=1))
    return {"declared": {**declared, **({"clear": sorted(cleared)} if cleared else {})}, "secret": sorted(secret)}


def several(one: SearchStrategy[Document]) -> SearchStrategy[list[Document]]:
    """As many as there are accounts."""
    return st.lists(one, min_size=ACCOUNTS, max_size=ACCOUNTS)


def identity(index: int) -> str:
    """The id of an account."""
    return f"acc_{index:010}"


def declare(bench: Workbench, entries: list[Document]) -> None:
    """Write the program's declarations."""
    found = {
        f"a{index}": {
            **entry,
            "declared": {"accountId": identity(index), "allowStatus": ["suspended"], **entry["declared"]},
        }
        for index, entry in enumerate(entries)
    }
    (bench.directory / "accounts.json").write_text(json.dumps(found))


def check_cycle(bench: Workbench, *options: str) -> None:
    """Preview, bring up, and hold what was sent against what was shown."""
    before = {identity(index): bench.api.account(identity(index)) for index in range(ACCOUNTS)}
    report = _previewed(bench, *options)
    assert report["stacks"][0]["failure"] is None, report["stacks"][0]["failure"]
    shown = {account["accountId"]: account for account in report["stacks"][0]["accounts"]}
    bench.api.clear()
    up = bench.up("--skip-preview", *options)
    assert up.code == 0, up.text
    sent: dict[str, Document] = {}
    for entry in bench.api.writes():
        account_id = entry["path"].rsplit("/", 1)[-1]
        assert account_id not in sent
        sent[account_id] = entry["body"]
    for account_id, account in before.items():
        rows = shown[account_id]["rows"] if account_id in shown else []
        note(f"{account_id}: {account}\nrows: {rows}\nsent: {sent.get(account_id)}")
        check_account(account, bench.api.account(account_id), sent.get(account_id, {}), rows)


def _previewed(bench: Workbench, *options: str) -> Document:
    """The report of a preview; its exit code tells whether anything changes."""
    try:
        return document(bench, "preview", *options, code=2)
    except AssertionError:
        return document(bench, "preview", *options, code=0)


def check_account(before: Document, after: Document, body: Document, rows: list[Document]) -> None:
    """Hold one account's rows against the PATCH that was sent, and against what the account has before and after."""
    written = {parse_dotted(row["path"]): row for row in rows if row["effect"] in ("write", "clear", "drift")}
    assert {row["effect"] for row in rows} <= {"write", "clear", "drift", "release"}
    assert bool(body) == bool(written)
    assert {path[0] for path in written} == set(body)
    for path, row in written.items():
        live, declared = at(before, path), at(after, path)
        assert differs(live, declared)
        assert row["live"] in (shown(live), {"mark": "secret"})
        asked = {"value": None} if at(body, path) is None else shown(declared)
        assert row["declared"] in (asked, {"mark": "secret"})
        assert (row["effect"] == "clear") == (at(body, path) is None) or row["effect"] == "drift"
    changed = [path for path in leaves(body) if is_changed(path, before, body)]
    assert [path for path in changed if not any(path[: len(row)] == row for row in written)] == []


def is_changed(path: Keys, before: Document, body: Document) -> bool:
    """Whether a body says otherwise of a path than the account has it."""
    return at(body, path) is not MISSING and differs(at(before, path), at(body, path))


MISSING = object()


def at(tree: Any, path: Keys) -> Any:
    """The value at a path, or `MISSING`."""
    for key in path:
        if not isinstance(tree, dict) or key not in tree:
            return MISSING
        tree = tree[key]
    return tree


def differs(one: Any, other: Any) -> bool:
    """Whether two values are different; none and null are the same."""
    absent = [value is None or value is MISSING for value in (one, other)]
    return absent[0] != absent[1] or (not any(absent) and canonical(one) != canonical(other))


def canonical(value: Any) -> str:
    """A value as a text that tells it from every other."""
    return json.dumps(value, sort_keys=True)


def shown(value: Any) -> Document:
    """How a report has a value."""
    return {"mark": "missing"} if value is MISSING else {"value": value}


def leaves(tree: Document, above: Keys = ()) -> set[Keys]:
    """The paths of everything in a document that is no object, or an empty one."""
    found: set[Keys] = set()
    for key, value in tree.items():
        found |= leaves(value, (*above, key)) if isinstance(value, dict) and value else {(*above, key)}
    return found


def test_rows_are_what_up_sends(tmp_path: Path, api: Control) -> None:
    """In an adoption, an update, and one that overwrites what others changed."""
    bench = Workbench(tmp_path, api, find_engine(), program=PROGRAM)
    bench.write_config(bench.config)
    for index, text in enumerate(ENCRYPTED):
        bench.command("config", "set", "--secret", f"other:w{index}", text)

    @settings(max_examples=2, deadline=None, print_blob=True, phases=[Phase.explicit, Phase.reuse, Phase.generate])
    @given(several(accounts()), several(declarations()), several(declarations()), several(accounts()))
    def cycle(live: list[Document], first: list[Document], second: list[Document], edits: list[Document]) -> None:
        bench.command("destroy", "--yes", "--skip-preview")
        for index, account in enumerate(live):
            named = {"id": identity(index), "name": f"No {index}", "plan": "pro", "email": f"a{index}@acme.com"}
            api.put(identity(index), {**named, **account})
        declare(bench, first)
        check_cycle(bench)
        declare(bench, second)
        check_cycle(bench)
        for index, edit in enumerate(edits):
            api.edit(identity(index), edit)
        check_cycle(bench, "--refresh")

    cycle()

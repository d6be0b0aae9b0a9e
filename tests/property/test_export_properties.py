"""What holds for every export: it changes nothing, says what it leaves out, and breaks nothing around it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from tests.property.documents import Document, at, canonical, leaves, related
from tests.property.stack_model import Stack, watched_client

from audian_emulator import Control, Emulator
from pulumi_audian.errors import Refused
from pulumi_audian.export.account import export
from pulumi_audian.export.choice import Choice
from pulumi_audian.export.existing import StackFile
from pulumi_audian.export.merging import merged
from pulumi_audian.export.naming import resource_names
from pulumi_audian.export.program import program
from pulumi_audian.export.stack_file import section
from pulumi_audian.export.traps import Traps
from pulumi_audian.fields import MUTABLE, WIRE_NAMES
from pulumi_audian.validation.parsing import parse
from pulumi_audian.validation.project import Project
from pulumi_audian.validation.stack import check
from pulumi_audian.values import same

AS_DECLARED = "already is as declared: up writes nothing"
ID = "acc_1"
WORDS = (
    *("", "NO", "no", "yes", "On", "off", "y", "true", "True", "null", "~", "Null", "nil"),
    *(
        "1e3",
        "0123",
        "0o17",
        "0x1F",
        "12:30",
        "190:20:30",
        "1_000",
        ".5",
        "5.",
        "+1",
        "-0",
        ".inf",
        ".NaN",
        "2024-01-31",
    ),
    *("-", "---", "...", "- a", "? a", ": a", "a: b", "a #b", "#a", "<<", "!", "&a", "*a", "%a", "@a", "`a", "|", ">"),
    *("{}", "[]", "{a: b}", "'a'", '"a"', "it's", 'a "b"', "\\", "\\n", "a\\", "secure", "${x}", "=", ",", "[x"),
    *(" a", "a ", "a\nb", "a\nb\n", "a\n\n b", "\na", " a\nb", "a \nb", "\n", "\t", "\ta\nb", "a\r\nb", "\r", "\x00"),
    *(
        "\u2028",
        "\u2028a\nb",
        "\ufeff",
        "\x85",
        "\x1b[31m",
        "\u202eabc",
        "\u260e\ufe0f",
        "\U0001f600",
        "\u00e9",
        "x" * 2000,
    ),
    *("::error::x", "a\n::error::x\nb", "apiToken", "pin", "__x", "a.b", "a[0]", 'a["b"]', "id", "urn", "$"),
    *("4dabf18193072939515e22adb298388d", "04da6b54-80e4-46f7-96ec-b56ff0331ba9"),
)
TEXTS = st.sampled_from(WORDS) | st.text(max_size=5)
NUMBERS = (
    st.sampled_from([0, -1, 2**53 - 1, 2**53, -0.0, 1e-7, 5e-324, 1e22, 0.1]) | st.integers() | st.floats(-1e9, 1e9)
)
SCALARS = TEXTS | NUMBERS | st.booleans() | st.none()
VALUES: SearchStrategy[Any] = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3), max_leaves=8
)
SETTINGS = st.fixed_dictionaries(
    {},
    optional={
        "timezone": st.sampled_from(["UTC", "Europe/Berlin", "Mars/Phobos"]),
        "language": TEXTS,
        "enableVoiceMail": st.booleans() | SCALARS,
        "recordingRetention": st.integers(0, 366) | SCALARS,
        "callerIdPolicy": VALUES,
    },
)
ADDRESS = st.fixed_dictionaries(
    {}, optional={"street": TEXTS, "postalCode": SCALARS, "country": TEXTS, "county": TEXTS}
)
NAMES = TEXTS.filter(lambda name: bool(name) and not list(Traps(in_stack_file=True).of({name: ""})))
ACCOUNTS: SearchStrategy[Document] = st.fixed_dictionaries(
    {"id": st.just(ID), "name": TEXTS, "status": st.sampled_from(["active", "active", "suspended", "closed", "odd"])},
    optional={
        "displayName": TEXTS,
        "email": st.sampled_from(["a@b.co", "a+b@b.co", "NO", "\u00fc@ex\u00e4mple.com"]) | SCALARS,
        "phone": st.sampled_from(["+1-555-0100", "0123", "12 30", "555"]) | SCALARS,
        "address": ADDRESS | VALUES,
        "settings": SETTINGS | VALUES,
        "metadata": st.dictionaries(TEXTS, VALUES, max_size=6) | VALUES,
        "plan": TEXTS,
        "createdAt": TEXTS,
        "updatedAt": TEXTS,
        "other": VALUES,
    },
)
NESTED: Document = {"secure": "x"}
for _ in range(90):
    NESTED = {"deeper": NESTED}


@pytest.fixture(scope="module")
def server() -> Iterator[Control]:
    """A running API."""
    with Emulator.running() as emulator:
        yield Control(emulator.url)


def account(**values: Any) -> Document:
    """An account of these values."""
    return {"id": ID, "name": "Acme", "status": "active", **values}


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(live=ACCOUNTS, asserts=st.booleans(), in_stack_file=st.booleans())
@example(live=account(metadata={"a": {"secure": "x", "token": "y"}}), asserts=False, in_stack_file=True)
@example(live=account(metadata={"a": [{"<<": 1}], "deep": NESTED, "big": [2**53]}), asserts=True, in_stack_file=True)
@example(live=account(metadata={"k" * 600: 1, "\n": "\n\n", "n": None}), asserts=True, in_stack_file=True)
def test_adopting_what_was_exported_writes_nothing(
    server: Control, live: Document, *, asserts: bool, in_stack_file: bool
) -> None:
    """Whatever an account holds, its declaration passes all checks, and neither preview nor up finds a difference."""
    server.put(ID, live)
    client = watched_client(server)
    exported = export(client.read(ID).account, "acme", Choice((), asserts, in_stack_file))
    stack = Stack(client, ID)
    assert stack.preview(exported.declaration) == []
    assert any(info.endswith(AS_DECLARED) for info in stack.notes.infos)
    stack.up(exported.declaration)
    assert client.writes == []


@settings(deadline=None)
@given(live=ACCOUNTS, in_stack_file=st.booleans())
def test_each_value_is_declared_or_named_as_left_out(live: Document, *, in_stack_file: bool) -> None:
    """Nothing is dropped silently: what is not declared has a reason at its path, or above it."""
    exported = export(live, "acme", Choice((), asserts=True, in_stack_file=in_stack_file))
    left_out = [path for path, _ in exported.omissions]
    names = (*MUTABLE, "name", "plan", "createdAt")
    present = leaves({name: live[name] for name in names if live.get(name) is not None})
    for path, value in present:
        declared = same(at(exported.declaration, path), value)
        assert declared or any(related(other, path) for other in left_out), path


@settings(deadline=None)
@given(live=ACCOUNTS, name=NAMES, asserts=st.booleans())
def test_a_stack_file_says_what_was_exported(live: Document, name: str, *, asserts: bool) -> None:
    """The file is read back as it was meant, has no problem, and shows no character that a terminal acts on."""
    exported = export(live, name, Choice((), asserts))
    text = section([exported])
    document = parse(text.encode())
    assert document.root is not None
    assert document.root.plain() == {"config": {"audian:accounts": {name: exported.declaration}}}
    assert check(text.encode(), Project(Path("Pulumi.yaml"))) == []
    assert text.replace("\n", "").isprintable()


@settings(deadline=None, max_examples=50)
@given(live=ACCOUNTS, name=TEXTS)
def test_a_program_says_what_was_exported(live: Document, name: str) -> None:
    """The program declares what was meant, is formatted, and shows no character that a terminal acts on."""
    exported = export(live, name, Choice((), asserts=True, in_stack_file=False))
    text = program([exported])
    ((args, given_inputs),) = executed(text)
    assert args == (name,)
    assert canonical(wire_inputs(given_inputs)) == canonical(exported.declaration)
    assert text.replace("\n", "").isprintable()
    assert formatted(text) == text


def executed(text: str) -> list[tuple[tuple[Any, ...], Document]]:
    """The accounts that a program declares, each with its arguments."""
    calls: list[tuple[tuple[Any, ...], Document]] = []
    audian = SimpleNamespace(Account=lambda *args, **inputs: calls.append((args, inputs)))
    exec(text.replace("import pulumi_audian as audian\n", ""), {"audian": audian})  # noqa: S102 - it is what we test
    return calls


def wire_inputs(inputs: Document) -> Document:
    """A program's arguments with the API's names."""
    named = {WIRE_NAMES[name]: value for name, value in inputs.items()}
    for name in ("address", "settings"):
        if name in named:
            named[name] = {WIRE_NAMES[key]: value for key, value in named[name].items()}
    return named


def formatted(text: str) -> str:
    """A program as ruff formats it, with its own defaults."""
    command = [str(Path(sys.executable).with_name("ruff")), "format", "--isolated", "-"]
    return subprocess.run(command, input=text.encode(), capture_output=True, check=True).stdout.decode()


COMMENTS = st.sampled_from(["", "  # kept", "\n# kept", "\n\n    # kept", "\n      # kept\n"])
ENTRIES = st.sampled_from(
    [
        "    one: {accountId: acc_2}",
        "    'two':   # the second\n        accountId:    \"acc_3\"",
        "    three:\n      accountId: acc_4\n      metadata:\n        note: |\n          # no comment\n          text",
        "    four:\n      accountId: acc_5\n      metadata: {secret: {secure: v1:abc}}",
        "    five:\n      accountId: acc_6\n      clear:\n      - phone\n      - email",
        "    six:\n      accountId: acc_7\n      displayName: a\n        folded text",
    ]
)
HEADS = st.sampled_from(
    [
        "encryptionsalt: v1:abc\nconfig:\n  audian:apiUrl: 'http://127.0.0.1/v2'  # ours\n  audian:accounts:\n",
        "# yaml-language-server: $schema=schema.json\nconfig:\n  audian:accounts: # of this stack\n",
    ]
)
TAILS = st.sampled_from(["", "\n", "\n\n# the end\n", "\n  other:list: [1,   2]\n", "\nsecretsprovider: x"])


@settings(deadline=None)
@given(
    head=HEADS,
    entries=st.lists(st.tuples(ENTRIES, COMMENTS), min_size=1, max_size=4, unique_by=lambda pair: pair[0]),
    tail=TAILS,
    crlf=st.booleans(),
    live=ACCOUNTS,
)
def test_a_stack_file_keeps_every_byte(
    head: str, entries: list[tuple[str, str]], tail: str, *, crlf: bool, live: Document
) -> None:
    """An account is added in one piece, and without that piece the file is what it was."""
    text = head + "\n".join(f"{entry}{comment}" for entry, comment in entries) + tail
    text = text.replace("\n", "\r\n") if crlf else text
    file = StackFile("stack", text, "infra")
    if text.endswith(("          text", "          text  # kept")):  # an end of that line would belong to the text
        with pytest.raises(Refused, match="as it is written"):
            merged(file, [export(live, "acme", Choice())])
        return
    after = merged(file, [export(live, "acme", Choice())])
    assert is_inserted(text, after)


def is_inserted(before: str, after: str) -> bool:
    """Whether one text is another with a piece put in; the end of its last line may be added."""
    ended = before + ("\r\n" if "\r\n" in before else "\n")
    return any(_surrounds(text, after) for text in (before, ended))


def _surrounds(text: str, after: str) -> bool:
    start = next((place for place, pair in enumerate(zip(text, after, strict=False)) if len(set(pair)) > 1), len(text))
    return len(after) > len(text) and after.endswith(text[start:])


@given(
    st.dictionaries(
        st.text("ab1", min_size=1, max_size=3), st.sampled_from(["A", "a", "A b", "a-1", "", "漢"]), max_size=6
    )
)
def test_resource_names_are_unique_and_do_not_depend_on_order(titles: dict[str, str]) -> None:
    """Each account gets a name of its own, the same in whichever order they are exported."""
    try:
        names = resource_names(titles, {})
    except Refused:
        return
    assert len(set(names.values())) == len(titles)
    assert all(names.values())
    assert names == resource_names(dict(reversed(titles.items())), {})

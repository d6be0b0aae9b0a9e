"""What comes from outside ends in one of the documented results or errors, whatever it is."""

from __future__ import annotations

import contextlib
import copy
import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from tests.property.documents import canonical
from tests.property.test_core_properties import ANSWERS, DOCUMENTS, PATHS, VALUES

from pulumi_audian import wire
from pulumi_audian.declaration import SECRET_FIELDS, Declaration, Facts
from pulumi_audian.errors import ApiError
from pulumi_audian.fields import FIELDS, OPTIONS, TOP_LEVEL, dotted, parse_dotted, wire_path
from pulumi_audian.models import problems
from pulumi_audian.payload import DEEPEST, parsed
from pulumi_audian.report import preview
from pulumi_audian.report.model import Purpose
from pulumi_audian.report.reading import Printed, read
from pulumi_audian.retry import asked_wait
from pulumi_audian.state import NOTHING_KNOWN, Known, Overwritten, Secret, to_outputs
from pulumi_audian.validation import parsing
from pulumi_audian.validation.project import Project
from pulumi_audian.validation.scalars import resolved, tagged
from pulumi_audian.validation.stack import check
from pulumi_audian.values import MISSING, mapped, same
from pulumi_audian.wire import Answer, Snapshot

RECORDED = sorted((Path(__file__).parents[1] / "report" / "recorded").glob("*.json"))
SNIPPETS = (
    "{", "}", "[", "]", '"', "'", ":", ": ", ",", "\\", "\\u", "\\ud83d", "\\u0000", "1e999", "NaN", "-Infinity",
    "null", "true", "0x1f", "1_0", "- ", "? ", "&a ", "*a", "!!binary ", "!!int ", "!x ", "<<: ", "|\n", ">-\n",
    "---\n", "...\n", "%YAML 1.2\n", "#", "\n", "\n  ", "\t", "\r", "\x00", "\ufeff", "\x85", "\u2028",
    "config", "config:\n  ", "audian:accounts", "audian:apiUrl", "accountId", "secure", "settings", "clear",
    "2024-01-31", "\u00e9", "\U0001f600", "a", "7",
)  # fmt: skip
"""What means something to one of the parsers."""
TEXTS: SearchStrategy[str] = st.lists(st.sampled_from(SNIPPETS) | st.text(max_size=4), max_size=24).map("".join)
BYTES = st.binary(max_size=120) | TEXTS.map(lambda text: text.encode("utf-8", "surrogatepass"))


def levels(value: Any) -> int:
    """How deep a JSON value is nested."""
    inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(levels, inner), default=0)


def numbers(value: Any) -> Iterator[float]:
    """The numbers in a JSON value."""
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from numbers(inner)
    elif isinstance(value, int | float):
        yield value


@given(TEXTS | VALUES.map(json.dumps) | st.integers(1, 130).map(lambda depth: "[" * depth + "]" * depth))
def test_json_is_a_value_that_can_be_held_or_a_value_error(text: str) -> None:
    """A value that was read has Unicode texts, numbers that are some, and few enough levels."""
    try:
        value = parsed(text)
    except ValueError:
        return
    assert json.loads(json.dumps(value, ensure_ascii=False, allow_nan=False).encode()) == value
    assert levels(value) <= DEEPEST
    assert all(math.isfinite(number) for number in numbers(value))


@given(ANSWERS)
def test_an_answer_to_a_change_is_an_account_or_nothing_or_an_error(answer: Answer) -> None:
    """Success without an account is no error: what was written is read back then."""
    try:
        result: object = wire.decode_change(answer, "acc_1")
    except ApiError as error:
        result = error
    if isinstance(result, ApiError):
        assert result.status == answer.status
    assert isinstance(result, ApiError) is (answer.status not in range(200, 300))
    assert not isinstance(result, Snapshot) or isinstance(result.account["id"], str)


@given(st.dictionaries(st.sampled_from(["retry-after", "ratelimit-reset"]), TEXTS), st.floats(0, 4e9))
def test_headers_of_any_text_ask_for_a_wait_or_for_none(headers: dict[str, str], now: float) -> None:
    """What is no number of seconds and no date is no wish."""
    wait = asked_wait(headers, now)
    assert wait is None or 0 <= wait < math.inf


@given(TEXTS | PATHS.map(dotted) | st.text(max_size=10).map('metadata["{}"]'.format))
@example('metadata["\\x"]')
@example('metadata["C:\\temp\\new"]')
@example('metadata["a\nb"]')
@example('metadata["\\ud83d"]')
def test_any_text_is_some_path(text: str) -> None:
    """A path that someone wrote in a stack file, or that the engine printed, has keys that state can hold."""
    path = parse_dotted(text)
    assert parse_dotted(dotted(path)) == path
    assert dotted(path).encode(errors="surrogatepass").decode(errors="surrogatepass") == dotted(path)
    assert all(char < "\ud800" or char > "\udfff" for key in path for char in key) or max(text) >= "\ud800"
    assert isinstance(wire_path(text), str)


@given(st.lists(TEXTS | st.text(max_size=10).map('metadata["{}"]'.format), max_size=3))
@example(['metadata["\\x"]'])
def test_any_text_may_stand_under_clear(texts: list[str]) -> None:
    """It is the path of a field that can be cleared, or a problem that is told; and what is ignored is some path."""
    found = problems({"accountId": "acc_1", "clear": texts}, unknown=frozenset(), secret=frozenset())
    assert {problem.path for problem in found} <= {"clear"}
    if not found:
        assert len(Declaration.of({"accountId": "acc_1", "clear": texts}).paths) >= len(set(map(parse_dotted, texts)))
    assert () not in Facts.of({"ignored": texts}).ignored


@given(BYTES)
@example(b"\xff\xfe")
@example(b"a: &a [*a]")
@example(b"[" * 300)
def test_any_bytes_are_a_document_or_a_finding(data: bytes) -> None:
    """What the engine would not read is a finding at a place of the file, in one line."""
    document = parsing.parse(data)
    for finding in document.findings:
        assert finding.at.line in range(1, len(data) + 2)
        assert finding.at.column in range(1, len(data) + 2)
        assert len(str(finding).splitlines()) == 1
    if document.root is not None:
        assert len(list(document.root.walk())) <= document.root.size


@given(BYTES | DOCUMENTS.map(lambda accounts: yaml.safe_dump({"config": {"audian:accounts": accounts}}).encode()))
def test_any_stack_file_is_checked(data: bytes) -> None:
    """There is nothing that can be written into one which ends in anything but findings."""
    findings = check(data, Project(Path("Pulumi.yaml"), name="infra"))
    assert findings == sorted(findings)
    assert all(finding.message for finding in findings)


@given(
    st.text(max_size=12) | TEXTS, st.sampled_from(["str", "bool", "int", "float", "null", "timestamp", "binary", "x"])
)
def test_a_scalar_is_a_value_or_is_refused(text: str, tag: str) -> None:
    """An unquoted text always is some value; one with a tag may be a `ValueError`."""
    assert isinstance(resolved(text), str | int | float | None)
    try:
        value = tagged(f"tag:yaml.org,2002:{tag}", text)
    except ValueError:
        return
    assert isinstance(value, str | int | float | None)


@given(TEXTS | VALUES.map(json.dumps), st.sampled_from([preview.parse, preview.findings]))
def test_any_output_is_a_preview_or_a_value_error(text: str, decode: Callable[[str], object]) -> None:
    """Neither the preview nor the event log ends in anything else."""
    with contextlib.suppress(ValueError):
        assert decode(text) is not None


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The places of a JSON value, the outermost first."""
    yield path
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in members:
        yield from places(inner, (*path, key))


PREVIEWS = [json.loads(file.read_text("utf-8")) for file in RECORDED]
PLACES = [(number, place) for number, found in enumerate(PREVIEWS) for place in places(found) if place]
STORED = [(number, place) for number, place in PLACES if {"overwritten", "__declared", SECRET_FIELDS} & {*place}]


@st.composite
def damaged(draw: st.DrawFn) -> Any:
    """A recorded preview in which some values are others."""
    number, place = draw(st.sampled_from(PLACES) | st.sampled_from(STORED))
    found = copy.deepcopy(PREVIEWS[number])
    holder = found
    for key in place[:-1]:
        holder = holder[key]
    holder[place[-1]] = draw(VALUES | TEXTS | st.sampled_from([7, [], {}, [None], [{}], {"a": []}]))
    return found


@given(
    damaged().map(json.dumps) | TEXTS | VALUES.map(json.dumps),
    st.sampled_from(Purpose),
    st.none() | st.integers(0, 255),
    TEXTS | VALUES.map(lambda value: json.dumps({"policyEvent": value})),
)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_there_is_a_report_whatever_the_engine_printed(
    output: str, purpose: Purpose, code: int | None, events: str
) -> None:
    """Output that is damaged in any way is a report of an account or of a failure, and never an exception."""
    stack = read(Printed(output, "", code, events=events), purpose, "audian", "test")
    assert stack.failed or not code


NAMES = sorted(field.declared_as for field in TOP_LEVEL if field.declared_as != "accountId")
ACCOUNTS = st.fixed_dictionaries(
    {"id": st.just("acc_1")},
    optional={field.path[0]: VALUES for field in FIELDS if len(field.path) == 1 and field.path != ("id",)},
)
RECORDS = st.builds(
    Overwritten,
    st.sampled_from(NAMES).flatmap(lambda name: PATHS.map(lambda path: (name, *path)) | st.just((name,))),
    VALUES | st.just(MISSING),
    VALUES | st.just(MISSING),
)
SOURCES = st.fixed_dictionaries(
    {},
    optional={
        "onDelete": st.sampled_from(["retain", "restore"]),
        "clear": st.lists(PATHS.map(dotted), max_size=2),
        SECRET_FIELDS: st.lists(st.sampled_from(NAMES), unique=True, min_size=1, max_size=2),
    },
)


@given(ACCOUNTS, SOURCES, st.lists(PATHS, max_size=3), st.lists(RECORDS, max_size=3))
def test_what_is_stored_is_known_again(
    account: dict[str, Any], source: dict[str, Any], declared: list[tuple[str, ...]], records: list[Overwritten]
) -> None:
    """Paths, records and secrets survive the way through state, and a second way changes nothing."""
    known = Known({}, (), tuple(records), frozenset(source.get(SECRET_FIELDS, ())))
    outputs = to_outputs(account, source, declared, known)
    stored: dict[str, Any] = json.loads(json.dumps(mapped(outputs, Secret, lambda secret: secret.value)))
    again = Known.of(stored)
    assert again.declared == tuple(declared)
    assert again.secret == known.secret
    assert [record.path for record in again.overwritten] == [record.path for record in records]
    for record, former in zip(again.overwritten, records, strict=True):
        assert same(record.was, former.was)
        assert same(record.ours, former.ours)
    assert {name: stored[name] for name in OPTIONS if name in stored} == {
        name: source[name] for name in OPTIONS if name in source
    }
    twice = mapped(to_outputs(account, stored, again.declared, again), Secret, lambda secret: secret.value)
    assert canonical(twice) == canonical(stored)


@given(ACCOUNTS, st.lists(st.sampled_from(NAMES), unique=True, min_size=1))
def test_no_secret_is_stored_in_the_clear(account: dict[str, Any], secret: list[str]) -> None:
    """Every live value of a secret field is marked, also where a program no longer says so."""
    assume(any(account.get(name) is not None for name in secret))
    known = Known({}, (), tuple(Overwritten((name,), "was", "ours") for name in secret), frozenset(secret))
    for source in ({SECRET_FIELDS: secret}, {}):
        outputs = to_outputs(account, source, (), known if not source else NOTHING_KNOWN)
        assert all(isinstance(outputs.get(name, Secret(None)), Secret) for name in secret)
    stored = to_outputs(account, {}, (), known)
    assert all(isinstance(entry[key], Secret) for entry in stored["overwritten"] for key in ("was", "ours"))

"""What holds for every input of the pure core: patches, paths, numbers, waits, answers."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from tests.property.documents import Document, at, differing, holds, through_json, uncovered

from audian_emulator.document import deep_merge, replace_members
from pulumi_audian import records, wire
from pulumi_audian.declaration import Declaration
from pulumi_audian.diff import changes, leaves
from pulumi_audian.errors import ApiError
from pulumi_audian.fields import BY_PATH, dotted, parse_dotted, snake_case, wire_path
from pulumi_audian.patch import build_patch
from pulumi_audian.plan import adoption
from pulumi_audian.retry import asked_wait
from pulumi_audian.values import whole_numbers
from pulumi_audian.wire import Answer

KEYS = st.sampled_from(["a", "b", "c"]) | st.text(max_size=3)
NUMBERS = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.none() | st.booleans() | NUMBERS | st.text(max_size=3)
VALUES: SearchStrategy[Any] = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=8
)
DOCUMENTS: SearchStrategy[Document] = st.dictionaries(KEYS, VALUES, max_size=3)
PATHS = st.lists(st.text(max_size=4), min_size=1, max_size=4).map(tuple)


@st.composite
def observed_and_desired(draw: st.DrawFn) -> tuple[Document, Document]:
    """An account and a declaration that agrees with it in part."""
    observed, other = draw(DOCUMENTS), draw(DOCUMENTS)
    kept = draw(st.lists(st.sampled_from(sorted(observed)), unique=True)) if observed else []
    return observed, {**other, **{name: observed[name] for name in kept}}


@given(observed_and_desired())
@example(({"a": {"b": 1, "c": {}}}, {"a": {"b": None}}))
@example(({"a": "text"}, {"a": {"b": {"c": 1}}}))
@example(({"a": {"b": 1}}, {"a": {}}))
def test_a_patch_does_what_is_declared_and_nothing_else(pair: tuple[Document, Document]) -> None:
    """Whether the server merges objects or replaces them, declared values hold and all others stay."""
    observed, desired = pair
    before = copy.deepcopy(observed)
    body = build_patch(observed, changes(observed, desired))
    declared = dict(leaves(desired))
    for apply in (deep_merge, replace_members):
        after = apply(copy.deepcopy(observed), body)
        assert [path for path, value in declared.items() if not holds(at(after, path), value)] == []
        assert uncovered(differing(observed, after), declared) == []
    assert observed == before


@given(observed_and_desired())
def test_there_are_changes_exactly_where_something_declared_does_not_hold(pair: tuple[Document, Document]) -> None:
    """No change means that everything declared holds, and each change covers something that doesn't."""
    observed, desired = pair
    found = changes(observed, desired)
    wrong = [path for path, value in leaves(desired) if not holds(at(observed, path), value)]
    assert bool(found) == bool(wrong)
    assert uncovered(wrong, [change.path for change in found]) == []
    assert all(not holds(at(observed, change.path), change.desired) for change in found)


@given(PATHS)
def test_a_dotted_path_is_read_back(path: tuple[str, ...]) -> None:
    """Whatever the keys are, a path survives its way through state and messages."""
    assert parse_dotted(dotted(path)) == path


@given(PATHS, PATHS)
def test_paths_are_not_confused(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    """Two paths are written the same only if they are the same."""
    assert (dotted(one) == dotted(other)) == (one == other)


@given(st.sampled_from(sorted(path for path in BY_PATH if path != ("id",))))
def test_python_and_wire_paths_of_fields_agree(path: tuple[str, ...]) -> None:
    """A field's path in Python names, and its wire path itself, both lead to the wire path."""
    wire_form = ".".join(path)
    assert wire_path(".".join(map(snake_case, path))) == wire_form
    assert wire_path(wire_form) == wire_form


@given(st.lists(st.text("abcXYZ_0", min_size=1, max_size=8), min_size=1, max_size=3))
def test_keys_of_metadata_keep_their_names(keys: list[str]) -> None:
    """Free-form keys are the user's own, whatever they look like."""
    path = ".".join(["metadata", *keys])
    assert wire_path(path) == path


@given(DOCUMENTS)
def test_whole_numbers_come_back_from_doubles(document: Document) -> None:
    """A document that the engine turned into doubles is the one that the program wrote, integers included."""
    received = whole_numbers(through_json(document))
    assert through_json(received) == through_json(document)
    for path, value in leaves(document):
        if isinstance(value, int):
            assert type(at(received, path)) is type(value)


HEADER_TEXTS = (
    st.text()
    | st.floats().map(str)
    | st.integers().map(str)
    | st.builds(
        "{}, {:02} {} {} {:02}:{:02}:{:02} {}".format,
        st.sampled_from(["Mon", "Xyz"]),
        st.integers(0, 40),
        st.sampled_from(["Jan", "Feb", "Foo"]),
        st.integers(0, 99999),
        st.integers(0, 30),
        st.integers(0, 70),
        st.integers(0, 70),
        st.sampled_from(["GMT", "+0000", "-9999", "", "-0000"]),
    )
)


@given(st.dictionaries(st.sampled_from(["retry-after", "ratelimit-reset"]), HEADER_TEXTS), st.floats(0, 4e9))
def test_no_answer_asks_for_a_wait_that_can_not_be_waited(headers: dict[str, str], now: float) -> None:
    """Whatever a server writes in its headers, a wait is a finite number of seconds from 0, or there is none."""
    wait = asked_wait(headers, now)
    assert wait is None or 0 <= wait < float("inf")


REASON = dict.fromkeys(("code", "message", "details", "param"), VALUES)
ERROR_LIKE = st.fixed_dictionaries(
    {},
    optional={
        "error": VALUES
        | st.fixed_dictionaries({}, optional=dict.fromkeys(("code", "message", "details", "param"), VALUES)),
        "data": VALUES,
        "status": VALUES | st.sampled_from(["success", "error", "fatal", "active"]),
        "success": VALUES,
        "message": VALUES,
        "id": VALUES | st.just("acc_1"),
        "auth_token": VALUES,
    },
)
BODIES = st.binary().map(lambda body: body.decode("utf-8", "replace")) | (VALUES | ERROR_LIKE).map(json.dumps)
ANSWERS = st.builds(Answer, st.integers(100, 599), st.just({}) | st.just({"etag": '"1"'}), BODIES)


@given(ANSWERS)
def test_no_answer_is_too_strange_to_be_read(answer: Answer) -> None:
    """An answer is an account with an id, or an error of one line with the answer's status; there is no third."""
    try:
        result: object = wire.decode_account(answer, "acc_1").account["id"]
    except ApiError as error:
        result = error
    if isinstance(result, ApiError):
        assert (result.status, len(str(result).splitlines())) == (answer.status, 1)
    else:
        assert isinstance(result, str)
        assert answer.status in range(200, 300)


@given(ANSWERS)
def test_no_answer_to_a_key_is_too_strange_to_be_read(answer: Answer) -> None:
    """The answer to an API key is a token, or an error that repeats nothing of it."""
    try:
        result: object = wire.decode_exchange(answer)
    except ApiError as error:
        result = error
    if isinstance(result, ApiError):
        assert str(result) == str(refused_key(answer.status))
    else:
        assert result
        assert answer.status in (200, 201)


def refused_key(status: int) -> ApiError:
    """The error about a refused key whose answer says nothing at all."""
    with pytest.raises(ApiError) as caught:
        wire.decode_exchange(Answer(status, {}, ""))
    return caught.value


@given(ANSWERS)
def test_every_refusal_can_be_told(answer: Answer) -> None:
    """Making an error of an answer never fails, and its code and field are text."""
    error = wire.refusal(answer, "account acc_1")
    assert isinstance(error.code, str)
    assert isinstance(error.field, str)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("NaN", id="no number"),
        pytest.param("9" * 5000, id="long number"),
        pytest.param("[" * 100_000, id="deep array"),
        pytest.param('{"id":' * 100_000, id="deep object"),
    ],
)
@pytest.mark.parametrize("status", [200, 400])
def test_pathological_json_is_no_account(text: str, status: int) -> None:
    """JSON that Python's parser gives up on is not an account, and is an error like any other."""
    with pytest.raises(ApiError):
        wire.decode_account(Answer(status, {}, text), "acc_1")


@given(st.text(max_size=30), DOCUMENTS, DOCUMENTS)
def test_the_record_of_an_adoption_is_read_back_as_it_was(title: str, live: Document, declared: Document) -> None:
    """A report gets each value that is overwritten as it is, whatever names and values hold."""
    declaration = Declaration.of({"accountId": "acc_1", "metadata": declared})
    plan = adoption({"id": "acc_1", "name": title, "metadata": live}, declaration)
    (record,) = records.decode(records.encode(records.Record("urn", records.adopted(plan, declaration))).decode())
    assert isinstance(record.found, records.Adopted)
    assert (record.found.title, record.found.untouched) == (title, plan.untouched)
    assert [(write.path, write.live, write.declared) for write in record.found.writes] == [
        (change.path, records.shown(change.observed), records.shown(change.desired)) for change in plan.changes
    ]

"""What a preview leaves for the report: each line says one thing, and a line that is none is told."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest
from tests.unit.memory_api import declared

from pulumi_audian import records
from pulumi_audian.declaration import SECRET_FIELDS
from pulumi_audian.errors import Problem, Refused
from pulumi_audian.plan import adoption
from pulumi_audian.records import Mark, Marked, Plain, Record, Shown
from pulumi_audian.run import Run
from pulumi_audian.values import MISSING, SECRET, UNKNOWN

URN = "urn:pulumi:test::audian::pulumi-python:dynamic/audian:Account::x::y"
HOSTILE = 'a\n"=> <{%reset%}>\u2028\u202e\x1b[31m'


@pytest.mark.parametrize(
    ("value", "secret", "expected"),
    [
        ("x", False, Plain("x")),
        ("[secret]", False, Plain("[secret]")),
        ({"mark": "secret"}, False, Plain({"mark": "secret"})),
        (None, False, Plain(None)),
        (False, False, Plain(False)),
        ([], False, Plain([])),
        ({}, False, Plain({})),
        (MISSING, False, Marked(Mark.MISSING)),
        (UNKNOWN, False, Marked(Mark.UNKNOWN)),
        (SECRET, False, Marked(Mark.SECRET)),
        ("x", True, Marked(Mark.SECRET)),
        ({}, True, Marked(Mark.SECRET)),
        (None, True, Plain(None)),
        (MISSING, True, Marked(Mark.MISSING)),
        (UNKNOWN, True, Marked(Mark.UNKNOWN)),
        ({"a": [1, SECRET]}, False, Marked(Mark.SECRET)),
        ({"a": [1, UNKNOWN]}, False, Marked(Mark.UNKNOWN)),
        ([UNKNOWN, {"b": SECRET}], False, Marked(Mark.SECRET)),
    ],
)
def test_a_value_is_told_apart_from_what_stands_in_its_place(value: Any, expected: Shown, *, secret: bool) -> None:
    """A mark is never taken for a value that reads the same, and a secret is never shown."""
    assert records.shown(value, secret=secret) == expected


@pytest.mark.parametrize(
    "found",
    [
        records.Passed(),
        records.Updated((records.Write(("phone",), Marked(Mark.SECRET), Marked(Mark.UNKNOWN)),)),
        records.Unread("choice"),
        records.Unread("credential"),
        records.Unread("identity"),
        records.Refused("acc_1", (Problem("settings.timezone", HOSTILE), Problem("", "HTTP 503", unread=True))),
        records.Adopted(
            "acc_1",
            HOSTILE,
            "active",
            (
                records.Write(("metadata", HOSTILE), Marked(Mark.MISSING), Plain({"mark": "secret"})),
                records.Write(("metadata", "a.b"), Plain(HOSTILE), Plain(None)),
                records.Write(("settings", "smsEnabled"), Plain(True), Plain(1)),
            ),
            7,
        ),
    ],
    ids=lambda found: found.kind,
)
def test_a_record_is_one_line_and_comes_back_as_it_was(found: records.Finding) -> None:
    """Whatever texts are in it, it takes one line of ASCII, and says the same when it is read."""
    line = records.encode(Record(URN, found))
    assert line.isascii()
    assert line.count(b"\n") == 1
    (read,) = records.decode(line.decode())
    assert read == Record(URN, found)
    assert json.dumps(read.found.__dict__, default=repr) == json.dumps(found.__dict__, default=repr)


def _unset(_setting: str) -> None:
    """A stack without settings."""


GOOD = records.encode(Record(URN, records.Passed())).decode()


@pytest.mark.parametrize(
    "line",
    [
        "",
        "null",
        "{}",
        "hello",
        GOOD[:-3],
        '{"urn": 7, "found": {"kind": "passed"}}',
        '{"urn": "x", "found": {"kind": "other"}}',
        '{"urn": "x", "found": {"kind": "passed", "more": 1}}',
        '{"urn": "x", "found": {"kind": "unread", "reason": "other"}}',
        '{"urn": "x", "found": {"kind": "adopted"}}',
        '{"urn": "x", "found": {"kind": "passed"}, "version": 2}',
    ],
)
def test_a_line_that_is_no_record_is_told(line: str) -> None:
    """Nothing that is cut off, foreign or of another version passes for a record, or is skipped."""
    with pytest.raises(ValueError, match="line 2 is no record"):
        records.decode(GOOD + line + "\n" + GOOD)
    assert records.decode("") == ()
    assert len(records.decode(GOOD + GOOD)) == 2


def test_the_record_of_an_adoption_holds_no_secret() -> None:
    """Of a secret field it says that it is written, and nothing of either value."""
    inputs = {SECRET_FIELDS: ["email", "metadata"], "email": "s3cret@a.example", "metadata": {"pin": "s3cret"}}
    declaration = declared(**inputs, phone="112")
    found = records.adopted(adoption({"id": "acc_1", "email": "s3cret-old", "phone": "110"}, declaration), declaration)
    assert b"s3cret" not in records.encode(Record(URN, found))
    assert [(write.path, write.live, write.declared) for write in found.writes] == [
        (("email",), Marked(Mark.SECRET), Marked(Mark.SECRET)),
        (("metadata", "pin"), Marked(Mark.MISSING), Marked(Mark.SECRET)),
        (("phone",), Plain("110"), Plain("112")),
    ]


def test_records_of_several_threads_stay_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The host serves four calls at once, and each leaves whole lines."""
    file = tmp_path / "records"
    file.touch()
    monkeypatch.setenv(records.FILE_VARIABLE, str(file))
    run = Run(_unset)
    found = records.Refused("acc_1", (Problem("", "x" * 20_000),))

    def leave() -> None:
        for _ in range(25):
            run.record(URN, found)

    threads = [threading.Thread(target=leave, daemon=True) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert records.decode(file.read_text()) == (Record(URN, found),) * 100


@pytest.mark.parametrize("kind", ["missing", "directory", "link"])
def test_records_that_cannot_be_kept_are_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """Only the file that was made for them takes records, and where it is not there that is said."""
    file = tmp_path / "records"
    if kind == "directory":
        file.mkdir()
    if kind == "link":
        (tmp_path / "elsewhere").touch()
        file.symlink_to(tmp_path / "elsewhere")
    monkeypatch.setenv(records.FILE_VARIABLE, str(file))
    with pytest.raises(Refused, match=f"^{file} can't be written for the report .*; run again$"):
        Run(_unset).record(URN, records.Passed())
    assert kind != "link" or (tmp_path / "elsewhere").stat().st_size == 0


def test_without_a_report_nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An ordinary preview leaves no file."""
    monkeypatch.delenv(records.FILE_VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)
    Run(_unset).record(URN, records.Passed())
    assert list(tmp_path.iterdir()) == []

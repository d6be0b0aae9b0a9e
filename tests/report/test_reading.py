"""From what the engine printed to the report: recorded previews of each kind, and output that is not complete."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from pulumi_audian import errors, records
from pulumi_audian.report import markdown, wording
from pulumi_audian.report.model import Action, Purpose, Report, Stack, concerns, headline
from pulumi_audian.report.places import Places
from pulumi_audian.report.reading import Printed, read

RECORDED = Path(__file__).parent / "recorded"
NAMES = sorted(path.stem for path in RECORDED.glob("*.json"))
STACK_FILE = """\
config:
  audian:apiUrl: http://localhost
  audian:accounts:
    globex: {accountId: acc_2345678901}
    acme:
      accountId: acc_1234567890
      displayNam: x
      email: nope
      settings:
        language: en
        timezone: Mars/Olympus
"""


def text_of(name: str) -> str:
    """A recorded preview."""
    return (RECORDED / f"{name}.json").read_text("utf-8")


def purpose_of(name: str) -> Purpose:
    """What was asked for when it was recorded."""
    return Purpose.DRIFT if "drift" in name else Purpose.PREVIEW


def printed_of(name: str, *, saved: bool = False) -> Printed:
    """What a recorded preview left; of one that was saved, what the engine printed is all that there is."""
    records = RECORDED / f"{name}.records.jsonl"
    asked = purpose_of(name) is Purpose.PREVIEW and not saved
    return Printed(text_of(name), records=(records.read_text("utf-8") if records.exists() else "") if asked else None)


def reported(name: str, directory: Path = Path("/nonexistent"), *, saved: bool = False) -> Stack:
    """The report of a recorded preview."""
    printed = printed_of(name, saved=saved)
    return read(printed, purpose_of(name), "", "", lambda stack: Places(directory, directory, stack))


def summary(stack: Stack) -> list[str]:
    """A report, a line each for what it says."""
    lines = [f"{stack.project}/{stack.name}: {headline([stack])}; {wording.rest(stack)}"]
    lines += [f"concerns: {', '.join(sorted(found.value for found in concerns(Report(Purpose.PREVIEW, (stack,)))))}"]
    for account in stack.accounts:
        live = " live" if account.live else ""
        place = f" at {account.place.file}:{account.place.line}" if account.place else ""
        lines.append(f"{account.action.value} {account.name} {account.account_id} ({account.title}){live}{place}")
        lines += [
            f"  {row.effect.value} {row.path}: {' => '.join(map(str, wording.compared(row)))}" for row in account.rows
        ]
        lines += [f"  {note.severity.value}: {note.text}" for note in account.notes]
        lines += [f"  refused [{problem.field}]: {problem.text}" for problem in account.problems]
    lines += [f"other: {other.count} x {other.operation} {other.type}" for other in stack.others]
    lines += [f"{note.severity.value}: {note.text}" for note in stack.notes]
    return lines if stack.failure is None else [*lines, f"failure: {stack.failure}"]


@pytest.mark.parametrize("name", NAMES)
def test_each_kind_of_preview_is_read(name: str, snapshot: SnapshotAssertion) -> None:
    """Every recorded preview gives the report that a reviewer needs."""
    assert summary(reported(name)) == snapshot


@pytest.mark.parametrize("name", NAMES)
def test_each_kind_of_saved_preview_is_read(name: str, snapshot: SnapshotAssertion) -> None:
    """Without the provider's records a report says of what it can't know that it is not known."""
    assert summary(reported(name, saved=True)) == snapshot


@pytest.mark.parametrize("name", NAMES)
def test_each_kind_of_preview_is_rendered(name: str, snapshot: SnapshotAssertion) -> None:
    """Every recorded preview gives the comment that a reviewer reads."""
    assert markdown.render(Report(purpose_of(name), (reported(name),))) == snapshot


@pytest.mark.parametrize(("field", "line"), [("displayNam", 7), ("email", 8), ("settings.timezone", 11)], ids=str)
def test_a_problem_is_placed_in_the_stack_file(tmp_path: Path, field: str, line: int) -> None:
    """A validation failure names the file and the line of the field."""
    (tmp_path / "Pulumi.yaml").write_text("name: audian\nstackConfigDir: stacks\n")
    (tmp_path / "stacks").mkdir()
    (tmp_path / "stacks" / "Pulumi.test.yaml").write_text(STACK_FILE)
    (account,) = reported("invalid", tmp_path).accounts
    places = {problem.field: problem.place for problem in account.problems}
    found = places[field]
    assert found is not None
    assert (found.file, found.line) == ("stacks/Pulumi.test.yaml", line)


def test_a_refused_account_is_named_by_its_id(tmp_path: Path) -> None:
    """The provider says which account it is, or else the stack file; where neither does, nobody knows."""
    (tmp_path / "Pulumi.test.yaml").write_text(STACK_FILE)
    (recorded,) = reported("immutable_edit").accounts
    (saved,) = reported("immutable_edit", tmp_path, saved=True).accounts
    (unknown,) = reported("immutable_edit", saved=True).accounts
    assert [one.account_id for one in (recorded, saved, unknown)] == ["acc_1234567890", "acc_1234567890", ""]


ACME = "urn:pulumi:test::audian::pulumi-python:dynamic/audian:Account::acme"
CHECKED = "pulumi-python:dynamic/audian:Account resource 'acme' has a problem: "
JUDGED = "account acme (acc_1): address.country"
EMAIL = errors.Problem("email", "is wrong")
BUSY = errors.Problem("", "account acc_1: the API is busy (HTTP 503)", unread=True)


def failed(
    texts: list[str], problems: list[errors.Problem], policy: str = "", purpose: Purpose = Purpose.PREVIEW
) -> Stack:
    """The report of a preview that failed with errors of an account, with what the provider and a policy said of it."""
    lines = [{"urn": ACME, "message": f"error: {text}\n", "severity": "error"} for text in texts]
    finding = {"resourceUrn": ACME, "message": policy, "policyName": "places", "enforcementLevel": "mandatory"}
    record = records.Record(ACME, records.Refused("acc_1", tuple(problems)))
    printed = Printed(
        json.dumps({"diagnostics": lines}),
        "",
        1,
        events=json.dumps({"policyEvent": finding}) if policy else "",
        records=records.encode(record).decode() if problems else None,
    )
    return read(printed, purpose, "", "")


@pytest.mark.parametrize(
    ("found", "action", "told"),
    [
        (failed([f"{CHECKED}email: is wrong"], [EMAIL]), Action.REFUSED, [("email", "email: is wrong")]),
        (failed([f"{CHECKED}{BUSY}"], [BUSY]), Action.UNREAD, [("", str(BUSY))]),
        (failed([], [BUSY]), Action.UNREAD, [("", str(BUSY))]),
        (failed(["altered: [secret]"], [EMAIL]), Action.REFUSED, [("email", "email: is wrong")]),
        (failed([f"{CHECKED}{BUSY}"], []), Action.REFUSED, [("", str(BUSY))]),
        (failed(["Duplicate resource URN"], []), Action.REFUSED, [("", "Duplicate resource URN")]),
        (failed([f"Preview failed: {BUSY}"], [], purpose=Purpose.DRIFT), Action.UNREAD, [("", str(BUSY))]),
        (
            failed([], [], f"{JUDGED} is wrong"),
            Action.REFUSED,
            [("address.country", f"policy places: {JUDGED} is wrong")],
        ),
        (
            failed([], [BUSY], "protected account acme: is it"),
            Action.REFUSED,
            [("", str(BUSY)), ("", "policy places: protected account acme: is it")],
        ),
    ],
    ids=range(9),
)
def test_a_refusal_is_told_apart_from_an_account_that_cannot_be_read(
    found: Stack, action: Action, told: list[tuple[str, str]]
) -> None:
    """What the provider left says whether the declaration is at fault or the way to the API; no message is read."""
    (account,) = found.accounts
    assert account.action is action
    assert [(problem.field, problem.text) for problem in account.problems] == told
    assert found.failure is None


STOPPED = "Resource monitor has terminated, shutting down"
CRASHED = "Program failed with an unhandled exception:"


@pytest.mark.parametrize(
    ("lines", "refused", "failure"),
    [
        ([(ACME, f"{CHECKED}email: is wrong"), ("", STOPPED)], ["acme"], None),
        ([("", STOPPED), (ACME, f"{CHECKED}email: is wrong")], ["acme"], None),
        ([("", CRASHED), ("", STOPPED)], [], CRASHED),
        ([("", STOPPED)], [], STOPPED),
        ([(ACME, f"{CHECKED}email: is wrong"), ("", CRASHED), ("", STOPPED)], ["acme"], CRASHED),
    ],
)
def test_that_the_program_was_stopped_is_only_said_where_nothing_else_explains_it(
    lines: list[tuple[str, str]], refused: list[str], failure: str | None
) -> None:
    """What a refused account is followed by is not a failure of its own; alone it is all that is known."""
    said = [{"urn": urn, "message": f"error: {text}\n", "severity": "error"} for urn, text in lines]
    found = read(Printed(json.dumps({"diagnostics": said}), "", 1), Purpose.PREVIEW, "", "")
    assert ([account.name for account in found.accounts], found.failure) == (refused, failure)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  key: [",
        "\t",
        "- a list",
        "config: text",
        "config: {audian:accounts: [1]}",
        "config: {audian:accounts: null}",
    ],
)
def test_a_stack_file_that_cannot_be_read_has_no_places(tmp_path: Path, text: str) -> None:
    """A missing or broken stack file is the engine's business: the report goes without lines."""
    (tmp_path / "Pulumi.test.yaml").write_text(text)
    (account,) = reported("invalid", tmp_path).accounts
    assert [problem.place for problem in account.problems] == [None, None, None]


@given(st.integers(0, 4000), st.sampled_from(NAMES))
def test_half_an_answer_is_a_failure(length: int, name: str) -> None:
    """An output that ends in the middle never passes for a complete one."""
    text = text_of(name)
    cut = text[: min(length, len(text.rstrip()) - 1)]
    stack = read(Printed(cut, "error: lost connection", 1), Purpose.PREVIEW, "audian", "test")
    assert stack.failed
    assert stack.failure == "pulumi ended with exit code 1\nerror: lost connection"
    assert (stack.project, stack.name) == ("audian", "test")


@pytest.mark.parametrize("records", [7, [7], [{}], [{"path": 7}]], ids=str)
def test_an_account_that_is_unlike_ours_is_a_failure(records: object) -> None:
    """State that someone edited ends in a report that says so, and not in one that leaves the account out."""
    preview = json.loads(text_of("restored"))
    for step in preview["steps"]:
        if "overwritten" in step["oldState"].get("outputs", {}):
            step["oldState"]["outputs"]["overwritten"] = records
    stack = read(Printed(json.dumps(preview)), Purpose.PREVIEW, "", "")
    assert (stack.project, stack.name, stack.accounts) == ("audian", "test", ())
    assert "the stack holds an account that this version can't read" in str(stack.failure)
    assert "its state was edited by hand, or written by another version" in str(stack.failure)


@pytest.mark.parametrize(
    ("printed", "says"),
    [
        (Printed("", "error: no stack named 'x' found\n", 255), "error: no stack named 'x' found"),
        (Printed("", "", 137), "ended with exit code 137"),
        (Printed("", "", -9, "was stopped after 5 seconds (--timeout)"), "was stopped after 5 seconds"),
        (Printed("Traceback\n", "", 1), "no complete answer"),
        (Printed("[]"), "no complete answer"),
        (Printed('{"steps": 7}'), "steps"),
        (Printed("{}", "error: boom", 1), "error: boom"),
        (Printed("{}", "", 0, "was stopped"), "was stopped"),
        (Printed("", "error: slow\n", -9, "was stopped"), "pulumi was stopped\nerror: slow"),
    ],
    ids=range(9),
)
def test_every_way_to_fail_has_its_reason(printed: Printed, says: str) -> None:
    """However the engine ended, there is a failed report that says why."""
    stack = read(printed, Purpose.PREVIEW, "audian", "test")
    assert stack.failed
    assert says in (stack.failure or "")
    assert not (printed.reason and "no complete answer" in (stack.failure or ""))


def test_a_complete_answer_of_a_command_that_failed_is_no_success() -> None:
    """An exit code that no diagnostic explains fails the report, and shows nothing that may be wrong."""
    stack = read(Printed(text_of("one_field"), "error: policy violation", 1), Purpose.PREVIEW, "", "")
    assert stack.failed
    assert stack.accounts == ()
    assert "policy violation" in (stack.failure or "")


def test_without_sames_the_engine_counts_what_stays() -> None:
    """A preview saved without --show-sames still says how many stay as they are."""
    document = json.loads(text_of("one_field"))
    document["steps"] = [step for step in document["steps"] if step["op"] != "same"]
    stack = read(Printed(json.dumps(document)), Purpose.PREVIEW, "", "")
    assert (len(stack.accounts), stack.unchanged) == (1, 2)

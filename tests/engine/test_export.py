"""`audian export` as a user runs it: what it writes is adopted by the real engine without a change."""

from __future__ import annotations

import os
import re
import shlex
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from audian_emulator import Control
from test_cli import audian
from workbench import ACME, CLOSED, GLOBEX, INITECH, Workbench

ADOPTED = re.compile(r"adopts account (\S+)[^\n]*, which already is as declared: up writes nothing")
STACK_FILE = "stacks/Pulumi.test.yaml"

TRAPS: tuple[Any, ...] = (
    *("", "NO", "no", "yes", "On", "off", "y", "true", "True", "null", "~", "Null", "nil", "<nil>", "undefined"),
    *(
        "1e3",
        "1E3",
        "0123",
        "09",
        "0o17",
        "0x1F",
        "0b11",
        "12:30",
        "190:20:30",
        "1_000",
        "1__0",
        ".5",
        "5.",
        "+1",
        "-0",
    ),
    *(".inf", "-.Inf", ".NaN", "2024-01-31", "2024-01-31T10:00:00Z", "2024-01-31 10:00:00", "1.10", "_", "e1", "0x"),
    *("-", "--", "---", "...", "- a", "? a", ": a", "a: b", "a #b", "#a", "!", "!!str", "&a", "*a", "%a", "@a", "`a"),
    *("|", ">", "{}", "[]", "{a: b}", "[a]", "'a'", '"a"', "it's", 'a "b"', "\\", "\\n", "a\\", "=", ",", "${x}", "$"),
    *(" a", "a ", "  ", "a\nb", "a\nb\n", "a\n\n b", "\na", " a\nb", "a \nb", "\n", "\n\n", "\t", "a\tb", "\ta\nb"),
    *(
        "a\r\nb",
        "\r",
        "\x00",
        "\x01",
        "\x1b[31m",
        "\x7f",
        "\x85",
        "\xa0",
        "\u2028",
        "\u2028a\nb",
        "\u202eabc",
        "\ufeff",
    ),
    *(
        "\u260e\ufe0f",
        "\u00e9",
        "e\u0301",
        "\u6f22",
        "\U0001f600",
        "\U000e0101",
        "\U0010ffff",
        "x" * 3000,
        "x y " * 500,
    ),
    *(
        "<<",
        "secure",
        "__x",
        "__provider",
        "id",
        "urn",
        "a.b",
        "a[0]",
        'a["b"]',
        "::error::x",
        "a\n::error::x",
        "##[x]",
    ),
    *(0, -1, 2**53 - 1, 2**53, -(2**60), 0.1, -0.0, 1e-7, 5e-324, 1e15, 1e22, 0.30000000000000004, True, False, None),
    *(
        [],
        {},
        [[]],
        [{}],
        [None],
        [None, 1],
        {"a": None},
        {"a": {}},
        {"secure": "x"},
        [{"secure": "x"}],
        {"<<": {"a": 1}},
    ),
    *(
        {"a": {"b": {"c": [1, {"d": ["NO"]}]}}},
        [["- a", ["b\nc"]], {"k": "v"}],
        {"secure": "x", "token": "y"},
        {"<<": {"a": 1}},
    ),
)
SETTINGS: tuple[Any, ...] = (
    {"timezone": "UTC", "language": "NO", "recordingRetention": 30, "enableVoiceMail": True},
    {"timezone": "Mars/Phobos", "language": "no\nyes", "recordingRetention": 0, "enableVoiceMail": "yes"},
    {"callerIdPolicy": "strict", "secure": "x"},
    {},
    None,
    "all",
)
ADDRESSES: tuple[Any, ...] = (
    {"street": "12:30", "postalCode": "01234", "country": "NO", "state": "1e3", "city": "\u6771\u4eac"},
    {"street": "a\nb: #c", "postalCode": 1234, "county": "x"},
    {},
    [],
)


def adversaries() -> list[dict[str, Any]]:
    """Accounts that hold every trap somewhere: as a value, as a key, in their names and their fields."""
    return [_adversary(number) for number in range(40)]


def _adversary(number: int) -> dict[str, Any]:
    mine = TRAPS[number::40]
    return {
        "id": f"acc_{number}",
        "name": next((trap for trap in mine if isinstance(trap, str)), ""),
        "displayName": next((trap for trap in reversed(mine) if isinstance(trap, str)), "ok"),
        "email": ("a@b.co", "NO", "\u00fc@ex\u00e4mple.com", None)[number % 4],
        "phone": ("+1-555-0100", "0123", "12 30", "", None)[number % 5],
        "status": ("active", "active", "suspended", "closed", "odd")[number % 5],
        "plan": "1e3",
        "settings": SETTINGS[number % len(SETTINGS)],
        "address": ADDRESSES[number % len(ADDRESSES)],
        "metadata": {
            "values": list(mine),
            **{f"value {place}": trap for place, trap in enumerate(mine)},
            **{trap: place for place, trap in enumerate(mine) if isinstance(trap, str)},
        },
        "createdAt": "2024-02-01",
    }


@pytest.fixture
def ids(api: Control) -> list[str]:
    """The ids of the adversaries, as the API's only accounts."""
    for account in adversaries():
        api.put(account["id"], account)
    return [account["id"] for account in adversaries()]


def test_a_stack_file_is_adopted_without_a_change(bench: Workbench, ids: list[str]) -> None:
    """Forty accounts full of traps: preview and up find each as it is declared, and nothing is written."""
    bench.write_config(bench.config)
    done = audian(bench, "export", "--into", STACK_FILE, "--assert", *ids)
    assert done.returncode == 0, done.stderr
    assert audian(bench, "validate").returncode == 0
    check_adoption(bench, len(ids))


def test_a_program_is_adopted_without_a_change(
    tmp_path: Path, api: Control, engine_directory: Path, ids: list[str]
) -> None:
    """The same accounts as a program, which is formatted as it comes."""
    bench = Workbench(tmp_path, api, engine_directory, program="")
    bench.write_config(bench.config)
    done = audian(bench, "export", "--stack", "test", "--python", "--assert", "--ids", "-", typed="\n".join(ids))
    assert done.returncode == 0, done.stderr
    (bench.directory / "__main__.py").write_text(done.stdout, "utf-8")
    formatted = subprocess.run(
        ["ruff", "format", "--isolated", "--check", "__main__.py"], cwd=bench.directory, check=False
    )
    assert formatted.returncode == 0
    check_adoption(bench, len(ids))


def check_adoption(bench: Workbench, count: int) -> None:
    """Preview and up, and then preview again with what the API holds by now."""
    bench.api.clear()
    preview = bench.execute("preview")
    assert (preview.returncode, len(set(ADOPTED.findall(preview.stdout)))) == (0, count), preview.stdout
    up = bench.execute("up", "--yes", "--skip-preview")
    assert (up.returncode, bench.api.writes()) == (0, []), up.stdout
    again = bench.execute("preview", "--refresh", "--expect-no-changes")
    assert (again.returncode, bench.api.writes()) == (0, []), again.stdout


def test_a_secret_is_declared_as_its_comment_says(bench: Workbench) -> None:
    """What looks like a secret is left out; the command beside it encrypts it, and then it is declared as it is."""
    bench.api.edit(GLOBEX, {"metadata": {"api token": "s3cr3t-value", "door.pin": "4711"}})
    bench.write_config(bench.config)
    file = bench.directory / STACK_FILE
    done = audian(bench, "export", "--into", STACK_FILE, GLOBEX, ACME)
    text = file.read_text()
    assert (done.returncode, "s3cr3t" in text, "4711" in text) == (0, False, False)
    commands = re.findall(r"to declare it encrypted: pulumi (.*)", text)
    for command, value in zip(commands, ("s3cr3t-value", "4711"), strict=True):
        bench.command(*shlex.split(command), "--stack", "test", value)
    assert "secure:" in file.read_text()
    check_adoption(bench, 2)


def test_what_is_in_a_stack_file_stays(bench: Workbench) -> None:
    """Comments, order, quotes, mode and the link to the file stay; accounts come behind those that are there."""
    file, target = bench.directory / STACK_FILE, bench.directory / "target.yaml"
    before = (
        "# ours\nencryptionsalt: 'v1:abc'   # kept\nconfig:\n"
        f'    "audian:apiUrl":   {bench.api.api_url}\n    audian:accounts:\n'
        "        old: {accountId: acc_old}   # first\n    # last\n"
    )
    target.write_text(before)
    target.chmod(0o640)
    file.unlink()
    file.symlink_to(target)
    done = audian(bench, "export", "--into", STACK_FILE, "--fields", "status", "--name", f"{ACME}=main", ACME)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    added = f"        main:\n          accountId: {ACME}\n          status: active\n"
    assert target.read_text() == before.replace("    # last\n", f"{added}    # last\n")
    assert (file.is_symlink(), stat.S_IMODE(target.stat().st_mode)) == (True, 0o640)
    assert sorted(path.name for path in file.parent.iterdir()) == ["Pulumi.test.yaml"]


def test_a_new_stack_file_is_begun(bench: Workbench) -> None:
    """Where there is none yet, the settings of the environment lead to the API."""
    bench.environment["AUDIAN_API_URL"] = bench.api.api_url
    done = audian(bench, "export", "--into", "stacks/Pulumi.new.yaml", "--fields", "settings.timezone", ACME)
    assert done.returncode == 0, done.stderr
    assert (bench.directory / "stacks/Pulumi.new.yaml").read_text() == (
        f"config:\n  audian:accounts:\n    acme-corporation:\n      accountId: {ACME}\n"
        "      settings:\n        timezone: America/Los_Angeles\n"
    )


@pytest.mark.parametrize(
    ("declared", "arguments", "reason"),
    [
        pytest.param({"acme": ACME}, [ACME], f'declares {ACME} (as "acme")', id="the account"),
        pytest.param({"globex": ACME}, [GLOBEX], f"choose another for {GLOBEX} with --name", id="the name"),
        pytest.param({"globex": ACME}, [GLOBEX, "--replace"], "the resource name", id="the name of another, replacing"),
        pytest.param({"acme": ACME}, [ACME, "--replace", "--name", f"{ACME}=x"], "is declared as acme", id="renaming"),
    ],
)
def test_nothing_is_overwritten_silently(
    bench: Workbench, declared: dict[str, str], arguments: list[str], reason: str
) -> None:
    """An account or a name that the file has already is named, and the file stays as it is."""
    bench.declare(**{name: {"accountId": account_id} for name, account_id in declared.items()})
    file = bench.directory / STACK_FILE
    before = file.read_bytes()
    done = audian(bench, "export", "--into", STACK_FILE, *arguments)
    assert (done.returncode, file.read_bytes()) == (1, before)
    assert reason in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_an_account_is_written_anew_where_that_is_asked_for(bench: Workbench) -> None:
    """Its resource name and its options stay, so that an up after someone else's edits changes nothing."""
    bench.settle(a={"accountId": ACME, "displayName": "Acme", "onDelete": "restore"}, b={"accountId": GLOBEX})
    bench.api.edit(ACME, {"displayName": "Edited"})
    done = audian(bench, "export", "--into", STACK_FILE, "--replace", "--fields", "displayName", ACME)
    assert done.returncode == 0, done.stderr
    text = (bench.directory / STACK_FILE).read_text()
    assert "displayName: Edited\n" in text
    assert "onDelete: restore\n" in text
    bench.api.clear()
    up = bench.up("--refresh")
    assert (up.code, bench.bodies()) == (0, [])


def run(api: Control, *arguments: str, typed: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """`audian export` outside of any project."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("AUDIAN_")}
    settings = {"AUDIAN_API_URL": api.api_url, "AUDIAN_API_TOKEN": api.read_only_token, **environment}
    return subprocess.run(
        [sys.executable, "-c", "from pulumi_audian.cli import main; main()", "export", *arguments],
        cwd="/",
        env={**inherited, **settings},
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def exported(done: subprocess.CompletedProcess[str]) -> list[str]:
    """The ids of the accounts in a stack file that a command printed."""
    assert done.returncode == 0, done.stderr
    return re.findall(r"accountId: (\S+)", done.stdout)


def test_ids_come_from_arguments_files_and_standard_input(api: Control, tmp_path: Path) -> None:
    """Each account is written once, in the order in which it was first named; a token that may not write will do."""
    listed = tmp_path / "ids.txt"
    listed.write_text(f"# ours\n{GLOBEX}  # Berlin\n\n  {ACME} {INITECH}\n")
    assert exported(run(api, ACME, "--ids", str(listed))) == [ACME, GLOBEX, INITECH]
    assert exported(run(api, "-", CLOSED, typed=f"{GLOBEX}\n{GLOBEX}\n")) == [GLOBEX, CLOSED]
    assert {entry["method"] for entry in api.requests()} == {"GET"}


def test_many_accounts_are_read_at_once_and_slowly_where_the_api_asks_for_it(api: Control) -> None:
    """Requests to slow down are obeyed and outlived."""
    account = api.account(GLOBEX)
    ids = [f"acc_{number}" for number in range(30)]
    for account_id in ids:
        api.put(account_id, {**account, "id": account_id})
    api.fault(method="GET", status=429, retry_after=1, times=5)
    assert exported(run(api, *ids)) == ids


@pytest.mark.parametrize(
    ("arguments", "environment", "reasons"),
    [
        pytest.param(["acc_x", ACME, "acc_y"], {}, ["account acc_x: ", "account acc_y: "], id="gone"),
        pytest.param([ACME, GLOBEX], {"AUDIAN_API_TOKEN": "wrong"}, ["check AUDIAN_API_TOKEN"], id="token"),
        pytest.param([ACME], {"AUDIAN_API_TOKEN": ""}, ["no credential: set AUDIAN_API_TOKEN"], id="no token"),
        pytest.param([ACME], {"AUDIAN_API_URL": "ftp://x"}, ["is not an http or https URL"], id="address"),
        pytest.param([], {}, ["no account is named"], id="no id"),
        pytest.param(["a/../b"], {}, ['"a/../b" is not an account\'s id'], id="no account's id"),
        pytest.param(["--ids", "/nowhere"], {}, ["/nowhere can't be read"], id="no file"),
        pytest.param([ACME, "--fields", "timezone"], {}, ["did you mean settings.timezone?"], id="field"),
        pytest.param([ACME, "--name", "acc_x=y"], {}, ["write it as ID=NAME"], id="name"),
        pytest.param([ACME, "--name", f"{ACME}=<<"], {}, ["would merge objects"], id="impossible name"),
        pytest.param([ACME, "--into", "/nowhere/x.yaml"], {}, ["it can't be written"], id="directory"),
        pytest.param([ACME, "--stack", "x"], {}, ["there is no Pulumi.yaml"], id="no project"),
    ],
)
def test_failures_are_a_line_each(
    api: Control, arguments: list[str], environment: dict[str, str], reasons: list[str]
) -> None:
    """Each says what happened, to what, and what to do; nothing is printed or written then."""
    done = run(api, *arguments, **environment)
    assert (done.returncode, done.stdout) == (1, "")
    lines = done.stderr.splitlines()
    assert len(lines) == len(reasons), done.stderr
    assert all(line.startswith("audian: ") and reason in line for line, reason in zip(lines, reasons, strict=True))


@pytest.mark.parametrize("arguments", [["--python", "--into", "x.yaml"], ["--replace"]])
def test_options_that_contradict_each_other_are_refused(api: Control, arguments: list[str]) -> None:
    """It is better to say so than to do half of it."""
    done = run(api, ACME, *arguments)
    assert (done.returncode, done.stdout, api.requests()) == (1, "", [])


@pytest.mark.parametrize(("continuous", "shown"), [("", True), ("true", False)])
def test_progress_is_for_terminals(api: Control, continuous: str, *, shown: bool) -> None:
    """A person sees how many accounts are read; a pipeline's log has only the result."""
    ours, theirs = os.openpty()
    done = subprocess.run(
        [sys.executable, "-c", "from pulumi_audian.cli import main; main()", "export", ACME, GLOBEX],
        env={
            **os.environ,
            "AUDIAN_API_URL": api.api_url,
            "AUDIAN_API_TOKEN": api.full_token,
            "CI": continuous,
            "TERM": "xterm",
        },
        stdout=subprocess.PIPE,
        stderr=theirs,
        timeout=60,
        check=False,
    )
    os.close(theirs)
    seen = os.read(ours, 100_000).decode()
    os.close(ours)
    assert done.returncode == 0
    assert ("reading accounts" in seen) is shown
    assert "2 accounts" in seen

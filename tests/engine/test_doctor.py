"""`audian doctor` with the real engine and a real API: what it finds, what it advises, and what it never shows."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from pulumi_audian.cli.diagnosis.engine import NEWEST, OLDEST, OLDEST_SDK
from workbench import ACME, CHECKOUT, CLOSED, GLOBEX, Workbench

LINE = re.compile(r"(ok|problem|unknown) +([^:]+): (.+)")
ALL = [
    "Pulumi CLI",
    "Python language host",
    "backend",
    "project",
    "virtual environment",
    "stack",
    "secrets",
    "API URL",
    "API reachable",
    "credential",
    "account acme",
]


class Diagnosis:
    """What the command said, by subject, and how it ended."""

    def __init__(self, done: subprocess.CompletedProcess[str]) -> None:
        self.code = done.returncode
        self.text = done.stdout + done.stderr
        matches = [LINE.fullmatch(line) for line in done.stdout.splitlines()]
        assert None not in matches, self.text
        self.lines = {match[2]: (match[1], match[3]) for match in matches if match}

    @property
    def problems(self) -> dict[str, str]:
        """What is said of each problem."""
        return {subject: text for subject, (verdict, text) in self.lines.items() if verdict == "problem"}

    def said(self, subject: str) -> str:
        """What is said of one subject."""
        return self.lines[subject][1]


def doctor(bench: Workbench, *arguments: str) -> Diagnosis:
    """Run the command in the project."""
    command = [sys.executable, "-c", "from pulumi_audian.cli import main; main()", "doctor", *arguments]
    return Diagnosis(
        subprocess.run(
            command,
            cwd=bench.directory,
            env=bench.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    )


def stub(bench: Workbench, name: str, script: str) -> None:
    """Put a command of this name first on PATH."""
    directory = bench.directory.parent / "stub"
    directory.mkdir(exist_ok=True)
    (directory / name).write_text(f"#!/bin/sh\n{script}\n")
    (directory / name).chmod(0o755)
    bench.environment["PATH"] = os.pathsep.join([str(directory), bench.environment["PATH"]])


def edit_project(bench: Workbench, change: Callable[[dict[str, object]], object]) -> None:
    """Change the project's file."""
    file = bench.directory / "Pulumi.yaml"
    project = yaml.safe_load(file.read_text())
    change(project)
    file.write_text(yaml.safe_dump(project))


@pytest.fixture
def well(bench: Workbench) -> Workbench:
    """A stack in which nothing is amiss."""
    bench.declare(acme={"accountId": ACME})
    return bench


def test_where_all_is_well_it_says_so_and_only_reads(well: Workbench) -> None:
    """A line for each thing, exit code 0, and no request but GET, with a token that may read alone too."""
    for token in (well.api.full_token, well.api.read_only_token):
        well.environment["AUDIAN_API_TOKEN"] = token
        diagnosis = doctor(well)
        assert (diagnosis.code, diagnosis.problems) == (0, {})
        assert list(diagnosis.lines) == ALL
        assert {verdict for verdict, _ in diagnosis.lines.values()} == {"ok"}
        assert set(well.calls()) == {"GET"}
        assert token not in diagnosis.text
    assert diagnosis.said("API URL") == f"{well.api.api_url} (from Pulumi.test.yaml)"
    assert diagnosis.said("account acme") == f"{ACME} is Acme Corporation, active"
    assert diagnosis.said("credential").startswith("token (from AUDIAN_API_TOKEN) is accepted; whether it may change")


def cli_of_version(bench: Workbench, version: str) -> None:
    """Make the engine say that it is another version."""
    real = shutil.which("pulumi", path=bench.environment["PATH"])
    stub(bench, "pulumi", f'test "$1" = version && echo {version} || exec {real} "$@"')


def without_cli(bench: Workbench) -> None:
    """No engine on PATH."""
    bench.environment["PATH"] = "/usr/bin:/bin"


def old_cli(bench: Workbench) -> None:
    """An engine of years ago."""
    cli_of_version(bench, "v3.100.0")


def other_generation(bench: Workbench) -> None:
    """An engine of another generation."""
    cli_of_version(bench, "v4.1.0")


def broken_cli(bench: Workbench) -> None:
    """An engine that does not start."""
    stub(bench, "pulumi", "echo 'error: exec format' >&2; exit 126")


def logged_out(bench: Workbench) -> None:
    """Nobody is logged in."""
    del bench.environment["PULUMI_BACKEND_URL"]


def no_environment(bench: Workbench) -> None:
    """The environment that the project names is not there."""
    edit_project(bench, lambda project: project.update(runtime={"name": "python", "options": {"virtualenv": "gone"}}))


def bare_environment(bench: Workbench) -> None:
    """The environment has nothing installed."""
    venv.create(bench.directory / "bare", with_pip=False)
    edit_project(bench, lambda project: project.update(runtime={"name": "python", "options": {"virtualenv": "bare"}}))


def old_sdk(bench: Workbench) -> None:
    """The environment has an SDK that hides from the provider what is declared."""
    environment = bench.directory / "old"
    venv.create(environment, with_pip=False)
    (libraries,) = environment.glob("lib/python*/site-packages")
    for name, number in (("pulumi", "3.200.0"), ("pulumi_audian", "0.1.0")):
        information = libraries / f"{name}-{number}.dist-info"
        information.mkdir()
        (information / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {number}\n")
    edit_project(bench, lambda project: project.update(runtime={"name": "python", "options": {"virtualenv": "old"}}))


def no_stack_file(bench: Workbench) -> None:
    """The selected stack has no file."""
    (bench.directory / "stacks" / "Pulumi.test.yaml").unlink()


def wrong_stack_file(bench: Workbench) -> None:
    """The stack's file has a problem."""
    bench.declare(acme={"accountId": ACME, "email": "nobody"})


def wrong_url(bench: Workbench) -> None:
    """The API's address is none."""
    bench.environment["AUDIAN_API_URL"] = "ftp://api.audian.com"


def closed_port(bench: Workbench) -> None:
    """Nothing listens at the API's address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        bench.environment["AUDIAN_API_URL"] = f"http://127.0.0.1:{probe.getsockname()[1]}/v2"


def no_credential(bench: Workbench) -> None:
    """There is no token."""
    del bench.environment["AUDIAN_API_TOKEN"]


def wrong_token(bench: Workbench) -> None:
    """The API does not know the token."""
    bench.environment["AUDIAN_API_TOKEN"] = "not-a-token-9f3b"


def wrong_key(bench: Workbench) -> None:
    """The API does not know the key."""
    del bench.environment["AUDIAN_API_TOKEN"]
    bench.environment["AUDIAN_API_KEY"] = "not-a-key-9f3b"


def locked_token(bench: Workbench) -> None:
    """The token is encrypted with another passphrase."""
    del bench.environment["AUDIAN_API_TOKEN"]
    bench.command("config", "set", "--secret", "audian:token", bench.api.full_token)
    bench.environment["PULUMI_CONFIG_PASSPHRASE"] = "pass-77aa"


def no_passphrase(bench: Workbench) -> None:
    """The passphrase of the stack's secrets is not set."""
    del bench.environment["PULUMI_CONFIG_PASSPHRASE"]


def wrong_passphrase(bench: Workbench) -> None:
    """The passphrase is another one; the stack has no secret yet."""
    bench.environment["PULUMI_CONFIG_PASSPHRASE"] = "pass-77aa"


def unknown_stack(bench: Workbench) -> None:
    """There is a file, and no stack in the backend."""
    bench.command("stack", "rm", "--yes", "--preserve-config")


def wrong_token_before_the_first_up(bench: Workbench) -> None:
    """Nothing is declared in a file or known from state, and the API does not know the token."""
    bench.declare()
    bench.environment["AUDIAN_API_TOKEN"] = "not-a-token-9f3b"


def gone(bench: Workbench) -> None:
    """The API does not know the account."""
    bench.api.remove(ACME)


@pytest.mark.parametrize(
    ("breaks", "problems"),
    [
        (without_cli, {"Pulumi CLI": "install the Pulumi CLI", "Python language host": "install the Pulumi CLI"}),
        (old_cli, {"Pulumi CLI": "older than 3.216"}),
        (other_generation, {"Pulumi CLI": "another generation than the SDK 3."}),
        (broken_cli, {"Pulumi CLI": "exec format", "backend": "exec format; run pulumi login"}),
        (logged_out, {"backend": "run pulumi login"}),
        (no_environment, {"virtual environment": "bin/python -m pip install -r requirements.txt, or name another"}),
        (bare_environment, {"virtual environment": "has no pulumi and pulumi-audian; install it with"}),
        (
            old_sdk,
            {"virtual environment": "older than 3.235, the oldest that pulumi-audian works with; upgrade it with"},
        ),
        (no_stack_file, {"stack": "write it, or name another with --stack"}),
        (wrong_stack_file, {"stack": "1 problem in"}),
        (wrong_url, {"API": "is not an http or https URL"}),
        (closed_port, {"API reachable": "Connection refused"}),
        (no_credential, {"credential": "set AUDIAN_API_TOKEN"}),
        (wrong_token, {"credential": "check AUDIAN_API_TOKEN"}),
        (wrong_key, {"credential": "check AUDIAN_API_KEY"}),
        (
            locked_token,
            {
                "secrets": "incorrect passphrase",
                "credential": "audian:token is encrypted, and the engine can't read it: incorrect passphrase",
            },
        ),
        (no_passphrase, {"secrets": "set PULUMI_CONFIG_PASSPHRASE, also where it is empty"}),
        (wrong_passphrase, {"secrets": "incorrect passphrase; set PULUMI_CONFIG_PASSPHRASE"}),
        (unknown_stack, {"secrets": "make the stack with pulumi stack init"}),
        (wrong_token_before_the_first_up, {"credential": "check AUDIAN_API_TOKEN"}),
        (gone, {"account acme": "check accountId and audian:apiUrl"}),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_what_is_amiss_is_named_with_its_remedy(
    well: Workbench, breaks: Callable[[Workbench], None], problems: dict[str, str]
) -> None:
    """One thing is a problem, everything else is looked at all the same, and nothing secret is shown."""
    well.environment["AUDIAN_API_URL"] = well.api.api_url
    breaks(well)
    diagnosis = doctor(well)
    assert diagnosis.code == 1
    assert set(diagnosis.problems) == set(problems), diagnosis.text
    for subject, text in problems.items():
        assert text in diagnosis.problems[subject]
    assert set(ALL[:7]) <= set(diagnosis.lines)
    for secret in (well.api.full_token, "9f3b", "77aa"):
        assert secret not in diagnosis.text
    assert {*well.calls()} <= {"GET", "PUT"}


def test_without_anything_it_still_answers(tmp_path: Path, well: Workbench) -> None:
    """Outside of any project, without engine and token, each thing has its line."""
    well.directory = tmp_path / "empty"
    well.directory.mkdir()
    well.environment = {"PATH": "/usr/bin:/bin", "AUDIAN_API_URL": well.api.api_url}
    diagnosis = doctor(well)
    assert diagnosis.code == 1
    assert list(diagnosis.lines) == ALL[:-1]
    assert set(diagnosis.problems) == {"Pulumi CLI", "Python language host", "project", "credential"}


def test_the_stack_is_the_named_or_the_selected_one(well: Workbench) -> None:
    """Where none is selected and there are several, it asks for one."""
    (well.directory / "stacks" / "Pulumi.prod.yaml").write_text("config: {}\n")
    assert doctor(well).said("stack").startswith("test (")
    assert doctor(well, "--stack", "org/audian/prod").said("stack").startswith("org/audian/prod (")
    well.command("stack", "unselect")
    assert doctor(well).problems["stack"] == "none is selected; name one with --stack: prod, test"
    for file in (well.directory / "stacks").glob("Pulumi.*.yaml"):
        file.unlink()
    assert doctor(well).problems["stack"] == "none is selected; make one with pulumi stack init"


def test_accounts_of_the_program_are_known_from_state(well: Workbench) -> None:
    """Those that no stack file declares, once they were brought up; an encrypted id is known from there too."""
    well.settle(
        acme={"accountId": ACME, "plan": "professional"}, globex={"accountId": GLOBEX}, old={"accountId": CLOSED}
    )
    well.declare(acme={"accountId": ACME})
    well.command("config", "set", "--secret", "--path", "audian:accounts.globex.accountId", GLOBEX)
    accounts = {name: line for name, line in doctor(well).lines.items() if name.startswith("account ")}
    assert accounts == {
        "account acme": ("ok", f"{ACME} is Acme Corporation, active"),
        "account globex": ("ok", f"{GLOBEX} is Globex, active"),
        "account old": ("ok", f"{CLOSED} is Umbrella, closed"),
    }


def test_an_encrypted_token_is_read_by_the_engine(well: Workbench) -> None:
    """From the stack's file, and never shown."""
    del well.environment["AUDIAN_API_TOKEN"]
    well.command("config", "set", "--secret", "audian:token", well.api.full_token)
    diagnosis = doctor(well)
    assert diagnosis.code == 0, diagnosis.text
    assert diagnosis.said("credential").startswith("token (from Pulumi.test.yaml) is accepted")
    assert well.api.full_token not in diagnosis.text


def token_that_ends(at: object) -> str:
    """A JSON Web Token with this end."""
    claims = base64.urlsafe_b64encode(json.dumps({"exp": at}).encode()).decode().rstrip("=")
    return f"e30.{claims}.sig"


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        (token_that_ends(4102444800), ", until 2100-01-01 00:00 UTC"),
        (token_that_ends(946684800), ", but ended 2000-01-01 00:00 UTC"),
        (token_that_ends("soon"), ""),
        (token_that_ends(1e300), ""),
        ("a.b.c", ""),
        ("opaque", ""),
    ],
)
def test_a_token_may_tell_its_end(well: Workbench, token: str, expected: str) -> None:
    """Where it is a JSON Web Token, also where the API rejects it."""
    well.environment["AUDIAN_API_TOKEN"] = token
    assert f"token (from AUDIAN_API_TOKEN{expected}): " in doctor(well).problems["credential"]


def test_a_credential_is_tried_before_there_is_an_account(well: Workbench) -> None:
    """Before the first up, by asking for an account that there is not; what can't be judged so is not called well."""
    well.declare()
    diagnosis = doctor(well)
    assert diagnosis.said("credential").startswith("token (from AUDIAN_API_TOKEN) is accepted")
    assert diagnosis.text.endswith("audian: all is well\n")
    well.api.fault(method="GET", account="acc_0000000000", status=500)
    diagnosis = doctor(well)
    assert diagnosis.lines["credential"][0] == "unknown"
    assert diagnosis.code == 0
    assert diagnosis.text.endswith("audian: nothing wrong found, 1 thing not known\n")


def test_what_a_preview_refuses_is_a_problem(well: Workbench) -> None:
    """Without its passphrase a stack has no preview, and nothing is well; nothing of the project is changed."""
    before = {file: file.read_bytes() for file in well.directory.rglob("*") if file.is_file()}
    del well.environment["PULUMI_CONFIG_PASSPHRASE"]
    assert well.execute("preview").returncode != 0
    assert doctor(well).text.endswith("audian: 1 problem\n")
    assert {file: file.read_bytes() for file in well.directory.rglob("*") if file.is_file()} == before


@pytest.fixture
def hostile(well: Workbench) -> Workbench:
    """An API and an engine that print control characters and commands of GitHub's runner."""
    well.api.edit(ACME, {"name": "Acme\x1b[2J\u202e\n::error::x ##[group]"})
    stub(well, "pulumi", r"printf 'error: \033[2J##[group]\n' >&2; exit 1")
    return well


def test_nothing_from_outside_commands_the_terminal(hostile: Workbench) -> None:
    """Each line is one line, and what is invisible is escaped."""
    diagnosis = doctor(hostile, "--stack", "test")
    assert "\x1b" not in diagnosis.text
    assert "\u202e" not in diagnosis.text
    assert "##[" not in diagnosis.text
    assert diagnosis.said("account acme").startswith(f"{ACME} is Acme\\x1b[2J\\u202e\\n::error::x")


def test_credentials_in_the_backends_address_are_left_out(well: Workbench) -> None:
    """A backend may be named with its user and password."""
    stub(well, "pulumi", """test "$1" = whoami && echo '{"user": "me", "url": "postgres://me:pass-77aa@db/x"}'""")
    assert doctor(well).said("backend") == "me at postgres://db/x"


def test_a_mistake_on_the_command_line_is_one(well: Workbench) -> None:
    """A directory that is none ends the command."""
    done = subprocess.run(
        [sys.executable, "-c", "from pulumi_audian.cli import main; main()", "doctor", "--cwd", "nowhere"],
        cwd=well.directory,
        env=well.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "nowhere is no directory" in done.stderr


def test_the_supported_range_is_the_tested_one() -> None:
    """The command, the metadata and README name the ends that `make engines` runs the tests on."""

    def pinned(file: str, pattern: str) -> tuple[int, int]:
        found = re.search(pattern, (CHECKOUT / file).read_text("utf-8"))
        assert found is not None
        return int(found[1]), int(found[2])

    in_module = r"pulumi/pkg/v3 v(\d+)\.(\d+)"
    assert pinned("tools/engine/oldest/go.mod", in_module) == OLDEST
    assert pinned("tools/engine/cli/go.mod", in_module) == NEWEST
    assert pinned("tools/engine/oldest/overrides.txt", r"pulumi==(\d+)\.(\d+)") == OLDEST_SDK
    assert pinned("pyproject.toml", r'"pulumi>=(\d+)\.(\d+),<4"') == OLDEST_SDK
    newest_sdk = pinned("requirements.lock", r"(?m)^pulumi==(\d+)\.(\d+)")
    readme = " ".join((CHECKOUT / "README.md").read_text("utf-8").split())
    ends = [".".join(map(str, end)) for end in (OLDEST, NEWEST, OLDEST_SDK, newest_sdk)]
    assert "Pulumi CLI {} to {} with its Python SDK {} to {}".format(*ends) in readme


def test_a_newer_engine_than_the_tested_ones_is_named(well: Workbench) -> None:
    """It is a fact that may explain something, and not a problem."""
    cli_of_version(well, f"v{NEWEST[0]}.{NEWEST[1] + 1}.0")
    diagnosis = doctor(well)
    assert (diagnosis.code, diagnosis.problems) == (0, {})
    assert diagnosis.said("Pulumi CLI").endswith("the newest that pulumi-audian was tested with")

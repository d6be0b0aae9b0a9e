"""`audian validate`: what it finds in a file, where it says that it is, and how it says it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from pulumi_audian.cli.app import app
from pulumi_audian.validation import parsing
from pulumi_audian.validation.handover import bytes_handed_over
from pulumi_audian.validation.project import Project
from pulumi_audian.validation.stack import check, room_left

DECLARED = Path("Pulumi.yaml")


def lines(text: str, project: Project | None = None) -> list[str]:
    """What is found in a stack file, each as `line:column: subject: message`."""
    findings = check(text.encode(), project or Project(DECLARED, name="infra"))
    return [f"{finding.at.line}:{finding.at.column}: {finding}" for finding in findings]


def accounts(text: str) -> str:
    """A stack file whose first account is in line 3."""
    return f"config:\n  audian:accounts:\n{text}"


NO_MAP = "is not a map of fields; write it as a: {accountId: acc_1234567890, ...}; nothing was read or written"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", [], id="empty"),
        pytest.param("# nothing\n", [], id="comment"),
        pytest.param("encryptionsalt: v1:abc\nconfig:\n", [], id="no settings"),
        pytest.param(accounts("    a: {accountId: acc_1}\n"), [], id="right"),
        pytest.param(
            accounts("    a:\n      accountId: acc_1\n      settings: {language: en, timezone: Europe/Berln}\n"),
            [
                (
                    '5:32: a.settings.timezone: "Europe/Berln" is not an IANA timezone such as America/New_York; '
                    "did you mean Europe/Berlin?"
                )
            ],
            id="inside a flow map",
        ),
        pytest.param(
            accounts("    a:\n      accountId: acc_1\n      settings:\n        enable_recording: 1\n"),
            ["6:9: a.settings.enableRecording: 1 is not true or false"],
            id="Python's name",
        ),
        pytest.param(
            accounts(
                "    a:\n      accountId: acc_1\n      settings: {enableRecording: true, enable_recording: false}\n"
            ),
            ["5:41: a.settings.enable_recording: is the same field as enableRecording: keep one of the two"],
            id="both spellings",
        ),
        pytest.param(
            accounts("    a: {accountId: acc_1, metadata: {x: [{y: null}]}}\n"),
            [
                "3:38: a.metadata.x[0].y: is null: leave it out to leave the field alone, or name it in clear",
            ],
            id="a null in a list",
        ),
        pytest.param(
            accounts("    a: {accountId: acc_1, email: a@b.local}\n"),
            [
                (
                    '3:27: a.email: "a@b.local" is not an email address such as admin@acme.com: no mail reaches '
                    ".local, which is reserved for special use"
                ),
            ],
            id="a domain without mail",
        ),
        pytest.param(
            accounts("    ä b: {displaynam: x, accountId: acc_1}\n"),
            ["3:11: ä b.displaynam: is not a known field; did you mean displayName?"],
            id="unknown field",
        ),
        pytest.param(
            accounts("    a:\n      email: a@b.de\n"),
            ["3:5: a.accountId: is required: set it to an account's id such as acc_1234567890"],
            id="what is missing stands at its account",
        ),
        pytest.param(
            accounts("    a: {accountId: acc_1}\n    b: {accountId: acc_1}\n"),
            ['4:9: b.accountId: "acc_1" is declared by resource a too; declare an account once, in one place'],
            id="two resources of one account",
        ),
        pytest.param(
            accounts("    a: {accountId: acc_1}\n    b: {}\n    a: {}\n"),
            [
                "4:5: b.accountId: is required: set it to an account's id such as acc_1234567890",
                "5:5: a is written twice, here and in line 3: keep one of the two",
            ],
            id="one name for two accounts",
        ),
        pytest.param(
            accounts("    a: {accountId: acc_1, createdAt: 2023-10-15T10:30:00Z, metadata: {since: [2024-01-31]}}\n"),
            [
                '3:27: a.createdAt: "2023-10-15 10:30:00 +0000 UTC" is not text (quote numbers and dates)',
                '3:79: a.metadata.since: "2024-01-31 00:00:00 +0000 UTC" is not text (quote numbers and dates)',
            ],
            id="what YAML takes for a point in time",
        ),
        pytest.param(
            accounts("    a: {accountId: acc_1, phone: , settings: {language: ~}, metadata: {m: {n: null}}}\n"),
            [
                f"3:{column}: a.{path}: is null: leave it out to leave the field alone, or name it in clear"
                for column, path in ((27, "phone"), (47, "settings.language"), (76, "metadata.m.n"))
            ],
            id="null",
        ),
        pytest.param(
            accounts('    a: {accountId: acc_1, metadata: {"x.y": 9007199254740993}}\n'),
            [
                "3:27: a.metadata: {...} is not a map of names to JSON values (numbers beyond 2^53 as quoted text)",
            ],
            id="number that loses digits",
        ),
        pytest.param(accounts("    a: [acc_1]\n"), [f'3:5: a: ["acc_1"] {NO_MAP}'], id="list as account"),
        pytest.param(accounts("    a:\n"), [f"3:5: a: (none) {NO_MAP}"], id="nothing as account"),
        pytest.param(accounts("    a: {secure: v1:x}\n"), [f'3:5: a: "[secret]" {NO_MAP}'], id="secret as account"),
        pytest.param(
            accounts("    '': {accountId: acc_1}\n"),
            ["3:5: an account needs a resource name: give it one in place of the empty text"],
            id="no name",
        ),
        pytest.param(
            "x: &d {email: nobody}\n" + accounts("    a: {<<: *d, accountId: acc_1}\n    b: {accountId: b, <<: *d}\n"),
            [
                '1:8: a.email: "nobody" is not an email address such as admin@acme.com',
                '1:8: b.email: "nobody" is not an email address such as admin@acme.com',
            ],
            id="a merged value stands where it is written",
        ),
    ],
)
def test_each_problem_of_an_account_has_its_place(text: str, expected: list[str]) -> None:
    """Line and column are those of the field's name, or of what the field is missing in."""
    assert lines(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("config:\n  audian:apiurl: x\n", "2:3: audian:apiurl is not a setting of pulumi-audian; did you mean"),
        ("config:\n  audian:token: abc\n", "2:3: audian:token stands in plain text in the stack file: remove it"),
        ("config:\n  audian:apiKey: {secure: 7}\n", "2:3: audian:apiKey stands in plain text in the stack file"),
        ("config:\n  audian:authScheme: basic\n", "2:3: audian:authScheme: 'basic' is not one of x-auth-token, bearer"),
        ("config:\n  audian:apiUrl: ftp://x\n", "2:3: audian:apiUrl (or AUDIAN_API_URL): 'ftp://x' is not an http"),
        ("config:\n  audian:apiUrl: http://u:p@x\n", "2:3: audian:apiUrl (or AUDIAN_API_URL): the value is not an"),
        ("config:\n  audian:timeoutSeconds: 0\n", "2:3: audian:timeoutSeconds: '0' is not a number of seconds over 0"),
        ("config:\n  audian:previewReads: {a: 1}\n", "2:3: audian:previewReads: '{\"a\": 1}' is not true or false"),
        (
            "config:\n  audian:accounts: acme\n",
            '2:3: audian:accounts: "acme" is not a map of accounts by resource name',
        ),
        ("config:\n  audian:accounts: '[1]'\n", "2:3: audian:accounts: [1] is not a map of accounts by resource name"),
        ("config:\n  audian:accounts: '{\"a\": {}}'\n", "2:20: a.accountId: is required"),
        ("config:\n  audian:a:b: 1\n", "2:3: audian:a:b is no key of a setting: write it as namespace:name"),
        ("config: [1]\n", "1:1: config: [1] is not a map of settings"),
        ("- config\n", "1:1: a stack file is a map; its accounts stand under config, audian:accounts"),
        (
            "config:\n\taudian:apiUrl: x\n",
            "2:1: is no YAML: found character that cannot start any token while scanning ",
        ),
        ("a: b: c\n", "1:5: is no YAML: mapping values are not allowed in this context"),
        ("a: 'b\n", "2:1: is no YAML: found unexpected end of stream while scanning a quoted scalar"),
        ("ä: \x07\n", "1:4: is no YAML: control characters are not allowed"),
        ("a: 1\nb: *c\n", "2:4: *c is not defined above"),
        ("a: &b [*b]\n", "1:8: *b contains itself"),
        ("a: 1\n---\nb: 2\n", "2:1: starts a second document, which the engine does not read"),
        ("a: !!int b\n", '1:4: "b" is not what its tag !!int says'),
        ("a: !!binary b\n", "1:4: a text with the tag !!binary is not base64"),
        ("<<: [a]\n", "1:6: is merged by <<, and is no map"),
        ("? [a]\n: 1\n", "1:3: is a list or a map in the place of a name"),
        (f"a: {'[' * 5000}{']' * 5000}\n", "1:103: is nested more than 100 levels deep"),
        (f"a: &a {'[' * 60}{']' * 60}\nb: {'[' * 60}*a{']' * 60}\n", "2:23: is nested more than 100 levels deep"),
        (
            f"config:\n  audian:accounts: '{{\"a\": {'[' * 150}{']' * 150}}}'\n",
            '2:3: audian:accounts: "{\\"a\\": [[[',
        ),
        (
            f'config:\n  audian:accounts: \'{{"a": {{"accountId": "a", "metadata": {{"n": 1{"0" * 400}}}}}}}\'\n',
            "2:20: a.metadata: {...} is not a map of names to JSON values",
        ),
        (
            f"a: &a [{'1,' * 99}]\nb: &b [{'*a,' * 99}]\nc: [{'*b,' * 99}]\n",
            "1:1: 304 values become 990,205 by aliases",
        ),
    ],
)
def test_each_problem_of_a_file_has_its_place(text: str, expected: str) -> None:
    """What is about no account is one sentence with a place, too."""
    (line,) = lines(text)
    assert line.startswith(expected)


def test_encrypted_settings_and_accounts_are_unknown() -> None:
    """What only the engine can read is nothing to complain of."""
    secure = "{secure: v1:abc}"
    named = "".join(f"  audian:{name}: {secure}\n" for name in ("token", "apiUrl", "timeoutSeconds", "accounts"))
    assert lines(f"config:\n{named}") == []
    listed = (
        f"    a: {{accountId: {secure}, allowStatus: [{secure}], metadata: {{x: [{secure}]}}, onDelete: {secure}}}\n"
    )
    assert lines(accounts(listed)) == []


def test_an_encrypted_value_hides_the_others() -> None:
    """As in the provider, which knows of a secret in the accounts and not where."""
    text = accounts(
        "    a: {accountId: acc_1, email: pin-4711, settings: {smsEnabled: {secure: x}}, name: 2024-01-31}\n"
    )
    assert [line.split(": ", 1)[1] for line in lines(text)] == [
        "a.email: [secret] is not an email address such as admin@acme.com",
        "a.settings.smsEnabled: [secret] is not true or false",
        "a.name: [secret] is not text (quote numbers and dates)",
    ]


def test_what_the_project_declares_counts() -> None:
    """Keys without a namespace are the project's, and a value must have the type that the project gives its setting."""
    settings = {"audian:retrySeconds": {"type": "integer"}, "audian:accounts": {"type": "object"}}
    project = Project(DECLARED, name="audian", settings=settings)
    assert lines("config: {accounts: '{}', retrySeconds: 2.5, envelope: flat, audian:envelope: data}\n", project) == [
        "1:10: audian:accounts must be of type 'object', as the project's file declares it",
        "1:26: audian:retrySeconds must be of type 'integer', as the project's file declares it",
        "1:61: audian:envelope is the same setting as envelope: keep one of the two",
    ]


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_places_do_not_depend_on_how_a_file_is_stored(mark: str, end: str) -> None:
    """A byte order mark is no column, and CRLF is one end of a line."""
    text = mark + accounts("    a: {accountId: acc_1, plan: 7}\n").replace("\n", end)
    assert lines(text) == ["3:27: a.plan: 7 is not text (quote numbers and dates)"]


def test_the_parser_without_its_library_finds_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """PyYAML comes without libyaml where it was built so."""
    monkeypatch.setattr(parsing, "_PARSER", yaml.SafeLoader)
    text = accounts("    a: {accountId: acc_1, plan: 7, name: '7', settings: {<<: &s {language: no}}, address: *t}\n")
    assert lines(text) == ["3:91: *t is not defined above"]
    assert lines(text.replace("*t", "*s")) == [
        "3:27: a.plan: 7 is not text (quote numbers and dates)",
        "3:66: a.address.language: is not a known field; known here: city, country, postalCode, state, street",
    ]


def validated(*arguments: str | Path) -> Result:
    """The command's result."""
    return CliRunner().invoke(app, ["validate", *map(str, arguments)])


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory of a project that keeps its stack files in another one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    (tmp_path / "infra" / "stacks").mkdir(parents=True)
    (tmp_path / "infra" / "Pulumi.yaml").write_text("name: infra\nruntime: python\nstackConfigDir: stacks\n")
    return tmp_path / "infra"


def test_all_stack_files_of_a_project_are_checked(project: Path) -> None:
    """Those that the engine would look for, wherever in the project the command is run; one line for each problem."""
    (project / "stacks" / "Pulumi.prod.yaml").write_text(accounts("    a: {accountId: acc_1, plan: 7}\n"))
    (project / "stacks" / "Pulumi.test.yaml").write_text(accounts("    a: {accountId: acc_1, id: 7}\n"))
    (project / "Pulumi.other.yaml").write_text("no stack file: [")
    result = validated("--cwd", project / "stacks")
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "infra/stacks/Pulumi.prod.yaml:3:27: a.plan: 7 is not text (quote numbers and dates)",
        "infra/stacks/Pulumi.test.yaml:3:27: a.id: is not an input; did you mean accountId?",
    ]
    assert result.stderr == "audian: 2 problems in 2 stack files\n"


def test_named_files_are_checked_as_part_of_their_project(project: Path) -> None:
    """As pre-commit names them: from anywhere, several at once; one that can't be read is a problem."""
    good = project / "stacks" / "Pulumi.prod.yaml"
    good.write_text(accounts("    a: {accountId: acc_1}\n"))
    assert validated(good).exit_code == 0
    result = validated(good, "infra/stacks/Pulumi.gone.yaml")
    assert result.exit_code == 1
    assert result.stdout == "infra/stacks/Pulumi.gone.yaml:1:1: can't be read: No such file or directory\n"


@pytest.mark.parametrize("arguments", [(), ("--cwd", "infra"), ("--cwd", "nowhere"), ("--format", "xml")], ids=str)
def test_nothing_to_check_is_a_mistake(project: Path, arguments: tuple[str, ...]) -> None:
    """A check of no file must not be green."""
    assert project.is_dir()
    result = validated(*arguments)
    assert (result.exit_code, result.stdout) == (1, "")


HOSTILE = "::error::x%0A##[group]\x1b[31m,:\u202e"


def test_a_file_can_not_command_the_terminal_or_the_runner(project: Path) -> None:
    """Names and values may be a stranger's: what is invisible is escaped, and no runner command comes of it."""
    file = project / "stacks" / "Pulumi.a,b.yaml"
    quoted = json.dumps(HOSTILE)
    file.write_text(accounts(f"    {quoted}: {{accountId: acc_1, email: {quoted}, {quoted}: 1}}\n"))
    found = json.loads(validated(file, "--format", "json").stdout)["problems"]
    text = validated(file).stdout
    commands = validated(file, "--format", "github").stdout
    for output in (text, commands):
        assert "\x1b" not in output
        assert "\u202e" not in output
        assert "##[" not in output
        assert len(output.splitlines()) == len(found) == 2
    assert not any(line.startswith("::") for line in text.splitlines())
    for line in commands.splitlines():
        assert line.startswith("::error file=infra/stacks/Pulumi.a%2Cb.yaml,line=3,col=")
        assert "%250A" in line


def test_annotations_name_files_as_the_repository_does(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """GitHub knows files from the top of the checkout, wherever the command runs."""
    monkeypatch.setenv("GITHUB_WORKSPACE", str(project.parent))
    monkeypatch.chdir(project)
    (project / "stacks" / "Pulumi.prod.yaml").write_text(accounts("    a: {accountId: acc_1, plan: 7}\n"))
    assert validated("--format", "github").stdout == (
        "::error file=infra/stacks/Pulumi.prod.yaml,line=3,col=27,title=Audian::"
        "a.plan: 7 is not text (quote numbers and dates)\n"
    )


def test_the_findings_as_json(project: Path) -> None:
    """Everything by itself, for other tools."""
    file = project / "stacks" / "Pulumi.prod.yaml"
    file.write_text(accounts("    a: {accountId: acc_1, plan: 7}\n"))
    result = validated("--cwd", project, "--format", "json")
    assert (result.exit_code, result.stderr) == (1, "")
    assert json.loads(result.stdout) == {
        "problems": [
            {
                "file": "infra/stacks/Pulumi.prod.yaml",
                "line": 3,
                "column": 27,
                "account": "a",
                "field": "plan",
                "message": "7 is not text (quote numbers and dates)",
            }
        ]
    }
    file.write_text("")
    assert json.loads(validated("--cwd", project, "--format", "json").stdout) == {"problems": []}


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        pytest.param(
            "audian:accounts:\n    type: object\n    default:\n      a: {accountId: acc_1, phnoe: x}\n",
            "6:29: a.phnoe: is not a known field; did you mean phone?",
            id="accounts",
        ),
        pytest.param("audian:retrySeconds: {default: -1}\n", "RETRY", id="a default"),
        pytest.param("audian:retrySeconds:\n    value: -1\n", "RETRY", id="a value"),
        pytest.param("audian:retrySeconds: -1\n", "RETRY", id="a plain value"),
        pytest.param(
            "audian:apiurl: {default: x}\n",
            "3:19: audian:apiurl is not a setting of pulumi-audian; did you mean audian:apiUrl?; nothing was read or "
            "written",
            id="a name",
        ),
        pytest.param("audian:previewReads: {type: boolean, default: true}\n", None, id="right"),
        pytest.param("other:retrySeconds: {default: -1}\n", None, id="not ours"),
    ],
)
def test_what_a_project_presets_is_checked(tmp_path: Path, setting: str, expected: str | None) -> None:
    """A default or value for all stacks is found wrong where it stands: in the project's file."""
    (tmp_path / "Pulumi.yaml").write_text(f"name: infra\nconfig:\n  {setting}")
    (tmp_path / "Pulumi.dev.yaml").write_text(accounts("    b: {accountId: acc_2}\n"))
    result = CliRunner().invoke(app, ["validate", "--cwd", str(tmp_path)])
    found = [line for line in result.stdout.splitlines() if line]
    assert result.exit_code == (1 if expected else 0), result.output
    if expected == "RETRY":
        (line,) = found
        assert "Pulumi.yaml:" in line
        assert "audian:retrySeconds: '-1' is not a number of seconds, 0 or more" in line
    else:
        assert found == ([f"{tmp_path / 'Pulumi.yaml'}:{expected}"] if expected else [])


def test_a_preset_can_make_a_stack_right() -> None:
    """What the project allows for all stacks is allowed in each."""
    project = Project(DECLARED, name="infra", settings={"audian:allowPlainHttp": {"default": True}})
    assert lines("config:\n  audian:apiUrl: http://10.0.0.1/v2\n", project) == []


@pytest.mark.parametrize(
    ("size", "found", "remark"),
    [
        (100_000, [], ""),
        (117_965, [], "117,965 of the 131,072"),
        (131_072, [], "131,072 of the 131,072"),
        (131_073, ["2:3: the configuration takes 131,073 of the 131,072 bytes that Linux passes to a program"], ""),
    ],
)
def test_a_file_that_is_too_large_for_the_engine_is_found(size: int, found: list[str], remark: str) -> None:
    """A program gets its configuration in one variable: validate tells how much there is, and the way out."""
    project = Project(DECLARED, name="infra")
    written = "config:\n  audian:accounts: {a: {accountId: acc_1, metadata: {pad: 'PAD'}}}\n"
    root = parsing.parse(written.replace("PAD", "").encode()).root
    assert root is not None
    text = written.replace("PAD", "x" * (size - bytes_handed_over(root, project)))
    assert [line.partition(": the engine")[0] for line in lines(text, project)] == found
    left = room_left(text.encode(), project)
    assert remark in left
    assert bool(remark) == bool(left)

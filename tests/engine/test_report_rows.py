"""The rows of a report are what up writes, whatever the engine makes of the texts in a preview."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from test_cli import audian, document
from workbench import ACME, GLOBEX, Workbench

SECRET = {"mark": "secret"}
TRANSFORM = """
import pulumi
import pulumi_audian as audian


def changed(args):
    return pulumi.ResourceTransformResult({**args.props, **{"phone": pulumi.Output.secret("%s")}}, args.opts)


pulumi.runtime.register_resource_transform(changed)
audian.Account("acme", account_id="acc_1234567890", display_name="Acme 2")
"""

SUSPENDING = """
import pulumi
import pulumi_audian as audian

suspended = pulumi.Output.secret("suspended")
audian.Account("acme", account_id="acc_1234567890", status=suspended, allow_status=["suspended"])
"""


def encrypt(bench: Workbench, key: str, text: str) -> None:
    """Set an encrypted setting of the stack, which the following declarations keep."""
    bench.write_config(bench.config)
    bench.command("config", "set", "--secret", key, text)
    bench.config = yaml.safe_load((bench.directory / "stacks" / "Pulumi.test.yaml").read_text())["config"]


def rows(report: dict[str, Any]) -> dict[str, Any]:
    """By path, the declared value of each row of a report of one account, with the effect where it is another one."""
    (account,) = report["stacks"][0]["accounts"]
    return {
        row["path"]: row["declared"] if row["effect"] == "write" else (row["effect"], row["declared"])
        for row in account["rows"]
    }


def written(bench: Workbench) -> Any:
    """The body of the one PATCH that an up sends."""
    up = bench.up("--skip-preview")
    assert up.code == 0, up.text
    (body,) = bench.bodies()
    return body


@pytest.mark.parametrize(
    ("setting", "declared"),
    [
        pytest.param("", {"displayName": "Corp<{%reset%}>"}, id="a mark of the engine's for colours"),
        pytest.param("Acme", {"displayName": "Acme Holdings"}, id="the text of an encrypted setting"),
        pytest.param("=>", {"displayName": "a => b", "phone": "+1-555-0199"}, id="an arrow, which is encrypted"),
        pytest.param("", {"displayName": 'x"\n  phone: "1" => "2'}, id="a value that looks like a line of the preview"),
    ],
)
def test_an_adoption_shows_each_value_that_up_writes(bench: Workbench, setting: str, declared: dict[str, Any]) -> None:
    """The report takes nothing from the message of the preview, which the engine alters."""
    if setting:
        encrypt(bench, "other:company", setting)
    bench.declare(acme={"accountId": ACME, **declared})
    found = rows(document(bench, "preview", code=2))
    assert found == {path: {"value": value} for path, value in declared.items()}
    assert written(bench) == declared


@pytest.mark.parametrize("key", ["a\u200bb", "a\u2028b", "a\ufe0fb", "a.b", 'a"]["b'])
def test_a_key_that_can_not_be_seen_has_its_row(bench: Workbench, key: str) -> None:
    """Names of metadata may hold anything, and are shown with what is invisible in them as escapes."""
    bench.declare(globex={"accountId": GLOBEX, "metadata": {key: "x"}})
    (declared,) = rows(document(bench, "preview", code=2)).values()
    assert declared == {"value": "x"}
    assert written(bench)["metadata"][key] == "x"


def test_no_suspension_hides_in_the_text_of_a_secret(bench: Workbench) -> None:
    """A status that reads as an encrypted setting turns the check red as any other."""
    encrypt(bench, "other:word", "suspended")
    bench.declare(acme={"accountId": ACME, "status": "suspended", "allowStatus": ["suspended"]})
    report = document(bench, "preview", "--fail-on", "status", code=1)
    assert report["concerns"] == ["any", "status"]
    assert rows(report) == {"status": {"value": "suspended"}}
    assert written(bench) == {"status": "suspended"}


def test_no_suspension_hides_behind_a_mark(bench: Workbench) -> None:
    """A status of which the engine prints no value may be any."""
    (bench.directory / "__main__.py").write_text(SUSPENDING)
    bench.write_config(bench.config)
    report = document(bench, "preview", "--fail-on", "status", code=1)
    assert report["concerns"] == ["any", "status"]
    assert rows(report) == {"status": SECRET}
    assert written(bench) == {"status": "suspended"}


def test_a_value_that_became_secret_has_its_row(bench: Workbench) -> None:
    """What a transform makes secret is written, and neither value of it is shown, in an adoption or an update."""
    program = bench.directory / "__main__.py"
    program.write_text(TRANSFORM % "+1-555-0199")
    bench.write_config(bench.config)
    done = audian(bench, "preview", "--format", "json")
    assert "555-01" not in done.stdout
    assert rows(document(bench, "preview", code=2)) == {"displayName": {"value": "Acme 2"}, "phone": SECRET}
    assert written(bench) == {"displayName": "Acme 2", "phone": "+1-555-0199"}
    program.write_text(TRANSFORM % "+1-555-0198")
    done = audian(bench, "preview", "--format", "json")
    assert "555-01" not in done.stdout
    assert rows(document(bench, "preview", code=2)) == {"phone": SECRET}
    assert written(bench) == {"phone": "+1-555-0198"}


def test_an_adoption_that_was_not_read_is_no_change_of_status(bench: Workbench) -> None:
    """Without a token the live status is not known: what is declared active is not told as a change."""
    del bench.environment["AUDIAN_API_TOKEN"]
    active = {"accountId": ACME, "status": "active"}
    bench.declare(acme=active, globex={**active, "accountId": GLOBEX})
    report = document(bench, "preview", "--fail-on", "status", code=2)
    assert report["headline"] == "2 accounts are adopted"
    assert [(row["live"], row["effect"]) for one in report["stacks"][0]["accounts"] for row in one["rows"]] == [
        ({"mark": "notKnown"}, "unread")
    ] * 2
    bench.declare(acme={**active, "status": "suspended", "allowStatus": ["suspended"]})
    assert document(bench, "preview", "--fail-on", "status", code=1)["concerns"] == ["any", "status"]


def test_a_hidden_difference_is_not_shown(bench: Workbench) -> None:
    """What the program hides from previews is hidden in the report too, though not that it changes."""
    (bench.directory / "__main__.py").write_text(
        "import pulumi\nimport pulumi_audian as audian\n"
        "audian.Account('acme', account_id='acc_1234567890', email='new@acme.com',\n"
        "               opts=pulumi.ResourceOptions(hide_diffs=['email']))\n"
    )
    bench.write_config(bench.config)
    done = audian(bench, "preview", "--format", "json")
    assert "@acme.com" not in done.stdout
    assert rows(document(bench, "preview", code=2)) == {"email": {"mark": "hidden"}}


@pytest.mark.parametrize(
    ("options", "unseen"),
    [(("--target", "acme"), 1), (("--exclude", "globex"), 1), (("--target", "acme", "--target-dependents"), 1)],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_what_was_not_looked_at_is_told(bench: Workbench, options: tuple[str, ...], unseen: int) -> None:
    """An account beside the targets does not stay as declared: nobody looked."""
    accounts: dict[str, Any] = {"acme": {"accountId": ACME}, "globex": {"accountId": GLOBEX}}
    bench.settle(**accounts)
    accounts["globex"]["phone"] = "+1-555-0199"
    bench.declare(**accounts)
    chosen = [bench.urn(part) if part in accounts else part for part in options]
    done = audian(bench, "preview", "--", *chosen)
    assert done.returncode == 0, done.stdout
    assert f"1 account stays as declared. {unseen} account was not looked at." in done.stdout
    assert "only a part of the stack was looked at" in done.stdout


@pytest.mark.parametrize("command", ["preview", "drift"])
def test_a_target_that_matches_nothing_is_no_green_check(bench: Workbench, command: str) -> None:
    """A pattern that selects no account answers nothing."""
    bench.settle(acme={"accountId": ACME})
    report = document(bench, command, "--", "--target", "**::nope*", code=1)
    assert report["stacks"][0]["failure"].startswith("nothing was looked at: no account is among what --target")


def test_a_replaced_resource_shows_what_the_adoption_writes(bench: Workbench) -> None:
    """A replacement adopts the account again, with what someone else changed meanwhile."""
    bench.settle(acme={"accountId": ACME, "displayName": "Acme 2"}, globex={"accountId": GLOBEX})
    bench.api.edit(ACME, {"displayName": "Edited"})
    for option in ("--replace", "--target-replace"):
        report = document(bench, "preview", "--", option, bench.urn("acme"), code=2)
        (account,) = report["stacks"][0]["accounts"]
        assert (account["action"], account["live"]) == ("replace", True)
        assert rows(report) == {"displayName": {"value": "Acme 2"}}


def test_changes_that_were_not_expected_are_shown(bench: Workbench) -> None:
    """Where no changes are expected, a change makes the check red, and is shown."""
    bench.settle(acme={"accountId": ACME})
    assert audian(bench, "preview", "--", "--expect-no-changes").returncode == 0
    bench.declare(acme={"accountId": ACME, "phone": "+1-555-0199"})
    report = document(bench, "preview", "--", "--expect-no-changes", code=1)
    assert (report["failed"], rows(report)) == (False, {"phone": {"value": "+1-555-0199"}})


def test_places_are_lines_of_the_file_that_was_used(bench: Workbench) -> None:
    """With --config-file the declarations are in another file than the stack's."""
    bench.declare(acme={"accountId": ACME})
    usual = bench.directory / "stacks" / "Pulumi.test.yaml"
    usual.rename(bench.directory / "other.yaml")
    usual.write_text("config: {}\n")
    bench.environment["GITHUB_WORKSPACE"] = str(bench.directory)
    for option in (["--config-file", "other.yaml"], ["--config-file=other.yaml"]):
        (account,) = document(bench, "preview", "--", *option, code=2)["stacks"][0]["accounts"]
        assert account["place"]["file"] == "other.yaml"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PULUMI_ENABLE_LEGACY_REFRESH_DIFF", "true"),
        ("PULUMI_RUN_PROGRAM", "true"),
        ("PULUMI_ENABLE_STREAMING_JSON_PREVIEW", "true"),
        ("PULUMI_OPTION_TARGET", "urn:pulumi:test::audian::x::y"),
        ("PULUMI_OPTION_EXPECT_NO_CHANGES", "true"),
        ("PULUMI_CONTINUE_ON_ERROR", "true"),
        ("PULUMI_NEO", "true"),
    ],
)
def test_no_variable_changes_what_a_report_sees(bench: Workbench, variable: str, value: str) -> None:
    """What the environment asks of the engine for its own sake does not make a drift check blind."""
    bench.settle(acme={"accountId": ACME, "displayName": "Acme 2"})
    bench.api.edit(ACME, {"displayName": "Edited"})
    bench.environment[variable] = value
    report = document(bench, "drift", code=2)
    assert [(row["path"], row["live"]) for row in report["stacks"][0]["accounts"][0]["rows"]] == [
        ("displayName", {"value": "Edited"})
    ]


def test_a_drift_check_saved_with_the_former_behaviour_is_no_answer(bench: Workbench) -> None:
    """Where the engine counts a difference and shows none, nobody may take that for no drift."""
    bench.settle(acme={"accountId": ACME, "displayName": "Acme 2"})
    bench.api.edit(ACME, {"displayName": "Edited"})
    bench.environment["PULUMI_ENABLE_LEGACY_REFRESH_DIFF"] = "true"
    saved = bench.directory / "drift.json"
    saved.write_text(bench.execute("refresh", "--preview-only", "--json", "--show-sames").stdout)
    report = document(bench, "drift", "--from", str(saved), code=1)
    assert "the engine counts 1 change of which it shows nothing" in report["stacks"][0]["failure"]


def test_what_someone_else_changed_does_not_stay_as_declared(bench: Workbench) -> None:
    """A declared field that up left alone is told in each report until it is declared or refreshed."""
    bench.settle(acme={"accountId": ACME, "displayName": "Acme 2", "phone": "+1-555-0111"})
    bench.api.edit(ACME, {"displayName": "Edited"})
    bench.settle(acme={"accountId": ACME, "displayName": "Acme 2", "phone": "+1-555-0122"})
    report = document(bench, "preview", "--fail-on", "drift", code=1)
    assert rows(report) == {"displayName": ("left", {"value": "Acme 2"})}
    assert (report["changes"], report["stacks"][0]["unchanged"]) == (False, 0)


def test_a_name_with_the_separator_of_urns_is_shown_whole(bench: Workbench) -> None:
    """A resource named `x::y` has this name in a report and in a message."""
    bench.declare(**{"x::y": {"accountId": ACME}})
    (account,) = document(bench, "preview", code=2)["stacks"][0]["accounts"]
    assert account["name"] == "x::y"
    bench.declare(**{"x::y": {"accountId": ACME}, "acme": {"accountId": ACME}})
    refused = document(bench, "preview", code=1)["stacks"][0]["accounts"]
    assert {"is declared by resource x::y too", "is declared by resource acme too"} & {
        problem["text"].partition('" ')[2].partition(";")[0] for one in refused for problem in one["problems"]
    }


def test_the_provider_leaves_records_for_a_report_only(bench: Workbench) -> None:
    """An ordinary preview leaves none, and one that can't leave them where a report wants them fails."""
    bench.declare(acme={"accountId": ACME})
    bench.environment["AUDIAN_RECORDS"] = str(bench.directory.parent / "nowhere")
    preview = bench.preview()
    assert preview.code != 0
    assert any("can't be written for the report" in text for text in preview.errors)
    del bench.environment["AUDIAN_RECORDS"]
    assert bench.preview().code == 0


def test_a_refused_account_of_a_program_has_its_line(bench: Workbench) -> None:
    """The report names the field as the program does, and the line that declares the account."""
    (bench.directory / "__main__.py").write_text(
        "import pulumi_audian as audian\n\n"
        "audian.Account('acme', account_id='acc_1234567890', settings={'recording_retention': 900})\n"
    )
    bench.write_config(bench.config)
    (account,) = document(bench, "preview", code=1)["stacks"][0]["accounts"]
    (problem,) = account["problems"]
    assert (problem["field"], problem["place"]["line"]) == ("settings.recording_retention", 3)
    assert problem["place"]["file"].endswith("__main__.py")

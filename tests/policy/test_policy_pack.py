"""The pack under the real engine: what stops a preview, what only advises, and what is not seen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from audian_emulator import Control
from test_cli import audian
from workbench import ACME, GLOBEX, Run, Workbench, find_engine

GERMAN: dict[str, Any] = {"accountId": GLOBEX, "settings": {"timezone": "Europe/Paris"}}
RECORDING: dict[str, Any] = {"accountId": ACME, "settings": {"enableRecording": True}}
PROTECTED = {"protected-accounts": {"stacks": {"test": ["globex"]}}}


class Policed:
    """A stack whose previews run the pack with a configuration."""

    def __init__(self, bench: Workbench, pack: Path) -> None:
        self.bench = bench
        self._pack = pack
        self._config = bench.directory / "policy.json"

    def preview(self, config: Any, *arguments: str) -> Run:
        """`pulumi preview` under the pack."""
        return self.observed("preview", config, *arguments)

    def options(self, config: Any) -> tuple[str, ...]:
        """The engine's options for the pack with a configuration."""
        self._config.write_text(json.dumps(config))
        return ("--policy-pack", str(self._pack), "--policy-pack-config", str(self._config))

    def observed(self, command: str, config: Any, *arguments: str) -> Run:
        """A command under the pack."""
        return self.bench.observed(command, *self.options(config), *arguments)


def findings(run: Run) -> list[tuple[str, str, str]]:
    """The level, rule and text of everything that the pack found, in a fixed order."""
    events = [event["policyEvent"] for event in run.events if "policyEvent" in event]
    return sorted(
        (event["enforcementLevel"], event["policyName"], event["message"].removesuffix("\n").rpartition("\n")[2])
        for event in events
    )


@pytest.fixture
def policed(tmp_path: Path, api: Control, pack: Path) -> Policed:
    """A new stack of this checkout's project under the pack."""
    return Policed(Workbench(tmp_path, api, find_engine()), pack)


def program(tmp_path: Path, api: Control, pack: Path, source: str) -> Policed:
    """A new stack of a program under the pack."""
    bench = Workbench(tmp_path, api, find_engine(), program=source)
    bench.declare()
    return Policed(bench, pack)


def test_a_mandatory_rule_fails_the_preview(policed: Policed) -> None:
    """A value that a rule forbids turns the preview red, and its line names account, field, value and remedy."""
    policed.bench.declare(globex={**GERMAN, "address": {"country": "FR"}})
    preview = policed.preview({"allowed-places": {"countries": ["DE"], "timezones": ["Europe/"]}})
    assert preview.code != 0
    line = (
        'account globex (acc_2345678901): address.country is "FR", which is not allowed: '
        'declare one of "DE", or extend countries of allowed-places'
    )
    assert findings(preview) == [("mandatory", "allowed-places", line)]
    assert line in preview.text
    assert policed.bench.bodies() == []


def test_a_kept_rule_lets_the_preview_pass(policed: Policed) -> None:
    """The same rule has nothing to say of an account that keeps it."""
    policed.bench.declare(globex={**GERMAN, "address": {"country": "DE"}})
    preview = policed.preview({"allowed-places": {"countries": ["DE"], "timezones": ["Europe/"]}})
    assert (preview.code, findings(preview)) == (0, []), preview.text


def test_without_configuration_nothing_is_refused(policed: Policed) -> None:
    """A pack that nobody configured says nothing."""
    policed.bench.declare(globex={**GERMAN, "status": "suspended", "allowStatus": ["suspended"]})
    preview = policed.preview({})
    assert (preview.code, findings(preview)) == (0, []), preview.text


def test_an_advisory_rule_only_advises(policed: Policed) -> None:
    """A team may try a rule before it turns a check red."""
    policed.bench.declare(globex=GERMAN)
    preview = policed.preview({"metadata-keys": {"enforcementLevel": "advisory", "keys": ["owner"]}})
    assert preview.code == 0, preview.text
    assert [(level, rule) for level, rule, _ in findings(preview)] == [("advisory", "metadata-keys")]


def test_up_writes_nothing_that_a_rule_refuses(policed: Policed) -> None:
    """A rule about what is declared stops up before the request, also where its preview is skipped."""
    policed.bench.declare(globex={**GERMAN, "status": "suspended", "allowStatus": ["suspended"]})
    up = policed.observed("up", {"account-status": {"refuse": ["suspended"]}}, "--yes", "--skip-preview")
    assert up.code != 0
    assert [rule for _, rule, _ in findings(up)] == ["account-status"]
    assert policed.bench.bodies() == []


def test_a_setting_of_the_wrong_type_is_refused(policed: Policed) -> None:
    """The engine checks the configuration against the schemas of the rules."""
    policed.bench.declare(globex=GERMAN)
    preview = policed.preview({"recording-retention": {"minimumDays": "90"}})
    assert preview.code != 0
    assert "minimumDays: Invalid type. Expected: integer, given: string" in preview.text


def test_an_undeclared_retention_is_judged_by_the_last_known_one(policed: Policed) -> None:
    """The adoption can't show it and says so; afterwards the account's 30 days are known."""
    config = {"recording-retention-last-known": {"minimumDays": 90}}
    policed.bench.declare(acme=RECORDING)
    adoption = policed.preview(config)
    assert adoption.code == 0, adoption.text
    ((level, _, text),) = findings(adoption)
    assert level == "advisory"
    assert "settings.recordingRetention is neither declared nor known in this preview" in text
    policed.bench.settle(acme=RECORDING)
    later = policed.preview(config)
    assert later.code != 0
    ((level, _, text),) = findings(later)
    assert level == "mandatory"
    assert "settings.recordingRetention was below 90 days when last read" in text


CHANGES: dict[str, dict[str, Any]] = {
    "changed": {"globex": {**GERMAN, "displayName": "Globex 2"}},
    "released": {"globex": {"accountId": GLOBEX, "displayName": "Globex"}},
    "removed": {},
    "option": {"globex": {**GERMAN, "onConflict": "fail"}},
}


@pytest.mark.parametrize("refresh", [(), ("--refresh",)], ids=["", "refresh"])
@pytest.mark.parametrize("change", CHANGES)
def test_a_protected_account_stays_as_it_is(policed: Policed, change: str, refresh: tuple[str, ...]) -> None:
    """A preview that would change, release or remove a protected account fails, refreshed or not."""
    policed.bench.settle(acme=RECORDING, globex=GERMAN)
    policed.bench.declare(acme=RECORDING, **CHANGES[change])
    preview = policed.preview(PROTECTED, *refresh)
    assert preview.code != 0
    assert [(level, rule) for level, rule, _ in findings(preview)] == [("mandatory", "protected-accounts")]


@pytest.mark.parametrize("options", [(), ("--refresh",), ("--target-dependents",)], ids=["", "refresh", "target"])
def test_other_accounts_change_beside_a_protected_one(policed: Policed, options: tuple[str, ...]) -> None:
    """An account that nobody protects may change, in a targeted preview too."""
    policed.bench.settle(acme=RECORDING, globex=GERMAN)
    policed.bench.declare(acme={**RECORDING, "displayName": "Acme 2"}, globex=GERMAN)
    target = ("--target", policed.bench.urn("acme")) if "--target-dependents" in options else ()
    preview = policed.preview(PROTECTED, *options, *target)
    assert (preview.code, findings(preview), preview.steps()["acme"]) == (0, [], "update"), preview.text


def test_a_protected_account_is_missed_in_an_empty_program(policed: Policed) -> None:
    """A program that declares nothing any more fails the preview, also where a refresh shows what state holds."""
    policed.bench.settle(globex=GERMAN)
    policed.bench.declare()
    preview = policed.preview(PROTECTED, "--refresh")
    assert preview.code != 0
    assert [rule for _, rule, _ in findings(preview)] == ["protected-accounts"]


@pytest.mark.parametrize(("change", "reported"), [("changed", []), ("removed", ["protected-accounts"])])
def test_protection_needs_a_preview(policed: Policed, change: str, reported: list[str]) -> None:
    """An up without preview has changed or removed a protected account before the rule is asked."""
    policed.bench.settle(globex=GERMAN)
    policed.bench.declare(**CHANGES[change])
    up = policed.observed("up", PROTECTED, "--yes", "--skip-preview")
    assert [rule for _, rule, _ in findings(up)] == reported
    assert (policed.bench.stored("globex") is None) == (change == "removed")
    assert bool(policed.bench.bodies()) == (change == "changed")


def test_a_protected_account_stops_up_at_its_preview(policed: Policed) -> None:
    """An up with its preview writes nothing to a protected account."""
    policed.bench.settle(globex=GERMAN)
    policed.bench.declare(**CHANGES["changed"])
    up = policed.observed("up", PROTECTED, "--yes")
    assert up.code != 0
    assert policed.bench.bodies() == []


def test_protection_works_alone(policed: Policed) -> None:
    """With all other rules disabled, a protected account that stays as it is breaks nothing."""
    policed.bench.settle(globex=GERMAN)
    only = {
        "all": "disabled",
        "protected-accounts": {"enforcementLevel": "mandatory", **PROTECTED["protected-accounts"]},
    }
    assert policed.preview(only).code == 0
    policed.bench.declare(globex=CHANGES["changed"]["globex"])
    assert policed.preview(only).code != 0


SECRETS = """
import pulumi
import pulumi_audian as audian

audian.Account("globex", account_id="acc_2345678901", address={"country": pulumi.Output.secret("Atlantis")})
"""


@pytest.mark.parametrize("level", [{}, {"all": "mandatory"}], ids=["default", "all-mandatory"])
def test_a_secret_never_reaches_a_message(tmp_path: Path, api: Control, pack: Path, level: dict[str, str]) -> None:
    """The text of a violation has no secret, nor has anything else that the engine prints or records."""
    policed = program(tmp_path, api, pack, SECRETS)
    preview = policed.preview({**level, "allowed-places": {"countries": ["DE"]}})
    assert preview.code != 0
    assert "address.country is [secret], which is not allowed" in preview.text
    assert "Atlantis" not in preview.text
    assert "Atlantis" not in json.dumps(preview.events)


UNKNOWNS = """
import pulumi
import pulumi_audian as audian
from pulumi.dynamic import CreateResult, Resource, ResourceProvider


class Later(ResourceProvider):
    def create(self, props):
        return CreateResult("later", {"place": "FR", "words": {"owner": "me"}})


class Elsewhere(Resource):
    place: pulumi.Output[str]
    words: pulumi.Output[dict]

    def __init__(self):
        super().__init__(Later(), "elsewhere", {"place": None, "words": None})


elsewhere = Elsewhere()
audian.Account(
    "globex", account_id="acc_2345678901", address={"country": elsewhere.place}, metadata=elsewhere.words
)
"""


def test_an_unknown_value_is_an_advice_first_and_judged_by_up(tmp_path: Path, api: Control, pack: Path) -> None:
    """A preview says what it can't judge; up knows the value, and stops before the request."""
    policed = program(tmp_path, api, pack, UNKNOWNS)
    config = {"allowed-places": {"countries": ["DE"]}, "metadata-keys": {"keys": ["owner"]}}
    preview = policed.preview(config)
    assert preview.code == 0, preview.text
    assert [(level, rule) for level, rule, _ in findings(preview)] == [
        ("advisory", "allowed-places"),
        ("advisory", "metadata-keys"),
    ]
    assert "account globex (acc_2345678901): address.country is known only after up" in preview.text
    up = policed.observed("up", config, "--yes", "--skip-preview")
    assert up.code != 0
    assert [(level, rule) for level, rule, _ in findings(up)] == [("mandatory", "allowed-places")]
    assert policed.bench.bodies() == []


def test_a_pack_without_its_environment_says_how_to_make_it(policed: Policed, tmp_path: Path) -> None:
    """A team that forgot to set the pack up reads the command that does it."""
    bare = tmp_path / "bare"
    bare.mkdir()
    (bare / "run").write_bytes((Path(__file__).parents[2] / "policy" / "run").read_bytes())
    (bare / "run").chmod(0o755)
    policed.bench.declare(globex=GERMAN)
    preview = policed.bench.preview("--policy-pack", str(bare / "run"))
    assert preview.code != 0
    assert f"python3 -m venv {bare}/venv && {bare}/venv/bin/pip install --require-hashes" in preview.text


def test_the_report_names_what_policies_found(policed: Policed) -> None:
    """`audian preview` shows a mandatory finding as a refusal, with its field's line, and an advice as a warning."""
    policed.bench.declare(globex={**GERMAN, "address": {"country": "FR"}})
    config = {
        "allowed-places": {"countries": ["DE"]},
        "metadata-keys": {"enforcementLevel": "advisory", "required": ["owner"]},
    }
    options = policed.options(config)
    done = audian(policed.bench, "preview", "--format", "json", *options)
    assert done.returncode == 1, done.stderr
    (account,) = json.loads(done.stdout)["stacks"][0]["accounts"]
    (problem,) = account["problems"]
    assert problem["text"].startswith("policy allowed-places: account globex (acc_2345678901): address.country is")
    assert problem["field"] == "address.country"
    lines = (policed.bench.directory / "stacks" / "Pulumi.test.yaml").read_text().splitlines()
    assert "country: FR" in lines[problem["place"]["line"] - 1]
    (note,) = account["notes"]
    assert note["text"].startswith("policy metadata-keys: ")
    assert policed.bench.api.writes() == []

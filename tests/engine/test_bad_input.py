"""What a person sees when something is wrong: one line that says what, where and what to do; and nothing is written."""

from __future__ import annotations

import re
import socket
from typing import Any

import pytest

from workbench import ACME, CLOSED, GLOBEX, Run, Workbench

PREFIX = "pulumi-python:dynamic/audian:Account resource 'acme' has a problem: "


def problems(run: Run) -> list[str]:
    """The problems of the resource `acme` that a run named."""
    return sorted(text.removeprefix(PREFIX) for text in run.errors)


def unused_port() -> int:
    """A port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_all_bad_values_are_reported_at_once(bench: Workbench) -> None:
    """Every rule of the contract that is broken is named with path, value and expectation, and no call is made."""
    bench.declare(
        acme={
            "accountId": ACME,
            "displayName": "",
            "email": "nobody",
            "phone": "call me",
            "status": "paused",
            "settings": {"timezone": "America/NewYork", "recordingRetention": 400, "enableRecordings": True},
            "adress": {"city": "Berlin"},
            "updatedAt": "2023-10-20T16:45:00Z",
        }
    )
    preview = bench.preview()
    assert preview.code != 0
    assert problems(preview) == [
        "adress: is not a known field; did you mean address?",
        'displayName: "" is not 1 to 100 characters of text',
        'email: "nobody" is not an email address such as admin@acme.com',
        'phone: "call me" is not a phone number such as +1-555-0200 (quote it: it is text)',
        "settings.enableRecordings: is not a known field; did you mean enableRecording?",
        "settings.recordingRetention: 400 is not a whole number of days from 1 to 365",
        (
            'settings.timezone: "America/NewYork" is not an IANA timezone such as America/New_York; '
            "did you mean America/New_York?"
        ),
        'status: "paused" is not one of active, suspended, closed',
        "updatedAt: is read-only: the API sets it; remove it from the declaration",
    ]
    assert bench.calls() == []


def test_an_id_that_is_no_text_is_named(bench: Workbench) -> None:
    """An account id of another kind is a problem of the declaration, and nothing is read."""
    bench.declare(acme={"accountId": [ACME], "displayName": "X"})
    preview = bench.preview()
    assert preview.code != 0
    (problem,) = preview.errors
    assert "accountId: " in problem
    assert "is not an account's id" in problem
    assert bench.calls() == []


@pytest.mark.parametrize(
    ("declared", "problem"),
    [
        pytest.param(
            {"plan": "enterprise"},
            'plan: the account has "professional", the program declares "enterprise"; change the plan with Audian\'s '
            "upgrade/downgrade endpoint, then declare the new one here",
            id="plan",
        ),
        pytest.param(
            {"name": "Acme Inc"},
            'name: the account has "Acme Corporation", the program declares "Acme Inc"; the original name can\'t be '
            "changed: set the display name instead",
            id="name",
        ),
        pytest.param(
            {"createdAt": "2024-01-01T00:00:00Z"},
            'createdAt: the account has "2023-10-15T10:30:00Z", the program declares "2024-01-01T00:00:00Z"; a '
            "creation time never changes: correct the declaration or remove it",
            id="createdAt",
        ),
        pytest.param(
            {"accountId": GLOBEX},
            'accountId: the account has "acc_1234567890", the program declares "acc_2345678901"; declare another '
            "account under a resource name of its own",
            id="accountId",
        ),
    ],
)
def test_an_immutable_edit_fails_the_preview(bench: Workbench, declared: dict[str, Any], problem: str) -> None:
    """An edit of an immutable field fails the preview with both values and the remedy; it is never a replacement."""
    before = {"accountId": ACME, "plan": "professional", "name": "Acme Corporation"}
    bench.settle(acme=before)
    bench.declare(acme={**before, **declared})
    preview, up = bench.preview(), bench.up()
    assert (preview.code != 0, up.code != 0) == (True, True)
    assert problems(preview) == problems(up) == [problem]
    assert set(bench.calls()) <= {"GET"}
    stored = bench.stored("acme")
    assert stored is not None
    assert stored["inputs"]["plan"] == "professional"


def test_an_immutable_edit_without_a_preview_writes_nothing(bench: Workbench) -> None:
    """Where the preview is skipped, up itself refuses before any write, and state is as it was."""
    bench.settle(acme={"accountId": ACME})
    before = bench.stored("acme")
    bench.declare(acme={"accountId": ACME, "plan": "enterprise", "displayName": "New"})
    up = bench.up("--skip-preview")
    assert up.code != 0
    assert len(up.errors) == 1
    assert '"professional"' in up.errors[0]
    assert '"enterprise"' in up.errors[0]
    assert bench.bodies() == []
    assert bench.stored("acme") == before


def test_an_immutable_field_that_differs_on_adoption_fails_the_preview(bench: Workbench) -> None:
    """The first preview reads the account and compares what the program asserts of it."""
    bench.declare(acme={"accountId": ACME, "plan": "starter"})
    preview = bench.preview()
    assert preview.code != 0
    assert problems(preview)[0].startswith('plan: the account has "professional", the program declares "starter"')


def test_a_plan_changed_by_its_endpoint_can_be_declared(bench: Workbench) -> None:
    """The assertion follows an upgrade made elsewhere: nothing is written, and the next preview is empty."""
    bench.settle(acme={"accountId": ACME, "plan": "professional"})
    bench.api.edit(ACME, {"plan": "enterprise"})
    bench.declare(acme={"accountId": ACME, "plan": "enterprise"})
    up = bench.up()
    assert up.code == 0, up.text
    assert bench.bodies() == []
    assert bench.preview("--expect-no-changes").code == 0


def test_a_missing_account_fails_the_first_preview(bench: Workbench) -> None:
    """An id that the API does not know is named before anything is written."""
    bench.declare(acme={"accountId": "acc_0000000000", "displayName": "X"})
    preview = bench.preview()
    assert preview.code != 0
    (problem,) = problems(preview)
    assert re.fullmatch(r"account acc_0000000000: .*404.*; check accountId and audian:apiUrl", problem)


def test_a_wrong_token_fails_the_first_preview(bench: Workbench) -> None:
    """A token that the API does not accept is named by its variable, never by its value."""
    bench.environment["AUDIAN_API_TOKEN"] = "not-a-token-9f3b"
    bench.declare(acme={"accountId": ACME, "displayName": "X"})
    preview = bench.preview()
    assert preview.code != 0
    (problem,) = problems(preview)
    assert "HTTP 401" in problem
    assert "check AUDIAN_API_TOKEN" in problem
    assert "not-a-token-9f3b" not in preview.text


def test_without_a_credential_preview_goes_on_and_up_stops(bench: Workbench) -> None:
    """With no credential the preview says that live values were not read; up fails before any write."""
    del bench.environment["AUDIAN_API_TOKEN"]
    bench.declare(acme={"accountId": ACME, "displayName": "X"})
    preview = bench.preview()
    assert preview.code == 0, preview.text
    assert any("live values were not read" in text for text in preview.messages("warning"))
    up = bench.up("--skip-preview")
    assert up.code != 0
    assert up.errors == ["no credential: set AUDIAN_API_TOKEN (or AUDIAN_API_KEY); nothing was read or written"]
    assert bench.calls() == []
    assert bench.stored("acme") is None


def test_a_read_only_token_can_not_bring_up(bench: Workbench) -> None:
    """A 403 of a write is one line, and the resource is not stored."""
    bench.environment["AUDIAN_API_TOKEN"] = bench.api.read_only_token
    bench.declare(acme={"accountId": ACME, "displayName": "X"})
    up = bench.up()
    assert up.code != 0
    (error,) = up.errors
    assert "HTTP 403" in error
    assert "use a token that may change this account" in error
    assert bench.stored("acme") is None
    assert bench.api.account(ACME)["displayName"] == "Acme Corp"


def test_a_duplicate_email_is_refused_by_the_api(bench: Workbench) -> None:
    """A 409 names what the API said, and state keeps what it had."""
    bench.settle(acme={"accountId": ACME, "displayName": "Acme Corp"})
    before = bench.stored("acme")
    bench.declare(acme={"accountId": ACME, "email": bench.api.account(GLOBEX)["email"]})
    up = bench.up("--skip-preview")
    assert up.code != 0
    (error,) = up.errors
    assert "HTTP 409" in error
    assert len(bench.bodies()) == 1
    assert bench.stored("acme") == before


def test_a_busy_api_is_asked_again_after_the_wait_it_names(bench: Workbench) -> None:
    """A 429 with Retry-After delays the write and does not fail it; the body is sent again as it was."""
    bench.settle(acme={"accountId": ACME, "displayName": "Acme Corp"})
    bench.api.fault(method="PATCH", status=429, retryAfter=1)
    bench.declare(acme={"accountId": ACME, "displayName": "Busy"})
    up = bench.up("--skip-preview")
    assert up.code == 0, up.text
    assert bench.bodies() == [{"displayName": "Busy"}, {"displayName": "Busy"}]


def test_a_wait_beyond_the_budget_fails_at_once(bench: Workbench) -> None:
    """A Retry-After longer than audian:retrySeconds is not waited for."""
    bench.settle(acme={"accountId": ACME, "displayName": "Acme Corp"})
    bench.api.fault(method="PATCH", status=429, retryAfter=3600)
    bench.declare(acme={"accountId": ACME, "displayName": "Busy"})
    up = bench.up("--skip-preview")
    assert up.code != 0
    (error,) = up.errors
    assert "HTTP 429" in error
    assert "raise audian:retrySeconds" in error


def test_a_server_error_that_had_no_effect_is_an_error(bench: Workbench) -> None:
    """After a 500 the account is read for some seconds: nothing was written, so the update fails, and state is kept."""
    bench.settle(acme={"accountId": ACME, "displayName": "Acme Corp"})
    before = bench.stored("acme")
    bench.api.fault(method="PATCH", status=500)
    bench.declare(acme={"accountId": ACME, "displayName": "Broken"})
    up = bench.up("--skip-preview")
    assert up.code != 0
    (error,) = up.errors
    assert "HTTP 500" in error
    before_write, write, *after = bench.calls()
    assert (before_write, write, set(after)) == ("GET", "PATCH", {"GET"})
    assert bench.stored("acme") == before


def test_a_refused_connection_names_the_address(bench: Workbench) -> None:
    """An address on which nothing listens is named, with where to correct it."""
    url = f"http://127.0.0.1:{unused_port()}/v2"
    bench.config["audian:apiUrl"] = url
    bench.declare(acme={"accountId": ACME, "displayName": "X"})
    preview = bench.preview()
    assert preview.code != 0
    assert problems(preview) == [
        f"account {ACME}: no connection to {url} (Connection refused); check audian:apiUrl and the network"
    ]


def test_an_account_that_is_gone_is_reported_gone_by_refresh(bench: Workbench) -> None:
    """A refresh removes an account from state only where the API itself says that it does not exist."""
    bench.settle(acme={"accountId": ACME, "displayName": "Acme Corp"})
    bench.api.fault(method="GET", status=404, body="<html>proxy</html>")
    bench.api.fault(method="GET", status=401)
    bench.api.fault(method="GET", status=500)
    for status in ("404", "401", "500"):
        refresh = bench.refresh("--skip-preview")
        assert refresh.code != 0
        assert f"HTTP {status}" in refresh.errors[0]
        assert bench.stored("acme") is not None
    bench.api.remove(ACME)
    refresh = bench.refresh("--skip-preview")
    assert refresh.code == 0, refresh.text
    assert bench.stored("acme") is None


def test_two_resources_can_not_declare_one_account(bench: Workbench) -> None:
    """The second declaration of an account fails the preview and names the first."""
    bench.declare(acme={"accountId": ACME}, twin={"accountId": ACME})
    preview = bench.preview()
    assert preview.code != 0
    (error,) = preview.errors
    assert "is declared by resource" in error


def test_a_null_is_not_dropped_silently(bench: Workbench) -> None:
    """A value written as null is refused, with what to write instead."""
    bench.declare(acme={"accountId": ACME, "phone": None, "settings": {"language": None}})
    preview = bench.preview()
    assert preview.code != 0
    expected = "is null: leave it out to leave the field alone, or name it in clear"
    assert problems(preview) == [f"phone: {expected}", f"settings.language: {expected}"]


def test_a_plain_token_in_the_stack_file_is_refused(bench: Workbench) -> None:
    """A credential in the stack file must be encrypted; the refusal does not repeat it."""
    bench.config["audian:token"] = "plain-token-77aa"
    bench.declare(acme={"accountId": ACME})
    preview = bench.preview()
    assert preview.code != 0
    assert "audian:token stands in plain text" in preview.text
    assert "plain-token-77aa" not in preview.text
    assert "Traceback" not in preview.text
    assert bench.calls() == []


def test_a_misspelt_setting_is_refused(bench: Workbench) -> None:
    """A setting that would be ignored, such as another spelling of apiUrl, stops the program with the nearest one."""
    bench.config["audian:apiurl"] = "http://127.0.0.1:1/v2"
    bench.declare(acme={"accountId": ACME, "displayName": "X"})
    up = bench.up("--skip-preview")
    assert up.code != 0
    assert "audian:apiurl is not a setting of pulumi-audian; did you mean audian:apiUrl?" in up.text
    assert "Traceback" not in up.text
    assert bench.calls() == []


def test_a_stack_without_accounts_says_so(bench: Workbench) -> None:
    """A stack file that declares nothing is not passed over in silence."""
    bench.write_config({})
    preview = bench.preview()
    assert preview.code == 0, preview.text
    assert any("this stack declares no accounts" in text for text in preview.messages("warning"))


def test_an_account_that_is_no_map_is_refused(bench: Workbench) -> None:
    """A declaration that is not a map of fields is named, without a traceback."""
    bench.write_config({**bench.config, "audian:accounts": {"acme": "acc_1234567890"}})
    preview = bench.preview()
    assert preview.code != 0
    assert "acme" in preview.text
    assert "Traceback" not in preview.text


def test_a_wrong_setting_is_named(bench: Workbench) -> None:
    """A setting of the connection that is wrong is named with its value before any call."""
    bench.config["audian:apiUrl"] = "ftp://api.audian.com"
    bench.declare(acme={"accountId": ACME, "displayName": "X"})
    preview = bench.preview()
    assert preview.code != 0
    (problem,) = problems(preview)
    assert problem.startswith("audian:apiUrl (or AUDIAN_API_URL): 'ftp://api.audian.com' is not an http or https URL")


def test_a_closed_account_is_reported_not_reopened(bench: Workbench) -> None:
    """Declaring active on an account that was found closed fails the preview; leaving status out is a warning."""
    bench.declare(acme={"accountId": CLOSED, "status": "active"})
    preview = bench.preview()
    assert preview.code != 0
    assert problems(preview)[0].startswith("status: the account was found closed")
    bench.declare(acme={"accountId": CLOSED})
    preview = bench.preview()
    assert preview.code == 0, preview.text
    assert any("is closed" in text for text in preview.messages("warning"))


def test_errors_are_single_lines_without_traceback(bench: Workbench) -> None:
    """Whatever fails in the provider, the terminal shows no traceback and no line of this library's code."""
    bench.declare(acme={"accountId": ACME, "displayName": "X"})
    bench.api.fault(method="PATCH", status=400, times=0)
    up = bench.up()
    assert up.code != 0
    assert "Traceback" not in up.text
    assert "pulumi_audian/" not in up.text
    assert all(len(error.splitlines()) == 1 for error in up.errors)

"""The main job, end to end: adopt, update, observe, leave."""

from __future__ import annotations

from workbench import ACME, Workbench

DECLARED_SETTINGS = {"timezone": "America/New_York", "enableRecording": True, "recordingRetention": 60}
STACK_FILE = {
    "accountId": ACME,
    "displayName": "Acme Corp - Updated",
    "settings": DECLARED_SETTINGS,
    "plan": "professional",
}
LIVE_SETTINGS = {
    "timezone": "America/Los_Angeles",
    "language": "en",
    "enableVoiceMail": True,
    "enableRecording": False,
    "recordingRetention": 30,
    "smsEnabled": True,
}


def test_adoption_writes_what_differs_and_stores_the_answer(bench: Workbench) -> None:
    """The first up sends one PATCH with the differing fields, the touched object whole, and state holds the account."""
    bench.declare(acme=STACK_FILE)
    up = bench.up()
    assert up.code == 0, up.text
    assert bench.bodies() == [
        {"displayName": "Acme Corp - Updated", "settings": {**LIVE_SETTINGS, **DECLARED_SETTINGS}}
    ]
    stored = bench.stored("acme")
    assert stored is not None
    assert stored["id"] == ACME
    live = bench.api.account(ACME)
    assert {name: stored["outputs"][name] for name in live if name != "id"} == {
        k: v for k, v in live.items() if k != "id"
    }


def test_preview_of_an_adoption_shows_each_field_and_writes_nothing(bench: Workbench) -> None:
    """A read-only token is enough for the first preview, which shows live and declared values of what up writes."""
    bench.environment["AUDIAN_API_TOKEN"] = bench.api.read_only_token
    bench.declare(acme=STACK_FILE)
    preview = bench.preview()
    assert preview.code == 0, preview.text
    assert preview.steps() == {"acme": "create"}
    assert bench.calls() == ["GET"]
    (message,) = preview.messages("info")
    assert message.splitlines() == [
        "adopts account acc_1234567890 (Acme Corporation): up writes 4 values, 11 other values stay untouched",
        '  displayName:                 "Acme Corp" => "Acme Corp - Updated"',
        "  settings.enableRecording:    false => true",
        "  settings.recordingRetention: 30 => 60",
        '  settings.timezone:           "America/Los_Angeles" => "America/New_York"',
    ]


def test_adopting_an_account_that_is_as_declared_writes_nothing(bench: Workbench) -> None:
    """Where nothing differs, no PATCH is sent, and preview says so."""
    bench.declare(acme={"accountId": ACME, "displayName": "Acme Corp", "settings": {"recordingRetention": 30}})
    up = bench.up()
    assert up.code == 0, up.text
    assert bench.bodies() == []
    assert "already is as declared: up writes nothing" in up.text
    assert bench.stored("acme") is not None


def test_an_unchanged_program_makes_no_call(bench: Workbench) -> None:
    """A second preview and a second up, without changes, do not reach the API at all."""
    bench.settle(acme=STACK_FILE)
    preview, up = bench.preview("--expect-no-changes"), bench.up("--expect-no-changes")
    assert (preview.code, up.code) == (0, 0), preview.text + up.text
    assert bench.calls() == []


def test_update_of_one_nested_field(bench: Workbench) -> None:
    """An edit of one setting sends its object alone, whole, with live values of the fields that are not declared."""
    bench.settle(acme=STACK_FILE)
    bench.declare(acme={**STACK_FILE, "settings": {**DECLARED_SETTINGS, "recordingRetention": 90}})
    up = bench.up()
    assert up.code == 0, up.text
    assert up.changed("acme") == {"settings.recordingRetention": "update"}
    assert bench.bodies() == [{"settings": {**LIVE_SETTINGS, **DECLARED_SETTINGS, "recordingRetention": 90}}]


def test_refresh_finds_drift_of_declared_fields_only(bench: Workbench) -> None:
    """Refresh shows a declared field that changed, by its path, and the next up mends it; others are not watched."""
    bench.settle(acme=STACK_FILE)
    bench.api.edit(ACME, {"settings": {"timezone": "Europe/Paris", "language": "fr"}, "email": "new@acme.com"})
    refresh = bench.refresh()
    assert refresh.code == 0, refresh.text
    assert refresh.changed("acme") == {"settings.timezone": "update"}
    bench.api.clear()
    up = bench.up()
    assert up.changed("acme") == {"settings.timezone": "update"}
    assert bench.bodies() == [
        {"settings": {**LIVE_SETTINGS, **DECLARED_SETTINGS, "timezone": "America/New_York", "language": "fr"}}
    ]


def test_server_side_changes_alone_are_no_drift(bench: Workbench) -> None:
    """Another updatedAt is stored by a refresh, and is no difference to the program."""
    bench.settle(acme=STACK_FILE)
    bench.api.edit(ACME, {"updatedAt": "2030-01-01T00:00:00Z"})
    refresh, preview = bench.refresh(), bench.preview("--expect-no-changes")
    assert (refresh.code, preview.code) == (0, 0), refresh.text + preview.text
    stored = bench.stored("acme")
    assert stored is not None
    assert stored["outputs"]["updatedAt"] == "2030-01-01T00:00:00Z"


def test_destroy_leaves_the_account_as_it_is(bench: Workbench) -> None:
    """Retaining is the default: its preview says so, and no request is sent."""
    bench.settle(acme=STACK_FILE)
    preview = bench.observed("destroy", "--preview-only")
    assert "delete[retain]" in preview.text
    destroy = bench.destroy()
    assert destroy.code == 0, destroy.text
    assert bench.calls() == []
    assert bench.stored("acme") is None
    assert bench.api.account(ACME)["displayName"] == "Acme Corp - Updated"


def test_replacing_a_resource_leaves_the_account_as_it_is(bench: Workbench) -> None:
    """--replace adopts the account again: nothing differs, so nothing is written."""
    bench.settle(acme=STACK_FILE)
    up = bench.up("--replace", bench.urn("acme"))
    assert up.code == 0, up.text
    assert "PATCH" not in bench.calls()
    assert bench.stored("acme") is not None
    assert bench.preview("--expect-no-changes").code == 0

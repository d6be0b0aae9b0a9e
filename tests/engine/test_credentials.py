"""Credentials and dialects: who is calling, in which of the API's tongues, and that no secret shows."""

from __future__ import annotations

import json
from typing import Any

import pytest

from workbench import ACME, GLOBEX, INITECH, Workbench

SHAPES_WITH_A_FIELD = (1, 2, 6)
DECLARED: dict[str, Any] = {"accountId": ACME, "displayName": "Acme 2", "settings": {"timezone": "UTC"}}


def use_api_key(bench: Workbench) -> None:
    """Let the stack authenticate by the API key alone."""
    del bench.environment["AUDIAN_API_TOKEN"]
    bench.environment["AUDIAN_API_KEY"] = bench.api.api_key


@pytest.mark.parametrize("scheme", ["x-auth-token", "bearer"])
@pytest.mark.parametrize("envelope", ["flat", "data"])
def test_each_dialect_is_spoken(bench: Workbench, scheme: str, envelope: str) -> None:
    """The header and the envelope follow the settings, and answers are read in either form."""
    bench.api.behave(authSchemes=[scheme], envelope=envelope)
    bench.config |= {"audian:authScheme": scheme, "audian:envelope": envelope}
    bench.declare(acme=DECLARED)
    up = bench.up()
    assert up.code == 0, up.text
    (write,) = bench.api.writes()
    body = write["body"]["data"] if envelope == "data" else write["body"]
    assert body["displayName"] == "Acme 2"
    assert write["authScheme"] == scheme
    assert bench.preview("--expect-no-changes").code == 0


def test_a_write_is_never_retried_in_another_dialect(bench: Workbench) -> None:
    """An API that wants another envelope or header gets one request, and the error names the setting."""
    bench.api.behave(envelope="data")
    bench.declare(acme=DECLARED)
    up = bench.up("--skip-preview")
    assert up.code != 0
    assert len(bench.bodies()) == 1
    bench.api.behave(envelope="flat", authSchemes=["bearer"])
    preview = bench.preview()
    assert "audian:authScheme" in preview.text


def test_an_api_key_is_exchanged_once_for_all_accounts(bench: Workbench) -> None:
    """Parallel accounts share one exchange of the key."""
    use_api_key(bench)
    bench.declare(
        acme=DECLARED,
        globex={"accountId": GLOBEX, "displayName": "Globex 2"},
        initech={"accountId": INITECH, "displayName": "Initech 2"},
    )
    up = bench.up("--skip-preview")
    assert up.code == 0, up.text
    assert [entry["path"] for entry in bench.api.requests() if entry["method"] == "PUT"] == ["/v2/api_auth"]
    assert {entry["token"] for entry in bench.api.writes()} == {"issued"}
    assert bench.api.api_key not in up.text


def test_an_expired_token_is_renewed_and_the_call_replayed_once(bench: Workbench) -> None:
    """A 401 of an issued token leads to one exchange and one replay of the request."""
    use_api_key(bench)
    bench.api.fault(method="PATCH", status=401)
    bench.declare(acme=DECLARED)
    up = bench.up("--skip-preview")
    assert up.code == 0, up.text
    assert bench.calls() == ["PUT", "GET", "PATCH", "PUT", "PATCH"]


def test_a_401_that_stays_ends_the_call(bench: Workbench) -> None:
    """After the replay the error stands; a static token is not exchanged and not replayed."""
    use_api_key(bench)
    bench.api.fault(method="GET", status=401, times=0)
    bench.declare(acme=DECLARED)
    up = bench.up("--skip-preview")
    assert up.code != 0
    assert bench.calls() == ["PUT", "GET", "PUT", "GET"]
    bench.environment["AUDIAN_API_TOKEN"] = bench.api.full_token
    up = bench.up("--skip-preview")
    assert "HTTP 401" in up.errors[0]
    assert bench.calls() == ["GET"]


@pytest.mark.parametrize("shape", [1, 7])
def test_a_bad_api_key_is_not_echoed(bench: Workbench, shape: int) -> None:
    """The API repeats a bad key in its answer: the error names the variable instead."""
    del bench.environment["AUDIAN_API_TOKEN"]
    bench.environment["AUDIAN_API_KEY"] = "bad-api-key-5151"
    bench.api.behave(errorShape=shape)
    bench.declare(acme=DECLARED)
    preview = bench.preview()
    assert preview.code != 0
    assert "check AUDIAN_API_KEY" in preview.text
    assert "bad-api-key-5151" not in preview.text


@pytest.mark.parametrize("shape", range(1, 8))
def test_every_error_shape_is_read(bench: Workbench, shape: int) -> None:
    """Whatever form an error has, its message and, where it tells one, its field reach the terminal."""
    bench.api.behave(errorShape=shape, nulls="reject")
    bench.declare(acme={"accountId": ACME, "clear": ["phone"]})
    up = bench.up("--skip-preview")
    assert up.code != 0
    (error,) = up.errors
    subject = "the API refused phone" if shape in SHAPES_WITH_A_FIELD else "the API answered"
    assert error.startswith(f"account {ACME}: {subject}")
    assert "Field 'phone' is null" in error
    assert "HTTP 400" in error


def test_unknown_fields_in_answers_are_accepted(bench: Workbench) -> None:
    """The API may add fields: they are neither an error nor a difference."""
    bench.api.behave(extraFields={"region": "eu-1", "features": {"beta": True}})
    bench.settle(acme=DECLARED)
    assert bench.refresh("--skip-preview").changed("acme") == {}
    assert bench.preview("--expect-no-changes").code == 0


def test_an_encrypted_token_in_the_stack_file_is_used(bench: Workbench) -> None:
    """`audian:token` works where it is encrypted, and stays so in state."""
    del bench.environment["AUDIAN_API_TOKEN"]
    bench.declare(acme=DECLARED)
    bench.command("config", "set", "--secret", "audian:token", bench.api.full_token)
    up = bench.up()
    assert up.code == 0, up.text
    assert bench.api.full_token not in up.text
    assert bench.api.full_token not in bench.command("stack", "export")


def test_no_credential_is_in_state_output_or_the_verbose_log(bench: Workbench) -> None:
    """At the engine's most verbose level, neither token nor API key appears anywhere, in success or failure."""
    bench.environment["AUDIAN_API_TOKEN"] = "token-for-grep-8842"
    bench.environment["AUDIAN_API_KEY"] = "key-for-grep-8843"
    bench.declare(acme=DECLARED)
    failed = bench.up("--skip-preview", "-v=9", "--logtostderr")
    del bench.environment["AUDIAN_API_TOKEN"]
    bench.environment["AUDIAN_API_KEY"] = bench.api.api_key
    worked = bench.up("--skip-preview", "-v=9", "--logtostderr")
    assert (failed.code == 0, worked.code) == (False, 0), worked.text
    texts = [failed.text, worked.text, bench.command("stack", "export"), json.dumps([*failed.events, *worked.events])]
    for text in texts:
        for secret in ("token-for-grep-8842", "key-for-grep-8843", bench.api.api_key):
            assert secret not in text


def test_preview_reads_can_be_turned_off(bench: Workbench) -> None:
    """With audian:previewReads false the first preview makes no call, and says what that means."""
    bench.config["audian:previewReads"] = False
    bench.declare(acme=DECLARED)
    preview = bench.preview()
    assert preview.code == 0, preview.text
    assert bench.calls() == []
    (warning,) = preview.messages("warning")
    assert warning.startswith("live values were not read (audian:previewReads is false)")
    assert bench.up("--skip-preview").code == 0

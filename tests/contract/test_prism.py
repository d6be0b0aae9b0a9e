"""Our client against a server that somebody else wrote: Prism, which knows the contract's document only.

It refuses each request that breaks the document, and answers with the document's examples.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from tests.contract.document import DOCUMENT

from pulumi_audian.client import Client
from pulumi_audian.connection import connect
from pulumi_audian.errors import AccountGone, ApiError, OutcomeUnknown
from pulumi_audian.transport import Transport
from pulumi_audian.wire import Answer, Request

ACME = "acc_1234567890"
TOKEN = {"AUDIAN_API_TOKEN": "any-token"}
KEY = {"AUDIAN_API_KEY": "audian-api-key"}
RESPONSES = DOCUMENT["components"]["responses"]
ACCOUNT = RESPONSES["Account"]["content"]["application/json"]["example"]
CHANGES = DOCUMENT["paths"]["/accounts/{accountId}"]["patch"]["requestBody"]["content"]["application/json"]["examples"]


def client(url: str, environment: dict[str, str] = TOKEN, **config: Any) -> Client:
    """A client as the provider makes it, which gives up at once."""
    settings = {"apiUrl": url, "retrySeconds": 0, **config}
    return Client(connect({f"audian:{name}": value for name, value in settings.items()}.get, environment), print)


@pytest.fixture
def prefer(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Make Prism choose an answer: it takes a wish from a header, which every request now gets."""
    exchange = Transport.exchange

    def ask(wish: str) -> None:
        def wishing(transport: Transport, request: Request, credential: dict[str, str]) -> Answer:
            return exchange(transport, request._replace(headers={**request.headers, "Prefer": wish}), credential)

        monkeypatch.setattr(Transport, "exchange", wishing)

    return ask


@pytest.mark.parametrize(("scheme", "environment"), [("x-auth-token", TOKEN), ("bearer", TOKEN), ("x-auth-token", KEY)])
def test_an_account_is_read(prism: str, scheme: str, environment: dict[str, str]) -> None:
    """Each way to authenticate that the pages show is accepted, and the page's account is what was read."""
    assert client(prism, environment, authScheme=scheme).read(ACME).account == ACCOUNT


@pytest.mark.parametrize(
    "change", [*(example["value"] for example in CHANGES.values()), {"phone": None, "settings": {"language": None}}]
)
def test_an_account_is_changed(prism: str, change: dict[str, Any]) -> None:
    """The page's own examples, and values that are cleared, leave the client as the contract has them."""
    answered = client(prism).write(ACME, change, '"7-a"')
    assert answered is not None
    assert answered.account == ACCOUNT


@pytest.mark.parametrize("change", [{"plan": "starter"}, {"displayName": ""}, {"settings": {"recordingRetention": 0}}])
def test_what_breaks_the_contract_would_be_seen(prism: str, change: dict[str, Any]) -> None:
    """The mock is no friend: a request that the document forbids is refused."""
    with pytest.raises(ApiError) as caught:
        client(prism).write(ACME, change, None)
    assert caught.value.status == 400


class Shown(NamedTuple):
    """An error of the document: the response with its example, and what the client shall make of it."""

    name: str
    status: int
    example: str
    code: str
    field: str = ""


ERRORS = [
    Shown("BadRequest", 400, "contract", "INVALID_REQUEST", "settings.timezone"),
    Shown("BadRequest", 400, "parameter", "invalid_value", "settings.timezone"),
    Shown("BadRequest", 400, "rules", "", "settings.timezone"),
    Shown("BadRequest", 400, "success", "BAD"),
    Shown("Unauthorized", 401, "contract", "UNAUTHORIZED"),
    Shown("Unauthorized", 401, "enveloped", "401"),
    Shown("Unauthorized", 401, "bare", "401"),
    Shown("Forbidden", 403, "", "FORBIDDEN"),
    Shown("Conflict", 409, "", "CONFLICT", "email"),
    Shown("NotFound", 404, "contract", "NOT_FOUND"),
    Shown("NotFound", 404, "echo", "404"),
    Shown("TooManyRequests", 429, "", "RATE_LIMITED"),
]


@pytest.mark.parametrize("shown", ERRORS, ids=lambda shown: f"{shown.status} {shown.example}")
def test_an_error_is_read(prism: str, prefer: Callable[[str], None], shown: Shown) -> None:
    """Every form of error of the document becomes an error with its status, code, field and words."""
    prefer(f"code={shown.status}" + (f", example={shown.example}" if shown.example else ""))
    with pytest.raises(ApiError) as caught:
        client(prism).write(ACME, {"displayName": "New"}, None)
    error = caught.value
    content = RESPONSES[shown.name]["content"]["application/json"]
    body = content["examples"][shown.example]["value"] if shown.example else content["example"]
    assert (error.status, error.code, error.field) == (shown.status, shown.code, shown.field)
    assert isinstance(error, AccountGone) == (shown.status == 404)
    assert words(body) in str(error)


def words(body: dict[str, Any]) -> str:
    """What a body of the document says to a person."""
    if isinstance(body["error"], dict):
        return str(body["error"]["message"])
    if isinstance(body.get("data"), dict):
        return str(body["data"].get("message", "Invalid timezone format"))
    return str(body["message"])


def test_a_failure_of_the_server_leaves_a_doubt(prism: str, prefer: Callable[[str], None]) -> None:
    """After a 500 nobody knows whether the change was made."""
    prefer("code=500")
    with pytest.raises(OutcomeUnknown, match="Something went wrong"):
        client(prism).write(ACME, {"displayName": "New"}, None)


@pytest.mark.parametrize("environment", [TOKEN, KEY])
def test_the_command_line_shows_an_account(prism: str, environment: dict[str, str]) -> None:
    """`audian show` speaks the contract as well, with a token and with a key."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("AUDIAN_")}
    done = subprocess.run(
        [sys.executable, "-c", "from pulumi_audian.cli import main; main()", "show", ACME, "--json"],
        cwd="/",
        env={**inherited, "AUDIAN_API_URL": prism, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == ACCOUNT

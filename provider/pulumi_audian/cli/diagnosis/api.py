"""The API: where it is, whether it answers, what it says to the credential, and of each account."""

from __future__ import annotations

import base64
import binascii
import json
import os
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from datetime import datetime, timezone
from typing import Any

from pulumi_audian.cli.diagnosis.line import Line, Verdict, ok, problem, unknown
from pulumi_audian.cli.diagnosis.stack import Stack, connection_of
from pulumi_audian.cli.live import begun, reading
from pulumi_audian.cli.waiting import waiting
from pulumi_audian.client import Client
from pulumi_audian.connection import Connection
from pulumi_audian.errors import AccountGone, ApiError, AudianError, Refused, Unreachable
from pulumi_audian.settings import CREDENTIALS, NAMESPACE
from pulumi_audian.transport import NoAnswer, Transport
from pulumi_audian.wire import Request, Snapshot

_MOST_SECONDS = 10.0
_UNAUTHORIZED = 401
_FORBIDDEN = 403
_NOBODY = "acc_0000000000"
"""An account that there is not: what the API says of it tells whether it accepts the credential."""
_VARIABLES = {"apiUrl": "AUDIAN_API_URL", "token": "AUDIAN_API_TOKEN", "apiKey": "AUDIAN_API_KEY"}
_RIGHTS = "whether it may change accounts, the API tells only when something is changed"

Answers = dict[str, Mapping[str, Any] | AudianError]


def lines(stack: Stack) -> Iterator[Line]:
    """The lines on the API, from its address to each account of the stack."""
    try:
        connection, undecided = connection_of(stack)
    except Refused as reason:
        yield problem("API", str(reason))
        return
    yield from _on_connection(stack, connection, undecided)


def _on_connection(stack: Stack, connection: Connection, undecided: Mapping[str, str]) -> Iterator[Line]:
    yield _address(stack, connection, undecided)
    with waiting(f"connecting to {connection.api_url}", most_seconds=_MOST_SECONDS):
        unreachable = _unreachable(connection)
    yield unreachable or ok("API reachable", "it answers")
    with waiting("looking for the stack's accounts"):
        accounts = stack.accounts()
    if unreachable:
        yield unknown("credential", "not tried, without the API")
    elif not connection.has_credential:
        yield _no_credential(undecided)
    else:
        yield from _with_answers(stack, connection, accounts)
        return
    yield from (unknown(f"account {name}", "not asked for") for name in accounts)


def _with_answers(stack: Stack, connection: Connection, accounts: Mapping[str, str | None]) -> Iterator[Line]:
    known = [account_id for account_id in accounts.values() if account_id]
    answers = _answers(connection, known or [_NOBODY])
    credential = _credential(stack, connection, answers)
    yield credential
    for name, account_id in accounts.items():
        subject = f"account {name}"
        if credential.verdict is Verdict.PROBLEM:
            yield unknown(subject, "not read, because the credential is rejected")
        else:
            yield _account(subject, account_id, answers)


def _address(stack: Stack, connection: Connection, undecided: Mapping[str, str]) -> Line:
    key = f"{NAMESPACE}apiUrl"
    if key in undecided:
        return problem("API URL", undecided[key], "check the stack's passphrase or login")
    return ok("API URL", f"{connection.api_url} (from {_source(stack, 'apiUrl')})")


def _source(stack: Stack, name: str) -> str:
    variable = _VARIABLES[name]
    return variable if os.environ.get(variable, "").strip() else stack.source(NAMESPACE + name)


def _unreachable(connection: Connection) -> Line | None:
    transport = Transport(connection.api_url, min(connection.timeout_seconds, _MOST_SECONDS))
    try:
        transport.exchange(Request("GET", connection.api_url, {"Accept": "application/json"}, None), {})
    except NoAnswer as reason:
        return problem("API reachable", f"no answer ({reason})", "check the API URL, the network and a proxy")
    return None


def _no_credential(undecided: Mapping[str, str]) -> Line:
    reasons = [undecided[NAMESPACE + name] for name in CREDENTIALS if NAMESPACE + name in undecided]
    if reasons:
        return problem("credential", "; ".join(reasons), "check the stack's passphrase or login")
    return problem("credential", "there is none", "set AUDIAN_API_TOKEN (or AUDIAN_API_KEY)")


def _answers(connection: Connection, account_ids: list[str]) -> Answers:
    hurried = {
        "retry_seconds": min(connection.retry_seconds, _MOST_SECONDS),
        "timeout_seconds": min(connection.timeout_seconds, _MOST_SECONDS),
    }
    soon = connection.model_copy(update=hurried)
    with reading(account_ids, soon) as wait:
        client = Client(soon, wait.say, interactive=True)
        return {account_id: _answer(read) for account_id, read in begun(client, account_ids, wait).items()}


def _answer(read: Future[Snapshot]) -> Mapping[str, Any] | AudianError:
    try:
        return read.result().account
    except AudianError as error:
        return error


def _credential(stack: Stack, connection: Connection, answers: Answers) -> Line:
    name = "token" if connection.token else "apiKey"
    source, expiry = _source(stack, name), _expiry(connection)
    rejected = [error for account_id, error in answers.items() if _is_rejection(account_id, error)]
    if len(rejected) == len(answers):
        return problem("credential", f"{name} (from {source}{expiry}): {rejected[0]}")
    if _NOBODY in answers and not _tells_of_nobody(answers[_NOBODY]):
        return unknown("credential", f"{name} (from {source}{expiry}) can't be judged: {answers[_NOBODY]}")
    if all(isinstance(answer, Unreachable) for answer in answers.values()):
        return unknown("credential", f"{name} (from {source}{expiry}) was not tried: see the accounts")
    return ok("credential", f"{name} (from {source}{expiry}) is accepted; {_RIGHTS}")


def _tells_of_nobody(answer: Mapping[str, Any] | AudianError) -> bool:
    return isinstance(answer, AccountGone) or (isinstance(answer, ApiError) and answer.status == _FORBIDDEN)


def _is_rejection(account_id: str, answer: Mapping[str, Any] | AudianError) -> bool:
    # What the API says of a key is not about an account.
    about_key = not str(answer).startswith(f"account {account_id}: ")
    return isinstance(answer, ApiError) and (answer.status == _UNAUTHORIZED or about_key)


def _expiry(connection: Connection) -> str:
    """When a token says that it ends, where it is a JSON Web Token."""
    parts = connection.token.get_secret_value().split(".") if connection.token else []
    try:
        claims = json.loads(base64.urlsafe_b64decode(f"{parts[1]}==")) if len(parts) == 3 else {}  # noqa: PLR2004
        end = datetime.fromtimestamp(claims["exp"], timezone.utc)
    except (binascii.Error, ValueError, KeyError, TypeError, OverflowError, OSError):
        return ""
    return f", {'until' if end > datetime.now(timezone.utc) else 'but ended'} {end:%Y-%m-%d %H:%M} UTC"


def _account(subject: str, account_id: str | None, answers: Answers) -> Line:
    if account_id is None:
        return unknown(subject, "its id is not known without the engine")
    answer = answers[account_id]
    if isinstance(answer, AudianError):
        return problem(subject, str(answer).removeprefix("account "))
    return ok(subject, f"{account_id} is {answer.get('name')}, {answer.get('status')}")

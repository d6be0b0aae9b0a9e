"""The API over HTTP: credentials, retries and redaction around the pure protocol of `wire`."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, NoReturn

import requests
from urllib3.exceptions import NewConnectionError

from pulumi_audian import retry, wire
from pulumi_audian.connection import Connection
from pulumi_audian.errors import ApiError, OutcomeUnknown, Refused, Unreachable
from pulumi_audian.values import mapped
from pulumi_audian.wire import Answer, Request, Snapshot

_MASK = "[secret]"
_SHORTEST_SECRET_WITHIN_TEXT = 4
_UNAUTHORIZED = 401
_SERVER_ERROR = 500


class _Call(NamedTuple):
    """A request, what errors shall say that it was about, and what they shall not repeat."""

    request: Request
    subject: str
    secrets: tuple[str, ...] = ()


class Client:
    """The account calls of the Audian API.

    Safe to share between threads: an API's request to slow down holds back all of them, and a short-lived token is
    renewed once for all. `say` receives a line about each wait of more than five seconds.
    """

    def __init__(self, connection: Connection, say: Callable[[str], None]) -> None:
        if not connection.has_credential:
            raise Refused("no credential: set AUDIAN_API_TOKEN (or AUDIAN_API_KEY); nothing was read or written")
        self.retry_seconds = connection.retry_seconds
        self._connection = connection
        self._say = say
        self._session = requests.Session()
        self._throttle = retry.Throttle()
        self._renewal = threading.Lock()
        self._issued_token: str | None = None

    def read(self, account_id: str) -> Snapshot:
        """The account as it is; raises `ApiError` (`AccountGone` where it does not exist) or `Unreachable`."""
        request = wire.read_request(self._connection.api_url, account_id)
        return wire.decode_account(self._deliver(_Call(request, f"account {account_id}")), account_id)

    def write(
        self, account_id: str, body: Mapping[str, Any], etag: str | None, secrets: Sequence[str] = ()
    ) -> Snapshot | None:
        """Send one PATCH and return the account as the answer shows it, or None where it shows none.

        Repeats only what certainly was not executed (429, no connection). Raises `ApiError` where the API refused,
        `OutcomeUnknown` where it may or may not have written. `secrets` are masked in errors.
        """
        envelope = self._connection.envelope
        request = wire.patch_request(self._connection.api_url, account_id, body, envelope=envelope, etag=etag)
        return wire.decode_change(self._deliver(_Call(request, f"account {account_id}", tuple(secrets))), account_id)

    def _deliver(self, call: _Call) -> Answer:
        token = self._token()
        answer = self._persist(call, token)
        if answer.status == _UNAUTHORIZED and self._connection.token is None:
            answer = self._persist(call, self._token(instead_of=token))
        return answer

    def _persist(self, call: _Call, token: str | None) -> Answer:
        loop = retry.retrying(self._connection.retry_seconds, self._say)
        answer: Answer = loop(self._attempt, call, token)
        return answer

    def _attempt(self, call: _Call, token: str | None) -> Answer:
        held = self._throttle.remaining()
        if held:
            message = f"{call.subject}: not asked, because the API wants fewer requests (HTTP 429); run again later"
            raise retry.Again(Unreachable(message), held)
        answer = self._exchange(call, token)
        doubtful = call.request.method == "PATCH" and answer.status != retry.TOO_MANY_REQUESTS
        if answer.status in retry.BUSY or (doubtful and answer.status == _SERVER_ERROR):
            error = wire.refusal(answer, call.subject)
            wait = retry.asked_wait(answer.headers, time.time())
            if doubtful:
                raise OutcomeUnknown(str(error), repeatable=answer.status in retry.BUSY, wait=wait)
            self._wait_for(error, wait)
        return answer

    def _wait_for(self, error: ApiError, seconds: float | None) -> NoReturn:
        if error.status == retry.TOO_MANY_REQUESTS:
            self._throttle.hold(seconds or 0)
        raise retry.Again(error, seconds)

    def _exchange(self, call: _Call, token: str | None) -> Answer:
        request = call.request
        try:
            response = self._session.request(
                request.method,
                request.url,
                headers=dict(request.headers),
                data=request.body,
                auth=_HeaderAuth(wire.auth_headers(token, self._connection.auth_scheme) if token else {}),
                timeout=self._connection.timeout_seconds,
                allow_redirects=False,  # a redirect would carry the token to another host
            )
        except requests.RequestException as error:
            raise self._no_answer(error, call) from None
        headers = {name.lower(): value for name, value in response.headers.items()}
        answer = Answer(response.status_code, headers, response.text)
        return answer if answer.status == requests.codes.ok else _masked(answer, [*call.secrets, *self._credentials()])

    def _no_answer(self, error: requests.RequestException, call: _Call) -> Exception:
        where = f"{self._connection.api_url} ({_cause(error)})"
        if call.request.method != "PATCH" or _never_sent(error):
            message = f"{call.subject}: no connection to {where}; check audian:apiUrl and the network"
            return retry.Again(Unreachable(message))
        return OutcomeUnknown(f"{call.subject}: no answer to a change from {where}; run again", repeatable=True)

    def _token(self, instead_of: str | None = None) -> str:
        if self._connection.token is not None:
            return self._connection.token.get_secret_value()
        with self._renewal:
            if self._issued_token is None or self._issued_token == instead_of:
                self._issued_token = self._exchange_key()
            return self._issued_token

    def _exchange_key(self) -> str:
        key = self._connection.api_key.get_secret_value() if self._connection.api_key else ""
        call = _Call(wire.exchange_request(self._connection.api_url, key), "API key exchange")
        return wire.decode_exchange(self._persist(call, None))

    def _credentials(self) -> list[str]:
        held = [self._connection.token, self._connection.api_key]
        return [secret.get_secret_value() for secret in held if secret] + [self._issued_token or ""]


class _HeaderAuth(requests.auth.AuthBase):
    """Sets the credential itself, so that `requests` does not look for another one in a .netrc file."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = headers

    def __call__(self, prepared: requests.PreparedRequest) -> requests.PreparedRequest:
        prepared.headers.update(self._headers)
        return prepared


def _masked(answer: Answer, secrets: Iterable[str]) -> Answer:
    hidden = sorted(filter(None, secrets), key=len, reverse=True)
    try:
        payload = json.loads(answer.text)
    except (ValueError, RecursionError):
        return answer._replace(text=_masked_text(answer.text, hidden))
    text = json.dumps(mapped(payload, str | int | float, lambda value: _masked_value(value, hidden)))
    return answer._replace(text=text)


def _masked_value(value: str | float, secrets: Sequence[str]) -> str | float:
    if str(value) in secrets:
        return _MASK
    return _masked_text(value, secrets) if isinstance(value, str) else value


def _masked_text(text: str, secrets: Sequence[str]) -> str:
    for secret in secrets:
        if len(secret) >= _SHORTEST_SECRET_WITHIN_TEXT:
            text = text.replace(secret, _MASK)
    return text


def _never_sent(error: requests.RequestException) -> bool:
    if isinstance(error, (requests.ConnectTimeout, requests.exceptions.InvalidURL)):
        return True
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(reason, NewConnectionError)


def _cause(error: requests.RequestException) -> str:
    if isinstance(error, requests.Timeout):
        return "timed out"
    reason = getattr(error.args[0], "reason", None) if error.args else None
    if isinstance(reason, NewConnectionError):
        return re.sub(r"\[Errno -?\d+\] ", "", str(reason).rsplit(": ", 1)[-1])
    return "TLS failure" if isinstance(error, requests.exceptions.SSLError) else "connection lost"

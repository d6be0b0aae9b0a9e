"""The API over HTTP: credentials, retries and redaction around the pure protocol of `wire`."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import requests
from urllib3.exceptions import NewConnectionError

from pulumi_audian import retry, wire
from pulumi_audian.connection import Connection
from pulumi_audian.errors import ApiError, AudianError, OutcomeUnknown, Refused, Unreachable
from pulumi_audian.wire import Answer, Request, Snapshot

_UNAUTHORIZED = 401
_SERVER_ERROR = 500


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
        return wire.decode_account(self._deliver(request, account_id), account_id)

    def write(
        self, account_id: str, body: Mapping[str, Any], etag: str | None, secrets: Iterable[str] = ()
    ) -> Snapshot:
        """Send one PATCH and return the account as the answer shows it.

        Repeats only what certainly was not executed (429, no connection). Raises `ApiError` where the API refused,
        `OutcomeUnknown` where it may or may not have written. `secrets` are masked in errors.
        """
        envelope = self._connection.envelope
        request = wire.patch_request(self._connection.api_url, account_id, body, envelope=envelope, etag=etag)
        return wire.decode_account(self._masked(self._deliver(request, account_id), secrets), account_id)

    def _deliver(self, request: Request, account_id: str) -> Answer:
        loop = retry.retrying(self._connection.retry_seconds, self._say)
        token = self._token()
        answer: Answer = loop(self._attempt, request, token, account_id)
        if answer.status == _UNAUTHORIZED and self._connection.token is None:
            token = self._token(instead_of=token)
            answer = loop(self._attempt, request, token, account_id)
        return self._masked(answer, [token])

    def _attempt(self, request: Request, token: str, account_id: str) -> Answer:
        answer = self._exchange(request, wire.auth_headers(token, self._connection.auth_scheme), account_id)
        if answer.status in retry.BUSY or answer.status == _SERVER_ERROR:
            self._raise_busy(request, answer, account_id)
        return answer

    def _raise_busy(self, request: Request, answer: Answer, account_id: str) -> None:
        error = _refusal(self._masked(answer, self._credentials()), account_id)
        wait = retry.asked_wait(answer.headers, time.time())
        if answer.status == retry.TOO_MANY_REQUESTS:
            self._throttle.hold(wait or 0)
        elif request.method == "PATCH":
            raise OutcomeUnknown(str(error), repeatable=answer.status in retry.BUSY)
        if answer.status in retry.BUSY:
            raise retry.Again(error, wait)

    def _exchange(self, request: Request, credential: Mapping[str, str], account_id: str) -> Answer:
        time.sleep(self._throttle.remaining())
        try:
            response = self._session.request(
                request.method,
                request.url,
                headers=dict(request.headers),
                data=request.body,
                auth=_HeaderAuth(credential),
                timeout=self._connection.timeout_seconds,
                allow_redirects=False,  # a redirect would carry the token to another host
            )
        except requests.RequestException as error:
            raise self._no_answer(error, request.method, account_id) from None
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, headers, response.text)

    def _no_answer(self, error: requests.RequestException, method: str, account_id: str) -> Exception:
        host = self._connection.api_url
        if method != "PATCH" or _never_sent(error):
            message = (
                f"account {account_id}: {host} can't be reached ({_cause(error)}); check audian:apiUrl and the network"
            )
            return retry.Again(Unreachable(message))
        message = f"account {account_id}: no answer to a change from {host} ({_cause(error)}); run again"
        return OutcomeUnknown(message, repeatable=True)

    def _token(self, instead_of: str | None = None) -> str:
        if self._connection.token is not None:
            return self._connection.token.get_secret_value()
        with self._renewal:
            if self._issued_token is None or self._issued_token == instead_of:
                self._issued_token = self._exchange_key()
            return self._issued_token

    def _exchange_key(self) -> str:
        key = self._connection.api_key.get_secret_value() if self._connection.api_key else ""
        request = wire.exchange_request(self._connection.api_url, key)
        loop = retry.retrying(self._connection.retry_seconds, self._say)
        return wire.decode_exchange(loop(self._attempt_exchange, request))

    def _attempt_exchange(self, request: Request) -> Answer:
        answer = self._exchange(request, {}, "(API key exchange)")
        if answer.status in retry.BUSY:
            error = ApiError(
                f"the API key exchange failed (HTTP {answer.status}); run again later", status=answer.status
            )
            raise retry.Again(error, retry.asked_wait(answer.headers, time.time()))
        return answer

    def _credentials(self) -> list[str]:
        held = [self._connection.token, self._connection.api_key]
        return [secret.get_secret_value() for secret in held if secret] + [self._issued_token or ""]

    def _masked(self, answer: Answer, secrets: Iterable[str]) -> Answer:
        if answer.status == requests.codes.ok:
            return answer
        text = answer.text
        for secret in filter(None, secrets):
            text = text.replace(secret, "[secret]")
        return answer._replace(text=text)


class _HeaderAuth(requests.auth.AuthBase):
    """Sets the credential itself, so that `requests` does not look for another one in a .netrc file."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = headers

    def __call__(self, prepared: requests.PreparedRequest) -> requests.PreparedRequest:
        prepared.headers.update(self._headers)
        return prepared


def _refusal(answer: Answer, account_id: str) -> AudianError:
    try:
        wire.decode_account(answer, account_id)
    except ApiError as error:
        return error
    raise TypeError(answer.status)


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
        return str(reason).rsplit(": ", 1)[-1]
    return "TLS failure" if isinstance(error, requests.exceptions.SSLError) else "connection lost"

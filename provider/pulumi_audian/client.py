"""The API over HTTP: credentials, retries and redaction around the pure protocol of `wire`."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, NoReturn

from pulumi_audian import retry, wire
from pulumi_audian.connection import Connection
from pulumi_audian.errors import ApiError, OutcomeUnknown, Refused, Unreachable
from pulumi_audian.payload import parsed
from pulumi_audian.transport import NoAnswer, Transport
from pulumi_audian.values import mapped
from pulumi_audian.wire import Answer, Request, Snapshot

_MASK = "[secret]"
_SHORTEST_SECRET_WITHIN_TEXT = 4
_OK = 200
_UNAUTHORIZED = 401
_REDIRECTS = range(300, 400)
_SERVER_ERRORS = range(500, 1000)
_CONNECTING_SECONDS = 6.0


class _Call(NamedTuple):
    """A request, what errors shall say that it was about, and what they shall not repeat."""

    request: Request
    subject: str
    secrets: tuple[str, ...] = ()


class Client:
    """The account calls of the Audian API.

    Safe to share between threads: an API's request to slow down holds back all of them, and a short-lived token is
    renewed once for all. `say` receives a line about each wait of more than five seconds.

    Where it is interactive, somebody sits and waits: `say` receives a line about every wait, and where nothing can be
    connected to for six seconds, all calls end.
    """

    def __init__(self, connection: Connection, say: Callable[[str], None], *, interactive: bool = False) -> None:
        if not connection.has_credential:
            raise Refused("no credential: set AUDIAN_API_TOKEN (or AUDIAN_API_KEY); nothing was read or written")
        self.retry_seconds = connection.retry_seconds
        self._connection = connection
        self._say = say
        self._worth_saying = 0.0 if interactive else retry.WORTH_SAYING_SECONDS
        self._patience = retry.Patience(_CONNECTING_SECONDS) if interactive else retry.Patience()
        connecting = _CONNECTING_SECONDS if interactive else connection.timeout_seconds
        self._transport = Transport(connection.api_url, connection.timeout_seconds, connecting)
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
        loop = retry.retrying(self._connection.retry_seconds, self._say, self._worth_saying)
        answer: Answer = loop(self._attempt, call, token)
        return answer

    def _attempt(self, call: _Call, token: str | None) -> Answer:
        held = self._throttle.remaining()
        if held:
            message = f"{call.subject}: not asked, because the API wants fewer requests (HTTP 429); run again later"
            raise retry.Again(Unreachable(message), held)
        answer = self._exchange(call, token)
        doubtful = call.request.method == "PATCH" and _leaves_in_doubt(answer.status)
        if answer.status in retry.BUSY or doubtful:
            error = wire.refusal(answer, call.subject)
            wait = retry.asked_wait(answer.headers, time.time())
            if doubtful:
                raise OutcomeUnknown(str(error), repeatable=answer.status in retry.BUSY, wait=wait)
            self._wait_for(error, wait)
        return answer

    def _wait_for(self, error: ApiError, seconds: float | None) -> NoReturn:
        if error.status == retry.TOO_MANY_REQUESTS:
            self._throttle.hold(retry.backoff(1) if seconds is None else seconds)
        raise retry.Again(error, seconds)

    def _exchange(self, call: _Call, token: str | None) -> Answer:
        credential = wire.auth_headers(token, self._connection.auth_scheme) if token else {}
        started = time.monotonic()
        try:
            answer = self._transport.exchange(call.request, credential)
        except NoAnswer as error:
            raise self._no_answer(error, call, started) from None
        self._patience.renew()
        return answer if answer.status == _OK else _masked(answer, [*call.secrets, *self._credentials()])

    def _no_answer(self, error: NoAnswer, call: _Call, started: float) -> Exception:
        where = f"{self._connection.api_url} ({error})"
        if call.request.method == "PATCH" and error.sent:
            message = f"{call.subject}: no answer to a change from {where}; run again"
            return OutcomeUnknown(message, repeatable=not error.lasting)
        what = "usable answer from" if error.sent and error.lasting else "connection to"
        unreachable = Unreachable(f"{call.subject}: no {what} {where}; check audian:apiUrl and the network")
        if error.lasting or (not error.sent and self._patience.is_over(started)):
            return unreachable
        return retry.Again(unreachable, None if error.sent else self._patience.wait)

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


def _leaves_in_doubt(status: int) -> bool:
    # A server, or something before it, may have handed a write on before it answered so.
    return status in _SERVER_ERRORS or status in _REDIRECTS


def _masked(answer: Answer, secrets: Iterable[str]) -> Answer:
    hidden = sorted(filter(None, secrets), key=len, reverse=True)
    try:
        payload = parsed(answer.text)
    except ValueError:
        return answer._replace(text=_masked_text(answer.text, hidden))
    values = mapped(payload, str | int | float, lambda value: _masked_value(value, hidden))
    return answer._replace(text=json.dumps(_with_masked_keys(values, hidden)))


def _with_masked_keys(value: Any, secrets: Sequence[str]) -> Any:
    if isinstance(value, Mapping):
        return {_masked_text(key, secrets): _with_masked_keys(inner, secrets) for key, inner in value.items()}
    return [_with_masked_keys(inner, secrets) for inner in value] if isinstance(value, list) else value


def _masked_value(value: str | float, secrets: Sequence[str]) -> str | float:
    if str(value) in secrets:
        return _MASK
    return _masked_text(value, secrets) if isinstance(value, str) else value


def _masked_text(text: str, secrets: Sequence[str]) -> str:
    for secret in secrets:
        if len(secret) >= _SHORTEST_SECRET_WITHIN_TEXT:
            text = text.replace(secret, _MASK)
    return text

"""The API's protocol without any I/O: requests as values, answers decoded to accounts or errors.

Sources: the contract's "Request", "Response" and "Status Codes" sections; for the `data` envelope and the error
shapes beyond the contract's, the public pages on API basics, response formats and error codes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

from pulumi_audian.errors import AccountGone, ApiError, Refused
from pulumi_audian.payload import Unkeepable, parsed
from pulumi_audian.values import MISSING, shown


class Request(NamedTuple):
    """One HTTP request, without its credential; `body` is JSON text or None."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: str | None


class Answer(NamedTuple):
    """One HTTP response: `headers` have lower-case names."""

    status: int
    headers: Mapping[str, str]
    text: str


class Snapshot(NamedTuple):
    """An account as the API showed it, with the ETag of that version where it gave one."""

    account: Mapping[str, Any]
    etag: str | None


class _Reason(NamedTuple):
    code: str = ""
    message: str = ""
    field: str = ""
    value: Any = MISSING
    is_api: bool = False
    """Whether the body has the form of this API's errors, and not of some server before it."""


_LONGEST_WORDS = 500
_JSON = {"Accept": "application/json", "Content-Type": "application/json"}

_REMEDIES = {
    400: "correct the declaration",
    401: "check AUDIAN_API_TOKEN, and audian:authScheme if the token is right",
    403: "use a token that may change this account",
    404: "check accountId and audian:apiUrl",
    409: "another account has the same email, or it was being changed: resolve that and run again",
    412: "the account was changed meanwhile: run again",
    429: "wait and run again, or raise audian:retrySeconds",
}


def read_request(api_url: str, account_id: str) -> Request:
    """The request that reads an account."""
    return Request("GET", _account_url(api_url, account_id), {"Accept": "application/json"}, None)


def patch_request(
    api_url: str, account_id: str, body: Mapping[str, Any], *, envelope: str, etag: str | None
) -> Request:
    """The request that changes an account, conditional where the version is known."""
    headers = {**_JSON, "If-Match": etag} if etag else _JSON
    content = {"data": body} if envelope == "data" else body
    return Request("PATCH", _account_url(api_url, account_id), headers, json.dumps(content, allow_nan=False))


def exchange_request(api_url: str, api_key: str) -> Request:
    """The request that exchanges an API key for a short-lived token."""
    return Request("PUT", f"{api_url}/api_auth", _JSON, json.dumps({"data": {"api_key": api_key}}))


def auth_headers(token: str, scheme: str) -> dict[str, str]:
    """The header that carries a token: `x-auth-token` as the contract's header section, or `bearer`."""
    return {"Authorization": f"Bearer {token}"} if scheme == "bearer" else {"X-Auth-Token": token}


def decode_account(answer: Answer, account_id: str) -> Snapshot:
    """The account in an answer; raises the `ApiError` that the answer stands for, also where it is another account."""
    snapshot = decode_change(answer, account_id)
    if snapshot is None:
        why = _unusable(answer.text)
        what = f"the answer is not an account{f' ({why})' if why else ''}"
        message = f"account {account_id}: {what}; check audian:apiUrl and audian:envelope"
        raise ApiError(message, status=answer.status)
    if snapshot.account["id"] != account_id:
        message = f"account {account_id}: the API answered with account {snapshot.account['id']}; check audian:apiUrl"
        raise ApiError(message, status=answer.status)
    return snapshot


def decode_change(answer: Answer, account_id: str) -> Snapshot | None:
    """The account in an answer to a change, or None where the answer tells of success alone."""
    if not 200 <= answer.status < 300:  # noqa: PLR2004 - HTTP's range of success
        raise refusal(answer, f"account {account_id}")
    account = _unwrap(_payload(answer))
    shows_account = isinstance(account, Mapping) and isinstance(account.get("id"), str)
    return Snapshot(account, _etag(answer.headers)) if shows_account else None


def decode_exchange(answer: Answer) -> str:
    """The token in an answer to an API key; raises `ApiError` without repeating the key."""
    payload = _payload(answer)
    token = _text(payload.get("auth_token")) if isinstance(payload, Mapping) else ""
    if answer.status not in (200, 201) or not token or not _fits_header(token) or " " in token:
        raise ApiError(
            f"the API did not accept the API key (HTTP {answer.status}); check AUDIAN_API_KEY", status=answer.status
        )
    return token


def _account_url(api_url: str, account_id: str) -> str:
    # These are steps in a path, and no escape changes that: HTTP libraries and servers resolve it again.
    if account_id in ("", ".", ".."):
        raise Refused(f"{shown(account_id)} is not the id of an account, such as acc_1234567890; nothing was written")
    return f"{api_url}/accounts/{quote(account_id, safe='')}"


def _etag(headers: Mapping[str, str]) -> str | None:
    # A weak ETag never matches in If-Match (RFC 9110, 13.1.1): sent there, it would forbid every write.
    etag = headers.get("etag", "")
    return etag if etag and not etag.startswith("W/") and _fits_header(etag) else None


def _fits_header(text: str) -> bool:
    return text.isascii() and text.isprintable()


def _payload(answer: Answer) -> Any:
    try:
        return parsed(answer.text)
    except ValueError:
        return None


def _unusable(text: str) -> str:
    try:
        parsed(text)
    except ValueError as error:
        return str(error) if isinstance(error, Unkeepable) else ""
    return ""


def _unwrap(payload: Any) -> Any:
    # A flat account has a status too (active, suspended, closed), so `data` alone does not make an envelope.
    if isinstance(payload, Mapping) and isinstance(payload.get("data"), Mapping):
        enveloped = payload.get("status") in ("success", "error", "fatal") or isinstance(payload.get("success"), bool)
        return payload["data"] if enveloped else payload
    return payload


def refusal(answer: Answer, subject: str) -> ApiError:
    """The error that an answer stands for; `subject` says what the request was about."""
    reason = _reason(_payload(answer))
    message = f"{subject}: {_sentence(answer, reason)}"
    # Only the API's own words make an account gone: a 404 of a proxy or of a wrong URL says nothing about it.
    kind = AccountGone if answer.status == 404 and reason.is_api else ApiError  # noqa: PLR2004
    return kind(message, status=answer.status, code=reason.code, field=reason.field)


def _sentence(answer: Answer, reason: _Reason) -> str:
    value = "" if reason.value is MISSING else f" {_excerpt(shown(reason.value))}"
    subject = f"the API refused {_excerpt(reason.field)}{value}" if reason.field else "the API answered"
    why = _excerpt(reason.message) or ("with a redirect" if 300 <= answer.status < 400 else "without saying why")  # noqa: PLR2004
    code = f"{_excerpt(reason.code)}, " if reason.code and reason.code != str(answer.status) else ""
    remedy = _REMEDIES.get(answer.status, "check audian:apiUrl, or run again later")
    return f"{subject}: {why} ({code}HTTP {answer.status}); {remedy}"


def _reason(payload: Any) -> _Reason:
    if not isinstance(payload, Mapping):
        return _Reason()
    error, data = payload.get("error"), payload.get("data")
    if isinstance(error, Mapping):
        return _structured_reason(error)
    is_api = payload.get("status") in ("error", "fatal") and isinstance(error, str)
    if isinstance(data, Mapping) and data and all(isinstance(value, Mapping) for value in data.values()):
        return _validation_reason(data)
    inner = data.get("message") if isinstance(data, Mapping) else None
    message = _text(inner) or _text(payload.get("message"))
    return _Reason(code=_text(error), message=message, is_api=is_api)


def _structured_reason(error: Mapping[str, Any]) -> _Reason:
    details = error.get("details")
    details = details if isinstance(details, Mapping) else {}
    field = _text(details.get("field")) or _text(error.get("param"))
    code, message = _text(error.get("code")), _text(error.get("message"))
    return _Reason(code, message, field, details.get("value", MISSING), is_api=bool(code and message))


def _validation_reason(data: Mapping[str, Any]) -> _Reason:
    found = {path: _rules_text(rules) for path, rules in sorted(data.items())}
    if len(found) == 1:
        ((path, message),) = found.items()
        return _Reason(message=message, field=path)
    return _Reason(message="; ".join(f"{path}: {message}" for path, message in found.items()))


def _rules_text(rules: Mapping[str, Any]) -> str:
    messages = [_text(rule.get("message")) for rule in rules.values() if isinstance(rule, Mapping)]
    return ", ".join(filter(None, messages)) or "validation error"


def _excerpt(text: str) -> str:
    return text if len(text) <= _LONGEST_WORDS else f"{text[:_LONGEST_WORDS]}... ({len(text):,} characters)"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""

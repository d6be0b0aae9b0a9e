"""The operations of the Audian API: read and update an account, exchange an API key."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from audian_emulator.accounts import StoredAccount, touched
from audian_emulator.document import JsonObject, deep_merge, value_at
from audian_emulator.errors import ApiError
from audian_emulator.messages import API_AUTH_PATH, Answer, Call
from audian_emulator.patching import patch_of, patched
from audian_emulator.validation import Problem

if TYPE_CHECKING:
    from audian_emulator.behaviours import Behaviours
    from audian_emulator.rate_limit import TokenBucket
    from audian_emulator.state import EmulatorState

_API_KEY_FIELD = "data.api_key"


def respond(state: EmulatorState, call: Call) -> Answer:
    """Carry a request out; every refusal becomes an answer in the current error shape."""
    try:
        _check_rate(state.bucket)
        return _dispatch(state, call)
    except ApiError as error:
        return error_answer(state.behaviours, call, error)


def error_answer(behaviours: Behaviours, call: Call, error: ApiError) -> Answer:
    """Render an error as the answer to a call."""
    return Answer(error.status, error.body(behaviours.error_shape, call), error.headers)


def _check_rate(bucket: TokenBucket) -> None:
    if not bucket.take():
        raise ApiError(429, "Too many requests", headers=bucket.refusal_headers())


def _dispatch(state: EmulatorState, call: Call) -> Answer:
    if call.path == API_AUTH_PATH:
        operations = {"PUT": _exchange_key}
    elif call.account is not None:
        operations = {"GET": _retrieve_account, "PATCH": _update_account}
    else:
        raise ApiError(404, f"No such endpoint: {call.path}")
    if call.method not in operations:
        allowed = {"Allow": ", ".join(operations)}
        raise ApiError(405, f"Method {call.method} is not allowed", headers=allowed)
    return operations[call.method](state, call)


def _exchange_key(state: EmulatorState, call: Call) -> Answer:
    key = value_at(call.body, _API_KEY_FIELD) if isinstance(call.body, dict) else None
    if not isinstance(key, str):
        raise ApiError.at(Problem(_API_KEY_FIELD, "required", "Field 'data.api_key' is required"))
    token = state.tokens.issue(key)
    if token is None:
        raise _key_refusal(state.behaviours, key)
    owner = next(iter(state.accounts.documents()), {})
    issued = call.envelope("success", {"account_id": owner.get("id")}) | {"auth_token": token}
    return Answer(200, issued)


def _key_refusal(behaviours: Behaviours, key: str) -> ApiError:
    if behaviours.error_shape == 7:  # noqa: PLR2004
        return ApiError(404, "bad identifier", echo=key)
    return ApiError(401, "Invalid API key")


def _retrieve_account(state: EmulatorState, call: Call) -> Answer:
    account = _authorized_account(state, call)
    late = state.behaviours.late_seconds
    shown = state.accounts.get_as_of(str(call.account), time.monotonic() - late) if late else account
    return _account_answer(state, call, shown or account)


def _update_account(state: EmulatorState, call: Call) -> Answer:
    account = _authorized_account(state, call)
    _check_precondition(state.behaviours, call, account)
    patch = patch_of(call.body, state.behaviours.envelope)
    document = patched(account.document, patch, state.behaviours)
    account_id = str(call.account)
    _refuse_taken_email(state, account_id, document)
    stored = state.accounts.put(account_id, touched(document))
    return Answer(202, None) if state.behaviours.late_seconds else _account_answer(state, call, stored)


def _authorized_account(state: EmulatorState, call: Call) -> StoredAccount:
    state.tokens.authorize(call, state.behaviours.auth_schemes)
    account = state.accounts.get(str(call.account))
    if account is None:
        raise ApiError(404, f"Account {call.account} not found")
    return account


def _check_precondition(behaviours: Behaviours, call: Call, account: StoredAccount) -> None:
    if not behaviours.etag or call.if_match is None:
        return
    if not {"*", account.etag} & {tag.strip() for tag in call.if_match.split(",")}:
        raise ApiError(412, "Precondition failed: the account has changed")


def _refuse_taken_email(state: EmulatorState, account_id: str, document: JsonObject) -> None:
    email = document.get("email")
    if email is not None and state.accounts.email_taken(email, besides=account_id):
        problem = Problem("email", "unique", "Email is already in use", email)
        raise ApiError.at(problem, status=409)


def _account_answer(state: EmulatorState, call: Call, account: StoredAccount) -> Answer:
    behaviours = state.behaviours
    document = deep_merge(account.document, behaviours.extra_fields)
    body = document if behaviours.envelope == "flat" else call.envelope("success", document)
    return Answer(200, body, {"ETag": account.etag} if behaviours.etag else {})

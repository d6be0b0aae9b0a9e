"""The API's protocol: exact requests, and what each kind of answer stands for."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pulumi_audian import wire
from pulumi_audian.errors import ApiError, Refused
from pulumi_audian.wire import Answer, Request, Snapshot

URL = "https://api.audian.com:8443/v2"
ACCOUNT: dict[str, Any] = {"id": "acc_1", "status": "active", "displayName": "Acme"}


def answer(status: int, body: object, **headers: str) -> Answer:
    """An answer with a JSON body, or with text as it is."""
    return Answer(status, headers, body if isinstance(body, str) else json.dumps(body))


def test_reading_is_a_get_without_a_body() -> None:
    """The request that reads an account."""
    expected = Request("GET", f"{URL}/accounts/acc_1", {"Accept": "application/json"}, None)
    assert wire.read_request(URL, "acc_1") == expected


@pytest.mark.parametrize(
    ("envelope", "etag", "extra", "content"),
    [
        pytest.param("flat", None, {}, {"displayName": "New"}, id="as the contract"),
        pytest.param("data", None, {}, {"data": {"displayName": "New"}}, id="enveloped"),
        pytest.param("flat", '"7-a"', {"If-Match": '"7-a"'}, {"displayName": "New"}, id="conditional"),
    ],
)
def test_changing_is_a_patch(envelope: str, etag: str | None, extra: dict[str, str], content: dict[str, Any]) -> None:
    """The request that changes an account: JSON, enveloped if so set, conditional if the version is known."""
    request = wire.patch_request(URL, "acc_1", {"displayName": "New"}, envelope=envelope, etag=etag)
    assert (request.method, request.url) == ("PATCH", f"{URL}/accounts/acc_1")
    assert request.headers == {"Accept": "application/json", "Content-Type": "application/json", **extra}
    assert json.loads(request.body or "") == content


def test_null_is_sent_as_null() -> None:
    """A cleared field reaches the API as null, not as an omission."""
    request = wire.patch_request(URL, "acc_1", {"phone": None}, envelope="flat", etag=None)
    assert json.loads(request.body or "") == {"phone": None}


def test_what_is_not_json_is_not_sent() -> None:
    """NaN has no JSON form and never leaves as the word NaN."""
    with pytest.raises(ValueError, match="JSON"):
        wire.patch_request(URL, "acc_1", {"metadata": {"x": float("nan")}}, envelope="flat", etag=None)


def test_an_account_id_can_not_change_the_url() -> None:
    """Characters with a meaning in URLs are escaped."""
    assert wire.read_request(URL, "a/../b?c#d").url == f"{URL}/accounts/a%2F..%2Fb%3Fc%23d"


@pytest.mark.parametrize("account_id", ["", ".", ".."])
def test_a_step_in_a_path_is_no_account_id(account_id: str) -> None:
    """No request is made of it, and the refusal shows it."""
    with pytest.raises(Refused) as caught:
        wire.read_request(URL, account_id)
    assert str(caught.value) == (
        f'"{account_id}" is not the id of an account, such as acc_1234567890; nothing was written'
    )


def test_a_key_is_exchanged_in_an_envelope() -> None:
    """The request of the authentication page: PUT api_auth with the key under `data`."""
    request = wire.exchange_request(URL, "key")
    assert (request.method, request.url) == ("PUT", f"{URL}/api_auth")
    assert request.headers == {"Accept": "application/json", "Content-Type": "application/json"}
    assert json.loads(request.body or "") == {"data": {"api_key": "key"}}


@pytest.mark.parametrize(
    ("scheme", "header"),
    [("x-auth-token", {"X-Auth-Token": "abc"}), ("bearer", {"Authorization": "Bearer abc"})],
)
def test_the_token_travels_in_one_header(scheme: str, header: dict[str, str]) -> None:
    """The contract shows both spellings; the one that is set is sent, and the other is not."""
    assert wire.auth_headers("abc", scheme) == header


@pytest.mark.parametrize(
    ("body", "account"),
    [
        pytest.param(ACCOUNT, ACCOUNT, id="flat"),
        pytest.param({"data": ACCOUNT, "status": "success"}, ACCOUNT, id="envelope with status"),
        pytest.param({"data": ACCOUNT, "status": "error"}, ACCOUNT, id="envelope of an error"),
        pytest.param({"data": ACCOUNT, "status": "fatal"}, ACCOUNT, id="envelope of a fatal error"),
        pytest.param(
            {"auth_token": "t", "data": ACCOUNT, "request_id": "r", "status": "success"}, ACCOUNT, id="full envelope"
        ),
        pytest.param({"success": True, "data": ACCOUNT}, ACCOUNT, id="envelope with a success switch"),
        pytest.param({**ACCOUNT, "data": {"id": "x"}}, {**ACCOUNT, "data": {"id": "x"}}, id="flat with a data key"),
        pytest.param({**ACCOUNT, "new": [1]}, {**ACCOUNT, "new": [1]}, id="fields added by a later API version"),
    ],
)
def test_the_account_in_an_answer(body: dict[str, Any], account: dict[str, Any]) -> None:
    """An envelope is opened only where there is one, whatever the settings say of requests."""
    assert wire.decode_account(answer(200, body), "acc_1").account == account


@pytest.mark.parametrize(
    ("headers", "etag"),
    [
        ({"etag": '"7-a"'}, '"7-a"'),
        ({"etag": 'W/"7"'}, None),
        ({}, None),
        ({"etag": ""}, None),
        pytest.param({"etag": '"\x01"'}, None, id="a control character"),
        pytest.param({"etag": '"\xe9"'}, None, id="no ASCII"),
    ],
)
def test_the_version_of_an_answer(headers: dict[str, str], etag: str | None) -> None:
    """The ETag is kept as it is; a weak one, or one that can't be sent back as a header, is as none."""
    assert wire.decode_account(answer(200, ACCOUNT, **headers), "acc_1").etag == etag


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<html>Sign in</html>",
        "[]",
        "null",
        '"acc_1"',
        {},
        {"id": 7},
        {"data": ACCOUNT},
        {"data": [], "status": "success"},
    ],
    ids=str,
)
def test_a_200_that_holds_no_account_is_an_error(body: object) -> None:
    """A sign-in page or another document is no account, and the message says what to check."""
    with pytest.raises(ApiError, match="account acc_1: the answer is not an account; check audian:apiUrl"):
        wire.decode_account(answer(200, body), "acc_1")


def test_another_account_is_an_error() -> None:
    """Whatever shows another account, such as a cache before the API, is not taken for the one that was asked for."""
    with pytest.raises(
        ApiError, match="account acc_1: the API answered with account acc_2; check audian:apiUrl"
    ) as caught:
        wire.decode_account(answer(200, {**ACCOUNT, "id": "acc_2"}), "acc_1")
    assert caught.value.status == 200


def test_an_answer_that_can_not_be_held_says_why() -> None:
    """The reason stands in the message, and the status on the error."""
    with pytest.raises(ApiError) as caught:
        wire.decode_account(answer(200, '{"id": "acc_1", "metadata": {"x": 1e999}}'), "acc_1")
    assert str(caught.value) == (
        "account acc_1: the answer is not an account (it holds a number that is too large); "
        "check audian:apiUrl and audian:envelope"
    )
    assert caught.value.status == 200


@pytest.mark.parametrize(("status", "success"), [(199, False), (200, True), (299, True), (300, False)])
def test_what_counts_as_success(status: int, *, success: bool) -> None:
    """The statuses from 200 to 299 do, whatever the body of another one shows."""
    if success:
        assert wire.decode_change(answer(status, ACCOUNT), "acc_1") == Snapshot(ACCOUNT, None)
        return
    with pytest.raises(ApiError, match=f"HTTP {status}"):
        wire.decode_change(answer(status, ACCOUNT), "acc_1")


@pytest.mark.parametrize("status", [200, 201])
def test_the_token_of_an_exchange(status: int) -> None:
    """An accepted key yields the token of the envelope."""
    body = {"auth_token": "issued", "data": {"account_id": "acc_1"}, "status": "success"}
    assert wire.decode_exchange(answer(status, body)) == "issued"


@pytest.mark.parametrize(
    ("status", "body"),
    [
        pytest.param(404, {"data": ["hush"], "error": "404", "message": "hush"}, id="the API repeats the key"),
        pytest.param(401, {"error": {"message": "bad key hush", "details": {"field": "k", "value": "hush"}}}, id="401"),
        pytest.param(200, {"data": {"api_key": "hush"}}, id="no token"),
        pytest.param(200, {"auth_token": ""}, id="empty token"),
        pytest.param(200, {"auth_token": ["hush"]}, id="token of another type"),
        pytest.param(200, {"auth_token": "hush hush"}, id="token with a space"),
        pytest.param(200, {"auth_token": "hush\x07"}, id="token with a control character"),
        pytest.param(200, {"auth_token": "h\xfash hush"}, id="token that no header holds"),
        pytest.param(403, {"auth_token": "hush"}, id="token in an error"),
        pytest.param(200, "hush", id="no JSON"),
    ],
)
def test_a_failed_exchange_repeats_no_credential(status: int, body: object) -> None:
    """The message names the status and the variable to check, and nothing of the answer."""
    with pytest.raises(ApiError) as caught:
        wire.decode_exchange(answer(status, body))
    assert "hush" not in str(caught.value)
    assert f"HTTP {status}" in str(caught.value)
    assert "AUDIAN_API_KEY" in str(caught.value)
    assert caught.value.status == status

"""The emulated API against its contract, and each of its switchable behaviours."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
import requests

from audian_emulator import Control

if TYPE_CHECKING:
    pass

ACME = "acc_1234567890"
GLOBEX = "acc_2345678901"

CONTRACT_PATCHES = (
    '{"displayName": "Acme Corp - Updated"}',
    """{"settings": {
        "timezone": "America/New_York",
        "enableRecording": true,
        "recordingRetention": 60
    }}""",
    """{
        "email": "neoadmin@acme.com",
        "phone": "+1-555-0200",
        "address": {
            "street": "456 Corporate Blvd",
            "city": "New York",
            "state": "NY",
            "postalCode": "10001",
            "country": "US"
        }
    }""",
)
CONTRACT_ACCOUNT = """{
    "id": "acc_1234567890",
    "name": "Acme Corporation",
    "displayName": "Acme Corp - Updated",
    "email": "neoadmin@acme.com",
    "phone": "+1-555-0200",
    "status": "active",
    "plan": "professional",
    "address": {
        "street": "456 Corporate Blvd",
        "city": "New York",
        "state": "NY",
        "postalCode": "10001",
        "country": "US"
    },
    "settings": {
        "timezone": "America/New_York",
        "language": "en",
        "enableVoiceMail": true,
        "enableRecording": true,
        "recordingRetention": 60,
        "smsEnabled": true
    },
    "createdAt": "2023-10-15T10:30:00Z",
    "updatedAt": "2023-10-20T16:45:00Z"
}"""
CONTRACT_ERROR = """{
    "error": {
        "code": "INVALID_REQUEST",
        "message": "Invalid timezone format",
        "details": {"field": "settings.timezone", "value": "Invalid/Timezone"}
    }
}"""
INVALID_TIMEZONE = {"settings": {"timezone": "Invalid/Timezone"}}


@pytest.fixture
def api(control: Control) -> Api:
    """Call the API with the full token."""
    return Api(control.api_url, {"X-Auth-Token": control.full_token})


class Api:
    """Requests to one API base URL with default headers."""

    def __init__(self, url: str, headers: dict[str, str]) -> None:
        self._url = url
        self._headers = headers

    def get(self, account: str = ACME, **headers: str) -> requests.Response:
        """GET an account."""
        return self.send("GET", f"/accounts/{account}", **headers)

    def patch(self, body: object, account: str = ACME, **headers: str) -> requests.Response:
        """PATCH an account."""
        return self.send("PATCH", f"/accounts/{account}", body, **headers)

    def exchange(self, key: str) -> requests.Response:
        """Exchange an API key for a token."""
        return self.send("PUT", "/api_auth", {"data": {"api_key": key}})

    def send(self, method: str, path: str, body: object = None, **headers: str) -> requests.Response:
        """Send one request; a None body is no body."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = named if "Authorization" in named else {**self._headers, **named}
        return requests.request(method, self._url + path, json=body, headers=sent, timeout=10)


def error_of(response: requests.Response) -> dict[str, Any]:
    """Return the error object of the contract's shape."""
    error: dict[str, Any] = response.json()["error"]
    return error


def test_contract_examples_give_the_contract_account(api: Api) -> None:
    """The contract's three PATCH bodies lead to its 200 response, but for the time of update."""
    answers = [api.patch(json.loads(body)) for body in CONTRACT_PATCHES]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    expected = json.loads(CONTRACT_ACCOUNT)
    assert answers[-1].json() | {"updatedAt": expected["updatedAt"]} == expected
    assert api.get().json() == answers[-1].json()


def test_contract_error_is_answered_verbatim(api: Api) -> None:
    """The contract's invalid time zone gives its 400 body, and changes nothing."""
    before = api.get().json()
    answer = api.patch(INVALID_TIMEZONE)
    assert (answer.status_code, answer.json()) == (400, json.loads(CONTRACT_ERROR))
    assert api.get().json() == before


def test_updated_at_differs_after_every_write(api: Api) -> None:
    """Writes within one second, empty ones too, still get distinct, growing times."""
    times = [api.patch({}).json()["updatedAt"] for _ in range(3)]
    assert sorted(set(times)) == times


@pytest.mark.parametrize("header", ["X-Auth-Token", "Authorization"])
def test_both_auth_headers_of_the_contract_are_accepted(control: Control, header: str) -> None:
    """The curl examples' header and the scripts' header both work by default."""
    prefix = "Bearer " if header == "Authorization" else ""
    api = Api(control.api_url, {header: prefix + control.full_token})
    assert api.get().status_code == 200
    assert control.requests()[0]["token"] == "full"


@pytest.mark.parametrize("headers", [{}, {"X-Auth-Token": "no-such-token"}, {"X-Auth-Token": ""}])
def test_unknown_or_missing_token_is_401(control: Control, headers: dict[str, str]) -> None:
    """A caller that is not known learns nothing about the account."""
    answer = Api(control.api_url, headers).get()
    assert (answer.status_code, error_of(answer)["code"]) == (401, "UNAUTHORIZED")


def test_read_only_token_reads_but_may_not_write(control: Control) -> None:
    """GET works with the read-only token; PATCH is 403 and does nothing."""
    api = Api(control.api_url, {"X-Auth-Token": control.read_only_token})
    before = api.get().json()
    answer = api.patch({"displayName": "Taken over"})
    assert (answer.status_code, error_of(answer)["code"]) == (403, "FORBIDDEN")
    assert control.account(ACME) == before


@pytest.mark.parametrize("path", ["/accounts/acc_none", "/accounts", "/accounts/a/b"])
def test_unknown_account_or_path_is_404(api: Api, path: str) -> None:
    """What does not exist is NOT_FOUND."""
    answer = api.send("GET", path)
    assert (answer.status_code, error_of(answer)["code"]) == (404, "NOT_FOUND")


@pytest.mark.parametrize("method", ["DELETE", "POST", "PUT"])
def test_other_methods_are_refused_and_logged(control: Control, api: Api, method: str) -> None:
    """A method outside the emulated API is 405, and the log shows it."""
    answer = api.send(method, f"/accounts/{ACME}", {})
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, PATCH")
    assert [entry["method"] for entry in control.requests()] == [method]


def test_email_of_another_account_is_409(control: Control, api: Api) -> None:
    """A duplicate e-mail address, in any case of letters, conflicts; one's own does not."""
    taken = control.account(GLOBEX)["email"].upper()
    answer = api.patch({"email": taken})
    assert (answer.status_code, error_of(answer)["code"]) == (409, "CONFLICT")
    assert error_of(answer)["details"] == {"field": "email", "value": taken}
    assert api.patch({"email": control.account(ACME)["email"]}).status_code == 200


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("displayName", ""),
        ("displayName", "x" * 101),
        ("email", "admin"),
        ("email", 7),
        ("phone", "call me"),
        ("phone", "+1"),
        ("status", "deleted"),
        ("status", ["active"]),
        ("address", "123 Main St"),
        ("address.postalCode", 10001),
        ("settings", []),
        ("settings.timezone", "PST8"),
        ("settings.timezone", "../etc/passwd"),
        ("settings.language", False),
        ("settings.enableRecording", "true"),
        ("settings.recordingRetention", 0),
        ("settings.recordingRetention", 366),
        ("settings.recordingRetention", True),
        ("settings.recordingRetention", 30.0),
        ("settings.recordingRetention", "30"),
        ("metadata", "EU-7"),
    ],
)
def test_invalid_value_is_400_naming_the_field(api: Api, path: str, value: object) -> None:
    """Each validation rule refuses what breaks it, with the field and the value."""
    answer = api.patch(nested(path, value))
    assert answer.status_code == 400
    assert error_of(answer)["details"] == {"field": path, "value": value}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("displayName", "x" * 100),
        ("displayName", "ö"),
        ("phone", "(030) 555 01-42"),
        ("settings.timezone", "America/Argentina/Ushuaia"),
        ("settings.recordingRetention", 1),
        ("settings.recordingRetention", 365),
        ("settings.unmodelled", {"deep": [1, None]}),
        ("status", "closed"),
        ("metadata.costCenter", "EU-7"),
    ],
)
def test_valid_boundary_value_is_stored(control: Control, api: Api, path: str, value: object) -> None:
    """Values at the edge of a rule, and keys no rule knows, are stored as sent."""
    assert api.patch(nested(path, value)).status_code == 200
    stored: Any = control.account(ACME)
    for key in path.split("."):
        stored = stored[key]
    assert stored == value


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("id", "Field 'id' is immutable"),
        ("name", "Field 'name' is immutable"),
        ("plan", "Field 'plan' is immutable"),
        ("createdAt", "Field 'createdAt' is immutable"),
        ("updatedAt", "Field 'updatedAt' is read-only"),
        ("verb", "Unknown field 'verb'"),
        ("data", "Unknown field 'data'"),
    ],
)
def test_unwritable_key_is_400_even_with_its_own_value(api: Api, key: str, message: str) -> None:
    """Immutable, read-only and unknown top-level keys are refused by name."""
    answer = api.patch({key: api.get().json().get(key), "displayName": "Other"})
    assert (answer.status_code, error_of(answer)["message"]) == (400, message)
    assert api.get().json()["displayName"] == "Acme Corp"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'{"metadata": {"x": NaN}}', b"\xff"])
def test_body_that_is_no_json_object_is_400(control: Control, body: bytes) -> None:
    """Broken JSON and other JSON types are refused alike."""
    url = f"{control.api_url}/accounts/{ACME}"
    headers = {"X-Auth-Token": control.full_token}
    answer = requests.patch(url, data=body, headers=headers, timeout=10)
    assert (answer.status_code, error_of(answer)["code"]) == (400, "INVALID_REQUEST")


def test_merged_document_is_validated(control: Control, api: Api) -> None:
    """A stored value that breaks a rule refuses a PATCH that does not send that field."""
    control.edit(ACME, {"settings": {"recordingRetention": 400}})
    answer = api.patch({"displayName": "Other"})
    assert answer.status_code == 400
    assert error_of(answer)["details"] == {"field": "settings.recordingRetention", "value": 400}


@pytest.mark.parametrize(
    ("merge", "patch", "settings"),
    [
        ("deep", {"a": {"y": 2}}, {"a": {"x": 1, "y": 2}, "list": [1, 2], "smsEnabled": True}),
        ("deep", {"a": {"x": None}}, {"a": {}, "list": [1, 2], "smsEnabled": True}),
        ("deep", {"a": {}, "list": [3]}, {"a": {}, "list": [3], "smsEnabled": True}),
        (
            "deep",
            {"list": {"n": {"k": None}}},
            {"a": {"x": 1}, "list": {"n": {}}, "smsEnabled": True},
        ),
        ("deep", {}, {}),
        ("replace", {"a": {"y": 2, "z": None}}, {"a": {"y": 2}}),
        ("replace", {}, {}),
    ],
)
def test_nested_objects_follow_the_merge_behaviour(
    control: Control, api: Api, merge: str, patch: object, settings: object
) -> None:
    """Deep merging keeps what is not sent, null deletes, {} empties; replacing keeps nothing."""
    control.put(
        ACME,
        control.account(ACME) | {"settings": {"a": {"x": 1}, "list": [1, 2], "smsEnabled": True}},
    )
    control.behave(merge=merge)
    assert api.patch({"settings": patch}).json()["settings"] == settings


@pytest.mark.parametrize("merge", ["deep", "replace"])
def test_top_level_null_makes_a_field_absent(control: Control, api: Api, merge: str) -> None:
    """Null removes an optional field under both merges, and is refused for a required one."""
    control.behave(merge=merge)
    answer = api.patch({"phone": None, "address": None})
    assert {"phone", "address"}.isdisjoint(answer.json())
    refused = api.patch({"email": None})
    assert (refused.status_code, error_of(refused)["details"]["field"]) == (400, "email")


def test_ignored_nulls_leave_values_alone(control: Control, api: Api) -> None:
    """Under nulls=ignore a null, alone or beside a value, writes nothing."""
    control.behave(nulls="ignore")
    before = control.account(ACME)
    body = {"phone": None, "address": {"city": None}, "settings": {"language": None, "x": 1}}
    after = api.patch(body).json()
    assert (after["phone"], after["address"]) == (before["phone"], before["address"])
    assert after["settings"] == before["settings"] | {"x": 1}


def test_rejected_null_is_400_naming_its_path(control: Control, api: Api) -> None:
    """Under nulls=reject the first null's dotted path is in the error."""
    control.behave(nulls="reject")
    answer = api.patch({"settings": {"language": None}})
    assert (answer.status_code, error_of(answer)["details"]["field"]) == (400, "settings.language")


def test_data_envelope_wraps_both_directions(control: Control, api: Api) -> None:
    """Under envelope=data requests need `data`, and answers carry it with the caller's token."""
    control.behave(envelope="data")
    answer = api.patch({"data": {"displayName": "Other"}})
    assert answer.json() == {
        "auth_token": control.full_token,
        "data": control.account(ACME),
        "request_id": answer.headers["x-request-id"],
        "status": "success",
    }
    assert control.account(ACME)["displayName"] == "Other"


@pytest.mark.parametrize("body", [{"displayName": "Other"}, {"data": []}, {"data": {}, "verb": "x"}])
def test_data_envelope_refuses_the_flat_dialect(control: Control, api: Api, body: object) -> None:
    """A body that is not just {"data": {...}} is 400."""
    control.behave(envelope="data")
    assert api.patch(body).status_code == 400


@pytest.mark.parametrize(("accepted", "status"), [("bearer", 200), ("x-auth-token", 401)])
def test_only_accepted_auth_schemes_count(control: Control, api: Api, accepted: str, status: int) -> None:
    """A good token in a header that the server does not read is 401, and logged as such."""
    control.behave(authSchemes=[accepted])
    assert api.get(Authorization=f"Bearer {control.full_token}").status_code == status
    entry = control.requests()[0]
    assert (entry["authScheme"], entry["token"], entry["status"]) == ("bearer", "full", status)


def test_second_auth_header_counts_where_only_it_is_accepted(control: Control) -> None:
    """A client that sends both headers gets in with either."""
    control.behave(authSchemes=["bearer"])
    both = {"X-Auth-Token": "stale", "Authorization": f"Bearer {control.full_token}"}
    assert Api(control.api_url, both).get(**both).status_code == 200


def test_stale_if_match_is_412_with_etags_on(control: Control, api: Api) -> None:
    """Someone else's edit makes the ETag stale; the fresh one is accepted."""
    control.behave(etag=True)
    stale = api.get().headers["ETag"]
    control.edit(ACME, {"displayName": "Theirs"})
    refused = api.patch({"displayName": "Ours"}, If_Match=stale)
    assert (refused.status_code, error_of(refused)["code"]) == (412, "PRECONDITION_FAILED")
    fresh = api.get().headers["ETag"]
    accepted = api.patch({"displayName": "Ours"}, If_Match=fresh)
    assert accepted.status_code == 200
    assert len({stale, fresh, accepted.headers["ETag"]}) == 3
    assert [entry["ifMatch"] for entry in control.writes()] == [stale, fresh]


def test_if_match_means_nothing_with_etags_off(api: Api) -> None:
    """Without ETags the header is neither sent nor read."""
    answer = api.patch({}, If_Match='"never"')
    assert answer.status_code == 200
    assert "ETag" not in answer.headers


def test_error_shape_2_adds_type_and_param(control: Control, api: Api) -> None:
    """Shape 2 is a coded error with a type, and a param where a field is at fault."""
    control.behave(errorShape=2)
    expected = json.loads(CONTRACT_ERROR)["error"]
    del expected["details"]
    expected |= {"type": "invalid_request_error", "param": "settings.timezone"}
    assert api.patch(INVALID_TIMEZONE).json() == {"error": expected}
    assert "param" not in error_of(api.get("acc_none"))


def test_error_shapes_3_and_4_are_envelopes(control: Control, api: Api) -> None:
    """Shape 3 has the status as text, and the message in `data`; shape 4 is the same without."""
    control.behave(errorShape=3)
    answer = api.get("acc_none")
    expected = {
        "auth_token": control.full_token,
        "data": {"message": "Account acc_none not found"},
        "error": "404",
        "message": "Account acc_none not found",
        "request_id": answer.headers["x-request-id"],
        "status": "error",
    }
    assert answer.json() == expected
    control.behave(errorShape=4)
    bare = api.get("acc_none")
    del expected["data"]
    assert bare.json() == expected | {"request_id": bare.headers["x-request-id"]}


def test_error_shape_5_says_success_false(control: Control, api: Api) -> None:
    """Shape 5 has a success flag beside code and message."""
    control.behave(errorShape=5)
    error = {"code": "INVALID_REQUEST", "message": "Invalid timezone format"}
    assert api.patch(INVALID_TIMEZONE).json() == {"success": False, "error": error}


def test_error_shape_6_lists_every_field_by_path(control: Control, api: Api) -> None:
    """Shape 6 keys validation errors by dotted path and rule; other errors take shape 3."""
    control.behave(errorShape=6)
    answer = api.patch({"email": "x", **INVALID_TIMEZONE})
    assert answer.status_code == 400
    assert (answer.json()["message"], answer.json()["error"]) == ("validation error", "400")
    assert answer.json()["data"] == {
        "email": {"format": {"message": "Invalid email format"}},
        "settings.timezone": {"format": {"message": "Invalid timezone format"}},
    }
    assert api.get("acc_none").json()["data"] == {"message": "Account acc_none not found"}
    taken = control.account(GLOBEX)["email"]
    assert api.patch({"email": taken}).json()["data"] == {"message": "Email is already in use"}


def test_error_shape_7_echoes_a_bad_api_key(control: Control, api: Api) -> None:
    """Shape 7 answers a bad key with 404 and the key; other errors take shape 3."""
    control.behave(errorShape=7)
    answer = api.exchange("my-secret-key")
    assert (answer.status_code, answer.json()["data"]) == (404, ["my-secret-key"])
    assert api.get("acc_none").json()["data"] == {"message": "Account acc_none not found"}


def test_api_key_buys_a_token_until_it_expires(control: Control, api: Api) -> None:
    """api_auth issues distinct working tokens; the expiry control makes them 401."""
    answers = [api.exchange(control.api_key) for _ in range(2)]
    tokens = [answer.json()["auth_token"] for answer in answers]
    assert tokens[0] != tokens[1]
    assert answers[0].json()["data"] == {"account_id": ACME}
    assert api.patch({}, X_Auth_Token=tokens[0]).status_code == 200
    assert control.writes()[0]["token"] == "issued"
    control.expire_tokens()
    assert [api.get(X_Auth_Token=token).status_code for token in tokens] == [401, 401]
    assert api.get().status_code == 200


@pytest.mark.parametrize(("body", "status"), [({"api_key": "x"}, 400), ({"data": {"api_key": "x"}}, 401)])
def test_bad_key_exchange_never_echoes_the_key(api: Api, body: object, status: int) -> None:
    """A misplaced key is 400 and a wrong one 401, in the contract's error shape."""
    answer = api.send("PUT", "/api_auth", body)
    assert answer.status_code == status
    assert "value" not in error_of(answer)["details"] or not error_of(answer)["details"]["value"]


def test_ignored_fields_keep_their_value(control: Control, api: Api) -> None:
    """A path in ignoreFields is answered with 200 and not written, under both merges."""
    before = control.account(ACME)
    for merge in ("deep", "replace"):
        control.behave(merge=merge, ignoreFields=["displayName", "settings.language", "metadata"])
        body = {"displayName": "No", "settings": {"smsEnabled": False}, "metadata": {"a": 1}}
        answer = api.patch(body)
        assert answer.status_code == 200
        assert answer.json()["displayName"] == before["displayName"]
        assert answer.json()["settings"]["language"] == before["settings"]["language"]
        assert answer.json()["settings"]["smsEnabled"] is False
        assert "metadata" not in answer.json()


def test_coerced_fields_store_another_value(control: Control, api: Api) -> None:
    """A path in coerce stores its own value, but only when a patch sends that path."""
    control.behave(coerce={"settings.recordingRetention": 90, "email": "other@acme.com"})
    after = api.patch({"settings": {"recordingRetention": 60}}).json()
    assert after["settings"]["recordingRetention"] == 90
    assert after["email"] == "admin@acme.com"


def test_extra_fields_are_shown_but_not_stored(control: Control, api: Api) -> None:
    """Extra fields appear in every account answer, nested ones beside the known keys."""
    control.behave(extraFields={"region": "us", "settings": {"faxEnabled": False}})
    for answer in (api.get(), api.patch({})):
        assert answer.json()["region"] == "us"
        assert answer.json()["settings"].items() >= {"faxEnabled": False, "language": "en"}.items()
    assert "region" not in control.account(ACME)


def test_rate_limit_refuses_before_execution(control: Control, api: Api) -> None:
    """An empty bucket answers 429 and changes nothing; Retry-After only where it is on."""
    limit = {"capacity": 1, "refillPerSecond": 0.001}
    control.behave(rateLimit=limit)
    assert api.patch({}).status_code == 200
    refused = api.patch({"displayName": "Other"})
    assert (refused.status_code, error_of(refused)["code"]) == (429, "RATE_LIMITED")
    assert "Retry-After" not in refused.headers
    assert [entry["executed"] for entry in control.writes()] == [True, False]
    control.behave(rateLimit={**limit, "capacity": 0, "retryAfter": True})
    assert 0 < int(api.patch({}).headers["Retry-After"]) <= 1000
    assert control.account(ACME)["displayName"] == "Acme Corp"


def test_rate_limit_headers_count_down(control: Control, api: Api) -> None:
    """RateLimit headers are on every answer once switched on, errors included."""
    assert "RateLimit-Limit" not in api.get().headers
    control.behave(rateLimitHeaders=True, rateLimit={"capacity": 5, "refillPerSecond": 0.001})
    answers = [api.get(), api.get("acc_none")]
    assert [answer.headers["RateLimit-Limit"] for answer in answers] == ["5", "5"]
    assert [answer.headers["RateLimit-Remaining"] for answer in answers] == ["4", "3"]
    assert all(int(answer.headers["RateLimit-Reset"]) > 0 for answer in answers)


def test_every_answer_has_its_own_request_id(api: Api) -> None:
    """Successes and errors alike carry a distinct x-request-id."""
    answers = [api.get(), api.get(), api.get("acc_none"), api.patch({"plan": "x"})]
    assert len({answer.headers["x-request-id"] for answer in answers}) == len(answers)


def test_parallel_writes_all_survive(control: Control, api: Api) -> None:
    """Concurrent patches of different keys lose nothing, and each gets its own revision."""
    control.behave(etag=True)
    with ThreadPoolExecutor(8) as pool:
        keys = [f"key{number}" for number in range(40)]
        answers = list(pool.map(lambda key: api.patch({"metadata": {key: True}}), keys))
    assert set(control.account(ACME)["metadata"]) == set(keys)
    assert len({answer.headers["ETag"] for answer in answers}) == len(keys)
    assert len(control.writes()) == len(keys)


def nested(path: str, value: object) -> object:
    """Build the smallest object that has a value at a dotted path."""
    for key in reversed(path.split(".")):
        value = {key: value}
    return value

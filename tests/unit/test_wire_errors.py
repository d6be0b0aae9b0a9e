"""What an answer that is no success stands for: the shapes of the API's errors, and an account that is gone."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pulumi_audian import wire
from pulumi_audian.errors import AccountGone, ApiError
from pulumi_audian.wire import Answer


def error(status: int, body: object) -> ApiError:
    """The error that an answer with a JSON body, or with text as it is, stands for."""
    text = body if isinstance(body, str) else json.dumps(body)
    with pytest.raises(ApiError) as caught:
        wire.decode_account(Answer(status, {}, text), "acc_1")
    return caught.value


SHAPES: list[Any] = [
    pytest.param(
        400,
        {
            "error": {
                "code": "INVALID_REQUEST",
                "message": "Invalid timezone format",
                "details": {"field": "settings.timezone", "value": "Invalid/Timezone"},
            }
        },
        'the API refused settings.timezone "Invalid/Timezone": Invalid timezone format (INVALID_REQUEST, HTTP 400)',
        id="1 the contract's",
    ),
    pytest.param(
        409,
        {"error": {"code": "duplicate", "message": "Email is taken", "type": "conflict"}},
        "the API answered: Email is taken (duplicate, HTTP 409)",
        id="2 error codes page",
    ),
    pytest.param(
        401,
        {
            "auth_token": "t",
            "data": {"message": "invalid credentials"},
            "error": "401",
            "message": "invalid_credentials",
            "request_id": "r",
            "status": "error",
        },
        "the API answered: invalid credentials (HTTP 401)",
        id="3 errors page",
    ),
    pytest.param(
        403,
        {"error": "403", "message": "forbidden", "status": "error"},
        "the API answered: forbidden (HTTP 403)",
        id="4 authentication page",
    ),
    pytest.param(
        400,
        {"error": "invalid_data", "message": "no such field", "status": "error"},
        "the API answered: no such field (invalid_data, HTTP 400)",
        id="4 with a word for its error",
    ),
    pytest.param(
        500,
        {"success": False, "error": {"code": "INTERNAL", "message": "Oops"}},
        "the API answered: Oops (INTERNAL, HTTP 500)",
        id="5 numbers page",
    ),
    pytest.param(
        404,
        {"data": ["the-key"], "error": "404", "message": "bad identifier", "status": "error"},
        "the API answered: bad identifier (HTTP 404)",
        id="7 bad key",
    ),
]


@pytest.mark.parametrize(("status", "body", "expected"), SHAPES)
def test_every_shape_of_error_is_read(status: int, body: dict[str, Any], expected: str) -> None:
    """The API's own words reach the person, after the account and before the remedy."""
    message, _, remedy = str(error(status, body)).rpartition("; ")
    assert message == f"account acc_1: {expected}"
    assert remedy


KAZOO = {
    "data": {"email": {"unique": {"message": "taken"}, "format": {"message": "odd"}}},
    "message": "validation error",
}
PARAM = {"error": {"code": "E1", "message": "taken", "type": "invalid", "param": "email"}}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        pytest.param(KAZOO, ["taken", "odd"], id="6 validation rules"),
        pytest.param(PARAM, ["taken", "E1"], id="2 with a parameter"),
    ],
)
def test_a_refused_field_is_named(body: dict[str, Any], words: list[str]) -> None:
    """The field that the API refused is in the message and on the error, with every reason given."""
    found = error(400, body)
    assert found.field == "email"
    assert all(word in str(found) for word in ["refused email", *words, "HTTP 400"])


def test_several_refused_fields_are_all_told() -> None:
    """Each with its reasons, in the order of their names; no one of them is the error's field."""
    found = error(
        400, {"data": {"status": {"enum": {}}, "email": {"unique": {"message": "taken"}, "b": {"message": "odd"}}}}
    )
    assert "the API answered: email: taken, odd; status: validation error (HTTP 400)" in str(found)
    assert found.field == ""


@pytest.mark.parametrize(
    "rules", [{}, {"enum": {}}, {"enum": "no"}, {"enum": {"message": 7}}, {"enum": {"message": ""}}]
)
def test_a_rule_without_words_is_told_as_what_it_is(rules: dict[str, Any]) -> None:
    """The field is named all the same."""
    assert "the API refused status: validation error (HTTP 400)" in str(error(400, {"data": {"status": rules}}))


@pytest.mark.parametrize("body", [KAZOO, PARAM], ids=["6", "2"])
def test_a_value_that_the_api_did_not_name_is_not_made_up(body: dict[str, Any]) -> None:
    """Where the answer names a field without its value, the message does not say that there was none."""
    assert "(none)" not in str(error(400, body))


def test_an_error_keeps_status_code_and_field() -> None:
    """What later decisions need is on the error, not only in its text."""
    found = error(409, {"error": {"code": "DUP", "message": "m", "details": {"field": "email", "value": "a@b.de"}}})
    assert (found.status, found.code, found.field) == (409, "DUP", "email")


@pytest.mark.parametrize(
    ("status", "remedy"),
    [
        (400, "declaration"),
        (401, "AUDIAN_API_TOKEN"),
        (403, "token that may change"),
        (404, "accountId"),
        (409, "same email"),
        (412, "run again"),
        (429, "audian:retrySeconds"),
        (500, "run again"),
    ],
)
@pytest.mark.parametrize("body", [{"error": {"message": "no"}}, "<html>no</html>"], ids=["json", "html"])
def test_every_status_has_its_remedy(status: int, remedy: str, body: object) -> None:
    """Each status of the contract ends with what to do next, whatever the body is."""
    message = str(error(status, body))
    assert remedy in message.rpartition("; ")[2]
    assert f"HTTP {status}" in message


@pytest.mark.parametrize(
    "body", ["", "<html>\n<h1>Bad Gateway</h1></html>", "[1]", "null", {}, {"error": None}, {"error": {}}], ids=str
)
def test_a_body_without_words_is_no_obstacle(body: object) -> None:
    """Neither a proxy's page nor an empty body hides the status or breaks the line."""
    assert str(error(502, body)) == (
        "account acc_1: the API answered: without saying why (HTTP 502); check audian:apiUrl, or run again later"
    )


def test_a_refusal_without_words_is_no_redirect() -> None:
    """The first status after the redirects is told like all others."""
    assert "without saying why (HTTP 400)" in str(error(400, ""))


@pytest.mark.parametrize(("length", "shown"), [(500, "x" * 500), (501, f"{'x' * 500}... (501 characters)")])
def test_long_words_are_cut(length: int, shown: str) -> None:
    """A message of the API is shown up to a length, and says how long it was."""
    assert f": {shown} (E1, HTTP 400)" in str(error(400, {"error": {"code": "E1", "message": "x" * length}}))


@pytest.mark.parametrize("status", [300, 301, 302, 307, 308])
def test_a_redirect_is_an_error(status: int) -> None:
    """A redirect is named as such and never taken for an answer."""
    message = str(error(status, ""))
    assert f"with a redirect (HTTP {status})" in message
    assert "audian:apiUrl" in message


@pytest.mark.parametrize(
    ("body", "gone"),
    [
        pytest.param({"error": {"code": "ACCOUNT_NOT_FOUND", "message": "Account not found"}}, True, id="contract"),
        pytest.param(
            {"data": {"message": "x"}, "error": "404", "message": "x", "status": "error"}, True, id="envelope"
        ),
        pytest.param({"error": "404", "message": "x", "status": "fatal"}, True, id="a fatal error's envelope"),
        pytest.param({"success": False, "error": {"code": "NF", "message": "x"}}, True, id="success switch"),
        pytest.param({"error": {"message": "no Route matched"}}, False, id="an error without a code"),
        pytest.param({"error": {"code": "NF"}}, False, id="an error without words"),
        pytest.param("<html>404 Not Found</html>", False, id="a proxy's page"),
        pytest.param("", False, id="empty"),
        pytest.param({"detail": "Not Found"}, False, id="another service's JSON"),
        pytest.param({"message": "no Route matched with those values"}, False, id="a gateway"),
        pytest.param(
            {"timestamp": "t", "status": 404, "error": "Not Found", "path": "/v2"},
            False,
            id="a web server",
        ),
    ],
)
def test_only_the_api_itself_makes_an_account_gone(body: object, *, gone: bool) -> None:
    """A 404 removes an account from state, so it counts only in one of the API's own shapes."""
    assert isinstance(error(404, body), AccountGone) is gone


@pytest.mark.parametrize("status", [400, 401, 403, 409, 410, 500, 503])
def test_no_other_status_makes_an_account_gone(status: int) -> None:
    """An authentication or server error says nothing about the account's existence."""
    assert not isinstance(error(status, {"error": {"code": "NOT_FOUND", "message": "Account not found"}}), AccountGone)

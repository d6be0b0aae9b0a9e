"""Nothing that comes from outside adds a header or a line to a request."""

from __future__ import annotations

import pytest
from tests.security.clients import WITH_KEY, client
from tests.security.hostile import ACCOUNT, Received, Server, always, answer

from pulumi_audian.connection import connect
from pulumi_audian.errors import ApiError, Refused

BREAKS = [
    "a\r\nX-Evil: 1",
    "a\nX-Evil: 1",
    "a\r\n X-Evil: 1",
    "a\rX-Evil: 1",
    "a\x00b",
    "a b",
    "\u1234",
    "t\xf6ken",
    "\x1b[2J",
]


@pytest.mark.parametrize("token", BREAKS)
def test_an_issued_token_that_is_no_header_is_not_used(server: Server, token: str) -> None:
    """The answer to a key exchange can't write into the requests that follow it."""
    server.answering = always(answer({"auth_token": token}))
    with pytest.raises(ApiError, match="the API did not accept the API key"):
        client(server.url, WITH_KEY).read("acc_1")
    assert [request.method for request in server.received] == ["PUT"]


@pytest.mark.parametrize("variable", ["AUDIAN_API_TOKEN", "AUDIAN_API_KEY"])
@pytest.mark.parametrize("value", BREAKS)
def test_a_credential_that_is_no_header_is_refused(variable: str, value: str) -> None:
    """A credential with a line break in it is an error of the environment, and is not shown."""
    with pytest.raises(Refused) as caught:
        connect(lambda _name: None, {variable: value})
    assert value not in str(caught.value)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("path", ["\r\nX-Evil: 1", "%0d%0aX-Evil:%201", " HTTP/1.1\r\nX-Evil: 1"])
def test_the_base_url_is_one_line(server: Server, path: str) -> None:
    """A line break in the URL is refused, or is part of a path that the API does not know."""
    try:
        client(server.url + path).read("acc_1")
    except Refused:
        return
    assert [line for line in server.received[0].head.split("\r\n") if line.startswith("X-Evil")] == []


@pytest.mark.parametrize(
    ("etag", "sent"),
    [
        ('"7-a"', '"7-a"'),
        ('"a"\r\n X-Evil: 1', '"a" X-Evil: 1'),
        ('"a\x01"', None),
        ("\xff", None),
        ("", None),
    ],
)
def test_a_version_is_sent_back_as_one_header(server: Server, etag: str, sent: str | None) -> None:
    """The ETag of an answer goes into If-Match; one that is no header is as none."""
    server.answering = always(answer(ACCOUNT, ETag=etag))
    api = client(server.url)
    api.write("acc_1", {"displayName": "New"}, api.read("acc_1").etag)
    patch = server.received[-1]
    assert (patch.method, patch.headers.get("if-match")) == ("PATCH", sent)
    assert "x-evil" not in patch.headers


@pytest.mark.parametrize(
    "name", ["Set-Cookie", "Authorization", "X-Auth-Token", "WWW-Authenticate", "Proxy-Authenticate"]
)
def test_an_answer_does_not_change_the_credential(server: Server, name: str) -> None:
    """A header of one answer leaves the credential of the next request as it was."""

    def answering(request: Received) -> list[bytes]:
        status = "401 Unauthorized" if request.method == "PATCH" else "200 OK"
        return [answer(ACCOUNT, status, **{name.replace("-", "_"): "Basic realm=x; token=evil"})]

    server.answering = answering
    api = client(server.url)
    before = api.read("acc_1")
    with pytest.raises(ApiError, match="HTTP 401"):
        api.write("acc_1", {}, before.etag)
    api.read("acc_1")
    assert {request.headers.get("x-auth-token") for request in server.received} == {
        server.received[0].headers["x-auth-token"]
    }
    assert {request.headers.get("authorization") for request in server.received} == {None}

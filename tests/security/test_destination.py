"""The credential reaches no host but the configured one, whatever an answer or the environment suggests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.security.certificates import Authority
from tests.security.clients import CALLS, WITH_KEY, client, exchange, read, write
from tests.security.hostile import ACCOUNT, API_KEY, REDIRECTS, TOKEN, Received, Server, always, answer, serving

from pulumi_audian.errors import AudianError, OutcomeUnknown, Unreachable

ELSEWHERE: list[str] = [
    "http://127.0.0.1:{port}/v2/accounts/acc_1",
    "http://localhost:{port}/v2/accounts/acc_1",
    "//127.0.0.1:{port}/v2/accounts/acc_1",
    "http://user:password@127.0.0.1:{port}/",
]


@pytest.fixture
def other() -> Iterator[Server]:
    """Another server, which would take any request."""
    with serving(always(answer(ACCOUNT))) as running:
        yield running


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("status", REDIRECTS)
@pytest.mark.parametrize("location", ELSEWHERE)
def test_a_redirect_is_an_error_and_is_not_followed(
    server: Server, other: Server, call: Callable[[str], object], status: str, location: str
) -> None:
    """Neither the account's calls nor the exchange of the key go where an answer points."""
    server.answering = always(answer(b"", status, Location=location.format(port=other.port)))
    with pytest.raises(AudianError, match=f"HTTP {status[:3]}"):
        call(server.url)
    assert len(server.received) == 1
    assert other.received == []


def test_a_redirect_on_the_same_host_is_not_followed_either(server: Server) -> None:
    """A path of the server's choice would be one that nobody declared."""
    server.answering = always(answer(b"", REDIRECTS[3], Location="/v2/accounts/acc_2"))
    with pytest.raises(OutcomeUnknown, match="HTTP 307"):
        write(server.url)
    assert [request.target for request in server.received] == ["/v2/accounts/acc_1"]


@pytest.mark.parametrize(
    "location", ["http://[", "http://x:99999/", "\xff\xfe", "http://%zz/", "https:///x", "javascript:1"]
)
def test_a_redirect_to_nowhere_is_the_same_error(server: Server, location: str) -> None:
    """What a redirect says is not even parsed."""
    server.answering = always(answer(b"", REDIRECTS[1], Location=location))
    with pytest.raises(OutcomeUnknown, match="with a redirect"):
        write(server.url)


def test_a_token_of_one_exchange_stays_with_its_server(server: Server, other: Server) -> None:
    """An issued token goes back to the server that issued it, and the key itself only into the exchange."""

    def answering(request: Received) -> Iterator[bytes]:
        issues = request.method == "PUT"
        yield answer({"auth_token": "issued", "api_url": other.url} if issues else ACCOUNT)

    server.answering = answering
    client(server.url, WITH_KEY).read("acc_1")
    put, get = server.received
    assert API_KEY in put.body.decode()
    assert get.headers["x-auth-token"] == "issued"
    assert API_KEY not in get.head
    assert other.received == []


@pytest.mark.parametrize("scheme", ["x-auth-token", "bearer"])
@pytest.mark.parametrize("encrypted", [False, True])
def test_a_netrc_file_does_not_authenticate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scheme: str, *, encrypted: bool
) -> None:
    """A password that the environment holds for this host is neither sent nor put in place of the token."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password of-the-netrc\n")
    netrc.chmod(0o600)
    authority = Authority(tmp_path)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.file))
    with serving(always(answer(ACCOUNT)), authority.server() if encrypted else None) as server:
        client(server.url, authScheme=scheme).read("acc_1")
        (request,) = server.received
    expected = {"x-auth-token": TOKEN} if scheme == "x-auth-token" else {"authorization": f"Bearer {TOKEN}"}
    sent = {name: value for name, value in request.headers.items() if name in ("x-auth-token", "authorization")}
    assert sent == expected


@pytest.mark.parametrize("call", [read, exchange])
@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
def test_plain_http_goes_through_no_proxy(
    server: Server, other: Server, monkeypatch: pytest.MonkeyPatch, variable: str, call: Callable[[str], object]
) -> None:
    """A proxy would read the credential, so that one of the environment is not used where there is no TLS."""
    monkeypatch.setenv(variable, f"http://127.0.0.1:{other.port}")
    server.answering = always(answer({**ACCOUNT, "auth_token": "issued"}))
    call(server.url)
    assert server.received
    assert other.received == []


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:9", "http://["])
@pytest.mark.parametrize("call", CALLS)
def test_a_proxy_that_can_not_be_used_is_told(
    monkeypatch: pytest.MonkeyPatch, proxy: str, call: Callable[[str], object]
) -> None:
    """Nothing is sent around it, nothing is tried twice, and a change is not in doubt."""
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with pytest.raises(Unreachable, match=r"its URL, or the proxy in the environment, can't be used"):
        call("https://127.0.0.1:9/v2")


def test_a_proxy_of_https_does_not_see_the_credential(other: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy is asked for a tunnel to the host, and told nothing else."""
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{other.port}")
    other.answering = always(answer(b"", "502 Bad Gateway"))
    with pytest.raises(AudianError, match="no connection to"):
        read("https://api.audian.invalid/v2")
    assert {(request.method, request.target) for request in other.received} == {("CONNECT", "api.audian.invalid:443")}
    assert TOKEN not in other.sent()

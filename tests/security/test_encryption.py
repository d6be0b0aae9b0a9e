"""The way to the API is encrypted and the server is who it says, or nothing is sent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from tests.security.certificates import Authority
from tests.security.clients import CALLS, WITH_TOKEN, client
from tests.security.hostile import ACCOUNT, REDIRECTS, TOKEN, always, answer, serving

from pulumi_audian.connection import connect
from pulumi_audian.errors import AudianError, Refused

ANSWER = always(answer(ACCOUNT))


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority that is not among those of the machine."""
    return Authority(tmp_path_factory.mktemp("authority"))


def connected(url: str, **config: object) -> str:
    """The URL that requests would go to."""
    settings = {"audian:apiUrl": url} | {f"audian:{name}": value for name, value in config.items()}
    return connect(settings.get, WITH_TOKEN).api_url


@pytest.mark.parametrize("call", CALLS)
def test_a_server_of_unknown_authority_is_sent_nothing(authority: Authority, call: Callable[[str], object]) -> None:
    """Without a trusted certificate no request is made, and the error says why."""
    with serving(ANSWER, authority.server()) as server:
        with pytest.raises(AudianError, match=r"its TLS certificate was not accepted: .*issuer"):
            call(server.url)
        assert server.received == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("REQUESTS_CA_BUNDLE", value) for value in ("", "0", "false")),
        *(("CURL_CA_BUNDLE", value) for value in ("", "0", "false")),
        *(("SSL_CERT_FILE", value) for value in ("", "/dev/null")),
        ("SSL_CERT_DIR", ""),
        ("PYTHONHTTPSVERIFY", "0"),
        ("NODE_TLS_REJECT_UNAUTHORIZED", "0"),
    ],
)
def test_no_variable_switches_the_check_off(
    authority: Authority, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """An empty or wrong variable ends in an error, not in trust."""
    monkeypatch.setenv(name, value)
    with serving(ANSWER, authority.server()) as server:
        with pytest.raises(AudianError, match="TLS"):
            client(server.url).read("acc_1")
        assert server.received == []


@pytest.mark.parametrize("setting", ["verify", "insecure", "tlsVerify", "allowPlainHttp"])
@pytest.mark.parametrize("value", [True, False, "false"])
def test_no_setting_switches_the_check_off(authority: Authority, setting: str, value: Any) -> None:
    """There is no such setting, and the one for plain http is none."""
    with serving(ANSWER, authority.server()) as server:
        with pytest.raises(AudianError, match="TLS"):
            client(server.url, **{setting: value}).read("acc_1")
        assert server.received == []


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_an_authority_of_a_company_can_be_named(
    authority: Authority, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    """With its certificates in a file that the environment names, its servers are talked to."""
    monkeypatch.setenv(variable, str(authority.file))
    with serving(ANSWER, authority.server()) as server:
        assert client(server.url).read("acc_1").account == ACCOUNT
        assert [request.headers["x-auth-token"] for request in server.received] == [TOKEN]


@pytest.mark.parametrize(
    ("host", "days_left", "reason"),
    [("api.audian.example", 1, "IP address mismatch"), ("127.0.0.1", -1, "certificate has expired")],
)
def test_a_trusted_authority_does_not_vouch_for_everything(
    authority: Authority, monkeypatch: pytest.MonkeyPatch, host: str, days_left: int, reason: str
) -> None:
    """A certificate for another host, or of the past, is none."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.file))
    with serving(ANSWER, authority.server(host, days_left)) as server:
        with pytest.raises(AudianError, match=reason):
            client(server.url).read("acc_1")
        assert server.received == []


def test_a_file_of_authorities_that_is_not_there_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A wrong path is told, and the machine's own authorities don't take its place."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "gone.pem"))
    with pytest.raises(AudianError, match=r"no usable answer from https://127\.0\.0\.1:9/v2 \(.*gone\.pem\)"):
        client("https://127.0.0.1:9/v2").read("acc_1")


@pytest.mark.parametrize("status", REDIRECTS)
def test_https_never_becomes_http(authority: Authority, monkeypatch: pytest.MonkeyPatch, status: str) -> None:
    """A redirect to the same server without TLS is not followed."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.file))
    with serving(ANSWER) as plain:
        downgrade = always(answer(b"", status, Location=f"{plain.url}/accounts/acc_1"))
        with serving(downgrade, authority.server()) as server:
            with pytest.raises(AudianError, match="with a redirect"):
                client(server.url).read("acc_1")
            assert len(server.received) == 1
        assert plain.received == []


@pytest.mark.parametrize(
    ("url", "used"),
    [
        ("http://127.0.0.1:8765/v2", "http://127.0.0.1:8765/v2"),
        ("http://127.8.9.1/v2", "http://127.8.9.1/v2"),
        ("http://127.1:8765/v2", "http://127.0.0.1:8765/v2"),
        ("http://LOCALHOST:8765/v2", "http://localhost:8765/v2"),
        ("http://[::1]:8765/v2", "http://[::1]:8765/v2"),
        ("HTTPS://api.acme.example/v2", "https://api.acme.example/v2"),
    ],
)
def test_plain_http_is_for_this_machine(url: str, used: str) -> None:
    """The loopback interface needs no TLS, in whatever way it is written."""
    assert connected(url) == used


REMOTE = [
    "http://api.audian.com:8443/v2",
    "http://10.0.0.5/v2",
    "http://0.0.0.0:8765/v2",
    "http://169.254.169.254/v2",
    "http://[fe80::1]/v2",
    "http://localhost.acme.example/v2",
    "http://127.0.0.1.acme.example/v2",
    "http://127.0.0.1\t.acme.example/v2",
    "http://emulator:8765/v2",
    "HTTP://api.audian.com/v2",
]


@pytest.mark.parametrize("url", REMOTE)
def test_plain_http_to_another_machine_is_refused(url: str) -> None:
    """Everyone on the way could read the token; the refusal says how to allow it."""
    with pytest.raises(Refused) as caught:
        connected(url)
    text = str(caught.value)
    assert text.startswith("audian:apiUrl (or AUDIAN_API_URL): ")
    assert "is plain http to another machine" in text
    assert "use https, or set audian:allowPlainHttp to true if that is meant; nothing was read or written" in text


@pytest.mark.parametrize("value", [True, "true"])
def test_plain_http_can_be_allowed(value: object) -> None:
    """A network that protects itself, such as that of containers, is for its owner to judge."""
    assert connected("http://emulator:8765/v2", allowPlainHttp=value) == "http://emulator:8765/v2"


@pytest.mark.parametrize("value", ["perhaps", "1.5", [True]])
def test_only_true_allows_it(value: object) -> None:
    """A value that is neither true nor false is refused, not taken for one of them."""
    with pytest.raises(Refused, match=r"audian:allowPlainHttp: .* is not true or false"):
        connected("http://emulator:8765/v2", allowPlainHttp=value)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://api.audian.com\\@evil.example/v2", "api.audian.com"),
        ("http://127.0.0.1\\.evil.example/v2", "127.0.0.1"),
        ("http://127.0.0.1:80\\@evil.example/v2", "127.0.0.1"),
        ("https:/\\api.audian.com/v2", "api.audian.com"),
        ("https://api\u3002audian.com/v2", "api.audian.com"),
        ("https://\uff45vil.example/v2", "evil.example"),
        ("https://\u0430udian.com/v2", "xn--udian-3ve.com"),
        ("https://api.audian.com/v2/../../@evil.example", "api.audian.com"),
    ],
)
def test_the_host_that_was_judged_is_the_host_that_is_asked(url: str, host: str) -> None:
    """Of a URL that two parsers may read in two ways, the normal form of what was judged is used."""
    used = connected(url)
    asked = requests.Request("GET", f"{used}/accounts/acc_1").prepare().url or ""
    assert urlsplit(used).hostname == urlsplit(asked).hostname == host
    assert used.isascii()
    assert "\\" not in used


@pytest.mark.parametrize(
    "url",
    [
        "https://api.audian.com%2f@evil.example/v2",
        "https://evil.example#@api.audian.com/v2",
        "https://evil.example?@api.audian.com/v2",
        "https://token@api.audian.com/v2",
        "https://[::1/v2",
        "https://a b.example/v2",
        "file:///etc/passwd",
    ],
)
def test_a_url_that_hides_its_host_is_refused(url: str) -> None:
    """Credentials, queries and fragments have no place in the API's base URL."""
    with pytest.raises(Refused, match="is not an http or https URL"):
        connected(url)

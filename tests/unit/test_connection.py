"""How the API is reached: settings from stack configuration and environment."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_audian.connection import Connection, connect
from pulumi_audian.errors import Refused


def connected(config: dict[str, Any] | None = None, **environment: str) -> Connection:
    """The connection of a stack configuration, given without its namespace, and of environment variables."""
    settings = {f"audian:{name}": value for name, value in (config or {}).items()}
    return connect(settings.get, environment)


def refusal(config: dict[str, Any] | None = None, **environment: str) -> str:
    """What a person reads where the connection is refused."""
    with pytest.raises(Refused) as caught:
        connected(config, **environment)
    return str(caught.value)


def test_defaults_are_the_contracts() -> None:
    """With nothing set, production is spoken to as the contract shows, and there is no credential."""
    connection = connected()
    assert connection.api_url == "https://api.audian.com:8443/v2"
    assert (connection.auth_scheme, connection.envelope) == ("x-auth-token", "flat")
    assert connection.preview_reads is True
    assert not connection.has_credential


@pytest.mark.parametrize(
    ("name", "configured", "attribute", "value"),
    [
        ("apiUrl", "http://127.0.0.1:8443/v2", "api_url", "http://127.0.0.1:8443/v2"),
        ("apiUrl", "https://audian.acme.com/v2/", "api_url", "https://audian.acme.com/v2"),
        ("authScheme", "bearer", "auth_scheme", "bearer"),
        ("envelope", "data", "envelope", "data"),
        ("timeoutSeconds", "2.5", "timeout_seconds", 2.5),
        ("timeoutSeconds", 7, "timeout_seconds", 7),
        ("retrySeconds", "0", "retry_seconds", 0),
        ("retrySeconds", 0, "retry_seconds", 0),
        ("previewReads", "false", "preview_reads", False),
        ("previewReads", False, "preview_reads", False),
    ],
)
def test_each_setting_is_read_from_stack_configuration(
    name: str, configured: object, attribute: str, value: object
) -> None:
    """A setting arrives as text or as its own type, and both mean the same."""
    assert getattr(connected({name: configured}), attribute) == value


@pytest.mark.parametrize(
    ("variable", "name", "attribute"),
    [("AUDIAN_API_TOKEN", "token", "token"), ("AUDIAN_API_KEY", "apiKey", "api_key")],
)
def test_credentials_come_from_either_and_the_environment_wins(variable: str, name: str, attribute: str) -> None:
    """A credential in the environment takes the place of the configured one."""
    for connection, value in [
        (connected({name: "configured"}), "configured"),
        (connected(None, **{variable: "exported"}), "exported"),
        (connected({name: "configured"}, **{variable: "exported"}), "exported"),
    ]:
        assert connection.has_credential
        assert getattr(connection, attribute).get_secret_value() == value


def test_the_environment_overrides_the_configured_url() -> None:
    """AUDIAN_API_URL points a run elsewhere without an edit of the stack file."""
    connection = connected({"apiUrl": "https://one.acme.com"}, AUDIAN_API_URL="https://two.acme.com/")
    assert connection.api_url == "https://two.acme.com"


def test_an_empty_variable_counts_as_not_set() -> None:
    """CI systems export empty variables: they neither override nor authenticate."""
    connection = connected(
        {"apiUrl": "https://one.acme.com"}, AUDIAN_API_URL="", AUDIAN_API_TOKEN="", AUDIAN_API_KEY=""
    )
    assert connection.api_url == "https://one.acme.com"
    assert not connection.has_credential


WRONG: list[tuple[str, object, str]] = [
    ("apiUrl", "api.audian.com", "an http or https URL"),
    ("apiUrl", "ftp://api.audian.com", "an http or https URL"),
    ("authScheme", "basic", "one of x-auth-token, bearer"),
    ("authScheme", "Bearer", "one of x-auth-token, bearer"),
    ("envelope", "xml", "one of flat, data"),
    ("timeoutSeconds", "soon", "a number of seconds over 0"),
    ("timeoutSeconds", "0", "a number of seconds over 0"),
    ("timeoutSeconds", "-1", "a number of seconds over 0"),
    ("timeoutSeconds", "nan", "a number of seconds over 0"),
    ("retrySeconds", "-1", "a number of seconds, 0 or more"),
    ("retrySeconds", "long", "a number of seconds, 0 or more"),
    ("previewReads", "perhaps", "true or false"),
]


@pytest.mark.parametrize(("name", "value", "expected"), WRONG, ids=[f"{row[0]}={row[1]}" for row in WRONG])
def test_a_wrong_setting_is_named(name: str, value: object, expected: str) -> None:
    """The refusal names setting, value and expectation, and says that nothing happened."""
    message = refusal({name: value})
    assert message.startswith(f"audian:{name}")
    assert f"{value!r} is not {expected}" in message
    assert message.endswith("nothing was read or written")


def test_a_wrong_variable_is_named_beside_its_setting() -> None:
    """Who set the environment variable finds its name in the message."""
    assert "AUDIAN_API_URL" in refusal(None, AUDIAN_API_URL="not a URL")


def test_all_wrong_settings_are_named_at_once() -> None:
    """One run tells everything that is wrong, sorted."""
    message = refusal({"envelope": "xml", "authScheme": "basic", "timeoutSeconds": "x"})
    assert [word for word in message.split() if word.startswith("audian:")] == [
        "audian:authScheme:",
        "audian:envelope:",
        "audian:timeoutSeconds:",
    ]


@pytest.mark.parametrize("variable", ["AUDIAN_API_TOKEN", "AUDIAN_API_KEY"])
@pytest.mark.parametrize("credential", ["hush hush", "hush\nhush", "húsh", "hush\x00"], ids=repr)
def test_a_malformed_credential_is_refused_without_showing_it(variable: str, credential: str) -> None:
    """A credential that no header can carry is named by its variable, never by its value."""
    message = refusal(None, **{variable: credential})
    assert variable in message
    assert "printable ASCII text without spaces" in message
    assert "hush" not in message
    assert "húsh" not in message


def test_a_wrong_setting_elsewhere_does_not_show_the_token() -> None:
    """A refusal about another setting says nothing of a good token."""
    assert "hush" not in refusal({"envelope": "xml"}, AUDIAN_API_TOKEN="hush")


@pytest.mark.parametrize("around", ["{}\n", "{}\r\n", "  {}  "], ids=repr)
def test_white_space_around_a_credential_is_not_part_of_it(around: str) -> None:
    """A token read from a file with its trailing newline is the token."""
    token = connected(None, AUDIAN_API_TOKEN=around.format("abc")).token
    assert token is not None
    assert token.get_secret_value() == "abc"


def test_a_blank_credential_is_none() -> None:
    """A token read from an empty file does not authenticate: it is refused, or counts as not set."""
    try:
        blank = not connected(None, AUDIAN_API_TOKEN="\n").has_credential
    except Refused as error:
        blank = "AUDIAN_API_TOKEN" in str(error)
    assert blank


def test_white_space_around_the_url_is_not_part_of_it() -> None:
    """A URL with a trailing newline is that URL."""
    assert connected(None, AUDIAN_API_URL="https://one.acme.com/v2\n").api_url == "https://one.acme.com/v2"


def test_credentials_do_not_show_when_a_connection_is_printed() -> None:
    """Neither a log line nor a debugger's display of the connection holds a credential."""
    connection = connected(None, AUDIAN_API_TOKEN="hush", AUDIAN_API_KEY="hush-key")
    assert "hush" not in f"{connection} {connection!r}"

"""How to reach the API: from the stack's `audian:` configuration and the environment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from ipaddress import ip_address
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, HttpUrl, SecretStr, ValidationError, ValidationInfo
from pydantic_core import ErrorDetails, PydanticCustomError

from pulumi_audian.errors import Refused
from pulumi_audian.settings import CREDENTIALS, PRODUCTION_URL, SETTINGS

_UNPROTECTED = "plain_http"
_ENVIRONMENT = {"apiUrl": "AUDIAN_API_URL", "token": "AUDIAN_API_TOKEN", "apiKey": "AUDIAN_API_KEY"}


def _require_header_text(value: SecretStr) -> SecretStr:
    text = value.get_secret_value()
    if not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError
    return value


def _require_http_url(value: str, info: ValidationInfo) -> str:
    url = HttpUrl(value)
    if url.username or url.password or url.query or url.fragment:
        raise ValueError
    if url.scheme == "http" and not (info.data.get("allow_plain_http") or is_loopback(url.host or "")):
        raise PydanticCustomError(_UNPROTECTED, "plain http to another machine")
    # The form in which it was judged: another parser could see another host in the same text.
    return str(url).rstrip("/")


def is_loopback(host: str) -> bool:
    """Whether a host, by its name or address, can only be this machine."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


Credential = Annotated[SecretStr, AfterValidator(_require_header_text)]


class Connection(BaseModel):
    """Where the API is, how it is spoken to, and how patiently.

    `timeout_seconds` bounds one request, `retry_seconds` all attempts of one call with the waits between them.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    allow_plain_http: bool = Field(default=False, alias="allowPlainHttp")
    api_url: Annotated[str, AfterValidator(_require_http_url)] = Field(default=PRODUCTION_URL, alias="apiUrl")
    token: Credential | None = None
    api_key: Credential | None = Field(default=None, alias="apiKey")
    auth_scheme: Literal["x-auth-token", "bearer"] = Field(default="x-auth-token", alias="authScheme")
    envelope: Literal["flat", "data"] = "flat"
    timeout_seconds: float = Field(default=30, gt=0, allow_inf_nan=False, alias="timeoutSeconds")
    retry_seconds: float = Field(default=120, ge=0, allow_inf_nan=False, alias="retrySeconds")
    preview_reads: bool = Field(default=True, alias="previewReads")

    @property
    def has_credential(self) -> bool:
        """Whether there is anything to authenticate with."""
        return self.token is not None or self.api_key is not None


def connect(configured: Callable[[str], Any], environment: Mapping[str, str]) -> Connection:
    """The connection that stack configuration and environment variables describe; the environment wins.

    `configured` looks up a configuration key such as `audian:apiUrl`. Raises `Refused`, naming each setting that is
    wrong (credentials without their value).
    """
    settings = {name: _setting(name, configured, environment) for name in SETTINGS}
    try:
        return Connection.model_validate({name: value for name, value in settings.items() if value not in (None, "")})
    except ValidationError as error:
        wrong = set(map(_sentence, error.errors()))
        raise Refused("; ".join(sorted(wrong))) from None


def _setting(name: str, configured: Callable[[str], Any], environment: Mapping[str, str]) -> Any:
    value = environment.get(_ENVIRONMENT.get(name, ""), "").strip() or configured(f"audian:{name}")
    return value.strip() if isinstance(value, str) else value


def _sentence(details: ErrorDetails) -> str:
    name, value = str(details["loc"][0]), details["input"]
    source = f"audian:{name}" + (f" (or {_ENVIRONMENT[name]})" if name in _ENVIRONMENT else "")
    hidden = name in CREDENTIALS or "@" in str(value)
    what = "the value" if hidden else repr(value)
    why = _PLAIN_HTTP if details["type"] == _UNPROTECTED else f"is not {SETTINGS[name]}"
    return f"{source}: {what} {why}; nothing was read or written"


_PLAIN_HTTP = (
    "is plain http to another machine, which shows the credential to everyone on the way: "
    "use https, or set audian:allowPlainHttp to true if that is meant"
)

"""The settings of the `audian:` configuration namespace, and what each must be."""

from __future__ import annotations

import difflib

NAMESPACE = "audian:"
PRODUCTION_URL = "https://api.audian.com:8443/v2"

SETTINGS: dict[str, str] = {
    "apiUrl": f"an http or https URL such as {PRODUCTION_URL}, without credentials or query",
    "allowPlainHttp": "true or false",
    "authScheme": "one of x-auth-token, bearer",
    "envelope": "one of flat, data",
    "timeoutSeconds": "a number of seconds over 0",
    "retrySeconds": "a number of seconds, 0 or more",
    "previewReads": "true or false",
    "token": "printable ASCII text without spaces",
    "apiKey": "printable ASCII text without spaces",
}
"""By name; the text finishes the sentence "X is not ..."."""

INTERACTIVE_VARIABLE = "AUDIAN_INTERACTIVE"
"""The environment variable by which a command tells the provider of its preview that somebody sits and waits."""
CREDENTIALS = ("token", "apiKey")
"""The settings that must be encrypted in a stack file."""

ACCOUNTS = "accounts"
"""The setting that this project's own program reads: the accounts of a stack."""


def refusal(key: str, *, encrypted: bool) -> str:
    """Why a key of the `audian:` namespace may not stand in a stack file, or nothing where it may."""
    name = key.removeprefix(NAMESPACE)
    if name in CREDENTIALS and not encrypted:
        return (
            f"{key} stands in plain text in the stack file: remove it, revoke that credential, and set the new one "
            f"with `pulumi config set --secret {key}` or in the environment; nothing was read or written"
        )
    if name in (*SETTINGS, ACCOUNTS):
        return ""
    return f"{key} is not a setting of pulumi-audian; {_hint(name)}; nothing was read or written"


def _hint(name: str) -> str:
    by_folded = {known.lower(): known for known in (*SETTINGS, ACCOUNTS)}
    nearest = difflib.get_close_matches(name.replace("_", "").lower(), by_folded, n=1)
    known = ", ".join(sorted(by_folded.values()))
    return f"did you mean {NAMESPACE}{by_folded[nearest[0]]}?" if nearest else f"known are {known}"

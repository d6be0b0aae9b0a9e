"""The settings of the `audian:` configuration namespace, and what each must be."""

from __future__ import annotations

PRODUCTION_URL = "https://api.audian.com:8443/v2"

SETTINGS: dict[str, str] = {
    "apiUrl": f"an http or https URL such as {PRODUCTION_URL}, without credentials or query",
    "authScheme": "one of x-auth-token, bearer",
    "envelope": "one of flat, data",
    "timeoutSeconds": "a number of seconds over 0",
    "retrySeconds": "a number of seconds, 0 or more",
    "previewReads": "true or false",
    "token": "printable ASCII text without spaces",
    "apiKey": "printable ASCII text without spaces",
}
"""By name; the text finishes the sentence "X is not ..."."""

CREDENTIALS = ("token", "apiKey")
"""The settings that must be encrypted in a stack file."""

ACCOUNTS = "accounts"
"""The setting that this project's own program reads: the accounts of a stack."""

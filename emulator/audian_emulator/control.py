"""A client for the control endpoints, for tests that drive the emulator over HTTP."""

from __future__ import annotations

from typing import Any, TypeAlias

from pydantic.alias_generators import to_camel
from requests import HTTPError, Response, Session

from audian_emulator.control_api import CONTROL_PREFIX
from audian_emulator.messages import API_PREFIX
from audian_emulator.seed import load_seed

Document: TypeAlias = dict[str, Any]
_TIMEOUT_SECONDS = 10


class Control:
    """The control endpoints as methods; a refused control raises requests.HTTPError.

    `base_url` is the emulator's address with or without /v2. `full_token`, `read_only_token` and
    `api_key` are those of the shipped seed.
    """

    def __init__(self, base_url: str) -> None:
        self._origin = base_url.rstrip("/").removesuffix(API_PREFIX)
        self._session = Session()
        self._session.trust_env = False
        # The server may close a kept connection in the very moment in which it is used again.
        self._session.headers["Connection"] = "close"
        seed = load_seed()
        self.full_token = seed.tokens.full
        self.read_only_token = seed.tokens.read_only
        self.api_key = seed.api_key

    @property
    def api_url(self) -> str:
        """The API's base URL, ending in /v2."""
        return self._origin + API_PREFIX

    def requests(self) -> list[Document]:
        """Return the API requests since the last clear."""
        entries: list[Document] = self._call("GET", "/requests").json()
        return entries

    def writes(self) -> list[Document]:
        """Return the PATCH requests since the last clear."""
        return [entry for entry in self.requests() if entry["method"] == "PATCH"]

    def clear(self) -> None:
        """Empty the request log."""
        self._call("DELETE", "/requests")

    def fault(self, **fault: object) -> None:
        """Queue a fault; keys in snake_case or camelCase."""
        self._call("POST", "/faults", _in_camel_case(fault))

    def faults(self) -> list[Document]:
        """Return the faults that can still match."""
        remaining: list[Document] = self._call("GET", "/faults").json()
        return remaining

    def clear_faults(self) -> None:
        """Remove every fault."""
        self._call("DELETE", "/faults")

    def account(self, account_id: str) -> Document:
        """Return a stored account."""
        return self._document("GET", f"/accounts/{account_id}")

    def accounts(self) -> list[Document]:
        """Return every stored account."""
        stored: list[Document] = self._call("GET", "/accounts").json()
        return stored

    def versions(self) -> list[Document]:
        """Return every version of every account since the last reset: its revision and its document."""
        stored: list[Document] = self._call("GET", "/versions").json()
        return stored

    def edit(self, account_id: str, patch: Document) -> Document:
        """Edit an account as someone else would; return it."""
        return self._document("PATCH", f"/accounts/{account_id}", patch)

    def put(self, account_id: str, document: Document) -> Document:
        """Create or replace an account; return it."""
        return self._document("PUT", f"/accounts/{account_id}", document)

    def remove(self, account_id: str) -> None:
        """Make an account unknown to the API."""
        self._call("DELETE", f"/accounts/{account_id}")

    def behave(self, **behaviours: object) -> Document:
        """Change behaviours, keys in snake_case or camelCase; return all of them."""
        return self._document("PATCH", "/behaviour", _in_camel_case(behaviours))

    def expire_tokens(self) -> None:
        """Expire every token that api_auth issued."""
        self._call("POST", "/tokens/expire")

    def reset(self) -> None:
        """Go back to the seed."""
        self._call("POST", "/reset")

    def _document(self, method: str, path: str, body: Document | None = None) -> Document:
        document: Document = self._call(method, path, body).json()
        return document

    def _call(self, method: str, path: str, body: Document | None = None) -> Response:
        url = self._origin + CONTROL_PREFIX + path
        response = self._session.request(method, url, json=body, timeout=_TIMEOUT_SECONDS)
        if not response.ok:
            message = f"{method} {path} answered {response.status_code}: {response.text}"
            raise HTTPError(message, response=response)
        return response


def _in_camel_case(values: Document) -> Document:
    return {to_camel(key): value for key, value in values.items()}

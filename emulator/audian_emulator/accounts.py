"""The stored accounts, each with a revision that its ETag shows, and all that they ever were."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from itertools import count
from typing import TYPE_CHECKING

from audian_emulator.document import deep_merge

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic import JsonValue

    from audian_emulator.document import JsonObject


@dataclass(frozen=True)
class StoredAccount:
    """An account document as of one revision."""

    document: JsonObject
    revision: int
    moment: float
    """When it was stored, in seconds of the monotonic clock."""

    @property
    def etag(self) -> str:
        """The quoted revision."""
        return f'"{self.revision}"'


class AccountStore:
    """Accounts by id; revisions are never reused, even after a removal, and `versions` keeps every one of them."""

    def __init__(self, documents: Iterable[JsonObject]) -> None:
        self._revisions = count(1)
        self._accounts: dict[str, StoredAccount] = {}
        self.versions: list[StoredAccount] = []
        for document in documents:
            self.put(str(document["id"]), document)

    def get(self, account_id: str) -> StoredAccount | None:
        """Return an account, None where there is none."""
        return self._accounts.get(account_id)

    def get_as_of(self, account_id: str, moment: float) -> StoredAccount | None:
        """Return an account as it was at a moment, or as it was first; None where there is none any more."""
        if account_id not in self._accounts:
            return None
        versions = [version for version in self.versions if version.document.get("id") == account_id]
        return next((version for version in reversed(versions) if version.moment <= moment), versions[0])

    def documents(self) -> list[JsonObject]:
        """Return every account, in the order of creation."""
        return [account.document for account in self._accounts.values()]

    def put(self, account_id: str, document: JsonObject) -> StoredAccount:
        """Store a document as it stands, under a new revision."""
        stored = StoredAccount(document, next(self._revisions), time.monotonic())
        self._accounts[account_id] = stored
        self.versions.append(stored)
        return stored

    def edit(self, account_id: str, patch: JsonObject) -> StoredAccount | None:
        """Merge a patch as someone else would, without validation; None where there is no such account."""
        stored = self.get(account_id)
        return stored and self.put(account_id, deep_merge(touched(stored.document), patch))

    def remove(self, account_id: str) -> bool:
        """Forget an account; False where there was none."""
        return self._accounts.pop(account_id, None) is not None

    def email_taken(self, email: JsonValue, besides: str) -> bool:
        """Say whether another account has this e-mail address, in any case of letters."""
        return any(
            str(account.document.get("email")).casefold() == str(email).casefold()
            for account_id, account in self._accounts.items()
            if account_id != besides
        )


def touched(document: JsonObject) -> JsonObject:
    """Set `updatedAt` to now, or a second after its last value where that is not past."""
    now = datetime.now(timezone.utc)
    previous = _parsed(document.get("updatedAt"))
    if previous is not None:
        now = max(now, previous + timedelta(seconds=1))
    return document | {"updatedAt": now.strftime("%Y-%m-%dT%H:%M:%SZ")}


def _parsed(timestamp: JsonValue) -> datetime | None:
    try:
        return datetime.strptime(str(timestamp), "%Y-%m-%dT%H:%M:%S%z")
    except ValueError:
        return None

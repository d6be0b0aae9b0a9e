"""What one process of the engine's dynamic host knows during one preview or update."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from pulumi_audian import records
from pulumi_audian.declaration import Facts
from pulumi_audian.diff import Document
from pulumi_audian.errors import Problem, Refused
from pulumi_audian.settings import INTERACTIVE_VARIABLE
from pulumi_audian.values import UNKNOWN

if TYPE_CHECKING:
    from pulumi_audian.client import Client
    from pulumi_audian.state import Overwritten
    from pulumi_audian.writing import Notices

_NO_FACTS = Facts.of({})


class _Claim(NamedTuple):
    """What a check found out about the resource that declares an account."""

    facts: Facts
    old_inputs: Document


class Run:
    """One run: who claims which account, and the one client that all calls share.

    The host serves four calls at once; everything here is safe to use from any of them.
    """

    def __init__(self, configured: Callable[[str], Any]) -> None:
        self._configured = configured
        self._lock = threading.Lock()
        self._client: Client | None = None
        self._claims: dict[str, _Claim] = {}
        self._overwritten: dict[str, tuple[Overwritten, ...]] = {}
        self._said_unread = False
        self._records = os.environ.get(records.FILE_VARIABLE)

    def claim(self, inputs: Document, old_inputs: Document, facts: Facts) -> list[Problem]:
        """Note that a resource declares an account, and what state holds of its declaration.

        A second resource that declares the same account has a problem.
        """
        account_id = inputs.get("accountId", UNKNOWN)
        if not isinstance(account_id, str):  # not known yet, or wrong, which validation says
            return []
        with self._lock:
            first = self._claims.setdefault(account_id, _Claim(facts, old_inputs)).facts
            if first.urn == facts.urn:
                self._claims[account_id] = _Claim(facts, old_inputs)
                return []
        other = first.urn.split("::", 3)[-1]  # a name may hold the separator
        message = f'"{account_id}" is declared by resource {other} too; declare an account once, in one place'
        return [Problem("accountId", message)]

    def declares(self, account_id: str) -> bool:
        """Whether a resource declared the account in this run."""
        with self._lock:
            return account_id in self._claims

    def facts(self, account_id: str) -> Facts:
        """What the program said of the resource that declares an account in this run."""
        with self._lock:
            return self._claims[account_id].facts if account_id in self._claims else _NO_FACTS

    def old_inputs(self, account_id: str) -> Document:
        """The inputs in state of the resource that declares an account in this run; raises `Refused` without one."""
        with self._lock:
            if account_id in self._claims:
                return self._claims[account_id].old_inputs
        raise Refused(f"account {account_id}: its declaration was not checked; nothing was written: run again")

    def keep(self, account_id: str, overwritten: tuple[Overwritten, ...]) -> None:
        """Note what was overwritten up to a failure, for when a hook of the program asks for another attempt."""
        with self._lock:
            self._overwritten[account_id] = overwritten

    def overwritten(self, account_id: str, stored: tuple[Overwritten, ...]) -> tuple[Overwritten, ...]:
        """What was overwritten of an account: up to the last failure in this run, or else what state holds.

        For another attempt the engine hands over the state from before the first one.
        """
        with self._lock:
            return self._overwritten.get(account_id, stored)

    def client(self, notices: Notices) -> Client:
        """The client; raises `Refused` where a setting is wrong or there is no credential."""
        from pulumi_audian.client import Client
        from pulumi_audian.connection import connect

        with self._lock:
            if self._client is None:
                connection, interactive = connect(self._configured, os.environ), INTERACTIVE_VARIABLE in os.environ
                self._client = Client(connection, notices.status, interactive=interactive)
            return self._client

    @property
    def is_reported(self) -> bool:
        """Whether a report wants records."""
        return self._records is not None

    def record(self, urn: str, found: records.Finding) -> None:
        """Keep what was found about an account where a report is wanted; raises `Refused` where that can't be done."""
        if self._records is None:
            return
        line = records.encode(records.Record(urn, found))
        try:
            file = os.open(self._records, os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW)
            try:
                if os.write(file, line) < len(line):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            finally:
                os.close(file)
        except OSError as error:
            raise Refused(f"{self._records} can't be written for the report ({error.strerror}); run again") from None

    def reader(self, notices: Notices) -> Client | records.Reason:
        """The client for a preview; where live values can't or shall not be read, why, having said so once."""
        from pulumi_audian.connection import connect

        connection = connect(self._configured, os.environ)
        if connection.preview_reads and connection.has_credential:
            return self.client(notices)
        reason: records.Reason = "choice" if connection.has_credential else "credential"
        if not self._said_unread:
            self._said_unread = True
            notices.warn(_UNREAD[reason])
        return reason


_UNREAD: Mapping[records.Reason, str] = {
    "choice": (
        "live values were not read (audian:previewReads is false): this preview can't show what up will overwrite"
    ),
    "credential": (
        "live values were not read: no credential in AUDIAN_API_TOKEN or AUDIAN_API_KEY; up will stop before any write"
    ),
}

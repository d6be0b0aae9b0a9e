"""What can go wrong, and what each error promises.

Policy: everything a user can meet is an `AudianError` whose text is one line that names the account,
the field, the value and the remedy. The classes differ by what is known about the account afterwards:

- `Refused`: a rule of ours stopped the operation; nothing was written.
- `ApiError`: the API answered with an error status; a write that got one was not applied
  (5xx and redirects excepted, see `OutcomeUnknown`).
- `AccountGone`: the API said that the account does not exist; nothing was written.
- `Unreachable`: no request reached the API; nothing was written.
- `OutcomeUnknown`: a write was sent and its outcome can't be told from the answer; read before repeating.
- `Unconfirmed`: the same, because the account could not be read either.
- `NotApplied`: the API accepted a write, but the account does not hold what was declared.

Values of secret inputs and credentials never appear in any of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pulumi_audian.legible import visible

if TYPE_CHECKING:
    from collections.abc import Mapping


class Problem(NamedTuple):
    """One thing wrong with a declaration: the dotted path of the input and a sentence about it.

    `unread` tells that the account could not be read, which says nothing about the declaration.
    """

    path: str
    message: str
    unread: bool = False

    def __str__(self) -> str:
        return visible(f"{self.path}: {self.message}" if self.path else self.message)


class AudianError(Exception):
    """Base of all errors of this library; its text is a single line without invisible characters."""

    def __init__(self, message: str) -> None:
        super().__init__(visible(" ".join(message.splitlines())))


class Refused(AudianError):
    """A rule of this library stopped the operation before anything was written."""


class ApiError(AudianError):
    """The API answered with an error.

    `status` is the HTTP status; `code` and `field` are the API's own words where its body had them.
    """

    def __init__(self, message: str, *, status: int, code: str = "", field: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.field = field


class AccountGone(ApiError):
    """The API itself said that the account does not exist."""


class Unreachable(AudianError):
    """No request reached the API."""


class OutcomeUnknown(AudianError):
    """A write was sent, and neither success nor failure is certain.

    `repeatable` tells whether the same write may be sent again once a read showed that it had no effect, `wait` after
    how many seconds, where the API said so.
    """

    def __init__(self, message: str, *, repeatable: bool, wait: float | None = None) -> None:
        super().__init__(message)
        self.repeatable = repeatable
        self.wait = wait


class Unconfirmed(OutcomeUnknown):
    """A write was sent, and the account could not be read afterwards.

    `observed` is the account as it was before, `overwritten` what the write replaced where it had its effect,
    `unapplied` the paths of what it was to change.
    """

    def __init__(
        self, message: str, *, observed: Mapping[str, Any], overwritten: tuple[Any, ...], unapplied: tuple[Any, ...]
    ) -> None:
        super().__init__(message, repeatable=False)
        self.observed = observed
        self.overwritten = overwritten
        self.unapplied = unapplied


class NotApplied(AudianError):
    """The API accepted a write and holds something else.

    `observed` is the account as it really is, `overwritten` what the write replaced, `unapplied` the paths of what it
    did not change as it should.
    """

    def __init__(
        self, message: str, *, observed: Mapping[str, Any], overwritten: tuple[Any, ...], unapplied: tuple[Any, ...]
    ) -> None:
        super().__init__(message)
        self.observed = observed
        self.overwritten = overwritten
        self.unapplied = unapplied

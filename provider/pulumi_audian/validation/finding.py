"""What is found wrong in a stack file, and where."""

from __future__ import annotations

from typing import NamedTuple


class Position(NamedTuple):
    """A place in a file; line and column count from 1, columns in characters."""

    line: int
    column: int


START = Position(1, 1)


class Finding(NamedTuple):
    """One thing wrong: the account's resource name and its field where it is about one, and a sentence."""

    at: Position
    account: str
    field: str
    message: str

    @property
    def subject(self) -> str:
        """What the finding is about, as `account.field`."""
        return ".".join(filter(None, (self.account, self.field)))

    def __str__(self) -> str:
        return f"{self.subject}: {self.message}" if self.subject else self.message


def about_file(at: Position, message: str) -> Finding:
    """A finding that is about no account."""
    return Finding(at, "", "", message)

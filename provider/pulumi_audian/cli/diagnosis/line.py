"""One thing that was looked at: how it is, and what to do where it is not well."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from pulumi_audian.report.escaping import excerpt

_LONGEST = 500


class Verdict(str, Enum):
    """How a thing is."""

    OK = "ok"
    PROBLEM = "problem"
    UNKNOWN = "unknown"
    """It could not be looked at; another line says why, or the API doesn't tell."""


@dataclass(frozen=True)
class Line:
    """A verdict on a subject, with a remedy where it is a problem."""

    verdict: Verdict
    subject: str
    text: str
    remedy: str = ""

    def __str__(self) -> str:
        said = f"{self.text}; {self.remedy}" if self.remedy else self.text
        return str(excerpt(f"{self.subject}: {said}", _LONGEST))


def ok(subject: str, text: str) -> Line:
    """All is well."""
    return Line(Verdict.OK, subject, text)


def problem(subject: str, text: str, remedy: str = "") -> Line:
    """Something is wrong; an error's own text may hold the remedy."""
    return Line(Verdict.PROBLEM, subject, text, remedy)


def unknown(subject: str, text: str) -> Line:
    """Nothing can be said."""
    return Line(Verdict.UNKNOWN, subject, text)

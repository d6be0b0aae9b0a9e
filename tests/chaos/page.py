"""The part of docs/reliability.md that `make chaos` writes."""

from __future__ import annotations

import re
from pathlib import Path

from tests.chaos.report import Report

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reliability.md"
_PART = re.compile(r"(?<=<!-- begin: make chaos writes this -->\n).*?(?=<!-- end -->)", re.DOTALL)


def part(page: str) -> str:
    """What a run has written into a page; raises `ValueError` where the page has no place for it."""
    found = _PART.search(page)
    if found is None:
        raise ValueError(f"{PAGE.name} has no part that make chaos writes")
    return found[0].strip()


def written(page: str, report: Report) -> str:
    """The page with a report in place of the last one."""
    part(page)
    return _PART.sub(lambda _: f"\n{report.table()}\n\n", page)

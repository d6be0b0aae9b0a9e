"""The part of docs/performance.md that the benchmark writes."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from datetime import datetime, timezone
from importlib import metadata

import psutil

from stacks import CHECKOUT

PAGE = CHECKOUT / "docs" / "performance.md"
_BEGIN = "<!-- The part below is written by `make bench`. -->"
_END = "<!-- The part above is written by `make bench`. -->"


def write(tables: Mapping[str, str]) -> None:
    """Put tables, by their titles, in place of those of the last run."""
    text = PAGE.read_text("utf-8")
    before, _, rest = text.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    PAGE.write_text(f"{before}{_BEGIN}\n\n{render(tables)}\n{_END}{after}", "utf-8")


def render(tables: Mapping[str, str]) -> str:
    """The tables with the machine that they are from."""
    parts = [f"### {title}\n\n{table}\n" for title, table in tables.items()]
    return "\n".join([f"{machine()}\n", *parts])


def machine() -> str:
    """Where and when, and how busy the machine was with other work at the end."""
    load = psutil.getloadavg()[2]
    day = datetime.now(timezone.utc).date().isoformat()
    return (
        f"Measured on {day} with Python {platform.python_version()} and Pulumi {metadata.version('pulumi')}, on "
        f"{os.cpu_count()} cores ({platform.machine()}); the load was {load:.1f} over the last 15 minutes."
    )

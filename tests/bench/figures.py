"""What was measured, and the ratios between it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from contenders import FLOOR
from processes import Usage


@dataclass
class Series:
    """Every run of one operation on one stack; `failure` says in one line why there is none."""

    contender: str
    operation: str
    size: int
    runs: list[Usage] = field(default_factory=list)
    calls: int = 0
    """API calls of one run."""
    failure: str = ""

    @property
    def seconds(self) -> float:
        """The fastest run: what other processes of the machine do only ever adds."""
        return min(usage.seconds for usage in self.runs)

    @property
    def processor_seconds(self) -> float:
        """The fewest seconds of the processors."""
        return self.thriftiest.processor_seconds

    @property
    def thriftiest(self) -> Usage:
        """The run with the fewest seconds of the processors."""
        return min(self.runs, key=lambda usage: usage.processor_seconds)


class Figures:
    """All series of one run of the benchmark, and the size of each stack's state."""

    def __init__(self) -> None:
        self.series: list[Series] = []
        self.state_bytes: dict[tuple[str, int], int] = {}

    def of(self, contender: str, operation: str, size: int) -> Series:
        """The series of one operation on one stack, new where there is none."""
        for series in self.series:
            if (series.contender, series.operation, series.size) == (contender, operation, size):
                return series
        self.series.append(Series(contender, operation, size))
        return self.series[-1]

    def floor(self, series: Series) -> Series:
        """The same of the engine's floor."""
        return self.of(FLOOR, series.operation, series.size)

    def state_bytes_an_account(self, contender: str) -> float | None:
        """What one account more adds to the state, in bytes; None where fewer than two sizes were measured."""
        sizes = {size: total for (name, size), total in self.state_bytes.items() if name == contender}
        least, most = min(sizes, default=0), max(sizes, default=0)
        return (sizes[most] - sizes[least]) / (most - least) if most > least else None

    def sizes(self) -> list[int]:
        """Every number of accounts that was measured."""
        return sorted({series.size for series in self.series})


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table, its first column to the left and all others to the right."""
    titles = list(head)
    lines = [titles, ["---", *("---:" for _ in titles[1:])], *map(list, rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def by_part(processor: Mapping[str, float]) -> str:
    """Seconds of the processors by part: `5.9 + 7.0 + 2.9`."""
    return " + ".join(f"{processor.get(part, 0):.1f}" for part in ("program", "engine", "host"))


def time_table(figures: Figures, operation: str) -> str:
    """A row for each size and contender."""
    rows = []
    for series in sorted((one for one in figures.series if one.operation == operation), key=lambda one: one.size):
        name = f"{series.size:,} · {series.contender}"
        if series.failure:
            rows.append([name, f"fails: {series.failure}", "", "", "", "", ""])
            continue
        floor = figures.floor(series)
        rows.append(
            [
                name,
                f"{series.seconds:.2f}",
                f"{series.seconds / floor.seconds:.2f}",
                f"{series.processor_seconds:.2f}",
                f"{series.processor_seconds / floor.processor_seconds:.2f}",
                by_part(series.thriftiest.processor),
                f"{series.calls:,}",
            ]
        )
    head = ("accounts · by", "seconds", "x floor", "CPU seconds", "x floor", "program + engine + host", "API calls")
    return table(head, rows)


def state_table(figures: Figures, names: Iterable[str]) -> str:
    """Bytes of state that one account more adds."""
    floor = figures.state_bytes_an_account(FLOOR)
    sizes = {name: figures.state_bytes_an_account(name) for name in names}
    rows = [[name, f"{size:,.0f}", f"{size / floor:.2f}"] for name, size in sizes.items() if size and floor]
    return table(("by", "bytes an account", "x floor"), rows)

"""What accounts cost, as ratios to the engine's floor: `make bench` measures, prints, and writes docs/performance.md.

Everything is measured in one run and in turn. The fastest of several rounds counts, and the fewest CPU seconds.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path

import page
import plot
from audian_emulator import Control, Emulator
from comparison import TERRAFORM, Comparison
from contenders import CONTENDERS
from figures import state_table, time_table
from footprint import footprint_table, memory_table
from latency import latency_table

_TITLES = {"preview": "Preview without changes", "up": "First up", "refresh": "Refresh without drift"}


def main() -> None:
    """Measure, print the tables, and put them into the documentation."""
    chosen = _arguments()
    if shutil.which("pulumi") is None:
        raise SystemExit("no pulumi command on PATH: run `make bench`")
    with Emulator.running() as emulator, tempfile.TemporaryDirectory() as directory:
        control = Control(emulator.url)
        comparison = Comparison(control, Path(directory), rounds=chosen.rounds, checkpoints_up_to=chosen.checkpoints)
        for size in chosen.sizes:
            comparison.at(size)
        slow = latency_table(control, Path(directory), chosen.slow)
    figures = comparison.figures
    names = [*(contender.name for contender in CONTENDERS), *([TERRAFORM] if shutil.which("terraform") else [])]
    tables = {
        **{title: time_table(figures, operation) for operation, title in _TITLES.items()},
        "State": state_table(figures, names),
        "Memory of a preview": memory_table(figures),
        "A slow API": slow,
        "Without the engine": footprint_table(max(chosen.sizes)),
    }
    print(page.render(tables))  # noqa: T201 - it is what the command is for
    if not chosen.only_print:
        page.write(tables)
        plot.draw(figures, names)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=[1, 10, 100, 1000], help="numbers of accounts")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each preview; a refresh gets one less")
    parser.add_argument(
        "--checkpoints", type=int, default=100, metavar="SIZE", help="up to which size an up saves each step, as usual"
    )
    parser.add_argument("--slow", type=int, default=200, metavar="SIZE", help="accounts for the slow API")
    parser.add_argument("--only-print", action="store_true", help="leave docs/performance.md as it is")
    return parser.parse_args()


if __name__ == "__main__":
    main()

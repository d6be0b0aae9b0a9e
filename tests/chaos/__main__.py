"""`make chaos`: many batches of schedules, and what came of them on the terminal and in docs/reliability.md."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from tests.chaos.page import PAGE, written
from tests.chaos.report import Report, listed
from tests.chaos.running import BatchRun, Result
from tests.chaos.stories import drawn
from tests.chaos.trace import told

from audian_emulator import Emulator


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=int(time.time()), help="what everything is drawn from")
    parser.add_argument("--batches", type=int, default=18, help="how many stacks go through three phases")
    parser.add_argument("--accounts", type=int, default=60, help="how many accounts a stack has")
    parser.add_argument("--jobs", type=int, default=2, help="how many stacks at once")
    parser.add_argument("--batch", type=int, help="this batch only, with all that its violated accounts went through")
    return parser.parse_args()


def carried_out(seed: int, number: int, accounts: int, *, tells: bool = False) -> Result:
    """The result of one batch, which is run in a directory of its own; `tells` prints what led to violations."""
    with Emulator.running() as emulator, tempfile.TemporaryDirectory() as directory:
        run = BatchRun(drawn(seed, number, accounts), Path(directory), emulator)
        result = run.carried_out()
        bad = {violation.account_id for violation in result.violations}
        for case in run.cases():
            if tells and case.account_id in bad:
                print(told(case))  # noqa: T201 - for whoever looks into it
        return result


def _results(chosen: argparse.Namespace) -> Iterator[Result]:
    with ThreadPoolExecutor(chosen.jobs) as pool:
        futures = [pool.submit(carried_out, chosen.seed, number, chosen.accounts) for number in range(chosen.batches)]
        for future in as_completed(futures):
            yield future.result()


def main() -> int:
    """Run it; the exit code is 1 where anything happened that must not."""
    chosen = _arguments()
    if chosen.batch is not None:
        return _one(chosen)
    report = Report(chosen.seed, chosen.batches, chosen.accounts)
    columns = (
        TextColumn("batch"),
        MofNCompleteColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, disable=not sys.stdout.isatty()) as progress:
        task = progress.add_task("no schedule yet", total=chosen.batches)
        for result in _results(chosen):
            report.add(result)
            progress.update(task, advance=1, description=report.headline())
            lines = list(listed(result, report))
            for line in lines if progress.console.is_terminal else [report.headline(), *lines]:
                progress.console.print(line, markup=False, highlight=False, soft_wrap=True)
    report.minutes = (time.monotonic() - report.started) / 60
    PAGE.write_text(written(PAGE.read_text("utf-8"), report), "utf-8")
    print(report.table())  # noqa: T201 - the report
    return 1 if report.violations else 0


def _one(chosen: argparse.Namespace) -> int:
    result = carried_out(chosen.seed, chosen.batch, chosen.accounts, tells=True)
    report = Report(chosen.seed, 1, chosen.accounts)
    report.add(result)
    print("\n".join([*listed(result, report), report.table()]))  # noqa: T201 - the report
    return 1 if result.violations else 0


if __name__ == "__main__":
    sys.exit(main())

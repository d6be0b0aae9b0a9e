"""Changes the pure core in one place at a time and sees whether a test fails: `python tools/mutation.py [NAME ...]`.

Prints how many of these mutants the tests found, by module, and every one that they did not find. With names, such as
`pulumi_audian.retry.*`, only those are tried again, and what was found of the others stays. `mutmut show NAME` in the
working directory shows what a mutant changes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
WORK = CHECKOUT / ".mutation"
MUTMUT = Path(sys.prefix) / "bin" / "mutmut"
_OUTCOMES = {"killed": "found", "segfault": "found", "timeout": "out of time"}
# Under load Hypothesis would take slowness for a failure, and the mutant for one that was found. A cached model would
# hide which tests depend on the functions that make it. A process that collects the tests again, as mutmut's do, would
# escape the names of their parameters once more: mutmut would not find them, and call that a timeout.
CONFTEST = """import pytest
from hypothesis import settings

from pulumi_audian import models

settings.register_profile("mutation", max_examples=20, derandomize=True, database=None, deadline=None)


@pytest.fixture(autouse=True)
def _new_models():
    models.account_model.cache_clear()


@pytest.hookimpl(tryfirst=True)
def pytest_generate_tests(metafunc):
    for mark in metafunc.definition.iter_markers("parametrize"):
        if mark._param_ids_from:
            object.__setattr__(mark._param_ids_from, "_param_ids_generated", None)
"""


def main() -> int:
    """Run the mutants and print the score; 1 where mutmut itself fails."""
    names = sys.argv[1:]
    _lay_out(anew=not names)
    done = _mutmut("run", "--max-children", str(os.cpu_count() or 1), *names)
    if done.returncode:
        return 1
    listed = _mutmut("results", "--all", "true", capture=True).stdout
    print(rendered(statuses(listed)))
    return 0


def _lay_out(*, anew: bool) -> None:
    # mutmut knows the modules of a package in `src` only.
    if anew:
        shutil.rmtree(WORK, ignore_errors=True)
    for source, target in (("provider/pulumi_audian", "src/pulumi_audian"), ("tests", "tests")):
        shutil.rmtree(WORK / target, ignore_errors=True)
        shutil.copytree(CHECKOUT / source, WORK / target, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(CHECKOUT / "pyproject.toml", WORK)
    (WORK / "conftest.py").write_text(CONFTEST, "utf-8")


def _mutmut(*arguments: str, capture: bool = False) -> subprocess.CompletedProcess[str]:
    command = ["nice", "-n", "19", str(MUTMUT), *arguments]
    return subprocess.run(command, cwd=WORK, text=True, check=False, stdout=subprocess.PIPE if capture else None)


def statuses(listed: str) -> dict[str, str]:
    """By name, what became of each mutant that was tried, from what `mutmut results` lists."""
    pairs = (line.strip().partition(": ") for line in listed.splitlines() if "__mutmut_" in line)
    return {name: status for name, _, status in pairs if status != "not checked"}


def rendered(outcomes: Mapping[str, str]) -> str:
    """The table of modules, and the mutants that no test found or that ran out of time.

    One that ran out of time may be an endless loop, or mutmut could not run its tests: it has no part in the score.
    """
    by_module: dict[str, Counter[str]] = defaultdict(Counter)
    for name, status in outcomes.items():
        by_module[name.split(".")[1]][_OUTCOMES.get(status, "not found")] += 1
    rows = [_row(module, [counted]) for module, counted in sorted(by_module.items())]
    missed = [f"{status}: {name}" for name, status in sorted(outcomes.items()) if _OUTCOMES.get(status) != "found"]
    head = ["| module | found | not found | out of time | score |", "|---|---|---|---|---|"]
    return "\n".join([*head, *rows, _row("all", by_module.values()), "", *missed])


def _row(name: str, counts: Iterable[Counter[str]]) -> str:
    total = sum(counts, Counter[str]())
    found, missed = total["found"], total["not found"]
    return f"| {name} | {found} | {missed} | {total['out of time']} | {100 * found / max(found + missed, 1):.1f} % |"


if __name__ == "__main__":
    sys.exit(main())

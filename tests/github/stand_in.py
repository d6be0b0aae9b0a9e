"""A local GitHub to try `audian ... --github` against: `python tests/github/stand_in.py --port 8765`.

It prints the variables that GitHub's runner would set; http://127.0.0.1:8765/ shows the issues and comments.
"""

from __future__ import annotations

import argparse
import json
import shlex
import signal
import sys
from pathlib import Path
from tempfile import mkdtemp

if __name__ == "__main__":
    # Its neighbours are imported as they are in the tests: from the checkout.
    sys.path[0] = str(Path(__file__).resolve().parents[2])

from tests.github.forge import COMMIT, JOB_TOKEN, PULL_REQUEST, REPOSITORY, Json
from tests.github.serving import StandIn


def payload(*, fork: bool = False, labels: tuple[str, ...] = ()) -> Json:
    """The part of a pull request's event that is read."""
    head = "stranger/accounts" if fork else REPOSITORY
    return {
        "action": "synchronize",
        "pull_request": {
            "number": PULL_REQUEST,
            "head": {"ref": "change", "sha": COMMIT, "repo": {"full_name": head}},
            "base": {"ref": "main", "repo": {"full_name": REPOSITORY}},
            "labels": [{"name": name} for name in labels],
        },
    }


def variables(stand_in: StandIn, directory: Path, event: str = "pull_request") -> dict[str, str]:
    """What the runner sets for a step, its files being in that directory."""
    return {
        "GITHUB_ACTIONS": "true",
        "GITHUB_API_URL": stand_in.api_url,
        "GITHUB_EVENT_NAME": event,
        "GITHUB_EVENT_PATH": str(directory / "event.json"),
        "GITHUB_REPOSITORY": REPOSITORY,
        "GITHUB_RUN_ATTEMPT": "1",
        "GITHUB_RUN_ID": "4711",
        "GITHUB_SERVER_URL": stand_in.url,
        "GITHUB_STEP_SUMMARY": str(directory / "summary.md"),
        "GITHUB_TOKEN": JOB_TOKEN,
    }


def main() -> None:
    """Print the exports for a shell, and serve until SIGINT or SIGTERM."""
    parser = argparse.ArgumentParser(description="A local GitHub with one repository and one pull request.")
    parser.add_argument("--port", type=int, default=0, help="0, the default, takes a free port")
    parser.add_argument("--event", default="pull_request", help="pull_request, schedule, push, ...")
    parser.add_argument("--fork", action="store_true", help="the pull request comes from a fork: its token only reads")
    parser.add_argument("--label", action="append", default=[], help="a label of the pull request; repeat for several")
    parser.add_argument("--directory", type=Path, help="for event.json and summary.md; a new one if left out")
    options = parser.parse_args()
    directory = (options.directory or Path(mkdtemp(prefix="github-stand-in-"))).absolute()
    event = payload(fork=options.fork, labels=tuple(options.label))
    (directory / "event.json").write_text(json.dumps(event), encoding="utf-8")
    stand_in = StandIn(options.port)
    if options.fork:
        stand_in.forge.permissions.clear()
    exports = variables(stand_in, directory, options.event)
    lines = [f"export {name}={shlex.quote(value)}" for name, value in exports.items()]
    sys.stdout.write("\n".join([f"# {stand_in.url}/ shows the issues and comments", *lines, ""]))
    sys.stdout.flush()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    stand_in.serve()


if __name__ == "__main__":
    main()

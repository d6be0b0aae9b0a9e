"""The command line: `python -m audian_emulator`."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from audian_emulator.seed import SeedError, load_seed
from audian_emulator.server import Emulator, ListenError

if TYPE_CHECKING:
    from collections.abc import Sequence


def run(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGINT or SIGTERM; return the exit status, 2 where it cannot start."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _exit)
    options = _parser().parse_args(arguments)
    try:
        emulator = Emulator(load_seed(options.seed), options.host, options.port)
        if options.ready_file:
            _write_whole(options.ready_file, emulator.url)
    except (SeedError, ListenError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except OSError as error:
        sys.stderr.write(f"Ready file {options.ready_file}: {error.strerror}.\n")
        return 2
    sys.stdout.write(f"Audian emulator: {emulator.url}\n")
    sys.stdout.flush()
    emulator.serve()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="audian_emulator", description="A local Audian API.")
    parser.add_argument("--host", default="127.0.0.1", help="IPv4 address to listen on")
    parser.add_argument("--port", type=int, default=0, help="0, the default, takes a free port")
    parser.add_argument("--seed", type=Path, help="JSON file of tokens and accounts")
    parser.add_argument("--ready-file", type=Path, help="file to write the API's URL to")
    return parser


def _exit(*_: object) -> None:
    # uvicorn raises the signal again once it has shut down; its default would end in a traceback.
    raise SystemExit(0)


def _write_whole(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(f"{text}\n", encoding="utf-8")
    draft.replace(path)


if __name__ == "__main__":
    raise SystemExit(run())

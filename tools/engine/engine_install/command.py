"""Print the directory of a working Pulumi engine, to put on PATH.

It is, in this order: the directory of the `pulumi` on PATH; the engine installed earlier in the
user's cache directory; the same, installed now. PULUMI_AUDIAN_ENGINE_SOURCE says how an absent
engine is installed: `official` (the official installer), `go` (built from Go modules, where the
installer's site can't be reached), or `auto` (the default: the first, then the second).
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from engine_install import interruption, modules
from engine_install.errors import InstallError
from engine_install.installation import ensure_installed
from engine_install.interruption import Interrupted
from engine_install.progress import say
from engine_install.staging import Engine

_RELEASES = {"oldest": modules.OLDEST, "newest": modules.NEWEST}


def main() -> int:
    """Run the command and return its exit code; stdout gets the directory and nothing else."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--release", choices=_RELEASES, help="this release, whatever is on PATH")
    release = parser.parse_args().release
    interruption.watch()
    try:
        sys.stdout.write(f"{_engine_directory(release)}\n")
    except (InstallError, OSError) as error:
        say(f"error: {error}")
        return 1
    except Interrupted as interrupted:
        say("interrupted: no Pulumi engine was installed")
        return 128 + interrupted.signum
    return 0


def _engine_directory(release: str | None) -> Path:
    on_path = shutil.which("pulumi")
    if on_path is not None and release is None:
        return Path(on_path).absolute().parent
    engine = Engine.cached(_RELEASES[release or "newest"])
    ensure_installed(engine)
    return engine.programs

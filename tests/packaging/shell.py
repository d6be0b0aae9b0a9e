"""A shell in which commands of the documents are typed as they are printed."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.packaging.environments import UV

from workbench import find_engine

_ANSWERED = {
    "pip install": f"{UV} pip install --quiet --system-certs",  # the same, in a tenth of the time
    "pulumi up": "pulumi up --yes",
    "pulumi destroy": "pulumi destroy --yes",
}


class Shell:
    """A directory in which commands are typed, with an engine and a backend of its own."""

    def __init__(self, directory: Path, filled_in: Mapping[str, str], environment: Mapping[str, str]) -> None:
        """`filled_in` says what stands in the place of a placeholder of the documents, such as a path."""
        self.directory = directory
        self._replaced = {**_ANSWERED, **filled_in}
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("AUDIAN_", "PYTHON"))},
            "PATH": os.pathsep.join([str(find_engine()), os.environ["PATH"]]),
            "PULUMI_BACKEND_URL": f"file://{directory.parent}",
            "PULUMI_CONFIG_PASSPHRASE": "",
            "PULUMI_SKIP_UPDATE_CHECK": "1",
            **environment,
        }

    def type(self, console: str) -> str:
        """What the commands of a block print, in the environment that the first of them made; questions get a yes.

        What a command left running in the background ends with the last of them.
        """
        commands = console.removeprefix("$ ").replace("\n$ ", "\n")
        for printed, typed in self._replaced.items():
            commands = commands.replace(printed, typed)
        activated = "if [ -d .venv ]; then . .venv/bin/activate; fi"
        done = subprocess.run(
            ["bash", "-ec", f"trap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n{activated}\n{commands}"],
            cwd=self.directory,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

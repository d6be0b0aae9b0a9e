"""Run the Pulumi SDK's own CLI installer: `python -m engine_install.download ROOT VERSION`.

A process of its own, because the SDK's installer has no timeout and no way to stop its script.
"""

from __future__ import annotations

import subprocess
import sys
from urllib.error import URLError

from pulumi.automation import PulumiCommand
from semver import VersionInfo


def main(root: str, version: str) -> int:
    """Install the CLI into root/bin; on failure, print the installer's output or the reason."""
    try:
        PulumiCommand.install(root=root, version=VersionInfo.parse(version))
    except subprocess.CalledProcessError as error:
        sys.stdout.write(error.output.decode(errors="replace"))
        return 1
    except URLError as error:
        sys.stdout.write(f"could not be reached: {error.reason}\n")
        return 1
    except Exception as error:  # noqa: BLE001 - the SDK documents no error types
        sys.stdout.write(f"{type(error).__name__}: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

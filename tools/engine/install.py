"""Print the directory of a working Pulumi engine, installing one when there is none."""

from __future__ import annotations

import sys

from engine_install.command import main

if __name__ == "__main__":
    sys.exit(main())

"""The engine tests' workbench is what the chaos suite runs its commands on."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))

"""Builds the documentation site: python -m tools.docs.build [DIRECTORY], where `site/` is then the site.

The pages are put together first, from `docs/`, other files of the repository, and code; the builder reads only those.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from tools.docs.pages import CHECKOUT, Site


def build(directory: Path) -> Path:
    """Build the site below a directory and return where it is.

    Raises `subprocess.CalledProcessError` where the builder has a warning, which it has printed.
    """
    shutil.rmtree(directory / "docs", ignore_errors=True)
    for place, content in Site().contents().items():
        file = directory / "docs" / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    settings = directory / "mkdocs.yml"
    settings.write_bytes((CHECKOUT / "mkdocs.yml").read_bytes())
    run(settings)
    return directory / "site"


def run(settings: Path) -> None:
    """Run the site's builder, which takes a warning for an error."""
    builder = Path(sys.executable).parent / "zensical"
    subprocess.run([builder, "build", "--clean", "--strict", "--config-file", settings], check=True)


if __name__ == "__main__":
    try:
        print(build(Path(sys.argv[1]) if len(sys.argv) > 1 else CHECKOUT / "dist"))
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)

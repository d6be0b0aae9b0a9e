"""Builds the documentation site: python -m tools.docs.build [DIRECTORY], where `site/` is then the site.

The pages are put together first, from `docs/`, other files of the repository, and code; the builder reads only those.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from tools.docs.pages import CHECKOUT, Site

from pulumi_audian import __version__

THEME = Path(__file__).with_name("theme")


def build(directory: Path) -> Path:
    """Build the site below a directory and return where it is.

    Raises `subprocess.CalledProcessError` where the builder has a warning, which it has printed.
    """
    shutil.rmtree(directory / "docs", ignore_errors=True)
    for place, content in Site().contents().items():
        file = directory / "docs" / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    shutil.copytree(THEME, directory / "theme", dirs_exist_ok=True)
    settings = directory / "mkdocs.yml"
    settings.write_text((CHECKOUT / "mkdocs.yml").read_text("utf-8").replace("VERSION", __version__), "utf-8")
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

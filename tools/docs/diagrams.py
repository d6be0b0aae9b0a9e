"""Draws the Mermaid diagrams of the pages once, because a site that draws them itself loads a script from elsewhere.

Run as python -m tools.docs.diagrams after a diagram was changed. Needs npm with its registry, and Chromium.
"""

from __future__ import annotations

import html
import subprocess
import tarfile
import tempfile
from pathlib import Path

from tools.docs.markdown import blocks
from tools.docs.pages import CHECKOUT, Site, diagram

MERMAID = "mermaid@11.17.2"
_PAGE = (
    "<!doctype html><meta charset=utf-8><pre class=mermaid>%s</pre><script src=mermaid.js></script><script>"
    "mermaid.initialize({startOnLoad: true, deterministicIds: true, htmlLabels: false, theme: 'neutral', "
    "fontFamily: 'sans-serif'})</script>"
)
_CHROMIUM = (
    "chromium",
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--virtual-time-budget=20000",
    "--dump-dom",
)


def sources() -> set[str]:
    """The diagrams of all pages."""
    texts = ((CHECKOUT / page.source).read_text("utf-8") for page in Site().written.values())
    return {source for text in texts for source in blocks(text, "mermaid")}


def drawn(source: str, directory: Path) -> str:
    """A diagram as SVG on a white ground, made by Chromium with the script in a directory."""
    page = directory / "page.html"
    page.write_text(_PAGE % html.escape(source), "utf-8")
    command = [*_CHROMIUM, f"--user-data-dir={directory / 'profile'}", page.as_uri()]
    dom = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True).stdout
    svg = dom[dom.index("<svg") : dom.rindex("</svg>") + len("</svg>")]
    return svg.replace("<br>", "<br/>").replace('style="', 'style="background-color: white; ', 1) + "\n"


def main() -> None:
    """Draw what has no picture yet, and remove pictures that no page shows."""
    pictures = {CHECKOUT / diagram(source): source for source in sources()}
    for outdated in {*(CHECKOUT / "docs" / "pictures").glob("diagram-*.svg")} - pictures.keys():
        outdated.unlink()
    with tempfile.TemporaryDirectory(prefix="audian-diagrams-") as name:
        directory = Path(name)
        subprocess.run(["npm", "pack", "--silent", MERMAID], cwd=directory, stdout=subprocess.DEVNULL, check=True)
        with tarfile.open(next(directory.glob("*.tgz"))) as package:
            script = package.extractfile("package/dist/mermaid.min.js")
            (directory / "mermaid.js").write_bytes(script.read() if script else b"")
        for picture, source in pictures.items():
            picture.write_text(drawn(source, directory), "utf-8")


if __name__ == "__main__":
    main()

"""The built site: complete, without broken links, and without anything that is loaded from elsewhere."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from tests.docs.built import NEEDS_BUILDER, BuiltPage
from tests.docs.documents import PROMPT, examples
from tools.docs.build import run
from tools.docs.diagrams import sources
from tools.docs.pages import CHECKOUT, GENERATED, Site, diagram

import pulumi_audian

SETTINGS: dict[str, Any] = yaml.safe_load((CHECKOUT / "mkdocs.yml").read_text("utf-8"))
PLACES = {*Site().written, *GENERATED}
LOADED_BY_STYLES = re.compile(r"(?:url\(|@import )[\"']?(?:https?:)?//[^)\"']+")
LOADED_BY_SCRIPT = {"mermaid", "glightbox", "source"}
"""Elements and components for which the script of the builder's theme fetches something from elsewhere."""

CLICK_EVERY_COPY_BUTTON = """
<script>
addEventListener("load", () => setTimeout(() => {
  const copied = []
  document.execCommand = () => copied.push(document.activeElement.value)
  document.querySelectorAll("[data-md-type=copy]").forEach(button => button.click())
  document.title = "copied " + btoa(JSON.stringify(copied))
}, 1000))
</script>
"""
"""Added to a built page: tells in the page's title, in base64, what goes to the clipboard."""


def places(nav: Any) -> Iterator[str]:
    """Every page that a part of the navigation names."""
    if isinstance(nav, str):
        yield nav
    for entry in nav.values() if isinstance(nav, dict) else nav if isinstance(nav, list) else ():
        yield from places(entry)


def pages(site: Path) -> dict[Path, BuiltPage]:
    """The built pages by their files."""
    return {file: BuiltPage(file) for file in site.rglob("*.html")}


def test_every_page_is_built(site: Path) -> None:
    """A strict build, which any warning of the builder would have ended, made a file of each page."""
    built = {file.relative_to(site).as_posix() for file in site.rglob("*.html")}
    assert built - {"404.html"} == {place.replace(".md", ".html") for place in PLACES}


@NEEDS_BUILDER
def test_a_warning_ends_the_build(tmp_path: Path) -> None:
    """A link to an anchor that does not exist is enough."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text("# Home\n\n[there](#nowhere)\n", "utf-8")
    (tmp_path / "mkdocs.yml").write_text("site_name: broken\n", "utf-8")
    with pytest.raises(subprocess.CalledProcessError):
        run(tmp_path / "mkdocs.yml")


def test_every_page_is_in_the_navigation_once() -> None:
    """A new file in docs is not forgotten: add it under nav in mkdocs.yml."""
    listed = list(places(SETTINGS["nav"]))
    assert sorted(listed) == sorted(PLACES)


def test_every_link_leads_somewhere(site: Path) -> None:
    """Also those to files that are no pages, and to anchors that the builder made of docstrings."""
    built = pages(site)
    broken = set()
    for file, page in built.items():
        for link in page.links | page.loaded:
            parts = urlsplit(link)
            if parts.scheme or file.name == "404.html":
                continue
            target = (file.parent / unquote(parts.path)).resolve() if parts.path else file
            anchors = built[target].anchors if target in built else {""}
            if not target.exists() or unquote(parts.fragment) not in anchors:
                broken.add((file.relative_to(site).as_posix(), link))
    assert broken == set()


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    """No script, style, font or picture of another host."""
    loaded = {link for page in pages(site).values() for link in page.loaded}
    assert {link for link in loaded if urlsplit(link).netloc} == set()
    styles = [file.read_text("utf-8") for file in [*site.rglob("*.css"), *site.rglob("*.html")]]
    assert {url for text in styles for url in LOADED_BY_STYLES.findall(text)} == set()
    classes = {name for page in pages(site).values() for name in page.classes}
    components = {name for page in pages(site).values() for name in page.components}
    assert (classes | components) & LOADED_BY_SCRIPT == set()


def test_every_page_names_the_version_and_the_repository(site: Path) -> None:
    """In its header."""
    built = pages(site)
    stated = f"pulumi-audian {pulumi_audian.__version__}"
    assert [file for file, page in built.items() if SETTINGS["repo_url"] not in page.links] == []
    assert [file for file, page in built.items() if stated not in page.text] == []


@pytest.mark.parametrize("place", ["index", "how-to/check-stack-files"])
def test_the_copy_button_takes_commands_alone(site: Path, tmp_path: Path, place: str) -> None:
    """Neither prompts nor what a command printed."""
    if shutil.which("chromium") is None:
        pytest.skip("no Chromium on this machine, which runs the theme's script")
    shutil.copytree(site, tmp_path / "site")
    page = tmp_path / "site" / f"{place}.html"
    with page.open("a", encoding="utf-8") as file:
        file.write(CLICK_EVERY_COPY_BUTTON)
    options = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
    profile = f"--user-data-dir={tmp_path / 'profile'}"
    command = ["chromium", *options, profile, "--virtual-time-budget=10000", "--dump-dom", page.as_uri()]
    dom = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True).stdout
    found = re.search(r"<title>copied (.*?)</title>", dom)
    assert found
    copied = json.loads(base64.b64decode(found[1]))
    source = Site().written[f"{place}.md"].source
    printed = ["\n".join(PROMPT.findall(one.text)) for one in examples("console") if one.source == source]
    assert [text for text in copied if text in printed] == printed
    assert [text for text in copied if "$ " in text] == []


def test_the_search_knows_every_page(site: Path) -> None:
    """The index is part of the site."""
    index = json.loads((site / "search.json").read_text("utf-8"))
    found = {item["location"].partition("#")[0] for item in index["items"]}
    assert {place.replace(".md", ".html") for place in PLACES} - found == set()


def test_every_diagram_has_its_picture() -> None:
    """`python -m tools.docs.diagrams` was run after the last change of a diagram, and left no old picture."""
    kept = {path.relative_to(CHECKOUT).as_posix() for path in (CHECKOUT / "docs" / "pictures").glob("diagram-*")}
    assert kept == set(map(diagram, sources()))


@NEEDS_BUILDER
def test_the_build_is_one_command(tmp_path: Path) -> None:
    """`python -m tools.docs.build` says where the site is."""
    command = [sys.executable, "-m", "tools.docs.build", str(tmp_path)]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, str(tmp_path / "site")), done.stderr

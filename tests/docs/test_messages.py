"""docs/messages.md against the code: it has the words of every message, and none that nothing says."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tools.docs import reference
from tools.docs.pages import CHECKOUT

PACKAGE = CHECKOUT / "provider" / "pulumi_audian"
PAGE = (CHECKOUT / "docs" / "messages.md").read_text("utf-8")
README = (CHECKOUT / "README.md").read_text("utf-8").partition("## What an error means")[2]
FEWEST_WORDS = 3
ELSEWHERE = ("report/", "export/", "cli/diagnosis/", "fields.py")
"""Reports, the comments in exports, and the lines of `audian doctor`, which explain themselves; rules have a page."""

NO_MESSAGES = (
    "## Audian: no preview of this pull request",  # the job summary
    "> [!WARNING] > This report was cut",  # the job summary
    "<!-- commit",  # a hidden line of a comment
    "Live Audian accounts differ from code",  # the label of an issue
    "Live settings agree with code again.",  # a comment on an issue
    "(known after apply)",  # a value
    "has no attribute",  # what Python says
    "all is well",  # the end of `audian doctor`
    "nothing wrong found",  # the same
    "(?",  # patterns
)
"""How texts begin that are said otherwise than as a message."""


def modules() -> dict[str, Path]:
    """The modules that have messages, by their place in the package."""
    found = {path.relative_to(PACKAGE).as_posix(): path for path in sorted(PACKAGE.rglob("*.py"))}
    return {name: path for name, path in found.items() if not name.startswith(ELSEWHERE)}


def descriptions(tree: ast.AST) -> Iterator[ast.AST]:
    """Every docstring, and every text that describes an option of the command line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value
        if isinstance(node, ast.keyword) and node.arg in {"help", "metavar", "short_help"}:
            yield from ast.walk(node.value)


def fixed_words(module: Path, fewest: int = FEWEST_WORDS) -> set[str]:
    """The fixed parts, of some words each, of all texts in a module that may be part of a message."""
    tree = ast.parse(module.read_text("utf-8"))
    left_out = set(descriptions(tree))
    constants = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and node not in left_out]
    texts = {" ".join(node.value.split()) for node in constants if isinstance(node.value, str)}
    return {trimmed(text) for text in texts if not text.startswith(NO_MESSAGES) and has_words(text, fewest)}


def trimmed(text: str) -> str:
    """A text without what joins it to its neighbours, and without its own placeholders."""
    return re.sub(r"\{\w+\}$", "", text).strip(" .,:;()`'\"*#?[]")


def has_words(text: str, fewest: int = FEWEST_WORDS) -> bool:
    """Whether a text is long enough to be told from others."""
    return len([word for word in text.split() if re.search("[A-Za-z]", word)]) >= fewest


def listed(text: str) -> set[str]:
    """The messages in the first column of a text's tables."""
    cells = [line.split(" | ")[0] for line in text.splitlines() if line.startswith("| `")]
    return {message for cell in cells for found in re.findall(r"``(.+?)``|`([^`]+)`", cell) for message in found}


@pytest.mark.parametrize("module", modules())
def test_every_message_is_listed(module: str) -> None:
    """A message that is new or reworded is written to docs/messages.md too, word for word between the placeholders."""
    known = f"{PAGE} {reference.settings_page()} {reference.fields_page()}"
    assert {words for words in fixed_words(modules()[module]) if words not in known} == set()


def test_no_message_is_listed_that_nothing_says() -> None:
    """What was removed from the code, or reworded, does not stay on the page."""
    files = [*modules().values(), PACKAGE / "fields.py", CHECKOUT / "__main__.py"]
    said = {words for file in files for words in fixed_words(file, fewest=2)}
    messages = {message for message in listed(PAGE) if has_words(message)}
    assert {message for message in messages if not any(words in message for words in said)} == set()


def test_readme_says_the_same() -> None:
    """Each message of its short list, which has example values in it, is on the page."""
    messages = {message for message in listed(README) if has_words(message)}
    assert {message for message in messages if not any(words in PAGE for words in windows(message))} == set()


def windows(text: str) -> list[str]:
    """All that stands side by side in a text, some words at a time."""
    words = text.split()
    return [" ".join(words[at : at + FEWEST_WORDS]) for at in range(len(words) - FEWEST_WORDS + 1)]

"""What the site does to Markdown that GitHub shows as it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from tools.docs import markdown
from tools.docs.pages import ELSEWHERE, Site

LIST = "1. One:\n\n   ```console\n   $ make\n   ```\n\n2. Two,\n   still two.\n\nAfter:\n\n   code"


def test_a_section_gets_other_words_with_all_below_it() -> None:
    """Up to the next heading of its own level; a comment in code is no heading."""
    text = "# A\n\n## B\n\nold\n\n### C\n\nolder\n\n```sh\n## B\n```\n\n## D\n\nkept"
    assert markdown.with_sections(text, {"B": "new"}) == "# A\n\n## B\n\nnew\n\n## D\n\nkept"


def test_a_section_that_is_not_there_is_an_error() -> None:
    """A heading that was renamed is not lost in silence."""
    with pytest.raises(LookupError, match="B"):
        markdown.with_sections("# A\n\n```sh\n# B\n```\n", {"B": "new"})


@pytest.mark.parametrize(
    ("text", "moved"),
    [
        ("[a](b.md)", "[a](x/b.md)"),
        ("[a](b.md#c) and ![d](e.png)", "[a](x/b.md#c) and ![d](x/e.png)"),
        ("[a](#c)", "[a](#c)"),
        ("[a](https://example.com/b.md)", "[a](https://example.com/b.md)"),
        ("```\n[a](b.md)\n```", "```\n[a](b.md)\n```"),
        ("   ```\n[a](b.md)\n   ```\n[a](b.md)", "   ```\n[a](b.md)\n   ```\n[a](x/b.md)"),
    ],
)
def test_relative_links_are_moved(text: str, moved: str) -> None:
    """Anchors stay, and so does all that is no link of the repository."""
    assert markdown.with_links(text, lambda link: f"x/{link}") == moved


def test_what_belongs_to_a_numbered_item_is_indented_further() -> None:
    """Python-Markdown, which the builder uses, asks for four spaces."""
    deep = markdown.with_deep_lists(LIST)
    assert deep == ("1. One:\n\n    ```console\n    $ make\n    ```\n\n2. Two,\n    still two.\n\nAfter:\n\n   code")


def test_blocks_are_found_at_any_indentation() -> None:
    """Without the indentation of the list that they are in."""
    assert markdown.blocks(LIST, "console") == ["$ make\n"]
    assert markdown.blocks("```yaml\na: 1\n\nb: 2\n```\n```json\n{}\n```\n", "yaml") == ["a: 1\n\nb: 2\n"]


def test_diagrams_become_pictures() -> None:
    """Other code stays."""
    text = "```mermaid\na-->b\n```\n\n```text\nc\n```"
    assert markdown.with_pictures(text, lambda source: f"<{source.strip()}>") == "<a-->b>\n\n```text\nc\n```"


def test_a_link_that_leads_nowhere_is_an_error(checkout: Path) -> None:
    """The error names the link."""
    (checkout / "docs" / "page.md").write_text("[gone](../gone.md)", "utf-8")
    with pytest.raises(LookupError, match=r"gone\.md"):
        Site(checkout).contents()


def test_a_file_that_is_linked_becomes_part_of_the_site(checkout: Path) -> None:
    """Also one outside of docs."""
    (checkout / "docs" / "page.md").write_text("[a](../policy/README.md#b), [c](../.github/c.yml)", "utf-8")
    (checkout / ".github").mkdir()
    (checkout / ".github" / "c.yml").write_text("c: 1", "utf-8")
    contents = Site(checkout).contents()
    assert contents["page.md"] == b"[a](policy-pack.md#b), [c](github/c.yml)"
    assert contents["github/c.yml"] == b"c: 1"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository with all that the site expects outside of docs."""
    for page in ELSEWHERE.values():
        (tmp_path / page.source).parent.mkdir(exist_ok=True)
        (tmp_path / page.source).write_text("\n".join(f"# {heading}" for heading in page.replaced), "utf-8")
    (tmp_path / "docs").mkdir()
    return tmp_path

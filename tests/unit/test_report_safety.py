"""No text that a stranger wrote has any effect in a rendering, and what is shown of it is what was written."""

from __future__ import annotations

import io
import json
import re

import pytest
from hypothesis import example, given, settings
from rich.console import Console
from tests.unit.rendered import Element, rendered
from tests.unit.report_samples import HARMFUL
from tests.unit.report_texts import NASTY, REPORTS, TEXTS

from pulumi_audian.legible import visible
from pulumi_audian.report import annotations as commands
from pulumi_audian.report import document, markdown, terminal, wording
from pulumi_audian.report.escaping import code, excerpt, fenced, prose
from pulumi_audian.report.model import Report

# What GitHub makes something of in text that is not code: mentions, references, commits, emoji, formulas, addresses.
LINKED = re.compile(
    r"@\w|#\d|\b[a-z]+-\d|\b(?=\w*\d)[0-9a-f]{7,40}\b|:[a-z0-9_+-]+:|\$.*\$|://|www\.\w|\w@\w|mailto:\w", re.IGNORECASE
)
# What GitHub's runner carries out: the first wherever it stands, the second at the start of a line.
COMMAND = re.compile(r"##\[|^\s*::", re.MULTILINE)
ELEMENTS = {
    *("h2", "h3", "h4", "p", "ul", "li", "blockquote", "pre", "code", "strong", "span"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}


def check_value(text: str) -> None:
    """A value takes one cell, as code without markup in it, and says what it says."""
    page = rendered(f"| a | b |\n| --- | --- |\n| {code(text)} | x |")
    assert [cell.text for cell in page.all("td")] == [str(excerpt(text)), "x"]
    assert {element.tag for element in page.all()} <= {"table", "thead", "tbody", "tr", "th", "td", "code", "span"}


def check_message(text: str) -> None:
    """A message in a list is one line of plain text in which GitHub finds nothing to link."""
    page = rendered(f"- Note: {prose(text)}.")
    (item,) = page.all("li")
    assert item.text == f"Note: {excerpt(text, 500)}."
    assert {element.tag for element in page.all()} <= {"ul", "li", "span"}
    assert [loose for loose in page.loose_texts() if LINKED.search(loose)] == []


@pytest.mark.parametrize("nasty", NASTY)
def test_each_text_with_a_meaning_loses_it(nasty: str) -> None:
    """What means something to Markdown or to GitHub is read as it was written, wherever it stands."""
    for text in (nasty, f"x {nasty} y", f"({nasty}", nasty * 2, f"a{nasty}1"):
        check_value(text)
        check_message(text)


@given(TEXTS)
def test_any_text_is_read_as_it_was_written(text: str) -> None:
    """Texts put together of such pieces have no effect either."""
    check_value(text)
    check_message(text)


@given(TEXTS)
@example("```\n````\n")
def test_nothing_ends_a_code_block(text: str) -> None:
    """A block holds all lines of a text, and is one element whatever they are."""
    page = rendered(f"{fenced(text, 1_000)}\n\nafter")
    assert [element.tag for element in page.all()] == ["pre", "code", "p"]
    block, _, after = page.all()
    assert after.text == "after"
    assert [line for line in block.text.split("\n")[:-1] if visible(line) != line] == []
    assert not COMMAND.search(block.text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\u202eb", "a\\u202eb"),
        ("a\u200b\ufeff", "a\\u200b\\ufeff"),
        ("\u3164\u2800\u115f", "\\u3164\\u2800\\u115f"),
        ("❤\ufe0f\U000e0101", "❤\\ufe0f\\U000e0101"),
        ("a\u00a0b\u3000", "a\\xa0b\\u3000"),
        ("\x00\x1b\n\r\t\x85", "\\x00\\x1b\\n\\r\\t\\x85"),
        ("\ud800", "\\ud800"),
        ("é ß 日本 👍 مرحبا", "é ß 日本 👍 مرحبا"),
    ],
)
def test_what_can_not_be_seen_is_shown(text: str, shown: str) -> None:
    """Control, bidi, zero-width and blank characters, and lone surrogates, are escapes; letters and emoji stay."""
    assert visible(text) == shown


@given(TEXTS)
def test_what_is_visible_is_kept_and_the_rest_is_told_apart(text: str) -> None:
    """Only characters that can't be seen become escapes, and from those the text can be restored."""
    shown = visible(text)
    assert shown.isprintable()
    if text.isascii() and text.isprintable():
        assert shown == text
    if "\\" not in text:
        assert shown.encode("raw_unicode_escape").decode("unicode_escape") == text


@given(REPORTS)
@example(HARMFUL)
@settings(deadline=None)
def test_any_report_has_the_shape_of_one(report: Report) -> None:
    """Whatever the texts, there are only our elements, without attributes, one row for each field, and no links."""
    text = markdown.render(report)
    assert not COMMAND.search(text)
    page = rendered(text)
    elements = list(page.all())
    assert {element.tag for element in elements} <= ELEMENTS
    assert [element.tag for element in elements if element.attributes not in ({}, {"lang": "text"})] == []
    assert [loose for loose in page.loose_texts() if LINKED.search(loose)] == []
    assert sorted(map(cells, page.all("table"))) == sorted(expected_cells(report))


def cells(table: Element) -> list[tuple[str, ...]]:
    """The values of a table, without its header and without what is said beside a field."""
    return [tuple(cell.text for cell in row.all("td"))[1:] for row in table.all("tr")][1:]


def expected_cells(report: Report) -> list[list[tuple[str, ...]]]:
    """The live and declared values of each account that has any, a change of status first."""
    accounts = [account for stack in report.stacks for account in stack.changed if account.rows]
    return [
        [
            tuple(map(str, wording.compared(row)))
            for row in sorted(account.rows, key=lambda row: row.switches, reverse=True)
        ]
        for account in accounts
    ]


@given(REPORTS)
@example(HARMFUL)
@settings(deadline=None)
def test_no_rendering_commands_the_runner(report: Report) -> None:
    """Neither the terminal nor the JSON has anything that GitHub's runner carries out; annotations have just theirs."""
    for width, brief in ((40, False), (120, False), (40, True)):
        console = Console(file=io.StringIO(), width=width, force_terminal=False)
        terminal.render(report, console, brief=brief)
        printed = console.file.getvalue()  # type: ignore[attr-defined] # it is the StringIO above
        assert not COMMAND.search(printed)
        assert all(line.isprintable() for line in printed.split("\n"))
    assert not COMMAND.search(document.to_json(report))
    assert json.loads(document.to_json(report))["version"] == 2
    for line in commands.render(report):
        assert re.fullmatch(r"::(error|warning|notice) (file=[^:,]*,line=\d+,)?title=[^:,]*::.*", line)
        assert line.isprintable()
        assert re.search(r"%(?!25|0A|2C|3A)", line) is None

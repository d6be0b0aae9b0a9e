"""Any report, with texts that mean something to one of its readers in every place."""

from __future__ import annotations

from typing import TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from pulumi_audian.records import Mark, Marked, Plain
from pulumi_audian.report.model import (
    Account,
    Action,
    Effect,
    Note,
    Others,
    Place,
    Problem,
    Purpose,
    Report,
    Row,
    Severity,
    Stack,
)

T = TypeVar("T")

NASTY = (
    "`", "``", "```", "~~~", "|", "\\|", "\\", "\n", "\r", "\n\n", "    ", "\t", " ", "<", ">", "</code>",
    "</td>", "<!--", "-->", "<script>", "<img src=x onerror=alert(1)>", "&", "&lt;", "&#124;", "@everyone",
    "@org/team", "a@b.example", "#1", "GH-1", "gh-2", "org/repo#3", "0123456789abcdef", "https://evil.example/",
    "http://", "www.evil.example", "WWW.evil.example", "ftp://x.example", "mailto:a@b.example",
    "xmpp:a@b.example", "://", "[x](y)", "![x](y)", "[^1]", "[x]: y", "- ", "* ", "+ ", "1. ", "> ", "# ",
    "---", "===", "***x***", "_x_", "_x_0123456789abcdef", "__x__", "_", "~~x~~", ":tada:",
    "$x$", "$$", "\u202e", "\u200b", "\x00", "\x1b[31m", "\ud800", "\ufeff", "\u2028", "\u3164", "❤️", "👩‍💻", "é",
    "::error::x", " ::error::x", "##[error]x", "##", "[error]", "| --- |", "%0A", "%", ",", "TICKET-123",
)  # fmt: skip
"""Texts that mean something to one of the readers of a report."""

TEXTS: SearchStrategy[str] = st.lists(st.sampled_from(NASTY) | st.text(max_size=8), max_size=6).map("".join)
_PLACES = st.none() | st.builds(Place, TEXTS, st.integers(1, 10**6))
_SHOWN = st.builds(Plain, TEXTS | st.lists(TEXTS, max_size=2)) | st.builds(Marked, st.sampled_from(Mark))
_ROWS = st.builds(Row, TEXTS | st.just("status"), _SHOWN, _SHOWN, st.sampled_from(Effect), _PLACES)
_NOTES = st.builds(Note, TEXTS, st.sampled_from(Severity), _PLACES)
_PROBLEMS = st.builds(Problem, TEXTS, TEXTS, _PLACES)


def _few(items: SearchStrategy[T]) -> SearchStrategy[tuple[T, ...]]:
    return st.lists(items, max_size=2).map(tuple)


_ACCOUNTS = st.builds(
    Account,
    TEXTS,
    TEXTS,
    TEXTS,
    st.sampled_from(Action),
    st.booleans(),
    _few(_ROWS),
    _few(_NOTES),
    _few(_PROBLEMS),
    _PLACES,
)
_STACKS = st.builds(
    Stack,
    TEXTS,
    TEXTS,
    _few(_ACCOUNTS),
    st.integers(0, 3),
    st.integers(0, 3),
    _few(st.builds(Others, TEXTS, TEXTS, st.integers(1, 3))),
    _few(_NOTES),
    st.none() | TEXTS,
)
REPORTS = st.builds(Report, st.sampled_from(Purpose), _few(_STACKS))
"""Reports of up to two of everything."""

"""The hidden first line by which a text is found again."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_audian.cli.github.marker import has_marker, marked, marker, same_text

HEAD, TAIL = "<!-- pulumi-audian: ", " -->"
keys = st.text(st.characters(exclude_categories=()) | st.sampled_from("-->!\n\r% /"), max_size=80)


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("preview acme/production", "preview acme/production"),
        ("preview acme/a-b_c.d", "preview acme/a-b_c.d"),
        ("a--b", "a%2D%2Db"),
        ("a%2D%2Db", "a%252D%252Db"),
        ("x --> <b>", "x %2D%2D%3E %3Cb%3E"),
        ("a\nb", "a%0Ab"),
        ("ü", "%C3%BC"),
        ("\ud800", "%ED%A0%80"),
    ],
)
def test_the_marker_reads_as_the_key(key: str, text: str) -> None:
    """Ordinary names stand as they are, whatever could end the comment is encoded."""
    assert marker(key) == f"{HEAD}{text}{TAIL}"


@given(keys)
def test_no_key_breaks_out(key: str) -> None:
    """The marker is one line of ASCII, is ended by its own end only, and holds the whole key."""
    text = marker(key)
    assert text.isascii()
    assert text.isprintable()
    inside = text.removeprefix(HEAD).removesuffix(TAIL)
    assert not {"<", ">"} & set(inside)
    assert "--" not in inside
    assert inside.startswith("sha256:") or unquote(inside, errors="surrogatepass") == key


def test_a_long_key_is_hashed() -> None:
    """A marker stays short, and differs for keys that differ far behind."""
    one, other = marker("a" * 5000 + "b"), marker("a" * 5000 + "c")
    assert len(one) < 120
    assert one != other


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("<!-- pulumi-audian: k -->\ntext", True),
        ("<!-- pulumi-audian: k -->\r\ntext", True),
        ("<!-- pulumi-audian: k -->", True),
        (None, False),
        ("", False),
        (" <!-- pulumi-audian: k -->\ntext", False),
        ("> <!-- pulumi-audian: k -->\ntext", False),
        ("\n<!-- pulumi-audian: k -->\ntext", False),
        ("<!-- pulumi-audian: k --> text", False),
        ("<!-- pulumi-audian: k2 -->\ntext", False),
        ("text\n<!-- pulumi-audian: k -->", False),
    ],
)
def test_only_the_very_first_line_counts(body: str | None, found: bool) -> None:  # noqa: FBT001
    """A quoted marker, and that of another key, is none."""
    assert has_marker(body, "k") is found


@given(keys, keys)
def test_a_marked_body_is_found_by_its_key_only(key: str, other: str) -> None:
    """Different keys never find each other's text."""
    assert has_marker(marked(key, "text"), other) is (key == other)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("a\r\nb\r\n", "a\nb", True),
        ("a\nb", "a\nb\n\n", True),
        ("a\n\nb", "a\nb", False),
        ("a b", "a  b", False),
        (None, "", True),
        (None, "a", False),
    ],
)
def test_line_ends_are_no_difference(one: str | None, other: str, same: bool) -> None:  # noqa: FBT001
    """What GitHub does to line ends and at the end of a text is not a change."""
    assert same_text(one, other) is same

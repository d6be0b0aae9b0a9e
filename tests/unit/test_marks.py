"""The engine's marks: each text of an account reaches the engine as a text, and comes back as it was."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi.runtime import rpc

from pulumi_audian.marks import KEY, UNKNOWN_TEXTS, escaped, unescaped

UNKNOWN = UNKNOWN_TEXTS[0]
TEXTS = st.sampled_from([KEY, *UNKNOWN_TEXTS, "x", "\\", ""]).flatmap(
    lambda text: st.sampled_from([text, f"\\{text}", f"\\\\{text}", f"{text}.", f" {text}"])
)
DOCUMENTS: st.SearchStrategy[Any] = st.recursive(
    TEXTS | st.none() | st.booleans() | st.integers(0, 9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
)


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        pytest.param("text", "text", id="a text"),
        pytest.param("\\text", "\\text", id="a text with a backslash"),
        pytest.param(UNKNOWN, f"\\{UNKNOWN}", id="an unknown"),
        pytest.param(f"\\{UNKNOWN}", f"\\\\{UNKNOWN}", id="one that looks escaped"),
        pytest.param(f"see {UNKNOWN}", f"see {UNKNOWN}", id="a text about an unknown"),
        pytest.param({KEY: "x", "a": [{KEY: 1}]}, {f"\\{KEY}": "x", "a": [{f"\\{KEY}": 1}]}, id="keys at any depth"),
        pytest.param([UNKNOWN, 1, None, True], [f"\\{UNKNOWN}", 1, None, True], id="in a list"),
    ],
)
def test_marks_are_escaped(value: Any, sent: Any) -> None:
    """Only what engine or SDK would read as something else is changed."""
    assert escaped(value) == sent


@given(DOCUMENTS)
def test_everything_comes_back_as_it_was(value: Any) -> None:
    """Whatever an account holds, what is escaped holds no mark, and unescaping gives the account's value."""
    sent = escaped(value)
    assert unescaped(sent) == value
    assert not {KEY, *UNKNOWN_TEXTS} & set(texts(sent))


def test_the_sdks_marks_are_known() -> None:
    """They are copied, so that a command works without loading the SDK."""
    assert rpc._special_sig_key == KEY  # noqa: SLF001
    assert rpc.UNKNOWN in UNKNOWN_TEXTS


def texts(value: Any) -> list[str]:
    """All keys and texts in a value."""
    if isinstance(value, dict):
        return [*value, *(text for inner in value.values() for text in texts(inner))]
    if isinstance(value, list):
        return [text for inner in value for text in texts(inner)]
    return [value] if isinstance(value, str) else []

"""Accounts into an existing stack file, byte by byte."""

from __future__ import annotations

import pytest

from pulumi_audian.errors import Refused
from pulumi_audian.export.existing import StackFile
from pulumi_audian.export.merging import merged
from pulumi_audian.export.tree import Exported

ACME = Exported("acme", "acc_1", {"accountId": "acc_1"})
GLOBEX = Exported("globex", "acc_2", {"accountId": "acc_2", "settings": {"timezone": "UTC"}})
NEW = "    acme:\n      accountId: acc_1\n    globex:\n      accountId: acc_2\n      settings:\n        timezone: UTC\n"
WHOLE = f"config:\n  audian:accounts:\n{NEW}"


def added(text: str, project: str = "infra") -> str:
    """A stack file with both accounts."""
    return merged(StackFile("stacks/Pulumi.x.yaml", text, project), [ACME, GLOBEX])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("", WHOLE, id="empty"),
        pytest.param("{}\n", WHOLE, id="an empty map"),
        pytest.param("# ours\n", f"# ours\n{WHOLE}", id="a comment"),
        pytest.param("# ours", f"# ours\n{WHOLE}", id="a comment without a line end"),
        pytest.param("encryptionsalt: v1:a=\n", f"encryptionsalt: v1:a=\n{WHOLE}", id="no config"),
        pytest.param("config: {}\n", WHOLE, id="an empty config"),
        pytest.param("config:\n", WHOLE, id="a config of nothing"),
        pytest.param(
            "config: {} # none\nx: 1\n", f"config: # none\n{WHOLE[8:]}x: 1\n", id="a remark on an empty config"
        ),
        pytest.param(
            "config:\n  a:b: 'c'  # d\n\n# e\nx: 1\n",
            f"config:\n  a:b: 'c'  # d\n{WHOLE[8:]}\n# e\nx: 1\n",
            id="other settings",
        ),
        pytest.param(
            "config:\n  audian:accounts: {}\n  a:b: c\n",
            f"{WHOLE}  a:b: c\n",
            id="no accounts yet",
        ),
        pytest.param("config:\n  audian:accounts: ~ # none", WHOLE.replace("ts:", "ts: # none", 1)[:-1], id="null"),
        pytest.param(
            "config:\n    audian:accounts:\n        one: {accountId: x} # 1\n        # two: {}\n"
            "    # below\n    a:b: c\n",
            "config:\n    audian:accounts:\n        one: {accountId: x} # 1\n        # two: {}\n"
            "        acme:\n          accountId: acc_1\n"
            "        globex:\n          accountId: acc_2\n          settings:\n            timezone: UTC\n"
            "    # below\n    a:b: c\n",
            id="another indentation",
        ),
        pytest.param(
            "config:\n  audian:accounts:\n    one:\n      metadata:\n        a: |\n          # text\n\n        # last\n"
            "x: 1\n",
            "config:\n  audian:accounts:\n    one:\n      metadata:\n        a: |\n          # text\n\n        # last\n"
            f"{NEW}x: 1\n",
            id="an account's last comment",
        ),
        pytest.param("config:\r\n  a:b: c\r\n", f"config:\n  a:b: c\n{WHOLE[8:]}".replace("\n", "\r\n"), id="CRLF"),
        pytest.param("config: {a:b: c}\nconfigs: 1\n", None, id="braces"),
        pytest.param("config: [1]\n", None, id="a list"),
        pytest.param("config:\n  audian:accounts: {one: {accountId: x}}\n", None, id="accounts in braces"),
        pytest.param("x: &a {}\nconfig: *a\n", None, id="an alias"),
        pytest.param("config:\n  a:b: |\n    text", None, id="a line without an end"),
        pytest.param("config:\n  a:b: 1\n...\n", f"config:\n  a:b: 1\n{WHOLE[8:]}...\n", id="the end of a document"),
        pytest.param("config:\n  a:b: 1\n  a:b: 2\n", None, id="a duplicate"),
        pytest.param("config:\n\ta: b\n", None, id="a tab"),
    ],
)
def test_accounts_are_added(before: str, after: str | None) -> None:
    """They come behind what is there, indented as it is; where that can't be done, nothing is."""
    if after is not None:
        assert added(before) == after
        return
    with pytest.raises(Refused, match="nothing was written"):
        added(before)


def test_the_accounts_of_the_project_may_have_a_short_key() -> None:
    """In a project named audian, `accounts` is `audian:accounts`."""
    text = "config:\n  accounts:\n    one: {accountId: x}\n"
    assert added(text, "audian") == text + NEW
    assert added(text, "infra") == f"{text}  audian:accounts:\n{NEW}"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("    acme: {accountId: old}\n", "    acme:\n      accountId: acc_1\n", id="one line"),
        pytest.param(
            '    "acme": # ours\n      # first\n        accountId: old # gone\n        # gone\n    # next\n    b: {}\n',
            '    "acme": # ours\n      # first\n      accountId: acc_1\n    # next\n    b: {}\n',
            id="comments around",
        ),
        pytest.param(
            "    a: {}\n\n    acme:\n      metadata:\n        x: |\n          # text\n\n\n    b: {}\n",
            "    a: {}\n\n    acme:\n      accountId: acc_1\n    b: {}\n",
            id="several lines",
        ),
    ],
)
def test_an_account_is_written_anew(before: str, after: str) -> None:
    """Its key stays with the comment beside it, and so does all that is not its own."""
    head = "config:\n  audian:accounts:\n"
    assert merged(StackFile("x", head + before, "infra"), [ACME]) == head + after
    both = merged(StackFile("x", head + before, "infra"), [GLOBEX, ACME])
    assert both == head + after + NEW[NEW.index("    globex") :]


def test_an_account_that_others_refer_to_is_not_written_anew() -> None:
    """An alias elsewhere would change with it."""
    text = "config:\n  audian:accounts:\n    acme: &a\n      accountId: old\n    b: *a\n"
    with pytest.raises(Refused, match="as it is written"):
        merged(StackFile("x", text, "infra"), [ACME])


@pytest.mark.parametrize(
    ("value", "reason"),
    [("'{\"acme\": {}}'", "audian:accounts is text"), ("{secure: v1:abc}", "audian:accounts is encrypted")],
)
def test_accounts_that_are_no_map_are_refused(value: str, reason: str) -> None:
    """The engine takes accounts as JSON too, and nothing can be added to what it encrypted."""
    with pytest.raises(Refused, match=reason):
        StackFile("x", f"config:\n  audian:accounts: {value}\n", "infra").accounts()

"""The stack file that accounts are exported into, as a file on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from pulumi_audian.cli.target import Target
from pulumi_audian.errors import Refused
from pulumi_audian.export.tree import Exported

ACME = Exported("acme", "acc_1", {"accountId": "acc_1"})
TEXT = "config:\n  audian:accounts:\n    one: {accountId: acc_2}\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A stack file with one account."""
    path = tmp_path / "Pulumi.test.yaml"
    path.write_text(TEXT)
    return path


def test_a_byte_order_mark_and_line_ends_stay(file: Path) -> None:
    """As an editor on Windows writes them."""
    before = b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode()
    file.write_bytes(before)
    Target.read(file, replaces=False).write([ACME])
    assert file.read_bytes() == before + b"    acme:\r\n      accountId: acc_1\r\n"


def test_what_someone_else_wrote_meanwhile_is_not_overwritten(file: Path) -> None:
    """Reading many accounts takes a while, in which the file may be edited."""
    target = Target.read(file, replaces=False)
    edited = f"{TEXT}# edited\n"
    file.write_text(edited)
    with pytest.raises(Refused, match="someone else changed it meanwhile"):
        target.write([ACME])
    assert file.read_text() == edited
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\xff\xfe", "is not UTF-8"),
        (b"config:\n  a: [\n", "is no YAML"),
        (TEXT.replace("acc_2", "{secure: v1:a}").encode() + b"    one: {}\n", "one is written twice"),
    ],
)
def test_a_file_that_the_engine_would_not_read_is_refused(file: Path, data: bytes, reason: str) -> None:
    """Before any account is read."""
    file.write_bytes(data)
    with pytest.raises(Refused, match=reason):
        Target.read(file, replaces=False)


def test_encrypted_values_are_not_written_anew(file: Path) -> None:
    """They would be lost: the API has them in plain text only."""
    file.write_text(TEXT.replace("}", ", metadata: {token: {secure: v1:a}}}"))
    with pytest.raises(Refused, match='"one" has encrypted values'):
        Target.read(file, replaces=True).names(["acc_2"])


def test_of_many_declared_accounts_some_are_named(file: Path) -> None:
    """The message stays readable."""
    file.write_text("config:\n  audian:accounts:\n" + "".join(f"    a{n}: {{accountId: acc_{n}}}\n" for n in range(9)))
    with pytest.raises(Refused, match=r'acc_4 \(as "a4"\), 4 more: leave these out'):
        Target.read(file, replaces=False).names([f"acc_{n}" for n in range(9)])

"""What an account holds is data, even where it looks like a mark of the engine's own."""

from __future__ import annotations

from typing import Any

import pytest

from workbench import ACME, Workbench

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
KEY = "4dabf18193072939515e22adb298388d"
ASSET = "c44067f5952c0a294b673a41bacd8c17"
SECRET = "1b47061264138c4ac30d75fd1eb44270"
MARKS = [
    pytest.param({"u": UNKNOWN}, id="an unknown"),
    pytest.param({"u": ["1c4a061d-8072-4f0a-a4cb-0ff528b18fe7"]}, id="an unknown of another type"),
    pytest.param({"a": {KEY: ASSET, "text": "x"}}, id="an asset"),
    pytest.param({KEY: SECRET, "value": "x"}, id="a secret"),
    pytest.param({"o": {KEY: "what is that"}}, id="something else"),
]


@pytest.mark.parametrize("metadata", MARKS)
def test_marks_in_an_account_change_nothing(bench: Workbench, metadata: dict[str, Any]) -> None:
    """An account with them is adopted, refreshed, written beside them, restored and destroyed like any other."""
    bench.api.edit(ACME, {"metadata": metadata})
    bench.declare(acme={"accountId": ACME, "displayName": "Acme 2", "onDelete": "restore"})
    up = bench.up()
    assert up.code == 0, up.text
    assert bench.bodies() == [{"displayName": "Acme 2"}]
    bench.declare(acme={"accountId": ACME, "metadata": {"tier": "gold"}, "onDelete": "restore"})
    assert bench.up().code == 0
    (body,) = bench.bodies()
    assert body == {"metadata": {**bench.api.account(ACME)["metadata"], "tier": "gold"}}
    assert body["metadata"].items() >= metadata.items()
    assert bench.refresh("--skip-preview").code == 0
    assert bench.preview("--expect-no-changes").code == 0
    destroyed = bench.destroy("--skip-preview")
    assert destroyed.code == 0, destroyed.text
    assert bench.api.account(ACME)["metadata"].items() >= metadata.items()
    assert "tier" not in bench.api.account(ACME)["metadata"]


@pytest.mark.parametrize("metadata", MARKS)
def test_marks_that_someone_puts_there_later_change_nothing(bench: Workbench, metadata: dict[str, Any]) -> None:
    """A refresh takes them for what they are, beside other accounts and where the field is declared."""
    bench.settle(acme={"accountId": ACME, "metadata": {"u": "ours", "tier": "gold"}})
    bench.api.edit(ACME, {"metadata": metadata})
    refresh = bench.refresh("--skip-preview")
    assert refresh.code == 0, refresh.text
    up = bench.up()
    assert up.code == 0, up.text
    expected = {**bench.api.account(ACME)["metadata"], **metadata, "u": "ours", "tier": "gold"}
    assert bench.api.account(ACME)["metadata"] == expected

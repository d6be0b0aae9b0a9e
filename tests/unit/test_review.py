"""What is found before anything is done: problems of a declaration, and a status that takes phones out of service."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.memory_api import LIVE, Heard, MemoryApi

from pulumi_audian import review
from pulumi_audian.declaration import SECRET_FIELDS, Facts
from pulumi_audian.values import UNKNOWN

ACCOUNT = {"accountId": "acc_1"}
SUSPENDED: dict[str, Any] = {**ACCOUNT, "status": "suspended", "allowStatus": ["suspended"]}
STAYS = MemoryApi({**LIVE, "status": "suspended"})


@pytest.mark.parametrize(
    ("inputs", "old_inputs", "api", "warned"),
    [
        pytest.param(SUSPENDED, {}, MemoryApi(), True, id="adoption that suspends"),
        pytest.param(SUSPENDED, {}, STAYS, False, id="adoption of a suspended account"),
        pytest.param(SUSPENDED, {}, None, True, id="adoption that is not read"),
        pytest.param({**SUSPENDED, "accountId": UNKNOWN}, {}, MemoryApi(), True, id="adoption of an unknown account"),
        pytest.param(SUSPENDED, ACCOUNT, MemoryApi(), True, id="newly declared"),
        pytest.param({**SUSPENDED, "plan": "starter"}, ACCOUNT, MemoryApi(), True, id="declared with an assertion"),
        pytest.param({**SUSPENDED, "phone": "112"}, SUSPENDED, MemoryApi(), False, id="declared before"),
        pytest.param({**ACCOUNT, "status": "active"}, SUSPENDED, MemoryApi(), False, id="active again"),
    ],
)
def test_a_suspension_is_announced_where_it_happens(
    inputs: dict[str, Any], old_inputs: dict[str, Any], api: MemoryApi | None, *, warned: bool
) -> None:
    """The consequence is named once where phones stop working, and not where they don't work anyway."""
    heard = Heard()
    assert review.preview(inputs, old_inputs, heard, lambda: api or "choice", lambda _: None) == []
    assert [line for line in heard.warnings if "its phones stop working" in line] == heard.warnings
    assert len(heard.warnings) == warned


RECORDED: dict[str, Any] = {**ACCOUNT, "email": "nobody", "settings": {"recordingRetention": 30, "smsEnabled": True}}


@pytest.mark.parametrize(
    ("inputs", "old_inputs", "facts", "paths"),
    [
        pytest.param(RECORDED, RECORDED, {}, [], id="as in state"),
        pytest.param(RECORDED, {**RECORDED, SECRET_FIELDS: ["email"]}, {"secret": ["email"]}, [], id="a secret one"),
        pytest.param(RECORDED, {}, {}, ["email"], id="a new account"),
        pytest.param({}, {}, {}, ["accountId"], id="a new account without a word"),
        pytest.param({**RECORDED, "phone": "112"}, RECORDED, {}, [], id="another field added"),
        pytest.param(RECORDED, {**RECORDED, "phone": "112"}, {}, [], id="another field removed"),
        pytest.param(
            {**RECORDED, "settings": {"recordingRetention": 30, "smsEnabled": 1}},
            RECORDED,
            {},
            ["settings.smsEnabled"],
            id="1 in place of true",
        ),
        pytest.param({**RECORDED, "phone": UNKNOWN}, RECORDED, {}, [], id="something unknown"),
        pytest.param(RECORDED, RECORDED, {"nulls": ["phone"]}, ["phone"], id="a null, which is in no inputs"),
        pytest.param({**RECORDED, "email": "none"}, RECORDED, {}, ["email"], id="another wrong value"),
        pytest.param(
            {**ACCOUNT, "status": "suspended"},
            {**ACCOUNT, "status": "suspended"},
            {},
            [],
            id="a status that is ignored",
        ),
        pytest.param(
            {**ACCOUNT, "status": "suspended"}, {**ACCOUNT, "status": "active"}, {}, ["status"], id="a new status"
        ),
        pytest.param(
            {**ACCOUNT, "clear": ["phone"], "phone": "+1-555-0100"},
            {**ACCOUNT, "clear": ["phone"]},
            {},
            ["clear"],
            id="a value for what is cleared",
        ),
    ],
)
def test_what_state_holds_is_not_judged_again(
    inputs: dict[str, Any], old_inputs: dict[str, Any], facts: dict[str, Any], paths: list[str]
) -> None:
    """A value is judged where it is new: what ignoreChanges puts in place of a declared one blocks no other change."""
    assert [problem.path for problem in review.input_problems(inputs, old_inputs, Facts.of(facts))] == paths

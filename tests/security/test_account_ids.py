"""An account's id is one segment of the request's path, whatever characters it has."""

from __future__ import annotations

import pytest
from tests.security.clients import client
from tests.security.hostile import ACCOUNT, Server, always, answer

from pulumi_audian import models
from pulumi_audian.errors import Refused
from pulumi_audian.values import shown
from workbench import Workbench

SEGMENTS: list[tuple[str, str]] = [
    ("acc_1234567890", "acc_1234567890"),
    ("../acc_2", "..%2Facc_2"),
    ("acc_1/../acc_2", "acc_1%2F..%2Facc_2"),
    ("..\\acc_2", "..%5Cacc_2"),
    ("%2e%2e", "%252e%252e"),
    ("%2e%2e%2facc_2", "%252e%252e%252facc_2"),
    ("acc_1?admin=1", "acc_1%3Fadmin%3D1"),
    ("acc_1#x", "acc_1%23x"),
    ("acc_1;v=2", "acc_1%3Bv%3D2"),
    ("acc_1/members", "acc_1%2Fmembers"),
    ("//evil.example/x", "%2F%2Fevil.example%2Fx"),
    ("@evil.example", "%40evil.example"),
    ("acc 1", "acc%201"),
    ("acc_1\r\nX-Evil: 1", "acc_1%0D%0AX-Evil%3A%201"),
    ("acc_1\x00", "acc_1%00"),
    ("...", "..."),
    (". .", ".%20."),
    ("\u202eacc", "%E2%80%AEacc"),
    ("\uff0e\uff0e", "%EF%BC%8E%EF%BC%8E"),
    ("\uff0facc_2", "%EF%BC%8Facc_2"),
    ("konto-ä", "konto-%C3%A4"),
]


@pytest.mark.parametrize(("account_id", "segment"), SEGMENTS)
def test_an_id_is_one_segment_on_the_wire(server: Server, account_id: str, segment: str) -> None:
    """Reading and writing go to the segment below accounts, and nowhere else."""
    server.answering = always(answer({**ACCOUNT, "id": account_id}))
    api = client(server.url)
    api.read(account_id)
    api.write(account_id, {"displayName": "New"}, None)
    assert [request.target for request in server.received] == [f"/v2/accounts/{segment}"] * 2


@pytest.mark.parametrize("account_id", ["", ".", ".."])
def test_an_id_that_is_a_step_in_a_path_is_refused(server: Server, account_id: str) -> None:
    """HTTP libraries resolve these, encoded or not, to another resource of the API."""
    api = client(server.url)
    with pytest.raises(Refused, match="is not the id of an account"):
        api.read(account_id)
    with pytest.raises(Refused, match="is not the id of an account"):
        api.write(account_id, {"displayName": "New"}, None)
    assert server.received == []


NO_IDS = [
    "../acc_2",
    "..",
    ".",
    "",
    "%2e%2e",
    "acc_1?x",
    "acc_1#x",
    "a/b",
    "a b",
    "acc_1\n",
    "\u202eacc",
    "@evil.example",
]


@pytest.mark.parametrize("account_id", NO_IDS)
def test_such_an_id_is_no_valid_declaration(account_id: str) -> None:
    """Each is refused by its path, and shown without effect on a terminal."""
    (problem,) = models.problems({"accountId": account_id}, unknown=frozenset(), secret=frozenset())
    assert str(problem) == f"accountId: {shown(account_id)} is not an account's id such as acc_1234567890"
    assert str(problem).isprintable()


def test_such_an_id_is_not_even_asked_for(bench: Workbench) -> None:
    """A preview ends before the API hears of it."""
    bench.declare(acme={"accountId": "../\u202eacc_2"})
    preview = bench.preview()
    assert preview.code != 0
    assert r'accountId: "../\u202eacc_2" is not an account' in preview.errors[0]
    assert bench.calls() == []

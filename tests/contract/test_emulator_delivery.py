"""The emulator's answers on their way: mislabelled, cut off, swollen, in a trickle; and edits around a request."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
import requests

from audian_emulator import Control

if TYPE_CHECKING:
    pass

ACME = "acc_1234567890"


def call(control: Control, body: object = None, timeout: float = 10) -> requests.Response:
    """GET the account, or PATCH it where there is a body."""
    method = "GET" if body is None else "PATCH"
    headers = {"X-Auth-Token": control.full_token}
    return requests.request(method, f"{control.api_url}/accounts/{ACME}", json=body, headers=headers, timeout=timeout)


def test_own_answer_is_mislabelled(control: Control) -> None:
    """A content type alone changes the label, and neither status nor body."""
    control.fault(delivery={"contentType": "text/html"})
    answer = call(control)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html")
    assert answer.json() == control.account(ACME)


def test_answer_is_cut_off_after_execution(control: Control) -> None:
    """The announced body breaks off in the middle; the write has happened, and the next request is served."""
    control.fault(delivery={"cutAfterBytes": 10})
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="10 bytes read"):
        call(control, {"displayName": "Other"})
    assert control.account(ACME)["displayName"] == "Other"
    assert call(control).status_code == 200


def test_padding_leaves_json_as_it_is(control: Control) -> None:
    """White space after the body makes an answer of any size, which still parses."""
    control.fault(delivery={"paddingBytes": 100_000})
    answer = call(control)
    assert len(answer.content) > 100_000
    assert answer.json() == control.account(ACME)


def test_body_trickles(control: Control) -> None:
    """The headers come at once, the body over the given time; a client that leaves ends it."""
    control.fault(delivery={"trickleSeconds": 1.5}, times=2)
    started = time.monotonic()
    assert call(control, timeout=1).json() == control.account(ACME)
    assert time.monotonic() - started > 1.2  # the last piece comes before the last pause
    with requests.get(
        f"{control.api_url}/accounts/{ACME}",
        headers={"X-Auth-Token": control.full_token},
        stream=True,
        timeout=10,
    ) as answer:
        assert answer.raw.read(1) == b"{"
    assert call(control).status_code == 200


def test_injected_answer_is_delivered_likewise(control: Control) -> None:
    """A delivery shapes an answer that the fault gives too."""
    control.fault(status=502, body="<html>", delivery={"contentType": "application/json", "paddingBytes": 2})
    answer = call(control)
    assert (answer.status_code, answer.text) == (502, "<html>  ")
    assert answer.headers["Content-Type"] == "application/json"


def test_someone_else_edits_right_before_and_after(control: Control) -> None:
    """An edit before goes into what the request finds, one after comes on top of what it did; the answer is its own."""
    control.fault(method="PATCH", edit={"phone": "+1-555-0111", "displayName": "Theirs"}, editAfter={"metadata": {}})
    answer = call(control, {"displayName": "Ours"})
    assert (answer.json()["displayName"], answer.json()["phone"]) == ("Ours", "+1-555-0111")
    assert "metadata" not in answer.json()
    assert control.account(ACME)["metadata"] == {}


def test_edit_goes_with_other_faults(control: Control) -> None:
    """An edit happens although the request itself is not executed."""
    control.fault(status=503, edit={"displayName": "Theirs"})
    assert call(control, {"displayName": "Ours"}).status_code == 503
    assert control.account(ACME)["displayName"] == "Theirs"


def test_versions_and_revisions_tell_who_wrote_what(control: Control) -> None:
    """Every version is kept in order; a request's revision is that of the account it read or stored, if executed."""
    control.fault(method="PATCH", edit={"phone": "+1-555-0111"}, label="race")
    call(control)
    call(control, {"displayName": "Ours"})
    call(control, {"plan": "starter"})
    own = [version for version in control.versions() if version["document"]["id"] == ACME]
    read, written, refused = control.requests()
    assert [(entry["revision"], entry["fault"]) for entry in (read, written, refused)] == [
        (own[0]["revision"], None),
        (own[2]["revision"], "race"),
        (None, None),
    ]
    assert [version["document"]["displayName"] for version in own] == ["Acme Corp", "Acme Corp", "Ours"]
    assert own[1]["document"]["phone"] == "+1-555-0111"


@pytest.mark.parametrize(
    "fault",
    [
        {"delivery": {"trickleSeconds": -1}},
        {"delivery": {"contentType": "a\r\nb"}},
        {"delivery": {"unknown": 1}},
        {"delivery": {"contentType": "text/html"}, "drop": "after"},
        {"edit": "text"},
    ],
)
def test_bad_delivery_is_refused(control: Control, fault: dict[str, Any]) -> None:
    """A delivery that can't be made is 400, and nothing is queued."""
    with pytest.raises(requests.HTTPError, match="answered 400"):
        control.fault(**fault)
    assert control.faults() == []

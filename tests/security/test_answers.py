"""Whatever an API answers, and however slowly, the person gets one line in bounded time and memory."""

from __future__ import annotations

import gzip
import itertools
import time
import tracemalloc
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.security.clients import CALLS, client, read, write
from tests.security.hostile import ACCOUNT, Answering, Received, Server, always, answer

from pulumi_audian.errors import ApiError, AudianError, OutcomeUnknown
from pulumi_audian.wire import Snapshot

MEGABYTE = 1_000_000
PATIENCE_SECONDS = 0.5
"""What the tests of slow answers set as timeoutSeconds."""
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def endless_body(_request: Received) -> Iterator[bytes]:
    """A body without an end, as fast as it is taken."""
    yield HEAD + b"\r\n" + b'{"id": "'
    while True:
        yield b"a" * 65_536


def endless_chunks(_request: Received) -> Iterator[bytes]:
    """The same in chunks."""
    yield HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    while True:
        yield b"10000\r\n" + b" " * 65_536 + b"\r\n"


def bomb(_request: Received) -> Iterator[bytes]:
    """A gigabyte of blanks in a megabyte."""
    packed = gzip.compress(b" " * MEGABYTE)
    yield HEAD + b"Content-Encoding: gzip\r\n\r\n"
    for _ in range(1000):
        yield packed


def claimed(_request: Received) -> Iterator[bytes]:
    """A length that is a lie, with a body as long as that."""
    yield HEAD + b"Content-Length: 99999999999\r\n\r\n"
    while True:
        yield b"1" * 65_536


TOO_LARGE: list[Answering] = [endless_body, endless_chunks, bomb, claimed]


@pytest.mark.parametrize("answering", TOO_LARGE)
def test_an_answer_of_any_size_is_cut_off(server: Server, answering: Answering) -> None:
    """No more than ten megabytes are read, however they are packed, and nothing is asked again."""
    server.answering = answering
    tracemalloc.start()
    with pytest.raises(AudianError, match=r"no usable answer from .*its answer is larger than 10 MB"):
        client(server.url, retrySeconds=60).read("acc_1")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 40 * MEGABYTE
    assert len(server.received) == 1


def test_an_account_of_nine_megabytes_is_read(server: Server) -> None:
    """The limit is far beyond an account, and what is below it is taken as it is."""
    large = {**ACCOUNT, "metadata": {"note": "x" * 9 * MEGABYTE}}
    server.answering = always(answer(large))
    assert client(server.url).read("acc_1").account == large


def test_a_change_whose_answer_is_too_large_is_in_doubt(server: Server) -> None:
    """It may have been made: it is neither reported as done nor sent again."""
    server.answering = endless_body
    with pytest.raises(OutcomeUnknown, match="no answer to a change") as caught:
        write(server.url)
    assert not caught.value.repeatable
    assert len(server.received) == 1


def slowly(head: bytes, piece: bytes) -> Answering:
    """A piece of an answer each tenth of a second, for ever."""

    def answering(_request: Received) -> Iterator[bytes]:
        yield head
        for _ in itertools.repeat(None):
            time.sleep(0.1)
            yield piece

    return answering


SLOW = [
    pytest.param(slowly(b"", b""), id="nothing"),
    pytest.param(slowly(b"HTTP/1.1 200 ", b"O"), id="status line"),
    pytest.param(slowly(b"HTTP/1.1 200 OK\r\nX: ", b"y"), id="one header"),
    pytest.param(slowly(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"), id="many headers"),
    pytest.param(slowly(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), id="it continues"),
    pytest.param(slowly(HEAD + b"Content-Length: 10000\r\n\r\n", b" "), id="body"),
    pytest.param(slowly(HEAD + b"\r\n", b" "), id="body without a length"),
    pytest.param(slowly(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"), id="chunks"),
    pytest.param(slowly(HEAD + b"Transfer-Encoding: chunked\r\n\r\n9", b"9"), id="length of a chunk"),
]


@pytest.mark.parametrize("answering", SLOW)
def test_a_slow_answer_ends_at_the_timeout(server: Server, answering: Answering) -> None:
    """The timeout is one of the whole answer: bytes that trickle don't extend it."""
    server.answering = answering
    start = time.monotonic()
    with pytest.raises(AudianError, match="timed out"):
        client(server.url, timeoutSeconds=PATIENCE_SECONDS).read("acc_1")
    assert time.monotonic() - start < 6 * PATIENCE_SECONDS


def test_an_account_that_was_complete_when_the_time_was_up_is_not_taken(server: Server) -> None:
    """Where only the end of the connection ends a body, an end that we made is none."""

    def answering(_request: Received) -> Iterator[bytes]:
        yield HEAD + b'\r\n{"id": "acc_1"}'
        time.sleep(4 * PATIENCE_SECONDS)

    server.answering = answering
    with pytest.raises(AudianError, match="timed out"):
        client(server.url, timeoutSeconds=PATIENCE_SECONDS).read("acc_1")


def nested(levels: int) -> str:
    """An account with so many levels, itself the first."""
    inner = levels - 1
    return '{"id": "acc_1", "metadata": ' + '{"a": ' * (inner - 1) + "{}" + "}" * (inner - 1) + "}"


@pytest.mark.parametrize("levels", [100, 101, 900, 100_000])
def test_an_answer_may_be_nested_a_hundred_levels(server: Server, levels: int) -> None:
    """Deeper ones end in a sentence, not in a recursion without end somewhere behind the client."""
    server.answering = always(answer(nested(levels)))
    if levels <= 100:
        assert client(server.url).read("acc_1").account["id"] == "acc_1"
        return
    with pytest.raises(ApiError, match=r"the answer is not an account \(it has more than 100 levels\)"):
        read(server.url)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('{"id": "acc_1", "metadata": {"x": 1%s}}' % ("0" * 400), " (it holds a number that is too large)"),
        ('{"id": "acc_1", "metadata": {"x": 1%s}}' % ("0" * 500_000), " (it holds a number that is too large)"),
        ('{"id": "acc_1", "metadata": {"x": 1e999}}', " (it holds a number that is too large)"),
        ('{"id": "acc_1", "metadata": {"x": NaN}}', " (it holds a number that is too large)"),
        ('{"id": "acc_1", "metadata": {"x": -Infinity}}', " (it holds a number that is too large)"),
        ('{"id": "acc_1", "displayName": "\\ud83d"}', " (it holds half a character)"),
        ('{"id": "acc_1", "metadata": {"\\uDE00": 1}}', " (it holds half a character)"),
        (b'{"id": "acc_1", "displayName": "\xff"}', ""),
        (b'\x1f\x8b{"id": "acc_1"}', ""),
        ("<html>\x1b[2J</html>", ""),
    ],
)
def test_what_can_not_be_kept_is_no_account(server: Server, content: object, reason: str) -> None:
    """JSON that engine and state can't hold is refused where it arrives, and the reason is told."""
    server.answering = always(answer(content))
    with pytest.raises(ApiError) as caught:
        read(server.url)
    expected = f"account acc_1: the answer is not an account{reason}; check audian:apiUrl and audian:envelope"
    assert str(caught.value) == expected


def test_a_whole_character_in_two_halves_is_one(server: Server) -> None:
    """JSON writes characters beyond the basic plane as pairs."""
    server.answering = always(answer('{"id": "acc_1", "displayName": "\\ud83d\\ude00"}'))
    assert client(server.url).read("acc_1").account["displayName"] == "\U0001f600"


@pytest.mark.parametrize("charset", ["ut\x00f-8", "idna", "punycode", "undefined", "hex", "utf-7", "cp037", "no-such"])
def test_an_answer_does_not_choose_its_decoder(server: Server, charset: str) -> None:
    """JSON is UTF-8; a codec that a header names could fail, take for ever, or make other text of it."""
    server.answering = always(answer(ACCOUNT, Content_Type=f"application/json; charset={charset}"))
    assert client(server.url).read("acc_1").account == ACCOUNT


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("name", ["error", "data", "details"])
def test_a_deep_error_is_an_error(server: Server, call: Callable[[str], object], name: str) -> None:
    """An error's body is searched for secrets and for a reason, neither of which may recur without end."""
    inner = '{"a": ' * 480 + "1" + "}" * 480
    server.answering = always(answer(f'{{"{name}": {inner}}}', "400 Bad Request"))
    with pytest.raises(ApiError, match="HTTP 400"):
        call(server.url)


def test_a_long_message_is_cut(server: Server) -> None:
    """Megabytes of an API's words don't reach a terminal, a log or a comment."""
    words = "x" * MEGABYTE
    error = {"code": words, "message": words, "details": {"field": words, "value": words}}
    server.answering = always(answer({"error": error}, "400 Bad Request"))
    with pytest.raises(ApiError, match=r"x\.\.\. \(1,000,000 characters\)") as caught:
        read(server.url)
    assert len(str(caught.value)) < 3000


@pytest.mark.parametrize(
    "seconds",
    ["1e308", "-1", "99999999999999999999", "Fri, 31 Dec 9999 23:59:59 -2359", "Mon, 01 Jan 0001 00:00:00 -0000"],
)
def test_an_asked_wait_never_exceeds_the_budget(server: Server, seconds: str) -> None:
    """A server that wants us to wait for ever, or was never, gets no more than retrySeconds."""
    server.answering = always(answer(b"", "429 Too Many Requests", Retry_After=seconds))
    start = time.monotonic()
    with pytest.raises(AudianError, match="HTTP 429"):
        client(server.url, retrySeconds=0.2).read("acc_1")
    assert time.monotonic() - start < 2


def described(call: Callable[[], object]) -> str:
    """What a call ended in, as one line."""
    try:
        answered = call()
    except AudianError as error:
        return str(error)
    assert answered is None or isinstance(answered, Snapshot)
    return ""


@given(status=st.integers(100, 999), body=st.binary(max_size=200), header=st.binary(max_size=60))
@settings(max_examples=100, deadline=None)
def test_any_bytes_are_an_account_or_an_error(
    server_of_module: Server, status: int, body: bytes, header: bytes
) -> None:
    """There is no answer that ends in anything else, or in more than one harmless line."""
    length = b"Content-Length: %d\r\n" % len(body)
    response = b"HTTP/1.1 %d X\r\n%sX-Any: %s\r\n\r\n" % (status, length, header) + body
    server_of_module.answering = always(response)
    api = client(server_of_module.url, timeoutSeconds=0.2)
    assert described(lambda: api.read("acc_1")).isprintable()
    assert described(lambda: api.write("acc_1", {}, None)).isprintable()

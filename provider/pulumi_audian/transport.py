"""HTTP as the client needs it: one host, no credential but ours, and answers that are bounded in size and in time."""

from __future__ import annotations

import contextlib
import functools
import re
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import NewConnectionError, SSLError

from pulumi_audian.wire import Answer, Request

LONGEST_BODY = 10_000_000
"""How many bytes of an answer are read, after decompression; an account has some thousand."""

_PIECE = 65_536
_TIMED_OUT = "timed out"
_LONGEST_WAIT_SECONDS = 86_400.0  # more than that, and sockets and timers overflow


class NoAnswer(Exception):
    """A request got no answer that can be used; its text is the cause.

    `sent` tells whether the API may have executed the request, `lasting` that a repetition would end in the same way.
    """

    def __init__(self, cause: str, *, sent: bool = True, lasting: bool = False) -> None:
        super().__init__(cause)
        self.sent = sent
        self.lasting = lasting


class Transport:
    """Requests to one API, safe to share between threads; each takes at most `seconds` once it is connected.

    To connect it takes `connecting_seconds` at most, where that is less.
    """

    def __init__(self, api_url: str, seconds: float, connecting_seconds: float = _LONGEST_WAIT_SECONDS) -> None:
        self._seconds = min(seconds, _LONGEST_WAIT_SECONDS)
        self._connecting_seconds = min(connecting_seconds, self._seconds)
        self._session = _Session()
        # A proxy that the environment names passes TLS on unread, but would read the credential of plain http.
        self._session.trust_env = api_url.startswith("https:")
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, _Adapter())

    def exchange(self, request: Request, credential: Mapping[str, str]) -> Answer:
        """The answer to one request, sent with the headers of its credential; raises `NoAnswer`."""
        with _deadline(self._seconds) as deadline:
            try:
                answer = self._exchange(request, credential)
            except OSError as error:  # which those of requests are too
                raise (NoAnswer(_TIMED_OUT) if deadline.passed else _explained(error)) from None
            if deadline.passed:
                raise NoAnswer(_TIMED_OUT)  # a body without a length just ends where its connection is cut
            return answer

    def _exchange(self, request: Request, credential: Mapping[str, str]) -> Answer:
        with self._session.request(
            request.method,
            request.url,
            headers=dict(request.headers),
            data=request.body,
            auth=_HeaderAuth(credential),
            timeout=(self._connecting_seconds, self._seconds),
            allow_redirects=False,
            stream=True,
        ) as response:
            headers = {name.lower(): value for name, value in response.headers.items()}
            return Answer(response.status_code, headers, _text(response))


class _Session(requests.Session):
    """A session that never looks where a redirect points: not to follow it, and not to prepare that."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Nowhere."""


class _HeaderAuth(requests.auth.AuthBase):
    """Sets the credential itself, so that `requests` does not look for another one in a .netrc file."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = headers

    def __call__(self, prepared: requests.PreparedRequest) -> requests.PreparedRequest:
        prepared.headers.update(self._headers)
        return prepared


def _text(response: requests.Response) -> str:
    body = bytearray()
    for piece in response.iter_content(_PIECE):
        body += piece
        if len(body) > LONGEST_BODY:
            raise NoAnswer(f"its answer is larger than {LONGEST_BODY // 1_000_000} MB", lasting=True)
    try:
        return body.decode()  # JSON is UTF-8, whatever the answer says
    except UnicodeDecodeError:
        return ""


class _Deadline:
    """The end of one exchange: where it passes, the connection is cut. `requests` bounds each wait by itself only."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket: Any = None
        self.passed = False

    def watch(self, connected: Any) -> None:
        """Cut this socket at the end; raises `TimeoutError` where that has come."""
        with self._lock:
            if self.passed:
                raise TimeoutError
            self._socket = connected

    def end(self) -> None:
        """Cut the connection."""
        with self._lock, contextlib.suppress(OSError):
            self.passed = True
            if self._socket is not None:
                self._socket.shutdown(socket.SHUT_RDWR)


_current = threading.local()


@contextlib.contextmanager
def _deadline(seconds: float) -> Iterator[_Deadline]:
    _current.deadline = deadline = _Deadline()
    timer = threading.Timer(seconds, deadline.end)
    timer.daemon = True
    timer.start()
    try:
        yield deadline
    finally:
        timer.cancel()


class _Adapter(HTTPAdapter):
    """Makes connections that the deadline of an exchange can cut while they wait for an answer's headers."""

    def get_connection_with_tls_context(self, *arguments: Any, **options: Any) -> Any:
        pool: Any = super().get_connection_with_tls_context(*arguments, **options)
        pool.ConnectionCls = _watched(pool.ConnectionCls)
        return pool


@functools.cache
def _watched(connection: type) -> type:
    return connection if issubclass(connection, _Watched) else type(connection.__name__, (_Watched, connection), {})


class _Watched:
    sock: Any

    def getresponse(self) -> Any:
        _current.deadline.watch(self.sock)
        return super().getresponse()  # type: ignore[misc] # of the connection that this is mixed into


def _explained(error: OSError) -> NoAnswer:
    if not isinstance(error, requests.RequestException):
        return NoAnswer(str(error), lasting=True)  # the environment's file of certificates can't be read
    if isinstance(error, ValueError):  # what requests finds wrong before it connects
        return NoAnswer("its URL, or the proxy in the environment, can't be used", sent=False, lasting=True)
    reason = getattr(error.args[0], "reason", None) if error.args else None
    sent = not isinstance(error, requests.ConnectTimeout)
    if isinstance(error, requests.Timeout):
        return NoAnswer(_TIMED_OUT, sent=sent)
    if isinstance(reason, NewConnectionError):
        return NoAnswer(re.sub(r"\[Errno -?\d+\] ", "", str(reason).rsplit(": ", 1)[-1]), sent=False)
    certificate = reason.args[0] if isinstance(reason, SSLError) and reason.args else None
    if isinstance(certificate, ssl.SSLCertVerificationError):
        return NoAnswer(f"its TLS certificate was not accepted: {certificate.verify_message}", sent=False, lasting=True)
    return NoAnswer("TLS failure" if isinstance(error, requests.exceptions.SSLError) else "connection lost", sent=sent)

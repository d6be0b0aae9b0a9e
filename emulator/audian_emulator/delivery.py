"""How an answer reaches the client: whole, or mislabelled, cut off, swollen or in a trickle."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from pydantic import Field

from audian_emulator.behaviours import ControlModel, WholeNumber

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.responses import Response
    from starlette.types import Receive, Send

_PIECES = 20


class Delivery(ControlModel):
    """What becomes of an answer's bytes.

    `content_type` replaces the answer's own. `padding_bytes` of white space are put after the body, which leaves JSON
    as it is. `cut_after_bytes` closes the connection once so many bytes of the announced body were sent.
    `trickle_seconds` is how long the body takes, sent in small pieces.
    """

    content_type: str | None = Field(default=None, pattern=r"^[!-~]([ -~]*[!-~])?$")
    padding_bytes: WholeNumber = Field(default=0, ge=0)
    cut_after_bytes: WholeNumber | None = Field(default=None, ge=0)
    trickle_seconds: float = Field(default=0, ge=0, strict=True)


async def deliver(response: Response, delivery: Delivery, receive: Receive, send: Send) -> None:
    """Send a response as a delivery says."""
    body = bytes(response.body) + b" " * delivery.padding_bytes
    headers = {**response.headers, "content-length": str(len(body))}
    if delivery.content_type is not None:
        headers["content-type"] = delivery.content_type
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": response.status_code, "headers": raw})
    for piece in _pieces(body[: delivery.cut_after_bytes], _PIECES if delivery.trickle_seconds else 1):
        await send({"type": "http.response.body", "body": piece, "more_body": True})
        if await client_leaves_within(delivery.trickle_seconds / _PIECES, receive):
            return
    if delivery.cut_after_bytes is None:
        await send({"type": "http.response.body", "body": b"", "more_body": False})
    else:
        await drop(receive, send)


def _pieces(body: bytes, count: int) -> Iterator[bytes]:
    size = max(1, -(-len(body) // count))
    for start in range(0, len(body), size):
        yield body[start : start + size]


async def drop(receive: Receive, send: Send) -> None:
    """Close the connection of uvicorn's request cycle, which `send` is a method of."""
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        message = "Dropping a connection works under uvicorn only"
        raise RuntimeError(message)
    transport.abort()
    # Returning before uvicorn has seen the abort would make it report a missing response.
    await _disconnection(receive)


async def client_leaves_within(seconds: float, receive: Receive) -> bool:
    """Wait so long; True as soon as the client has closed the connection."""
    if not seconds:
        return False
    try:
        await asyncio.wait_for(_disconnection(receive), seconds)
    except asyncio.TimeoutError:
        return False
    return True


async def _disconnection(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass

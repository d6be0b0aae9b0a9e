"""What a dynamic provider's host process offers beyond its return values: lines to the user, partial failures.

The SDK's dynamic host passes neither on. Both are the engine's ordinary plugin protocol: the engine's address is the
host's first argument, and a failed operation carries its state in the details of its gRPC status.
"""

from __future__ import annotations

import asyncio
import functools
import sys
from collections.abc import Mapping
from types import FrameType
from typing import Any, NamedTuple, NoReturn

import grpc
from google.protobuf import struct_pb2
from google.rpc import status_pb2
from pulumi.runtime import rpc
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, provider_pb2

from pulumi_audian.errors import AudianError
from pulumi_audian.legible import visible


class Log:
    """Shows lines to the person at the terminal, beside the resource of the given URN."""

    def __init__(self, urn: str) -> None:
        self._urn = urn

    def info(self, message: str) -> None:
        """Show a fact."""
        self._send(engine_pb2.INFO, message)

    def warn(self, message: str) -> None:
        """Show a fact that may call for action."""
        self._send(engine_pb2.WARNING, message)

    def status(self, message: str) -> None:
        """Show a fact of the moment, which leaves no trace in the summary."""
        self._send(engine_pb2.INFO, message, ephemeral=True)

    def _send(self, severity: Any, message: str, *, ephemeral: bool = False) -> None:
        text = "\n".join(map(visible, message.split("\n")))
        engine = _engine()
        if engine is None:
            print(text, file=sys.stderr, flush=True)  # noqa: T201 - the host's own stderr reaches the user
            return
        engine.Log(engine_pb2.LogRequest(severity=severity, message=text, urn=self._urn, ephemeral=ephemeral))


class PartialState(NamedTuple):
    """What the engine should store of a resource although the operation on it failed."""

    id: str
    outputs: Mapping[str, Any]


def fail(error: AudianError, partial: PartialState | None = None) -> NoReturn:
    """End the operation with an error of one line, storing the partial state where there is one."""
    context = _servicer_context()
    if context is not None:
        context.abort_with_status(_Failure(str(error), partial))
    raise error


class _Failure(grpc.Status):  # type: ignore[misc] # grpc ships no types
    """The gRPC status of a failed operation.

    Its message stands in the details too, where the engine looks first: newer hosts put a traceback in its place.
    """

    def __init__(self, reason: str, partial: PartialState | None) -> None:
        status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=reason)
        if partial is not None:
            failure = provider_pb2.ErrorResourceInitFailed(
                id=partial.id, properties=_struct(partial.outputs), reasons=[reason]
            )
            status.details.add().Pack(failure)
        self.code = grpc.StatusCode.UNKNOWN
        self.details = reason
        self.trailing_metadata = (("grpc-status-details-bin", status.SerializeToString()),)


def _struct(properties: Mapping[str, Any]) -> struct_pb2.Struct:
    return asyncio.run(rpc.serialize_properties(dict(properties), {}))


def _servicer_context() -> grpc.ServicerContext | None:
    # The SDK's servicer calls the provider without its gRPC context, the only way to set a status: it is found in
    # the calling frame. Where it is not, the caller raises, and the host prints its own prefix before the message.
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - see above
    while frame is not None:
        context = frame.f_locals.get("context")
        if isinstance(context, grpc.ServicerContext):
            return context
        frame = frame.f_back
    return None


@functools.cache
def _engine() -> engine_pb2_grpc.EngineStub | None:
    address = sys.argv[1] if len(sys.argv) > 1 else ""
    return engine_pb2_grpc.EngineStub(grpc.insecure_channel(address)) if ":" in address else None

"""API errors and the seven body shapes that Audian's pages show for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pydantic import JsonValue

    from audian_emulator.document import JsonObject
    from audian_emulator.messages import Call
    from audian_emulator.validation import Problem

CODES = {
    400: "INVALID_REQUEST",
    401: "UNAUTHORIZED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    409: "CONFLICT",
    412: "PRECONDITION_FAILED",
    429: "RATE_LIMITED",
    500: "SERVER_ERROR",
    503: "SERVICE_UNAVAILABLE",
}


class ApiError(Exception):
    """A refusal of the API; `echo` is the API key that shape 7 repeats."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        problems: Sequence[Problem] = (),
        headers: Mapping[str, str] | None = None,
        echo: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.problems = problems
        self.headers = headers or {}
        self.echo = echo

    @classmethod
    def at(cls, *problems: Problem, status: int = 400) -> ApiError:
        """Build the error for one or more fields at fault; the first gives the message."""
        return cls(status, problems[0].message, problems=problems)

    @property
    def code(self) -> str:
        """The contract's error code; SERVER_ERROR where it names none for the status."""
        return CODES.get(self.status, "SERVER_ERROR")

    def body(self, shape: int, call: Call) -> JsonObject:
        """Render the error in one of the seven shapes, as the answer to a call."""
        return _SHAPES[shape](self, call)


def _coded(error: ApiError, _: Call) -> JsonObject:
    details: JsonObject = {}
    if error.problems:
        details = {"field": error.problems[0].field, "value": error.problems[0].value}
    return {"error": {"code": error.code, "message": error.message, "details": details}}


def _typed(error: ApiError, _: Call) -> JsonObject:
    described: JsonObject = {
        "code": error.code,
        "message": error.message,
        "type": f"{error.code.lower()}_error",
    }
    if error.problems:
        described["param"] = error.problems[0].field
    return {"error": described}


def _enveloped(error: ApiError, call: Call) -> JsonObject:
    return _envelope(error, call, error.message, {"message": error.message})


def _envelope(error: ApiError, call: Call, message: str, data: JsonValue) -> JsonObject:
    return call.envelope("error", data) | {"error": str(error.status), "message": message}


def _without_data(error: ApiError, call: Call) -> JsonObject:
    return {key: value for key, value in _enveloped(error, call).items() if key != "data"}


def _unsuccessful(error: ApiError, _: Call) -> JsonObject:
    return {"success": False, "error": {"code": error.code, "message": error.message}}


def _by_path(error: ApiError, call: Call) -> JsonObject:
    if error.code != "INVALID_REQUEST" or not error.problems:
        return _enveloped(error, call)
    data: JsonObject = {problem.field: {problem.rule: {"message": problem.message}} for problem in error.problems}
    return _envelope(error, call, "validation error", data)


def _echoing(error: ApiError, call: Call) -> JsonObject:
    if error.echo is None:
        return _enveloped(error, call)
    return _envelope(error, call, error.message, [error.echo])


_SHAPES: dict[int, Callable[[ApiError, Call], JsonObject]] = {
    1: _coded,
    2: _typed,
    3: _enveloped,
    4: _without_data,
    5: _unsuccessful,
    6: _by_path,
    7: _echoing,
}

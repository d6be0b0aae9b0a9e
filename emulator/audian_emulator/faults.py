"""Faults that a test injects into the API, and their queue."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import (
    Field,
    JsonValue,
    StrictBool,
    StringConstraints,
    field_validator,
    model_validator,
)

from audian_emulator.behaviours import ControlModel, WholeNumber
from audian_emulator.delivery import Delivery

# The web server frames the response itself and breaks off one whose header text is illegal.
HeaderText = Annotated[str, StringConstraints(pattern=r"^([!-~]([ -~]*[!-~])?)?$")]
_BODILESS = (204, 304)
_HEADER_NAME = re.compile(r"(?!content-length$|transfer-encoding$)[a-z][a-z0-9-]*", re.IGNORECASE)


class Fault(ControlModel):
    """What happens instead of, or around, a matching request.

    `times` counts the matches left, 0 meaning no limit. `drop` closes the connection without an
    answer, before or after executing the request. `execute` executes it and then answers with
    `status` all the same. `delay_seconds` holds back the answer (or the drop), not the execution.
    `edit` and `edit_after` are what someone else does to the account right before and right after
    the execution. The API's own answer is passed on, shaped as `delivery` says, where the fault has
    a delay, an edit or a delivery and nothing that replaces the answer; else `status` is 500.
    `label` is what the request log calls the fault.
    """

    method: Literal["GET", "PATCH", "PUT"] | None = None
    account: str | None = None
    times: WholeNumber = Field(default=1, ge=0)
    status: WholeNumber | None = Field(default=None, ge=200, le=599)
    body: JsonValue = None
    headers: dict[str, HeaderText] = Field(default_factory=dict)
    retry_after: WholeNumber | HeaderText | None = None
    delay_seconds: float = Field(default=0, ge=0, strict=True)
    drop: Literal["before", "after"] | None = None
    execute: StrictBool = False
    delivery: Delivery | None = None
    edit: dict[str, JsonValue] | None = None
    edit_after: dict[str, JsonValue] | None = None
    label: str | None = None

    @field_validator("headers")
    @classmethod
    def _sendable(cls, headers: dict[str, str]) -> dict[str, str]:
        for name in headers:
            if not _HEADER_NAME.fullmatch(name):
                message = f"header {name!r} cannot be set"
                raise ValueError(message)
        return headers

    @model_validator(mode="after")
    def _consistent(self) -> Fault:
        if self.drop and (self.status or self._shapes_answer):
            message = "a dropped connection has no answer: leave out what shapes one"
            raise ValueError(message)
        if self.status in _BODILESS and self.body is not None:
            message = f"a {self.status} answer has no body"
            raise ValueError(message)
        return self

    @property
    def _shapes_answer(self) -> bool:
        return self._replaces_answer or self.delivery is not None

    @property
    def _replaces_answer(self) -> bool:
        return bool(self.body is not None or self.headers or self.retry_after is not None or self.execute)

    @property
    def answer_status(self) -> int | None:
        """The status to answer with; None to drop the connection or pass the API's answer on."""
        around = self.delay_seconds or self.delivery or self.edit or self.edit_after
        passes_on = around and not self._replaces_answer
        return self.status if self.status or self.drop or passes_on else 500

    @property
    def executes(self) -> bool:
        """Whether the API gets to carry the request out."""
        if self.drop or self.answer_status is None:
            return self.drop != "before"
        return self.execute

    @property
    def answer_headers(self) -> dict[str, str]:
        """The headers to answer with, Retry-After among them."""
        if self.retry_after is None:
            return dict(self.headers)
        return {"Retry-After": str(self.retry_after), **self.headers}


class FaultQueue:
    """Faults in the order in which they were added."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Append a fault."""
        self._faults.append(fault)

    def take(self, method: str, account: str | None) -> Fault | None:
        """Use up one match of the first fault for this request."""
        for position, fault in enumerate(self._faults):
            if fault.method in (None, method) and fault.account in (None, account):
                self._use(position, fault)
                return fault
        return None

    def _use(self, position: int, fault: Fault) -> None:
        if fault.times == 1:
            del self._faults[position]
        elif fault.times > 1:
            self._faults[position] = fault.model_copy(update={"times": fault.times - 1})

    def remaining(self) -> list[Fault]:
        """List the faults that can still match."""
        return list(self._faults)

    def clear(self) -> None:
        """Remove every fault."""
        self._faults.clear()

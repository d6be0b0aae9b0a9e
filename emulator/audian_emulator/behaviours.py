"""What the emulated server may do differently, where the contract leaves it open."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, StrictBool, StrictInt
from pydantic.alias_generators import to_camel

AuthScheme = Literal["x-auth-token", "bearer"]


def _without_point(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


WholeNumber = Annotated[StrictInt, BeforeValidator(_without_point)]
"""An integer as JSON Schema knows it: 60.0 is one, "60" and true are not."""


class ControlModel(BaseModel):
    """A control document: camelCase keys, no others."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid", frozen=True)


class RateLimit(ControlModel):
    """A token bucket: how many requests, how fast it refills (requests per second)."""

    capacity: WholeNumber = Field(ge=0)
    refill_per_second: float = Field(gt=0, strict=True)
    retry_after: StrictBool = False


class Behaviours(ControlModel):
    """Every switch of the emulated server; the defaults come first in each choice.

    `ignore_fields` and `coerce` name fields by dotted path; `extra_fields` is deep-merged into
    every account that the API returns. With `late_seconds` a change is answered with a 202 that shows no account, and
    reads show the change only after so many seconds.
    """

    merge: Literal["deep", "replace"] = "deep"
    nulls: Literal["delete", "ignore", "reject"] = "delete"
    envelope: Literal["flat", "data"] = "flat"
    auth_schemes: tuple[AuthScheme, ...] = ("x-auth-token", "bearer")
    etag: StrictBool = False
    error_shape: Literal[1, 2, 3, 4, 5, 6, 7] = 1
    ignore_fields: tuple[str, ...] = ()
    coerce: dict[str, JsonValue] = {}
    extra_fields: dict[str, JsonValue] = {}
    late_seconds: float = Field(default=0, ge=0, allow_inf_nan=False, strict=True)
    rate_limit: RateLimit | None = None
    rate_limit_headers: StrictBool = False

    def changed(self, patch: dict[str, JsonValue]) -> Behaviours:
        """Return these behaviours with some replaced.

        Raises pydantic.ValidationError for an unknown key or value.
        """
        return Behaviours.model_validate({**self.model_dump(by_alias=True), **patch})

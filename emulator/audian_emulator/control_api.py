"""The control endpoints under /_emulator: unauthenticated, and not in the request log."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, NoReturn

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, JsonValue, ValidationError
from pydantic.alias_generators import to_camel
from starlette.routing import Match, Route

from audian_emulator.behaviours import Behaviours
from audian_emulator.document import JsonObject
from audian_emulator.faults import Fault
from audian_emulator.state import EmulatorState

CONTROL_PREFIX = "/_emulator"
JsonBody = dict[str, JsonValue]


class Refusal(BaseModel):
    """Why a control was refused."""

    detail: str


def create_control_app(state: EmulatorState) -> FastAPI:
    """Build the application that serves the control endpoints for a state."""
    # The pages that FastAPI makes of its document load scripts from elsewhere.
    document = f"{CONTROL_PREFIX}/openapi.json"
    app = FastAPI(title="Audian emulator", openapi_url=document, docs_url=None, redoc_url=None)
    app.state.emulator = state
    app.include_router(router)
    app.add_exception_handler(RequestValidationError, _bad_input)
    app.add_exception_handler(ValidationError, _bad_input)
    app.add_exception_handler(405, _wrong_method)
    return app


async def _bad_input(_: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, (RequestValidationError, ValidationError)):
        raise error
    problems = [f"{_place(problem['loc'])}: {problem['msg']}" for problem in error.errors()]
    return JSONResponse({"detail": "; ".join(problems)}, 400)


async def _wrong_method(request: Request, _: Exception) -> JSONResponse:
    # Starlette names the methods of the first route with this path only.
    routes = [route for route in request.app.router.routes if isinstance(route, Route)]
    here = [route for route in routes if route.matches(request.scope)[0] is not Match.NONE]
    allowed = sorted({method for route in here for method in route.methods or ()})
    return JSONResponse({"detail": "Method Not Allowed"}, 405, {"Allow": ", ".join(allowed)})


def _place(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location if part != "body") or "body"


async def _state(request: Request) -> EmulatorState:
    state: EmulatorState = request.app.state.emulator
    return state


State = Annotated[EmulatorState, Depends(_state)]
router = APIRouter(prefix=CONTROL_PREFIX, responses={"4XX": {"model": Refusal, "description": "Refused"}})


@router.get("/requests")
async def list_requests(state: State) -> list[JsonBody]:
    """List the API requests since the last clear."""
    with state.lock:
        entries = [asdict(entry) for entry in state.log.entries]
    return [{to_camel(name): value for name, value in entry.items()} for entry in entries]


@router.delete("/requests", status_code=204)
async def clear_requests(state: State) -> None:
    """Empty the request log."""
    with state.lock:
        state.log.clear()


@router.get("/faults")
async def list_faults(state: State) -> list[Fault]:
    """List the faults that can still match."""
    with state.lock:
        return state.faults.remaining()


@router.post("/faults", status_code=201)
async def add_fault(state: State, fault: Fault) -> Fault:
    """Queue a fault."""
    with state.lock:
        state.faults.add(fault)
    return fault


@router.delete("/faults", status_code=204)
async def clear_faults(state: State) -> None:
    """Remove every fault."""
    with state.lock:
        state.faults.clear()


@router.get("/accounts")
async def list_accounts(state: State) -> list[JsonBody]:
    """List the stored accounts, whatever the behaviours make the API show."""
    with state.lock:
        return state.accounts.documents()


@router.get("/versions")
async def list_versions(state: State) -> list[JsonBody]:
    """List every version of every account since the last reset, in the order in which they were stored."""
    with state.lock:
        return [asdict(version) for version in state.accounts.versions]


@router.get("/accounts/{account_id}")
async def read_account(state: State, account_id: str) -> JsonBody:
    """Return one stored account."""
    with state.lock:
        return _stored(state, account_id)


@router.patch("/accounts/{account_id}")
async def edit_account(state: State, account_id: str, patch: JsonBody) -> JsonBody:
    """Edit an account as someone else would: deep merge, no validation, no immutable fields."""
    with state.lock:
        edited = state.accounts.edit(account_id, patch)
        return edited.document if edited else _refuse_unknown(account_id)


@router.put("/accounts/{account_id}")
async def put_account(state: State, account_id: str, document: JsonBody) -> JsonBody:
    """Create or replace an account with exactly this document and its id."""
    with state.lock:
        return state.accounts.put(account_id, {"id": account_id, **document}).document


@router.delete("/accounts/{account_id}", status_code=204)
async def remove_account(state: State, account_id: str) -> None:
    """Make an account unknown to the API."""
    with state.lock:
        if not state.accounts.remove(account_id):
            _refuse_unknown(account_id)


def _stored(state: EmulatorState, account_id: str) -> JsonObject:
    stored = state.accounts.get(account_id)
    return stored.document if stored else _refuse_unknown(account_id)


def _refuse_unknown(account_id: str) -> NoReturn:
    raise HTTPException(404, f"No account {account_id}")


@router.get("/behaviour")
async def read_behaviour(state: State) -> Behaviours:
    """Return the current behaviours."""
    with state.lock:
        return state.behaviours


@router.patch("/behaviour")
async def change_behaviour(state: State, patch: Behaviours) -> Behaviours:
    """Change some behaviours, each given one replaced whole."""
    with state.lock:
        return state.behave(patch.model_dump(by_alias=True, exclude_unset=True))


@router.post("/tokens/expire")
async def expire_tokens(state: State) -> dict[str, int]:
    """Expire every token that api_auth issued."""
    with state.lock:
        return {"expired": state.tokens.expire_issued()}


@router.post("/reset", status_code=204)
async def reset(state: State) -> None:
    """Go back to the seed."""
    with state.lock:
        state.reset()

"""The seed file: the tokens and accounts that an emulator starts with."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, JsonValue, ValidationError, field_validator

from audian_emulator.behaviours import ControlModel
from audian_emulator.validation import account_problems

DEFAULT_SEED = Path(__file__).with_name("seed.json")


class SeedError(Exception):
    """A seed file that cannot be used; the message is one line naming file and problem."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"Seed file {path}: {problem}; correct it, or leave out --seed.")


class SeedTokens(ControlModel):
    """The two static tokens."""

    full: str = Field(min_length=1)
    read_only: str = Field(min_length=1)


class Seed(ControlModel):
    """Tokens, API key and accounts, each account as the API returns it."""

    tokens: SeedTokens
    api_key: str = Field(min_length=1)
    accounts: list[dict[str, JsonValue]]

    @field_validator("accounts")
    @classmethod
    def _usable(cls, accounts: list[dict[str, JsonValue]]) -> list[dict[str, JsonValue]]:
        for position, account in enumerate(accounts):
            if not isinstance(account.get("id"), str) or not account["id"]:
                message = f"account {position} has no id"
                raise ValueError(message)
            for problem in account_problems(account):
                message = f"{account['id']}: {problem.message} (field {problem.field})"
                raise ValueError(message)
        _refuse_duplicates(accounts, "id")
        _refuse_duplicates(accounts, "email")
        return accounts


def _refuse_duplicates(accounts: list[dict[str, JsonValue]], key: str) -> None:
    seen: set[str] = set()
    for account in accounts:
        value = str(account[key]).casefold()
        if value in seen:
            message = f"two accounts have the {key} {account[key]}"
            raise ValueError(message)
        seen.add(value)


def load_seed(path: Path | None = None) -> Seed:
    """Read a seed file, by default the shipped one.

    Raises SeedError where the file cannot be read or is no valid seed.
    """
    path = path or DEFAULT_SEED
    try:
        return Seed.model_validate_json(path.read_bytes())
    except OSError as error:
        raise SeedError(path, str(error.strerror)) from error
    except ValidationError as error:
        raise SeedError(path, _first_problem(error)) from error


def _first_problem(error: ValidationError) -> str:
    """Describe the first validation error in one line, without the input's value."""
    details = error.errors(include_url=False, include_input=False, include_context=False)[0]
    place = ".".join(map(str, details["loc"]))
    return f"{place}: {details['msg']}" if place else details["msg"]

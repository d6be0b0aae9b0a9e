"""The emulator as schemathesis judges it: against the contract's document, and against its own.

`make contract` runs the same with many more requests; CONTRACT_EXAMPLES and CONTRACT_SEED set how many, and which.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from openapi_spec_validator import validate
from tests.contract.document import CONTRACT, DOCUMENT

from audian_emulator import Control
from audian_emulator.control_api import CONTROL_PREFIX

pytestmark = pytest.mark.timeout(1800)  # seconds: the long form is one

CHECKOUT = Path(__file__).parents[2]
EXAMPLES = int(os.environ.get("CONTRACT_EXAMPLES", "8"))
SEED = os.environ.get("CONTRACT_SEED", "1")
SHAPES = range(1, 8) if EXAMPLES > 100 else (1, 6)


def judged(document: str | Path, url: str) -> None:
    """Let schemathesis send what the document allows and what it forbids; its findings are the failure's text."""
    if sys.version_info < (3, 11):
        pytest.skip("schemathesis needs Python 3.11")
    done = subprocess.run(
        [
            *(Path(sys.executable).with_name("st"), "--config-file", "tests/contract/schemathesis.toml"),
            *("run", document, "--url", url, "--no-color", "--continue-on-failure", "--warnings=off"),
            *(f"--max-examples={EXAMPLES}", f"--seed={SEED}"),
        ],
        cwd=CHECKOUT,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=1800,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "0 generated" not in done.stdout


def test_the_contracts_document_is_one() -> None:
    """A validator finds it to be OpenAPI."""
    validate(DOCUMENT)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_emulated_api_keeps_to_the_contract(api: Control, shape: int) -> None:
    """It takes what the document allows, refuses the rest, and answers in its forms, whichever that of errors is."""
    api.behave(error_shape=shape, etag=True, rate_limit_headers=True)
    judged(CONTRACT, api.api_url)


def test_the_emulator_keeps_to_its_own_document(api: Control) -> None:
    """The controls take and answer what FastAPI says of them."""
    origin = api.api_url.removesuffix("/v2")
    judged(f"{origin}{CONTROL_PREFIX}/openapi.json", origin)

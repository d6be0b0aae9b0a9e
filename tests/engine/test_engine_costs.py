"""What an account costs on the way through the engine, by counts that are the same on every machine."""

from __future__ import annotations

import json
from collections import Counter
from importlib.metadata import version
from pathlib import Path
from typing import Any

from workbench import ACME, GLOBEX, INITECH, Workbench

ACCOUNTS: dict[str, dict[str, Any]] = {
    name: {"accountId": account_id, "displayName": name, "settings": {"timezone": "America/Chicago"}}
    for name, account_id in {"acme": ACME, "globex": GLOBEX, "initech": INITECH}.items()
}
OLD_SDK = tuple(map(int, version("pulumi").split(".")[:2])) < (3, 259)
ONCE_A_RUN = {"CheckConfig", "DiffConfig", "Configure", "Handshake", "GetPluginInfo", "Cancel"}


def provider_calls(log: Path) -> Counter[str]:
    """How often the engine called the provider for each of its resources, by method."""
    entries = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    names = [entry["method"] for entry in entries if entry["progress"] == "request_started"]
    methods = [name.rsplit("/", 1)[-1] for name in names if "ResourceProvider/" in name]
    return Counter(method for method in methods if method not in ONCE_A_RUN)


def bytes_of_our_own(bench: Workbench, name: str) -> int:
    """What state holds of an account beside its declaration, its live values and what was overwritten."""
    stored = bench.stored(name)
    assert stored is not None
    others = (ACCOUNTS[name], bench.api.account(ACCOUNTS[name]["accountId"]), stored["outputs"]["overwritten"])
    return sum(len(json.dumps(stored[half])) for half in ("inputs", "outputs")) - sum(
        len(json.dumps(other)) for other in others
    )


def test_an_account_costs_no_call_and_no_byte_more_than_it_must(bench: Workbench, tmp_path: Path) -> None:
    """Adoption reads and writes each account, a preview of what is as declared asks nothing, a refresh reads."""
    bench.declare(**ACCOUNTS)
    up = bench.up("--skip-preview")
    assert up.code == 0, up.text
    assert Counter(bench.calls()) == {"GET": 3, "PATCH": 3}
    assert bytes_of_our_own(bench, "acme") < 350

    bench.environment["PULUMI_DEBUG_GRPC"] = str(tmp_path / "preview.json")
    preview = bench.preview("--expect-no-changes")
    assert preview.code == 0, preview.text
    assert bench.calls() == []
    assert provider_calls(tmp_path / "preview.json") == {"Check": 3, "Diff": 3}

    bench.environment["PULUMI_DEBUG_GRPC"] = str(tmp_path / "refresh.json")
    refresh = bench.refresh("--skip-preview")
    assert refresh.code == 0, refresh.text
    assert bench.calls() == ["GET", "GET", "GET"]
    assert provider_calls(tmp_path / "refresh.json")["Read"] == 3


TWO_WAYS = f"""
import pulumi_audian as audian

audian.Account("acme", account_id="{ACME}", display_name="Acme 2")
audian.Account.from_mapping("globex", {{"accountId": "{GLOBEX}", "displayName": "Globex 2"}})
"""


def test_state_has_the_line_that_declares_an_account_where_that_says_something(bench: Workbench) -> None:
    """Of a program's own account; those of a mapping, such as a stack file, are all declared by the same line."""
    (bench.directory / "__main__.py").write_text(TWO_WAYS)
    bench.write_config(bench.config)
    up = bench.up("--skip-preview")
    assert up.code == 0, up.text
    acme, globex = bench.stored("acme"), bench.stored("globex")
    assert acme is not None
    assert globex is not None
    assert acme["sourcePosition"] == "project:///__main__.py#4"
    lines = {name: globex[name] for name in ("sourcePosition", "stackTrace") if name in globex}
    # Older SDKs run the program inside of a constructor of theirs, and take that for the one that declares it.
    assert not lines or OLD_SDK
    assert not any(name in str(lines) for name in ("__main__.py", "pulumi_audian"))


COUNTING = """
import asyncio
import atexit
from pathlib import Path
import pulumi_audian as audian

looked_at = []
wait = asyncio.wait


async def counting(futures, **options):
    looked_at.append(len(futures))
    return await wait(futures, **options)


asyncio.wait = counting
atexit.register(lambda: Path("looked-at").write_text(str(sum(looked_at))))
for number in range(40):
    audian.Account(f"account-{number}", account_id=f"acc_{number}", display_name="Acme")
"""


def test_the_sdk_looks_at_few_outputs_again_and_again(bench: Workbench) -> None:
    """It goes through all that are left each time that some are done, unless a registration began early enough."""
    (bench.directory / "__main__.py").write_text(COUNTING)
    bench.write_config({**bench.config, "audian:previewReads": False})
    preview = bench.preview()
    assert preview.code == 0, preview.text
    assert bench.calls() == []
    outputs_an_account = 16
    assert int((bench.directory / "looked-at").read_text()) <= 40 * outputs_an_account

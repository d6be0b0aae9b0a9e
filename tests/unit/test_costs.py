"""What each account and each run costs, by counts that are the same on every machine; `make bench` measures time."""

from __future__ import annotations

import subprocess
import sys

UNCHANGED = """
import sys
from pulumi.dynamic import ConfigureRequest, Config
before = set(sys.modules)
from pulumi_audian.provider import AccountProvider
provider = AccountProvider()
provider.configure(ConfigureRequest(Config({}, "audian")))
inputs = {"__provider": "x", "accountId": "acc_1", "email": "a@acme.com", "settings": {"timezone": "UTC"}}
checked = provider.check(inputs, {**inputs, "__declaration": {"urn": "urn", "preview": True}})
assert not checked.failures and checked.inputs == {name: inputs[name] for name in inputs if name != "__provider"}
provider.diff("acc_1", {**inputs, "status": "active"}, inputs)
print(*sorted(set(sys.modules) - before))
"""

DECLARED = """
import pulumi
from pulumi.runtime.mocks import Mocks, set_mocks


class Nothing(Mocks):
    def call(self, args):
        return {}

    def new_resource(self, args):
        return args.name, dict(args.inputs)


set_mocks(Nothing())
import pulumi_audian as audian
account = audian.Account("acme", account_id="acc_1", display_name="Acme", settings={"timezone": "UTC"})
print(*sorted(name for name, value in vars(account).items() if isinstance(value, pulumi.Output)))
"""


def printed(script: str) -> list[str]:
    """The words that a fresh interpreter prints."""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_an_unchanged_account_loads_neither_validation_nor_http() -> None:
    """A preview without changes makes no call and checks nothing again, and so doesn't wait for what does."""
    modules = set(printed(UNCHANGED))
    assert "pulumi_audian.review" in modules
    others = {"requests", "urllib3", "tenacity", "pydantic", "email_validator"}
    assert not modules & {*others, "pulumi_audian.models", "pulumi_audian.client", "pulumi_audian.lifecycle"}
    assert len(modules) <= 40


def test_an_account_makes_the_sdk_wait_for_few_outputs() -> None:
    """Each output takes the program some 0.15 ms: the fields, the internal entries, and nothing twice."""
    fields = {"name", "displayName", "email", "phone", "status", "plan", "address", "settings", "metadata"}
    others = {"accountId", "createdAt", "updatedAt", "overwritten", "onDelete"}
    assert set(printed(DECLARED)) == fields | others | {"id", "urn", "__declaration", "__provider"}

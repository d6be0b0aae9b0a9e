"""Programs under the SDK's own mocks, as their users test them."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import pulumi


class Mocks(pulumi.runtime.Mocks):
    def new_resource(self, args):
        return [args.name, args.inputs]

    def call(self, args):
        print("called", args.token)
        return {}


pulumi.runtime.set_mocks(Mocks())
import pulumi_audian as audian


@pulumi.runtime.test
def test_display_name():
    acme = audian.Account("acme", account_id="acc_1234567890", display_name="Acme")
    return acme.display_name.apply(print)


test_display_name()
"""


def test_a_program_can_be_tested_with_mocks() -> None:
    """There is no state to ask for then, and nothing to say about it."""
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("Acme\n", "")

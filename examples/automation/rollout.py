"""The Automation API in a script of your own: `python rollout.py preview|up|destroy`, a stack for each customer.

There is no Pulumi.yaml and no stack file: the project, its stacks and the program are values of this script.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pulumi
from pulumi import automation

import pulumi_audian as audian

# An inline program's project names no environment: without this, the engine looks for the provider in another Python.
ENVIRONMENT = {"PULUMI_PYTHON_CMD": sys.executable}


def customers_stack(customer: str, declaration: Mapping[str, Any]) -> automation.Stack:
    """The stack of one customer, whose program declares the account."""

    def program() -> None:
        account = audian.Account.from_mapping(customer, declaration)
        pulumi.export("phone", account.phone)

    options = automation.LocalWorkspaceOptions(env_vars=ENVIRONMENT)
    return automation.create_or_select_stack(customer, project_name="example-automation", program=program, opts=options)


def main() -> None:
    """Run a command on the stack of every customer, and print what it did."""
    parser = argparse.ArgumentParser(description="Bring the accounts in customers.json up.")
    parser.add_argument("command", choices=["preview", "up", "destroy"])
    command = parser.parse_args().command
    customers = json.loads(Path(__file__).with_name("customers.json").read_text("utf-8"))
    for customer, declaration in customers.items():
        stack = customers_stack(customer, declaration)
        if command == "preview":
            print(customer, stack.preview().change_summary)
        elif command == "up":
            print(customer, stack.up().summary.resource_changes)
        else:
            print(customer, stack.destroy().summary.resource_changes)


if __name__ == "__main__":
    main()

"""What is compared: programs that declare the same inputs by different means."""

from __future__ import annotations

import json
from dataclasses import dataclass

FLOOR = "component"
OURS = "Account"

_INPUTS = """{
            "accountId": f"acc_{number}",
            "displayName": f"Account {number}",
            "email": f"billing-{number}@acme.com",
            "settings": {"timezone": "America/Chicago", "enableRecording": True, "recordingRetention": 90},
        }"""

_COMPONENT = """
import pulumi


class Component(pulumi.ComponentResource):
    def __init__(self, name, props):
        super().__init__("bench:index:Component", name, props)


for number in range(SIZE):
    Component(f"account-{number}", INPUTS)
"""

_PLAIN_MODULE = """
from pulumi.dynamic import CreateResult, Resource, ResourceProvider


class PlainProvider(ResourceProvider):
    serialize_as_secret_always = False

    def __reduce__(self):
        return (PlainProvider, ())

    def create(self, props):
        return CreateResult(props["accountId"], props)


class Plain(Resource):
    def __init__(self, name, props):
        super().__init__(PlainProvider(), name, props)
"""

_PLAIN = """
from plain import Plain

for number in range(SIZE):
    Plain(f"account-{number}", INPUTS)
"""

_NAIVE = """
import os
import pulumi
import requests
from pulumi.dynamic import CreateResult, ReadResult, Resource, ResourceProvider, UpdateResult

URL = os.environ["AUDIAN_API_URL"] + "/accounts/"
HEADERS = {"X-Auth-Token": os.environ["AUDIAN_API_TOKEN"]}


class NaiveProvider(ResourceProvider):
    def write(self, props):
        body = {key: value for key, value in props.items() if key not in ("__provider", "accountId")}
        body["settings"] = {**body["settings"], "recordingRetention": int(body["settings"]["recordingRetention"])}
        answer = requests.patch(URL + props["accountId"], json=body, headers=HEADERS, timeout=30)
        answer.raise_for_status()
        return {**props, **answer.json()}

    def create(self, props):
        return CreateResult(props["accountId"], self.write(props))

    def update(self, _id, _olds, news):
        return UpdateResult(self.write(news))

    def read(self, id_, props):
        answer = requests.get(URL + id_, headers=HEADERS, timeout=30)
        answer.raise_for_status()
        return ReadResult(id_, {**props, **answer.json()})


class Naive(Resource):
    def __init__(self, name, props, opts=None):
        super().__init__(NaiveProvider(), name, props, opts)


for number in range(SIZE):
    Naive(f"account-{number}", INPUTS)
"""

_ACCOUNT = """
import pulumi_audian as audian

for number in range(SIZE):
    audian.Account.from_mapping(f"account-{number}", INPUTS)
"""


@dataclass(frozen=True)
class Contender:
    """A Pulumi program, with a module beside it where it needs one."""

    name: str
    program: str
    plain_module: str = ""

    def files(self, size: int) -> dict[str, str]:
        """The program's files by name."""
        program = self.program.replace("SIZE", str(size)).replace("INPUTS", _INPUTS)
        return {"__main__.py": program, **({"plain.py": self.plain_module} if self.plain_module else {})}


CONTENDERS = (
    Contender(FLOOR, _COMPONENT),
    Contender("dynamic", _PLAIN, _PLAIN_MODULE),
    Contender("naive", _NAIVE),
    Contender(OURS, _ACCOUNT),
)
"""docs/performance.md says what each is."""


def terraform_configuration(size: int) -> str:
    """The same inputs as Terraform's built-in resources, in its JSON syntax."""
    settings = {"timezone": "America/Chicago", "enableRecording": True, "recordingRetention": 90}
    inputs = {
        "accountId": "acc_${count.index}",
        "displayName": "Account ${count.index}",
        "email": "billing-${count.index}@acme.com",
        "settings": settings,
    }
    return json.dumps({"resource": {"terraform_data": {"account": {"count": size, "input": inputs}}}})

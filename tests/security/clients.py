"""The client as the provider makes it: from settings and environment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.security.hostile import API_KEY, TOKEN

from pulumi_audian.client import Client
from pulumi_audian.connection import connect

WITH_TOKEN = {"AUDIAN_API_TOKEN": TOKEN}
WITH_KEY = {"AUDIAN_API_KEY": API_KEY}


def client(url: str, environment: Mapping[str, str] = WITH_TOKEN, **config: Any) -> Client:
    """A client of the API at a URL, which gives up at once where it gets no answer."""
    settings = {"apiUrl": url, "timeoutSeconds": 5, "retrySeconds": 0, **config}
    return Client(connect({f"audian:{name}": value for name, value in settings.items()}.get, environment), print)


def read(url: str) -> object:
    """Read an account."""
    return client(url).read("acc_1")


def write(url: str) -> object:
    """Change an account."""
    return client(url).write("acc_1", {"displayName": "Acme 2"}, None)


def exchange(url: str) -> object:
    """Exchange the API key for a token, which reading an account begins with."""
    return client(url, WITH_KEY).read("acc_1")


CALLS: list[Callable[[str], object]] = [read, write, exchange]

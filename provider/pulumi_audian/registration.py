"""Lets the registrations of a program begin while the program still runs."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from weakref import WeakSet

import pulumi

_BEGUN: WeakSet[pulumi.Resource] = WeakSet()
"""The root resources of the programs of this process whose registrations have begun."""


def begin_registrations() -> None:
    """Give the event loop one turn, once a program.

    Where no registration has begun when the program ends, the SDK doesn't wait for them one by one, but for all outputs
    at once, and goes through those that are left each time that some are done: a third of the program's time for a
    thousand accounts. Any synchronous invoke gives such a turn too.
    """
    root = pulumi.runtime.get_root_resource()
    if root is None or root in _BEGUN:
        return
    _BEGUN.add(root)
    with suppress(ImportError):  # an SDK without it is as right, and slower
        from pulumi.runtime.sync_await import _sync_await

        _sync_await(asyncio.sleep(0))

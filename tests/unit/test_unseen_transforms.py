"""Whether transforms can be followed, by what there is of the SDK."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest
from pulumi.runtime import settings
from pulumi.runtime._callbacks import _CallbackServicer

from pulumi_audian.transforms import unseen_transforms


class Root:
    """As much of a program's root resource as is looked at."""

    def __init__(self) -> None:
        self._transformations: list[Any] = []


@pytest.fixture
def _program(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that runs under an engine and has no transforms."""
    root = Root()
    monkeypatch.setattr(settings, "get_monitor", object)
    monkeypatch.setattr(settings, "get_root_resource", lambda: root)
    monkeypatch.setattr(_CallbackServicer, "_servicers", [])


@pytest.mark.usefixtures("_program")
def test_without_transforms_nothing_is_unseen() -> None:
    """Nor is anything registered, or waited for."""
    assert unseen_transforms(pulumi.ResourceOptions()) is False


@pytest.mark.usefixtures("_program")
def test_a_component_of_another_program_sees_no_transforms(monkeypatch: pytest.MonkeyPatch) -> None:
    """It has no root resource, and that program's transforms are in another process."""
    monkeypatch.setattr(settings, "get_root_resource", lambda: None)
    assert unseen_transforms(pulumi.ResourceOptions()) is True


@pytest.mark.usefixtures("_program")
def test_an_sdk_that_hides_its_transforms_leaves_them_unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it can't be told whether there are any, there may be."""
    monkeypatch.delattr(_CallbackServicer, "_servicers")
    assert unseen_transforms(pulumi.ResourceOptions()) is True

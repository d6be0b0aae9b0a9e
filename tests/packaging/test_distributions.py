"""What is published holds what it should, says what is true, and nothing else."""

from __future__ import annotations

import json
import re
import tarfile
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from tests.packaging.building import Distributions, build
from tests.packaging.environments import CHECKOUT

import pulumi_audian


def described(wheel: Path) -> metadata.Distribution:
    """A wheel as it describes itself to installers."""
    (distribution,) = metadata.distributions(path=[str(wheel)])
    return distribution


def contents(wheel: Path) -> dict[str, bytes]:
    """The files of a wheel, without the installer's own."""
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist() if ".dist-info/" not in name}


def sources(root: Path, package: str) -> dict[str, bytes]:
    """The files of a package in the checkout."""
    files = [path for path in (root / package).rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


def test_a_wheel_holds_its_package(distributions: Distributions) -> None:
    """All of it and nothing beside it: the marker of types, the schema and the emulator's accounts too."""
    library, emulator = contents(distributions.wheel), contents(distributions.emulator)
    assert library == sources(CHECKOUT / "provider", "pulumi_audian")
    assert emulator == sources(CHECKOUT / "emulator", "audian_emulator")
    assert {"pulumi_audian/py.typed", "pulumi_audian/schema.json"} <= library.keys()
    assert {"audian_emulator/py.typed", "audian_emulator/seed.json"} <= emulator.keys()


def test_a_wheel_is_no_plugin(distributions: Distributions) -> None:
    """The file that keeps the engine from downloading a plugin of this name stands where the engine looks."""
    assert json.loads(contents(distributions.wheel)["pulumi_audian/pulumi-plugin.json"])["resource"] is False


def test_the_source_distribution_is_what_a_build_needs(distributions: Distributions, tmp_path: Path) -> None:
    """It builds the same wheel; of the checkout around the library it has what describes it."""
    with tarfile.open(distributions.sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    around = {name for name in names if not name.startswith("provider/pulumi_audian/")}
    assert around == {"pyproject.toml", "README.md", "CHANGELOG.md", "PKG-INFO", ".gitignore"}
    assert contents(build(distributions.sdist, "--wheel", tmp_path)) == contents(distributions.wheel)


def test_the_pythons_that_are_declared_are_tested(distributions: Distributions) -> None:
    """The classifiers, the lower bound and the versions that CI runs are the same."""
    described_as = described(distributions.wheel).metadata
    classified = re.findall(r"Python :: (3\.\d+)", "\n".join(described_as.get_all("Classifier") or []))
    workflow = (CHECKOUT / ".github" / "workflows" / "ci.yml").read_text("utf-8")
    matrix = yaml.safe_load(workflow)["jobs"]["test"]["strategy"]["matrix"]["python"]
    assert set(classified) == set(re.findall(r"3\.\d+", matrix))
    assert described_as["Requires-Python"] == f">={classified[0]}"


def test_the_version_is_the_changelogs_newest(distributions: Distributions) -> None:
    """A release can't forget its entry; the code states the same version."""
    newest = re.search(r"^## (\S+)", (CHECKOUT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert newest
    assert described(distributions.wheel).version == newest[1] == pulumi_audian.__version__


@pytest.mark.parametrize("kind", ["wheel", "emulator"])
def test_every_dependency_has_a_lower_bound(distributions: Distributions, kind: str) -> None:
    """Without one, an installer may choose a version that nobody has tried."""
    requirements = described(getattr(distributions, kind)).requires or []
    assert requirements
    assert [line for line in requirements if ">=" not in line.partition(";")[0]] == []

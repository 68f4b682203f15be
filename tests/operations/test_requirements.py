"""The locks hold everything that pyproject.toml asks for, by hash and without an address."""

import hashlib
import re
import tomllib
from pathlib import Path

import pytest
from django.conf import settings
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(settings.BASE_DIR)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
RUNTIME = PROJECT["dependencies"]
DEVELOPMENT = PROJECT["optional-dependencies"]["dev"]


def locked(name: str) -> dict[str, Version]:
    text = (ROOT / name).read_text("utf-8")
    pins = re.findall(r"^([\w.-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", text, re.MULTILINE)
    return {canonicalize_name(package): Version(version) for package, version in pins}


@pytest.mark.parametrize(
    ("file", "wanted"),
    [("requirements.txt", RUNTIME), ("requirements-dev.txt", RUNTIME + DEVELOPMENT)],
)
def test_lock_satisfies_every_dependency(file, wanted):
    pins = locked(file)

    missing = [
        line
        for line in wanted
        if (pin := pins.get(canonicalize_name(Requirement(line).name))) is None
        or not Requirement(line).specifier.contains(pin, prereleases=True)
    ]

    assert missing == []


def test_development_lock_runs_the_versions_of_production():
    runtime, development = locked("requirements.txt"), locked("requirements-dev.txt")

    assert {name: development.get(name) for name in runtime} == runtime


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_every_locked_package_has_a_hash(file):
    blocks = re.split(r"\n(?=\S)", (ROOT / file).read_text("utf-8"))
    packages = [block for block in blocks if "==" in block.split("\n")[0]]

    bare = [block.split("\n")[0] for block in packages if "--hash=sha256:" not in block]

    assert packages
    assert bare == []


def test_vendored_pip_is_the_one_that_was_written_down():
    (wheel,) = (ROOT / "script" / "vendor").glob("pip-*.whl")
    note = (ROOT / "script" / "vendor" / "README.md").read_text("utf-8")

    assert f"{hashlib.sha256(wheel.read_bytes()).hexdigest()}  {wheel.name}" in note

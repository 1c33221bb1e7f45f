"""The locks pin by hash what the project asks for; no file names a registry or one machine."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from functools import cache
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
CONSOLE = ROOT / "dispatch/console"
TEXT = {
    *(".py", ".md", ".toml", ".lock", ".txt", ".sh", ".yml", ".yaml", ".json", ".ini", ".conf"),
    *(".ts", ".tsx", ".css", ".html", ".mako", ".csv", ".geojson", ".npmrc", ""),
}
# Put together here, so that this file does not find itself.
REGISTRIES = (
    "pypi" + ".org",
    "pythonhosted" + ".org",
    "registry" + ".npmjs",
    "registry" + ".yarnpkg",
)
MACHINE_PATH = re.compile(r"(?<![\w./-])/(?:" + "work" + r"|home|Users|root)/\w")


def test_every_dependency_is_pinned_within_its_bounds() -> None:
    pinned = pins()
    for wanted in requirements():
        versions = pinned.get(canonicalize_name(wanted.name), [])
        assert versions, f"{wanted} is not in requirements.lock: run make lock"
        for version in versions:
            assert wanted.specifier.contains(version), f"{wanted}, locked {version}: run make lock"


def test_the_containers_lock_is_a_part_of_the_whole() -> None:
    whole, part = pins(), pins("docker/requirements.lock")
    assert part
    assert {name: whole.get(name) for name in part} == part


@pytest.mark.parametrize("lock", ["requirements.lock", "docker/requirements.lock"])
def test_every_pin_has_a_hash(lock: str) -> None:
    entries = (ROOT / lock).read_text().split("\n")
    for line in entries:
        if "==" in line:
            assert line.endswith("\\"), f"no hash for {line}"
    assert all("--hash=sha256:" in line for line in entries if line.startswith(" "))


def test_the_console_lock_pins_what_its_package_asks_for() -> None:
    package = json.loads((CONSOLE / "package.json").read_text())
    lock = json.loads((CONSOLE / "package-lock.json").read_text())
    for kind in ("dependencies", "devDependencies"):
        assert lock["packages"][""].get(kind, {}) == package.get(kind, {})
    for name, entry in lock["packages"].items():
        assert not name or entry.get("integrity"), f"no hash for {name}"
        assert "resolved" not in entry, f"{name} names where it came from"


@pytest.mark.parametrize("host", REGISTRIES)
def test_no_file_names_a_registry(host: str) -> None:
    assert not [path for path, text in texts().items() if host in text]


def test_no_file_names_a_place_on_one_machine() -> None:
    found = {path: MACHINE_PATH.findall(text) for path, text in texts().items()}
    assert not {path: places for path, places in found.items() if places}


def pins(lock: str = "requirements.lock") -> dict[str, list[str]]:
    """Locked versions by name; more than one where Python versions differ."""
    found: dict[str, list[str]] = {}
    for line in (ROOT / lock).read_text().splitlines():
        match = re.match(r"([\w.-]+)==([^\s;]+)", line)
        if match:
            found.setdefault(canonicalize_name(match[1]), []).append(match[2])
    return found


def requirements() -> list[Requirement]:
    """What pyproject.toml asks for, its groups included."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = project["dependency-groups"].values()
    asked = [*project["project"]["dependencies"], *(line for group in groups for line in group)]
    return [Requirement(line) for line in asked]


@cache
def texts() -> dict[str, str]:
    """Every text file under version control, by its path; of a plain copy, every such file."""
    return {
        str(path.relative_to(ROOT)): path.read_text(errors="replace")
        for path in tracked()
        if path.suffix in TEXT and path.is_file()
    }


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode == 0:
        return [ROOT / name for name in listed.stdout.split("\0") if name]
    ours = ("dispatch", "jurisdictions", "geodata", "alembic", "tests", "docker", "docs", "tools")
    return [
        path
        for folder in ours
        for path in (ROOT / folder).rglob("*")
        if not {"node_modules", "dist", "__pycache__"} & set(path.parts)
    ]

"""The import direction holds, and the lint that says so catches each kind of breach."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("dispatch", "jurisdictions", "geodata")
LINT = Path(sys.executable).with_name("lint-imports")

DIRECTION = "Three packages, one direction"
LAYERS = "Inside dispatch: edges, services, realtime, store, domain"
PURE = "Rules are pure: no I/O library in the pure packages"
TABLES = "Tables are private to the store"
CYCLES = "No cycles between siblings"

# contract, module that breaks it, what it imports or holds
BREACHES = [
    (DIRECTION, "geodata.reaches_up", "import dispatch.domain"),
    (DIRECTION, "jurisdictions.reaches_up", "import dispatch.domain"),
    (DIRECTION, "geodata.reaches_sideways", "import jurisdictions"),
    (LAYERS, "dispatch.services.reaches_api", "import dispatch.api"),
    (LAYERS, "dispatch.store.reaches_service", "import dispatch.services"),
    (LAYERS, "dispatch.domain.reaches_settings", "import dispatch.settings"),
    (LAYERS, "dispatch.api.reaches_jobs", "import dispatch.jobs"),
    (PURE, "dispatch.domain.reaches_sql", "import sqlalchemy"),
    (PURE, "geodata.reaches_asyncio", "import asyncio"),
    (PURE, "jurisdictions.reaches_http", "import fastapi"),
    (TABLES, "dispatch.api.reaches_tables", "import dispatch.store.tables"),
    (CYCLES, "dispatch.services.goes_round", "import dispatch.services.comes_round"),
    (CYCLES, "dispatch.services.comes_round", "import dispatch.services.goes_round"),
]


def test_imports_go_one_way() -> None:
    report = lint(ROOT)
    assert report.returncode == 0, report.stdout + report.stderr


@pytest.mark.parametrize(
    ("contract", "module"), [(contract, module) for contract, module, _ in BREACHES]
)
def test_a_planted_breach_is_caught(contract: str, module: str) -> None:
    name = module[module.rindex(".") :]
    assert name in findings_of_all_breaches()[contract]


def test_a_module_in_no_layer_is_caught() -> None:
    report = lint_planted({"dispatch.unlisted": ""})
    assert report.returncode != 0
    assert "unlisted" in report.stdout


@cache
def findings_of_all_breaches() -> dict[str, str]:
    """What the lint says under each contract's heading, with every breach planted at once."""
    report = lint_planted({module: body for _, module, body in BREACHES})
    assert report.returncode != 0
    _, _, broken = report.stdout.partition("Broken contracts")
    headings = {contract: broken.find(f"{contract}\n---") for contract in contracts()}
    assert min(headings.values()) >= 0, report.stdout
    ends = [*sorted(headings.values()), len(broken)]
    return {name: broken[at : ends[ends.index(at) + 1]] for name, at in headings.items()}


def contracts() -> set[str]:
    return {contract for contract, _, _ in BREACHES}


def lint_planted(modules: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run the lint on a copy of the packages with ``modules`` (dotted name → text) added."""
    with tempfile.TemporaryDirectory(prefix="hub-lint-") as name:
        folder = Path(name)
        shutil.copy(ROOT / "pyproject.toml", folder)
        for package in PACKAGES:
            for source in (ROOT / package).rglob("*.py"):
                if "node_modules" not in source.parts:
                    copy = folder / source.relative_to(ROOT)
                    copy.parent.mkdir(parents=True, exist_ok=True)
                    copy.write_bytes(source.read_bytes())
        for module, body in modules.items():
            folder.joinpath(*module.split(".")).with_suffix(".py").write_text(body)
        return lint(folder)


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter on the packages that lie in ``folder``, as ``make check`` does."""
    return subprocess.run(
        [str(LINT), "--no-cache", "--no-logo"],
        cwd=folder,
        env={**os.environ, "COLUMNS": "400"},
        capture_output=True,
        text=True,
        check=False,
    )

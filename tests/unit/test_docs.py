"""The pages for readers name what is there: files, commands, options, settings, tests."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer
from pydantic_settings import BaseSettings

from dispatch import settings
from dispatch.cli import app

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "dispatch" / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
LINK = re.compile(r"\]\((?!https?:)([^)#]*)")
CODE = re.compile(r"`([^`]+)`", re.DOTALL)
FENCED = re.compile(r"^```\n(.*?)^```", re.DOTALL | re.MULTILINE)
OURS = re.compile(
    r"(?:alembic|dispatch|docker|docs|geodata|jurisdictions|tests|tools)/[\w./-]*|tests/\S+\.py"
)
TEST = re.compile(r"\btest_\w+")
VARIABLE = re.compile(r"\bHUB_[A-Z_]+\b(?!…)")


@cache
def names_of_tests() -> set[str]:
    """Every test's file and function."""
    files = list((ROOT / "tests").rglob("test_*.py"))
    functions = re.findall(
        r"^def (test_\w+)", "\n".join(f.read_text() for f in files), re.MULTILINE
    )
    return {path.stem for path in files} | set(functions)


def commands(page: Path) -> list[str]:
    """Every line that is to be typed: in a fence, or in backticks, of ``hub`` or ``make``."""
    text = page.read_text(encoding="utf-8")
    lines = [line for block in FENCED.findall(text) for line in block.splitlines()]
    spans = [" ".join(span.split()) for span in CODE.findall(FENCED.sub("", text))]
    found = (line.partition("#")[0].strip() for line in lines + spans)
    return [line for line in found if re.match(r"(hub|make) \S", line)]


def command_of(words: list[str]) -> Any:
    """The command that the first words name, with ``words`` left holding its own arguments."""
    command: Any = typer.main.get_command(app)
    while hasattr(command, "get_command") and words:
        found = command.get_command(None, words[0])
        if found is None:
            break
        command = found
        words.pop(0)
    return command


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_names_only_what_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for link in filter(None, LINK.findall(text)):
        assert (page.parent / link).exists(), f"links to {link}"
    for path in OURS.findall(" ".join(CODE.findall(text)) + text):
        named = path.rstrip(".,/")
        assert (ROOT / named).exists() or (page.parent / named).exists(), f"names {path}"
    missing = set(TEST.findall(text)) - names_of_tests()
    assert not missing, "names a test that is not there"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_gives_only_commands_that_exist(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for line in commands(page):
        program, *words = line.split()
        if program == "make":
            assert words[0] in targets, line
            continue
        command = command_of(words)
        assert not hasattr(command, "get_command"), f"{line}: no such command"
        options = {name for each in command.params for name in (*each.opts, *each.secondary_opts)}
        named = {word.strip("[]") for word in words if re.match(r"\[?--\w", word)}
        assert named <= options, f"{line}: has {sorted(options)}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_names_only_settings_that_are_read(page: Path) -> None:
    read = {
        f"HUB_{name}".upper()
        for kind in vars(settings).values()
        if isinstance(kind, type) and issubclass(kind, BaseSettings)
        for name in kind.model_fields
    }
    said = set(VARIABLE.findall(page.read_text(encoding="utf-8")))
    assert {name for name in said if not name.endswith("_")} <= read

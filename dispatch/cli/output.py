"""How commands speak: one console for people, plain lines for programs, and one way to refuse."""

from __future__ import annotations

from typing import NoReturn

import typer
from rich.console import Console

console = Console()
errors = Console(stderr=True)


def refuse(message: str, hint: str = "") -> NoReturn:
    """Say what is wrong and what to do next, and end with status 1."""
    errors.print(f"[bold red]{message}[/]", highlight=False)
    if hint:
        errors.print(hint, highlight=False)
    raise typer.Exit(1)

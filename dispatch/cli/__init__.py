"""The ``hub`` command. Each file beside this one holds the commands of one concern.

A command's file is imported when the command is given, not before: the processes that must be back
soon (``serve``, ``roads``) then import only what they run.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final

import typer
from typer.core import TyperGroup

COMMANDS: Final[dict[str, str]] = {
    "demo": "demo",
    "train": "train",
    "serve": "serve",
    "roads": "roads",
    "worker": "worker",
    "migrate": "serving",
    "load": "region",
    "synthesize": "region",
    "pack-from-osm": "region",
    "replay": "replay",
    "resolve": "region",
    "recommend": "region",
    "runs": "turnout",
    "fit-turnout": "turnout",
    "bench": "bench",
    "doctor": "serving",
    "accounts": "accounts",
    "feeds": "feeds",
    "audit": "audit",
}
"""File by command, in the order of the help; the function has the command's name."""

TAKE_PLACES: Final = ("resolve", "recommend")
"""Their longitude may begin with a minus, which is no option."""


class ImportedWhenGiven(TyperGroup):
    """A group whose commands come from ``COMMANDS``."""

    def list_commands(self, ctx: Any) -> list[str]:
        """All of them, in the table's order."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of this name, or None."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"dispatch.cli.{COMMANDS[cmd_name]}")
        found = getattr(module, cmd_name.replace("-", "_"))
        if isinstance(found, typer.Typer):
            return typer.main.get_group(found)
        alone = typer.Typer(pretty_exceptions_show_locals=False, add_completion=False)
        about = {"ignore_unknown_options": True} if cmd_name in TAKE_PLACES else None
        alone.command(cmd_name, context_settings=about)(found)
        return typer.main.get_command(alone)


app = typer.Typer(
    cls=ImportedWhenGiven,
    help="Regional dispatch hub. Start with `hub demo`; docs/operator.md has the rest.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
)


@app.callback()
def hub() -> None:
    """Regional dispatch hub. Start with `hub demo`; docs/operator.md has the rest."""

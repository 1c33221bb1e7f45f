"""``hub accounts``: who may sign in."""

from __future__ import annotations

from typing import Annotated, get_args

import typer
from rich.table import Table

from dispatch.cli.database import open_database
from dispatch.cli.output import console, refuse
from dispatch.domain.errors import HubError
from dispatch.domain.values import Role
from dispatch.services.accounts import create_account
from dispatch.settings import HubSettings
from dispatch.store.accounts import list_accounts

accounts = typer.Typer(help="Accounts and their roles.", no_args_is_help=True)


@accounts.command()
def add(
    login: str,
    role: Annotated[str, typer.Option(help=", ".join(get_args(Role)))],
    name: Annotated[str, typer.Option(help="The person's name.")] = "",
    agency: Annotated[str | None, typer.Option(help="Agency id; none: the hub's own.")] = None,
    municipality: Annotated[str | None, typer.Option(help="For municipal administrators.")] = None,
    unit: Annotated[str | None, typer.Option(help="Callsign a responder logs on to.")] = None,
    position: Annotated[str | None, typer.Option(help="The workstation's name.")] = None,
    password: Annotated[
        str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)
    ] = "",
) -> None:
    """Add an account. The password is asked for, and only its hash is kept."""
    if role not in get_args(Role):
        refuse(f"There is no role {role!r}.", f"One of: {', '.join(get_args(Role))}.")
    engine = open_database(HubSettings())
    try:
        with engine.connect() as fresh:
            connection = fresh.execution_options(writing=True)
            with connection.begin():
                create_account(
                    connection,
                    login=login,
                    name=name or login,
                    role=role,
                    password=password,
                    agency_id=agency,
                    municipality=municipality,
                    unit_id=unit,
                    position=position,
                )
    except HubError as refusal:
        refuse(refusal.detail)
    console.print(f"{login} may sign in as {role}.")


@accounts.command("list")
def list_all() -> None:
    """All accounts, without anything secret."""
    engine = open_database(HubSettings())
    table = Table("Login", "Name", "Role", "Agency", "Municipality", "Unit", "State")
    with engine.connect() as connection, connection.begin():
        for account in list_accounts(connection):
            state = "disabled" if account.disabled else "active"
            table.add_row(
                account.login,
                account.name,
                account.role,
                account.agency_id or "hub",
                account.municipality or "",
                account.unit_id or "",
                state,
            )
    console.print(table)

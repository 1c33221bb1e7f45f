"""``hub accounts``: who may sign in, added and listed at a terminal."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from dispatch.cli.accounts import accounts
from dispatch.settings import StorageSettings
from dispatch.store.accounts import list_accounts
from dispatch.store.engine import make_engine
from dispatch.store.migrations import migrate

PEOPLE: dict[str, tuple[str, ...]] = {
    "mara": ("--role", "municipal_admin", "--municipality", "Kestrow"),
    "dana": ("--role", "dispatcher", "--position", "Pos 04", "--name", "Dana Example"),
    "ida": ("--role", "dispatcher", "--agency", "ashby-fire"),
    "crew-e12": ("--role", "responder", "--unit", "E12"),
}


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HUB_DATA_DIR", str(tmp_path))
    migrate(StorageSettings(data_dir=tmp_path).database)
    return tmp_path


def add(login: str, *more: str) -> tuple[int, str]:
    done = CliRunner().invoke(accounts, ["add", login, "--password", "quiet river", *more])
    return done.exit_code, done.output


def test_accounts_are_added_with_what_they_belong_to_and_listed(data_dir: Path) -> None:
    for login, more in PEOPLE.items():
        assert add(login, *more)[0] == 0
    engine = make_engine(StorageSettings(data_dir=data_dir).database)
    with engine.connect() as connection, connection.begin():
        found = {account.login: account for account in list_accounts(connection)}
    engine.dispose()
    assert found["mara"].municipality == "Kestrow"
    assert (found["dana"].name, found["dana"].position) == ("Dana Example", "Pos 04")
    assert (found["ida"].name, found["ida"].agency_id) == ("ida", "ashby-fire")
    assert found["crew-e12"].unit_id == "E12"
    listed = CliRunner().invoke(accounts, ["list"])
    assert listed.exit_code == 0
    assert all(login in listed.output for login in PEOPLE)
    assert "quiet river" not in listed.output


def test_a_role_that_there_is_not_and_a_name_that_is_taken_are_refused(data_dir: Path) -> None:
    assert add("mara", "--role", "mayor")[0] != 0
    assert add("mara", "--role", "supervisor")[0] == 0
    assert add("mara", "--role", "auditor")[0] != 0

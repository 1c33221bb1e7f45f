#!/bin/sh
# The migrations, run on an empty SQLite, give exactly the tables that the store declares.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
HUB_DATA_DIR=$folder HUB_DATABASE_URL= .venv/bin/alembic upgrade head
HUB_DATA_DIR=$folder HUB_DATABASE_URL= .venv/bin/alembic check

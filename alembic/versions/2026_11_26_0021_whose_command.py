"""Whose command an id named and what was asked, so that the id answers for nothing else.

Revision ID: 0021
Revises: 0020
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("command", sa.Column("actor", sa.String(length=80)))
    op.add_column("command", sa.Column("asked", sa.String(length=64)))


def downgrade() -> None:
    with op.batch_alter_table("command") as batch:
        batch.drop_column("asked")
        batch.drop_column("actor")

"""The units that open incidents keep for later, beside each incident.

Revision ID: 0024
Revises: 0023
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("incident", sa.Column("reserved", sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("incident") as incident:
        incident.drop_column("reserved")

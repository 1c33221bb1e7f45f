"""Map faults: places that incidents were sent to though the map did not know them.

Revision ID: 0012
Revises: 0011
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op
from dispatch.store.column_types import UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "map_fault",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("municipality", sa.String(length=200), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("last_at", UtcDateTime(), nullable=False),
        sa.Column("doc", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_map_fault")),
    )
    op.create_index("ix_map_fault_municipality_last_at", "map_fault", ["municipality", "last_at"])


def downgrade() -> None:
    op.drop_table("map_fault")

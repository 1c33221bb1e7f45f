"""Who is logged on to a unit, and emergencies of crews.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op
from dispatch.store.column_types import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "unit_logon",
        sa.Column("unit_id", sa.String(length=80), nullable=False),
        sa.Column("doc", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("unit_id", name=op.f("pk_unit_logon")),
    )
    op.create_table(
        "emergency",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("unit_id", sa.String(length=80), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("doc", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emergency")),
    )
    op.create_index(op.f("ix_emergency_unit_id"), "emergency", ["unit_id"])


def downgrade() -> None:
    op.drop_table("emergency")
    op.drop_table("unit_logon")

"""Where units were, thinned: for the look-back's map.

Revision ID: 0025
Revises: 0024
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kept_fix",
        sa.Column("unit_id", sa.String(length=80), nullable=False),
        sa.Column("minute", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("writer", sa.String(length=16), nullable=False),
        sa.Column("fixes", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("unit_id", "minute", "writer", name=op.f("pk_kept_fix")),
    )
    op.create_index(op.f("ix_kept_fix_minute"), "kept_fix", ["minute"])


def downgrade() -> None:
    op.drop_index(op.f("ix_kept_fix_minute"), table_name="kept_fix")
    op.drop_table("kept_fix")

"""BOLOs, without their text: that is a personal value and lies with the others.

Revision ID: 0023
Revises: 0022
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op
from dispatch.store.column_types import UtcDateTime

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bolo",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("doc", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bolo")),
    )
    op.create_index(op.f("ix_bolo_ended_at"), "bolo", ["ended_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_bolo_ended_at"), table_name="bolo")
    op.drop_table("bolo")

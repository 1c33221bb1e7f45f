"""The outbox: messages to crews and stations, how far each has got, and when it is sent next.

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op
from dispatch.store.column_types import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("incident_id", sa.String(length=80), nullable=False),
        sa.Column("next_at", UtcDateTime(), nullable=True),
        sa.Column("doc", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
    )
    op.create_index(op.f("ix_delivery_incident_id"), "delivery", ["incident_id"])
    op.create_index(op.f("ix_delivery_next_at"), "delivery", ["next_at"])


def downgrade() -> None:
    op.drop_table("delivery")

"""Questions to query services with their answers, apart from the log and short-lived.

Revision ID: 0028
Revises: 0027
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op
from dispatch.store.column_types import UtcDateTime

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "justice_query",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("incident_id", sa.String(length=80), nullable=False),
        sa.Column("kept_until", UtcDateTime(), nullable=False),
        sa.Column("doc", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_justice_query")),
    )
    op.create_index(op.f("ix_justice_query_incident_id"), "justice_query", ["incident_id"])
    op.create_index(op.f("ix_justice_query_kept_until"), "justice_query", ["kept_until"])


def downgrade() -> None:
    op.drop_index(op.f("ix_justice_query_kept_until"), table_name="justice_query")
    op.drop_index(op.f("ix_justice_query_incident_id"), table_name="justice_query")
    op.drop_table("justice_query")

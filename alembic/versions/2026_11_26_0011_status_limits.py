"""When waiting and statuses are late: the limits of a region's version.

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "status_limit",
        sa.Column("version_id", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("doc", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["region_version.id"],
            name=op.f("fk_status_limit_version_id"),
        ),
        sa.PrimaryKeyConstraint("version_id", "position", name=op.f("pk_status_limit")),
    )


def downgrade() -> None:
    op.drop_table("status_limit")

"""What agencies' procedures say where a step is done: the lines of a region's version.

Revision ID: 0030
Revises: 0029
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sop_line",
        sa.Column("version_id", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("doc", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["region_version.id"],
            name=op.f("fk_sop_line_version_id"),
        ),
        sa.PrimaryKeyConstraint("version_id", "position", name=op.f("pk_sop_line")),
    )


def downgrade() -> None:
    op.drop_table("sop_line")

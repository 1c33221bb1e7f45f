"""How long each stage of a call may take: the targets of a region's version.

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stage_target",
        sa.Column("version_id", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("doc", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["region_version.id"],
            name=op.f("fk_stage_target_version_id"),
        ),
        sa.PrimaryKeyConstraint("version_id", "position", name=op.f("pk_stage_target")),
    )


def downgrade() -> None:
    op.drop_table("stage_target")

"""Areas in which some response plans hold: part of a region's version.

Revision ID: 0017
Revises: 0016
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op
from dispatch.store.column_types import Shapes

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plan_area",
        sa.Column("version_id", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("geometry", Shapes(), nullable=False),
        sa.Column("doc", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["region_version.id"], name=op.f("fk_plan_area_version_id")
        ),
        sa.PrimaryKeyConstraint("version_id", "position", name=op.f("pk_plan_area")),
    )


def downgrade() -> None:
    op.drop_table("plan_area")

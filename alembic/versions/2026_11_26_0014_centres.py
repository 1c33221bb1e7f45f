"""Other centres that calls may be transferred to: part of a region's version.

Revision ID: 0014
Revises: 0013
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "centre",
        sa.Column("version_id", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("doc", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["region_version.id"], name=op.f("fk_centre_version_id")
        ),
        sa.PrimaryKeyConstraint("version_id", "position", name=op.f("pk_centre")),
    )


def downgrade() -> None:
    op.drop_table("centre")

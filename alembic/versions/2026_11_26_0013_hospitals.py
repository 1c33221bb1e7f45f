"""The hospitals of a region's version, and those that do not take everybody.

Revision ID: 0013
Revises: 0012
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hospital",
        sa.Column("version_id", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("doc", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["region_version.id"],
            name=op.f("fk_hospital_version_id"),
        ),
        sa.PrimaryKeyConstraint("version_id", "position", name=op.f("pk_hospital")),
    )
    op.create_table(
        "hospital_state",
        sa.Column("hospital_id", sa.String(length=80), nullable=False),
        sa.Column("doc", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("hospital_id", name=op.f("pk_hospital_state")),
    )


def downgrade() -> None:
    op.drop_table("hospital_state")
    op.drop_table("hospital")

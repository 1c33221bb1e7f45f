"""Card-protocol programs and determinants: parts of a region's version.

Revision ID: 0015
Revises: 0014
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TABLES = ("protocol_program", "determinant")


def upgrade() -> None:
    for table in TABLES:
        op.create_table(
            table,
            sa.Column("version_id", sa.String(length=80), nullable=False),
            sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
            sa.Column("doc", sa.Text(), nullable=False),
            sa.ForeignKeyConstraint(
                ["version_id"], ["region_version.id"], name=op.f(f"fk_{table}_version_id")
            ),
            sa.PrimaryKeyConstraint("version_id", "position", name=op.f(f"pk_{table}")),
        )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)

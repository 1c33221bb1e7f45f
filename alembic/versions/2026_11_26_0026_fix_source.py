"""What told where a unit is: a lesser source does not move it while a better one is fresh.

Revision ID: 0026
Revises: 0025
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "unit_fix", sa.Column("source", sa.String(10), nullable=False, server_default="vehicle")
    )


def downgrade() -> None:
    op.drop_column("unit_fix", "source")

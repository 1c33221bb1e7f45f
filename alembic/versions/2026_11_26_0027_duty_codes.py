"""The agency's own code for a unit's duty.

Revision ID: 0027
Revises: 0026
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    code = sa.Column("agency_code", sa.String(length=200), nullable=False, server_default="")
    op.add_column("unit_duty", code)


def downgrade() -> None:
    op.drop_column("unit_duty", "agency_code")

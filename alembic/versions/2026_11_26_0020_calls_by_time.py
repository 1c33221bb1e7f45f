"""Past calls are looked for by when they came in.

Revision ID: 0020
Revises: 0019
"""

from __future__ import annotations

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_call_received_at"), "call", ["received_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_call_received_at"), "call")

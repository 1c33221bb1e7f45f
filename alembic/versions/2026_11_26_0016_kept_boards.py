"""Boards kept along the log, and what each console was sent and acknowledged.

Revision ID: 0016
Revises: 0015
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op
from dispatch.store.column_types import UtcDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "kept_board",
        sa.Column("seq", number, autoincrement=False, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("doc", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_kept_board")),
    )
    op.create_table(
        "console_link",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("began_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime()),
        sa.Column("doc", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_console_link")),
    )
    op.create_index(op.f("ix_console_link_began_at"), "console_link", ["began_at"])
    op.create_table(
        "console_receipt",
        sa.Column("link_id", sa.String(length=80), nullable=False),
        sa.Column("minute", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("receipts", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("link_id", "minute", name=op.f("pk_console_receipt")),
    )
    op.create_index(op.f("ix_console_receipt_minute"), "console_receipt", ["minute"])


def downgrade() -> None:
    op.drop_table("console_receipt")
    op.drop_table("console_link")
    op.drop_table("kept_board")

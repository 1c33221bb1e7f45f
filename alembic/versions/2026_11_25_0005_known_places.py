"""Premise notes, and where incidents were, so that what is known of a spot is found at once.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import json

import sqlalchemy as sa

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

PAGE = 1000


def upgrade() -> None:
    op.create_table(
        "premise_note",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("agency_id", sa.String(length=80), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("doc", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_premise_note")),
    )
    op.create_index(op.f("ix_premise_note_agency_id"), "premise_note", ["agency_id"])
    op.create_index(op.f("ix_premise_note_lat"), "premise_note", ["lat"])
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.add_column(sa.Column("lon", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("lat", sa.Float(), nullable=True))
        batch_op.create_index(op.f("ix_incident_lat"), ["lat"])
    op.create_index(
        "ix_event_private_callback",
        "event_private",
        ["value"],
        sqlite_where=sa.text("name = 'callback'"),
        postgresql_where=sa.text("name = 'callback'"),
    )
    _place_incidents()


def _place_incidents() -> None:
    """Fill in where incidents were that stand in the table already, a page at a time."""
    connection = op.get_bind()
    incident = sa.table(
        "incident", sa.column("id"), sa.column("doc"), sa.column("lon"), sa.column("lat")
    )
    last = ""
    while True:
        query = sa.select(incident.c.id, incident.c.doc).where(incident.c.id > last)
        rows = connection.execute(query.order_by(incident.c.id).limit(PAGE)).all()
        if not rows:
            return
        for row in rows:
            lon, lat = json.loads(row.doc)["place"]["at"]
            placed = sa.update(incident).where(incident.c.id == row.id).values(lon=lon, lat=lat)
            connection.execute(placed)
        last = rows[-1].id


def downgrade() -> None:
    op.drop_index("ix_event_private_callback", table_name="event_private")
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.drop_index(op.f("ix_incident_lat"))
        batch_op.drop_column("lat")
        batch_op.drop_column("lon")
    op.drop_table("premise_note")

"""The talkgroups that an incident holds, so that those in use are read without its document.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import json

import sqlalchemy as sa

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.add_column(sa.Column("talkgroups", sa.Text(), nullable=True))
    incident = sa.table(
        "incident", sa.column("id"), sa.column("state"), sa.column("doc"), sa.column("talkgroups")
    )
    connection = op.get_bind()
    rows = connection.execute(
        sa.select(incident.c.id, incident.c.doc).where(incident.c.state == "open")
    ).all()
    for row in rows:
        held = {
            leg["talkgroup"]
            for leg in json.loads(row.doc)["legs"]
            if leg.get("talkgroup") and leg["state"] != "closed"
        }
        if held:
            filled = sa.update(incident).where(incident.c.id == row.id)
            connection.execute(filled.values(talkgroups="\n".join(sorted(held))))


def downgrade() -> None:
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.drop_column("talkgroups")

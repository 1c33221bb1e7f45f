"""The board from the tables, in one read snapshot. History is never folded, so it starts fast."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Engine, and_, or_, select, true

from dispatch.domain.board import Board
from dispatch.store import entities
from dispatch.store import tables as t
from dispatch.store.bolos import standing_bolos
from dispatch.store.engine import is_sqlite
from dispatch.store.event_log import Head, read_head


class LoadedBoard(NamedTuple):
    """A board and the end of the log that it corresponds to."""

    board: Board
    head: Head


def load_board(engine: Engine) -> LoadedBoard:
    """The board at the head of the log."""
    with engine.connect() as connection:
        if not is_sqlite(engine):  # SQLite reads one snapshot in any transaction
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            head = read_head(connection)
            open_ids = select(t.incident.c.id).where(t.incident.c.state == "open")
            of_open = t.assignment.c.incident_id.in_(open_ids)
            board = Board(
                seq=head.seq,
                incidents={
                    i.id: i for i in entities.incidents(connection, t.incident.c.state == "open")
                },
                calls={
                    c.id: c
                    for c in entities.calls(
                        connection,
                        or_(
                            and_(t.call.c.incident_id.is_(None), t.call.c.closed_at.is_(None)),
                            t.call.c.incident_id.in_(open_ids),
                        ),
                    )
                },
                units={u.id: u for u in entities.units(connection, head.region_version)},
                assignments={a.id: a for a in entities.assignments(connection, of_open)},
                deliveries={
                    d.id: d
                    for d in entities.deliveries(connection, t.delivery.c.incident_id.in_(open_ids))
                },
                channel_faults={f.id: f for f in entities.channel_faults(connection)},
                closures={
                    c.id: c for c in entities.closures(connection, t.closure.c.state != "ended")
                },
                recommendations={
                    r.incident_id: r
                    for r in entities.recommendations(
                        connection, t.recommendation.c.incident_id.in_(open_ids)
                    )
                },
                emergencies={e.id: e for e in entities.emergencies(connection, true())},
                positions={p.id: p for p in entities.positions(connection)},
                hospitals={h.hospital_id: h for h in entities.hospitals(connection)},
                bolos={b.id: b for b in standing_bolos(connection)},
                storms={s.agency_id: s for s in entities.storms(connection)},
                muted_zones={z.zone_id: z for z in entities.zone_mutes(connection, true())},
                feeds={f.feed_id: f for f in entities.feeds(connection)},
                region=entities.region_of(connection, head.region_version),
            )
    return LoadedBoard(board, head)

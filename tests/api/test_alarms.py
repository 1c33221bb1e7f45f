"""Who silenced an alarm at their console stands in the log, and changes nothing for anybody."""

from __future__ import annotations

from dispatch.domain.events import AlarmsSilenced
from dispatch.store.event_log import read_events
from tests.api.conftest import RunningHub


def silences(hub: RunningHub) -> list[AlarmsSilenced]:
    with hub.parts.hub.engine.connect() as connection:
        bodies = [logged.event.body for logged in read_events(connection, 0, 5_000)]
    return [body for body in bodies if isinstance(body, AlarmsSilenced)]


def test_what_a_dispatcher_silences_is_kept_with_their_name_and_shown_to_nobody(
    hub: RunningHub,
) -> None:
    before = len(silences(hub))
    board = hub.desk("dana").get("/snapshot").json()["board"]
    body = {"command_id": "silence-0001", "alarms": ["late-i1", "silent-a1-2"]}
    for _ in range(2):
        answer = hub.desk("dana").give("/alarms/silenced", body)
        assert answer.status_code == 200, answer.text
    (kept,) = silences(hub)[before:]
    assert kept.account_id == hub.desk("dana").session["account"]["id"]
    assert kept.alarms == ("late-i1", "silent-a1-2")
    after = hub.desk("dana").get("/snapshot").json()["board"]
    assert after == board


def test_nobody_silences_without_saying_what(hub: RunningHub) -> None:
    answer = hub.desk("dana").give("/alarms/silenced", {"alarms": []})
    assert answer.status_code == 422

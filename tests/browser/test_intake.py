"""Merging two incidents, and a card protocol's determinant, on the dispatcher's screen."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import expect

from tests.browser.conftest import PASSWORD, Open
from tests.browser.pages import SLOW_MS, CallTaker, Dispatcher, board_of


def test_two_incidents_become_one_and_two_again(open_page: Open) -> None:
    desk = Dispatcher(open_page("dana"))
    taker = CallTaker(open_page("cato"))
    kept = taker.take("mill rd", "610 555 0151", "building fire", "smoke at the front")
    other = taker.take("mill rd", "610 555 0152", "building fire", "flames at the back")
    desk.select(kept)
    desk.line.fill(f"MG . {other[-4:]}")
    expect(desk.echo).to_contain_text("CLOSES and goes INTO")
    desk.line.press("Enter")
    expect(desk.row(other)).to_be_hidden(timeout=SLOW_MS)
    merged = desk.incident.get_by_test_id("merged")
    expect(merged).to_contain_text(other[-4:], timeout=SLOW_MS)
    expect(desk.incident).to_contain_text("flames at the back")
    desk.line.fill(f"N {other[-4:]} more")
    expect(desk.echo).to_contain_text("was merged into")
    desk.line.press("Escape")
    merged.get_by_role("button", name=f"Take {other[-4:]} apart").click()
    expect(desk.row(other)).to_be_visible(timeout=SLOW_MS)
    for number in (kept, other):
        desk.give(f"C {number[-4:]} test over")
        expect(desk.row(number)).to_be_hidden(timeout=SLOW_MS)


def test_cards_are_launched_by_key_and_a_determinant_that_makes_less_waits_for_a_dispatcher(
    open_page: Open,
) -> None:
    desk = Dispatcher(open_page("dana"))
    taker = CallTaker(open_page("cato"))
    number = taker.take("mill rd", "610 555 0153", "building fire", "toast")
    desk.select(number)
    incident = next(i for i in board_of(desk)["incidents"] if i["number"] == number)
    call = next(c for c in board_of(desk)["calls"] if c["incident_id"] == incident["id"])
    with taker.page.context.expect_page(timeout=SLOW_MS) as opened:
        taker.page.keyboard.press("Alt+p")
    card = opened.value
    expect(card.get_by_text(f"call {call['id']}")).to_be_visible(timeout=SLOW_MS)
    (run_id,) = parse_qs(urlsplit(card.url).query)["run"]
    card.close()
    base = desk.page.url.partition("/dispatch")[0]
    signed = desk.page.request.post(
        f"{base}/api/v1/sessions", data={"login": "cards", "password": PASSWORD}
    )
    answer = desk.page.request.post(
        f"{base}/api/v1/calls/{call['id']}/determinants",
        headers={"Authorization": f"Bearer {signed.json()['token']}"},
        data={
            "command_id": "cards-say-alarm",
            "discipline": "fire",
            "determinant": "14-D-1",
            "run_id": run_id,
        },
    )
    assert answer.status == 201, answer.text()
    run = desk.incident.get_by_test_id("protocol-run")
    expect(run).to_contain_text("needs a reason", timeout=SLOW_MS)
    desk.line.fill("PR .")
    expect(desk.echo).to_contain_text("say why")
    desk.line.fill("PR . only toast")
    expect(desk.echo).to_contain_text("no unit is cancelled")
    desk.line.press("Enter")
    expect(run).to_contain_text("taken: only toast", timeout=SLOW_MS)
    desk.give(f"C {number[-4:]} test over")
    expect(desk.row(number)).to_be_hidden(timeout=SLOW_MS)

"""Calls that made no incident, on the call-taker's screen: linked to one, or closed."""

from __future__ import annotations

import httpx2
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import CallLines, HubProcess, Open
from tests.browser.pages import SLOW_MS, CallTaker, Dispatcher, alarm, board_of
from tests.fault.hub_child import wait_until


def _enter(hub: HubProcess, token: str, said: str) -> None:
    answer = httpx2.post(
        f"{hub.url}/api/v1/calls",
        json={"command_id": f"only-a-call-{said[:20]}", "said": said, "callback": "555-0177"},
        headers={"authorization": f"Bearer {token}"},
        timeout=60,
    )
    assert answer.status_code == 201, answer.text


def test_a_call_without_an_incident_stays_in_sight_until_it_is_closed(
    hub: HubProcess, open_page: Open
) -> None:
    page = open_page("cato")
    screen = CallTaker(page)
    screen.expect_live()
    _enter(hub, screen.token(), "someone breathing")
    waiting = page.get_by_role("region", name="Calls without an incident")
    expect(waiting).to_contain_text("someone breathing", timeout=SLOW_MS)
    close = page.get_by_label("Close someone breathing as")
    close.select_option(label="Silent")
    expect(alarm(waiting, "Nobody has called back")).to_be_visible(timeout=SLOW_MS)
    page.get_by_label("Call back 555-0177, silent").click()
    expect(waiting).to_contain_text("CALL BACK 555-0177 in", timeout=SLOW_MS)
    page.get_by_label("555-0177: no answer").click()
    expect(waiting).to_contain_text("1 try", timeout=SLOW_MS)
    page.get_by_label("555-0177: answered").click()
    expect(waiting).to_contain_text("answered after 2 tries", timeout=SLOW_MS)
    close.select_option(label="Silent")
    expect(page.get_by_text("someone breathing")).to_have_count(0, timeout=SLOW_MS)


def test_what_is_typed_of_a_call_outlives_the_form_the_page_and_the_save(open_page: Open) -> None:
    page = open_page("cato")
    screen = CallTaker(page)
    screen.expect_live()
    screen.location.fill("at the old weir")
    screen.note.fill("smoke, two inside")
    transfer = page.get_by_role("form", name="Call").get_by_role("group", name="Transfer")
    expect(transfer).to_be_visible(timeout=SLOW_MS)  # the hub knows the call
    page.get_by_role("button", name="Clear form").click()
    waiting = page.get_by_role("region", name="Calls without an incident")
    expect(waiting).to_contain_text("smoke, two inside", timeout=SLOW_MS)
    page.get_by_role("button", name="Put back what was cleared").click()
    expect(screen.note).to_have_value("smoke, two inside")
    page.reload()
    expect(screen.location).to_have_value("at the old weir", timeout=SLOW_MS)
    screen.expect_live()
    page.get_by_role("button", name="Save without incident").click()
    expect(screen.saved).to_contain_text("without incident", timeout=SLOW_MS)
    expect(waiting).to_contain_text("smoke, two inside", timeout=SLOW_MS)
    page.get_by_label("Open at the old weir in the form").click()
    expect(screen.note).to_have_value("smoke, two inside", timeout=SLOW_MS)
    page.get_by_role("button", name="Save without incident").click()
    expect(screen.location).to_have_value("", timeout=SLOW_MS)  # the hub has it
    page.get_by_label("Close at the old weir as").select_option(label="Misdial")
    closed = page.get_by_label("Open at the old weir in the form")
    expect(closed).to_have_count(0, timeout=SLOW_MS)


def test_a_second_call_is_linked_to_the_incident_that_it_speaks_of_and_corrects_its_place(
    hub: HubProcess, open_page: Open
) -> None:
    page = open_page("cato")
    screen = CallTaker(page)
    number = screen.take("Mill Rd", "555-0123", "structure", "smoke")
    _enter(hub, screen.token(), "smoke at the mill too")
    select = page.get_by_label("Link smoke at the mill too to an incident")
    expect(select).to_be_visible(timeout=SLOW_MS)
    option = select.locator("option", has_text=number[-4:]).first
    select.select_option(value=option.get_attribute("value") or "")
    expect(select).to_have_count(0, timeout=SLOW_MS)
    before = next(i for i in board_of(screen)["incidents"] if i["number"] == number)
    page.keyboard.press("Alt+e")
    form = page.get_by_role("form", name="Call")
    expect(form.get_by_role("heading", name=f"Correct {number[-4:]}")).to_be_visible()
    expect(screen.location).to_have_value(before["place"]["address"])
    page.keyboard.press("Control+Enter")
    expect(alarm(form, "Nothing is other")).to_be_visible()
    screen.location.fill("church")
    expect(screen.candidates.nth(1)).to_be_visible(timeout=SLOW_MS)
    page.keyboard.press("Enter")
    page.keyboard.press("1")
    page.keyboard.press("Alt+y")
    repeated = page.get_by_role("button", name="Caller repeated it")
    expect(repeated).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Control+Enter")
    expect(screen.saved).to_have_text(f"Corrected {number}", timeout=SLOW_MS)
    expect(screen.location).to_have_value("")
    after = next(i for i in board_of(screen)["incidents"] if i["number"] == number)
    assert after["place"]["address"] != before["place"]["address"]
    assert after["incident_type"] == before["incident_type"]
    assert (before["place"]["repeated"], after["place"]["repeated"]) == (False, True)


SLOW_TO_BEGIN = """
const fetched = window.fetch;
window.fetch = async (...asked) => {
  const answer = await fetched(...asked);
  if (String(asked[0]).includes("/calls/begun")) await new Promise((go) => setTimeout(go, 1500));
  return answer;
};
"""
"""The hub's answer to a call's first key comes after a quick call-taker has committed the call."""


def test_five_callers_about_one_crash_make_one_incident(open_page: Open) -> None:
    page = open_page("cato")
    screen = CallTaker(page)
    page.evaluate(SLOW_TO_BEGIN)
    number = screen.take("church", "610 555 0201", "vehicle accident, no injury", "two cars")
    expect(screen.location).to_have_value("")
    nearby = page.get_by_role("region", name="Possible same incident")
    for caller in range(2, 6):
        screen.location.focus()
        page.keyboard.type("church")
        expect(screen.candidates.nth(1)).to_be_visible(timeout=SLOW_MS)
        page.keyboard.press("Enter")
        page.keyboard.press("1")
        page.keyboard.type(f"610 555 020{caller}")
        page.keyboard.press("Enter")
        page.keyboard.type("vehicle accident, no injury")
        page.keyboard.press("Enter")
        proposal = nearby.locator(f'[data-incident="{number}"]')
        expect(proposal).to_contain_text("likely the same", timeout=SLOW_MS)
        page.keyboard.press("Alt+j")
        expect(screen.saved).to_contain_text(f"Joined {number}", timeout=SLOW_MS)
    board = board_of(screen)
    incident = next(i for i in board["incidents"] if i["number"] == number)
    spoken = [call for call in board["calls"] if call["incident_id"] == incident["id"]]
    assert len(spoken) == 5
    assert {call["callback"][-3:] for call in spoken} == {"201", "202", "203", "204", "205"}


def test_a_call_rings_is_answered_by_key_and_located_anew_by_key(
    hub: HubProcess, open_page: Open, call_lines: CallLines
) -> None:
    page = open_page("cato")
    screen = CallTaker(page)
    screen.expect_live()
    page.keyboard.press("Alt+r")
    expect(alarm(page, "No call is open here")).to_be_visible()
    call_lines.ring("610 555 0311")
    ringing = page.get_by_role("region", name="Ringing")
    expect(ringing).to_contain_text("610 555 0311", timeout=SLOW_MS)
    page.keyboard.press("Alt+a")
    expect(page.get_by_label("2 Callback number")).to_have_value("610 555 0311", timeout=SLOW_MS)
    expect(ringing).to_have_count(0)
    fix = page.get_by_test_id("caller-fix")
    expect(fix).to_contain_text("± 800 m")
    page.keyboard.press("Alt+r")
    expect(alarm(page, "No location server")).to_be_visible(timeout=SLOW_MS)
    clock = page.locator("[data-stage=located]")
    expect(clock).to_have_attribute("data-reached", "false")
    page.keyboard.press("Alt+c")
    expect(clock).to_have_attribute("data-reached", "true", timeout=SLOW_MS)
    expect(page.locator("[data-stage=answered]")).to_contain_text("/ 0:15")
    page.keyboard.type("stroke")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+Enter")
    expect(screen.saved).to_contain_text("Saved as ", timeout=SLOW_MS)
    number = screen.saved.inner_text().removeprefix("Saved as ").strip()
    board = board_of(screen)
    incident = next(i for i in board["incidents"] if i["number"] == number)
    (call,) = [c for c in board["calls"] if c["incident_id"] == incident["id"]]
    assert (call["callback"], call["phase"]) == ("610 555 0311", "saved")


def test_a_text_call_in_portuguese_is_answered_with_a_phrase_and_its_cpr_is_clocked(
    hub: HubProcess, open_page: Open, call_lines: CallLines
) -> None:
    page = open_page("cato")
    screen = CallTaker(page)
    screen.expect_live()
    desk = Dispatcher(open_page("dana"))
    call_id = call_lines.ring("610 555 0322", channel="text")
    call_lines.say(call_id, "meu pai caiu e não respira", "pt-BR")
    expect(page.get_by_role("region", name="Ringing")).to_contain_text("text", timeout=SLOW_MS)
    page.keyboard.press("Alt+a")
    lines = page.get_by_role("log", name="Lines with 610 555 0322")
    expect(lines).to_contain_text("meu pai caiu e não respira", timeout=SLOW_MS)
    talk = page.get_by_role("region", name="Conversation with 610 555 0322")
    expect(talk).to_contain_text("ANSWER")
    page.get_by_label("Phrase for 610 555 0322").select_option(label="What happened?")
    expect(lines).to_contain_text("O que aconteceu?", timeout=SLOW_MS)
    expect(lines.locator(".translation")).to_contain_text("What happened?")
    page.keyboard.press("Alt+k")
    expect(page.locator("[data-stage=compressions]")).to_contain_text("/ 3:00", timeout=SLOW_MS)
    page.keyboard.press("Alt+k")
    pressed = page.locator("[data-stage=compressions][data-reached=true]")
    expect(pressed).to_be_visible(timeout=SLOW_MS)
    said = ["meu pai caiu e não respira", "O que aconteceu?"]
    wait_until(
        lambda: [line["text"] for line in call_lines.lines(call_id)] == said,
        SLOW_MS / 1000,
        "the gateway does not find what was said",
    )
    screen.location.focus()
    page.keyboard.type("church")
    expect(screen.candidates.nth(1)).to_be_visible(timeout=SLOW_MS)
    page.keyboard.press("Enter")
    page.keyboard.press("1")
    page.keyboard.press("Alt+t")
    page.keyboard.type("cardiac")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+Enter")
    number = screen.saved_number()
    desk.select(number)
    narrative = desk.page.get_by_role("region", name="Narrative")
    expect(narrative.locator('[lang="pt-BR"]').first).to_have_text("meu pai caiu e não respira")
    expect(narrative).to_contain_text("O que aconteceu?")
    expect(narrative.locator(".translation")).to_contain_text("What happened?")
    call_lines.say(call_id, "chegou a ambulância", "pt-BR")
    expect(narrative).to_contain_text("chegou a ambulância", timeout=SLOW_MS)


def test_what_another_centre_says_anew_stands_until_somebody_has_seen_it(
    open_page: Open, call_lines: CallLines
) -> None:
    page = open_page("cato")
    CallTaker(page).expect_live()
    call_id = call_lines.hand_over(0, "a knife was seen")
    ringing = page.get_by_role("region", name="Ringing")
    expect(ringing).to_contain_text("6105550344", timeout=SLOW_MS)
    page.keyboard.press("Alt+a")
    handed = page.get_by_role("region", name="Handed over")
    expect(handed).to_contain_text("a knife was seen", timeout=SLOW_MS)
    assert call_lines.hand_over(5, "a knife was seen", "he has left by the back door") == call_id
    news = page.get_by_test_id("record-news")
    expect(news).to_contain_text("now says: narrative", timeout=SLOW_MS)
    expect(news).to_contain_text("he has left by the back door")
    assert Axe().run(page).response["violations"] == []
    news.get_by_role("button", name="Seen").click()
    expect(news).to_be_hidden(timeout=SLOW_MS)
    expect(handed.get_by_text(", seen")).to_be_visible()


def test_a_call_is_offered_to_another_centre_taken_back_and_accepted(
    hub: HubProcess, open_page: Open, call_lines: CallLines
) -> None:
    page = open_page("cato")
    CallTaker(page).expect_live()
    call_lines.ring("610 555 0333")
    expect(page.get_by_role("region", name="Ringing")).to_be_visible(timeout=SLOW_MS)
    page.keyboard.press("Alt+a")
    form = page.get_by_role("form", name="Call")
    centres = form.get_by_label("Transfer 610 555 0333 to a centre")
    centres.select_option(value="EAST", timeout=SLOW_MS)
    form.get_by_role("button", name="Take back").click(timeout=SLOW_MS)
    expect(form).to_contain_text("taken back: it is ours", timeout=SLOW_MS)
    centres.select_option(value="EAST")
    form.get_by_role("button", name="They accepted").click(timeout=SLOW_MS)
    expect(page.get_by_test_id("saved")).to_have_text("Eastshore County 911 has the call")
    expect(page.get_by_label("2 Callback number")).to_have_value("")
    listed = page.get_by_role("region", name="Transfers").get_by_role("listitem").first
    expect(listed).to_contain_text("EASTSHORE COUNTY 911 HAS IT", timeout=SLOW_MS)
    listed.get_by_text("Who heard what").click()
    expect(listed).to_contain_text("offered to Eastshore County 911 by")
    expect(listed).to_contain_text("accepted, said by")
    assert Axe().run(page).response["violations"] == []

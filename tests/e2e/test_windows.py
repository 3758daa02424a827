"""The sliding window and the streams, in a real browser."""

from __future__ import annotations

import re

from playwright.sync_api import Page, Route, expect

from tests.e2e.screen import OFFSCREEN, expect_played, expect_settled

# Streamlit gives a component's script an address of the browser's own; here it is one of a server.
FETCHED = """() => {
  const address = URL.createObjectURL;
  URL.createObjectURL = (blob) => {
    if (blob.type !== "text/javascript") return address.call(URL, blob);
    const scripts = (window.scripts ??= []);
    return new URL(`/script/${scripts.push(blob.text()) - 1}`, location.href).href;
  };
}"""


def test_the_window_slides_pauses_and_steps(page: Page, server: str) -> None:
    page.goto(f"{server}/windows?length=12")
    board = page.locator(".windows")
    expect_played(page, "windows.state", "playing")
    expect_played(page, "windows.at", "0", "1", "2")
    page.keyboard.press("p")
    expect(board).to_have_attribute("data-state", "paused")
    at = int(board.get_attribute("data-at") or "")
    page.keyboard.press("ArrowRight")
    expect(board).to_have_attribute("data-at", str(at + 1))
    page.get_by_role("button", name="Fenêtre précédente").click()
    expect(board).to_have_attribute("data-at", str(at))
    text = page.locator(".text .page")
    expect(text.locator(".in")).to_have_count(12)
    expect(text.locator(".wanted")).to_have_count(12)
    expect(text.locator(".in.wanted")).to_have_count(11)  # one apart
    expect(text.locator(".aim")).to_have_count(1)
    assert page.evaluate(OFFSCREEN) == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_streams_carry_their_state_from_the_second_window_on(page: Page, server: str) -> None:
    page.goto(f"{server}/windows?view=streams&length=12&batch=8")
    board = page.locator(".streams")
    expect(board).to_have_attribute("data-at", "0")
    expect(page.locator(".state.zero")).to_have_count(4)
    first = page.locator(".row").first.locator(".aim").inner_text()
    page.get_by_role("button", name="Fenêtre suivante").click()
    expect(page.locator(".state.zero")).to_have_count(0)
    expect(page.locator(".row").first.locator(".in").first).to_have_text(first)
    expect(page.locator(".mark")).to_have_count(16)  # eight streams, eight windows at random


def test_of_what_changes_while_a_component_is_on_its_way_the_last_is_drawn(
    page: Page, server: str
) -> None:
    held: list[Route] = []
    page.add_init_script(f"({FETCHED})()")
    page.route("**/script/*", lambda route: held.append(route))
    page.goto(f"{server}/windows?length=12")
    lengths = page.get_by_role("radiogroup").filter(has_text="150")
    for length in ("40", "100", "40", "100", "40", "150"):
        lengths.get_by_role("radio", name=length, exact=True).click()
        expect(page).to_have_url(re.compile(f"length={length}"))
        expect_settled(page)
    # All of its drawings wait for one script. The browser completes their imports in any order.
    for route in held:
        number = int(route.request.url.rsplit("/", 1)[1])
        script = page.evaluate("(number) => window.scripts[number]", number)
        route.fulfill(body=script, content_type="text/javascript")
    expect(page.locator(".text .page .in")).to_have_count(150)
    page.get_by_role("button", name="Fenêtre suivante").click()
    expect(page.locator(".text .page .in")).to_have_count(150)

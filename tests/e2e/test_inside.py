"""The inside of the network, in a real browser."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.e2e.screen import OFFSCREEN


def test_a_character_is_chosen_by_mouse_and_by_keyboard(page: Page, server: str) -> None:
    page.goto(f"{server}/inside?model=petit&view=step&text=Quoi+%3F+ma+reine")
    sheet = page.locator(".sheet")
    expect(sheet).to_contain_text("Quoi ? ma reine")
    chars = sheet.locator(".c")
    chars.nth(3).click()
    expect(page.get_by_text("« o » a l’indice")).to_be_visible()
    expect(page).to_have_url(re.compile("from=3&to=4"))
    sheet.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_text("« i » a l’indice")).to_be_visible()
    page.keyboard.press("ArrowRight")  # the keyboard stays in the text
    page.keyboard.press("Enter")
    expect(page.get_by_text("« ␣ » a l’indice")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_passage_is_dragged_over_and_followed_from_view_to_view(page: Page, server: str) -> None:
    page.goto(f"{server}/inside?model=petit&view=forgets")
    first = page.locator(".c").nth(1)
    expect(first).to_have_text("M")
    first.hover()
    page.mouse.down()
    page.locator(".c").nth(4).hover()
    page.mouse.up()
    expect(page.locator(".c.chosen")).to_have_text(list("Mons"))
    expect(page.get_by_text("lu avec et sans « Mons »")).to_be_visible()
    expect(page.locator(".js-plotly-plot .scatter path.js-line")).to_have_count(3)
    page.get_by_text("Portes", exact=True).click()
    expect(page.locator(".js-plotly-plot .hm")).to_have_count(4)  # three scales, and all layers
    expect(page.locator(".c.chosen")).to_have_text(list("Mons"))
    page.get_by_text("Ce qui a compté", exact=True).click()
    expect(page.locator(".c.target")).to_have_text("M")
    page.get_by_text("English").click()
    expect(page.get_by_role("heading", name="Inside", level=1)).to_be_visible()
    expect(page.locator(".c.target")).to_have_text("M")
    expect(page).to_have_url(re.compile("from=1&to=5"))
    assert page.evaluate(OFFSCREEN) == 0

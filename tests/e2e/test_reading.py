"""A text read with the model's eyes, in a real browser."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.app.helpers import REFERENCE
from tests.e2e.screen import OFFSCREEN

TYPED = "<b>Ah</b> ! ma sœur"


def test_a_typed_text_is_coloured_and_looked_at(page: Page, server: str) -> None:
    page.goto(f"{server}/reading?model={REFERENCE}&text=own")
    box = page.get_by_label("Votre texte")
    box.fill(TYPED)
    box.press("Control+Enter")
    sheet = page.locator(".sheet")
    expect(sheet).to_have_text(TYPED)
    expect(sheet.locator("b")).to_have_count(0)  # text, never HTML
    expect(sheet.locator(".lost").first).to_have_text("<")  # never read by this model

    chars, told = sheet.locator(".c"), page.locator(".told .glyph").first
    chars.nth(3).hover()
    expect(told).to_have_text("A")
    chars.nth(4).click()  # it is kept
    chars.nth(9).hover()
    expect(told).to_have_text("h")
    expect(page.locator(".option")).to_have_count(5)
    page.keyboard.press("Tab")
    sheet.focus()
    page.keyboard.press("ArrowLeft")
    expect(told).to_have_text("A")

    page.get_by_text("rang", exact=True).click()
    expect(page.locator(".swatch")).to_have_count(4)
    expect(told).to_have_text("A")  # the same character in the other colours
    expect(page).to_have_url(re.compile("colour=rank"))
    assert "sœur" not in page.url  # a pupil's text is not in the address
    assert page.evaluate(OFFSCREEN) == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_how_many_letters_it_takes(page: Page, server: str) -> None:
    page.goto(f"{server}/reading?model=petit&view=word")
    expect(page.get_by_text("plus d’une chance sur deux")).to_be_visible()
    expect(page.locator(".js-plotly-plot .bars path")).to_have_count(len("monsieur"))
    box = page.get_by_label("Le mot ou la phrase à deviner")
    box.fill("frère")
    box.press("Enter")
    expect(page.locator(".js-plotly-plot .bars path")).to_have_count(len("frère"))
    expect(page).to_have_url(re.compile("word=fr"))

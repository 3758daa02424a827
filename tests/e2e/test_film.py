"""The film of a training, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.screen import OFFSCREEN, expect_played


def at(page: Page, moment: str) -> None:
    expect(page.locator(".film")).to_have_attribute("data-at", moment)


def test_it_plays_by_itself_then_pauses_and_steps(page: Page, server: str) -> None:
    page.goto(f"{server}/film?model=petit")
    expect_played(page, "film.state", "playing")
    expect_played(page, "film.at", "epoch-000", "step-000030")
    page.keyboard.press("p")
    film = page.locator(".film")
    expect(film).to_have_attribute("data-state", "paused")
    expect(page).to_have_url(re.compile(f"moment={film.get_attribute('data-at')}"))

    page.keyboard.press("p")
    expect(film).to_have_attribute("data-state", "playing")
    slider = page.get_by_role("slider", name="Après")
    slider.press("Home")
    at(page, "epoch-000")
    expect(film).to_have_attribute("data-state", "paused")
    expect(page).to_have_url(re.compile("moment=epoch-000"))
    slider.blur()
    page.keyboard.press("ArrowRight")
    at(page, "step-000030")
    expect(page.locator(".when h2")).to_have_text("Après 30 mises à jour")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    at(page, "step-000300")
    page.get_by_role("button", name="Moment précédent").click()
    at(page, "step-000100")
    expect(page.locator(".now .written")).to_have_text(re.compile(r".{200}", re.DOTALL))
    expect(page).to_have_url(re.compile("moment=step-000100"))
    assert page.evaluate(OFFSCREEN) == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_slider_curve_and_the_cursor_in_the_prompt(page: Page, server: str) -> None:
    page.goto(f"{server}/film?model=petit&moment=epoch-012&prompt=Madame")
    at(page, "epoch-012")
    slider = page.get_by_role("slider", name="Après")
    slider.focus()
    slider.press("Home")
    at(page, "epoch-000")
    slider.press("ArrowRight")
    at(page, "step-000030")
    box = page.locator(".curve svg").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] - 130, box["y"] + 40)
    at(page, "epoch-012")
    page.locator(".now .prompt span").nth(5).click()
    expect(page.locator(".side h3")).to_have_text("Après « Madam »")
    expect(page.locator(".row.chosen .glyph")).to_have_text("e")
    expect(page).to_have_url(re.compile("back=1"))
    page.reload()
    expect(page.locator(".side h3")).to_have_text("Après « Madam »")


def test_before_and_after_side_by_side(page: Page, server: str) -> None:
    page.goto(f"{server}/film?model=petit&moment=epoch-003")
    at(page, "epoch-003")
    page.get_by_text("Avant / après").click()
    expect(page.locator(".page.old h3")).to_have_text("Avant l’apprentissage")
    expect(page.locator(".page.now h3")).to_have_text("Après 3 époques")
    page.get_by_role("slider", name="Avant").press("ArrowRight")
    expect(page.locator(".film")).to_have_attribute("data-before", "step-000030")
    expect(page).to_have_url(re.compile("before=step-000030"))
    expect(page).to_have_url(re.compile("view=compare"))
    assert page.evaluate(OFFSCREEN) == 0


@pytest.mark.parametrize("typed", ["p", "P"])
def test_keys_are_left_alone_while_typing(page: Page, server: str, typed: str) -> None:
    page.goto(f"{server}/film?model=petit&moment=epoch-003")
    at(page, "epoch-003")
    box = page.get_by_label("Texte de départ")
    box.fill("<b>Ah</b>")
    box.press("ArrowLeft")
    box.press(typed)
    expect(page.locator(".film")).to_have_attribute("data-state", "paused")
    box.press("Enter")
    expect(page.locator(".now .prompt")).to_have_text(f"<b>Ah</b{typed}>")
    expect(page.locator(".now .prompt b")).to_have_count(0)
    at(page, "epoch-003")

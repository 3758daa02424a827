"""The Bridge page in a real browser, on models of characters and on mini-gpt."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.e2e.screen import OFFSCREEN, WAIT_FOR_FRAMEWORK


def view(page: Page, name: str) -> None:
    page.get_by_role("radio", name=name, exact=True).click()


def test_characters_are_chosen_for_all_models_at_once(page: Page, server: str) -> None:
    page.goto(f"{server}/bridge?models=petit,kn-8&chars=40&prompt=Mon+fr%C3%A8r")
    expect(page.locator(".column h2")).to_have_text(["petit", "kn-8"])
    expect(page.locator(".column .text").first).to_have_text(re.compile("^Mon frèr.{40}", re.S))
    assert page.evaluate(OFFSCREEN) == 0

    view(page, "Même alphabet")
    row = page.locator("button.row").first
    expect(row).to_have_attribute("data-char", "e")
    expect(row.locator(".percent")).to_have_text([re.compile(r"\d\s%")] * 2)
    row.click()
    board = page.locator(".board")
    expect(board).to_have_attribute("data-step", "1")
    page.get_by_role("button", name="Un pas").click()
    expect(board).to_have_attribute("data-step", "2")
    box = page.get_by_label("Ou tapez un caractère")
    box.fill("v")
    box.press("Enter")
    expect(board).to_have_attribute("data-step", "3")
    expect(page).to_have_url(re.compile(r"chosen=e.+v"))
    expect(box).to_have_value("")  # it has been emptied for the next one
    box.fill("ß")
    box.press("Enter")
    expect(page.get_by_text("Hors de l’alphabet du LSTM")).to_be_visible()
    page.get_by_role("button", name="Annuler").click()
    expect(board).to_have_attribute("data-step", "2")


def test_a_pasted_text_gets_its_marks_in_verse_and_in_prose(page: Page, server: str) -> None:
    page.goto(f"{server}/bridge?view=axis&on=own&model=petit")
    text = page.get_by_label("Votre texte")
    text.fill("Oui, je l'aime, et je veux\nQue tout le monde le sache.\n\nBonjour, dit-il.")
    text.press("Control+Enter")
    expect(page.get_by_text("Vers : 2 lignes")).to_be_visible()
    # The figure of before may still stand there while the new one is drawn.
    name = page.locator(".ytick text").filter(has_text="petit").last
    expect(name).to_be_visible(timeout=WAIT_FOR_FRAMEWORK)
    view(page, "vers")
    expect(page.get_by_text("(vers, à l’allure)")).to_be_visible()
    expect(page).to_have_url(re.compile("part=verse"))
    expect(name).to_be_visible()


def test_mini_gpt_writes_in_tokens_and_stands_on_the_same_bars(page: Page, server: str) -> None:
    page.goto(f"{server}/bridge?models=petit,mini-gpt&chars=60&prompt=Mon+fr%C3%A8r")
    tokens = page.locator(".column").nth(1).locator(".token:not(.prompt)")
    expect(tokens.nth(8)).to_be_visible(timeout=WAIT_FOR_FRAMEWORK)
    expect(page.locator(".column .speed").nth(1)).to_have_text(re.compile("tokens/s"))

    view(page, "Même alphabet")
    percents = page.locator("button.row").first.locator(".percent")
    expect(percents).to_have_text([re.compile(r"\d,\d\s%")] * 2, timeout=WAIT_FOR_FRAMEWORK)
    page.get_by_role("radio", name="mini-gpt").click()
    page.get_by_role("button", name="Un pas").click()
    expect(page.locator(".board")).to_have_attribute("data-step", "1")

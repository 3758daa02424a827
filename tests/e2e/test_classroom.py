"""What a class sees, in a real browser."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.app.helpers import REFERENCE
from tests.e2e.screen import OFFSCREEN, expect_played, press_until_said


def open_home(page: Page, server: str, query: str = "") -> None:
    page.goto(f"{server}/?model={REFERENCE}{query}")


def written(page: Page) -> str:
    return page.locator(".written").inner_text()


def test_it_writes_by_itself_then_after_a_typed_prompt(page: Page, server: str) -> None:
    open_home(page, server)
    expect(page.locator(".written")).to_have_text(re.compile(r".{12}", re.DOTALL))
    expect(page.locator(".row.chosen .percent")).to_have_text(re.compile(r"%"))
    assert page.evaluate(OFFSCREEN) == 0

    box = page.get_by_label("Texte de départ")
    box.fill("Quoi ! <b>vous</b> ")
    page.get_by_role("button", name="Écrire la suite").click()
    expect(page.locator(".prompt").first).to_have_text("Quoi ! <b>vous</b> ")
    expect(page.locator(".prompt b")).to_have_count(0)  # text, never HTML
    expect(page.locator(".unknown").first).to_have_text("<")
    expect(page.locator(".written")).to_have_text(re.compile(r".{12}", re.DOTALL))
    expect(page).to_have_url(re.compile("prompt=Quoi"))


def test_pause_instant_and_hide(page: Page, server: str) -> None:
    open_home(page, server, "&speed=slow")
    expect(page.locator(".written")).to_have_text(re.compile(r".{3}", re.DOTALL))
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Reprendre")).to_be_visible()
    expect(page.locator(".player")).to_have_attribute("data-state", "paused")
    before = written(page)
    page.get_by_role("radio", name="instantané").click()
    assert written(page).startswith(before)
    page.get_by_role("button", name="Reprendre").click()
    expect(page.locator(".player")).to_have_attribute("data-at", "800")
    assert written(page).startswith(before)


def test_what_is_to_be_guessed_is_not_written_before_it_is_shown(page: Page, server: str) -> None:
    open_home(page, server, "&hidden=1")
    expect(page.locator(".hush")).to_be_visible()
    expect(page.locator(".prompt").first).to_be_visible()
    expect(page.locator(".written")).to_be_empty()
    page.keyboard.press("h")
    expect(page.locator(".written")).to_have_text(re.compile(r".{3}", re.DOTALL))
    expect(page).not_to_have_url(re.compile("hidden"))
    page.keyboard.press("h")
    expect(page.locator(".written")).to_be_hidden()
    expect(page.locator(".player")).to_have_attribute("data-state", "paused")


def test_a_text_is_kept_copied_replayed_and_removed(page: Page, server: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_home(page, server, "&speed=instant&prompt=Ah&seed=7")
    expect(page.locator(".player")).to_have_attribute("data-at", "800")
    page.get_by_role("button", name="Garder").click()
    kept = page.locator(".kept")
    expect(kept.locator(".about")).to_have_text(re.compile("température 0,80 · graine 7"))
    text = "Ah" + (page.locator(".written").text_content() or "")
    expect(kept.locator("p")).to_have_text(text, use_inner_text=False)
    press_until_said(kept.get_by_role("button", name="Copier"), "Copié")
    assert page.evaluate("navigator.clipboard.readText()") == text

    page.get_by_label("Texte de départ").fill("Oh")
    page.keyboard.press("Enter")
    expect(page.locator(".prompt").first).to_have_text("Oh")
    kept.get_by_role("link", name="Rejouer").click()
    expect(page.locator(".prompt").first).to_have_text("Ah")
    expect(page).to_have_url(re.compile("prompt=Ah.*seed=7"))
    expect(kept).to_have_count(1)
    kept.get_by_role("button", name="Retirer").click()
    expect(kept).to_have_count(0)


def test_the_text_goes_on_when_it_runs_out(page: Page, server: str) -> None:
    open_home(page, server, "&speed=instant")
    expect(page.locator(".player")).to_have_attribute("data-at", "800")
    before = written(page)
    page.get_by_role("radio", name="normal").click()
    expect(page.locator(".player")).not_to_have_attribute("data-at", "800")
    assert written(page).startswith(before)


def test_choosing_the_next_character_by_clicking_its_bar(page: Page, server: str) -> None:
    page.goto(f"{server}/probabilities?model={REFERENCE}&prompt=Ah")
    bars = page.locator("button.row")
    expect(bars).to_have_count(8)
    char = bars.nth(2).get_attribute("data-char")
    bars.nth(2).click()
    expect(page.locator(".board")).to_have_attribute("data-step", "1")
    expect(page.locator(".link:not(.next) .glyph")).to_have_text([char or ""])
    page.get_by_role("button", name="Un pas").click()
    expect(page.locator(".board")).to_have_attribute("data-step", "2")
    page.get_by_role("button", name="Annuler").click()
    expect(page.locator(".board")).to_have_attribute("data-step", "1")
    page.get_by_role("button", name="Jouer").click()
    expect_played(page, "board.step", "0", "1", "2", "1", "2", "3", "4")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Jouer")).to_be_visible()
    assert page.evaluate(OFFSCREEN) == 0


def test_temperature_columns_and_links_between_pages(page: Page, server: str) -> None:
    open_home(page, server)
    page.get_by_role("link", name="Changer la température").click()
    expect(page.locator(".column")).to_have_count(5)
    expect(page.locator(".column mark").first).to_be_visible()
    assert page.evaluate(OFFSCREEN) == 0
    expect(page).to_have_url(re.compile("model=run"))
    expect(page.locator("html")).to_have_attribute("lang", "fr")  # how a screen reader speaks
    page.get_by_text("English").click()
    expect(page.get_by_role("heading", name="Temperature", level=1)).to_be_visible()
    expect(page).to_have_url(re.compile("lang=en"))
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_drawers_open_by_a_click(page: Page, server: str) -> None:
    open_home(page, server)
    page.get_by_text("Leçon", exact=True).click()
    expect(page.get_by_text("Ce que vous voyez.")).to_be_visible()
    page.get_by_text("Code", exact=True).click()
    expect(page.get_by_text("writer.step()")).to_be_visible()
    expect(page.get_by_text("Ce que vous voyez.")).to_have_count(0)


def test_the_button_for_a_file_speaks_french(page: Page, server: str) -> None:
    page.goto(f"{server}/corpus?view=figures")
    page.get_by_role("button", name="Ajouter").click()
    label = page.locator('[data-testid="stFileUploaderDropzone"] button p')
    expect(label).to_be_visible()
    said = label.evaluate("(p) => getComputedStyle(p, '::after').content")
    assert said == '"Choisir un fichier"'
    expect(page.get_by_text("10MB per file")).to_be_hidden()

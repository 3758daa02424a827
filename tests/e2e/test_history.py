"""The browser's Back and what it goes back to."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect


def heading(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()


def test_back_leaves_a_page_at_once_and_undoes_what_was_changed(page: Page, server: str) -> None:
    page.goto(f"{server}/temperature?seed=7")
    heading(page, "La température")
    page.get_by_role("link", name="Probabilités", exact=True).first.click()
    heading(page, "Le caractère suivant")
    expect(page).to_have_url(re.compile(r"/probabilities\?.*seed=7"))  # written once it was entered

    box = page.get_by_label("Texte de départ").first
    box.fill("Ah ! ")
    box.press("Enter")
    expect(page).to_have_url(re.compile("prompt=Ah"))
    page.go_back()  # what was typed
    expect(page).to_have_url(re.compile(r"/probabilities\?(?!.*prompt=)"))
    page.go_back()
    heading(page, "La température")

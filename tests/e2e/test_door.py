"""The door in a real browser: the policy lets every page work, and a full room says so."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.app.helpers import ROOT
from tests.e2e.application import started
from tests.e2e.screen import WAIT, Screens, expect_settled

PAGES = ("", *sorted(path.stem for path in (ROOT / "pages").glob("*.py") if path.stem != "home"))


@pytest.fixture
def small_server(tmp_path: Path) -> Iterator[str]:
    """A public server with a single place; its address."""
    with started(tmp_path, subprocess.DEVNULL, MOLIERE_PUBLIC="1", MOLIERE_PLACES="1") as address:
        yield address


@pytest.mark.parametrize("name", PAGES)
def test_every_page_lives_with_the_policy(server: str, screens: Screens, name: str) -> None:
    page = screens.open()
    refused: list[str] = []

    def note(message: str) -> None:
        if "Content Security Policy" in message:
            refused.append(message)

    page.on("console", lambda message: note(message.text))
    answer = page.goto(f"{server}/{name}")
    assert answer is not None
    assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]
    expect_settled(page)
    expect(page.locator("html")).to_have_attribute("lang", "fr")  # by a script that has to pass
    assert refused == []


def test_a_whole_number_that_is_typed_comes_through(server: str, page: Page) -> None:
    page.goto(f"{server}/reading")
    expect_settled(page)
    number = page.get_by_label("Passage", exact=True)
    number.fill("3")
    number.press("Enter")
    expect(page).to_have_url(re.compile(r"[?&]passage=3\b"))
    expect_settled(page)
    expect(number).to_have_value("3")


def test_a_full_room_says_so_until_there_is_a_place(small_server: str, browser: Browser) -> None:
    first = browser.new_context(locale="fr-FR").new_page()
    first.goto(small_server)
    expect(first.get_by_role("heading", level=1).first).to_be_visible(timeout=WAIT)
    late = browser.new_context(locale="fr-FR").new_page()
    answer = late.goto(small_server)
    assert answer is not None
    assert answer.status == 503
    expect(late.get_by_role("heading", level=1)).to_have_text("La salle est pleine")
    first.context.close()
    # The page tries again by itself.
    expect(late.locator(".written")).to_be_visible()
    late.context.close()

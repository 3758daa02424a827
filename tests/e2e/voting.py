"""A class that votes, for tests: a projector that has opened a room, and its telephones."""

from __future__ import annotations

import contextlib

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.screen import WAIT

PHONE = {"width": 375, "height": 667}


class Class:
    """A projector, and the telephones of a room."""

    def __init__(self, browser: Browser, server: str) -> None:
        self._browser, self._server = browser, server
        self._contexts: list[BrowserContext] = []
        self.errors: list[str] = []
        self.screen = self._page(viewport={"width": 1280, "height": 720}, locale="fr-FR")
        self.screen.goto(f"{server}/course?view=quiz")
        self.screen.get_by_role("button", name="Rejoindre").click()
        self.screen.get_by_text("Voter par téléphone").click()
        self.screen.get_by_role("button", name="Ouvrir une salle").click()
        self.code = self.screen.locator(".room .code").inner_text()
        self._leave_dialog()

    def phone(self, typed: bool = False) -> Page:
        """Another telephone, which scans the code or types it."""
        page = self._page(viewport=PHONE, locale="fr-FR", has_touch=True)
        page.goto(f"{self._server}/s" if typed else f"{self._server}/s/{self.code}")
        if typed:
            page.get_by_label("Le code de la salle").fill(self.code.lower())
            page.get_by_role("button", name="Entrer").click()
        return page

    def expect_votes(self, count: int) -> None:
        """Wait until the screen shows so many votes."""
        expect(self.screen.locator(".votes")).to_have_attribute("data-votes", str(count))

    def close(self) -> None:
        """Close all of its browsers."""
        for context in self._contexts:
            context.close()

    def _leave_dialog(self) -> None:
        """Press Escape as a person would: again where the dialog was just then drawn anew."""
        dialog = self.screen.get_by_role("dialog")
        for _attempt in range(10):
            self.screen.keyboard.press("Escape")
            with contextlib.suppress(AssertionError):
                return expect(dialog).to_have_count(0, timeout=WAIT / 10)
        expect(dialog).to_have_count(0)

    def _page(self, **settings: object) -> Page:
        context = self._browser.new_context(**settings)  # type: ignore[arg-type]
        context.set_default_timeout(WAIT)
        self._contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        return page


def choose(phone: Page, option: int) -> None:
    """Vote, and wait until it is counted."""
    button = phone.locator("button[data-answer]").nth(option)
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(phone.get_by_role("status")).to_have_text("Vote compté.")

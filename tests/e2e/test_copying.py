"""Texts are copied where a browser has no clipboard: over http, elsewhere in the room."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from moliere_core.system import network
from tests.e2e.application import started
from tests.e2e.screen import expect_settled, press_until_said


def expect_pasted(page: Page, text: str | re.Pattern[str]) -> None:
    """Paste into a field of our own, which no run of the page empties, and look at what came."""
    page.evaluate("""() => {
        const field = document.body.appendChild(document.createElement("textarea"));
        field.id = "pasted";
        field.focus();
    }""")
    field = page.locator("#pasted")
    field.press("Control+V")
    expect(field).to_have_value(text)
    field.evaluate("field => field.remove()")


def test_links_and_texts_are_copied_without_a_certificate(page: Page, tmp_path: Path) -> None:
    host = network.on_network()
    if not host:
        pytest.skip("this machine is on no network")
    with started(tmp_path, subprocess.DEVNULL, host=host) as address:
        page.goto(f"{address}/?seed=7&speed=instant&length=40")
        expect_settled(page)
        assert not page.evaluate("isSecureContext || navigator.clipboard")
        press_until_said(page.get_by_role("button", name="Copier", exact=True).first, "Copié")
        expect_pasted(page, re.compile("^Mon frère, .{40}"))
        page.get_by_role("button", name="Rejoindre").click()
        link = page.locator(".invitation .link").input_value()
        assert link.startswith(address)
        page.get_by_role("button", name="Copier le lien").click()
        expect(page.locator(".invitation .said")).to_have_text("Copié")
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect_pasted(page, link)

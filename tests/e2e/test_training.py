"""A class trains its own network, in a real browser with a real worker."""

from __future__ import annotations

import importlib.util
import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.screen import OFFSCREEN, WAIT_FOR_FRAMEWORK, expect_drawn

TINY = "corpus=embedded&plays=le-perroquet-du-capitaine&units=128&embedding=64&batch=64&seq=40"


@pytest.mark.skipif(
    not all(importlib.util.find_spec(name) for name in ("keras", "tensorflow")),
    reason="needs Keras and TensorFlow",
)
def test_press_the_button_watch_the_curve_and_reattach(page: Page, server: str) -> None:
    page.goto(f"{server}/training?{TINY}&epochs=2&guess_loss=4&guess_bits=3")
    expect(page.get_by_text(re.compile(r"LSTM 1|LSTM$")).first).to_be_visible()
    page.get_by_role("button", name="Entraîner (").click()
    expect(page.locator(".js-plotly-plot")).to_be_visible()
    expect_drawn(page, "training.stop")
    expect(page).to_have_url(re.compile(r"job=[0-9a-f]{12}"))
    address = page.url

    expect_drawn(page, "badge")  # in the sidebar, while it runs
    expect(page.get_by_text("terminé · 2 époques")).to_be_visible(timeout=WAIT_FOR_FRAMEWORK)
    expect(page.locator("[class*=st-key-badge]")).to_have_count(0)
    expect(page.locator(".js-plotly-plot path.js-line")).not_to_have_count(0)
    expect(page.get_by_text("Époque 2 ·")).to_be_visible()
    expect(page.get_by_text(re.compile(r"hasard \d"))).to_be_visible()
    assert page.evaluate(OFFSCREEN) == 0

    page.goto("about:blank")
    page.goto(address)
    expect(page.get_by_text("terminé · 2 époques")).to_be_visible()
    page.get_by_role("link", name="Écrire avec lui").click()
    expect(page.locator(".written")).to_have_text(re.compile(r".{3}", re.DOTALL))
    expect(page).to_have_url(re.compile("model=run"))

"""A model taken home, in a real browser without a network: on a telephone, as a pupil holds it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from moliere_core.config import SamplingConfig
from tests import taken_home
from tests.e2e.screen import WAIT

PHONE: ViewportSize = {"width": 390, "height": 844}


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A French telephone in aeroplane mode, whose page complains of nothing."""
    context = browser.new_context(
        viewport=PHONE,
        locale="fr-FR",
        has_touch=True,
        is_mobile=True,
        bypass_csp=True,  # Playwright's waits compile expressions
    )
    context.set_default_timeout(WAIT)
    context.set_offline(True)
    page = context.new_page()
    told: list[str] = []
    page.on("pageerror", lambda error: told.append(str(error)))
    page.on("console", lambda message: told.append(message.text))
    page.on("request", lambda request: told.append(request.url))
    yield page
    context.close()
    assert not [text for text in told if not text.startswith(("file:", "data:"))]


@pytest.mark.parametrize(
    ("model", "samplings"),
    [
        ("petit", (SamplingConfig(0.0), SamplingConfig(1.5), SamplingConfig(0.8, 50, 0.9))),
        *((cell, (SamplingConfig(0.8),)) for cell in ("rnn", "lstm", "gru", "transformer")),
    ],
)
def test_it_writes_what_python_writes(
    model: str, samplings: tuple[SamplingConfig, ...], phone: Page, tmp_path: Path
) -> None:
    file = taken_home.page(tmp_path, model)
    assert file.stat().st_size < 2_000_000
    phone.goto(file.as_uri())
    phone.get_by_label("Texte de départ").fill(taken_home.PROMPT)
    phone.get_by_label("Vitesse").select_option("instantané")
    phone.get_by_text("top_k et top_p").click()
    for text in taken_home.texts(tmp_path, model, samplings):
        phone.get_by_label("Température").fill(str(text.sampling.temperature))
        phone.get_by_label("top_k", exact=True).fill(str(text.sampling.top_k))
        phone.get_by_label("top_p", exact=True).fill(str(text.sampling.top_p))
        phone.get_by_label("Graine du hasard").fill(str(text.seed))
        phone.get_by_role("button", name="Écrire la suite").click()
        phone.wait_for_function(
            f"document.getElementById('written').textContent.length > {taken_home.CHARS}"
        )
        written = phone.locator("#written").text_content() or ""
        assert written[: taken_home.CHARS] == text.text


def test_its_bars_its_languages_and_its_width(phone: Page, tmp_path: Path) -> None:
    phone.goto(taken_home.page(tmp_path, "lstm").as_uri())
    phone.get_by_label("Texte de départ").fill("été")
    expect(phone.get_by_text("Ce modèle n’a jamais lu")).to_have_text(
        "Ce modèle n’a jamais lu\u00a0: é"
    )
    expect(phone.get_by_role("button", name="Copier")).to_be_disabled()
    phone.get_by_role("button", name="Écrire la suite").click()
    expect(phone.locator("#bars li")).to_have_count(8)
    expect(phone.locator("#written")).not_to_be_empty()
    phone.get_by_role("button", name="Pause").click()
    expect(phone.get_by_role("button", name="Reprendre")).to_be_visible()
    phone.get_by_role("button", name="English").click()
    expect(phone.get_by_role("button", name="Write on")).to_be_visible()
    expect(phone.get_by_role("button", name="Resume")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

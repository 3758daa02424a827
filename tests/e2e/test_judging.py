"""What a text is worth, in a real browser: a run measured when asked, sources, a kept text."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from moliere_core.config import ModelConfig, RunConfig, TrainingConfig
from moliere_core.corpus import EMBEDDED, load_corpus
from moliere_core.runs.run import Run
from moliere_core.text.normalise import normalise
from moliere_core.text.vocabulary import Vocabulary
from tests.e2e.application import started
from tests.e2e.screen import OFFSCREEN, WAIT_FOR_FRAMEWORK, expect_settled
from tests.networks import random_weights

RUN = "0123456789cd"
LINE = "Couvrez ce sein que je ne saurais voir."


def write_run(home: Path) -> None:
    """A small network that nobody trained, of a corpus that everybody has."""
    corpus = load_corpus(EMBEDDED)
    text = normalise(corpus.text())
    vocabulary = Vocabulary.from_text(text)
    config = RunConfig(ModelConfig(embedding_dim=4, units=8), TrainingConfig(epochs=1))
    read = {"source": EMBEDDED, "digest": corpus.digest, "chars": len(text)}
    run = Run.create(home / "runs" / RUN, RUN, config, vocabulary, read, "plays")
    weights = random_weights(vocabulary)
    run.save_snapshot("epoch-000", weights)
    run.save_snapshot("epoch-001", {name: 2 * value for name, value in weights.items()})
    run.append_history({"epoch": 1, "updates": 40, "validation_bits_per_char": 4.25})


@pytest.fixture(scope="module", name="own")
def _own(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The application with such a run; its address. `browser` skips where there is none."""
    home = tmp_path_factory.mktemp("home")
    write_run(home)
    with started(home, subprocess.DEVNULL) as address:
        yield address


def test_a_run_is_measured_from_cold_to_hot_when_asked(page: Page, own: str) -> None:
    page.goto(f"{own}/temperature?model=run:{RUN}&chars=40")
    said = page.get_by_text("Le plus près du vrai Molière")
    measure = page.get_by_role("button", name="Mesurer")
    expect(measure).to_be_visible()
    expect(said).to_have_count(0)
    measure.click()
    expect(said).to_be_visible(timeout=WAIT_FOR_FRAMEWORK)  # 56 texts are written and judged
    expect(page.locator(".js-plotly-plot")).to_have_count(2)
    page.reload()  # it is kept
    expect(said).to_be_visible()
    expect(measure).to_have_count(0)
    page.get_by_role(
        "button", name=re.compile("longs mots qui existent")
    ).click()  # weighed no more
    expect(page).to_have_url(re.compile("weighed=new_12"))
    expect(said).not_to_contain_text("longs mots")
    expect(said).to_contain_text("suites de 12")
    expect_settled(page)
    assert page.evaluate(OFFSCREEN) == 0


def test_a_run_tells_when_its_words_come_once_measured(page: Page, own: str) -> None:
    page.goto(f"{own}/film?model=run:{RUN}&view=verse")
    page.get_by_role("button", name="Mesurer").click()
    expect(page.get_by_text("L’alexandrin")).to_be_visible(timeout=WAIT_FOR_FRAMEWORK)
    expect(page.locator(".js-plotly-plot")).to_have_count(2)
    expect(page.get_by_role("button", name="Mesurer")).to_have_count(0)
    expect_settled(page)
    assert page.evaluate(OFFSCREEN) == 0


def test_what_was_read_is_told_where_it_is_pointed_at(page: Page, own: str) -> None:
    page.goto(f"{own}/reading?model=petit&view=sources&text=own")
    box = page.get_by_label("Votre texte")
    box.fill(f"Un blabouliment. {LINE}")
    box.press("Control+Enter")
    read = page.locator(".sheet mark", has_text="ne saurais")
    expect(read).to_be_visible()
    read.hover()
    expect(page.locator(".told")).to_contain_text("Tartuffe")
    expect(page.get_by_text("blabouliment").last).to_be_visible()
    assert "Couvrez" not in page.url  # a pupil's text is not in the address


def test_a_text_kept_on_home_is_looked_up(page: Page, own: str) -> None:
    page.goto(f"{own}/?model=run:{RUN}&speed=instant&prompt=Ah&seed=7")
    expect(page.locator(".player")).to_have_attribute("data-at", "800")
    page.get_by_role("button", name="Garder").click()
    expect(page.locator(".kept")).to_have_count(1)
    page.get_by_role("link", name="Lecture").first.click()
    expect(page.get_by_role("heading", level=1, name="Lire comme le modèle")).to_be_visible()
    page.get_by_text("Sources", exact=True).click()
    page.get_by_text("gardé", exact=True).click()
    expect(page.get_by_text("graine 7").first).to_be_visible()
    expect(page.locator(".sheet")).to_contain_text(re.compile("^Ah"))

"""The sheet of dice: a pupil who follows it writes what the screen shows, letter for letter."""

from __future__ import annotations

import html
import re

import pytest

from dashboard.characters import dice
from moliere_core.corpus import EMBEDDED, load_corpus
from moliere_core.models.dice import DiceModel, throws
from tests.app.helpers import Open


def on_paper(sheet: str) -> str:
    """What a pupil writes who has the sheet and nothing else."""
    lists = {}
    for symbol, rows in re.findall(r"<h3>\S+ (\S)</h3><dl>(.*?)</dl>", sheet):
        lists[symbol] = re.findall(r"<dt>(.)</dt><dd>(\d+)(?: – (\d+))?</dd>", rows)
    text = "␣"
    for throw in re.findall(r"<span>(\d{3})</span>", sheet):
        [found] = [s for s, low, high in lists[text[-1]] if low <= throw <= (high or low)]
        text += found
    return text[1:]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_paper_and_screen_agree(
    open_page: Open, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MOLIERE_CORPUS", raising=False)  # the plays that ship
    corpus = load_corpus(EMBEDDED)
    play = corpus.plays[1]
    at = open_page("characters", view="dice", play=play, seed="5", lang=language)
    assert not at.exception
    found = throws(5, 60)
    model = DiceModel.of(corpus.select([play]).text())
    sheet = dice.sheet(model, corpus.titles[play], 5, found).decode()
    [written] = re.findall(r'<p class="written">(.*?)</p>', sheet)
    assert html.unescape(written) == on_paper(sheet) == dice.shown(model.write(found))
    screen = "".join(str(element.proto.body) for element in at.get("html"))
    assert f'<p class="dice-text">{written}</p>' in screen


def test_a_sheet_asks_for_nothing_and_shows_titles_as_they_are() -> None:
    model = DiceModel.of("la belle marquise")
    sheet = dice.sheet(model, "<b>L’Avare</b>", 0, throws(0, 5)).decode()
    assert "<b>" not in sheet
    assert not re.search(r"https?://|src=|url\(|@import", sheet)
    assert "@page { size: A4" in sheet

"""The Corpus page: one filter, nine views, and what a corpus without columns says."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from dashboard.corpus import controls, results, wording
from dashboard.corpus.figures import network as network_chart
from dashboard.corpus.views import VIEW, VIEWS
from dashboard.shared import cached
from dashboard.shared.naming import SERVER
from moliere_core.corpus import EMBEDDED, load_corpus
from moliere_core.exploration import Selection, WordIndex, frequency, keyness, network, overview
from tests.app.helpers import Open, address, run_snippet, shown

BARE = "play_name,cue\nune,Ah ! mon cœur <b>bat</b>.\nune,Oui.\ndeux,Non & non.\n"
PLAY, SPEAKER = "le-prevoyant", "Fanchon"


@pytest.fixture(autouse=True)
def _embedded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MOLIERE_CORPUS", raising=False)


@pytest.fixture(scope="module")
def index() -> WordIndex:
    return WordIndex.build(load_corpus(EMBEDDED))


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server whose corpus has cues and names of plays, and nothing else."""
    path = tmp_path / "bare.csv"
    path.write_text(BARE, encoding="utf-8")
    monkeypatch.setenv("MOLIERE_CORPUS", str(path))


def figure(at: Any, number: int = 0) -> dict[str, Any]:
    """A Plotly figure of the page."""
    spec: dict[str, Any] = json.loads(at.get("plotly_chart")[number].proto.spec, object_hook=_array)
    return spec


def _array(found: dict[str, Any]) -> Any:
    """Plotly writes arrays of numbers as their bytes."""
    if "bdata" not in found:
        return found
    values = np.frombuffer(base64.b64decode(found["bdata"]), found["dtype"])
    return values.tolist()


def concordance(at: Any) -> str:
    """The table of lines, as HTML."""
    [body] = [e.proto.body for e in at.get("html") if "<table" in e.proto.body]
    return str(body)


def told(at: Any) -> str:
    """All that is said, in notes and figures, too."""
    notes = [e.value for e in at.info] + [f"{e.label} {e.value}" for e in at.metric]
    return "\n".join([shown(at), *map(str, notes)])


@pytest.mark.slow
@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("view", VIEWS)
def test_every_view_opens_in_both_languages(open_page: Open, view: str, language: str) -> None:
    at = open_page("corpus", view=view, play=PLAY, lang=language)
    assert not at.exception
    assert not at.error
    assert not at.info
    assert address(at)["play"] == PLAY


@pytest.mark.slow
@pytest.mark.parametrize("view", VIEWS)
def test_a_corpus_of_cues_alone_says_what_it_lacks(open_page: Open, bare: None, view: str) -> None:
    at = open_page("corpus", view=view, word="cœur")
    assert not at.exception
    assert not at.error
    text = told(at)
    expected = {
        "figures": "ne dit pas qui parle ni ce qui est en vers",
        "voices": "ne dit pas qui parle",
        "keywords": "les noms des personnages n’ont pas pu être retirés",
        "variety": "ne dit pas ce qui est en vers",
        "raw": "vides ici",
    }
    assert expected.get(view, "") in text
    form, speaker = at.selectbox(key=controls.FORM.key), at.selectbox(key=controls.SPEAKER.key)
    assert form.disabled
    assert speaker.disabled


def test_a_single_play_without_speakers_offers_nobody_to_choose(
    open_page: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "page.txt"
    path.write_text("Ah ! le joli texte.\n", encoding="utf-8")
    monkeypatch.setenv("MOLIERE_CORPUS", str(path))
    text = told(open_page("corpus", view="keywords"))
    assert "ajoutez-en un de plusieurs pièces" in text
    assert "Choisissez un personnage" not in text
    assert "**1** réplique · **1** pièce · " in told(open_page("corpus", view="raw"))


def test_cards_and_table_are_those_of_the_filter(open_page: Open, index: WordIndex) -> None:
    at = open_page("corpus", play=PLAY, speaker=SPEAKER)
    summary = overview.summary(index.part(Selection(play=PLAY, speaker=SPEAKER)))
    values = {metric.label: metric.value for metric in at.metric}
    assert values["Répliques"] == str(summary.cues)
    assert values["Pièces"] == "1"
    assert values["Part de vers"] == "100\N{NO-BREAK SPACE}%"
    assert values["Alphabet"] == str(summary.alphabet)
    assert at.dataframe[0].value["Mots"].tolist() == [summary.words]


def test_the_course_stands_beside_what_is_measured(open_page: Open, index: WordIndex) -> None:
    table = open_page("corpus").table[0].value
    assert table["Le cours annonce"].tolist()[:2] == ["environ 80", "environ 500 ko"]
    alphabet = overview.summary(index.part()).alphabet
    assert table["Mesuré ici"].tolist()[0] == str(alphabet)
    count = (alphabet + 1) * 128 + 4 * 256 * (128 + 256 + 1) + (alphabet + 1) * 257
    assert f"{count:,}".replace(",", "\u202f") in table["Mesuré ici"].tolist()[2]


def test_as_it_is_shows_the_first_rows_and_characters(open_page: Open, index: WordIndex) -> None:
    at = open_page("corpus", view="raw", form="prose")
    part = index.part(Selection(form="prose"))
    shown_rows = at.dataframe[0].value
    assert list(shown_rows.columns) == [c for c in part.frame.columns if index.has(c)]
    expected = part.frame.head(10)[shown_rows.columns]
    pd.testing.assert_frame_equal(shown_rows, expected, check_dtype=False)
    assert at.code[0].value == part.text[:500]


def test_a_plain_text_is_one_cue_of_which_the_beginning_is_sent(
    open_page: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "roman.txt"
    path.write_text("Il y avait une fois un roi.\n" * 9_000, encoding="utf-8")
    monkeypatch.setenv("MOLIERE_CORPUS", str(path))
    at = open_page("corpus", view="raw")
    assert at.dataframe[0].value["cue"].str.len().tolist() == [500]
    for view in VIEWS:
        at = open_page("corpus", view=view, word="roi")
        assert not at.exception
        assert not at.error


def test_a_word_opens_from_the_list(open_page: Open, index: WordIndex) -> None:
    at = open_page("corpus", view="words")
    bars = figure(at)["data"][0]
    top = frequency.top_words(index.part(), 15, results.stop_words(EMBEDDED))
    assert bars["y"] == top["word"].tolist()
    at.pills(key="corpus.open.top").set_value(top["word"][2]).run()
    assert not at.exception
    assert address(at)["view"] == "word"
    assert address(at)["word"] == top["word"][2]
    assert str(top["count"][2]) in told(at)
    at.button(key="corpus.tolines").click().run()
    assert address(at)["view"] == "lines"


def test_stop_words_have_a_switch(open_page: Open) -> None:
    at = open_page("corpus", view="words", stops=1)
    assert figure(at)["data"][0]["y"][0] in ("de", "et", "la", "le")
    at.toggle(key=controls.COMMON_STOPS.key).set_value(False).run()
    assert "de" not in figure(at)["data"][0]["y"]
    assert "stops" not in address(at)


def test_the_trend_of_a_word_by_play(open_page: Open, index: WordIndex) -> None:
    at = open_page("corpus", view="word", word="monsieur")
    bars, heat = figure(at)["data"]
    expected = frequency.trend(frequency.find(index.part(), "monsieur"))
    assert sorted(bars["x"], reverse=True) == bars["x"]
    assert sorted(bars["x"]) == pytest.approx(sorted(expected["rate"]))
    assert heat["type"] == "heatmap"
    [one] = figure(open_page("corpus", view="word", word="monsieur", play=PLAY))["data"]
    count = expected.set_index("play").loc[PLAY, "count"]
    assert sum(one["y"]) == count


def test_a_word_that_is_nowhere_has_neighbours(open_page: Open) -> None:
    at = open_page("corpus", view="word", word="coeurs-volants")
    assert "n’est pas dans cette partie du corpus" in at.info[0].value
    at = open_page("corpus", view="lines", word="monsieurs")
    at.pills(key="corpus.open.like").set_value("monsieur").run()
    assert address(at)["word"] == "monsieur"


@pytest.mark.parametrize("view", ["word", "lines"])
def test_words_that_are_none(open_page: Open, view: str) -> None:
    at = open_page("corpus", view=view, word="?!")
    assert "il n’y a pas de mot dans" in at.error[0].value
    assert open_page("corpus", view=view, word=" ").info


def test_a_concordance_has_pages_and_keeps_its_order(open_page: Open, index: WordIndex) -> None:
    at = open_page("corpus", view="lines", word="de", order="right")
    total = len(frequency.find(index.part(), "de"))
    assert f"**1** à **50** sur **{total}**" in told(at)
    first = concordance(at)
    at.button(key="corpus.next").click().run()
    assert address(at)["first"] == "50"
    assert "**51** à **100**" in told(at)
    assert concordance(at) != first
    assert first.count("<tr>") == 51
    at.text_input(key=controls.WORD.key).set_value("et").run()
    assert "first" not in address(at)
    assert "**1** à **50**" in told(at)
    at = open_page("corpus", view="lines", word="de", first=999_950)
    assert "**1** à **50**" in told(at)


def test_texts_of_a_corpus_are_never_read_as_html(open_page: Open, bare: None) -> None:
    body = concordance(open_page("corpus", view="lines", word="cœur"))
    assert "&lt;b&gt;bat&lt;/b&gt;" in body
    assert "<b>" not in body


@pytest.mark.parametrize(
    ("act", "scene", "expected"),
    [
        ("3", "2", "III, 2"),
        ("Acte III", "Scène 2", "III, 2"),
        ("ACT IV", "SCENE 1", "IV, 1"),
        ("Acte unique", "Scène dernière", "Acte unique, Scène dernière"),
        ("Intermède 1", "", "Intermède 1"),
        ("", "", ""),
    ],
)
def test_places_are_told_in_short(act: str, scene: str, expected: str) -> None:
    assert wording.place(act, scene) == expected


def test_speech_and_network(open_page: Open, index: WordIndex) -> None:
    at = open_page("corpus", view="voices", play=PLAY, speaker=SPEAKER)
    bars, discs = figure(at)["data"][0], figure(at, 1)["data"][-1]
    found = network.co_presence(index, PLAY)
    assert sum(bars["x"]) == pytest.approx(100)
    assert len(set(bars["marker"]["color"])) == 2  # the chosen one in another colour
    assert [row[0] for row in discs["customdata"]] == list(found.names)
    assert f"{len(found.edges)} liens" in told(at)
    everyone = open_page("corpus", view="voices")
    assert "Choisissez une pièce" in everyone.info[0].value


@pytest.mark.parametrize("chosen", ["", "P30"])
def test_names_of_a_network_do_not_cover_each_other(chosen: str) -> None:
    names = tuple(f"P{n}" for n in range(40))
    found = network.Network(
        names=names,
        words=np.arange(40, 0, -1),
        scenes=1,
        present=np.ones(40, np.int64),
        edges=np.zeros((0, 2), np.int64),
        weights=np.zeros(0, np.int64),
        positions=np.array([(n % 8 / 40, n // 8 / 40) for n in range(40)]),
    )
    written = list(network_chart.named(found, chosen))
    assert written[0] == (names.index(chosen) if chosen else 0)
    assert 1 < len(written) < 20
    apart = replace(found, positions=found.positions * 8)
    assert len(network_chart.named(apart, chosen)) > len(written)
    outside = replace(found, positions=found.positions + 1.39)
    assert not network_chart.named(outside, chosen)
    figure = network_chart.network_figure(found, chosen, False)
    assert [a.text for a in figure.layout.annotations] == [names[node] for node in written]


def test_keywords_of_a_play_and_of_all(open_page: Open, index: WordIndex) -> None:
    at = open_page("corpus", view="keywords", play=PLAY)
    expected = keyness.keywords(index.part(Selection(play=PLAY)), index.part(), 9)
    assert figure(at)["data"][0]["y"] == expected["word"].tolist()
    every = open_page("corpus", view="keywords").dataframe[0].value
    assert len(every) == 3
    assert every["Mots caractéristiques"][0].startswith(expected["word"][0])
    inside = open_page("corpus", view="keywords", play=PLAY, speaker=SPEAKER, against="play")
    part = index.part(Selection(play=PLAY, speaker=SPEAKER))
    rest = keyness.keywords(part, index.part(Selection(play=PLAY)), 9)
    assert figure(inside)["data"][0]["y"] == rest["word"].tolist()


def test_characters_are_those_of_the_text(open_page: Open, index: WordIndex) -> None:
    at = open_page("corpus", view="letters", form="verse")
    text = index.part(Selection(form="verse")).text
    values = {metric.label: metric.value for metric in at.metric}
    assert values["Caractères distincts"] == str(len(set(text)))
    space = next(t for t in figure(at)["data"] if t["name"] == "espace et fin de ligne")
    assert space["y"][0] == pytest.approx(100 * text.count(" ") / len(text))


def test_a_filter_that_leaves_nothing_and_addresses_that_name_nothing(open_page: Open) -> None:
    at = open_page("corpus", play=PLAY, form="prose")
    assert "Aucune réplique" in at.info[0].value
    at = open_page("corpus", play="scapin", form="slam", speaker="Nobody", view="none", first="x")
    assert not at.exception
    assert not {"play", "form", "speaker", "view", "first"} & set(address(at))
    at = open_page("corpus", play=PLAY, speaker=SPEAKER)
    at.selectbox(key=controls.PLAY.key).set_value("l-homme-aux-pendules").run()
    assert "speaker" not in address(at)  # who is in another play


def test_a_corpus_that_is_read_again_is_indexed_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "plays.csv"
    monkeypatch.setenv("MOLIERE_CORPUS", str(path))
    for cue in ("Ah !", "Oh ! Oh !"):
        path.write_text(f"play_name,cue\na,{cue}\n", encoding="utf-8")
        cached.forget_corpus(SERVER)
        assert results.summary(SERVER, Selection()).words == len(cue.split("!")) - 1


def test_what_is_tried_ticks_itself(open_page: Open) -> None:
    at = open_page("corpus", view="lines", order="right")
    at.pills(key="corpus.drawer").set_value("try").run()
    ticked = {box.key: box.value for box in at.checkbox}
    assert ticked["corpus.try.sorted"]
    assert not ticked["corpus.try.network"]
    at.segmented_control(key=VIEW.key).set_value("voices").run()
    at.selectbox(key=controls.PLAY.key).set_value(PLAY).run()
    assert at.checkbox(key="corpus.try.network").value
    assert at.checkbox(key="corpus.try.sorted").value


@pytest.mark.parametrize("view", VIEWS)
def test_the_cell_runs(view: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.shared.state.language", lambda: "fr")
    selection = Selection(play=PLAY, speaker=SPEAKER)
    output = run_snippet(controls.code(view, EMBEDDED, selection, "l'\"amour"))
    assert output
    if view == "raw":
        part = WordIndex.build(load_corpus(EMBEDDED)).part(selection)
        assert output.startswith(f"{len(part.rows)} ['play_name', ")
        assert output.endswith(part.text[:500] + "\n")

"""The Reading page: a text coloured by surprise, and the letters it takes to know a word."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest

from dashboard.reading import controls, results
from dashboard.reading.texts import PASSAGE_CHARS, passages
from dashboard.reading.views import origins
from moliere_core.judging import french
from moliere_core.judging.passages import Passage, Place
from moliere_core.measures.reading import read
from moliere_core.models.references import load_model
from tests.app.helpers import REFERENCE, Open, address, component, run_snippet, shown, ticked

HTML = "<b>Ah</b> **non** $x$ & </script><img src=x>"


@pytest.mark.slow
@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("origin", ["corpus", "own", "modern", "written"])
def test_every_origin_is_read(open_page: Open, language: str, origin: str) -> None:
    at = open_page("reading", lang=language, text=origin)
    assert not at.exception
    assert not at.error
    data = component(at)
    assert len(data["bits"]) == len(data["ranks"]) == len(data["top"]) == len(data["text"]) > 20
    assert shown(at).count("**") >= 4  # bits per character and first choices, at least
    assert address(at).get("text", "corpus") == origin


def test_the_figures_are_those_of_the_core(open_page: Open) -> None:
    at = open_page("reading", text="own")
    at = at.text_area[0].set_value("Quoi ? je vous aime.").run()
    reading = read(load_model(REFERENCE), "Quoi ? je vous aime.")
    data = component(at)
    assert data["text"] == "Quoi ? je vous aime."
    assert data["ranks"] == reading.ranks.tolist()
    assert data["bits"] == pytest.approx(reading.bits, abs=0.006)
    assert f"**{reading.bits_per_char:.2f}**".replace(".", ",") in shown(at)


def test_pasted_markup_shows_as_itself(open_page: Open) -> None:
    at = open_page("reading", text="own")
    at = at.text_area[0].set_value(HTML).run()
    assert component(at)["text"] == HTML
    assert "<b>" not in shown(at).replace("\\<b\\>", "")
    assert "<img" not in shown(at)


def test_an_empty_text_says_what_to_do(open_page: Open) -> None:
    at = open_page("reading", text="own")
    at = at.text_area[0].set_value("  ").run()
    assert not at.exception
    assert len(at.info) == 1


def test_letters_before_it_knows(open_page: Open) -> None:
    at = open_page("reading", view="word", model="petit")
    assert not at.exception
    [chart] = at.get("plotly_chart")
    assert "Combien de lettres" in chart.proto.spec
    assert "chance sur deux" in shown(at)
    at = open_page("reading", view="word", word="<b>")
    assert "<b>" not in at.get("plotly_chart")[0].proto.spec.replace("<b><", "").replace("<b>&", "")


def test_a_long_sentence_is_named_letter_by_letter(open_page: Open) -> None:
    at = open_page("reading", view="word", word="Monsieur mon ami")
    axis = json.loads(at.get("plotly_chart")[0].proto.spec)["layout"]["xaxis"]
    assert axis["ticktext"] == ["∅", *"Monsieur␣mon␣am"]
    at = open_page("reading", view="word", word="ami")
    axis = json.loads(at.get("plotly_chart")[0].proto.spec)["layout"]["xaxis"]
    assert axis["ticktext"] == ["∅", "a", "am"]


def test_a_text_of_one_s_own_is_found_again(open_page: Open) -> None:
    at = open_page("reading", text="own")
    at = at.text_area[0].set_value("Quoi ? je vous aime.").run()
    at = at.segmented_control(key="reading.origin").set_value("modern").run()
    at = at.segmented_control(key="reading.origin").set_value("own").run()
    assert at.text_area[0].value == "Quoi ? je vous aime."
    at = at.switch_page("../pages/temperature.py").run()
    at = at.switch_page("../pages/reading.py").run()
    assert at.text_area[0].value == "Quoi ? je vous aime."


def test_items_tick_themselves(open_page: Open) -> None:
    at = open_page("reading", text="modern", colour="rank")
    done = ticked(at, "reading")
    assert done["modern"]
    assert done["rank"]
    assert not done["own"]


def test_the_last_passage_of_a_play_is_the_last(open_page: Open) -> None:
    at = open_page("reading", passage=99_999)
    number = at.number_input(key="reading.passage")
    count = int(number.max or 0)
    assert number.value == count < 1_000
    assert f"Passage {count} sur {count} " in shown(at)
    assert address(at)["passage"] == str(count)
    last = component(at)["text"]
    at = at.number_input(key="reading.passage").decrement().run()
    assert component(at)["text"] != last
    assert not at.exception
    at = (
        at.selectbox(key="reading.play")
        .set_value(at.selectbox(key="reading.play").options[0])
        .run()
    )
    assert not at.exception


def test_passages_are_whole_cues() -> None:
    cues = [f"réplique {number} " * 20 for number in range(30)]
    found = passages(cues)
    assert "\n".join(found) == "\n".join(cues)
    assert all(len(passage) >= PASSAGE_CHARS for passage in found[:-1])


@pytest.mark.parametrize("text", ["Ah ! ", 'l\'"œil"\n{0} \\ \'\'\' """ %s'])
def test_the_cell_runs(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("dashboard.shared.state.language", lambda: "fr")
    settings = controls.Settings(REFERENCE, 1, "bits")
    lines = run_snippet(controls.code("text", settings, text)).splitlines()
    reading = read(load_model(REFERENCE), text)
    assert lines[-1] == f"bits par caractère: {reading.bits_per_char:.3f}"
    assert len(lines) == len(reading.text) + 1


NAMES = "Zoroastre, où vas-tu ?\nJe cherche Zoroastre, et Zoroastre m’attend.\nAdieu, Zoroastre !"


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_network_that_learns_while_it_reads(open_page: Open, language: str) -> None:
    at = open_page("reading", lang=language, view="learning", model="petit", text="own")
    at = at.text_area[0].set_value(NAMES).run()
    assert not at.exception
    assert len(at.get("plotly_chart")) == 1
    assert "Zoroastre" in shown(at)
    found = results.adaptation("petit", NAMES, 0.1)
    (word,) = results.returning(found)
    assert len(word.frozen) == len(word.adapting) == 4
    assert word.adapting[3] < word.frozen[3]
    assert ticked(at, "reading")["learning"]


def test_without_a_word_that_comes_back_there_is_a_hint(open_page: Open) -> None:
    at = open_page("reading", view="learning", model="petit", text="own")
    at = at.text_area[0].set_value("Bonjour.").run()
    assert not at.exception
    assert len(at.info) == 1


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_mixing_desk(open_page: Open, language: str) -> None:
    at = open_page("reading", lang=language, view="mixing", model="petit", text="modern")
    assert not at.exception
    assert len(at.get("plotly_chart")) == 1
    one, two = at.text[0].value, at.slider(key="reading.share").set_value(0.0).run().text[0].value
    assert len(one) == len(two) == 160
    assert one != two
    assert ticked(at, "reading")["mixing"]


def test_the_cells_of_learning_and_mixing_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.shared.state.language", lambda: "fr")
    monkeypatch.setattr("dashboard.shared.state.value", lambda control: control.default)
    settings = controls.Settings("petit", 1, "bits")
    for view in ("learning", "mixing"):
        assert "1." in run_snippet(controls.code(view, settings, "Ah ! mon père, je vous aime."))


# Sources


def test_what_was_read_is_marked_with_its_place(open_page: Open) -> None:
    at = open_page("reading", view="sources", text="own", model="petit")
    line = "Couvrez ce sein que je ne saurais voir."
    at = at.text_area[0].set_value(f"Un blabouliment. {line} Un blabouliment.").run()
    assert not at.exception
    runs = component(at)["runs"]
    assert "".join(run["text"] for run in runs) == f"Un blabouliment. {line} Un blabouliment."
    read_there = max((run for run in runs if "told" in run), key=lambda run: len(run["text"]))
    # The edition has a comma before "que". Without the corpus a passage is known by its middle.
    known = "que je ne saurais" if os.environ.get("MOLIERE_CORPUS") else "ne saurais"
    assert known in read_there["text"]
    assert "Tartuffe" in read_there["told"]
    assert "acte" in read_there["told"]
    assert "blabouliment" in shown(at)
    assert "GPT-2" in shown(at)  # of which nothing could be said


def test_passages_that_overlap_are_shown_once_and_in_order() -> None:
    place = Place("Le Tartuffe")
    spans = ((10, 50), (0, 20), (40, 62), (45, 54))
    found = tuple(Passage(start, stop, place, 0, True) for start, stop in spans)
    shown_at = sorted((start, stop) for start, stop, _ in origins.disjoint(found))
    assert shown_at == [(0, 10), (10, 50), (50, 62)]


def test_a_text_that_was_never_written_has_no_passage(open_page: Open) -> None:
    at = open_page("reading", view="sources", text="own", model="petit", lang="en")
    at = at.text_area[0].set_value("zzq kwx").run()
    assert not at.exception
    assert [run.get("told") for run in component(at)["runs"]] == [None]
    assert "No passage" in shown(at)


def test_a_model_whose_corpus_is_not_here_says_so(open_page: Open) -> None:
    at = open_page("reading", view="sources", text="own")
    assert not at.exception
    assert len(at.error) == 1


# Verse


def test_verse_is_counted_beside_chance(open_page: Open) -> None:
    at = open_page("reading", view="verse", text="modern", lang="en")
    assert not at.exception
    data = component(at)
    assert data["tables"]["nuclei"]
    assert len(data["text"]) > 100
    assert "The same words in random order" in shown(at)


def test_one_s_own_verse_is_kept_from_view_to_view(open_page: Open) -> None:
    at = open_page("reading", text="own")
    at = at.text_area[0].set_value("Allons, flatteuse, allons.").run()
    at = at.segmented_control(key="reading.view").set_value("verse").run()
    assert not at.exception
    assert component(at)["text"] == "Allons, flatteuse, allons."
    assert "quatre lignes" in shown(at)


# What is kept, and the French of today


def read_again(data: dict[str, Any]) -> str:
    return "".join(run["text"] for run in data["runs"])


def test_a_text_that_was_kept_or_voted_on_is_looked_up(open_page: Open) -> None:
    at = open_page("reading", view="sources", model="petit", text="kept")
    assert "Aucun texte gardé" in at.info[0].value
    at.session_state["hour.texts"] = [("petit, graine 1", "Ah ! mon frère, je vous le dis.")]
    at.session_state["hour.voted-on"] = [("préféré", "Allons, Flipote, allons, que d'eux.")]
    at.run()
    picked = at.selectbox(key="reading.kept")
    assert [option.split(" (")[-1] for option in picked.options] == ["petit, graine 1)", "préféré)"]
    assert "Ah ! mon frère" in read_again(component(at))
    picked.set_value(1).run()
    assert "Flipote" in read_again(component(at))
    at.session_state["hour.voted-on"] = []
    at.run()
    assert not at.exception
    assert "Ah ! mon frère" in read_again(component(at))


def test_today_s_french_stands_beside_the_plays(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = open_page("reading", view="sources", model="petit")
    assert "français d’aujourd’hui" in shown(at)
    monkeypatch.setattr(french, "words", lambda: None)  # as where it is not installed
    at = open_page("reading", view="sources", model="petit", passage=2)
    assert "pip install pyspellchecker" in shown(at)

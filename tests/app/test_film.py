from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from dashboard.film import emergence, results, views, wording
from dashboard.shared import stored_runs
from dashboard.shared.fields import DEFAULT_PROMPT
from moliere_core.config import SamplingConfig
from moliere_core.corpus import EMBEDDED, load_corpus, split
from moliere_core.exploration import lexicon
from moliere_core.exploration.lexicon import Word
from moliere_core.judging import emergence as emergence_counts
from moliere_core.models.references import load_model, open_run
from moliere_core.models.sampling import generate, next_distribution
from moliere_core.runs.run import Run
from tests.app.helpers import ALPHABET, REFERENCE, RUN, Open, address, component, shown
from tests.networks import random_weights

SNAPSHOTS = ["epoch-000", "step-000030", "step-000100", "step-000300", "step-001000"] + [
    f"epoch-{n:03d}" for n in range(1, 13)
]


def snap(store: Path, *names: str) -> Run:
    """More moments for the run of the store, each a little further from random weights."""
    run = Run.open(store / "runs" / RUN)
    for i, name in enumerate(names, start=1):
        run.save_snapshot(name, {k: w * (1 + i / 4) for k, w in random_weights(ALPHABET).items()})
    run.save_history([{"epoch": 1, "updates": 40, "train_loss": 3.0, **run.history[0]}])
    run.save_history([{**run.history[0], "updates": 40}])
    return run


def test_every_moment_of_petit_is_sent_at_once(open_page: Open) -> None:
    at = open_page("film", model="petit", prompt="Ah ! ", seed=3)
    data = component(at)
    assert [m["name"] for m in data["moments"]] == SNAPSHOTS
    assert [m["update"] for m in data["moments"][:6]] == [0, 30, 100, 300, 1000, 1075]
    assert data["autoplay"]
    assert data["moments"][0]["title"] == "Avant l’apprentissage"
    assert data["moments"][3]["title"] == "Après 300 mises à jour"
    assert data["moments"][-1]["title"] == "Après 12 époques"
    for reference, moment in (("petit@0", data["moments"][0]), ("petit", data["moments"][-1])):
        config = SamplingConfig(0.8)
        [text] = generate(load_model(reference), ["Ah ! "], [config], [3], results.CHARS)
        assert moment["text"] == text


def test_the_bars_are_those_of_each_place_of_the_prompt(open_page: Open) -> None:
    data = component(open_page("film", model="petit", prompt="Madame", temperature=1))
    assert len(data["places"]) == len("Madame") + 1 + 0
    model = load_model("petit")
    for place in (0, 3, 6):
        logits, _ = model.start(["Madame"[:place]])
        probs = next_distribution(logits[0], SamplingConfig())
        chars = data["places"][place]
        chances = data["moments"][-1]["chances"][place]
        for char, chance in zip(chars, chances, strict=True):
            assert chance == pytest.approx(1e4 * probs[model.vocabulary.index[char]], abs=1.5)
        if place < 6:
            assert "Madame"[place] in chars


def test_measures_come_from_the_history_and_its_complement(open_page: Open) -> None:
    data = component(open_page("film", model="petit"))
    values = [m["validation"] for m in data["moments"]]
    run = open_run("petit")[0]
    assert values[5:] == [record["validation_bits_per_char"] for record in run.history]
    assert values == sorted(values, reverse=True)  # petit never turns back
    assert values[0] == pytest.approx(np.log2(94), abs=0.05)
    assert [r["label"] for r in data["references"]] == [
        "hasard 6,55",
        "3-gramme 2,62",
        "8-gramme 1,77",
    ]


def test_what_is_said_is_computed(open_page: Open) -> None:
    data = component(open_page("film", model="petit"))
    first, last = data["moments"][0]["said"], data["moments"][-1]["said"]
    assert first.startswith("Il ne sait encore rien")
    assert last.startswith("Mieux que compter les suites de 8 caractères")
    assert data["moments"][-1]["hesitates"] == "3,3"
    assert data["moments"][-1]["among"] == pytest.approx(2 ** data["moments"][-1]["validation"])
    assert data["symbols"] == 95
    assert data["held"][0].startswith("bit par")


def test_words_of_moliere_s_are_told_from_the_others(open_page: Open) -> None:
    data = component(open_page("film", model="petit"))
    shares = []
    for moment in data["moments"]:
        assert sum(moment["runs"]) == len(moment["text"])
        assert min(moment["runs"][1:], default=1) > 0
        shares.append(int(moment["known"].split("\N{NO-BREAK SPACE}")[0]))
    assert shares[0] < 15  # by chance, a few
    assert shares[0] < shares[2] < shares[4] < shares[-1]
    assert f"{lexicon.held_out_share():.0%}".removesuffix("%") in data["labels"]["words"]


@pytest.mark.parametrize(
    ("prompt", "text", "found"),
    [
        ("Ma", "dame xqz, mon", [(0, 4, True), (5, 8, False)]),  # begun in the prompt, cut
        ("", "Ah ! x dolle. ", [(0, 2, True), (7, 12, False)]),  # a letter is not judged
        ("Madame", " ", []),
        ("", "\n;: 12", []),
    ],
)
def test_whole_words_of_a_continuation(
    prompt: str, text: str, found: list[tuple[int, int, bool]]
) -> None:
    read = results.written_words(prompt, text, lexicon.shipped())
    assert [(w.start, w.stop, w.known) for w in read] == found


def test_the_words_of_a_training_are_those_of_its_own_corpus(
    monkeypatch: pytest.MonkeyPatch, store: Path
) -> None:
    texts = SimpleNamespace(train_text="Zorglub arrive.", validation_text="zorglub part")
    monkeypatch.setattr(results, "texts_of", lambda *_: texts)
    own = results.words(REFERENCE)
    assert own.own
    assert own.held_out == 0.5
    assert [word.known for word in own.lexicon.read("Zorglub Madame")] == [True, False]
    assert "50" in wording.labels(own)["words"]
    monkeypatch.setattr(results, "texts_of", lambda *_: None)
    results.words.clear()
    assert not results.words(REFERENCE).own
    assert not results.words("petit").own


def test_what_follows_a_word_is_its_own() -> None:
    read = [Word(1, 3, False), Word(4, 8, True), Word(10, 12, True), Word(13, 15, False)]
    assert results.stretches(read, 20) == (4, 9, 7)
    assert results.stretches([Word(0, 4, True)], 6) == (0, 6)
    assert results.stretches([], 6) == (6,)


@pytest.mark.parametrize(
    ("bits", "expected"), [(6.0, (None, 1)), (2.5, (3, 4)), (2.0, (4, 5)), (1.0, (8, None))]
)
def test_the_rung_of_the_ladder(bits: float, expected: tuple[int | None, int | None]) -> None:
    line = results.timeline("petit")
    assert results.beaten_and_ahead(bits, line.ladder) == expected


def test_everything_is_in_the_address(open_page: Open) -> None:
    wanted = {"moment": "step-000100", "before": "epoch-001", "view": "compare", "back": "2"}
    wanted |= {"temperature": "0.5", "seed": "7", "prompt": "Madame", "model": "petit"}
    at = open_page("film", **wanted)
    expected = {name: value for name, value in wanted.items() if value != "petit"}
    assert {name: address(at)[name] for name in expected} == expected
    data = component(at)
    assert data["moments"][data["at"]]["name"] == "step-000100"
    assert data["moments"][data["before"]]["name"] == "epoch-001"
    assert data["view"] == "compare"
    assert data["cursor"] == 4
    assert not data["autoplay"]


def test_another_prompt_is_looked_at_from_its_end(open_page: Open) -> None:
    at = open_page("film", model="petit", back=3)
    assert component(at)["cursor"] == results.PLACES - 4
    at = at.text_input(key="prompt").set_value("Madam").run()
    assert component(at)["cursor"] == len("Madam")


def test_the_proposed_prompt_is_looked_at_where_it_is_learned_late(open_page: Open) -> None:
    data = component(open_page("film", model="petit"))
    follows = DEFAULT_PROMPT[len(DEFAULT_PROMPT) - results.PLACES + 1 + data["cursor"]]
    assert follows == "î"


@pytest.mark.parametrize("moment", ["nothing", "epoch-999", "../x"])
def test_a_moment_that_is_not_there_plays_the_film(open_page: Open, moment: str) -> None:
    at = open_page("film", model="petit", moment=moment, before=moment)
    assert not at.exception
    assert not at.error
    data = component(at)
    assert (data["at"], data["before"]) == (0, 0)


def test_a_snapshot_in_the_reference_is_the_moment(open_page: Open) -> None:
    data = component(open_page("film", model="petit@step-300"))
    assert data["moments"][data["at"]]["name"] == "step-000300"
    assert not data["autoplay"]


def test_a_run_with_one_moment_says_so(open_page: Open) -> None:
    at = open_page("film")
    assert "qu’un moment" in shown(at)
    assert len(component(at)["moments"]) == 1


def test_a_run_of_the_class_without_its_text(open_page: Open, store: Path) -> None:
    snap(store, "epoch-000", "step-000030")
    open_page("film")
    assert not results.measures(REFERENCE, ("epoch-000", "step-000030")).result(60)
    at = open_page("film")
    assert not at.exception
    data = component(at)
    assert [m["name"] for m in data["moments"]] == ["epoch-000", "step-000030", "epoch-001"]
    assert [m["validation"] for m in data["moments"]] == [None, None, 4.25]
    assert "n’a pas de mesure" in data["moments"][1]["said"]
    assert len(data["references"]) == 1


def test_first_updates_are_measured_where_the_text_is_at_hand(open_page: Open, store: Path) -> None:
    corpus = load_corpus(EMBEDDED)
    run = snap(store, "epoch-000", "step-000030")
    source = run.path / "config.json"
    text = source.read_text(encoding="utf-8")
    source.write_text(text.replace('"digest": ""', f'"digest": "{corpus.digest}"'), "utf-8")
    line = replace(results.timeline(REFERENCE), measuring=True)
    assert "en train d’être mesuré" in wording.verdict(line, line.moments[0].measure)
    open_page("film")
    found = results.measures(REFERENCE, ("epoch-000", "step-000030")).result(60)
    stored_runs.yardsticks(RUN).result(60)
    data = component(open_page("film"))
    validation = [m["validation"] for m in data["moments"]]
    assert validation[:2] == [
        found[name]["validation_bits_per_char"] for name in ("epoch-000", "step-000030")
    ]
    assert validation[2] == 4.25
    assert len(data["references"]) == 3
    assert "texte de l’entraînement" not in data["moments"][1]["said"]
    held = split(corpus, [], run.config.validation).validation_text
    model = load_model(f"{REFERENCE}@step-30")
    assert validation[1] == pytest.approx(model.surprisal(held).mean(), abs=1e-4)


def test_english_labels_and_the_code(open_page: Open) -> None:
    at = open_page("film", lang="en", model="petit")
    assert at.title[0].value == "The time machine"
    assert component(at)["moments"][1]["title"] == "After 30 updates"
    at = at.pills(key="film.drawer").set_value("code").run()
    assert "open_run(run_name := 'petit')" in at.code[0].value
    at = at.pills(key="film.drawer").set_value("lesson").run()
    assert "What people often get wrong" in shown(at)


@pytest.mark.slow
@pytest.mark.parametrize("prompt", ["", "x", "<b>Ah</b> ", "Kiwi", "a" * 500, "l\nm"])
def test_any_prompt(open_page: Open, prompt: str) -> None:
    at = open_page("film", prompt=prompt)
    assert not at.exception
    assert not at.error
    data = component(at)
    assert len(data["places"]) == min(len(prompt) + 1, results.PLACES)
    assert all(len(m["chances"]) == len(data["places"]) for m in data["moments"])


def test_greedy_is_a_single_bar(open_page: Open) -> None:
    data = component(open_page("film", temperature=0))
    assert max(data["moments"][0]["chances"][-1]) == 10_000


def test_with_measures_fills_only_what_is_missing() -> None:
    line = results.timeline("petit")
    bare = replace(line, curve=line.curve[2:])
    record = {"train_loss": np.log(2), "validation_bits_per_char": 2.5}
    full = results.with_measures(bare, {"epoch-000": record})
    assert full.moments[0].measure.validation == 2.5
    assert full.moments[0].measure.train == pytest.approx(1)
    assert full.moments[1:] == line.moments[1:]
    assert full.curve[0][0] == 0


def test_a_letter_ticks_itself_once_it_is_another(open_page: Open) -> None:
    first = len(DEFAULT_PROMPT) - views.FIRST_PLACE
    for back, ticked in ((first, False), (first - 3, True)):
        at = open_page("film", model="petit", back=back)
        assert ("letter" in at.session_state["lesson.done"]["film"]) == ticked


# Words and verse


def test_when_verse_appears_is_computed_from_what_is_shipped(open_page: Open) -> None:
    at = open_page("film", view="verse", model="petit")
    [said] = [text.value for text in at.markdown if "Les mots" in text.value]
    assert "Après 1\u202f000 mises à jour" in said
    assert "L’alexandrin n’apparaît pas" in said
    assert "La rime n’apparaît pas" in said
    assert "Mesurer" not in [button.label for button in at.button]
    assert {"film.words", "film.verse"} <= {chart.key for chart in at.get("plotly_chart")}


def test_a_single_moment_is_a_table(open_page: Open) -> None:
    at = open_page("film", view="verse", model="petit-rnn")
    assert not at.get("plotly_chart")
    [table] = [e.proto.body for e in at.get("html") if e.proto.body.startswith("<table")]
    assert "petit-rnn" in table
    assert table.count("<tr>") == 1 + 6


def moments(*twelve: int) -> list[emergence_counts.Moment]:
    """One whose lines are verse so often, of twenty a text, each."""
    none = emergence_counts.Tally(20, 10, 0, 2.0, 2, 2.0, 50, 40)
    return [
        emergence_counts.Moment(
            f"epoch-{n:03d}",
            n,
            40 * n,
            "",
            tuple(replace(none, twelve=count + more) for more in (0, 1, 2)),
        )
        for n, count in enumerate(twelve)
    ]


def test_what_is_said_of_verse_follows_from_the_counts() -> None:
    appears = emergence.sentence(moments(1, 1, 12, 13))
    assert "L’alexandrin apparaît" in appears
    assert "Après 2 époques" in appears
    assert "peut-être" in emergence.sentence(moments(1, 1, 1, 12))
    assert "n’apparaît pas" in emergence.sentence(moments(1, 12, 1))
    assert "Plus d’alexandrins que par hasard" in emergence.sentence(moments(12))
    without = [replace(one, texts=(replace(one.texts[0], lines=0),)) for one in moments(1)]
    assert "pas une ligne entière" in emergence.sentence(without)


def test_a_run_is_measured_when_somebody_asks(
    open_page: Open, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    snap(store, "step-000030")
    short = partial(emergence_counts.measure, seeds=(1, 2), chars=90)
    monkeypatch.setattr(emergence_counts, "measure", short)
    at = open_page("film", view="verse", model=REFERENCE)
    assert not at.get("plotly_chart")
    at.button(key="film.measure").click().run()
    assert not at.exception
    assert "Mesurer" not in [button.label for button in at.button]
    assert at.get("plotly_chart")
    assert [one.name for one in emergence_counts.find(REFERENCE, Run.open(store / "runs" / RUN))]

"""What a text is worth: passages, new runs, words, verse, the compromise, on texts made by hand."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from moliere_core.corpus import COLUMNS, EMBEDDED, Corpus, load_corpus
from moliere_core.errors import CorpusError, ModelError
from moliere_core.exploration.lexicon import Lexicon
from moliere_core.judging import alexandrines, compromise, judgement
from moliere_core.judging import sources as sources_module
from moliere_core.judging.compromise import Compromise, Point
from moliere_core.judging.judgement import Figures, judge, pieces, spread
from moliere_core.judging.novelty import SeenGrams, new_share
from moliere_core.judging.passages import SURE, PassageIndex, cue_table, longest
from moliere_core.judging.sources import Reading, Sources, sources
from moliere_core.judging.wordhood import wordhood
from moliere_core.text.normalise import normalise
from moliere_core.training.jobs import corpora
from tests.networks import AlphabetModel, make_run

READ = (
    "Couvrez ce sein que je ne saurais voir.\nPar de pareils objets les âmes sont blessées,\n"
    "Et cela fait venir de coupables pensées."
)


def corpus_of(*cues: str, form: str = "verse", play: str = "tartuffe") -> Corpus:
    rows = [
        {"play_name": play, "title": "Le Tartuffe", "act": "3", "scene": str(n), "speaker": "T"}
        | {"form": form, "cue": cue}
        for n, cue in enumerate(cues, 1)
    ]
    return Corpus(pd.DataFrame(rows).reindex(columns=list(COLUMNS), fill_value=""), "test")


def read_from(text: str, every: int = 1) -> Sources:
    index = PassageIndex.from_corpus(corpus_of(text))
    grams = SeenGrams.from_text(text).thinned(every)
    return Sources((Reading(index, grams, Lexicon.from_text(text)),))


# Passages


def test_a_passage_is_followed_to_its_ends() -> None:
    index = PassageIndex.from_corpus(corpus_of("Ah !", READ))
    text = f"Bonjour. {READ[12:70]} Adieu, monsieur, il est déjà bien tard."
    found = longest(index.find(text))
    assert found is not None
    assert (found.exact, text[found.start : found.stop].strip()) == (True, READ[12:70].strip())
    assert (found.place.play, found.place.scene) == ("Le Tartuffe", "2")
    source = index.text or ""
    assert (
        source[found.source_start : found.source_start + found.chars]
        == text[found.start : found.stop]
    )


def test_fingerprints_alone_find_it_too(tmp_path: Path) -> None:
    index = PassageIndex.from_corpus(corpus_of("Ah !", READ))
    index.save(tmp_path / "passages.npz")
    again = PassageIndex.load(tmp_path / "passages.npz")
    assert again.text is None
    assert READ[:20].encode() not in (tmp_path / "passages.npz").read_bytes()
    text = f"Bonjour. {READ[12:70]} Adieu, monsieur."
    found, whole = longest(again.find(text)), longest(index.find(text))
    assert found is not None
    assert whole is not None
    assert not found.exact
    assert whole.start <= found.start < found.stop <= whole.stop  # at least so long
    assert found.place == whole.place


@pytest.mark.parametrize("start", range(0, 60, 7))
def test_a_sure_passage_is_never_missed(tmp_path: Path, start: int) -> None:
    PassageIndex.from_corpus(corpus_of(READ)).save(tmp_path / "p.npz")
    index = PassageIndex.load(tmp_path / "p.npz")
    assert index.find(f"xyz {READ[start : start + SURE]} zyx")


def test_nothing_is_found_in_a_text_that_was_not_read() -> None:
    index = PassageIndex.from_corpus(corpus_of(READ))
    for text in ("", "court", "Un tout autre texte, sans rien de commun avec le premier."):
        assert index.find(text) == []
    assert longest([]) is None


def test_cues_are_where_models_read_them() -> None:
    corpus = corpus_of("Un.", "Deux cœurs…", "Trois.")
    text, cues = cue_table(corpus)
    assert text == normalise(corpus.text())
    assert [cues.at(text.index(word)).scene for word in ("Un", "Deux", "Trois")] == ["1", "2", "3"]


# Runs of characters


def test_the_share_of_new_runs() -> None:
    seen = SeenGrams.from_text("abcdefghijkl")
    assert new_share([seen], "abcdefghijkl", 8) == 0
    assert new_share([seen], "xbcdefghijklm", 8) == pytest.approx(2 / 6)
    assert new_share([seen], "court", 8) is None
    other = SeenGrams.from_text("fghijklm")
    assert new_share([seen, other], "xbcdefghijklm", 8) == pytest.approx(1 / 6)


def test_a_sample_estimates_it_and_is_all_that_is_written(tmp_path: Path) -> None:
    text = normalise(load_corpus(EMBEDDED).text())
    half, whole = SeenGrams.from_text(text[: len(text) // 2]), text[: len(text) // 2 + 20_000]
    sample = half.thinned(4)
    sample.save(tmp_path / "grams.npz")
    again = SeenGrams.load(tmp_path / "grams.npz")
    assert all(np.array_equal(again.kept[n], sample.kept[n]) for n in sample.kept)
    exact, estimate = (new_share([seen], whole, 12) or 0 for seen in (half, again))
    assert estimate == pytest.approx(exact, abs=0.03)
    assert new_share([half, again], whole, 12) == estimate  # all look up the same sample
    with pytest.raises(ValueError, match="nothing is written"):
        half.save(tmp_path / "all.npz")


# Words


def test_invented_words_are_told_with_the_nearest() -> None:
    known = Lexicon.from_text("monsieur je suis votre serviteur")
    found = wordhood("Monssieur, je suis votre zzyglou, votre zzyglou.", lambda w: w in known)
    assert [(w.word, w.count, w.near) for w in found.invented] == [
        ("zzyglou", 2, ""),
        ("monssieur", 1, "monsieur"),
    ]
    assert (found.words, found.long_words) == (7, 5)
    assert found.long_real == pytest.approx(2 / 5)


def test_the_wider_lexicon_knows_parts_of_words() -> None:
    found = wordhood("rends-moi Chimène", lambda w: False)
    assert (found.read, found.real) == (0, 1)
    nothing = wordhood("1, 2 !", lambda w: False)
    assert (nothing.words, nothing.real, nothing.invented) == (0, None, ())


# Verse


def test_verse_stands_beside_chance() -> None:
    lines = [line for line in READ.split("\n") for _ in range(4)]
    found = alexandrines.verse(lines)
    assert found.alexandrines == pytest.approx(2 / 3)  # the first has ten
    assert found.caesuras == pytest.approx(2 / 3)
    assert found.chance is not None
    assert found.chance < 0.5
    assert alexandrines.verse(lines).chance == found.chance
    empty = alexandrines.verse(["", "  "])
    assert (empty.lines, empty.alexandrines, empty.chance) == ((), None, None)


def test_a_line_that_speakers_share_is_one() -> None:
    parts = ["Il faut que je le voie.", "Et que lui direz-vous ?", "Rien."]
    assert alexandrines.joined([[parts[0]], [parts[1]], [parts[2]]]) == [
        " ".join(parts[:2]),
        parts[2],
    ]
    prose = corpus_of(*parts, form="prose")
    assert alexandrines.lines_of(prose) == parts
    scenes = corpus_of(*parts)  # each in a scene of its own
    assert alexandrines.lines_of(scenes) == parts


# All together


def test_a_text_is_judged() -> None:
    read = read_from(READ)
    found = judge(READ, read)
    assert found.exact
    assert found.figures.new_12 == 0
    assert found.figures.longest == len(READ)
    assert found.figures.alexandrines == pytest.approx(2 / 3)
    other = judge("Un texte qui n'a rien à voir avec tout ceci.", read_from(READ, 4))
    assert other.figures.longest < SURE
    empty = judge("", read)
    assert empty.figures == Figures(None, None, None, 0, None, None, None, None)


def test_the_spread_passes_over_what_is_not_there() -> None:
    one = Figures(0.1, 0.5, None, 20, 1.0, None, 0.0, 0.0)
    two = Figures(0.3, 0.7, None, 40, 1.0, 0.9, 0.0, 0.0)
    found = spread([one, two])
    assert "new_20" not in found
    assert (found["longest"].mean, found["long_words"].texts) == (30, 1)
    assert found["long_words"].deviation == 0


def test_pieces_begin_on_lines() -> None:
    text = ("x" * 99 + "\n") * 45
    found = pieces(text)
    assert [len(piece) for piece in found] == [judgement.PIECE] * 2
    assert pieces("court") == []


def test_real_plays_are_the_yardstick() -> None:
    real = judgement.yardstick()
    verse, prose = real.of("verse"), real.of("prose")
    assert verse["alexandrines"].mean > 0.95 > 0.3 > verse["chance"].mean
    assert prose["alexandrines"].mean < 0.1
    assert 0.1 < real.prose_chance < 0.3
    assert real.of("all", exact=False)["longest"].mean < real.of("all")["longest"].mean


# What was read


def test_shipped_models_have_their_fingerprints() -> None:
    found = sources("kn-3")
    assert not found.exact
    text = "Couvrez ce Sein, que je ne saurais voir.\nPar de pareils objets les âmes sont blessées,"
    first = found.passages(text)[0]
    assert first.place.play.startswith("Le Tartuffe")
    assert (first.place.act, first.place.scene) == ("3", "2")
    assert (found.new_shares(text)[20] or 0) < 0.1
    assert sources("petit").readings == sources("mini-gpt").readings == found.readings


def test_what_nobody_knows_is_refused() -> None:
    with pytest.raises(ModelError, match="not known here"):
        sources("hf:gpt2")
    with pytest.raises(ModelError, match="no model"):
        sources("personne")


def test_a_run_has_read_its_own_corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOLIERE_HOME", str(tmp_path / "home"))
    corpus = Corpus(
        pd.concat([corpus_of(READ).frame, corpus_of("Rien à voir.", play="b").frame]), "test"
    )
    run = make_run(tmp_path / "run")
    document = json.loads((run.path / "config.json").read_text(encoding="utf-8"))
    document["corpus"] = {"source": "test", "digest": corpus.digest, "chars": len(READ)}
    (run.path / "config.json").write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(CorpusError, match="is not here"):
        sources(str(run.path))
    corpora.keep(corpus)
    for found in (sources(str(run.path)), sources(str(run.path), [corpus])):
        assert found.exact
        assert found.passages(READ)[0].chars == len(READ)
        assert not found.passages("Rien à voir.")


# The compromise


@pytest.fixture(name="alphabet")
def _alphabet(monkeypatch: pytest.MonkeyPatch) -> str:
    """A model that recites the alphabet, and what it has read."""
    monkeypatch.setattr(compromise, "load_model", lambda reference: AlphabetModel())
    monkeypatch.setattr(compromise, "weights_digest", lambda reference: "0" * 12)
    return "run:0123456789ab"


def test_a_model_is_measured_from_cold_to_hot(
    alphabet: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOLIERE_HOME", str(tmp_path))
    told: list[float] = []
    found = compromise.measure(
        alphabet,
        read_from("\n abcdefghijklmnopqrstuvwxyz" * 9),
        ["abcdef" * 40],
        told.append,
        temperatures=(0.05, 1.0),
        top_ps=(1.0,),
        seeds=(1, 2),
        chars=120,
    )
    cold, hot = found.points
    assert cold.spread["new_12"].mean < 0.1 < 0.9 < hot.spread["new_12"].mean
    assert cold.spread["longest"].mean > hot.spread["longest"].mean
    assert found.bits[0.05] < found.bits[1.0]  # it is sure, and right five times in six
    assert told == sorted(told)
    assert told[-1] == 1
    assert Compromise.from_json(found.to_json()).points[0].temperature == 0.05
    assert compromise.find(alphabet) is None
    compromise.store(found)
    again = compromise.find(alphabet)
    assert again is not None
    assert again.to_json() == found.to_json()
    monkeypatch.setattr(compromise, "weights_digest", lambda reference: "1" * 12)
    assert compromise.find(alphabet) is None  # other weights than those that were measured


def figures(long_words: float, new_12: float) -> Figures:
    return Figures(0.3, new_12, 1.0, 30, 1.0, long_words, 0.1, 0.1)


def test_the_best_setting_is_the_nearest_to_real_plays() -> None:
    real = judgement.yardstick().of("all")
    words, new = real["long_words"].mean, real["new_12"].mean

    def point(temperature: float, *texts: Figures) -> Point:
        return Point(temperature, 1.0, texts)

    exact, near = figures(words, new), figures(words - 0.001, new)
    found = Compromise(
        "m",
        "",
        (1, 2),
        2_000,
        {},
        (
            point(0.5, figures(1.0, 0.2), figures(1.0, 0.3)),
            point(0.8, exact, near),
            point(0.9, near, exact),
            point(1.5, figures(0.2, 1.0), figures(0.3, 1.0)),
        ),
    )
    assert found.gaps(found.points[1])[0] == 0
    assert found.best().temperature == 0.8
    assert [p.temperature for p in found.as_good(1.0)] == [0.8, 0.9]


def test_a_class_weighs_what_it_looks_for() -> None:
    lines = {0.5: (0.2, 0.9), 1.0: (0.6, 0.1)}  # new runs of twelve; lines of twelve syllables
    points = [
        Point(t, top_p, tuple(Figures(0.3, new, 1.0, 30, 1.0, 0.9, verse, 0.1) for _ in (1, 2)))
        for top_p in (1.0, 0.9)
        for t, (new, verse) in lines.items()
    ]
    found = Compromise("m", "", (1, 2), 2_000, {0.5: (1.0, 1.2), 1.0: (1.6, 1.8)}, tuple(points))
    assert found.bits == pytest.approx({0.5: 1.1, 1.0: 1.7})
    assert found.best(["new_12"]).temperature == 1.0
    assert found.best(["alexandrines"]).temperature == 0.5
    assert found.best(["bits"]) is points[0]
    assert found.gap(points[0], ["bits"]) == 0
    assert found.gap(points[1], ["bits"]) == pytest.approx(0.6 / np.std([1.0, 1.2], ddof=1))
    assert found.gap(points[2], ["bits"]) == np.inf  # what is left out has no probability
    both = found.gap(points[1], ["new_12", "bits"])
    apart = found.gap(points[1], ["new_12"]), found.gap(points[1], ["bits"])
    assert both == pytest.approx(sum(apart) / 2)
    unmeasured = replace(found, passages={})
    assert unmeasured.weighable(("new_12", "bits")) == ("new_12",)
    assert unmeasured.gap(points[1], ["new_12", "bits"]) == apart[0]
    assert found.nearest(0.6) is points[0]
    assert found.nearest(2.0, 0.8) is points[3]


def test_bits_are_least_where_scores_are_what_they_claim() -> None:
    passages: Sequence[str] = ["abcdefghijklmnopqrstuvwxyz" * 10]
    found = compromise.bits_by_temperature(AlphabetModel(), passages, (0.05, 0.5, 1.0, 2.0))
    assert list(found.values()) == sorted(found.values())
    assert {len(bits) for bits in found.values()} == {1}


def test_passages_to_score() -> None:
    assert compromise.passages_of("court") == []
    assert [len(p) for p in compromise.passages_of("mot " * 2_000, 3)] == [1_000] * 3


def test_shipped_figures_are_those_of_the_shipped_weights() -> None:
    found = compromise.shipped()
    assert {"petit", "grand", "petit-gpt", "mini-gpt", "kn-8"} <= set(found)
    for reference, one in found.items():
        assert one.digest == compromise.weights_digest(reference), (
            f"python -m tools.measure_compromise {reference}"
        )


@pytest.mark.skipif(not os.environ.get("MOLIERE_CORPUS"), reason="MOLIERE_CORPUS names no corpus")
def test_the_index_is_that_of_the_training_plays() -> None:
    corpus = load_corpus()
    if corpus.digest != sources_module.card()["corpus"]:
        pytest.skip("another corpus")
    read = sources("kn-8", [corpus])
    text = corpus.select(["misanthrope"]).text()[:2_000]
    assert read.exact
    assert read.passages(normalise(text))[0].chars > 1_900
    assert sources("kn-8").passages(normalise(text))[0].chars > 1_800

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from moliere_core.assets import ASSETS
from moliere_core.corpus import load_corpus
from moliere_core.errors import CorpusError, ModelError
from moliere_core.inspection import features
from moliere_core.inspection.states import WARM_UP, locate
from moliere_core.inspection.trace import trace
from moliere_core.inspection.units import (
    UNITS,
    Sample,
    find_units,
    load_units,
    run_samples,
    save_units,
)
from moliere_core.models.references import RecurrentModel, load_recurrent
from tests.core.inspection.helpers import all_memories
from tests.networks import LETTERS, random_network

TEXT = "Ah ! l'or.\nNe venez point ?"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("in_word", [1, 1, 0, 0, 0, 1, 0, 1, 1, 0, 0]),
        ("word_length", [1, 2, 0, 0, 0, 1, 0, 1, 2, 0, 0]),
        ("line_position", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0, 1]),
        ("after_apostrophe", [0, 0, 0, 0, 0, 0, 1, 0]),
        ("after_capital", [1, 0, 0]),
        ("capital_expected", [0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 1, 0]),
        ("vowel_expected", [0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]),
        ("sentence_position", [0, 1, 2, 3, 0, 1]),
    ],
)
def test_features_by_hand(name: str, expected: list[int]) -> None:
    found = features.FEATURES[name](TEXT)
    assert found.shape == (len(TEXT),)
    assert found[: len(expected)].tolist() == expected


@pytest.mark.parametrize(
    ("name", "text", "marked"),
    [
        ("in_question", "Oui. Qui va là ? Moi.", " Qui va là ? "),
        ("in_parentheses", "Il dit (tout bas) ceci", "(tout bas"),
        ("in_negation", "Je n'ai vu point cela", "ai vu "),
        ("in_plural", "dans les maisons", "maisons"),
    ],
)
def test_features_that_mark_a_passage(name: str, text: str, marked: str) -> None:
    found = features.FEATURES[name](text)
    chosen = "".join(c for c, on in zip(text, found, strict=True) if on)
    assert chosen.strip() == marked.strip()


def test_a_text_begins_with_a_capital_wherever_its_first_letter_is() -> None:
    assert features.FEATURES["capital_expected"]("- ah, oui").tolist() == [1, 1, *[0] * 7]


@pytest.mark.parametrize("name", list(features.FEATURES))
def test_features_of_nothing_and_of_anything(name: str) -> None:
    assert features.FEATURES[name]("").shape == (0,)
    assert features.FEATURES[name]("\U0001f600\ud800((''").shape == (6,)


def test_verse_is_known_from_the_corpus_only() -> None:
    corpus = load_corpus("embedded")
    verse = features.verse_of(corpus)
    assert verse is not None
    text = corpus.text()
    assert len(verse) == len(text)
    prose_cue = corpus.frame.loc[corpus.frame["form"] == "prose", "cue"].iloc[0]
    start = text.index(prose_cue)
    assert not verse[start : start + len(prose_cue)].any()
    assert verse[: len(corpus.frame["cue"].iloc[0])].all()
    untold = type(corpus)(corpus.frame.assign(form=""), "test")
    assert features.verse_of(untold) is None


def test_pieces_read_as_one_text() -> None:
    network = random_network(layers=2)
    text = "que diable allait il faire dans cette galere " * 60
    whole = trace(network, LETTERS.encode("\n" + text))
    expected = np.concatenate([layer.memory for layer in whole.layers], axis=1)[1:]
    seen = all_memories(RecurrentModel("test", network, LETTERS), text, streams=3)
    # A small network has forgotten what lies before the warm-up.
    assert len(text) / 3 > WARM_UP
    np.testing.assert_allclose(seen, expected, atol=1e-4)


def test_units_are_numbered_through_the_layers() -> None:
    network = random_network(layers=2)
    assert locate(network, 3) == (0, 3)
    assert locate(network, 8) == (1, 0)


def test_correlations_are_pearson_s() -> None:
    model = RecurrentModel("test", random_network(layers=2), LETTERS)
    samples = search, check = _samples()
    shares: list[float] = []
    table = find_units(model, search, check, "test", shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1)
    found = table.unit("in_word")
    assert found is not None
    for sample, r in zip(samples, (found.r, found.r_check), strict=True):
        memory = all_memories(model, sample.text)
        expected = np.corrcoef(memory.T, sample.features["in_word"])[-1, :-1]
        assert r == pytest.approx(expected[found.layer * 8 + found.unit], abs=1e-3)
        if sample is search:
            assert abs(found.r) == pytest.approx(np.abs(expected).max(), abs=1e-3)
            np.testing.assert_allclose(table.mean, memory.mean(axis=0), atol=1e-3)
    assert table.unit("in_parentheses") is None, "nothing is said of what never occurs"
    memory = all_memories(model, search.text)
    for unit in table.units:  # the best of all, whichever its sign
        values = search.features[unit.feature]
        expected = np.corrcoef(memory.T, values)[-1, :-1]
        assert abs(unit.r) == pytest.approx(np.abs(expected).max(), abs=1e-3)
    assert min(unit.r for unit in table.units) < 0 < max(unit.r for unit in table.units)


def test_units_that_hold_on_another_text_come_first() -> None:
    model = RecurrentModel("test", random_network(layers=2), LETTERS)
    search, check = _samples()
    check.features["word_length"] *= 0  # what is not there cannot be measured again
    table = find_units(model, search, check, "test")
    strengths = [abs(u.r) / 2 if math.isnan(u.r_check) else abs(u.r_check) for u in table.units]
    assert strengths == sorted(strengths, reverse=True)
    assert [u.feature for u in table.units if math.isnan(u.r_check)] == ["word_length"]


def _samples() -> tuple[Sample, Sample]:
    rng = np.random.default_rng(1)
    words = ["le", "malade", "imaginaire", "se", "meurt", "ou", "ne", "point"]
    texts = ("".join(f"{w} " for w in rng.choice(words, n)) for n in (900, 500))
    search, check = (Sample(text, features.measure_features(text)) for text in texts)
    return search, check


def test_a_table_is_stored_and_read(tmp_path: Path) -> None:
    assert load_units(tmp_path) is None
    model = RecurrentModel("test", random_network(), LETTERS)
    table = find_units(model, *_samples(), "test")
    save_units(tmp_path, table)
    read = load_units(tmp_path)
    assert read is not None
    assert read.unit("word_length") == table.unit("word_length")
    (tmp_path / UNITS).write_text("{}", encoding="utf-8")
    with pytest.raises(ModelError, match="computed again"):
        load_units(tmp_path)


def test_search_and_check_do_not_overlap() -> None:
    corpus = load_corpus("embedded")
    text = corpus.text()
    search, check = run_samples(corpus)
    assert len(search.text) > 50_000
    assert len(check.text) > 10_000
    pieces = [check.text[i : i + 300] for i in range(0, len(check.text) - 300, 1_000)]
    assert all(piece not in search.text for piece in pieces if text.count(piece) == 1)


def test_too_little_text_says_nothing() -> None:
    corpus = load_corpus("embedded")
    short = type(corpus)(corpus.frame.head(3), "test")
    with pytest.raises(CorpusError, match="too few to find"):
        run_samples(short)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["petit", "grand"])
def test_shipped_models_come_with_their_units(name: str) -> None:
    table = load_units(ASSETS / name)
    assert table is not None, "run python -m tools.measure_units"
    assert table.search_chars >= 100_000
    strongest = table.units[0]
    assert abs(strongest.r_check) > 0.5
    model = load_recurrent(name)
    assert len(table.mean) == sum(layer.units for layer in model.network.layers)
    # Measured again here, on plays that the model never read.
    corpus = load_corpus("embedded")
    sample = Sample.of(corpus).spread(8_000)
    first = sum(layer.units for layer in model.network.layers[: strongest.layer])
    values = all_memories(model, sample.text)[:, first + strongest.unit]
    r = np.corrcoef(values, sample.features[strongest.feature])[0, 1]
    assert math.copysign(1, r) == math.copysign(1, strongest.r)
    assert abs(r) > 0.4

from __future__ import annotations

import bz2
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from moliere_core import axis, pairs, pretrained
from moliere_core.corpus import EMBEDDED, load_corpus
from moliere_core.errors import CorpusError, ModelError
from moliere_core.evaluation import score
from moliere_core.models import load_model
from moliere_core.pairs import PAIRS

TEXT = "Monsieur, je suis votre serviteur ; et vous êtes le mien."


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOLIERE_HOME", str(tmp_path))


def test_chance_is_the_logarithm_of_the_alphabet() -> None:
    assert axis.uniform(64, 10).bits_per_char == 6


def test_a_compressor_pays_only_for_what_it_has_not_seen() -> None:
    train = load_corpus(EMBEDDED).text()
    point = axis.compressed("bzip2", train, TEXT)
    before = len(bz2.compress(train.encode(), 9))
    after = len(bz2.compress((train + "\n" + TEXT).encode(), 9))
    assert point.bits_per_char == 8 * (after - before) / len(TEXT)
    seen = axis.compressed("xz", train, train[1000:3000]).bits_per_char
    assert seen < 0.2
    assert axis.compressed("xz", train, "Zq#%" * 30).bits_per_char > 5 * seen
    with pytest.raises(CorpusError, match="empty"):
        axis.compressed("gzip", train, "")


@pytest.mark.parametrize("reference", ["petit", "kn-3"])
def test_a_point_is_the_evaluation(reference: str) -> None:
    told: list[float] = []
    point = axis.measure(reference, TEXT, 7, progress=told.append)
    model = load_model(reference)
    assert point.bits_per_char == pytest.approx(score(model, TEXT).bits_per_char)
    assert (point.parameters, point.train_chars) == (model.parameters, 7)
    assert not point.upper_bound
    assert told[-1] == 1


def test_a_model_that_is_not_here_is_said() -> None:
    with pytest.raises(ModelError):
        axis.measure("hf:nobody/nothing", TEXT, 7)


def test_points_are_kept_for_the_text_they_were_measured_on() -> None:
    assert axis.stored(TEXT) == {}
    one, two = axis.uniform(64, 10), axis.Point("petit", 1.5, 3, 4, upper_bound=True)
    axis.store(TEXT, one)
    axis.store(TEXT, two)
    assert axis.stored(TEXT) == {axis.UNIFORM: one, "petit": two}
    assert axis.stored(TEXT + "!") == {}


def test_shipped_figures_agree_with_the_models_that_are_shipped() -> None:
    figures = axis.shipped()
    assert set(figures.points) == set(axis.SHIPPED_TEXTS)
    modern = axis.MODERN.read_text(encoding="utf-8").strip()
    assert figures.chars["modern"] == len(modern)
    for reference in ("petit", "kn-8"):
        bits = score(load_model(reference), modern).bits_per_char
        assert figures.points["modern"][reference].bits_per_char == pytest.approx(bits, abs=1e-4)
    for found in figures.points.values():
        bits = [found[f"kn-{order}"].bits_per_char for order in range(1, 9)]
        assert bits == sorted(bits, reverse=True)
        assert found[axis.UNIFORM].bits_per_char > bits[0]
        assert found["grand"].bits_per_char < found["petit"].bits_per_char


def test_the_embedded_plays_do_not_hold_the_training_text() -> None:
    assert axis.training_text(load_corpus(EMBEDDED)) is None


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)
def test_the_bits_of_an_end_follow_from_the_whole_sentence(pair: pairs.Pair) -> None:
    model = load_model("petit")
    good, bad = pairs.bits("petit", pair)
    context = score(model, pair.context.rstrip()).bits.sum()
    whole = score(model, pair.context + pair.good).bits.sum()
    assert good == pytest.approx(whole - context, abs=0.01)
    assert bad > 0
    assert pair.good != pair.bad
    assert abs(len(pair.good) - len(pair.bad)) <= 3


def test_a_model_of_tokens_reads_no_space_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, str, str]] = []

    def answer(reference: str, text: str, context: str) -> SimpleNamespace:
        asked.append((reference, text, context))
        found = SimpleNamespace(bits=np.full(len(text), 0.5))
        return SimpleNamespace(result=lambda: found)

    monkeypatch.setattr(pretrained, "score", answer)
    pair = pairs.Pair("test", "agreement", "Elles sont ", "belles.", "beau.")
    assert pairs.bits("mini-gpt", pair) == (4.0, 3.0)
    assert asked == [
        ("mini-gpt", " belles.", "Elles sont"),
        ("mini-gpt", " beau.", "Elles sont"),
    ]


def test_grand_agrees_better_than_it_knows() -> None:
    right = {kind: 0 for kind in ("agreement", "meaning", "fact")}
    for pair in PAIRS:
        good, bad = pairs.bits("grand", pair)
        right[pair.kind] += good < bad
    assert right["agreement"] == 3
    assert np.mean(list(right.values())) >= 2

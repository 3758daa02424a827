"""Which words are words: on a text that can be counted by hand, and on the real plays."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest

from moliere_core.config import RunConfig
from moliere_core.corpus import load_corpus, split
from moliere_core.exploration import lexicon
from moliere_core.exploration.lexicon import Lexicon, Word, share_known
from moliere_core.text.normalise import normalise


def test_words_are_found_where_they_stand() -> None:
    known = Lexicon.from_text("Ah ! l’amour, peut-être. L'AMOUR")
    assert len(known) == 4
    assert known.read("L'amours, ah peut-être") == [
        Word(0, 2, True),
        Word(2, 8, False),
        Word(10, 12, True),
        Word(13, 22, True),
    ]


def test_a_single_letter_is_not_judged() -> None:
    known = Lexicon.from_text("à la ville")
    assert share_known(known.read("à x la vile")) == 0.5
    assert share_known(known.read("à 1 ;")) is None


def test_an_empty_text_has_no_words() -> None:
    empty = Lexicon.from_text("")
    assert len(empty) == 0
    assert "a" not in empty


def test_a_file_brings_the_same_words_back(tmp_path: Path) -> None:
    known = Lexicon.from_text("Monsieur, voilà mon affaire")
    known.save(tmp_path / "new" / "words.npy")
    again = Lexicon.load(tmp_path / "new" / "words.npy")
    assert np.array_equal(again.hashes, known.hashes)
    assert all(word in again for word in ("monsieur", "voilà", "mon", "affaire"))


def test_moliere_s_words_ship() -> None:
    known = lexicon.shipped()
    assert len(known) == json.loads(lexicon.CARD.read_text(encoding="utf-8"))["words"]
    assert all(word in known for word in ("monsieur", "l'", "amour", "plaît", "cœur", "peut-être"))
    assert not any(word in known for word in ("doille", "ordinateur", "sonneaur", "xq"))


@pytest.mark.skipif(not os.environ.get("MOLIERE_CORPUS"), reason="MOLIERE_CORPUS names no corpus")
def test_they_are_those_of_the_training_plays() -> None:
    corpus = load_corpus()
    if corpus.digest != json.loads(lexicon.CARD.read_text(encoding="utf-8"))["corpus"]:
        pytest.skip("another corpus")
    texts = split(corpus, (), RunConfig().validation)
    made = Lexicon.from_text(texts.train_text)
    assert np.array_equal(made.hashes, lexicon.shipped().hashes)
    held = share_known(made.read(normalise(texts.validation_text)))
    assert held == pytest.approx(lexicon.held_out_share())

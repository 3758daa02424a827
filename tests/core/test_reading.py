from __future__ import annotations

import numpy as np
import pytest

from moliere_core.errors import CorpusError
from moliere_core.measures.reading import (
    Mistake,
    Reading,
    completion,
    confident_mistakes,
    lines,
    read,
)
from moliere_core.models.evaluation import score
from moliere_core.models.protocol import UNKNOWN_BITS
from moliere_core.models.references import load_model
from moliere_core.networks.arrays import softmax

TEXT = "Mon frère, s'il vous plaît,\nNe discourons point tant; kiwi."


@pytest.mark.parametrize("reference", ["petit", "petit@0", "kn-3"])
def test_bits_are_those_of_the_evaluation(reference: str) -> None:
    model = load_model(reference)
    reading = read(model, TEXT)
    np.testing.assert_allclose(reading.bits, score(model, TEXT).bits, rtol=1e-4, atol=1e-4)
    assert reading.bits_per_char == pytest.approx(score(model, TEXT).bits_per_char, rel=1e-4)


def test_ranks_entropy_and_alternatives_come_from_one_distribution() -> None:
    model = load_model("petit")
    reading = read(model, TEXT)
    at = TEXT.index("plaît")
    logits, _ = model.start([TEXT[:at]])
    probs = softmax(logits[0, 1:])
    order = np.argsort(-probs, kind="stable")
    char = model.vocabulary.index["p"] - 1
    assert reading.ranks[at] == 1 + int(np.flatnonzero(order == char)[0])
    assert reading.bits[at] == pytest.approx(-np.log2(probs[char]), abs=1e-3)
    assert reading.entropy[at] == pytest.approx(-(probs * np.log2(probs)).sum(), abs=1e-3)
    assert model.vocabulary.decode(reading.top[at]) == model.vocabulary.decode(order[:5] + 1)
    np.testing.assert_allclose(reading.top_probs[at], probs[order[:5]], rtol=1e-3)


def test_an_unknown_character_has_no_rank_and_a_fixed_price() -> None:
    reading = read(load_model("petit"), "un kiwi")
    assert reading.ranks[3] == 0
    assert reading.bits[3] == UNKNOWN_BITS
    assert (np.delete(reading.ranks, [3, 5]) > 0).all()


def test_progress_ends_at_one_and_an_empty_text_is_refused() -> None:
    told: list[float] = []
    read(load_model("petit"), "a" * 600, told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0
    with pytest.raises(CorpusError, match="empty"):
        read(load_model("petit"), "")


def test_lines_cover_the_text_and_average_its_bits() -> None:
    reading = read(load_model("petit"), "Oui.\n\nJe le veux bien, Monsieur.\n")
    found = lines(reading)
    assert [reading.text[line.start : line.stop] for line in found] == [
        "Oui.\n",
        "Je le veux bien, Monsieur.\n",
    ]
    assert found[0].bits_per_char == pytest.approx(float(reading.bits[:5].mean()))


def test_confident_mistakes_are_the_surest_first_and_did_not_come() -> None:
    model = load_model("petit")
    reading = read(model, "Monsieur, je suis votre servitude. Mademoisette, quoique quelqa.")
    found = confident_mistakes(model, reading)
    assert found
    assert [m.prob for m in found] == sorted((m.prob for m in found), reverse=True)
    for mistake in found:
        assert reading.text[mistake.at] == mistake.came != mistake.expected
        assert mistake.prob >= 0.5


def test_an_unknown_character_can_be_a_mistake_and_a_half_is_confident() -> None:
    model = load_model("petit")
    top = np.tile(model.vocabulary.encode("e"), (3, 1))
    seen = Reading(
        text="kue",
        bits=np.ones(3),
        ranks=np.array([0, 2, 1], np.int32),
        entropy=np.ones(3, np.float32),
        top=top,
        top_probs=np.array([[0.5], [0.25], [0.75]], np.float32),
    )
    assert confident_mistakes(model, seen) == [Mistake(0, "e", 0.5, "k")]


def test_the_rest_of_a_word_by_the_chain_rule() -> None:
    model = load_model("petit")
    found = completion(model, "Oui, ", "monsieur")
    bits = score(model, "Oui, monsieur").bits[5:]
    assert found.probs[0] == pytest.approx(2 ** -bits.sum(), rel=1e-3)
    assert found.probs[-1] == pytest.approx(found.next_probs[-1])
    assert (np.diff(found.probs) >= 0).all()
    sure = found.sure_after()
    assert sure is not None
    assert found.probs[sure] >= 0.5 > found.probs[sure - 1]
    assert completion(model, "", "zxqzxq").sure_after() is None
    with pytest.raises(CorpusError, match="word is empty"):
        completion(model, "Oui", "")

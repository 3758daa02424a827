"""Starting a text from spaces and from a zero state; what context is worth."""

from __future__ import annotations

import numpy as np
import pytest

from moliere_core.config import SamplingConfig
from moliere_core.corpus import EMBEDDED, load_corpus
from moliere_core.errors import CorpusError
from moliere_core.measures.openings import (
    context_worth,
    divergence_bits,
    measure_openings,
    opening,
    padded,
)
from moliere_core.models.references import RecurrentModel, load_recurrent
from moliere_core.models.sampling import next_distribution
from moliere_core.text.normalise import normalise
from tests.networks import LETTERS, random_network


@pytest.fixture
def random_model() -> RecurrentModel:
    return RecurrentModel("random", random_network(), LETTERS)


def test_padding_is_that_of_the_course() -> None:
    assert padded("abc", 5) == "  abc"
    assert padded("abcdef", 5) == "bcdef"
    assert padded("", 3) == "   "


def test_divergence_in_bits() -> None:
    fair, biased = np.array([0.5, 0.5, 0], np.float32), np.array([0.25, 0.75, 0], np.float32)
    assert divergence_bits(fair, fair) == 0
    assert divergence_bits(fair, biased) == pytest.approx(0.5 + 0.5 * np.log2(0.5 / 0.75))
    assert divergence_bits(fair, np.array([1, 0, 0], np.float32)) == np.inf
    assert divergence_bits(biased, fair) != divergence_bits(fair, biased)


def test_an_opening_reads_the_prompt_as_the_application_and_as_the_course(
    random_model: RecurrentModel,
) -> None:
    found = opening(random_model, "ab", 6)
    logits, _ = random_model.start(["ab"])
    assert found.zero == pytest.approx(next_distribution(logits[0], SamplingConfig()), abs=1e-6)
    ids = LETTERS.encode("    ab")[None]
    logits, _ = random_model.network.run(ids, random_model.network.zero_state(1))
    wanted = next_distribution(logits[0, -1], SamplingConfig())
    assert found.padded == pytest.approx(wanted, abs=1e-6)
    assert found.apart.shape == (3,)
    assert found.apart[-1] == pytest.approx(divergence_bits(found.zero, found.padded))
    assert 0 < found.zero_entropy < np.log2(len(LETTERS))
    assert found.zero[0] == found.padded[0] == 0  # the unknown symbol


@pytest.mark.parametrize(("prompt", "compared"), [("", 1), ("abcdef", 1), ("abcdefgh", 1)])
def test_without_spaces_nothing_is_compared_on_the_way(
    random_model: RecurrentModel, prompt: str, compared: int
) -> None:
    assert opening(random_model, prompt, 6).apart.shape == (compared,)


def test_beginnings_cost_what_surprisal_says(random_model: RecurrentModel) -> None:
    texts = ["abc", "cab"]
    told: list[float] = []
    found = measure_openings(random_model, texts, 4, told.append)
    assert told == sorted(told)
    assert told[-1] == 1
    wanted = np.mean([random_model.surprisal(text) for text in texts], axis=0)
    assert found.zero == pytest.approx(wanted, abs=1e-4)
    after = np.mean([random_model.surprisal("    " + text)[4:] for text in texts], axis=0)
    assert found.count == 2
    assert found.padded.shape == (3,)
    assert not np.allclose(found.padded, after)  # the line break before the spaces counts, too
    with pytest.raises(CorpusError, match="no cue is long enough"):
        measure_openings(random_model, [], 4)


def test_context_is_worth_what_the_carried_state_knows(random_model: RecurrentModel) -> None:
    text = "abcdefghij klm nop " * 20
    told: list[float] = []
    found = context_worth(random_model, text, 12, windows=5, streams=1, progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1
    assert found.bits.shape == (12,)
    assert found.window_bits(12) == pytest.approx(found.bits.mean())
    bits = random_model.surprisal(text)
    at = np.linspace(0, len(text) - 13, 5).astype(int)[:, None] + np.arange(1, 13)
    assert found.carried == pytest.approx(bits[at].mean(), abs=1e-4)
    # The first of them has seen one character, from a zero state.
    ids = LETTERS.encode(text)
    cost = []
    for start in at[:, 0] - 1:
        logits, _ = random_model.network.step(
            ids[start : start + 1], random_model.network.zero_state(1)
        )
        cost.append(-np.log2(next_distribution(logits[0], SamplingConfig())[ids[start + 1]]))
    assert found.bits[0] == pytest.approx(
        found.carried + np.mean(cost) - bits[at[:, 0]].mean(), abs=1e-4
    )
    with pytest.raises(CorpusError, match="12 characters and 13 are needed"):
        context_worth(random_model, text[:12], longest=12)


def test_petit_prefers_an_empty_state_to_spaces_it_never_saw() -> None:
    petit = load_recurrent("petit")
    text = normalise(load_corpus(EMBEDDED).text())
    cues = [cue[:30] for cue in text.split("\n") if len(cue) >= 30][:60]
    found = measure_openings(petit, cues, 60)
    assert found.padded[0] > found.zero[0] + 1
    assert found.padded[:10].mean() > found.zero[:10].mean() + 0.2
    worth = context_worth(petit, text[:6000], longest=60, windows=64)
    assert worth.bits[:3].mean() > worth.bits[30:].mean() + 0.5


def test_characters_that_nobody_can_predict_are_left_out(random_model: RecurrentModel) -> None:
    found = measure_openings(random_model, ["abc", "aÉc"], 4)
    one = measure_openings(random_model, ["abc"], 4)
    assert found.zero[1] == pytest.approx(one.zero[1])  # of "b" alone
    text = "abcdefghÉj klm nop " * 20
    worth = context_worth(random_model, text, 12, windows=19, streams=1)
    assert abs(worth.excess).max() < 15  # an unknown character alone costs 20 bits
    bits = random_model.surprisal(text)
    at = np.linspace(0, len(text) - 13, 19).astype(int)[:, None] + np.arange(1, 13)
    known = np.array([text[i] != "É" for i in at.ravel()]).reshape(at.shape)
    assert worth.carried == pytest.approx(bits[at][known].mean(), abs=1e-4)

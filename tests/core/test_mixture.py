"""Two models mixed."""

from __future__ import annotations

import numpy as np
import pytest

from moliere_core.assets import ASSETS
from moliere_core.config import SamplingConfig
from moliere_core.errors import ConfigError, ModelError
from moliere_core.models.mixture import Mixture, curve, mixed_bits
from moliere_core.models.protocol import UNKNOWN_BITS
from moliere_core.models.references import RecurrentModel, load_model
from moliere_core.models.sampling import generate, next_distribution
from moliere_core.networks.recurrent import RecurrentNetwork
from moliere_core.text.vocabulary import Vocabulary
from tests.networks import random_weights

LETTERS = Vocabulary(tuple("\n abcdefg"))


def model(cell: str = "lstm", layers: int = 2) -> RecurrentModel:
    return RecurrentModel(
        "made", RecurrentNetwork(random_weights(LETTERS, cell, layers, 6, 4)), LETTERS
    )


def test_a_mixture_is_the_mean_of_two_distributions() -> None:
    one, two = load_model("kn-5"), load_model("petit")
    both = Mixture(one, two, 0.3)
    usual = SamplingConfig()
    got, _ = both.start(["Ah ! voil"])
    mine, theirs = (next_distribution(m.start(["Ah ! voil"])[0], usual) for m in (one, two))
    np.testing.assert_allclose(next_distribution(got, usual), 0.7 * mine + 0.3 * theirs, atol=1e-5)
    text = "Sganarelle, mon ami."
    singly, state = both.start([""])
    for place, char in enumerate(both.vocabulary.encode(text)):
        expected = -np.log2(next_distribution(singly, usual)[0, char])
        assert both.surprisal(text)[place] == pytest.approx(expected, rel=1e-3)
        singly, state = both.step(np.array([char], np.int32), state)


@pytest.mark.parametrize(("share", "alone"), [(0.0, "kn-5"), (1.0, "petit")])
def test_at_its_ends_a_mixture_is_one_of_the_two(share: float, alone: str) -> None:
    both, one = Mixture(load_model("kn-5"), load_model("petit"), share), load_model(alone)
    texts = [generate(m, ["Ah ! "], [SamplingConfig()], [3], 40) for m in (both, one)]
    assert texts[0] == texts[1]
    np.testing.assert_allclose(both.surprisal("Ah !"), one.surprisal("Ah !"))


def test_the_curve_bends_below_both_ends() -> None:
    text = (ASSETS / "texts" / "modern.txt").read_text(encoding="utf-8")
    one, two = (load_model(name).surprisal(text) for name in ("kn-8", "petit"))
    found = curve(one, two, [0, 0.25, 0.5, 0.75, 1])
    assert found[0] == pytest.approx(one.mean())
    assert found[-1] == pytest.approx(two.mean())
    assert found.min() < min(found[0], found[-1])
    unknown = np.full(2, UNKNOWN_BITS)
    np.testing.assert_array_equal(mixed_bits(unknown, unknown, 0.5), UNKNOWN_BITS)


def test_two_alphabets_cannot_be_mixed() -> None:
    with pytest.raises(ModelError, match="different alphabets"):
        Mixture(model(), load_model("petit"), 0.5)
    with pytest.raises(ConfigError, match="share"):
        Mixture(model(), model(), 1.5)

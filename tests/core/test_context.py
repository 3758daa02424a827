"""Bits against visible characters: the fast way against the plain one."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from moliere_core.config import ModelConfig
from moliere_core.errors import CorpusError
from moliere_core.measures.context import STRETCH, VisibleContext, visible_context
from moliere_core.models.networks import NetworkModel, RecurrentModel
from moliere_core.networks.arrays import log_softmax
from moliere_core.networks.initial import initial_weights
from moliere_core.networks.loading import network_of
from tests.networks import LETTERS, random_network

RNG = np.random.default_rng(3)
TEXT = "".join(RNG.choice(list("abcdefg h\n"), 700))


def random_model(cell: str, layers: int) -> NetworkModel:
    if cell != "transformer":
        return RecurrentModel("test", random_network(cell=cell, layers=layers), LETTERS)
    config = ModelConfig("transformer", units=8, layers=layers, heads=2, context=24)
    drawn = {n: w * 20 for n, w in initial_weights(config, len(LETTERS)).items()}
    return NetworkModel.of("test", network_of(drawn, config), LETTERS)


def plain(model: NetworkModel, text: str, visible: int, target: int) -> float:
    """Bits of one character, the state put back to zero `visible` characters before it."""
    ids = model.vocabulary.encode(text)
    state: Any = model.network.zero_state(1)
    for i in ids[target - visible : target]:
        logits, state = model.network.step(np.array([i]), state)
    known = log_softmax(logits[:, 1:])[0]
    return float(-known[ids[target] - 1] / np.log(2))


@pytest.mark.parametrize(
    ("cell", "layers"), [("lstm", 1), ("lstm", 2), ("gru", 1), ("transformer", 2)]
)
def test_exactly_k_characters_are_visible(cell: str, layers: int) -> None:
    model = random_model(cell, layers)
    longest, places, size = 7, 2, 2 * STRETCH
    found = visible_context(model, TEXT, longest, places, places * size)
    assert found.targets == places * size
    assert found.longest == longest
    targets = [*range(longest, longest + size), *range(len(TEXT) - size, len(TEXT))]
    for k in (1, 3, longest):
        expected = [plain(model, TEXT, k, target) for target in targets]
        assert found.at(k) == pytest.approx(np.mean(expected), rel=1e-5, abs=1e-5)
    carried = model.surprisal(TEXT)[targets].mean()
    assert found.carried == pytest.approx(carried, abs=1e-9)


def test_errors_are_those_of_means_of_stretches() -> None:
    model = RecurrentModel("test", random_network(), LETTERS)
    found = visible_context(model, TEXT, 4, 1, 4 * STRETCH)
    bits = np.array([plain(model, TEXT, 2, t) for t in range(4, 4 + 4 * STRETCH)])
    means = bits.reshape(4, STRETCH).mean(1)
    assert found.errors[1] == pytest.approx(means.std(ddof=1) / 2, abs=1e-5)
    assert found.gap_errors[-1] == 0
    assert (found.errors > 0).all()


def test_a_short_text_gives_all_its_characters_or_a_sentence() -> None:
    model = RecurrentModel("test", random_network(), LETTERS)
    found = visible_context(model, TEXT[:170], 20, targets=10_000)
    assert found.targets == 150
    reported: list[float] = []
    visible_context(model, TEXT, 20, progress=reported.append)
    assert reported[-1] == 1
    assert reported == sorted(reported)
    with pytest.raises(CorpusError, match="give more text"):
        visible_context(model, TEXT[:110], 20)
    with pytest.raises(IndexError):
        found.at(21)


def test_the_reach_is_where_nothing_more_is_gained() -> None:
    bits = np.array([4.0, 3.0, 2.0, 2.03, 2.004, 2.0])
    found = VisibleContext(bits, bits, bits, carried=2.0, targets=1)
    assert found.reach() == 5
    assert found.reach(0.5) == 3
    assert found.reach(3) == 1
    assert found.reach(1) == 2  # just so much is nothing
    again = VisibleContext.from_json(json.loads(json.dumps(found.to_json())))
    np.testing.assert_array_equal(again.bits, bits)
    assert (again.carried, again.targets) == (2.0, 1)

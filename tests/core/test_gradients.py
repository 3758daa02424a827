"""Gradients written out against differences of the loss."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from moliere_core.models.references import RecurrentModel
from moliere_core.networks.gradients import (
    backward,
    clipped,
    forward,
    next_log_probs,
    weights_of,
)
from moliere_core.networks.recurrent import RecurrentNetwork
from moliere_core.text.vocabulary import UNKNOWN, Vocabulary
from tests.networks import random_weights

LETTERS = Vocabulary(tuple("\n abcdefg"))


def model(cell: str = "lstm", layers: int = 2) -> RecurrentModel:
    return RecurrentModel(
        "made", RecurrentNetwork(random_weights(LETTERS, cell, layers, 6, 4)), LETTERS
    )


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_gradients_are_those_of_small_differences(cell: str) -> None:
    network = model(cell).network
    rng = np.random.default_rng(0)
    ids, targets = rng.integers(0, len(LETTERS), (2, 3, 7)).astype(np.int32)
    seen: Any = forward(network, ids, network.zero_state(3))
    logits, state = network.run(ids, network.zero_state(3))
    np.testing.assert_allclose(seen.logits, logits, atol=1e-5)
    for mine, theirs in zip(seen.state, state, strict=True):
        np.testing.assert_allclose(mine, theirs, atol=1e-5)

    def total(name: str, moved: np.ndarray) -> float:
        other = RecurrentNetwork({**weights_of(network), name: moved})
        read = forward(other, ids, other.zero_state(3))
        return float(next_log_probs(read, targets)[0].sum(dtype=np.float64))

    gradient = backward(network, seen, next_log_probs(seen, targets)[1])
    assert gradient.keys() == weights_of(network).keys()
    for name, weights in weights_of(network).items():
        # Along a random direction: one number says whether all of the array is right.
        way = rng.standard_normal(weights.shape).astype(np.float32)
        way /= np.linalg.norm(way)
        step = np.float32(0.02)
        slope = (total(name, weights + step * way) - total(name, weights - step * way)) / 0.04
        assert float((gradient[name] * way).sum()) == pytest.approx(slope, abs=3e-3), name


def test_a_target_that_is_never_drawn_gives_no_gradient() -> None:
    network = model().network
    ids = np.array([[1, 2, 3]], np.int32)
    seen = forward(network, ids, network.zero_state(1))
    log_probs, slope = next_log_probs(seen, np.array([[UNKNOWN, 4, UNKNOWN]], np.int32))
    assert log_probs[0, 0] == log_probs[0, 2] == 0 > log_probs[0, 1]
    assert not slope[0, 0].any()
    assert not slope[..., UNKNOWN].any()
    np.testing.assert_allclose(slope.sum(axis=-1), 0, atol=1e-6)


def test_a_gradient_is_shortened_and_keeps_its_direction() -> None:
    gradient = {"a": np.array([3.0], np.float32), "b": np.array([4.0], np.float32)}
    short = clipped(gradient, 1)
    np.testing.assert_allclose([short["a"][0], short["b"][0]], [0.6, 0.8], rtol=1e-6)
    assert clipped(gradient, 5) is gradient

"""Untrained weights: Keras' laws, and a loss of ln V."""

from __future__ import annotations

import numpy as np
import pytest

from moliere_core.config import Cell, ModelConfig
from moliere_core.models.networks import NetworkModel
from moliere_core.models.references import load_recurrent
from moliere_core.networks.arrays import softmax
from moliere_core.networks.initial import cross_entropy, initial_weights
from moliere_core.networks.loading import network_of
from moliere_core.networks.recurrent import RecurrentNetwork
from tests.networks import LETTERS

SHAPES = [("rnn", 1), ("lstm", 1), ("lstm", 2), ("gru", 1), ("gru", 3), ("transformer", 2)]


@pytest.mark.parametrize(("cell", "layers"), SHAPES)
def test_shapes_and_laws_are_those_of_keras(cell: Cell, layers: int) -> None:
    pytest.importorskip("keras")
    from moliere_core.networks.keras_model import build, weights_by_name

    config = ModelConfig(cell, 32, 48, layers, dropout=0.0)
    ours = initial_weights(config, 60)
    theirs = weights_by_name(build(config, 60))
    assert {n: w.shape for n, w in ours.items()} == {n: w.shape for n, w in theirs.items()}
    for name, tensor in theirs.items():
        assert ours[name].std() == pytest.approx(tensor.std(), rel=0.1, abs=1e-7), name
        assert ours[name].mean() == pytest.approx(tensor.mean(), abs=0.01), name
        assert abs(ours[name]).max() == pytest.approx(abs(tensor).max(), rel=0.3), name
        if name.endswith("recurrent_kernel"):
            assert ours[name] @ ours[name].T == pytest.approx(np.eye(48), abs=1e-5)


@pytest.mark.parametrize(("cell", "layers"), SHAPES)
def test_before_the_first_lesson_every_symbol_is_as_likely(cell: Cell, layers: int) -> None:
    config = ModelConfig(cell, 64, 128, layers)
    weights = initial_weights(config, len(LETTERS), seed=3)
    model = NetworkModel.of("untrained", network_of(weights, config), LETTERS)
    bits = model.surprisal("quand l amour a vos yeux offre un choix")
    # A transformer's output matrix is its embedding: what it has just read is a little likelier.
    within = 0.25 if cell == "transformer" else 0.03
    assert bits.mean() == pytest.approx(np.log2(len(LETTERS) - 1), abs=within)


def test_an_lstm_begins_by_remembering_and_a_gru_with_zeros() -> None:
    lstm = initial_weights(ModelConfig("lstm", 4, 8), 28)["lstm_0.bias"]
    assert lstm.tolist() == [0.0] * 8 + [1.0] * 8 + [0.0] * 16  # i, f, g, o
    assert not initial_weights(ModelConfig("gru", 4, 8), 28)["gru_0.bias"].any()


def test_orthogonal_matrices_have_no_favourite_sign() -> None:
    config = ModelConfig("lstm", 2, 4)
    first = [initial_weights(config, 5, s)["lstm_0.recurrent_kernel"][0, 0] for s in range(40)]
    assert 8 <= sum(value > 0 for value in first) <= 32


def test_the_seed_alone_decides() -> None:
    config = ModelConfig("lstm", 4, 8)
    first, again, other = (initial_weights(config, 28, seed)["embedding"] for seed in (1, 1, 2))
    assert (first == again).all()
    assert (first != other).any()


def test_the_loss_at_the_start_is_ln_of_the_alphabet() -> None:
    ids = LETTERS.encode("quand l amour a vos yeux offre un choix")
    network = RecurrentNetwork(initial_weights(ModelConfig("lstm", 64, 128), len(LETTERS)))
    assert cross_entropy(network, ids) == pytest.approx(np.log(len(LETTERS)), abs=0.03)
    petit = load_recurrent("petit@0")
    ids = petit.vocabulary.encode("Mon frère, s'il vous plaît, ne discourons point tant.")
    assert cross_entropy(petit.network, ids) == pytest.approx(np.log(95), abs=0.02)
    logits, _ = petit.network.run(ids[None, :-1], petit.network.zero_state(1))
    probs = softmax(logits[0].astype(np.float64))
    wanted = -np.log(probs[np.arange(len(ids) - 1), ids[1:]]).mean()
    assert cross_entropy(petit.network, ids) == pytest.approx(wanted, abs=1e-6)

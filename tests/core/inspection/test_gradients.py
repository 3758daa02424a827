"""Traces and gradients, beside Keras' own and beside finite differences."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from moliere_core.errors import ModelError
from moliere_core.inspection.influence import deletions, influence
from moliere_core.inspection.trace import GRU_SERIES, LSTM_SERIES, RNN_SERIES, trace
from moliere_core.networks.recurrent import RecurrentNetwork
from moliere_core.text.vocabulary import Ids
from tests.networks import LETTERS, random_network, random_weights

ARCHITECTURES = [(cell, layers) for cell in ("lstm", "gru", "rnn") for layers in (1, 2, 3)]
SERIES = {"lstm": LSTM_SERIES, "gru": GRU_SERIES, "rnn": RNN_SERIES}
TIME, TARGET = 17, 5


@pytest.fixture
def ids() -> Ids:
    return np.random.default_rng(3).integers(1, len(LETTERS), TIME).astype(np.int32)


@pytest.mark.parametrize(("cell", "layers"), ARCHITECTURES)
def test_a_trace_is_what_the_engine_computes(cell: str, layers: int, ids: Ids) -> None:
    network = random_network(cell=cell, layers=layers)
    seen = trace(network, ids)
    logits, state = network.run(ids[None], network.zero_state(1))
    np.testing.assert_allclose(seen.logits, logits[0], atol=1e-5)
    np.testing.assert_allclose(np.exp(seen.log_probs).sum(axis=1), 1, atol=1e-5)
    for layer, last in zip(seen.layers, state, strict=True):
        assert tuple(layer.series) == SERIES[cell]
        np.testing.assert_allclose(layer.series["hidden"][-1], last[0][0], atol=1e-6)
        if cell == "lstm":
            np.testing.assert_allclose(layer.memory[-1], last[1][0], atol=1e-6)


@pytest.mark.parametrize(("cell", "layers"), ARCHITECTURES)
def test_the_beginning_of_a_trace_is_the_trace_of_the_beginning(
    cell: str, layers: int, ids: Ids
) -> None:
    network = random_network(cell=cell, layers=layers)
    cut, short = trace(network, ids).first(5), trace(network, ids[:5])
    np.testing.assert_array_equal(cut.ids, short.ids)
    np.testing.assert_allclose(cut.logits, short.logits, atol=1e-6)
    for one, other in zip(cut.layers, short.layers, strict=True):
        np.testing.assert_allclose(one.inputs, other.inputs, atol=1e-6)
        for name in one.series:
            np.testing.assert_allclose(one.series[name], other.series[name], atol=1e-6)


@pytest.mark.parametrize("layers", [1, 3])
def test_an_lstm_s_series_follow_its_formulas(layers: int, ids: Ids) -> None:
    for states in trace(random_network(layers=layers), ids).layers:
        f, i, o, g, c, h = states.series.values()
        np.testing.assert_allclose(f * states.previous("cell") + i * g, c, atol=1e-5)
        np.testing.assert_allclose(o * np.tanh(c), h, atol=1e-5)
        assert states.kept is f


@pytest.mark.parametrize("layers", [1, 3])
def test_a_gru_s_series_follow_its_formulas(layers: int, ids: Ids) -> None:
    for states in trace(random_network(cell="gru", layers=layers), ids).layers:
        z, _, g, h = states.series.values()
        np.testing.assert_allclose(z * states.previous("hidden") + (1 - z) * g, h, atol=1e-5)
        assert states.kept is z
        assert states.memory is h


@pytest.mark.slow
@pytest.mark.parametrize(("cell", "layers"), ARCHITECTURES)
def test_probabilities_and_gradients_agree_with_keras(cell: str, layers: int, ids: Ids) -> None:
    keras = pytest.importorskip("keras")
    tf = pytest.importorskip("tensorflow")
    weights = random_weights(LETTERS, cell, layers)
    inputs = keras.Input((TIME, 4))
    x: Any = inputs
    for i in range(layers):
        layer = keras.layers
        kind = {"lstm": layer.LSTM, "gru": layer.GRU, "rnn": layer.SimpleRNN}[cell]
        x = kind(8, return_sequences=True, name=f"{cell}_{i}")(x)
    model = keras.Model(inputs, keras.layers.Dense(len(LETTERS))(x[:, -1]))
    model.set_weights(list(weights.values())[1:])
    vectors = tf.convert_to_tensor(weights["embedding"][ids][None])
    with tf.GradientTape() as tape:
        tape.watch(vectors)
        log_probs = tf.nn.log_softmax(model(vectors)[:, 1:])  # the unknown symbol is never drawn
        chosen = log_probs[0, TARGET - 1]
    expected = np.asarray(tape.gradient(chosen, vectors))[0]
    network = RecurrentNetwork(weights)
    seen = trace(network, ids)
    found = influence(network, seen, TARGET)
    np.testing.assert_allclose(
        np.exp(seen.log_probs[-1, 1:]), np.exp(np.asarray(log_probs)[0]), atol=1e-5
    )
    np.testing.assert_allclose(found.gradient, expected, atol=1e-5)
    assert np.abs(expected).max() > 1e-2  # the comparison is not between zeros


@pytest.mark.parametrize(("cell", "layers"), ARCHITECTURES)
def test_gradients_agree_with_finite_differences(cell: str, layers: int, ids: Ids) -> None:
    network = random_network(cell=cell, layers=layers)
    vectors: Any = network.embedding[ids].astype(np.float64)
    found = influence(network, trace(network, ids, vectors), TARGET)
    rng, step = np.random.default_rng(0), 1e-5
    for _ in range(4):
        direction = rng.normal(size=vectors.shape)
        ahead, behind = (
            trace(network, ids, vectors + sign * step * direction).log_probs[-1, TARGET]
            for sign in (1, -1)
        )
        slope = (ahead - behind) / (2 * step)
        assert (found.gradient * direction).sum() == pytest.approx(slope, abs=1e-7)
    np.testing.assert_allclose(found.gradient_input, (found.gradient * vectors).sum(axis=1))
    np.testing.assert_allclose(found.norm, np.linalg.norm(found.gradient, axis=1))


@pytest.mark.parametrize(("cell", "layers"), ARCHITECTURES)
@pytest.mark.parametrize("last", [6, 100])
def test_deletion_is_reading_the_text_without_the_letter(
    cell: str, layers: int, last: int, ids: Ids
) -> None:
    network = random_network(cell=cell, layers=layers)
    whole = trace(network, ids).log_probs[-1, TARGET]
    tried = deletions(network, ids, TARGET, last=last)
    assert tried.positions.tolist() == list(range(max(0, TIME - last), TIME))
    for position, change in zip(tried.positions, tried.change, strict=True):
        without = trace(network, np.delete(ids, position)).log_probs[-1, TARGET]
        assert change == pytest.approx(whole - without, abs=1e-5)
    replaced = deletions(network, ids, TARGET, "replace", replacement=2, last=last)
    for position, change in zip(replaced.positions, replaced.change, strict=True):
        other = ids.copy()
        other[position] = 2
        assert change == pytest.approx(
            whole - trace(network, other).log_probs[-1, TARGET], abs=1e-5
        )


@pytest.mark.parametrize("target", [0, len(LETTERS), -1])
def test_a_character_outside_the_alphabet_is_not_explained(target: int, ids: Ids) -> None:
    network = random_network()
    with pytest.raises(ModelError, match="not in this model's alphabet"):
        influence(network, trace(network, ids), target)
    with pytest.raises(ModelError, match="not in this model's alphabet"):
        deletions(network, ids, target)

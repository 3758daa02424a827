"""The Keras model against the NumPy engine, its state, its dropouts and its averages."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

keras = pytest.importorskip("keras")

from moliere_core.config import RECURRENT_CELLS, Cell, ModelConfig, TrainingConfig  # noqa: E402
from moliere_core.errors import ModelError  # noqa: E402
from moliere_core.networks import keras_model as km  # noqa: E402
from moliere_core.networks.recurrent import RecurrentNetwork  # noqa: E402

pytestmark = pytest.mark.slow

VOCAB = 7
IDS = np.random.default_rng(0).integers(0, VOCAB, (2, 12)).astype(np.int32)
PLAIN = ModelConfig(embedding_dim=3, units=5, dropout=0.0)


def logits(model: Any, ids: np.ndarray[Any, Any] = IDS, training: bool = False) -> Any:
    return keras.ops.convert_to_numpy(model(ids, training=training))


@pytest.mark.parametrize("cell", RECURRENT_CELLS)
@pytest.mark.parametrize("layers", [1, 2, 3])
def test_the_numpy_engine_gives_keras_logits(cell: Cell, layers: int) -> None:
    config = ModelConfig(cell, 3, 5, layers, dropout=0.3, recurrent_dropout=0.3)
    model = km.build(config, VOCAB, seed=3)
    weights = km.weights_by_name(model)
    # Biases away from zero, where a wrong order of the gates would show.
    for name, array in weights.items():
        noise = np.random.default_rng(1).normal(0, 0.5, array.shape)
        weights[name] = array + noise.astype(np.float32)
    km.set_weights_by_name(model, weights)
    network = RecurrentNetwork(km.weights_by_name(model))
    expected, _ = network.run(IDS, network.zero_state(2))
    np.testing.assert_allclose(logits(model), expected, atol=1e-5)
    assert network.parameters == model.count_params() == config.parameter_count(VOCAB)


def test_names_are_those_of_the_weight_files() -> None:
    names = set(km.weights_by_name(km.build(ModelConfig("gru", 3, 5, 2), VOCAB)))
    layer = {"kernel", "recurrent_kernel", "bias"}
    assert names == {"embedding", "dense.kernel", "dense.bias"} | {
        f"gru_{i}.{n}" for i in (0, 1) for n in layer
    }


def test_the_seed_decides_the_weights() -> None:
    first, same, other = (km.weights_by_name(km.build(PLAIN, VOCAB, seed=s)) for s in (1, 1, 2))
    for name in first:
        np.testing.assert_array_equal(first[name], same[name])
        assert name.endswith("bias") or (first[name] != other[name]).any()


def test_carried_state_reads_windows_as_one_text() -> None:
    whole = km.build(PLAIN, VOCAB)
    carried = km.build(PLAIN, VOCAB, batch_size=2, seq_length=6, stateful=True)
    first, second = logits(carried, IDS[:, :6]), logits(carried, IDS[:, 6:])
    np.testing.assert_allclose(
        np.concatenate([first, second], axis=1), logits(whole), rtol=0, atol=1e-6
    )
    km.reset_states(carried)
    np.testing.assert_array_equal(logits(carried, IDS[:, :6]), first)


def test_last_only_predicts_the_last_position() -> None:
    config = ModelConfig(embedding_dim=3, units=5, layers=2, dropout=0.2)
    last, all_positions = km.build(config, VOCAB, last_only=True), km.build(config, VOCAB)
    km.set_weights_by_name(last, km.weights_by_name(all_positions))
    assert last.output_shape == (None, VOCAB)
    np.testing.assert_allclose(logits(last), logits(all_positions)[:, -1], atol=1e-6)


def test_dropout_keeps_one_mask_for_the_whole_window() -> None:
    layer = km.build(ModelConfig(embedding_dim=3, units=40, dropout=0.5), VOCAB).get_layer(
        "dropout_0"
    )
    out = keras.ops.convert_to_numpy(layer(np.ones((2, 9, 40), np.float32), training=True))
    assert set(np.unique(out)) == {0, 2}
    assert (out == out[:, :1]).all()
    assert (out[0] != out[1]).any()


@pytest.mark.parametrize("cell", RECURRENT_CELLS)
def test_drop_connect_thins_recurrent_weights_in_training_only(cell: Cell) -> None:
    config = ModelConfig(cell, 3, 8, dropout=0.0, recurrent_dropout=0.5)
    model, plain = km.build(config, VOCAB), km.build(ModelConfig(cell, 3, 8, dropout=0.0), VOCAB)
    km.set_weights_by_name(plain, km.weights_by_name(model))
    np.testing.assert_array_equal(logits(model), logits(plain))
    first, second = logits(model, training=True), logits(model, training=True)
    # From a zero state the first step has nothing to drop; the later ones differ at each draw.
    np.testing.assert_allclose(first[:, 0], logits(plain)[:, 0], atol=1e-6)
    assert np.abs(first[:, 1:] - second[:, 1:]).max() > 1e-3
    np.testing.assert_array_equal(logits(model), logits(plain))
    assert len(model.trainable_variables) == len(plain.trainable_variables)


@pytest.mark.parametrize("cell", RECURRENT_CELLS)
@pytest.mark.parametrize("stateful", [True, False])
def test_the_written_out_gradients_are_those_of_keras(
    cell: Cell, stateful: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = ModelConfig(cell, 3, 5, layers=2, dropout=0.4, recurrent_dropout=0.4)
    training = TrainingConfig(learning_rate=0.05)
    results = []
    for explicit in (True, False):
        monkeypatch.setattr(km, "writes_gradients_out", lambda explicit=explicit: explicit)
        model = km.build(config, VOCAB, 2, 12, stateful=stateful, seed=5)
        km.compile_model(model, training, updates=9)
        losses = [float(model.train_on_batch(IDS, np.roll(IDS, 1, 1))) for _ in range(3)]
        results.append((losses, km.weights_by_name(model)))
    (losses, weights), (expected_losses, expected) = results
    assert losses == pytest.approx(expected_losses, abs=1e-5)
    for name, array in weights.items():
        np.testing.assert_allclose(array, expected[name], atol=1e-4, err_msg=name)


@pytest.mark.parametrize("cell", RECURRENT_CELLS)
def test_drop_connect_trains_the_weights_it_thins(cell: Cell) -> None:
    config = ModelConfig(cell, 3, 8, dropout=0.0, recurrent_dropout=0.5)
    model = km.build(config, VOCAB, batch_size=2, seq_length=12, stateful=True)
    km.compile_model(model, TrainingConfig(), updates=5)
    before = km.weights_by_name(model)
    losses = [float(model.train_on_batch(IDS, IDS)) for _ in range(5)]
    assert losses[-1] < losses[0]
    for name, array in km.weights_by_name(model).items():
        assert (array != before[name]).any(), name


def test_averages_follow_the_weights_from_the_first_update_on() -> None:
    model = km.build(PLAIN, VOCAB)
    config = TrainingConfig(weight_averaging=0.9, schedule="constant")
    km.compile_model(model, config, updates=30)
    expected = km.weights_by_name(model)["dense.kernel"]
    for update in range(30):
        model.train_on_batch(IDS, IDS)
        decay = min(0.9, (1 + update) / (10 + update))
        expected = decay * expected + (1 - decay) * km.weights_by_name(model)["dense.kernel"]
    averages = km.averaged_weights_by_name(model)
    np.testing.assert_allclose(averages["dense.kernel"], expected, atol=1e-5)
    assert np.abs(expected - km.weights_by_name(model)["dense.kernel"]).max() > 1e-3
    assert set(averages) == set(km.weights_by_name(model))


def test_without_averaging_the_weights_themselves_are_given() -> None:
    model = km.build(PLAIN, VOCAB)
    km.compile_model(model, TrainingConfig(), updates=1)
    model.train_on_batch(IDS, IDS)
    np.testing.assert_array_equal(
        km.averaged_weights_by_name(model)["embedding"], km.weights_by_name(model)["embedding"]
    )


def test_the_cosine_ends_near_zero() -> None:
    model = km.build(PLAIN, VOCAB)
    km.compile_model(model, TrainingConfig(learning_rate=0.1), updates=10)
    rates = []
    for _ in range(10):
        rates.append(float(keras.ops.convert_to_numpy(model.optimizer.learning_rate)))
        model.train_on_batch(IDS, IDS)
    assert rates[0] == pytest.approx(0.1)
    assert rates[5] == pytest.approx(0.1 * (1 + km.FINAL_RATE) / 2, rel=1e-3)
    assert rates == sorted(rates, reverse=True)
    end = float(keras.ops.convert_to_numpy(model.optimizer.learning_rate))
    assert end == pytest.approx(0.1 * km.FINAL_RATE, rel=1e-3)


def test_training_goes_on_exactly_from_a_stored_state() -> None:
    config = ModelConfig(embedding_dim=3, units=5, layers=2, dropout=0.4, recurrent_dropout=0.4)

    def fresh() -> Any:
        model = km.build(config, VOCAB, 2, 12, stateful=True)
        km.compile_model(model, TrainingConfig(weight_averaging=0.9), updates=6)
        return model

    model = fresh()
    for _ in range(3):
        model.train_on_batch(IDS, IDS)
    state = km.training_state(model)
    km.reset_states(model)
    expected = [float(model.train_on_batch(IDS, IDS)) for _ in range(3)]
    other = fresh()
    km.restore_training_state(other, state)
    assert [float(other.train_on_batch(IDS, IDS)) for _ in range(3)] == pytest.approx(
        expected, abs=1e-6
    )
    with pytest.raises(ModelError, match="does not fit"):
        km.restore_training_state(other, {"model.0": state["model.0"]})


def test_weights_that_do_not_fit_are_named() -> None:
    model = km.build(PLAIN, VOCAB)
    wrong = {**km.weights_by_name(model), "dense.bias": np.zeros(3, np.float32)}
    with pytest.raises(ModelError, match=r"\(dense\.bias\)"):
        km.set_weights_by_name(model, wrong)
    del wrong["dense.bias"]
    with pytest.raises(ModelError, match=r"\(dense\.bias\)"):
        km.set_weights_by_name(model, wrong)


def test_summary_is_a_table_of_the_layers() -> None:
    text = km.summary(km.build(ModelConfig(embedding_dim=3, units=5), VOCAB))
    for word in ("embedding", "lstm_0", "dropout_0", "dense", "Total params: 243"):
        assert word in text

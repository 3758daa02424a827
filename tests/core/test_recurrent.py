from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from moliere_core.errors import ModelError
from moliere_core.networks.arrays import product
from moliere_core.networks.recurrent import RecurrentNetwork
from tests.networks import LETTERS, random_network, random_weights

ARCHITECTURES = [(cell, layers) for cell in ("rnn", "lstm", "gru") for layers in (1, 2, 3)]


@pytest.mark.parametrize(("cell", "layers"), ARCHITECTURES)
def test_steps_and_runs_agree(cell: str, layers: int) -> None:
    network = random_network(cell=cell, layers=layers)
    ids = np.random.default_rng(0).integers(0, network.vocab_size, (3, 11)).astype(np.int32)
    run_logits, run_state = network.run(ids, network.zero_state(3))
    state = network.zero_state(3)
    for t in range(ids.shape[1]):
        logits, state = network.step(ids[:, t], state)
        np.testing.assert_allclose(logits, run_logits[:, t], atol=1e-5)
    for part, expected in zip(np.ravel(state), np.ravel(run_state), strict=True):
        np.testing.assert_allclose(part, expected, atol=1e-5)


@pytest.mark.parametrize(("cell", "layers"), ARCHITECTURES)
def test_agrees_with_keras(cell: str, layers: int) -> None:
    keras = pytest.importorskip("keras")
    vocab, units, time = len(LETTERS), 8, 13
    inputs = keras.Input((None,), dtype="int32")
    x = keras.layers.Embedding(vocab, 4)(inputs)
    named = {"rnn": "SimpleRNN", "lstm": "LSTM", "gru": "GRU"}
    layer_class = getattr(keras.layers, named[cell])
    for i in range(layers):
        x = layer_class(units, return_sequences=True, name=f"{cell}_{i}")(x)
    model = keras.Model(inputs, keras.layers.Dense(vocab)(x))
    weights = random_weights(LETTERS, cell, layers, units)
    model.set_weights(list(weights.values()))  # both are in the order of the layers
    ids = np.random.default_rng(1).integers(0, vocab, (5, time)).astype(np.int32)
    network = RecurrentNetwork(weights)
    logits, _ = network.run(ids, network.zero_state(5))
    np.testing.assert_allclose(logits, np.asarray(model(ids)), atol=1e-5)


@pytest.mark.parametrize("rows", [1, 2, 8, 9])
def test_product(rows: int) -> None:
    rng = np.random.default_rng(2)
    a: Any = rng.normal(size=(rows, 6))  # in double precision, to see more of the digits
    b: Any = rng.normal(size=(6, 5))
    np.testing.assert_allclose(product(a, b), a @ b, atol=1e-12)


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_read_from_disk_in_half_or_single_precision(tmp_path: Path, dtype: type) -> None:
    weights = random_weights(LETTERS, "gru", 2)
    save_file({n: w.astype(dtype) for n, w in weights.items()}, tmp_path / "w.safetensors")
    network = RecurrentNetwork.load(tmp_path / "w.safetensors")
    assert network.embedding.dtype == np.float32
    assert network.config.parameter_count(len(LETTERS)) == network.parameters
    np.testing.assert_allclose(network.dense, weights["dense.kernel"], atol=2e-3)


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("lstm_0.kernel", (5, 32)),
        ("lstm_1.recurrent_kernel", (8, 31)),
        ("lstm_1.bias", (2, 32)),
        ("dense.kernel", (7, 29)),
        ("dense.bias", (3,)),
    ],
)
def test_weights_that_do_not_fit_are_refused(name: str, shape: tuple[int, ...]) -> None:
    weights = random_weights(LETTERS, "lstm", 2)
    weights[name] = np.zeros(shape, np.float32)
    with pytest.raises(ModelError, match="fit"):
        RecurrentNetwork(weights)


@pytest.mark.parametrize("name", ["embedding", "lstm_0.kernel", "dense.bias"])
def test_missing_tensors_are_named(name: str) -> None:
    weights = random_weights(LETTERS)
    del weights[name]
    with pytest.raises(ModelError, match="only models trained by this application"):
        RecurrentNetwork(weights)


def test_a_file_of_something_else(tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    path.write_bytes(b"not weights")
    with pytest.raises(ModelError, match="cannot be read"):
        RecurrentNetwork.load(path)


def test_weights_that_are_not_numbers_are_refused() -> None:
    weights = random_weights(LETTERS)
    weights["dense.bias"][3] = np.nan
    with pytest.raises(ModelError, match="not numbers"):
        RecurrentNetwork(weights)

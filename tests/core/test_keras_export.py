"""A stored run as a `.keras` file: Keras and this engine predict the same, there and back."""

from __future__ import annotations

import json
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from moliere_core.config import CELLS, Cell, ModelConfig, RunConfig, SamplingConfig, TrainingConfig
from moliere_core.errors import ConfigError, ModelError, RunError
from moliere_core.exchange import keras_export
from moliere_core.exchange.keras_export import to_keras, without_unknown, write
from moliere_core.exchange.keras_import import import_keras, with_unknown
from moliere_core.models.references import load_model
from moliere_core.models.sampling import next_distribution
from moliere_core.networks.initial import initial_weights
from moliere_core.networks.loading import load_network
from moliere_core.runs.run import Run, run_path
from tests.core.trainings import CORPUS
from tests.networks import LETTERS, make_run, random_weights

pytestmark = pytest.mark.slow

RUN = "0123456789ab"
TEXTS = ["la mele", "une lettre", "z", "\n"]


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOLIERE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("MOLIERE_PUBLIC", raising=False)


def trained(cell: Cell, layers: int) -> Run:
    config = RunConfig(
        ModelConfig(cell, 4, 8, layers, dropout=0.2), TrainingConfig(epochs=1), validation=("b",)
    )
    corpus = {"source": "test", "digest": "0" * 64, "chars": 1000}
    run = Run.create(run_path(RUN), RUN, config, LETTERS, corpus, "plays")
    if config.model.is_transformer:
        rng, drawn = np.random.default_rng(3), initial_weights(config.model, len(LETTERS))
        weights: dict[str, Any] = {n: w + rng.normal(0, 0.3, w.shape) for n, w in drawn.items()}
    else:
        weights = random_weights(LETTERS, cell, layers)
    run.save_snapshot("epoch-001", weights)
    run.append_history({"epoch": 1, "updates": 40, "validation_bits_per_char": 4.2})
    return run


def ours(run: Run, text: str) -> np.ndarray[Any, Any]:
    """Probabilities of the characters after `text` alone, without our first line break."""
    network: Any = load_network(run.snapshot().path, run.config.model)
    logits, _ = network.run(run.vocabulary.encode(text)[None], network.zero_state(1))
    return next_distribution(logits[0, -1], SamplingConfig())[1:]


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("layers", [1, 2, 3])
def test_keras_opens_it_and_predicts_the_same(cell: Cell, layers: int, tmp_path: Path) -> None:
    keras = pytest.importorskip("keras")
    run = trained(cell, layers)
    write(run, "epoch-001", tmp_path / "m.keras")
    model = keras.models.load_model(tmp_path / "m.keras")  # as anyone would, in safe mode
    kinds = [type(layer) for layer in model.layers]
    named = {"rnn": "SimpleRNN", "lstm": "LSTM", "gru": "GRU", "transformer": "MultiHeadAttention"}
    assert kinds.count(getattr(keras.layers, named[cell])) == layers
    alphabet = {char: index for index, char in enumerate(LETTERS.chars)}  # the notebook's
    for text in TEXTS:
        [theirs] = model.predict(np.array([[alphabet[char] for char in text]]), verbose=0)
        np.testing.assert_allclose(ours(run, text), theirs, atol=1e-5)


@pytest.mark.parametrize("cell", ["lstm", "rnn"])
def test_it_is_built_in_another_process_and_comes_back(cell: Cell, tmp_path: Path) -> None:
    pytest.importorskip("keras")
    run = trained(cell, 2)
    data = to_keras(run)
    (tmp_path / "m.keras").write_bytes(data)
    with zipfile.ZipFile(tmp_path / "m.keras") as archive:
        assert tuple(json.loads(archive.read("vocabulary.json"))["chars"]) == LETTERS.chars
    steps: list[str] = []
    back = import_keras(data, "m.keras", CORPUS, on_step=lambda step, _share: steps.append(step))
    assert back.vocabulary == LETTERS  # though the corpus has fewer letters
    assert (steps[0], steps[-1]) == ("open", "measure")
    first, second = (load_model(f"run:{r.id}").start(["la "])[0][0] for r in (run, back))
    np.testing.assert_allclose(
        next_distribution(second, SamplingConfig()),
        next_distribution(first, SamplingConfig()),
        atol=1e-5,
    )


def test_the_unknown_symbol_leaves_and_returns() -> None:
    weights = random_weights(LETTERS)
    again = without_unknown(with_unknown(weights))
    for name, array in weights.items():
        np.testing.assert_array_equal(again[name], array)


def test_what_cannot_be_written_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    run = make_run(run_path(RUN))
    with pytest.raises(RunError, match="no snapshot"):
        to_keras(run, 7)
    monkeypatch.setattr(keras_export, "TIMEOUT_SECONDS", 0.01)
    with pytest.raises(ModelError, match="less busy"):
        to_keras(run)
    monkeypatch.setattr(keras_export, "TIMEOUT_SECONDS", 60)
    monkeypatch.setattr(sys, "executable", "false")
    with pytest.raises(ModelError, match="for lack of memory"):
        to_keras(run)
    monkeypatch.setenv("MOLIERE_PUBLIC", "1")
    with pytest.raises(ConfigError, match="public server"):
        to_keras(run)

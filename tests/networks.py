"""Small models for tests: random networks, and an alphabet that recites itself."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np

from moliere_core.config import Cell, ModelConfig, RunConfig, TrainingConfig
from moliere_core.networks.architecture import GATES
from moliere_core.networks.arrays import Array
from moliere_core.networks.initial import initial_weights
from moliere_core.networks.recurrent import RecurrentNetwork
from moliere_core.runs.run import Run
from moliere_core.text.vocabulary import Ids, Vocabulary

LETTERS = Vocabulary(tuple("\n abcdefghijklmnopqrstuvwxyz"))


def random_weights(
    vocabulary: Vocabulary, cell: str = "lstm", layers: int = 1, units: int = 8, embedding: int = 4
) -> dict[str, Array]:
    """Weights of a network that nobody trained, the same at each call."""
    rng = np.random.default_rng(7)
    gates = GATES[cast(Cell, cell)]
    bias = (2, gates * units) if cell == "gru" else (gates * units,)
    shapes: dict[str, tuple[int, ...]] = {"embedding": (len(vocabulary), embedding)}
    inputs = embedding
    for i in range(layers):
        shapes[f"{cell}_{i}.kernel"] = (inputs, gates * units)
        shapes[f"{cell}_{i}.recurrent_kernel"] = (units, gates * units)
        shapes[f"{cell}_{i}.bias"] = bias
        inputs = units
    shapes["dense.kernel"] = (units, len(vocabulary))
    shapes["dense.bias"] = (len(vocabulary),)
    return {name: rng.normal(0, 0.7, shape).astype(np.float32) for name, shape in shapes.items()}


def random_network(**architecture: Any) -> RecurrentNetwork:
    """A network over `LETTERS`."""
    return RecurrentNetwork(random_weights(LETTERS, **architecture))


class AlphabetModel:
    """After each letter, the next one of the alphabet has twice the odds of any other symbol.

    Greedy, it recites: "a" is followed by "bcdef". It follows `models.protocol.CharModel`.
    """

    reference = "alphabet"
    vocabulary = LETTERS
    parameters = 0

    def start(self, prompts: Sequence[str]) -> tuple[Array, None]:
        return self._logits(np.array([LETTERS.encode(f"\n{p}")[-1] for p in prompts])), None

    def step(self, ids: Ids, state: None) -> tuple[Array, None]:
        return self._logits(ids), state

    def surprisal(self, text: str, progress: Any = None) -> np.ndarray[Any, Any]:
        raise NotImplementedError

    def _logits(self, last: Ids) -> Array:
        logits = np.zeros((len(last), len(LETTERS)), np.float32)
        logits[np.arange(len(last)), last % (len(LETTERS) - 1) + 1] = np.log(2)
        return logits


def make_run(
    path: Path,
    snapshots: Sequence[str] = ("epoch-000", "epoch-001"),
    model: ModelConfig | None = None,
) -> Run:
    """A complete run in the folder `path`, of a random network over `LETTERS`.

    Args:
        path: which is named after the run.
        snapshots: all with the same weights.
        model: the architecture, by default a small LSTM.
    """
    found = model or ModelConfig(embedding_dim=4, units=8)
    config = RunConfig(found, TrainingConfig(epochs=1), validation=("b",))
    corpus = {"source": "test", "digest": "0" * 64, "chars": 1000}
    run = Run.create(path, "0123456789ab", config, LETTERS, corpus, "plays")
    weights = random_weights(LETTERS) if model is None else initial_weights(model, len(LETTERS))
    for name in snapshots:
        run.save_snapshot(name, weights)
    run.append_history({"epoch": 1, "updates": 40, "validation_bits_per_char": 4.2})
    return run

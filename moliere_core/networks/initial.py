"""The weights before the first lesson: drawn as Keras draws them, without Keras.

Glorot and Bengio's uniform draw (2010) for what comes from below, an orthogonal matrix (Saxe et al.
2014) for what comes from the step before, small uniform numbers for the embedding, zeros for the
biases, but ones for an LSTM's forget gate (Jozefowicz et al. 2015): it begins by remembering. Those
of a transformer are drawn as GPT-2's were (Radford et al. 2019). The numbers are not Keras' own for
the same seed; their laws are.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moliere_core.config import ModelConfig
from moliere_core.networks.architecture import GATES
from moliere_core.networks.arrays import Array, log_sum_exp
from moliere_core.networks.loading import CharNetwork
from moliere_core.system.progress import Progress
from moliere_core.text.vocabulary import Ids

EMBEDDING_LIMIT = 0.05  # of Keras' RandomUniform
SPREAD = 0.02  # standard deviation of a transformer's draws, as GPT-2's
CHUNK = 128  # characters read between two reports of progress


def initial_weights(model: ModelConfig, vocab_size: int, seed: int = 0) -> dict[str, Array]:
    """Weights of a network that nobody trained, under the names that the engines in NumPy read.

    Args:
        model: the settings.
        vocab_size: symbols, the unknown one included.
        seed: of the draws.
    """
    random = np.random.default_rng(seed)
    if model.is_transformer:
        return _transformer(random, model, vocab_size)
    units, width = model.units, GATES[model.cell] * model.units
    shape = vocab_size, model.embedding_dim
    weights = {"embedding": random.uniform(-EMBEDDING_LIMIT, EMBEDDING_LIMIT, shape)}
    inputs = model.embedding_dim
    for i in range(model.layers):
        name = f"{model.cell}_{i}"
        weights[f"{name}.kernel"] = _glorot(random, inputs, width)
        weights[f"{name}.recurrent_kernel"] = _orthogonal(random, units, width)
        bias = np.zeros((2, width) if model.cell == "gru" else (width,))
        if model.cell == "lstm":
            bias[units : 2 * units] = 1  # the forget gate
        weights[f"{name}.bias"] = bias
        inputs = units
    weights["dense.kernel"] = _glorot(random, inputs, vocab_size)
    weights["dense.bias"] = np.zeros(vocab_size)
    return {name: tensor.astype(np.float32) for name, tensor in weights.items()}


def cross_entropy(network: CharNetwork, ids: Ids, progress: Progress | None = None) -> float:
    """Keras' loss on a text, in nats per character: -ln of what each next symbol was given.

    Unlike bits per character, as models are compared, it counts the unknown symbol in: an
    untrained network is near ln(vocab_size).

    Args:
        network: read from a zero state.
        ids: the text, shape (chars,), two at least.
        progress: told the share read, from 0 to 1.
    """
    read, targets = ids[:-1], ids[1:]
    state: Any = network.zero_state(1)
    nats = np.empty(len(targets))
    for start in range(0, len(read), CHUNK):
        chunk = slice(start, start + CHUNK)
        logits, state = network.run(read[None, chunk], state)
        scores = logits[0].astype(np.float64)  # (chars of the chunk, vocab_size)
        nats[chunk] = log_sum_exp(scores) - scores[np.arange(len(scores)), targets[chunk]]
        if progress is not None:
            progress(min(1.0, (start + CHUNK) / len(read)))
    return float(nats.mean())


def _transformer(
    random: np.random.Generator, model: ModelConfig, vocab_size: int
) -> dict[str, Array]:
    """Normal draws, smaller where a block writes into the stream; norms that do nothing yet."""
    width, into_stream = model.units, SPREAD / math.sqrt(2 * model.layers)
    weights = {
        "wte.weight": random.normal(0, SPREAD, (vocab_size, width)),
        "wpe.weight": random.normal(0, SPREAD / 2, (model.context, width)),
    }
    for i in range(model.layers):
        for name, inputs, outputs, spread in (
            ("attn.c_attn", width, 3 * width, SPREAD),
            ("attn.c_proj", width, width, into_stream),
            ("mlp.c_fc", width, 4 * width, SPREAD),
            ("mlp.c_proj", 4 * width, width, into_stream),
        ):
            weights[f"h.{i}.{name}.weight"] = random.normal(0, spread, (inputs, outputs))
            weights[f"h.{i}.{name}.bias"] = np.zeros(outputs)
    for name in ("ln_f", *(f"h.{i}.{ln}" for i in range(model.layers) for ln in ("ln_1", "ln_2"))):
        weights[f"{name}.weight"], weights[f"{name}.bias"] = np.ones(width), np.zeros(width)
    return {name: tensor.astype(np.float32) for name, tensor in weights.items()}


def _glorot(random: np.random.Generator, inputs: int, outputs: int) -> NDArray[np.float64]:
    limit = np.sqrt(6 / (inputs + outputs))
    return random.uniform(-limit, limit, (inputs, outputs))


def _orthogonal(random: np.random.Generator, rows: int, columns: int) -> NDArray[np.float64]:
    """Orthonormal rows, uniformly drawn; `columns` is not less than `rows`."""
    q, r = np.linalg.qr(random.normal(size=(columns, rows)))
    return np.asarray((q * np.sign(np.diag(r))).T)

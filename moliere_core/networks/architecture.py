"""The network on paper: the shapes, the parameters and the memory of each layer, before any weight.

The counts are those of Keras' `model.summary()`: a test holds them to it, and `ModelConfig`'s own
total to their sum.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, cast

from moliere_core.config import Cell, ModelConfig

Recurrent = Literal["rnn", "lstm", "gru"]
Kind = Recurrent | Literal["embedding", "positions", "block", "norm", "dense"]
FLOAT_BYTES = 4  # single precision
INDEX_BYTES = 4  # int32
# Products side by side of a recurrent layer: gates and candidate.
GATES: dict[Cell, int] = {"rnn": 1, "lstm": 4, "gru": 3}
# Keras' GRU has reset_after=True: a bias for what comes from below, one for what comes from before.
BIASES: dict[Cell, int] = {"rnn": 1, "lstm": 1, "gru": 2}


@dataclass(frozen=True)
class LayerPlan:
    """One layer with weights.

    Attributes:
        kind: what it is.
        number: which of its kind, from 1.
        inputs: numbers it receives for each character; for an embedding, symbols.
        outputs: numbers it gives for each character.
        blocks: products side by side: 4 for an LSTM's gates and candidate, 3 for a GRU's; in a
            transformer's block 4 of attention (query, key, value, projection) and 8 of the network
            on each character (four times as wide, and back); else 1.
        recurrent: numbers that come back from the step before, 0 for none.
        biases: bias rows.
        others: parameters of a block's biases and norms, which are none of its products'.
    """

    kind: Kind
    number: int
    inputs: int
    outputs: int
    blocks: int = 1
    recurrent: int = 0
    biases: int = 1
    others: int = 0

    @property
    def parameters(self) -> int:
        """How many: blocks x outputs x (inputs + recurrent + biases), and the others."""
        products = self.blocks * self.outputs * (self.inputs + self.recurrent + self.biases)
        return products + self.others


def layer_plans(model: ModelConfig, vocab_size: int) -> tuple[LayerPlan, ...]:
    """The layers with weights, from the characters to the scores.

    Args:
        model: the settings.
        vocab_size: symbols, the unknown one included.
    """
    plans = [LayerPlan("embedding", 1, vocab_size, model.embedding_dim, biases=0)]
    if model.is_transformer:
        width = model.units
        plans.append(LayerPlan("positions", 1, model.context, width, biases=0))
        # Biases: 3 of query, key, value, 1 of the projection, 4 of the middle, 1 after; 4 of norms.
        others = 13 * width
        plans += [
            LayerPlan("block", number, width, width, blocks=12, biases=0, others=others)
            for number in range(1, model.layers + 1)
        ]
        return (*plans, LayerPlan("norm", 1, 1, width))  # a factor and a term for each number
    inputs = model.embedding_dim
    for number in range(1, model.layers + 1):
        plans.append(
            LayerPlan(
                cast(Recurrent, model.cell),
                number,
                inputs,
                model.units,
                GATES[model.cell],
                model.units,
                BIASES[model.cell],
            )
        )
        inputs = model.units
    plans.append(LayerPlan("dense", 1, inputs, vocab_size))
    return tuple(plans)


def activation_bytes(model: ModelConfig, vocab_size: int, batch_size: int, seq_length: int) -> int:
    """Least memory that back-propagation through one batch of windows has to keep, in bytes.

    For each character of each window, in single precision: its embedding; of each layer the gates
    and the candidate, the hidden state, and the cell state of an LSTM or the recurrent part of a
    GRU's candidate; and the probabilities. A framework keeps more: it is a lower bound. The
    weights, their gradients and the optimiser's moments come on top and do not grow with the
    length. In a transformer's block: both norms, query, key, value, what the heads found, the
    middle before and after its activation, the stream after each part, and of each head a share for
    every character of the window.
    """
    if model.is_transformer:
        per_block = 17 * model.units + model.heads * seq_length
        numbers = 2 * model.units + model.layers * per_block + vocab_size
        return FLOAT_BYTES * numbers * batch_size * seq_length
    per_layer = (GATES[model.cell] + 2) * model.units
    numbers = model.embedding_dim + model.layers * per_layer + vocab_size
    return FLOAT_BYTES * numbers * batch_size * seq_length


def one_hot_bytes(vocab_size: int, predictions: int) -> int:
    """Memory of targets written as rows of one 1 among zeros, in single precision."""
    return FLOAT_BYTES * vocab_size * predictions


def sparse_bytes(predictions: int) -> int:
    """Memory of the same targets written as indices."""
    return INDEX_BYTES * predictions


def units_for(parameters: int, model: ModelConfig, vocab_size: int) -> int:
    """The largest number of units whose network has at most `parameters`; at least 1.

    Of a transformer, the largest that its heads can share out; at least one each.
    """
    step = model.heads or 1
    low, high = 1, 4096 // step
    while low < high:
        middle = (low + high + 1) // 2
        if replace(model, units=middle * step).parameter_count(vocab_size) <= parameters:
            low = middle
        else:
            high = middle - 1
    return low * step

"""One step spelled out: every number between reading a character and predicting the next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from moliere_core.inspection.trace import LayerTrace, Trace
from moliere_core.models.references import RecurrentModel
from moliere_core.networks.arrays import Array
from moliere_core.networks.recurrent import RecurrentNetwork

Squash = Literal["sigmoid", "tanh"]
LSTM_GATES = ("input", "forget", "candidate", "output")  # Keras' order of the columns
GRU_GATES = ("update", "reset", "candidate")
RNN_GATES = ("hidden",)  # no gate: what is squashed is the next state


@dataclass(frozen=True)
class Gate:
    """One gate, or the candidate, of one unit: squash(from_input + from_state + bias).

    Attributes:
        name: of `LSTM_GATES`, `GRU_GATES` or `RNN_GATES`.
        from_input: the layer's input times the unit's column of the kernel.
        from_state: the previous hidden state times its column of the recurrent kernel; for a
            GRU's candidate the second bias is included, and the reset gate multiplies both.
        bias: its bias (a GRU's gates add both of theirs).
        total: what is squashed.
        squash: the function.
        value: the result.
    """

    name: str
    from_input: float
    from_state: float
    bias: float
    total: float
    squash: Squash
    value: float


@dataclass(frozen=True)
class Step:
    """One unit during one step, and the prediction that follows.

    Attributes:
        position: of the character read, in the context.
        symbol: its index in the alphabet.
        char: itself.
        vector: its embedding, shape (embedding,).
        layer: number of the layer, from 0.
        unit: number of the unit, from 0.
        gates: in Keras' order.
        memory_before: the unit's cell before the step; a GRU's hidden state.
        memory: the same after it.
        hidden: the unit's hidden state after it.
        logits: scores of the next symbol, shape (vocab_size,).
        probs: their softmax without the unknown symbol, shape (vocab_size,).
        contribution: what this unit adds to each score, shape (vocab_size,); zeros unless the
            layer is the last.
    """

    position: int
    symbol: int
    char: str
    vector: Array
    layer: int
    unit: int
    gates: tuple[Gate, ...]
    memory_before: float
    memory: float
    hidden: float
    logits: Array
    probs: Array
    contribution: Array


def spell_out(model: RecurrentModel, seen: Trace, position: int, layer: int, unit: int) -> Step:
    """The numbers of the step that reads the symbol at `position`.

    Args:
        model: what was traced.
        seen: from `trace.read`.
        position: in the context, from 0.
        layer: of the unit.
        unit: within the layer.
    """
    network, states = model.network, seen.layers[layer]
    memory = states.memory[:, unit]
    name = "cell" if "cell" in states.series else "hidden"
    symbol = int(seen.ids[position])
    hidden = states.series["hidden"][position, unit]
    last = layer == len(network.layers) - 1
    weights = network.dense[unit] if last else np.zeros_like(network.dense[0])
    return Step(
        position=position,
        symbol=symbol,
        char=model.vocabulary.decode([symbol]),
        vector=network.embedding[symbol],
        layer=layer,
        unit=unit,
        gates=_gates(network, states, position, layer, unit),
        memory_before=float(states.previous(name)[position, unit]),
        memory=float(memory[position]),
        hidden=float(hidden),
        logits=seen.logits[position],
        probs=np.exp(seen.log_probs[position]),
        contribution=hidden * weights,
    )


def _gates(
    network: RecurrentNetwork, states: LayerTrace, position: int, layer: int, unit: int
) -> tuple[Gate, ...]:
    weights = network.layers[layer]
    gated = GRU_GATES if weights.is_gru else RNN_GATES
    names = LSTM_GATES if weights.is_lstm else gated
    inputs, before = states.inputs[position], states.previous("hidden")[position]
    gates: list[Gate] = []
    for number, name in enumerate(names):
        column = number * weights.units + unit
        from_input = float(inputs @ weights.kernel[:, column])
        from_state = float(before @ weights.recurrent[:, column])
        if not weights.is_gru:
            bias = float(weights.bias[column])
            total = from_input + from_state + bias
        elif name == "candidate":
            bias = float(weights.bias[0, column])
            from_state += float(weights.bias[1, column])
            total = from_input + bias + gates[1].value * from_state
        else:
            bias = float(weights.bias[:, column].sum())
            total = from_input + from_state + bias
        value = float(states.series[name][position, unit])
        squash: Squash = "tanh" if name in ("candidate", "hidden") else "sigmoid"
        gates.append(Gate(name, from_input, from_state, bias, total, squash, value))
    return tuple(gates)

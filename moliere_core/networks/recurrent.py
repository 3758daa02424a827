"""An RNN, LSTM or GRU stack in NumPy, one step at a time, with nothing hidden.

The forward pass of Elman's network (1990), of Hochreiter and Schmidhuber (1997) with forget gates
(Gers et al. 2000), and of Cho et al. (2014) in Keras' `reset_after` form. Weights are those Keras
trains, under the names `embedding`, `lstm_0.kernel`, `lstm_0.recurrent_kernel`, `lstm_0.bias`, ...,
`dense.kernel`, `dense.bias`; a GRU's layers are `gru_0`, ..., an RNN's `rnn_0`, ... Gates are
stored side by side in Keras' order: input, forget, candidate, output for an LSTM; update, reset,
candidate for a GRU; an RNN has none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file
from threadpoolctl import threadpool_limits

from moliere_core.config import RECURRENT_CELLS, Cell, ModelConfig
from moliere_core.errors import N_, ModelError
from moliere_core.networks.architecture import GATES
from moliere_core.networks.arrays import Array, product
from moliere_core.text.vocabulary import Ids

LayerState = tuple[Array, ...]  # (h, c) for an LSTM, (h,) otherwise; each (streams, units)
State = tuple[LayerState, ...]  # one a layer

HALF = np.float32(0.5)

# Products this small gain nothing from a second thread, and a thread that waits for a processor
# busy elsewhere (a training beside the server) delays each of them a thousandfold.
threadpool_limits(1, user_api="blas")


def sigmoid(x: Array) -> Array:
    """1 / (1 + exp(-x)), through tanh: it never overflows, and NumPy's tanh is vectorised."""
    y = x * HALF
    np.tanh(y, out=y)  # in place, here and below: at these sizes a new array costs as much as tanh
    y *= HALF
    y += HALF
    return y


def lstm_cell(z: Array, c: Array) -> tuple[Array, Array]:
    """One LSTM step from the summed gate inputs.

    Args:
        z: inputs of the gates i, f, g, o side by side, shape (streams, 4 * units).
        c: previous cell state, shape (streams, units).

    Returns:
        The hidden state h = o * tanh(c') and the cell state c' = f * c + i * g.
    """
    units = c.shape[-1]
    gates = sigmoid(z)  # the candidate's quarter is replaced below: one call is faster than three
    i, f, o = gates[:, :units], gates[:, units : 2 * units], gates[:, 3 * units :]
    g = np.tanh(z[:, 2 * units : 3 * units])
    c = f * c
    c += np.multiply(i, g, out=g)
    h = np.tanh(c)
    h *= o
    return h, c


def gru_cell(x: Array, r: Array, h: Array) -> Array:
    """One GRU step from the gate inputs of the character (x) and of the state (r).

    Args:
        x: shape (streams, 3 * units), gates z, r, candidate; the input bias is included.
        r: the same for the previous hidden state; the recurrent bias is included.
        h: previous hidden state, shape (streams, units).

    Returns:
        h' = z * h + (1 - z) * tanh(x_candidate + reset * r_candidate).
    """
    units = h.shape[-1]
    gates = sigmoid(x[:, : 2 * units] + r[:, : 2 * units])
    z, reset = gates[:, :units], gates[:, units:]
    candidate = np.tanh(x[:, 2 * units :] + reset * r[:, 2 * units :])
    return candidate + z * (h - candidate)


@dataclass(frozen=True)
class Layer:
    """The weights of one recurrent layer, in Keras' layouts."""

    kernel: Array  # (inputs, gates * units)
    recurrent: Array  # (units, gates * units)
    bias: Array  # RNN and LSTM (gates * units,); GRU (2, 3 * units): input row, recurrent row

    @property
    def units(self) -> int:
        """Width of the hidden state."""
        return int(self.recurrent.shape[0])

    @property
    def is_lstm(self) -> bool:
        """Four blocks side by side: gates and candidate."""
        return self.kernel.shape[1] == 4 * self.units

    @property
    def is_gru(self) -> bool:
        """Three blocks, and a bias for what comes from below beside that of the state."""
        return self.bias.ndim == 2

    def project(self, inputs: Array) -> Array:
        """Input part of the gates, shape (..., inputs) to (..., gates * units)."""
        rows = product(inputs.reshape(-1, inputs.shape[-1]), self.kernel)
        rows += self.bias[0] if self.is_gru else self.bias
        return rows.reshape(*inputs.shape[:-1], -1)

    def step(self, projected: Array, state: LayerState) -> LayerState:
        """The next state from the projected input, shape (streams, gates * units)."""
        recurrent = product(state[0], self.recurrent)  # (streams, gates * units)
        if self.is_gru:
            recurrent += self.bias[1]
            return (gru_cell(projected, recurrent, state[0]),)
        recurrent += projected
        if self.is_lstm:
            return lstm_cell(recurrent, state[1])
        return (np.tanh(recurrent),)

    def run(self, projected: Array, state: LayerState) -> tuple[Array, LayerState]:
        """Step through time: hidden states, shape (streams, time, units), and the last state."""
        hidden = np.empty((*projected.shape[:2], self.units), np.float32)
        for t in range(projected.shape[1]):
            state = self.step(projected[:, t], state)
            hidden[:, t] = state[0]
        return hidden, state

    def zero_state(self, streams: int) -> LayerState:
        """Zeros, two arrays for an LSTM and one for the others."""
        zeros = np.zeros((streams, self.units), np.float32)
        return (zeros, zeros) if self.is_lstm else (zeros,)


class RecurrentNetwork:
    """Embedding, recurrent layers, dense: logits of the next symbol.

    Raises:
        ModelError: a tensor is missing, or shapes do not follow from one another.
    """

    def __init__(self, weights: Mapping[str, NDArray[Any]]) -> None:
        weights = {name: np.ascontiguousarray(w, np.float32) for name, w in weights.items()}
        try:
            self.embedding: Array = weights["embedding"]
            self.dense: Array = weights["dense.kernel"]
            self.dense_bias: Array = weights["dense.bias"]
            self.cell: Cell = next(c for c in RECURRENT_CELLS if f"{c}_0.kernel" in weights)
            count = sum(f"{self.cell}_{i}.kernel" in weights for i in range(len(weights)))
            self.layers = tuple(
                Layer(*(weights[f"{self.cell}_{i}.{n}"] for n in _LAYER_TENSORS))
                for i in range(count)
            )
        except (KeyError, StopIteration) as error:
            raise ModelError(
                "these weights lack {name}: "
                "only models trained by this application, or imported into it, can be opened",
                name=str(error) or N_("a recurrent layer"),
            ) from error
        self._check_shapes()
        if not all(np.isfinite(w).all() for w in weights.values()):
            raise ModelError(
                "these weights hold values that are not numbers: train the model again"
            )
        self.parameters = sum(int(w.size) for w in weights.values())
        # Looking the first projection up replaces a product by a row of this table.
        self._table: Array = self.layers[0].project(self.embedding)  # (vocab, gates * units)

    @classmethod
    def load(cls, path: Path) -> RecurrentNetwork:
        """Read a safetensors file in half or single precision."""
        try:
            return cls(load_file(path))
        except (OSError, SafetensorError) as error:
            raise ModelError(
                "{path} cannot be read as safetensors weights: {error}", path=path, error=error
            ) from error

    @property
    def vocab_size(self) -> int:
        """Number of symbols, the unknown one included."""
        return int(self.embedding.shape[0])

    @property
    def config(self) -> ModelConfig:
        """The architecture, as far as weights tell it (dropout leaves no trace)."""
        return ModelConfig(
            cell=self.cell,
            embedding_dim=int(self.embedding.shape[1]),
            units=self.layers[0].units,
            layers=len(self.layers),
            dropout=0.0,
        )

    def zero_state(self, streams: int) -> State:
        """The state before anything was read."""
        return tuple(layer.zero_state(streams) for layer in self.layers)

    def stacked(self, states: Sequence[State]) -> State:
        """The states of some streams, one after the other."""
        layers = zip(*states, strict=True)
        return tuple(tuple(map(np.concatenate, zip(*layer, strict=True))) for layer in layers)

    def step(self, ids: Ids, state: State) -> tuple[Array, State]:
        """Read one symbol in each stream.

        Args:
            ids: indices, shape (streams,).
            state: the state before.

        Returns:
            logits of the next symbol, shape (streams, vocab_size), and the state after.
        """
        first = self.layers[0].step(self._table[ids], state[0])
        after = [first]
        for layer, before in zip(self.layers[1:], state[1:], strict=True):
            after.append(layer.step(layer.project(after[-1][0]), before))
        logits = product(after[-1][0], self.dense)
        logits += self.dense_bias
        return logits, tuple(after)

    def run(self, ids: Ids, state: State) -> tuple[Array, State]:
        """Read several symbols in each stream; layer by layer, which is faster than by steps.

        Args:
            ids: indices, shape (streams, time).
            state: the state before.

        Returns:
            logits after each symbol, shape (streams, time, vocab_size), and the last state.
        """
        hidden, last = self.layers[0].run(self._table[ids], state[0])
        after = [last]
        for layer, before in zip(self.layers[1:], state[1:], strict=True):
            hidden, last = layer.run(layer.project(hidden), before)
            after.append(last)
        logits = hidden @ self.dense
        logits += self.dense_bias
        return logits, tuple(after)

    def _check_shapes(self) -> None:
        inputs = self.embedding.shape[-1]
        gates = GATES[self.cell]
        for number, layer in enumerate(self.layers):
            width = gates * layer.units
            bias = (2, width) if self.cell == "gru" else (width,)
            if (
                layer.kernel.shape != (inputs, width)
                or layer.recurrent.shape != (layer.units, width)
                or layer.bias.shape != bias
            ):
                raise ModelError(
                    "layer {number} of these weights has shapes that do not fit: one that has "
                    "been changed, or damaged, cannot be opened; save the model again",
                    number=number + 1,
                )
            inputs = layer.units
        if self.dense.shape != (inputs, self.vocab_size) or self.dense_bias.shape != (
            self.vocab_size,
        ):
            raise ModelError(
                "the output layer of these weights does not fit the alphabet (it is {found}, and "
                "the embedding has {symbols} symbols): train it with as many in both",
                found=" × ".join(map(str, self.dense.shape)),
                symbols=self.vocab_size,
            )


_LAYER_TENSORS = ("kernel", "recurrent_kernel", "bias")

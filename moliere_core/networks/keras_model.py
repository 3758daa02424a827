"""The network as Keras layers: embedding, recurrent layers or blocks of attention, softmax.

Written with Keras 3's own API, so that each of its backends (KERAS_BACKEND) can train it. Beside
`keras_attention`, no other module imports Keras.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moliere_core.config import ModelConfig, TrainingConfig
from moliere_core.errors import ModelError
from moliere_core.system.machine import threads


def _prepare_environment() -> None:
    """Settings that the frameworks read once, when they are imported."""
    count = str(threads())
    for name in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS"):
        os.environ.setdefault(name, count)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # progress alone goes to standard error


_prepare_environment()
import keras  # noqa: E402  (the environment has to be set first)
from keras import layers, ops, tree  # noqa: E402

from moliere_core.networks import keras_attention  # noqa: E402

Weights = dict[str, NDArray[np.float32]]


def writes_gradients_out() -> bool:
    """Whether `lstm_sequence` and `gru_sequence` are the fastest here: TensorFlow on a CPU.

    Measured 1.6 times as fast as Keras' own loop at 256 units (32 x 50). Elsewhere the backends
    have their own: cuDNN on a GPU, XLA's scan under JAX.
    """
    return keras.backend.backend() == "tensorflow" and not keras.distribution.list_devices("gpu")


@ops.custom_gradient  # type: ignore[untyped-decorator]  # Keras is untyped
def lstm_sequence(z: Any, kernel: Any, h0: Any, c0: Any) -> Any:
    """An LSTM over a window, with its back-propagation through time written out.

    Automatic differentiation adds to the gradient of the recurrent kernel at every character;
    written out, it is one matrix product for the whole window.

    Args:
        z: inputs of the gates i, f, g, o from below, bias included, (time, batch, 4 * units).
        kernel: recurrent kernel, (units, 4 * units).
        h0: hidden state before the window, (batch, units); no gradient flows into it (truncated).
        c0: cell state before the window, likewise.

    Returns:
        The hidden states (time, batch, units) and the last cell state (batch, units), through
        which no gradient flows back; and for Keras the function of the gradients.
    """
    units = kernel.shape[0]

    def forward(carry: Any, z_t: Any) -> Any:
        h, c, _ = carry
        i, f, g, o = ops.split(z_t + ops.matmul(h, kernel), 4, axis=-1)  # each (batch, units)
        i, f, g, o = ops.sigmoid(i), ops.sigmoid(f), ops.tanh(g), ops.sigmoid(o)
        c = f * c + i * g
        carry = (o * ops.tanh(c), c, ops.concatenate([i, f, g, o], axis=-1))
        return carry, carry  # the gates are carried too: TensorFlow's scan wants like for like

    (_, c, _), (hs, cs, gates) = ops.scan(forward, (h0, c0, z[0]), z)

    def backward(dhs: Any, _: Any = None, upstream: Any = None) -> Any:
        dhs = dhs if upstream is None else upstream[0]
        transposed = ops.transpose(kernel)

        def step(carry: Any, saved: Any) -> Any:
            dh, dc, _ = carry
            dh_t, gates_t, c_t, c_before = saved
            i, f, g, o = ops.split(gates_t, 4, axis=-1)
            dh, tanh_c = dh + dh_t, ops.tanh(c_t)
            dc = dc + dh * o * (1 - tanh_c * tanh_c)
            di, df = dc * g * i * (1 - i), dc * c_before * f * (1 - f)
            dg, do = dc * i * (1 - g * g), dh * tanh_c * o * (1 - o)
            dz = ops.concatenate([di, df, dg, do], axis=-1)
            carry = (ops.matmul(dz, transposed), dc * f, dz)
            return carry, carry

        zeros = (ops.zeros_like(h0), ops.zeros_like(c0), ops.zeros_like(z[0]))
        saved = (dhs, gates, cs, _shifted(c0, cs))
        _, (_, _, dz) = ops.scan(step, zeros, saved, reverse=True)
        return dz, _kernel_gradient(_shifted(h0, hs), dz, units), zeros[0], zeros[1]

    return (hs, c), backward


@ops.custom_gradient  # type: ignore[untyped-decorator]  # Keras is untyped
def rnn_sequence(z: Any, kernel: Any, h0: Any) -> Any:
    """A plain RNN over a window, h' = tanh(z + h kernel); see `lstm_sequence`.

    Args:
        z: inputs from below, bias included, (time, batch, units).
        kernel: recurrent kernel, (units, units).
        h0: hidden state before the window, (batch, units); no gradient flows into it.

    Returns:
        The hidden states (time, batch, units); and for Keras the function of the gradients.
    """
    units = kernel.shape[0]

    def forward(h: Any, z_t: Any) -> Any:
        h = ops.tanh(z_t + ops.matmul(h, kernel))
        return h, h

    _, hs = ops.scan(forward, h0, z)

    def backward(dhs: Any, upstream: Any = None) -> Any:
        dhs = dhs if upstream is None else upstream
        transposed = ops.transpose(kernel)

        def step(carry: Any, saved: Any) -> Any:
            dh, _ = carry
            dh_t, h_t = saved
            dz = (dh + dh_t) * (1 - h_t * h_t)
            carry = (ops.matmul(dz, transposed), dz)
            return carry, carry

        zeros = ops.zeros_like(h0)
        _, (_, dz) = ops.scan(step, (zeros, zeros), (dhs, hs), reverse=True)
        return dz, _kernel_gradient(_shifted(h0, hs), dz, units), zeros

    return hs, backward


@ops.custom_gradient  # type: ignore[untyped-decorator]  # Keras is untyped
def gru_sequence(x: Any, kernel: Any, bias: Any, h0: Any) -> Any:
    """A GRU over a window, see `lstm_sequence`; in Keras' `reset_after` form.

    Args:
        x: inputs of the gates z, r and the candidate from below, input bias included,
            (time, batch, 3 * units).
        kernel: recurrent kernel, (units, 3 * units).
        bias: recurrent bias, (3 * units,).
        h0: hidden state before the window, (batch, units); no gradient flows into it.

    Returns:
        The hidden states (time, batch, units); and for Keras the function of the gradients.
    """
    units = kernel.shape[0]

    def forward(carry: Any, x_t: Any) -> Any:
        h, _ = carry
        xz, xr, xg = ops.split(x_t, 3, axis=-1)
        hz, hr, hg = ops.split(ops.matmul(h, kernel) + bias, 3, axis=-1)
        z, r = ops.sigmoid(xz + hz), ops.sigmoid(xr + hr)
        g = ops.tanh(xg + r * hg)
        carry = (z * h + (1 - z) * g, ops.concatenate([z, r, g, hg], axis=-1))
        return carry, carry

    gates_0 = ops.concatenate([x[0], h0], axis=-1)  # only the shape counts
    _, (hs, gates) = ops.scan(forward, (h0, gates_0), x)

    def backward(dhs: Any, upstream: Any = None) -> Any:
        dhs = dhs if upstream is None else upstream
        transposed = ops.transpose(kernel)

        def step(carry: Any, saved: Any) -> Any:
            dh, _, _ = carry
            dh_t, gates_t, h_before = saved
            z, r, g, hg = ops.split(gates_t, 4, axis=-1)
            dh = dh + dh_t
            dz, dg = dh * (h_before - g) * z * (1 - z), dh * (1 - z) * (1 - g * g)
            dr = dg * hg * r * (1 - r)
            from_below = ops.concatenate([dz, dr, dg], axis=-1)
            from_state = ops.concatenate([dz, dr, dg * r], axis=-1)
            carry = (dh * z + ops.matmul(from_state, transposed), from_below, from_state)
            return carry, carry

        zeros = (ops.zeros_like(h0), ops.zeros_like(x[0]), ops.zeros_like(x[0]))
        saved = (dhs, gates, _shifted(h0, hs))
        _, (_, dx, ds) = ops.scan(step, zeros, saved, reverse=True)
        dkernel = _kernel_gradient(_shifted(h0, hs), ds, units)
        return dx, dkernel, ops.sum(ds, axis=(0, 1)), zeros[0]

    return hs, backward


def _shifted(first: Any, states: Any) -> Any:
    """The state before each character: `first`, then all states but the last."""
    return ops.concatenate([first[None], states[:-1]], axis=0)


def _kernel_gradient(before: Any, dz: Any, units: int) -> Any:
    """Sum over time and batch of outer products, as one product: (units, gates * units)."""
    width = dz.shape[-1]
    return ops.matmul(ops.transpose(ops.reshape(before, (-1, units))), ops.reshape(dz, (-1, width)))


class DropConnect:
    """Mixin for a recurrent layer: a fast loop, and recurrent weights zeroed while training.

    Weight-dropped networks of Merity, Keskar and Socher (arXiv 1708.02182 and 1803.08240), one
    draw a window. It acts in training only: what is learned stays a plain LSTM or GRU.
    """

    cell: Any

    def __init__(self, *args: Any, drop_connect: float = 0.0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.drop_connect = drop_connect
        self.drop_seed = keras.random.SeedGenerator(kwargs.get("seed"))

    def inner_loop(
        self, sequences: Any, initial_state: Any, mask: Any, training: bool = False
    ) -> Any:
        """The loop over time: last output, all outputs (batch, time, units), last state."""
        # A tensor: `custom_gradient` takes no variable.
        kernel = ops.copy(self.cell.recurrent_kernel)
        if training and self.drop_connect:
            kernel = keras.random.dropout(kernel, self.drop_connect, seed=self.drop_seed)
        if not writes_gradients_out():
            return self._keras_loop(kernel, sequences, initial_state, mask, training)
        inputs = ops.matmul(ops.transpose(sequences, (1, 0, 2)), self.cell.kernel)
        hs, state = self._sequence(inputs, kernel, initial_state)
        return hs[-1], ops.transpose(hs, (1, 0, 2)), state

    def _sequence(self, inputs: Any, kernel: Any, state: Any) -> Any:
        raise NotImplementedError

    def _keras_loop(self, kernel: Any, sequences: Any, state: Any, mask: Any, train: bool) -> Any:
        """Keras' own loop, with `kernel` in the place of the recurrent kernel."""
        variable = self.cell.recurrent_kernel
        # Past Keras' tracking of attributes: the variable stays the cell's only weight.
        object.__setattr__(self.cell, "recurrent_kernel", kernel)
        try:
            inner = super().inner_loop  # type: ignore[misc]  # of the layer this is mixed into
            # A copy: torch cannot go back through a state that is overwritten by the next.
            return inner(sequences, tree.map_structure(ops.copy, state), mask, training=train)
        finally:
            object.__setattr__(self.cell, "recurrent_kernel", variable)


# Named as Keras' own, whose weights and whose sense they have: a summary reads as the course's.


class SimpleRNN(DropConnect, layers.SimpleRNN):  # type: ignore[misc]  # Keras is untyped
    """A plain recurrent layer with `DropConnect`."""

    def _sequence(self, inputs: Any, kernel: Any, state: Any) -> Any:
        hs = rnn_sequence(inputs + self.cell.bias, kernel, *state)
        return hs, [hs[-1]]


class LSTM(DropConnect, layers.LSTM):  # type: ignore[misc]  # Keras is untyped
    """An LSTM layer with `DropConnect`."""

    def _sequence(self, inputs: Any, kernel: Any, state: Any) -> Any:
        hs, c = lstm_sequence(inputs + self.cell.bias, kernel, *state)
        return hs, [hs[-1], c]


class GRU(DropConnect, layers.GRU):  # type: ignore[misc]  # Keras is untyped
    """A GRU layer with `DropConnect`."""

    def _sequence(self, inputs: Any, kernel: Any, state: Any) -> Any:
        below, recurrent = ops.unstack(self.cell.bias, 2)
        hs = gru_sequence(inputs + below, kernel, recurrent, *state)
        return hs, [hs[-1]]


RECURRENT: dict[str, Any] = {"rnn": SimpleRNN, "lstm": LSTM, "gru": GRU}


def build(
    config: ModelConfig,
    vocab_size: int,
    batch_size: int | None = None,
    seq_length: int | None = None,
    stateful: bool = False,
    last_only: bool = False,
    seed: int = 0,
) -> Any:
    """The network, from characters to logits.

    Args:
        config: its sizes and dropouts.
        vocab_size: number of symbols, the unknown one included.
        batch_size: rows a batch; a stateful network needs it, others take any.
        seq_length: characters a row, or None for any; those of a transformer are its context.
        stateful: whether each row goes on from the state its predecessor left.
        last_only: predict the last position alone, as the course's notebook meant to.
        seed: of the initial weights and of the dropout masks.

    Returns:
        A `keras.Model` from int32 ids (batch, time) to logits (batch, time, vocab_size), or
        (batch, vocab_size) with `last_only`.
    """
    seeds = _seeds(seed)
    if config.is_transformer:
        return keras_attention.build(config, vocab_size, seeds, last_only)
    inputs = keras.Input((seq_length,), batch_size if stateful else None, "int32", name="ids")
    uniform = keras.initializers.RandomUniform(seed=next(seeds))
    x = layers.Embedding(vocab_size, config.embedding_dim, uniform, name="embedding")(inputs)
    for i in range(config.layers):
        sequences = not last_only or i < config.layers - 1
        x = RECURRENT[config.cell](
            config.units,
            kernel_initializer=keras.initializers.GlorotUniform(next(seeds)),
            recurrent_initializer=keras.initializers.Orthogonal(seed=next(seeds)),
            return_sequences=sequences,
            stateful=stateful,
            drop_connect=config.recurrent_dropout,
            seed=next(seeds),
            name=f"{config.cell}_{i}",
        )(x)  # (batch, time, units)
        if config.dropout:
            # One mask for the whole window (variational, Gal and Ghahramani 2016).
            dropout = layers.SpatialDropout1D if sequences else layers.Dropout
            x = dropout(config.dropout, seed=next(seeds), name=f"dropout_{i}")(x)
    glorot = keras.initializers.GlorotUniform(next(seeds))
    logits = layers.Dense(vocab_size, kernel_initializer=glorot, name="dense")(x)
    return keras.Model(inputs, logits, name="moliere")


def course_model(
    config: ModelConfig, symbols: int, weights: Mapping[str, NDArray[np.float32]]
) -> Any:
    """The notebook's own network, of Keras' own layers, from characters to probabilities.

    Args:
        config: its sizes and its dropout.
        symbols: of its alphabet.
        weights: see `set_weights_by_name`.

    Returns:
        A `keras.Model` from integers (batch, time) to the probabilities (batch, symbols) of
        the character that follows.
    """
    if config.is_transformer:
        return keras_attention.plain_model(config, symbols, weights)
    kind = {"rnn": layers.SimpleRNN, "lstm": layers.LSTM, "gru": layers.GRU}[config.cell]
    model = keras.Sequential(name="moliere")
    model.add(keras.Input((None,), dtype="int32", name="ids"))
    model.add(layers.Embedding(symbols, config.embedding_dim, name="embedding"))
    for i in range(config.layers):
        above = i < config.layers - 1
        model.add(kind(config.units, return_sequences=above, name=f"{config.cell}_{i}"))
        if config.dropout:
            model.add(layers.Dropout(config.dropout, name=f"dropout_{i}"))
    model.add(layers.Dense(symbols, activation="softmax", name="dense"))
    set_weights_by_name(model, weights)
    return model


def _seeds(seed: int) -> Iterator[int]:
    """Independent 31-bit seeds derived from one (every backend takes that many bits)."""
    for child in np.random.SeedSequence(seed).spawn(128):
        yield int(child.generate_state(1)[0] >> 1)


def _named_variables(model: Any) -> dict[str, Any]:
    """The trained variables under the names of the weight files."""
    if any(isinstance(layer, keras_attention.Block) for layer in model.layers):
        return keras_attention.named_variables(model)
    named = {"embedding": model.get_layer("embedding").embeddings}
    for layer in model.layers:
        if isinstance(layer, layers.RNN):
            named[f"{layer.name}.kernel"] = layer.cell.kernel
            named[f"{layer.name}.recurrent_kernel"] = layer.cell.recurrent_kernel
            named[f"{layer.name}.bias"] = layer.cell.bias
    dense = model.get_layer("dense")
    return {**named, "dense.kernel": dense.kernel, "dense.bias": dense.bias}


def weights_by_name(model: Any) -> Weights:
    """Copies of the weights under the names that the engines in NumPy read."""
    named = _named_variables(model)
    return {name: _array(variable) for name, variable in named.items()}


def averaged_weights_by_name(model: Any) -> Weights:
    """The running averages of the weights where the optimiser keeps them, else the weights."""
    optimizer = model.optimizer
    if not isinstance(optimizer, AveragingAdam) or not optimizer.decay:
        return weights_by_name(model)
    averages = {
        id(variable): average
        for variable, average in zip(model.trainable_variables, optimizer.averages, strict=True)
    }
    named = _named_variables(model)
    return {name: _array(averages[id(variable)]) for name, variable in named.items()}


def set_weights_by_name(model: Any, weights: Mapping[str, NDArray[Any]]) -> None:
    """Give the model these weights: ModelError if a name or a shape does not fit."""
    named = _named_variables(model)
    expected = {name: tuple(variable.shape) for name, variable in named.items()}
    found = {name: array.shape for name, array in weights.items()}
    if expected != found:
        wrong = sorted({name for name, _ in expected.items() ^ found.items()})
        raise ModelError(
            "these weights do not fit the model ({names}): "
            "give it the cell, the layers and the sizes they were trained with",
            names=", ".join(wrong),
        )
    for name, variable in named.items():
        variable.assign(weights[name].astype(np.float32))


def _array(variable: Any) -> NDArray[Any]:
    return np.array(ops.convert_to_numpy(variable))


class AveragingAdam(keras.optimizers.Adam):  # type: ignore[misc]  # Keras is untyped
    """Adam that can also keep an exponential moving average of the weights it trains.

    Keras' own `use_ema` has a constant decay, so that the first hundreds of averages are those of
    the untrained network; here the decay at update t is min(decay, (1 + t) / (10 + t)), as in
    TensorFlow's ExponentialMovingAverage.
    """

    def __init__(self, learning_rate: Any, clip_norm: float, decay: float) -> None:
        super().__init__(learning_rate, global_clipnorm=clip_norm)
        self.decay = decay
        self.averages: list[Any] = []

    def build(self, var_list: list[Any]) -> None:
        """Create Adam's moments, and the averages, which begin as the weights."""
        if self.built:
            return
        super().build(var_list)
        if self.decay:
            self.averages = self.add_optimizer_variables(var_list, "average")
            for variable, average in zip(var_list, self.averages, strict=True):
                average.assign(variable)

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Adam's update of one variable, then that of its average."""
        super().update_step(gradient, variable, learning_rate)
        if self.decay:
            average = self.averages[self._get_variable_index(variable)]
            done = ops.cast(self.iterations, variable.dtype)
            decay = ops.minimum(self.decay, (1 + done) / (10 + done))
            self.assign_add(average, (variable - average) * (1 - decay))


QUICK_SCALE = 20  # Keras' embeddings lie within 0.05 of zero; these within 1


def quick_start(model: Any, counts: NDArray[np.integer[Any]]) -> None:
    """Spare the first hundreds of updates, which learn what counting tells.

    The output's biases become the logarithms of the characters' frequencies: found by gradient,
    they are first told by the recurrent layer, which has better to do. And the embeddings are made
    larger: within 0.05 of zero all characters look alike to it.

    Args:
        model: compiled, not yet trained.
        counts: of each symbol in the training text, shape (vocab_size,).
    """
    table = model.get_layer("embedding").embeddings
    table.assign(table * QUICK_SCALE)
    frequencies = (counts + 0.5) / (counts + 0.5).sum()  # none is zero
    model.get_layer("dense").bias.assign(np.log(frequencies).astype(np.float32))
    for variable, average in zip(model.trainable_variables, model.optimizer.averages, strict=False):
        average.assign(variable)


FINAL_RATE = 0.01  # of the cosine's learning rate, as a share of the first


def compile_model(model: Any, config: TrainingConfig, updates: int) -> None:
    """Give the model its loss and optimiser, for a training of `updates` updates in all.

    The loss is the mean cross-entropy in nats per character. The gradient's global norm is
    clipped to `config.clip_norm`.
    """
    rate: Any = config.learning_rate
    warm = min(config.warm_up, updates)
    if config.schedule == "cosine" or warm:
        rate = keras.optimizers.schedules.CosineDecay(
            0.0 if warm else rate,
            max(updates - warm, 1),
            FINAL_RATE if config.schedule == "cosine" else 1.0,
            warmup_target=rate if warm else None,
            warmup_steps=warm,
        )
    optimizer = AveragingAdam(rate, config.clip_norm, config.weight_averaging)
    optimizer.build(model.trainable_variables)
    model.compile(
        optimizer,
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        # XLA is four times slower than TensorFlow's own kernels on a CPU (docs: training).
        jit_compile=False if keras.backend.backend() == "tensorflow" else "auto",
    )


def reset_states(model: Any, streams: NDArray[np.bool_] | None = None) -> None:
    """Set the carried state of every recurrent layer to zero; of these streams alone, if given.

    Args:
        model: a stateful model.
        streams: which of its rows to reset, shape (batch,); None resets all.
    """
    for layer in model.layers:
        if not isinstance(layer, layers.RNN):
            continue
        if streams is None:
            layer.reset_state()
            continue
        kept = np.where(streams, 0, 1).astype(np.float32)[:, None]
        for state in tree.flatten(layer.states):
            state.assign(state * kept)


def training_state(model: Any) -> dict[str, NDArray[Any]]:
    """All that training goes on from: weights, random generators, optimiser.

    The carried state is not in it (Keras does not count it among the variables): an epoch begins
    with `reset_states`.
    """
    return {name: _array(variable) for name, variable in _all_variables(model).items()}


def restore_training_state(model: Any, state: Mapping[str, NDArray[Any]]) -> None:
    """The inverse of `training_state`, on a model built and compiled in the same way."""
    variables = _all_variables(model)
    shapes = {name: tuple(variable.shape) for name, variable in variables.items()}
    if shapes != {name: array.shape for name, array in state.items()}:
        raise ModelError("the stored training does not fit this model: delete the run and restart")
    for name, variable in variables.items():
        variable.assign(state[name])


def _all_variables(model: Any) -> dict[str, Any]:
    # Numbered: names differ from one process to the next, the order does not.
    named = {f"model.{i}": variable for i, variable in enumerate(model.variables)}
    return named | {f"optimizer.{i}": v for i, v in enumerate(model.optimizer.variables)}


def summary(model: Any) -> str:
    """Keras' table of the layers, their output shapes and their parameters, as text."""
    lines: list[str] = []
    model.summary(print_fn=lambda text, **_: lines.append(text), line_length=76)
    return "\n".join(lines)

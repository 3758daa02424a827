"""The transformer's blocks as Keras layers, of Keras 3's own operations: any backend trains them.

GPT-2's (Radford et al. 2019), as `networks.transformer` runs them: what is learned here is read
there, and by Hugging Face's `GPT2LMHeadModel`. Dropout is where GPT-2 has it, on the embedding and
on what each part adds; on the shares of attention there is none, as it costs the most there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from moliere_core.config import ModelConfig

EPSILON = 1e-5  # in a layer norm
SPREAD = 0.02  # standard deviation of the first weights, as GPT-2's
PIECE = 64  # characters whose attention is computed at once: what they cannot see is left out
GELU_SLOPE, GELU_CUBE = math.sqrt(2 / math.pi), 0.044715
MASKED = -1e9  # a score that leaves no share after the softmax


@ops.custom_gradient  # type: ignore[untyped-decorator]  # Keras is untyped
def norm(x: Any, weight: Any, bias: Any) -> Any:
    """A layer norm (Ba et al. 2016), its gradient written out: a tenth less time for a training.

    Args:
        x: shape (batch, time, width).
        weight: a factor for each number of the centred and scaled vectors, (width,).
        bias: a term for each, (width,).

    Returns:
        The same shape as x; and for Keras the function of the gradients.
    """
    centred = x - ops.mean(x, axis=-1, keepdims=True)
    scale = ops.rsqrt(ops.mean(centred * centred, axis=-1, keepdims=True) + EPSILON)
    normed = centred * scale

    def backward(dy: Any, upstream: Any = None) -> Any:
        dy = dy if upstream is None else upstream
        d = dy * weight
        along = ops.mean(d * normed, axis=-1, keepdims=True)
        dx = scale * (d - ops.mean(d, axis=-1, keepdims=True) - normed * along)
        return dx, ops.sum(dy * normed, axis=(0, 1)), ops.sum(dy, axis=(0, 1))

    return normed * weight + bias, backward


@ops.custom_gradient  # type: ignore[untyped-decorator]  # Keras is untyped
def gelu(x: Any) -> Any:
    """GPT-2's activation, `networks.transformer.gelu_tanh`, and its gradient.

    (1 + tanh(u)) / 2 is the logistic function of 2 u.
    """
    share = ops.sigmoid(2 * GELU_SLOPE * (x + GELU_CUBE * x * x * x))
    y = x * share

    def backward(dy: Any, upstream: Any = None) -> Any:
        dy = dy if upstream is None else upstream
        steepness = 2 * GELU_SLOPE * (1 + 3 * GELU_CUBE * x * x)
        return dy * (share + y * (1 - share) * steepness)

    return y, backward


def writes_gradients_out() -> bool:
    """Whether `norm` and `gelu` are used: TensorFlow fuses neither; other backends do, by XLA."""
    return keras.backend.backend() == "tensorflow"


class Norm(layers.Layer):  # type: ignore[misc]  # Keras is untyped
    """See `norm`."""

    def build(self, shape: Any) -> None:
        """A factor and a term for each number."""
        size = (shape[-1],)
        self.weight = self.add_weight(name="weight", shape=size, initializer="ones")
        self.bias = self.add_weight(name="bias", shape=size, initializer="zeros")

    def call(self, x: Any) -> Any:
        """The same shape out."""
        if writes_gradients_out():
            return norm(x, ops.copy(self.weight), ops.copy(self.bias))  # it takes no variable
        return ops.layer_normalization(x, self.weight, self.bias, axis=-1, epsilon=EPSILON)


class Positions(layers.Layer):  # type: ignore[misc]  # Keras is untyped
    """Adds to each character's vector that of its place in the window.

    Args:
        context: places.
    """

    def __init__(self, context: int, initializer: Any, **settings: Any) -> None:
        super().__init__(**settings)
        self.context, self.initializer = context, initializer

    def build(self, shape: Any) -> None:
        """One vector a place, (context, width)."""
        size = (self.context, shape[-1])
        self.table = self.add_weight(name="table", shape=size, initializer=self.initializer)

    def call(self, x: Any) -> Any:
        """Shape (batch, time, width), time up to `context`."""
        return x + self.table[: ops.shape(x)[1]]


class Scores(layers.Layer):  # type: ignore[misc]  # Keras is untyped
    """The score of each symbol: how much the last vector is like the symbol's own.

    Args:
        table: gives the embedding's vectors, (symbols, width), which are not the layer's own.
    """

    def __init__(self, table: Callable[[], Any], **settings: Any) -> None:
        super().__init__(**settings)
        self.table = table

    def call(self, x: Any) -> Any:
        """Shape (..., width) to (..., symbols)."""
        return ops.matmul(x, ops.transpose(self.table()))


class Block(layers.Layer):  # type: ignore[misc]  # Keras is untyped
    """What characters take from those before them, then a network on each alone.

    Args:
        heads: the width is divided among them.
        dropout: of what each of the two parts adds.
        depth: blocks of the network; weights that write into the stream begin smaller.
        seeds: of the first weights and of the dropouts.
    """

    def __init__(
        self, heads: int, dropout: float, depth: int, seeds: Iterator[int], **settings: Any
    ) -> None:
        super().__init__(**settings)
        self.heads, self.depth = heads, depth
        self.ln_1, self.ln_2 = Norm(), Norm()
        self.drop_1 = layers.Dropout(dropout, seed=next(seeds))
        self.drop_2 = layers.Dropout(dropout, seed=next(seeds))
        self.drawn = [next(seeds) for _ in range(4)]

    def build(self, shape: Any) -> None:
        """The four matrices, with their biases."""
        width, into_stream = shape[-1], SPREAD / math.sqrt(2 * self.depth)
        self.query_key_value = self._linear("query_key_value", width, 3 * width, SPREAD)
        self.projection = self._linear("projection", width, width, into_stream)
        self.widen = self._linear("widen", width, 4 * width, SPREAD)
        self.narrow = self._linear("narrow", 4 * width, width, into_stream)
        self.ln_1.build(shape)
        self.ln_2.build(shape)

    def _linear(self, name: str, inputs: int, outputs: int, spread: float) -> tuple[Any, Any]:
        normal = keras.initializers.RandomNormal(stddev=spread, seed=self.drawn.pop())
        kernel = self.add_weight(name=f"{name}_kernel", shape=(inputs, outputs), initializer=normal)
        bias = self.add_weight(name=f"{name}_bias", shape=(outputs,), initializer="zeros")
        return kernel, bias

    def call(self, x: Any, training: bool = False) -> Any:
        """Shape (batch, time, width), the same out."""
        x = x + self.drop_1(self.attend(self.ln_1(x)), training=training)
        wide = _times(self.ln_2(x), self.widen)
        wide = gelu(wide) if writes_gradients_out() else ops.gelu(wide, approximate=True)
        return x + self.drop_2(_times(wide, self.narrow), training=training)

    def attend(self, x: Any) -> Any:
        """What each character takes from those before it and from itself; same shape."""
        _, time, width = ops.shape(x)
        size = width // self.heads
        split = ops.reshape(_times(x, self.query_key_value), (-1, time, 3, self.heads, size))
        queries, keys, values = ops.unstack(ops.transpose(split, (2, 0, 3, 1, 4)), 3, axis=0)
        queries, keys = queries * size**-0.5, ops.transpose(keys, (0, 1, 3, 2))
        mixed = []
        for begin in range(0, time, PIECE):
            end = min(begin + PIECE, time)
            scores = ops.matmul(queries[:, :, begin:end], keys[..., :end])
            shares = ops.softmax(scores + _ahead(begin, end))
            mixed.append(ops.matmul(shares, values[:, :, :end]))  # (batch, heads, piece, size)
        together = ops.transpose(ops.concatenate(mixed, axis=2), (0, 2, 1, 3))
        return _times(ops.reshape(together, (-1, time, width)), self.projection)


def _ahead(begin: int, end: int) -> Any:
    """Added to the scores of these characters: `MASKED` for those that come after them."""
    ahead = np.arange(end) > np.arange(begin, end)[:, None]
    return ops.convert_to_tensor(np.where(ahead, MASKED, 0).astype(np.float32))


def _times(x: Any, linear: tuple[Any, Any]) -> Any:
    """A matrix and a bias on the last axis; as one product, which TensorFlow does faster."""
    kernel, bias = linear
    rows = ops.matmul(ops.reshape(x, (-1, kernel.shape[0])), kernel) + bias
    return ops.reshape(rows, (-1, x.shape[1], kernel.shape[1]))


def build(
    config: ModelConfig, vocab_size: int, seeds: Iterator[int], last_only: bool = False
) -> Any:
    """The network, from characters to logits; see `keras_model.build`."""
    normal = keras.initializers.RandomNormal
    inputs = keras.Input((config.context,), dtype="int32", name="ids")
    spread = normal(stddev=SPREAD, seed=next(seeds))
    embedding = layers.Embedding(vocab_size, config.units, spread, name="embedding")
    places = normal(stddev=SPREAD / 2, seed=next(seeds))
    x = Positions(config.context, places, name="positions")(embedding(inputs))
    if config.dropout:
        x = layers.Dropout(config.dropout, seed=next(seeds), name="dropout")(x)
    for number in range(config.layers):
        x = Block(config.heads, config.dropout, config.layers, seeds, name=f"block_{number}")(x)
    x = Norm(name="norm")(x[:, -1:] if last_only else x)
    scores = Scores(lambda: embedding.embeddings, name="scores")(x[:, 0] if last_only else x)
    return keras.Model(inputs, scores, name="moliere")


def named_variables(model: Any) -> dict[str, Any]:
    """The trained variables under Hugging Face's names, see `networks.transformer`."""
    named = {
        "wte.weight": model.get_layer("embedding").embeddings,
        "wpe.weight": model.get_layer("positions").table,
    }
    for number, block in enumerate(layer for layer in model.layers if isinstance(layer, Block)):
        parts = {
            "ln_1": (block.ln_1.weight, block.ln_1.bias),
            "attn.c_attn": block.query_key_value,
            "attn.c_proj": block.projection,
            "ln_2": (block.ln_2.weight, block.ln_2.bias),
            "mlp.c_fc": block.widen,
            "mlp.c_proj": block.narrow,
        }
        for name, (weight, bias) in parts.items():
            named |= {f"h.{number}.{name}.weight": weight, f"h.{number}.{name}.bias": bias}
    last = model.get_layer("norm")
    return {**named, "ln_f.weight": last.weight, "ln_f.bias": last.bias}


def plain_model(config: ModelConfig, symbols: int, weights: Mapping[str, Any]) -> Any:
    """The same network of Keras' own layers alone, which `keras.models.load_model` opens anywhere.

    Args:
        config: its sizes; its dropouts are left out.
        symbols: of its alphabet.
        weights: under Hugging Face's names.

    Returns:
        A `keras.Model` from integers (batch, time), time up to the context, to the probabilities
        (batch, symbols) of the character that follows.
    """
    width, heads, size = config.units, config.heads, config.units // config.heads

    def norm_layer(name: str) -> Any:
        return layers.LayerNormalization(epsilon=EPSILON, name=name)

    ids = keras.Input((None,), dtype="int32", name="ids")
    places = ops.cumsum(ops.ones_like(ids), axis=1) - 1
    x = layers.Embedding(symbols, width, name="embedding")(ids)
    x = layers.Add()([x, layers.Embedding(config.context, width, name="positions")(places)])
    for i in range(config.layers):
        read = norm_layer(f"norm_{i}_1")(x)
        attention = layers.MultiHeadAttention(heads, size, name=f"attention_{i}")
        x = layers.Add()([x, attention(read, read, use_causal_mask=True)])
        wide = layers.Dense(4 * width, name=f"widen_{i}")(norm_layer(f"norm_{i}_2")(x))
        narrow = layers.Dense(width, name=f"narrow_{i}")(ops.gelu(wide, approximate=True))
        x = layers.Add()([x, narrow])
    last = ops.take(norm_layer("norm")(x), -1, axis=1)
    scores = layers.Dense(symbols, activation="softmax", use_bias=False, name="dense")(last)
    model = keras.Model(ids, scores, name="moliere")

    def give(layer: str, *arrays: Any) -> None:
        model.get_layer(layer).set_weights(list(arrays))

    def both(name: str) -> tuple[Any, Any]:
        return weights[f"{name}.weight"], weights[f"{name}.bias"]

    give("embedding", weights["wte.weight"])
    give("positions", weights["wpe.weight"])
    give("norm", *both("ln_f"))
    give("dense", weights["wte.weight"].T)
    for i in range(config.layers):
        kernel, bias = both(f"h.{i}.attn.c_attn")
        parts: list[Any] = []
        for at in range(3):  # query, key, value
            part = slice(at * width, (at + 1) * width)
            parts += [kernel[:, part].reshape(width, heads, size), bias[part].reshape(heads, size)]
        kernel, bias = both(f"h.{i}.attn.c_proj")
        give(f"attention_{i}", *parts, kernel.reshape(heads, size, width), bias)
        give(f"norm_{i}_1", *both(f"h.{i}.ln_1"))
        give(f"norm_{i}_2", *both(f"h.{i}.ln_2"))
        give(f"widen_{i}", *both(f"h.{i}.mlp.c_fc"))
        give(f"narrow_{i}", *both(f"h.{i}.mlp.c_proj"))
    return model

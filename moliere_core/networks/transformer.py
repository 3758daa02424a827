"""A GPT in NumPy, token after token, with nothing hidden: the sibling of `recurrent.py`.

The decoder of GPT-2 (Radford et al. 2019): the Transformer of Vaswani et al. (2017) without an
encoder, with learned positions, the layer norms before each part, and a residual stream `x` to
which each part adds. Weights have the names that Hugging Face gives them: `wte` (tokens), `wpe`
(positions), `h.0.attn.c_attn` (query, key and value side by side), `h.0.attn.c_proj`,
`h.0.mlp.c_fc`, `h.0.mlp.c_proj`, `h.0.ln_1`, `h.0.ln_2`, ..., `ln_f`; and `lm_head` where the
output matrix is not the tokens' own.

An LSTM carries a state of one size however much it has read. Here it is the keys and values of
every token that was read: nothing is forgotten up to `context_length`, and each step costs more.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from moliere_core.errors import ModelError
from moliere_core.networks.arrays import Array, product, softmax

Ids = NDArray[np.integer[Any]]
Past = tuple[tuple[Array, Array], ...]  # keys and values, a pair a block; see `Block.attend`


def gelu(x: Array) -> Array:
    """X * Phi(x), Phi being the normal distribution (Hendrycks and Gimpel 2016).

    The error function is that of Abramowitz and Stegun (1964), 7.1.26: within 1.5e-7.
    """
    z = np.abs(x) * np.float32(math.sqrt(0.5))
    t = 1 / (1 + np.float32(0.3275911) * z)
    series = np.polyval(np.array(_ERF, np.float32), t) * t
    return x * np.float32(0.5) * (1 + np.copysign(1 - series * np.exp(-z * z), x))


def gelu_tanh(x: Array) -> Array:
    """The same through a hyperbolic tangent, within 1e-3, as GPT-2 was trained."""
    share = gelu_tanh_share(x)
    share *= x
    return share


def gelu_tanh_share(x: Array) -> Array:
    """What `gelu_tanh` lets through of each value, from 0 to 1; same shape."""
    share = np.float32(0.044715) * x  # in place from here on: a new array costs as much as tanh
    share *= x
    share *= x
    share += x
    share *= np.float32(math.sqrt(2 / math.pi))
    np.tanh(share, out=share)
    share += 1
    share *= np.float32(0.5)
    return share


def gelu_sigmoid(x: Array) -> Array:
    """The same through a logistic function, within 2e-2."""
    return silu(x * np.float32(1.702)) / np.float32(1.702)


def relu(x: Array) -> Array:
    """The positive part."""
    return np.maximum(x, 0)


def silu(x: Array) -> Array:
    """X * sigmoid(x), through tanh: it never overflows."""
    half = x * np.float32(0.5)
    return half + half * np.tanh(half)


_ERF = (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592)  # highest power first

# By their names in a configuration of Hugging Face's.
ACTIVATIONS: dict[str, Callable[[Array], Array]] = {
    "gelu": gelu,
    "gelu_new": gelu_tanh,
    "gelu_pytorch_tanh": gelu_tanh,
    "gelu_fast": gelu_tanh,
    "quick_gelu": gelu_sigmoid,
    "relu": relu,
    "silu": silu,
    "swish": silu,
    "tanh": np.tanh,
}


@dataclass(frozen=True)
class TransformerConfig:
    """What the weights of a transformer do not tell by their shapes.

    Attributes:
        heads: of each block; the width is divided among them.
        activation: of the middle of a block, one of `ACTIVATIONS`.
        epsilon: added to the variance in a layer norm.
        scaled: whether scores are divided by the root of a head's size.
        scaled_by_layer: whether they are also divided by the number of the block.
        tied: whether the output matrix may be the tokens' own, where the weights have no other.
        layers: blocks; 0 for as many as the weights have.
    """

    heads: int
    activation: str = "gelu_new"
    epsilon: float = 1e-5
    scaled: bool = True
    scaled_by_layer: bool = False
    tied: bool = True
    layers: int = 0

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> TransformerConfig | None:
        """From a `config.json` of Hugging Face's; None where this engine does not read its kind."""
        activation = config.get("activation_function", "gelu_new")
        heads, epsilon = config.get("n_head", 12), config.get("layer_norm_epsilon", 1e-5)
        if (
            config.get("model_type") != "gpt2"
            or activation not in ACTIVATIONS
            or not isinstance(heads, int)
            or not isinstance(epsilon, int | float)
            or heads < 1
            or epsilon < 0
            or config.get("add_cross_attention")
            or config.get("quantization_config")
        ):
            return None
        return cls(
            heads,
            activation,
            float(epsilon),
            bool(config.get("scale_attn_weights", True)),
            bool(config.get("scale_attn_by_inverse_layer_idx", False)),
            config.get("tie_word_embeddings") is not False,
            layers if isinstance(layers := config.get("n_layer"), int) else 0,
        )


@dataclass(frozen=True)
class Norm:
    """A layer norm (Ba et al. 2016): each vector centred, scaled to variance 1, then adjusted."""

    weight: Array  # (width,)
    bias: Array  # (width,)
    epsilon: float

    def __call__(self, x: Array) -> Array:
        """Of vectors along the last axis; same shape."""
        return self.adjusted(self.normed(x)[0])

    def normed(self, x: Array) -> tuple[Array, Array]:
        """Vectors centred and scaled, same shape; what each was divided by, shape (..., 1)."""
        share = np.float32(1 / x.shape[-1])  # `np.mean` takes twice the time for few numbers
        centred = x - np.add.reduce(x, axis=-1, keepdims=True) * share
        variance = np.add.reduce(centred * centred, axis=-1, keepdims=True) * share
        deviation: Array = np.sqrt(variance + np.float32(self.epsilon))
        return np.divide(centred, deviation, out=centred), deviation

    def adjusted(self, normed: Array) -> Array:
        """What the next part reads of vectors that `normed` has scaled; same shape."""
        return normed * self.weight + self.bias


@dataclass(frozen=True)
class Linear:
    """A matrix and a bias."""

    weight: Array  # (inputs, outputs)
    bias: Array  # (outputs,)

    def __call__(self, x: Array) -> Array:
        """Shape (..., inputs) to (..., outputs)."""
        rows = product(x.reshape(-1, x.shape[-1]), self.weight) + self.bias
        return rows.reshape(*x.shape[:-1], -1)


class Looked(NamedTuple):
    """What the heads of a block found; see `Block.look`.

    Attributes:
        queries: of the tokens that look, shape (rows, heads, looking, size).
        keys: of all tokens, those read before included, shape (rows, heads, before + time, size).
        values: the same.
        weights: how much each took from which, shape (rows, heads, looking, before + time), summing
            to 1 over the last axis.
        mixed: the heads' findings side by side, shape (rows, looking, width).
    """

    queries: Array
    keys: Array
    values: Array
    weights: Array
    mixed: Array


@dataclass(frozen=True)
class Block:
    """Attention, which moves information between tokens, then a network on each token alone."""

    norm_1: Norm
    query_key_value: Linear  # width to 3 * width
    projection: Linear  # width to width
    norm_2: Norm
    widen: Linear  # width to 4 * width, as a rule
    narrow: Linear  # and back
    heads: int
    scale: float
    activation: Callable[[Array], Array]

    def attend(
        self,
        x: Array,
        past: tuple[Array, Array] | None,
        unread: NDArray[np.bool_] | None = None,
        looking: int | None = None,
    ) -> tuple[Array, tuple[Array, Array], Array]:
        """What each token takes from those before it and from itself.

        Args:
            x: shape (rows, time, width).
            past: keys and values of the tokens read before, shape (rows, heads, before, size).
            unread: which of those a row has not read, shape (rows, before); None for none.
            looking: how many of the tokens look back, from the end; None for all.

        Returns:
            What is added to x, shape (rows, looking, width); keys and values with the new tokens',
            shape (rows, heads, before + time, size); and how much each token took from which, shape
            (rows, heads, looking, before + time), summing to 1 over the last axis.
        """
        seen = self.look(x, past, unread, looking)
        return self.projection(seen.mixed), (seen.keys, seen.values), seen.weights

    def look(
        self,
        x: Array,
        past: tuple[Array, Array] | None,
        unread: NDArray[np.bool_] | None = None,
        looking: int | None = None,
    ) -> Looked:
        """What the heads find, before it is projected.

        Args:
            x: as in `attend`.
            past: as in `attend`.
            unread: as in `attend`.
            looking: as in `attend`.
        """
        rows, time, width = x.shape
        looking = time if looking is None else looking
        split = self.query_key_value(x).reshape(rows, time, 3, self.heads, width // self.heads)
        queries, keys, values = split.transpose(2, 0, 3, 1, 4)  # each (rows, heads, time, size)
        queries = queries[:, :, time - looking :]
        if past is not None:
            keys = np.concatenate([past[0], keys], axis=2)
            values = np.concatenate([past[1], values], axis=2)
        scores = queries @ keys.swapaxes(-1, -2) * np.float32(self.scale)
        if looking > 1:  # no token looks ahead
            before = keys.shape[2] - looking
            ahead = np.triu(np.ones((looking, looking), bool), 1)
            np.copyto(scores[..., before:], -np.inf, where=ahead)
        if unread is not None and past is not None:
            np.copyto(scores[..., : unread.shape[1]], -np.inf, where=unread[:, None, None])
        weights = softmax(scores, out=scores)
        mixed = (weights @ values).swapaxes(1, 2).reshape(rows, looking, width)
        return Looked(queries, keys, values, weights, mixed)

    def think(self, x: Array) -> Array:
        """What the network of each token adds to x, same shape."""
        return self.narrow(self.activation(self.widen(self.norm_2(x))))


class TransformerNetwork:
    """Embeddings, blocks, a last norm: logits of the next token.

    Args:
        weights: by their names, in any precision, finite (`pretrained.weights` sees to it); those
            it does not know are left out.
        config: what they do not tell.

    Raises:
        ModelError: a tensor is missing, or shapes do not follow from one another.
    """

    def __init__(self, weights: Mapping[str, NDArray[Any]], config: TransformerConfig) -> None:
        taken = _Taken(weights)
        self.tokens = taken("wte.weight", (None, None))
        vocab, width = self.tokens.shape
        self.positions = taken("wpe.weight", (None, width))
        self.config = config
        if width % config.heads:
            raise ModelError(
                "these weights have a width of {width}, which {heads} heads do not divide: fetch "
                "the model again, or choose another",
                width=width,
                heads=config.heads,
            )

        def norm(name: str) -> Norm:
            return Norm(
                taken(f"{name}.weight", (width,)), taken(f"{name}.bias", (width,)), config.epsilon
            )

        def linear(name: str, inputs: int, outputs: int | None) -> Linear:
            weight = taken(f"{name}.weight", (inputs, outputs))
            return Linear(weight, taken(f"{name}.bias", (weight.shape[1],)))

        def block(number: int) -> Block:
            name = f"h.{number}"
            widen = linear(f"{name}.mlp.c_fc", width, None)
            scale = (width // config.heads) ** -0.5 if config.scaled else 1.0
            return Block(
                norm(f"{name}.ln_1"),
                linear(f"{name}.attn.c_attn", width, 3 * width),
                linear(f"{name}.attn.c_proj", width, width),
                norm(f"{name}.ln_2"),
                widen,
                linear(f"{name}.mlp.c_proj", len(widen.bias), width),
                config.heads,
                scale / (number + 1) if config.scaled_by_layer else scale,
                ACTIVATIONS[config.activation],
            )

        layers = config.layers or max(taken.count("h.{}.ln_1.weight"), 1)
        self.blocks = tuple(block(i) for i in range(layers))
        self.norm = norm("ln_f")
        tied = config.tied and not taken.has("lm_head.weight")
        self.output = self.tokens if tied else taken("lm_head.weight", (vocab, width))
        self.parameters = taken.size
        if not tied and np.array_equal(self.output, self.tokens):  # stored twice, as gpt-fr's
            self.output = self.tokens
            self.parameters -= self.tokens.size

    @property
    def vocab_size(self) -> int:
        """Number of tokens."""
        return int(self.tokens.shape[0])

    @property
    def context_length(self) -> int:
        """Tokens that it can read at once."""
        return int(self.positions.shape[0])

    def run(
        self,
        ids: Ids,
        past: Past = (),
        watched: list[Array] | None = None,
        read: NDArray[np.int32] | None = None,
        looking: int | None = None,
    ) -> tuple[Array, Past]:
        """Read tokens after those that are remembered.

        Args:
            ids: indices of tokens, shape (rows, time).
            past: keys and values of what each row read before, from an earlier call.
            watched: where each block leaves what its heads looked at (see `Block.attend`).
            read: tokens that each row has read before, shape (rows,), where some have read fewer
                than `past` has room for: theirs are the last of it. None for all of it.
            looking: tokens, from the end, after which the stream is wanted; None for all. Of the
                others the last block computes keys and values alone.

        Returns:
            The residual stream after the last norm, shape (rows, looking, width), and the new past.

        Raises:
            ModelError: there are more tokens than `context_length`.
        """
        before = past[0][0].shape[2] if past else 0
        time = ids.shape[1]
        if before + time > self.context_length:
            raise ModelError(
                "this network reads {limit} tokens at most, not {count}: shorten the text",
                limit=self.context_length,
                count=before + time,
            )
        x, unread = self.tokens[ids], None
        if read is None or (read == before).all():
            x = x + self.positions[before : before + time]
        else:
            x = x + self.positions[read[:, None] + np.arange(time)]
            unread = np.arange(before) < before - read[:, None]
        after = []
        for number, block in enumerate(self.blocks):
            wanted = looking if number == len(self.blocks) - 1 else None
            moved, remembered, weights = block.attend(
                block.norm_1(x), past[number] if past else None, unread, wanted
            )
            x = x[:, time - moved.shape[1] :] + moved
            x = x + block.think(x)
            after.append(remembered)
            if watched is not None:
                watched.append(weights)
        return self.norm(x), tuple(after)

    def logits(self, stream: Array) -> Array:
        """Logits of the next token from what `run` gives, shape (..., width) to (..., vocab)."""
        rows = product(stream.reshape(-1, stream.shape[-1]), self.output.T)
        return rows.reshape(*stream.shape[:-1], -1)


_PREFIX = "transformer."


class _Taken:
    """The tensors of a file, as they are taken one by one: each as float32, once."""

    def __init__(self, weights: Mapping[str, NDArray[Any]]) -> None:
        self._weights = weights
        # Of a tensor that is there under both of its names, transformers reads the longer one.
        ordered = sorted(weights, key=lambda name: name.startswith(_PREFIX))
        self._names = {name.removeprefix(_PREFIX): name for name in ordered}
        self.size = 0

    def has(self, name: str) -> bool:
        return name in self._names

    def count(self, pattern: str) -> int:
        """How many there are of a kind, numbered from 0."""
        return next(i for i in range(len(self._names) + 1) if not self.has(pattern.format(i)))

    def __call__(self, name: str, shape: Sequence[int | None]) -> Array:
        """A tensor of this shape, where None stands for any length."""
        if not self.has(name):
            raise ModelError(
                "these weights lack {name}: fetch the model again, or choose another", name=name
            )
        stored = np.asarray(self._weights[self._names[name]])
        if stored.dtype.kind != "f":
            raise ModelError(
                "{name} of these weights holds whole numbers, as quantised models do: choose the "
                "model that it was made from",
                name=name,
            )
        tensor = np.ascontiguousarray(stored, np.float32)
        fits = len(tensor.shape) == len(shape) and all(
            wanted in (None, length) for wanted, length in zip(shape, tensor.shape, strict=True)
        )
        if not fits or not tensor.size:
            raise ModelError(
                "{name} of these weights has shape {shape}, which does not fit the others: fetch "
                "the model again, or choose another",
                name=name,
                shape="×".join(map(str, tensor.shape)),
            )
        self.size += tensor.size
        return tensor

"""The gradient of a transformer's loss with respect to its weights, in NumPy.

The chain rule written out for the blocks of `transformer.py`; what it is for is said in
`gradients`. A transformer over characters reads a long text in windows (`window.py`): the gradient
goes through all of a window, the characters that it reads again included, and into no window
before it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from moliere_core.networks.arrays import Array, Weights, along, outer
from moliere_core.networks.transformer import (
    Block,
    Ids,
    Linear,
    Looked,
    Norm,
    Past,
    TransformerNetwork,
    gelu,
    gelu_sigmoid,
    gelu_tanh,
    gelu_tanh_share,
    relu,
    silu,
)
from moliere_core.networks.window import Window, WindowedTransformer
from moliere_core.text import vocabulary


@dataclass(frozen=True)
class NormPass:
    """What a layer norm computed.

    Attributes:
        normed: the vectors, centred and of variance 1, shape (rows, time, width).
        deviation: what they were divided by, shape (rows, time, 1).
    """

    normed: Array
    deviation: Array


@dataclass(frozen=True)
class BlockPass:
    """What a block computed, and all that its gradient needs; rows of tokens come first.

    Attributes:
        norm_1: of what came in, of all tokens.
        looked: what the heads found; here and below of the tokens that look back.
        norm_2: of what attention left.
        inner: of the network of each token, after its activation, shape (rows, looking, inner).
        slope: of that activation, same shape.
    """

    norm_1: NormPass
    looked: Looked
    norm_2: NormPass
    inner: Array
    slope: Array


@dataclass(frozen=True)
class BlocksPass:
    """What the upper blocks of a network computed, and its last norm.

    Attributes:
        lowest: the number of the first of these blocks.
        blocks: of each.
        norm: the last one.
        stream: after it, shape (rows, looking, width).
    """

    lowest: int
    blocks: tuple[BlockPass, ...]
    norm: NormPass
    stream: Array

    @property
    def past(self) -> Past:
        """Keys and values, a pair a block."""
        return tuple((block.looked.keys, block.looked.values) for block in self.blocks)


def embedded(network: TransformerNetwork, ids: Ids, before: int = 0) -> Array:
    """The residual stream below the first block: tokens and positions; (rows, time, width).

    Args:
        network: what reads.
        ids: shape (rows, time).
        before: tokens that each row has read before these.
    """
    return network.tokens[ids] + network.positions[before : before + ids.shape[1]]


def below(network: TransformerNetwork, ids: Ids, block: int) -> Array:
    """The residual stream that enters a block, of which nothing is kept; (rows, time, width)."""
    x = embedded(network, ids)
    for lower in network.blocks[:block]:
        x = x + lower.attend(lower.norm_1(x), None)[0]
        x = x + lower.think(x)
    return x


def blocks_forward(
    network: TransformerNetwork,
    x: Array,
    past: Past = (),
    lowest: int = 0,
    looking: int | None = None,
) -> BlocksPass:
    """Run the blocks from one on, and keep what `blocks_backward` needs.

    Args:
        network: what reads.
        x: the residual stream that enters the first of them, shape (rows, time, width).
        past: keys and values of what each row read before, a pair a block; no gradient flows into
            it (truncated).
        lowest: the number of the first block.
        looking: tokens, from the end, after which the stream is wanted; None for all. Of the others
            the last block computes keys and values alone.
    """
    found = []
    for number, block in enumerate(network.blocks[lowest:], lowest):
        wanted = looking if number == len(network.blocks) - 1 else None
        x, seen = _block_forward(block, x, past[number - lowest] if past else None, wanted)
        found.append(seen)
    stream, norm = _norm_forward(network.norm, x)
    return BlocksPass(lowest, tuple(found), norm, stream)


def blocks_backward(
    network: TransformerNetwork, seen: BlocksPass, d_stream: Array
) -> tuple[Weights, Array]:
    """The gradient of a loss by the weights of these blocks and of the last norm.

    Args:
        network: what read.
        seen: from `blocks_forward`.
        d_stream: the loss' derivatives by `seen.stream`, its shape.

    Returns:
        An array for each of those weights; and the derivatives by the stream that came in.
    """
    found: Weights = {}
    return found, _blocks_backward(network, seen, d_stream, found)


def stream_backward(network: TransformerNetwork, seen: BlocksPass, d_stream: Array) -> Array:
    """The derivatives by the stream that came in, as `blocks_backward` has them, and no others."""
    return _blocks_backward(network, seen, d_stream, None)


def _blocks_backward(
    network: TransformerNetwork, seen: BlocksPass, d_stream: Array, found: Weights | None
) -> Array:
    """The derivatives by what came in; those by the weights are put into `found`, if anywhere."""
    d_x = _norm_backward(network.norm, seen.norm, d_stream, found, "ln_f")
    for number in reversed(range(len(seen.blocks))):
        block, name = network.blocks[seen.lowest + number], f"h.{seen.lowest + number}"
        d_x = _block_backward(block, seen.blocks[number], d_x, found, name)
    return d_x


def transformer_weights(network: TransformerNetwork) -> Weights:
    """The network's weights by their names: its own arrays, not copies."""
    named = {"wte.weight": network.tokens, "wpe.weight": network.positions}
    parts: list[tuple[str, Norm | Linear]] = [("ln_f", network.norm)]
    for number, block in enumerate(network.blocks):
        name = f"h.{number}"
        parts += [
            (f"{name}.ln_1", block.norm_1),
            (f"{name}.attn.c_attn", block.query_key_value),
            (f"{name}.attn.c_proj", block.projection),
            (f"{name}.ln_2", block.norm_2),
            (f"{name}.mlp.c_fc", block.widen),
            (f"{name}.mlp.c_proj", block.narrow),
        ]
    for name, part in parts:
        named[f"{name}.weight"], named[f"{name}.bias"] = part.weight, part.bias
    if network.output is not network.tokens:
        named["lm_head.weight"] = network.output
    return named


# A transformer over characters, in its windows


@dataclass(frozen=True)
class _Piece:
    """A part of the text in one window: its symbols, those that are read again first."""

    ids: Ids
    again: int
    before: int
    seen: BlocksPass


@dataclass(frozen=True)
class WindowedPass:
    """What a transformer over characters computed over a text, and all that its gradient needs.

    Attributes:
        ids: the symbols read, shape (streams, time).
        logits: of the symbol after each, shape (streams, time, vocab_size).
        state: the last state.
    """

    ids: Ids
    logits: Array
    state: Window
    pieces: tuple[_Piece, ...]


def windowed_forward(
    network: WindowedTransformer, ids: vocabulary.Ids, state: Window
) -> WindowedPass:
    """Read a text as `WindowedTransformer.run` does, and keep what `windowed_backward` needs.

    Args:
        network: what reads.
        ids: shape (streams, time).
        state: the state before, of streams that have read equally much; no gradient flows into its
            keys and values (truncated).
    """
    transformer, pieces, logits, at = network.transformer, [], [], 0
    while at < ids.shape[1]:
        kept = network.kept(state)  # what a new window reads again; None while this one has room
        again = 0 if kept is None else kept.shape[1]
        before = state.ids.shape[1] if kept is None else 0
        new = ids[:, at : at + network.context - before - again]
        rows = new if kept is None else np.concatenate([kept, new], axis=1)
        past = state.past if before else ()
        x = embedded(transformer, rows, before)
        seen = blocks_forward(transformer, x, past, looking=new.shape[1])
        read = np.concatenate([state.ids, rows], axis=1) if kept is None else rows
        state = Window(read, np.full(len(ids), read.shape[1], np.int32), seen.past)
        pieces.append(_Piece(rows, again, before, seen))
        logits.append(transformer.logits(seen.stream))
        at += new.shape[1]
    return WindowedPass(ids, np.concatenate(logits, axis=1), state, tuple(pieces))


def windowed_backward(network: WindowedTransformer, seen: WindowedPass, d_logits: Array) -> Weights:
    """The gradient of a loss with respect to each weight.

    Args:
        network: what read.
        seen: from `windowed_forward`.
        d_logits: the loss' derivatives by the logits, shape (streams, time, vocab_size).

    Returns:
        An array for each name of `transformer_weights`, of the same shape.
    """
    transformer = network.transformer
    found = {name: np.zeros_like(w) for name, w in transformer_weights(transformer).items()}
    output = "lm_head.weight" if "lm_head.weight" in found else "wte.weight"
    at = 0
    for piece in seen.pieces:
        new = piece.ids.shape[1] - piece.again
        d_out, at = d_logits[:, at : at + new], at + new
        found[output] += outer(d_out, piece.seen.stream)
        inside, d_x = blocks_backward(transformer, piece.seen, d_out @ transformer.output)
        for name, gradient in inside.items():
            found[name] += gradient
        np.add.at(found["wte.weight"], piece.ids, d_x)
        places = slice(piece.before, piece.before + piece.ids.shape[1])
        found["wpe.weight"][places] += d_x.sum(axis=0)
    return found


# Its parts


def _norm_forward(norm: Norm, x: Array) -> tuple[Array, NormPass]:
    seen = NormPass(*norm.normed(x))
    return norm.adjusted(seen.normed), seen


def _norm_backward(
    norm: Norm, seen: NormPass, d_out: Array, found: Weights | None, name: str
) -> Array:
    if found is not None:
        axes = tuple(range(d_out.ndim - 1))
        found[f"{name}.weight"] = (d_out * seen.normed).sum(axis=axes)
        found[f"{name}.bias"] = d_out.sum(axis=axes)
    d = d_out * norm.weight
    along = (d * seen.normed).mean(axis=-1, keepdims=True)
    return (d - d.mean(axis=-1, keepdims=True) - seen.normed * along) / seen.deviation


def _linear_backward(
    linear: Linear, inputs: Array, d_out: Array, found: Weights | None, name: str
) -> Array:
    if found is not None:
        found[f"{name}.weight"] = outer(inputs, d_out)
        found[f"{name}.bias"] = d_out.sum(axis=tuple(range(d_out.ndim - 1)))
    return along(d_out, linear.weight.T)


def _block_forward(
    block: Block, x: Array, past: tuple[Array, Array] | None, looking: int | None
) -> tuple[Array, BlockPass]:
    normed, norm_1 = _norm_forward(block.norm_1, x)
    looked = block.look(normed, past, looking=looking)
    x = x[:, x.shape[1] - looked.mixed.shape[1] :] + block.projection(looked.mixed)
    normed, norm_2 = _norm_forward(block.norm_2, x)
    inner, slope = WITH_SLOPES[block.activation](block.widen(normed))
    return x + block.narrow(inner), BlockPass(norm_1, looked, norm_2, inner, slope)


def _block_backward(
    block: Block, seen: BlockPass, d_out: Array, found: Weights | None, name: str
) -> Array:
    """See `_blocks_backward`."""
    d_wide = _linear_backward(block.narrow, seen.inner, d_out, found, f"{name}.mlp.c_proj")
    d_wide *= seen.slope
    normed = block.norm_2.adjusted(seen.norm_2.normed)
    d_normed = _linear_backward(block.widen, normed, d_wide, found, f"{name}.mlp.c_fc")
    d_x = d_out + _norm_backward(block.norm_2, seen.norm_2, d_normed, found, f"{name}.ln_2")

    mixed = seen.looked.mixed
    d_mixed = _linear_backward(block.projection, mixed, d_x, found, f"{name}.attn.c_proj")
    normed = block.norm_1.adjusted(seen.norm_1.normed)
    d_split = _attention_backward(block, seen.looked, d_mixed, normed.shape[1])
    d_normed = _linear_backward(
        block.query_key_value, normed, d_split, found, f"{name}.attn.c_attn"
    )
    d_below = _norm_backward(block.norm_1, seen.norm_1, d_normed, found, f"{name}.ln_1")
    d_below[:, d_below.shape[1] - d_x.shape[1] :] += d_x
    return d_below


def _attention_backward(block: Block, seen: Looked, d_mixed: Array, time: int) -> Array:
    """The derivatives by queries, keys and values side by side, shape (rows, time, 3 * width)."""
    rows, looking, width = d_mixed.shape
    d_heads = d_mixed.reshape(rows, looking, block.heads, -1).swapaxes(1, 2)
    d_weights = d_heads @ seen.values.swapaxes(-1, -2)
    d_weights -= (d_weights * seen.weights).sum(axis=-1, keepdims=True)
    d_weights *= seen.weights
    d_weights *= np.float32(block.scale)  # by the scores, from here on
    new = slice(seen.keys.shape[2] - time, None)  # the past is not changed by these weights
    d_split = np.zeros((rows, time, 3, block.heads, width // block.heads), d_mixed.dtype)
    d_queries, d_keys, d_values = d_split.transpose(2, 0, 3, 1, 4)
    d_queries[:, :, time - looking :] = d_weights @ seen.keys
    d_keys[:] = d_weights[..., new].swapaxes(-1, -2) @ seen.queries
    d_values[:] = seen.weights[..., new].swapaxes(-1, -2) @ d_heads
    return d_split.reshape(rows, time, 3 * width)


# The activations and their slopes


def _gelu(x: Array) -> tuple[Array, Array]:
    """X * Phi(x), and Phi(x) + x * phi(x); Phi as `gelu` has it."""
    value = gelu(x)
    phi = np.exp(np.float32(-0.5) * x * x) * np.float32(1 / math.sqrt(2 * math.pi))
    share = np.divide(value, x, out=np.full_like(x, 0.5), where=x != 0)
    return value, share + x * phi


def _gelu_tanh(x: Array) -> tuple[Array, Array]:
    share = gelu_tanh_share(x)
    value = share * x
    # The slope is share + 2 * value * (1 - share) * (what is inside the tanh)'.
    root = math.sqrt(2 / math.pi)
    slope = x * x
    slope *= np.float32(2 * root * 3 * 0.044715)
    slope += np.float32(2 * root)
    slope *= value
    slope *= 1 - share
    slope += share
    return value, slope


def _silu(x: Array) -> tuple[Array, Array]:
    share = np.float32(0.5) * (1 + np.tanh(x * np.float32(0.5)))
    return x * share, share * (1 + x * (1 - share))


def _gelu_sigmoid(x: Array) -> tuple[Array, Array]:
    times = np.float32(1.702)
    value, slope = _silu(x * times)
    return value / times, slope


def _relu(x: Array) -> tuple[Array, Array]:
    return relu(x), (x > 0).astype(x.dtype)


def _tanh(x: Array) -> tuple[Array, Array]:
    value = np.tanh(x)
    return value, 1 - value**2


# Those of `ACTIVATIONS`: the value and its slope, which share most of their work.
WITH_SLOPES: dict[Callable[[Array], Array], Callable[[Array], tuple[Array, Array]]] = {
    gelu: _gelu,
    gelu_tanh: _gelu_tanh,
    gelu_sigmoid: _gelu_sigmoid,
    relu: _relu,
    silu: _silu,
    np.tanh: _tanh,
}

"""Which symbols mattered to a transformer: exact gradients, and what a replacement does.

The sibling of `influence.py`, on `networks.transformer`: back-propagation (Rumelhart et al. 1986)
written out for GPT-2's block, from the logits of all places down to the embeddings.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from moliere_core.inspection.transformer_trace import TransformerTrace
from moliere_core.networks.arrays import Array, log_softmax
from moliere_core.networks.recurrent import sigmoid
from moliere_core.networks.transformer import Block, Ids, Norm, TransformerNetwork, gelu
from moliere_core.system.progress import Progress

ROWS_AT_ONCE = 16  # texts read side by side, each from the first place that differs on


def _gelu_slope(x: Array) -> Array:
    """Phi(x) + x phi(x)."""
    phi = np.exp(-x * x / 2) * np.float32(1 / math.sqrt(2 * math.pi))
    below = np.divide(gelu(x), x, out=np.full_like(x, 0.5), where=np.abs(x) > 1e-6)
    return below + x * phi


def _gelu_tanh_slope(x: Array) -> Array:
    root = np.float32(math.sqrt(2 / math.pi))
    t = np.tanh(root * (x + np.float32(0.044715) * x * x * x))
    inner = root * (1 + np.float32(3 * 0.044715) * x * x)
    return (1 + t + x * (1 - t * t) * inner) / 2


def _swish_slope(x: Array, sharpness: float = 1.0) -> Array:
    """Of x * sigmoid(sharpness * x)."""
    s = sigmoid(np.float32(sharpness) * x)
    return s + np.float32(sharpness) * x * s * (1 - s)


# Derivatives of `networks.transformer.ACTIVATIONS`, by the same names.
SLOPES: dict[str, Callable[[Array], Array]] = {
    "gelu": _gelu_slope,
    "gelu_new": _gelu_tanh_slope,
    "gelu_pytorch_tanh": _gelu_tanh_slope,
    "gelu_fast": _gelu_tanh_slope,
    "quick_gelu": lambda x: _swish_slope(x, 1.702),
    "relu": lambda x: (x > 0).astype(x.dtype),
    "silu": _swish_slope,
    "swish": _swish_slope,
    "tanh": lambda x: 1 - np.tanh(x) ** 2,
}


def gradient(network: TransformerNetwork, seen: TransformerTrace, d_logits: Array) -> Array:
    """The gradient of a number with respect to each embedding, from that to the logits.

    Args:
        network: what was traced.
        seen: from `transformer_trace.read`.
        d_logits: of the number with respect to the logits of each place, shape (time, vocab_size).

    Returns:
        Shape (time, width).
    """
    slope = SLOPES[network.config.activation]
    d_x = _norm_backward(network.norm, seen.stream[-1], d_logits @ network.output)
    for number in reversed(range(len(network.blocks))):
        block = network.blocks[number]
        d_x = d_x + _think_backward(block, slope, seen.middle[number], d_x)
        d_x = d_x + _attend_backward(block, seen.stream[number], seen.weights[number], d_x)
    return d_x


def _think_backward(
    block: Block, slope: Callable[[Array], Array], middle: Array, d_x: Array
) -> Array:
    hidden = block.widen(block.norm_2(middle))
    d_hidden: Array = (d_x @ block.narrow.weight.T) * slope(hidden)
    return _norm_backward(block.norm_2, middle, d_hidden @ block.widen.weight.T)


def _attend_backward(block: Block, before: Array, weights: Array, d_x: Array) -> Array:
    """Through the projection, the mixture, the softmax, then queries, keys and values.

    `weights` is (heads, time, time), the rest (time, width).
    """
    time, width = before.shape
    split = block.query_key_value(block.norm_1(before)).reshape(time, 3, block.heads, -1)
    queries, keys, values = split.transpose(1, 2, 0, 3)  # each (heads, time, size)
    d_mixed = (d_x @ block.projection.weight.T).reshape(time, block.heads, -1).swapaxes(0, 1)
    d_weights = d_mixed @ values.swapaxes(-1, -2)
    d_scores = weights * (d_weights - (d_weights * weights).sum(axis=-1, keepdims=True))
    d_scores = d_scores * np.float32(block.scale)
    d_split = np.stack(
        [d_scores @ keys, d_scores.swapaxes(-1, -2) @ queries, weights.swapaxes(-1, -2) @ d_mixed]
    )  # (3, heads, time, size)
    d_joined = d_split.transpose(2, 0, 1, 3).reshape(time, 3 * width)
    return _norm_backward(block.norm_1, before, d_joined @ block.query_key_value.weight.T)


def _norm_backward(norm: Norm, x: Array, d_after: Array) -> Array:
    """What reaches the vectors `x` of what reaches their norms, both (time, width)."""
    centred = x - x.mean(axis=-1, keepdims=True)
    deviation = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + np.float32(norm.epsilon))
    scaled, d_scaled = centred / deviation, d_after * norm.weight
    along = (d_scaled * scaled).mean(axis=-1, keepdims=True)
    return (d_scaled - d_scaled.mean(axis=-1, keepdims=True) - scaled * along) / deviation


def log_probs_of(
    network: TransformerNetwork,
    context: Ids,
    ends: Sequence[Ids],
    replaced: Sequence[int],
    replacement: int,
    never: Sequence[int] = (),
    progress: Progress | None = None,
) -> Array:
    """Log-probabilities of some ends of a context, as it is and with a symbol of it replaced.

    Args:
        network: what predicts.
        context: shape (time,).
        ends: what may follow, each of shape (symbols,), none empty.
        replaced: rising positions in the context, one a reading.
        replacement: what is put there.
        never: indices of symbols that are never drawn.
        progress: told the share done, from 0 to 1.

    Returns:
        Nats, shape (1 + len(replaced), len(ends)); row 0 is of the context as it is.
    """
    places: list[int | None] = [*replaced, None]  # the true context last: it shares the most
    rows = []
    whole_past = network.run(context[None])[1]
    for begin in range(0, len(places), ROWS_AT_ONCE):
        some = places[begin : begin + ROWS_AT_ONCE]
        shared = len(context) - 1 if some[0] is None else some[0]
        texts = np.repeat(context[None, shared:], len(some), axis=0)
        for row, place in enumerate(some):
            if place is not None:
                texts[row, place - shared] = replacement
        past = tuple(
            (
                np.repeat(keys[:, :, :shared], len(some), axis=0),
                np.repeat(values[:, :, :shared], len(some), axis=0),
            )
            for keys, values in whole_past
        )
        readings: dict[bytes, Array] = {}  # ends of one symbol share theirs
        found = []
        for end in ends:
            read = end[:-1].tobytes()
            if read not in readings:
                after = np.repeat(end[None, :-1], len(some), axis=0)
                stream, _ = network.run(np.concatenate([texts, after], axis=1), past)
                logits = network.logits(stream[:, texts.shape[1] - 1 :])
                logits[..., list(never)] = -np.inf
                readings[read] = log_softmax(logits)
            chosen = np.take_along_axis(readings[read], end[None, :, None], axis=-1)
            found.append(chosen[..., 0].sum(axis=1))
        rows.append(np.stack(found, axis=1))
        if progress is not None:
            progress(min(begin + ROWS_AT_ONCE, len(places)) / len(places))
    together = np.concatenate(rows)
    return np.concatenate([together[-1:], together[:-1]])

"""One step of one head spelled out: every number from the residual stream and back to it.

The sibling of `step.py`, on `networks.transformer`: what a place asks for (its query), what each
place before offers (its key), how well the two go together, what is taken (the values), and what
the block then adds to the stream. Each field follows from those above it by one operation, which
its description names; tests multiply them out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moliere_core.errors import ModelError
from moliere_core.inspection.transformer_trace import TransformerTrace
from moliere_core.networks.arrays import Array, softmax
from moliere_core.networks.transformer import Norm, TransformerNetwork


@dataclass(frozen=True)
class NormStep:
    """A layer norm: (before - mean) / deviation * weight + bias.

    Attributes:
        before: shape (width,).
        mean: of `before`.
        deviation: root of its variance plus the norm's epsilon.
        after: shape (width,).
    """

    before: Array
    mean: float
    deviation: float
    after: Array


@dataclass(frozen=True)
class AttentionStep:
    """What one head of one block does at one place, and what the block makes of it.

    Attributes:
        position: of the place, from 0.
        layer: of the block, from 0.
        head: within the block, from 0.
        norm: of the residual stream as it comes, `norm.before`; `norm.after` is what is read.
        query: norm.after @ the head's columns of the query matrix, plus bias; shape (size,).
        keys: the same with the key matrix, of every place of the text, shape (time, size).
        values: the same with the value matrix, shape (time, size).
        products: keys @ query, shape (time,); later places' too, which the mask hides.
        scale: what they are multiplied by, 1 / sqrt(size) as a rule.
        scores: products * scale; -inf after `position`: no place looks ahead.
        weights: softmax(scores), shape (time,), 0 after `position`.
        mixed: weights @ values, shape (size,).
        from_head: mixed @ the head's rows of the projection matrix: what this head adds to the
            stream, shape (width,).
        from_heads: the same of every head of the block, shape (heads, width).
        bias: of the projection, shape (width,).
        middle: norm.before + the sum of from_heads + bias: the stream between the two parts of a
            block, shape (width,).
        norm_2: of `middle`.
        hidden: norm_2.after @ the widening matrix, plus bias, shape (inner,).
        active: the activation function of `hidden`, shape (inner,).
        from_mlp: active @ the narrowing matrix, plus bias, shape (width,).
        after: middle + from_mlp: the stream as it leaves the block, shape (width,).
    """

    position: int
    layer: int
    head: int
    norm: NormStep
    query: Array
    keys: Array
    values: Array
    products: Array
    scale: float
    scores: Array
    weights: Array
    mixed: Array
    from_head: Array
    from_heads: Array
    bias: Array
    middle: Array
    norm_2: NormStep
    hidden: Array
    active: Array
    from_mlp: Array
    after: Array

    def most_active(self, count: int = 10) -> NDArray[np.int64]:
        """Units of the middle of the MLP that are farthest from 0, shape (count,)."""
        return np.argsort(-np.abs(self.active), kind="stable")[:count]


def spell_out(
    network: TransformerNetwork, seen: TransformerTrace, position: int, layer: int, head: int
) -> AttentionStep:
    """The numbers of one head of one block at the place `position`.

    Args:
        network: what was traced.
        seen: from `transformer_trace.read`.
        position: in the context, from 0.
        layer: number of the block, from 0.
        head: within the block, from 0.

    Raises:
        ModelError: there is no such place, block or head.
    """
    sizes = (len(seen.ids), len(network.blocks), network.config.heads)
    if not all(0 <= at < size for at, size in zip((position, layer, head), sizes, strict=True)):
        raise ModelError(
            "there is no place {position}, block {layer}, head {head} in a text of {time} tokens "
            "and a network of {layers} blocks of {heads} heads: choose others",
            position=position,
            layer=layer,
            head=head,
            time=sizes[0],
            layers=sizes[1],
            heads=sizes[2],
        )
    block = network.blocks[layer]
    time, width = seen.stream.shape[1:]
    size = width // block.heads
    before = seen.stream[layer]
    split = block.query_key_value(block.norm_1(before)).reshape(time, 3, block.heads, size)
    query, keys, values = split[position, 0, head], split[:, 1, head], split[:, 2, head]
    products = keys @ query
    scores = products * np.float32(block.scale)
    scores[position + 1 :] = -np.inf
    weights = softmax(scores)
    # Every head's mixture of values, then its rows of the projection.
    mixtures = np.einsum("hk,khs->hs", seen.weights[layer, :, position], split[:, 2])
    rows = block.projection.weight.reshape(block.heads, size, width)
    from_heads = np.einsum("hs,hsw->hw", mixtures, rows)
    mixed = weights @ values
    middle = before[position] + from_heads.sum(axis=0) + block.projection.bias
    norm_2 = _norm(block.norm_2, middle)
    hidden = block.widen(norm_2.after)
    active = block.activation(hidden)
    from_mlp = block.narrow(active)
    return AttentionStep(
        position=position,
        layer=layer,
        head=head,
        norm=_norm(block.norm_1, before[position]),
        query=query,
        keys=keys,
        values=values,
        products=products,
        scale=block.scale,
        scores=scores,
        weights=weights,
        mixed=mixed,
        from_head=mixed @ rows[head],
        from_heads=from_heads,
        bias=block.projection.bias,
        middle=middle,
        norm_2=norm_2,
        hidden=hidden,
        active=active,
        from_mlp=from_mlp,
        after=middle + from_mlp,
    )


def _norm(norm: Norm, before: Array) -> NormStep:
    return NormStep(
        before,
        float(before.mean()),
        float(np.sqrt(before.var() + norm.epsilon)),
        norm(before),
    )

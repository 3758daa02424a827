"""Why this rather than that: what each symbol of a context adds to a difference of two odds.

Asked why a network says "î", a reader wants to know why not "i": what speaks for both explains
nothing. So what is attributed is log p(one end | context) - log p(other end | context), as in the
contrastive explanations of Yin and Neubig (2022). Two measures stand side by side:

- *attribution*: integrated gradients (Sundararajan et al. 2017), the mean gradient on the way from
  a context in which every symbol is the replacement to the context as it is, times what lies
  between the two embeddings. They add up to the difference less what it is for replacements alone.
- *change*: what replacing one symbol takes away in fact, one after another.

Their correlation says how far the first can be believed here; the second is what it is. The same
for recurrent networks and for transformers, so that both can be asked the same question.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from moliere_core.errors import ModelError
from moliere_core.inspection import influence, transformer_influence
from moliere_core.inspection.influence import DELETIONS
from moliere_core.networks.arrays import Array, softmax
from moliere_core.networks.recurrent import RecurrentNetwork
from moliere_core.networks.recurrent_gradients import layers_backward, layers_forward
from moliere_core.networks.transformer import TransformerNetwork
from moliere_core.networks.transformer_gradients import blocks_forward, stream_backward
from moliere_core.system.progress import Progress
from moliere_core.text.vocabulary import UNKNOWN, Ids

STEPS = 8  # of the way along which gradients are averaged; an LSTM's agree less with fewer
MOST_NUMBERS = 1_000_000  # kept for the gradients of texts side by side: 4 MB, which caches hold


@dataclass(frozen=True)
class Contrast:
    """How much each symbol of a context speaks for one end and against another.

    Attributes:
        log_probs: of the two ends after the context, nats.
        attribution: of each symbol of the context, nats, shape (time,); positive for the first.
        positions: of the symbols that were replaced, in the context, shape (tried,).
        change: difference with the context as it is less difference with the symbol replaced, nats,
            shape (tried,); positive where the symbol spoke for the first.
    """

    log_probs: tuple[float, float]
    attribution: Array
    positions: Ids
    change: Array

    @property
    def difference(self) -> float:
        """Nats by which the first end is the likelier."""
        return self.log_probs[0] - self.log_probs[1]

    @property
    def agreement(self) -> float | None:
        """Correlation of both measures over the symbols tried; None where one does not vary."""
        tried = self.attribution[self.positions]
        if len(tried) < 3 or not tried.std() or not self.change.std():
            return None
        return float(np.corrcoef(tried, self.change)[0, 1])


def contrast(
    network: RecurrentNetwork | TransformerNetwork,
    context: Sequence[int] | Ids,
    first: Sequence[int] | Ids,
    second: Sequence[int] | Ids,
    replacement: int,
    never: Sequence[int] = (UNKNOWN,),
    last: int = DELETIONS,
    steps: int = STEPS,
    progress: Progress | None = None,
) -> Contrast:
    """Explain log p(first | context) - log p(second | context).

    Args:
        network: what predicts.
        context: indices, the line break that all begin with included; shape (time,), not empty.
        first: what may follow, one symbol or several.
        second: what may follow instead.
        replacement: index of the symbol that stands for "something else", a space as a rule.
        never: indices that are never drawn, and that cannot be explained: the unknown symbol of an
            alphabet; none of tokens. A recurrent network's unknown symbol is always among them.
        last: symbols that are replaced, from the end of the context.
        steps: of the way from the replacement's embedding, at which gradients are taken.
        progress: told the share done, from 0 to 1.

    Raises:
        ModelError: a part is empty, an end holds a symbol that is never drawn, or all is longer
            than the network reads.
    """
    read = np.asarray(context, np.int32)
    ends = [np.asarray(end, np.int32) for end in (first, second)]
    if not all(map(len, (read, *ends))):
        raise ModelError("a contrast needs a context and two ends: give each of them a character")
    if any(np.isin(end, list(never)).any() or end.max() >= network.vocab_size for end in ends):
        raise ModelError(
            "the character to explain is not in this model's alphabet: choose one of its bars"
        )
    attribution = _attribution(network, read, ends, replacement, never, steps)
    if isinstance(network, TransformerNetwork):
        tried = np.arange(max(0, len(read) - last), len(read), dtype=np.int32)
        found = transformer_influence.log_probs_of(
            network, read, ends, tried.tolist(), replacement, never, progress
        )
    else:
        tried, state = influence.edited(network, read, "replace", replacement, last, progress)
        found = np.stack([influence.log_probs_of(network, state, end) for end in ends], axis=1)
    difference = found[:, 0] - found[:, 1]
    return Contrast(
        (float(found[0, 0]), float(found[0, 1])),
        attribution,
        tried,
        difference[0] - difference[1:],
    )


def _attribution(
    network: RecurrentNetwork | TransformerNetwork,
    context: Ids,
    ends: Sequence[Ids],
    replacement: int,
    never: Sequence[int],
    steps: int,
) -> Array:
    """Integrated gradients of each symbol of the context, shape (time,)."""
    table = network.tokens if isinstance(network, TransformerNetwork) else network.embedding
    apart = table[context] - table[replacement]
    readings: dict[bytes, list[tuple[Ids, int]]] = {}  # ends of one letter share a reading
    for end, sign in zip(ends, (1, -1), strict=True):
        readings.setdefault(end[:-1].tobytes(), []).append((end, sign))
    # The middle of each step of the way, side by side; shape (steps, time, width).
    shares = ((np.arange(steps) + 0.5) / steps).astype(apart.dtype)[:, None, None]
    ways = table[replacement] + shares * apart
    slopes = np.zeros_like(apart)
    for together in readings.values():
        read = table[together[0][0][:-1]]
        at_once = _rows_at_once(network, len(context) + len(read), steps)
        for begin in range(0, steps, at_once):
            some = ways[begin : begin + at_once]
            after = np.broadcast_to(read, (len(some), *read.shape))
            found = _slopes(network, np.concatenate([some, after], axis=1), together, never)
            slopes += found[:, : len(context)].sum(axis=0)
    return (slopes * apart).sum(axis=1) / np.float32(steps)


def _rows_at_once(network: RecurrentNetwork | TransformerNetwork, time: int, steps: int) -> int:
    """How many texts of a length are best read side by side.

    All of them by a recurrent network, which takes a step for all at once; by a transformer as many
    as `MOST_NUMBERS` lets: its products are large enough for one text.
    """
    if isinstance(network, RecurrentNetwork):
        return steps
    width, heads = network.tokens.shape[1], network.config.heads
    each = len(network.blocks) * (15 * width + heads * time)  # see `BlockPass`
    return max(MOST_NUMBERS // (time * each), 1)


def _slopes(
    network: RecurrentNetwork | TransformerNetwork,
    vectors: Array,
    ends: Sequence[tuple[Ids, int]],
    never: Sequence[int],
) -> Array:
    """Gradient of the signed sum of the log-probabilities of `ends` in `vectors`; same shape.

    `vectors`, shape (rows, time, width), stand for the context and what all of the ends begin with:
    their symbols but the last. Only the scores after the last places are computed: one a symbol.
    """
    looking = len(ends[0][0])

    def d_logits(logits: Array) -> Array:
        found = np.zeros_like(logits)
        logits[..., list(never)] = -np.inf
        probs = softmax(logits)
        for end, sign in ends:
            found -= sign * probs
            found[:, np.arange(len(end)), end] += sign
        return found

    if isinstance(network, TransformerNetwork):
        x = vectors + network.positions[: vectors.shape[1]]
        seen = blocks_forward(network, x, looking=looking)
        d_stream = d_logits(network.logits(seen.stream)) @ network.output
        return stream_backward(network, seen, d_stream)
    layers = layers_forward(network, vectors.swapaxes(0, 1), network.zero_state(len(vectors)))
    hidden = layers[-1].hidden[1:].swapaxes(0, 1)
    d_hidden = np.zeros_like(hidden)
    logits = hidden[:, -looking:] @ network.dense + network.dense_bias
    d_hidden[:, -looking:] = d_logits(logits) @ network.dense.T
    return layers_backward(network, layers, d_hidden.swapaxes(0, 1)).swapaxes(0, 1)

"""Why this rather than that: what each symbol of a context adds to a difference of two odds.

Asked why a network says "î", a reader wants to know why not "i": what speaks for both explains
nothing. So what is attributed is log p(one end | context) - log p(other end | context), as in the
contrastive explanations of Yin and Neubig (2022). Two measures stand side by side:

- *attribution*: integrated gradients (Sundararajan et al. 2017), the mean gradient on the way from
  a context in which every symbol is the replacement to the context as it is, times what lies
  between the two embeddings. They add up to the difference less what it is for replacements alone.
- *change*: what replacing one symbol takes away in fact, one after another: the last symbols, and
  of those before them the ones to which the first measure gives the most.

Their correlation says how far the first can be believed here; the second is what it is. The same
for recurrent networks and for transformers, so that both can be asked the same question.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from moliere_core.errors import ModelError
from moliere_core.inspection import influence, transformer_influence
from moliere_core.networks.arrays import Array, log_softmax
from moliere_core.networks.recurrent import RecurrentNetwork, State
from moliere_core.networks.recurrent_gradients import gates_backward, layers_forward
from moliere_core.networks.transformer import TransformerNetwork
from moliere_core.networks.transformer_gradients import blocks_forward, stream_backward
from moliere_core.system.progress import Progress
from moliere_core.text.vocabulary import UNKNOWN, Ids

# Places on the way at which gradients are taken, see `_integral`. A recurrent network reads all of
# them at once, at little cost; with fewer either agrees less with what a hundred say.
STEPS, TRANSFORMER_STEPS = 8, 6
TINY = np.finfo(np.float32).tiny
LAST, MOST = 12, 8  # symbols replaced: from the end, and before those
TOKENS = 8, 4  # the same where they are tokens, each of which says more
LEAST = 0.05  # share of the largest attribution that is worth a reading there
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
    last: int = LAST,
    most: int = MOST,
    steps: int | None = None,
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
        most: how many of those before them are replaced as well: see `worth_trying`.
        steps: places on the way from the replacement's embedding, at which gradients are taken;
            None for `STEPS` or `TRANSFORMER_STEPS`.
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
    as_it_is, replaced = (
        _of_transformer(network, read, ends, replacement, never)
        if isinstance(network, TransformerNetwork)
        else _of_recurrent(network, read, ends, replacement)
    )
    difference = as_it_is[0] - as_it_is[1]
    attribution = _attribution(network, read, ends, replacement, never, difference, steps)
    tried = worth_trying(attribution, last, most)
    found = replaced(tried, progress)
    return Contrast(
        (float(as_it_is[0]), float(as_it_is[1])),
        attribution,
        tried,
        difference - (found[:, 0] - found[:, 1]),
    )


def worth_trying(attribution: Array, last: int, most: int) -> Ids:
    """The symbols that are replaced, one after another, to check an attribution.

    Args:
        attribution: of each symbol, shape (time,).
        last: how many from the end, whatever theirs is.
        most: how many before them: the largest of either sign, from `LEAST` of the largest of all
            on; where there are fewer of these, the nearest of the others.

    Returns:
        Rising places.
    """
    size = np.abs(attribution)
    begin = max(0, len(size) - last)
    large = np.flatnonzero(size[:begin] > LEAST * size.max())
    large = large[np.argsort(-size[large], kind="stable")[:most]]
    others = np.setdiff1d(np.arange(begin), large)[::-1][: most - len(large)]
    return np.sort(np.concatenate([large, others, np.arange(begin, len(size))])).astype(np.int32)


# What a network makes of the two ends: log-probabilities after the context as it is, shape (2,),
# and of given places, each replaced alone, shape (tried, 2).
Replaced = Callable[[Ids, Progress | None], Array]


def _of_transformer(
    network: TransformerNetwork,
    context: Ids,
    ends: Sequence[Ids],
    replacement: int,
    never: Sequence[int],
) -> tuple[Array, Replaced]:
    longest = max(ends, key=len)[:-1]  # read as well, so that what is too long is refused
    past = network.run(np.concatenate([context, longest])[None])[1]

    def with_at(places: Ids, symbols: Ids, progress: Progress | None = None) -> Array:
        return transformer_influence.log_probs_of(
            network, context, past, ends, places, symbols, never, progress
        )

    (as_it_is,) = with_at(np.array([len(context) - 1]), context[-1:])
    return as_it_is, lambda tried, progress: with_at(
        tried, np.full_like(tried, replacement), progress
    )


def _of_recurrent(
    network: RecurrentNetwork, context: Ids, ends: Sequence[Ids], replacement: int
) -> tuple[Array, Replaced]:
    before = influence.states(network, context)

    def after(state: State) -> Array:
        return np.stack([influence.log_probs_of(network, state, end) for end in ends], axis=1)

    (as_it_is,) = after(before[-1])
    return as_it_is, lambda tried, progress: after(
        influence.edited(network, context, before, tried, "replace", replacement, progress)
    )[1:]


def _attribution(
    network: RecurrentNetwork | TransformerNetwork,
    context: Ids,
    ends: Sequence[Ids],
    replacement: int,
    never: Sequence[int],
    difference: float,
    steps: int | None,
) -> Array:
    """Integrated gradients of each symbol of the context, shape (time,)."""
    if steps is None:
        steps = TRANSFORMER_STEPS if isinstance(network, TransformerNetwork) else STEPS
    table = network.tokens if isinstance(network, TransformerNetwork) else network.embedding
    apart = table[context] - table[replacement]
    readings: dict[bytes, list[tuple[Ids, int]]] = {}  # ends of one letter share a reading
    for end, sign in zip(ends, (1, -1), strict=True):
        readings.setdefault(end[:-1].tobytes(), []).append((end, sign))
    shares: Array = np.arange(1, steps + 1, dtype=np.float32) / np.float32(steps + 1)
    values, slopes = np.zeros(steps, apart.dtype), np.zeros((steps, len(context)), apart.dtype)
    for together in readings.values():
        read = table[together[0][0][:-1]]
        at_once = _rows_at_once(network, len(context) + len(read), steps)
        for begin in range(0, steps, at_once):
            some = slice(begin, begin + at_once)
            ways = table[replacement] + shares[some, None, None] * apart
            after = np.broadcast_to(read, (len(ways), *read.shape))
            vectors = np.concatenate([ways, after], axis=1)
            value, slope = _slopes(network, vectors, apart, together, never)
            values[some] += value
            slopes[some] += slope
    return _integral(shares, values, slopes, difference)


def _integral(shares: Array, values: Array, slopes: Array, whole: float) -> Array:
    """What slopes along a way add up to, one sum a symbol, shape (time,).

    By trapezoids, of which all but the first are held to what the value is known to have risen by
    between their two ends: what a trapezoid's slopes lack of it, or have too much, is shared among
    the symbols in proportion to what they have. Values come with the slopes, at no cost, and six
    places on a transformer's way thereby tell what the middles of eight stretches do.

    Args:
        shares: places on the way, rising between 0 and 1, shape (steps,).
        values: of the sum of all there, shape (steps,).
        slopes: of each symbol there, shape (steps, time).
        whole: the value at 1.
    """
    between = np.concatenate([slopes[:1], (slopes[1:] + slopes[:-1]) / 2, slopes[-1:]])
    stretches = np.diff(np.concatenate([[0], shares, [1]])).astype(np.float32)
    added = between * stretches[:, None]
    sizes = np.abs(added[1:])
    lacking = np.diff(values, append=whole) - added[1:].sum(axis=1)
    added[1:] += sizes * (lacking / np.maximum(sizes.sum(axis=1), TINY))[:, None]
    return added.sum(axis=0)


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
    apart: Array,
    ends: Sequence[tuple[Ids, int]],
    never: Sequence[int],
) -> tuple[Array, Array]:
    """The signed sum of the log-probabilities of `ends`, and its slope along the way.

    Args:
        network: what reads.
        vectors: for the context and what all of the ends begin with, their symbols but the last,
            shape (rows, time, width).
        apart: which way each symbol of the context goes, shape (of the context, width).
        ends: each with its sign.
        never: as in `contrast`.

    Returns:
        Shapes (rows,) and (rows, of the context). Only the scores after the last places are
        computed: one a symbol of the ends.
    """
    looking = len(ends[0][0])
    each = np.arange(looking)
    signs = sum(sign for _, sign in ends)

    def compared(scores: Array) -> tuple[Array, Array]:
        """The sum, and its derivatives by the scores, shape (rows, looking, vocab_size)."""
        d_scores = np.zeros_like(scores)
        if signs:  # of two ends, what all scores are held against cancels out
            scores[..., list(never)] = -np.inf
            scores = log_softmax(scores)
            d_scores -= signs * np.exp(scores)
        value = np.zeros(len(scores), scores.dtype)
        for end, sign in ends:
            value += sign * scores[:, each, end].sum(axis=1)
            d_scores[:, each, end] += sign
        return value, d_scores

    if isinstance(network, TransformerNetwork):
        x = vectors + network.positions[: vectors.shape[1]]
        seen = blocks_forward(network, x, looking=looking)
        value, d_scores = compared(network.logits(seen.stream))
        slopes = stream_backward(network, seen, d_scores @ network.output)
        return value, (slopes[:, : len(apart)] * apart).sum(axis=2)
    layers = layers_forward(network, vectors.swapaxes(0, 1), network.zero_state(len(vectors)))
    top = layers[-1].hidden[-looking:].swapaxes(0, 1)
    value, d_scores = compared(top @ network.dense + network.dense_bias)
    d_hidden = np.zeros_like(layers[-1].hidden[1:])
    d_hidden[-looking:] = (d_scores @ network.dense.T).swapaxes(0, 1)
    d_gates = gates_backward(network, layers, d_hidden)  # (time, rows, gates * units)
    steered = apart @ network.layers[0].kernel
    return value, (d_gates[: len(apart)] @ steered[:, :, None])[..., 0].T

"""What one more character costs as the text grows, in seconds of this machine's processor.

A recurrent network's state has one size; a transformer keeps the keys and values of all that it has
read, and looks at all of them. A *step* reads one symbol after a context that is remembered;
*again* reads the whole context anew, as is done without a memory of it; a *read* takes a text at
once, all places side by side, as while training: in a recurrent network each step waits for the one
before. What a step costs does not depend on what was learned, so a transformer is asked beyond the
context that it was trained for, its positions being repeated (`stretched`).

Seconds are of processor, of the thread that computes, and of several runs the least counts, as
`timeit` advises: other work on the machine can only add to it. What a large product is shared out
to on other cores counts once.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from moliere_core.networks.arrays import Array
from moliere_core.networks.recurrent import RecurrentNetwork
from moliere_core.networks.transformer import Ids, Past, TransformerNetwork
from moliere_core.system.progress import Progress

CONTEXTS = (16, 64, 256, 1024)  # a head looks at their square: a million places at the end
SECONDS = 0.05  # of each figure, at least two runs


@dataclass(frozen=True)
class ContextCost:
    """What both networks take after one context, in seconds.

    Attributes:
        context: symbols read.
        recurrent_step: one more symbol, the state carried.
        transformer_step: one more symbol, keys and values remembered.
        transformer_again: the whole context anew.
        recurrent_read: the context, symbol after symbol.
        recurrent_numbers: that the first remembers.
        transformer_numbers: that the second remembers.
    """

    context: int
    recurrent_step: float
    transformer_step: float
    transformer_again: float
    recurrent_read: float
    recurrent_numbers: int
    transformer_numbers: int


def stretched(network: TransformerNetwork, context: int) -> TransformerNetwork:
    """The same network with room for `context` symbols: its positions over and over again."""
    longer = copy.copy(network)
    rows = np.arange(context) % network.context_length
    longer.positions = network.positions[rows]
    return longer


def context_cost(
    recurrent: RecurrentNetwork,
    transformer: TransformerNetwork,
    contexts: Sequence[int] = CONTEXTS,
    seconds: float = SECONDS,
    progress: Progress | None = None,
) -> list[ContextCost]:
    """Both networks after each of some contexts; none has learned anything from what it reads.

    Args:
        recurrent: of any cell.
        transformer: over any symbols.
        contexts: symbols read before, rising.
        seconds: that each figure takes at least, with two runs.
        progress: told the share done, from 0 to 1.
    """
    longer = stretched(transformer, contexts[-1] + 1)
    rng = np.random.default_rng(0)
    found = []
    for number, context in enumerate(contexts):
        ids = rng.integers(1, recurrent.vocab_size, (1, context)).astype(np.int32)
        tokens = rng.integers(1, longer.vocab_size, (1, context)).astype(np.int32)
        _, state = recurrent.run(ids, recurrent.zero_state(1))
        _, past = longer.run(tokens)
        works: tuple[Callable[[], object], ...] = (
            lambda ids=ids, state=state: recurrent.step(ids[:, 0], state),  # type: ignore[misc]
            lambda tokens=tokens, past=past: _predicted(longer, tokens[:, :1], past),  # type: ignore[misc]
            lambda tokens=tokens: _predicted(longer, tokens),  # type: ignore[misc]
            lambda ids=ids: recurrent.run(ids, recurrent.zero_state(1)),  # type: ignore[misc]
        )
        taken: list[float] = []
        for place, work in enumerate(works):
            taken.append(least_seconds(work, seconds))
            if progress is not None:
                progress((number + (place + 1) / len(works)) / len(contexts))
        remembered = [sum(part.size for layer in kept for part in layer) for kept in (state, past)]
        found.append(
            ContextCost(
                context, taken[0], taken[1], taken[2], taken[3], remembered[0], remembered[1]
            )
        )
    return found


def _predicted(network: TransformerNetwork, ids: Ids, past: Past = ()) -> Array:
    return network.logits(network.run(ids, past)[0])


def least_seconds(work: Callable[[], object], seconds: float = SECONDS) -> float:
    """The least that one call took, of as many as take `seconds`, and of two at least."""
    least, spent, calls = float("inf"), 0.0, 0
    while spent < seconds or calls < 2:
        began = time.thread_time()
        work()
        taken = time.thread_time() - began
        least, spent, calls = min(least, taken), spent + taken, calls + 1
    return least

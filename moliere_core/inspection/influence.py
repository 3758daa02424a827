"""Which letters mattered: the exact gradient of a prediction, and what deletion does to it.

The gradient is back-propagation through time (`networks.recurrent_gradients`); "gradient times
input" is the first-order part of what a letter adds to the log-probability (Shrikumar et al. 2016;
Denil et al. 2014). It is local, so the deletion of each letter stands beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from moliere_core.errors import ModelError
from moliere_core.inspection.trace import LayerTrace, Trace
from moliere_core.networks.arrays import Array, log_softmax
from moliere_core.networks.recurrent import Layer, RecurrentNetwork, State
from moliere_core.networks.recurrent_gradients import LayerPass, layer_backward
from moliere_core.system.progress import Progress
from moliere_core.text.vocabulary import UNKNOWN, Ids

Edit = Literal["delete", "replace"]
DELETIONS = 64  # letters tried by default: the work grows with their square


@dataclass(frozen=True)
class Influence:
    """How much each symbol of a context weighs on one prediction.

    Attributes:
        target: the symbol whose log-probability is explained.
        log_prob: its natural logarithm of probability after the whole context.
        gradient: of that with respect to each embedding, shape (time, embedding).
        gradient_input: gradient . embedding of each symbol, nats, shape (time,).
        norm: Euclidean length of each gradient, shape (time,).
    """

    target: int
    log_prob: float
    gradient: Array
    gradient_input: Array
    norm: Array


def influence(network: RecurrentNetwork, seen: Trace, target: int) -> Influence:
    """The gradient of log p(target | all symbols read), unknown symbol excluded from the softmax.

    Args:
        network: what was traced.
        seen: from `trace`, over the context.
        target: index of the explained symbol.

    Raises:
        ModelError: the target is the unknown symbol, or outside the alphabet.
    """
    _check_target(network, target)
    log_probs = seen.log_probs[-1]
    d_logits = np.zeros_like(seen.logits)
    d_logits[-1] = -np.exp(log_probs)
    d_logits[-1, target] += 1
    d_vectors = gradient(network, seen, d_logits)
    return Influence(
        target=target,
        log_prob=float(log_probs[target]),
        gradient=d_vectors,
        gradient_input=(d_vectors * seen.layers[0].inputs).sum(axis=1),
        norm=np.sqrt((d_vectors**2).sum(axis=1)),
    )


def gradient(network: RecurrentNetwork, seen: Trace, d_logits: Array) -> Array:
    """The gradient of a number with respect to each embedding, from that to the logits.

    Args:
        network: what was traced.
        seen: from `trace`.
        d_logits: of the number with respect to the logits of each place, shape (time, vocab_size).

    Returns:
        Shape (time, embedding).
    """
    d_hidden = d_logits @ network.dense.T
    for layer, states in zip(reversed(network.layers), reversed(seen.layers), strict=True):
        d_below, _ = layer_backward(layer, _passed(layer, states), d_hidden[:, None])
        d_hidden = d_below[:, 0] @ layer.kernel.T
    return d_hidden


def _passed(layer: Layer, states: LayerTrace) -> LayerPass:
    """What a traced layer computed, as one stream of `networks.recurrent_gradients`."""
    series, hidden = states.series, states.series["hidden"]
    before = states.previous("hidden")
    if layer.is_lstm:
        gates = [series[name] for name in ("input", "forget", "candidate", "output")]
    elif layer.is_gru:
        of_candidate = slice(2 * layer.units, None)
        recalled = before @ layer.recurrent[:, of_candidate] + layer.bias[1, of_candidate]
        gates = [series["update"], series["reset"], series["candidate"], recalled]
    else:
        gates = [hidden]
    memory = np.concatenate([states.before[-1], states.memory])
    stream = (
        states.inputs,
        np.concatenate(gates, axis=1),
        memory,
        np.vstack([before, hidden[-1:]]),
    )
    return LayerPass(*(part[:, None] for part in stream))


@dataclass(frozen=True)
class Deletions:
    """What becomes of one prediction when one earlier symbol is taken away.

    Attributes:
        positions: of the symbols tried, in the context, shape (tried,).
        change: log p with the whole context less log p without the symbol, nats, shape (tried,);
            positive where the symbol helped.
    """

    positions: Ids
    change: Array


def deletions(
    network: RecurrentNetwork,
    ids: Ids,
    target: int,
    edit: Edit = "delete",
    replacement: int = UNKNOWN,
    last: int = DELETIONS,
    progress: Progress | None = None,
) -> Deletions:
    """Take each of the last symbols away, or put another in its place, and predict again.

    Args:
        network: what predicts.
        ids: the context, shape (time,).
        target: index of the explained symbol.
        edit: "delete" closes the gap, "replace" puts `replacement` there.
        replacement: index of the symbol put in its place.
        last: how many symbols are tried, from the end.
        progress: told the share done, from 0 to 1.

    Raises:
        ModelError: the target is the unknown symbol, or outside the alphabet.
    """
    _check_target(network, target)
    tried = np.arange(max(0, len(ids) - last), len(ids), dtype=np.int32)
    before = states(network, ids)
    rows = edited(network, ids, before, tried, edit, replacement, progress)
    log_probs = log_probs_of(network, rows, np.array([target], np.int32))
    return Deletions(tried, log_probs[0] - log_probs[1:])


def states(network: RecurrentNetwork, ids: Ids) -> list[State]:
    """The state before each symbol of a text, and after the last.

    Args:
        network: what reads.
        ids: the text, shape (time,).

    Returns:
        1 + time states, of one stream each.
    """
    found = [network.zero_state(1)]
    for inputs in _inputs(network, ids):
        found.append(_next(network, inputs, found[-1]))
    return found


def edited(
    network: RecurrentNetwork,
    ids: Ids,
    before: Sequence[State],
    tried: Ids,
    edit: Edit,
    replacement: int = UNKNOWN,
    progress: Progress | None = None,
) -> State:
    """The state after a text, and after it without each of some of its symbols.

    Every text is read from the symbol on that it lacks; what comes before is the true one's.

    Args:
        network: what reads.
        ids: the text, shape (time,).
        before: from `states`, over the text.
        tried: rising places of the symbols, shape (tried,).
        edit: as in `deletions`.
        replacement: as in `deletions`.
        progress: told the share done, from 0 to 1.

    Returns:
        The state of 1 + tried streams: the first has read the true text.
    """
    first = int(tried[0]) if len(tried) else len(ids)
    places = set(tried.tolist())
    rows: list[State] = []  # of all texts that have begun to differ, and then of one that begins to
    (instead,) = _inputs(network, np.array([replacement], np.int32))
    for t, inputs in enumerate(_inputs(network, ids[first:]), first):
        if rows:
            rows = [_next(network, inputs, network.stacked(rows))]
        if t in places:
            rows.append(before[t] if edit == "delete" else _next(network, instead, before[t]))
        if progress is not None:
            progress((t + 1 - first) / (len(ids) - first))
    return network.stacked([before[-1], *rows])


def _inputs(network: RecurrentNetwork, ids: Ids) -> Array:
    """What symbols put into the gates of the first layer, shape (time, 1, gates * units)."""
    return network.layers[0].project(network.embedding[ids])[:, None]


def _next(network: RecurrentNetwork, inputs: Array, state: State) -> State:
    """The state after one more symbol, the same in all streams; its scores are not computed."""
    after = [network.layers[0].step(inputs, state[0])]
    for layer, before in zip(network.layers[1:], state[1:], strict=True):
        after.append(layer.step(layer.project(after[-1][0]), before))
    return tuple(after)


def log_probs_of(network: RecurrentNetwork, state: State, end: Ids) -> Array:
    """Log-probability of what may follow, in each stream of a state.

    Args:
        network: what predicts.
        state: of some streams.
        end: the symbols that follow, shape (symbols,), none unknown.

    Returns:
        Nats, shape (streams,).
    """
    logits = state[-1][0] @ network.dense + network.dense_bias
    total = _log_prob(logits, int(end[0]))
    for read, target in pairwise(end):
        logits, state = network.step(np.full(len(logits), read, np.int32), state)
        total = total + _log_prob(logits, int(target))
    return total


def _log_prob(logits: Array, target: int) -> Array:
    known = log_softmax(logits[:, UNKNOWN + 1 :])
    return known[:, target - UNKNOWN - 1]


def _check_target(network: RecurrentNetwork, target: int) -> None:
    if not UNKNOWN < target < network.vocab_size:
        raise ModelError(
            "the character to explain is not in this model's alphabet: choose one of its bars"
        )

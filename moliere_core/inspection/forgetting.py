"""How long a network remembers: what its gates keep, and what becomes of a difference."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from moliere_core.errors import ModelError
from moliere_core.inspection.trace import LayerTrace, Trace, trace
from moliere_core.networks.arrays import Array
from moliere_core.networks.recurrent import RecurrentNetwork
from moliere_core.system.progress import Progress
from moliere_core.text.vocabulary import UNKNOWN


def survival(states: LayerTrace, position: int) -> Array:
    """Share of the memory after `position` that is left after each later step.

    Returns:
        Products of the forget gates (a GRU's update gates), shape (later steps + 1, units); the
        first row is 1. The rest of the memory was written since.
    """
    kept = states.kept[position + 1 :]
    ones = np.ones((1, kept.shape[1]), kept.dtype)
    return np.concatenate([ones, np.cumprod(kept, axis=0)])


def half_life(left: Array) -> int | None:
    """Steps until at most half is left, from one column of `survival`; None if it never is."""
    below = np.flatnonzero(left <= 0.5)
    return int(below[0]) if len(below) else None


@dataclass(frozen=True)
class Echo:
    """What is left of a passage in a network that went on reading.

    Attributes:
        distance: of the memories with and without the passage, as a share of the length of the
            memory with it, a row a layer, shape (layers, following).
        divergence: bits that the prediction without it loses (Kullback-Leibler divergence of the
            next character's distributions), shape (following,).
    """

    distance: Array
    divergence: Array

    def steps_until(self, share: float, layer: int = -1) -> int | None:
        """Characters until the distance stays at most that share of what it was at first.

        None if it does not before the text ends.
        """
        distance = self.distance[layer]
        above = np.flatnonzero(distance > share * distance[0])
        steps = int(above[-1]) + 1 if len(above) else 0
        return steps if steps < len(distance) else None


def echo(
    network: RecurrentNetwork,
    seen: Trace,
    start: int,
    stop: int,
    progress: Progress | None = None,
) -> Echo:
    """Read a text with and without the passage from `start` to `stop`, and compare what follows.

    Column 0 compares the state right after the passage with the state right before it; column k
    the two states k characters later, which have read the same k characters.

    Args:
        network: what reads.
        seen: what it computes over the whole text.
        start: first position of the passage.
        stop: the one after its last.
        progress: told the share done, from 0 to 1.

    Raises:
        ModelError: the passage is empty, is the whole text, or lies outside it.
    """
    ids = seen.ids
    if not 0 < start < stop <= len(ids):
        raise ModelError(
            "the passage from {start} to {stop} is not inside a text of {chars} characters: "
            "select at least one of its letters",
            start=start,
            stop=stop,
            chars=len(ids),
        )
    less = trace(network, np.concatenate([ids[:start], ids[stop:]]), progress=progress)
    distance = []
    for a, b in zip(seen.layers, less.layers, strict=True):
        with_it, without = a.memory[stop - 1 :], b.memory[start - 1 :]
        length = np.maximum(np.linalg.norm(with_it, axis=1), 1e-12)
        distance.append(np.linalg.norm(with_it - without, axis=1) / length)
    p, q = seen.log_probs[stop - 1 :, UNKNOWN + 1 :], less.log_probs[start - 1 :, UNKNOWN + 1 :]
    divergence = (np.exp(p) * (p - q)).sum(axis=1) / np.log(2)
    return Echo(np.stack(distance), np.maximum(divergence, 0))

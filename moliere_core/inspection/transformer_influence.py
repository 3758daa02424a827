"""What a replaced symbol does to what a transformer predicts: the sibling of `influence.py`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from moliere_core.networks.arrays import Array, log_softmax
from moliere_core.networks.transformer import Ids, Past, TransformerNetwork
from moliere_core.system.progress import Progress

NEAR = 8  # replaced places whose texts are read side by side: all from the first of them on


def log_probs_of(
    network: TransformerNetwork,
    context: Ids,
    past: Past,
    ends: Sequence[Ids],
    places: Ids,
    symbols: Ids,
    never: Sequence[int] = (),
    progress: Progress | None = None,
) -> Array:
    """Log-probabilities of some ends of a context in which one symbol is another.

    Args:
        network: what predicts.
        context: shape (time,).
        past: keys and values of the context as it is, from `TransformerNetwork.run`; those of more
            symbols may follow.
        ends: what may follow, each of shape (symbols,), none empty.
        places: rising places in the context, one a reading, shape (readings,). What comes before
            them is not read again.
        symbols: what stands there, shape (readings,).
        never: indices of symbols that are never drawn.
        progress: told the share done, from 0 to 1.

    Returns:
        Nats, shape (readings, len(ends)).
    """
    found = np.empty((len(places), len(ends)), np.float32)
    readings: dict[bytes, list[int]] = {}  # ends of one symbol share theirs
    for number, end in enumerate(ends):
        readings.setdefault(end[:-1].tobytes(), []).append(number)
    begin = 0
    while begin < len(places):
        first = places[begin]
        stop = int(np.searchsorted(places, first + NEAR))
        some = np.arange(stop - begin)
        texts = np.repeat(context[None, first:], len(some), axis=0)
        texts[some, places[begin:stop] - first] = symbols[begin:stop]
        shared = tuple(
            (_of_each(keys[:, :, :first], len(some)), _of_each(values[:, :, :first], len(some)))
            for keys, values in past
        )
        for together in readings.values():
            wanted = np.stack([ends[number] for number in together])
            after = np.repeat(wanted[:1, :-1], len(some), axis=0)
            ids = np.concatenate([texts, after], axis=1)
            stream, _ = network.run(ids, shared, looking=wanted.shape[1])
            logits = network.logits(stream)
            logits[..., list(never)] = -np.inf
            each = np.arange(wanted.shape[1])
            log_probs = log_softmax(logits)[:, each, wanted]
            found[begin:stop, together] = log_probs.sum(axis=-1)
        begin = stop
        if progress is not None:
            progress(stop / len(places))
    return found


def _of_each(one: Array, rows: int) -> Array:
    """What one row has, for some; it is not copied."""
    return np.broadcast_to(one, (rows, *one.shape[1:]))

"""What a replaced symbol does to what a transformer predicts: the sibling of `influence.py`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from moliere_core.networks.arrays import Array, log_softmax
from moliere_core.networks.transformer import Ids, TransformerNetwork
from moliere_core.system.progress import Progress

ROWS_AT_ONCE = 16  # texts read side by side, each from the first place that differs on


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

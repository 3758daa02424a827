"""How varied a vocabulary is, whatever the length of the text: MATTR."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from moliere_core.exploration.index import Part

WINDOW = 500  # words


def mattr(ids: NDArray[np.integer], window: int = WINDOW) -> float | None:
    """Moving-average type-token ratio: the mean share of distinct words in windows of the text.

    After M. A. Covington and J. D. McFall, "Cutting the Gordian knot" (2010). No window is cut
    out: a word is new in the windows that begin after its last occurrence, so that counting those
    for each word gives the sum over all windows at once.

    Args:
        ids: (words,) the words as numbers.
        window: words of a window.

    Returns:
        Between 0 and 1; None for a text shorter than the window.
    """
    size = len(ids)
    if size < window:
        return None
    places = np.arange(size)
    if size and ids.max() < 2**16:
        ids = ids.astype(np.uint16)  # which NumPy sorts by radix, ten times faster
    order = np.argsort(ids, kind="stable")
    again = ids[order[1:]] == ids[order[:-1]]
    before = np.full(size, -1)
    before[order[1:][again]] = order[:-1][again]
    first = np.maximum(np.maximum(before + 1, places - window + 1), 0)
    last = np.minimum(places, size - window)
    return float(np.maximum(last - first + 1, 0).sum() / (size - window + 1) / window)


def by_play(part: Part) -> pd.DataFrame:
    """Variety of each play's vocabulary, as far as it is in the part.

    Returns:
        Columns `play` (slug), `title`, `words`, `types`, `ratio` (types over words, which falls as
        a text grows longer) and `mattr` (missing where the text is shorter than a window).
    """
    table = _table(part.by_play())
    table.insert(0, "play", [part.index.corpus.plays[play] for play in part.plays])
    table.insert(1, "title", part.titles(part.plays))
    return table


def by_form(part: Part) -> pd.DataFrame:
    """The same for verse and prose, each of them read as one text: columns from `form` on."""
    forms = part.index.form_of_cue[part.index.cues[part.words]]
    names = part.index.forms
    here = [i for i in range(len(names)) if (forms == i).any()]
    table = _table([part.ids[forms == i] for i in here])
    table.insert(0, "form", [names[i] for i in here])
    return table


def _table(texts: list[NDArray[np.int32]]) -> pd.DataFrame:
    sizes = np.array([len(ids) for ids in texts], dtype=np.int64)
    types = np.array([np.count_nonzero(np.bincount(ids)) for ids in texts], dtype=np.int64)
    return pd.DataFrame(
        {
            "words": sizes,
            "types": types,
            "ratio": types / np.maximum(sizes, 1),
            "mattr": np.array([mattr(ids) for ids in texts], dtype=np.float64),
        }
    )

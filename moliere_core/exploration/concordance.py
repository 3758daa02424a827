"""Every occurrence of a query with what stands around it: a concordance (KWIC)."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
import pandas as pd

from moliere_core.exploration.frequency import Hits
from moliere_core.exploration.index import Bools, Ints, WordIndex, folded

Order: TypeAlias = Literal["text", "left", "right", "speaker"]
SORTED_WORDS = 3  # on either side, that an order looks at
CONTEXT_CHARS = 60
VERSE_BREAK = " / "  # stands for a line break inside a cue


def ordered(hits: Hits, order: Order) -> Ints:
    """Places of the hits in an order.

    Args:
        hits: what `frequency.find` found.
        order: "text", as they come; "left", by the words before, nearest first; "right", by the
            words after; "speaker", by who speaks. Accents and capitals do not count, and what
            begins or ends a cue comes first.

    Returns:
        (hits,) places in the index' arrays: `lines` shows as many of them as are wanted.
    """
    index, places = hits.part.index, hits.places
    if order == "text" or not len(places):
        return places
    if order == "speaker":
        names = sorted(range(len(index.speakers)), key=lambda i: folded(index.speakers[i].lower()))
        rank = np.empty(len(names) + 1, np.int32)
        rank[names] = np.arange(len(names))
        rank[-1] = len(names)  # -1: nobody named
        return places[np.argsort(rank[index.speaker_of_cue[index.cues[places]]], kind="stable")]
    if order == "left":
        keys = [_neighbours(index, places, -step) for step in range(1, SORTED_WORDS + 1)]
    else:
        last = len(hits.query) - 1
        keys = [_neighbours(index, places, last + step) for step in range(1, SORTED_WORDS + 1)]
    return places[np.lexsort(keys[::-1])]


def lines(hits: Hits, places: Ints, context_chars: int = CONTEXT_CHARS) -> pd.DataFrame:
    """Lines of a concordance.

    Args:
        hits: what was found.
        places: some of its places, in any order.
        context_chars: how much to show on either side, cut at a word.

    Returns:
        Columns `left`, `match`, `right`, `play` (slug), `title`, `act`, `scene`, `speaker`, `row`
        (of the cue, in the corpus). Contexts stay inside the cue; line breaks are slashes.
    """
    index, text = hits.part.index, hits.part.index.text
    frame = index.corpus.frame
    rows = index.cues[places]
    # Lists of plain integers: slicing by NumPy's own is several times slower.
    starts = index.starts[places].tolist()
    ends = index.ends[places + len(hits.query) - 1].tolist()
    cue_starts = index.cue_starts[rows].tolist()
    cue_ends = (index.cue_starts[rows + 1] - 1).tolist()
    found = frame.iloc[rows]
    left = [
        _left(text, low, start, context_chars)
        for low, start in zip(cue_starts, starts, strict=True)
    ]
    right = [
        _right(text, end, high, context_chars) for end, high in zip(ends, cue_ends, strict=True)
    ]
    titles = index.corpus.titles
    return pd.DataFrame(
        {
            "left": left,
            "match": [_flat(text[s:e]) for s, e in zip(starts, ends, strict=True)],
            "right": right,
            "play": found["play_name"].to_numpy(),
            "title": [titles[play] for play in found["play_name"]],
            "act": found["act"].to_numpy(),
            "scene": found["scene"].to_numpy(),
            "speaker": found["speaker"].to_numpy(),
            "row": rows,
        }
    )


def _neighbours(index: WordIndex, places: Ints, step: int) -> Ints:
    """(hits,) the word so many steps away, as its alphabetical place; -1 outside the cue."""
    there = places + step
    inside: Bools = (there >= 0) & (there < len(index.ids))
    there = np.clip(there, 0, len(index.ids) - 1)
    inside &= index.cues[there] == index.cues[places]
    return np.where(inside, index.ids[there], -1).astype(np.int32)


def _left(text: str, low: int, start: int, chars: int) -> str:
    begin = max(low, start - chars)
    if begin > low:  # at the next word, unless there is none
        begin = next((i + 1 for i in range(begin - 1, start) if text[i].isspace()), begin)
    return ("… " if begin > low else "") + _flat(text[begin:start])


def _right(text: str, end: int, high: int, chars: int) -> str:
    stop = min(high, end + chars)
    if stop < high:
        stop = next((i for i in range(stop, end, -1) if text[i].isspace()), stop)
    return _flat(text[end:stop]) + (" …" if stop < high else "")


def _flat(text: str) -> str:
    return text.replace("\n", VERSE_BREAK)

"""Words that a part of a corpus has more often than another one: keyness."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from moliere_core.exploration import names
from moliere_core.exploration.frequency import PER
from moliere_core.exploration.index import Bools, Ints, Part, WordIndex

Floats = NDArray[np.float64]
CHANCE_IN_10_000 = 15.13  # a log-likelihood above it comes by chance less than once in 10,000
MIN_COUNT = 5
WORDS_OF_ONE_LETTER = frozenset("aàôy")  # any other letter alone spells something out


def log_likelihood(a: Floats, b: Floats, size_a: float, size_b: float) -> Floats:
    """Dunning's G², in nats twice over: how surprising two counts are if the rates are the same.

    G² = 2 (a ln(a / Ea) + b ln(b / Eb)), where Ea and Eb share a + b out by the sizes of the two
    texts. After T. Dunning, "Accurate methods for the statistics of surprise and coincidence"
    (1993), in the form of P. Rayson and R. Garside (2000). It grows with the texts: the effect is
    told by `log_ratio`.
    """
    both = a + b
    expected_a = both * size_a / (size_a + size_b)
    expected_b = both * size_b / (size_a + size_b)
    with np.errstate(divide="ignore", invalid="ignore"):
        first = np.where(a > 0, a * np.log(a / expected_a), 0.0)
        second = np.where(b > 0, b * np.log(b / expected_b), 0.0)
    return np.maximum(2 * (first + second), 0.0)  # rounding, where the rates are equal


def log_ratio(a: Floats, b: Floats, size_a: float, size_b: float) -> Floats:
    """How many times the rate doubles from the second text to the first (A. Hardie, 2014).

    A word that one of them lacks counts as half an occurrence there.
    """
    return np.log2((np.where(a > 0, a, 0.5) / size_a) / (np.where(b > 0, b, 0.5) / size_b))


def keywords(
    part: Part,
    against: Part,
    count: int,
    left_out: Bools | None = None,
    min_count: int = MIN_COUNT,
) -> pd.DataFrame:
    """The words that set a part apart, whichever side has them more often.

    Names of characters are passed over: those of the part's plays among the words that it has more
    of, those of all plays among the others. So are letters by themselves, as in a lesson of
    spelling.

    Args:
        part: what is looked at.
        against: what it is compared with; the words of `part` in it are taken out.
        count: how many words at most, on each side.
        left_out: (types,) others that do not interest, such as `stopwords.mask`.
        min_count: occurrences on the two sides together, below which a word is passed over.

    Returns:
        Columns `word`, `count`, `rest_count`, `rate`, `rest_rate` (for 10,000 words), `g2` and
        `log_ratio`, positive where the part has more; the highest G² first on each side. Empty
        where one of the two has no words.
    """
    index = part.index
    here = part.counts.astype(np.float64)
    there = _rest(part, against)
    size_here, size_there = max(here.sum(), 1.0), max(there.sum(), 1.0)
    g2 = log_likelihood(here, there, size_here, size_there)
    ratio = log_ratio(here, there, size_here, size_there)
    shown = (here + there >= min_count) & bool(here.any() and there.any()) & ~_single_letters(index)
    if left_out is not None:
        shown &= ~left_out
    more = _best(g2, shown & (ratio > 0) & ~names.mask(index, part.plays), count)
    less = _best(g2, shown & (ratio < 0) & ~names.mask(index, index.part().plays), count)
    order = np.concatenate([more, less])
    return pd.DataFrame(
        {
            "word": [index.types[i] for i in order],
            "count": here[order].astype(np.int64),
            "rest_count": there[order].astype(np.int64),
            "rate": here[order] * PER / size_here,
            "rest_rate": there[order] * PER / size_there,
            "g2": g2[order],
            "log_ratio": ratio[order],
        }
    )


def play_keywords(
    index: WordIndex, count: int, left_out: Bools | None = None, min_count: int = MIN_COUNT
) -> pd.DataFrame:
    """The keywords of every play against all others, without its characters' names and letters.

    Returns:
        One row a play: `play` (slug), `title`, `words` (a tuple of at most `count`, each commoner
        there than chance would have it once in 10,000).
    """
    whole = index.part()
    total = whole.counts.astype(np.float64)
    shown = (total >= min_count) & ~_single_letters(index)
    if left_out is not None:
        shown &= ~left_out
    rows = []
    for play, ids in zip(whole.plays, whole.by_play(), strict=True):
        here = np.bincount(ids, minlength=len(total)).astype(np.float64)
        there = total - here
        sizes = max(here.sum(), 1.0), max(there.sum(), 1.0)
        g2, ratio = log_likelihood(here, there, *sizes), log_ratio(here, there, *sizes)
        kept = shown & (ratio > 0) & (g2 > CHANCE_IN_10_000)
        best = _best(g2, kept & ~names.mask(index, np.array([play], np.int32)), count)
        rows.append(tuple(index.types[i] for i in best) if there.any() else ())
    names_of = [index.corpus.plays[play] for play in whole.plays]
    return pd.DataFrame({"play": names_of, "title": whole.titles(whole.plays), "words": rows})


def _single_letters(index: WordIndex) -> Bools:
    """(types,) which words are single letters, spelled out: no words by themselves."""
    return np.fromiter(
        (len(word) == 1 and word not in WORDS_OF_ONE_LETTER for word in index.types),
        np.bool_,
        len(index.types),
    )


def _rest(part: Part, against: Part) -> Floats:
    """(types,) counts of what is compared with, without the part's own words."""
    common: Ints = np.intersect1d(part.words, against.words, assume_unique=True)
    shared = np.bincount(part.index.ids[common], minlength=len(part.index.types))
    return (against.counts - shared).astype(np.float64)


def _best(g2: Floats, shown: Bools, count: int) -> NDArray[np.intp]:
    """Places of the highest of some figures, the highest first."""
    places = np.flatnonzero(shown)
    return places[np.argsort(-g2[places], kind="stable")[:count]]

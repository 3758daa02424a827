"""How often words occur: the commonest, and the place of one word across and within plays."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from moliere_core.errors import CorpusError
from moliere_core.exploration.index import Bools, Ints, Part, WordIndex, folded
from moliere_core.exploration.words import query_words

MOST_LETTERS = 40  # of a word that is compared: it takes their square, or worse
PER = 10_000  # words that a rate is told for


def top_words(part: Part, count: int, left_out: Bools | None = None) -> pd.DataFrame:
    """The commonest words.

    Args:
        part: where.
        count: how many at most.
        left_out: (types,) those that do not interest, such as `stopwords.mask`.

    Returns:
        Columns `word`, `count`, and `rate` for 10,000 words of the part, all of them counted.
    """
    counts = part.counts if left_out is None else np.where(left_out, 0, part.counts)
    order = np.argsort(-counts, kind="stable")[:count]
    order = order[counts[order] > 0]
    return pd.DataFrame(
        {
            "word": [part.index.types[i] for i in order],
            "count": counts[order],
            "rate": counts[order] * PER / max(len(part.words), 1),
        }
    )


@dataclass(frozen=True, eq=False)
class Hits:
    """Where a query is found.

    Attributes:
        part: what was searched.
        query: its words, in lower case; * stands for any letters.
        places: (hits,) places of each first word in the index' arrays, in order.
    """

    part: Part
    query: tuple[str, ...]
    places: Ints

    def __len__(self) -> int:
        return len(self.places)


def find(part: Part, query: str) -> Hits:
    """Every occurrence of a word, or of words in a row inside one cue.

    Raises:
        CorpusError: there is no word in the query.
    """
    asked = query_words(query)
    if not any(word.strip("*'-") for word in asked):
        raise CorpusError("there is no word in {query!r}: type one, such as argent", query=query)
    index = part.index
    first, *others = (_matching(index, word) for word in asked)
    places = part.words[first[part.ids]]
    last = len(index.ids) - 1
    for step, matching in enumerate(others, 1):
        following = np.minimum(places + step, last)
        same_cue = index.cues[following] == index.cues[places]
        places = places[(places + step <= last) & same_cue & matching[index.ids[following]]]
    return Hits(part, tuple(asked), places)


def suggestions(index: WordIndex, query: str, count: int = 4) -> list[str]:
    """Words of the corpus that look like the query: the same without accents, or nearly so."""
    asked = query_words(query)
    if len(asked) != 1:
        return []
    plain = folded(asked[0].replace("*", ""))
    same = [word for word in index.types if folded(word) == plain and word != asked[0]]
    if same or len(asked[0]) > MOST_LETTERS:
        return same[:count]
    comparable = [word for word in index.types if len(word) <= MOST_LETTERS]
    return get_close_matches(asked[0], comparable, count, cutoff=0.75)


def trend(hits: Hits) -> pd.DataFrame:
    """How often the query occurs in each play of the part, in the order of the corpus.

    Returns:
        Columns `play` (slug), `title`, `count`, `words`, and `rate` for 10,000 words.
    """
    part, index = hits.part, hits.part.index
    size = len(index.corpus.plays)
    counts = np.bincount(index.play_of_cue[index.cues[hits.places]], minlength=size)
    words = np.bincount(part.play_of_word, minlength=size)
    plays = part.plays
    return pd.DataFrame(
        {
            "play": [index.corpus.plays[i] for i in plays],
            "title": part.titles(plays),
            "count": counts[plays],
            "words": words[plays],
            "rate": counts[plays] * PER / np.maximum(words[plays], 1),
        }
    )


@dataclass(frozen=True, eq=False)
class Dispersion:
    """Where in its play each occurrence stands.

    Attributes:
        plays: (hits,) number of the play.
        where: (hits,) from 0, its first word, to 1, float64.
        deviation: Gries' deviation of proportions between the plays' tenths: 0 where the query is
            spread evenly, near 1 where it is all in one place; None without an occurrence.
    """

    plays: Ints
    where: NDArray[np.float64]
    deviation: float | None


def dispersion(hits: Hits) -> Dispersion:
    """Where the query occurs inside each play, and how evenly.

    The place is counted in words of the part: of a speaker's words where one is selected. The
    deviation is that of S. Th. Gries, "Dispersions and adjusted frequencies in corpora" (2008).
    """
    part = hits.part
    order = np.searchsorted(part.words, hits.places)
    plays = part.play_of_word[order]
    sizes = np.bincount(part.play_of_word, minlength=len(part.index.corpus.plays))
    where = part.place_in_play[order] / np.maximum(sizes[plays] - 1, 1)
    deviation = None
    if len(hits):
        tenths = np.minimum(where * 10, 9).astype(np.int64) + 10 * plays
        found = np.bincount(tenths, minlength=10 * len(sizes)) / len(hits)
        expected = np.repeat(sizes / sizes.sum() / 10, 10)
        deviation = float(np.abs(found - expected).sum() / 2)
    return Dispersion(plays, where, deviation)


def acts(part: Part) -> list[tuple[str, float]]:
    """The acts of a part that is of one play, and where each begins, from 0 to 1, in words.

    Empty where the corpus does not tell acts, or has one, or the part is of several plays.
    """
    said = part.frame["act"].to_numpy()
    words = part.index.words_of_cue[part.rows]
    begins = np.flatnonzero(said != np.roll(said, 1))
    if len(part.plays) != 1 or len(begins) < 2 or not words.sum():
        return []
    before = np.concatenate([[0], np.cumsum(words)])
    return [(str(said[i]), float(before[i] / words.sum())) for i in sorted({0, *begins.tolist()})]


def _matching(index: WordIndex, word: str) -> Bools:
    """(types,) which words of the corpus a word of a query stands for."""
    matching = np.zeros(len(index.types), np.bool_)
    if "*" in word:
        parts = word.split("*")
        matching[[i for i, known in enumerate(index.types) if _fits(known, parts)]] = True
    elif word in index.numbers:
        matching[index.numbers[word]] = True
    return matching


def _fits(word: str, parts: list[str]) -> bool:
    """Whether a word is made of these parts, in their order, with any letters between them.

    Each part is looked for where the one before ends, and never again: a regular expression would
    try all places of all parts, which takes hours where a word and a query are long.
    """
    first, *middle, last = parts
    at, end = len(first), len(word) - len(last)
    if at > end or not (word.startswith(first) and word.endswith(last)):
        return False
    for part in middle:
        found = word.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return word.count("'") == sum(part.count("'") for part in parts)  # * is no apostrophe

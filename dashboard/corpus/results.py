"""What the Corpus page computes: one index a corpus, and small answers about its parts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from dashboard.shared import cached
from moliere_core.exploration import (
    Selection,
    WordIndex,
    characters,
    concordance,
    diversity,
    frequency,
    keyness,
    overview,
    speech,
    stopwords,
)
from moliere_core.exploration.characters import Alphabet
from moliere_core.exploration.concordance import Order
from moliere_core.exploration.index import Bools
from moliere_core.exploration.network import Network, co_presence
from moliere_core.exploration.overview import Summary
from moliere_core.exploration.zipf import Zipf, zipf

SLICES = 40  # of a play, that occurrences are counted in


@dataclass(frozen=True, eq=False)
class Word:
    """Where a query occurs.

    Attributes:
        plays: `frequency.trend`, the play that has it most often first.
        where: (plays, SLICES) occurrences in each slice of a play, counted in words.
        count: of all occurrences.
        deviation: `frequency.Dispersion.deviation`.
        acts: of the only play, and where they begin; see `frequency.acts`.
        suggestions: words that look like the query, where it occurs nowhere.
    """

    plays: pd.DataFrame
    where: NDArray[np.int64]
    count: int
    deviation: float | None
    acts: list[tuple[str, float]]
    suggestions: list[str]


@dataclass(frozen=True, eq=False)
class Variety:
    """How words are distributed.

    Attributes:
        law: Zipf's, at as many ranks as its figure has points.
        plays, forms: `diversity.by_play`, `diversity.by_form`; `verse` is the plays' verse share.
    """

    law: Zipf
    plays: pd.DataFrame
    forms: pd.DataFrame


def index(source: str) -> WordIndex:
    """The words of a corpus as numbers: a second for thirty plays, once for all sessions."""
    found = _index(source)
    if found.corpus is not cached.corpus(source):  # it was deleted, and read again
        _index.clear()
        stop_words.clear()
        found = _index(source)
    return found


@st.cache_resource(show_spinner=False, max_entries=4)
def _index(source: str) -> WordIndex:
    return WordIndex.build(cached.corpus(source))


@st.cache_resource(show_spinner=False, max_entries=4)
def stop_words(source: str) -> Bools:
    """Which words of a corpus are stop words."""
    return stopwords.mask(index(source))


@st.cache_data(show_spinner=False, max_entries=256)
def summary(source: str, selection: Selection) -> Summary:
    """A part of a corpus in a few figures."""
    return overview.summary(index(source).part(selection))


@st.cache_data(show_spinner=False, max_entries=64)
def plays(source: str, selection: Selection) -> pd.DataFrame:
    """The plays of a part, a row each."""
    return overview.plays(index(source).part(selection))


@st.cache_data(show_spinner=False, max_entries=64)
def beginning(source: str, selection: Selection, rows: int, chars: int) -> tuple[pd.DataFrame, str]:
    """The first rows of a part, and the beginning of its text; cues no longer than that."""
    part = index(source).part(selection)
    table = part.frame.head(rows).copy()
    table["cue"] = table["cue"].str.slice(0, chars)  # a plain text is one cue of a megabyte
    return table, part.text[:chars]


@st.cache_data(show_spinner=False, max_entries=64)
def top_words(source: str, selection: Selection, stops: bool, count: int) -> pd.DataFrame:
    """The commonest words, with or without the stop words."""
    part = index(source).part(selection)
    return frequency.top_words(part, count, None if stops else stop_words(source))


@st.cache_data(show_spinner=False, max_entries=64)
def word(source: str, selection: Selection, query: str) -> Word:
    """Where a word, or several in a row, occur."""
    part = index(source).part(selection)
    hits = frequency.find(part, query)
    spread = frequency.dispersion(hits)
    rows = np.searchsorted(part.plays, spread.plays)
    slices = np.minimum(spread.where * SLICES, SLICES - 1).astype(np.int64)
    where = np.bincount(rows * SLICES + slices, minlength=len(part.plays) * SLICES)
    plays = frequency.trend(hits).sort_values("rate", ascending=False, kind="stable")
    return Word(
        plays=plays.reset_index(drop=True),
        where=where.reshape(-1, SLICES)[plays.index],
        count=len(hits),
        deviation=spread.deviation,
        acts=frequency.acts(part),
        suggestions=[] if len(hits) else frequency.suggestions(part.index, query),
    )


@st.cache_data(show_spinner=False, max_entries=64)
def lines(
    source: str, selection: Selection, query: str, order: Order, first: int, count: int
) -> tuple[int, pd.DataFrame]:
    """How many lines a concordance has, and some of them."""
    hits = frequency.find(index(source).part(selection), query)
    places = concordance.ordered(hits, order)[first : first + count]
    return len(hits), concordance.lines(hits, places)


@st.cache_data(show_spinner=False, max_entries=64)
def shares(source: str, selection: Selection) -> pd.DataFrame:
    """Who says how much."""
    return speech.shares(index(source).part(selection))


@st.cache_data(show_spinner=False, max_entries=64)
def network(source: str, play: str) -> Network:
    """Who meets whom in a play."""
    return co_presence(index(source), play)


@st.cache_data(show_spinner=False, max_entries=64)
def keywords(
    source: str, selection: Selection, against: Selection, stops: bool, count: int
) -> pd.DataFrame:
    """The words that set a part apart from another one."""
    known = index(source)
    left_out = None if stops else stop_words(source)
    return keyness.keywords(known.part(selection), known.part(against), count, left_out)


@st.cache_data(show_spinner=False, max_entries=8)
def play_keywords(source: str, stops: bool, count: int) -> pd.DataFrame:
    """The keywords of every play."""
    return keyness.play_keywords(index(source), count, None if stops else stop_words(source))


@st.cache_data(show_spinner=False, max_entries=64)
def variety(source: str, selection: Selection, points: int) -> Variety:
    """Zipf's law and the variety of the vocabulary."""
    part = index(source).part(selection)
    table = diversity.by_play(part)
    table["verse"] = overview.plays(part)["verse_share"]
    return Variety(
        law=zipf(part).thinned(points),
        plays=table,
        forms=diversity.by_form(part),
    )


@st.cache_data(show_spinner=False, max_entries=64)
def alphabet(source: str, selection: Selection) -> Alphabet:
    """The characters of a part."""
    return characters.alphabet(index(source).part(selection).text)

"""What the Characters page computes of a corpus, once for all sessions."""

from __future__ import annotations

import streamlit as st

from dashboard.shared import cached
from moliere_core.models.dice import DiceModel
from moliere_core.pretrained import cutting
from moliere_core.text.tokenisation import Pruning, char_counts, prune


@st.cache_data(show_spinner=False, max_entries=16)
def counts(source: str) -> dict[str, int]:
    """How often each character of a corpus occurs, the most frequent first."""
    return char_counts(cached.corpus(source).text())


@st.cache_data(show_spinner=False, max_entries=64)
def dice(source: str, play: str) -> DiceModel:
    """What follows each letter in a play, for three dice."""
    return DiceModel.of(cached.corpus(source).select([play]).text())


@st.cache_data(show_spinner=False, max_entries=64)
def pruning(source: str, min_char_freq: int) -> Pruning:
    """The alphabet of a corpus, and what `min_char_freq` removes from it."""
    return prune(counts(source), min_char_freq)


@st.cache_data(show_spinner=False, max_entries=256)
def excerpt(source: str, char: str) -> tuple[str, str] | None:
    """Where a character first occurs in a corpus: the text just before, and just after."""
    text = cached.corpus(source).text()
    at = text.find(char)
    if at < 0:
        return None
    return text[max(0, at - 30) : at], text[at + 1 : at + 31]


@st.cache_data(show_spinner=False, max_entries=16)
def chars_per_token(reference: str, source: str) -> float | None:
    """How many characters a token of a corpus holds on average, each play cut by itself.

    None of a large vocabulary, which a page does not read.
    """
    corpus = cached.corpus(source)
    texts = [corpus.select([play]).text() for play in corpus.plays]
    tokens = cutting.count(reference, texts)
    return None if tokens is None else sum(map(len, texts)) / max(tokens, 1)

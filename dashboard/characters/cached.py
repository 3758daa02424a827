"""The caches of the Characters page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from dashboard.shared import cached

if TYPE_CHECKING:
    from moliere_core.pretrained.tokenizer import Cut
    from moliere_core.system.work import Work
    from moliere_core.text.tokenisation import Piece, Pruning, SubwordTokenizer


@st.cache_data(show_spinner=False, max_entries=16)
def counts(source: str) -> dict[str, int]:
    """How often each character of a corpus occurs, the most frequent first."""
    from moliere_core.text.tokenisation import char_counts

    return char_counts(cached.corpus(source).text())


@st.cache_data(show_spinner=False, max_entries=64)
def pruning(source: str, min_char_freq: int) -> Pruning:
    """The alphabet of a corpus, and what `min_char_freq` removes from it."""
    from moliere_core.text.tokenisation import prune

    return prune(counts(source), min_char_freq)


@st.cache_data(show_spinner=False, max_entries=256)
def excerpt(source: str, char: str) -> tuple[str, str] | None:
    """Where a character first occurs in a corpus: the text just before, and just after."""
    text = cached.corpus(source).text()
    at = text.find(char)
    if at < 0:
        return None
    return text[max(0, at - 30) : at], text[at + 1 : at + 31]


@st.cache_data(show_spinner=False, ttl=5)
def tokenizers() -> list[str]:
    """Tokenizers on this machine; looked up again every five seconds."""
    from moliere_core.pretrained.cutting import tokenizers

    return tokenizers()


@st.cache_resource(show_spinner=False, max_entries=1)
def tokenizer() -> SubwordTokenizer:
    """The shipped tokenizer, opened once for all sessions."""
    from moliere_core.text.tokenisation import load_tokenizer

    return load_tokenizer()


def cut(reference: str, text: str) -> Cut | None:
    """A text in the tokens of a model; None while a large vocabulary is being read.

    Raises:
        ModelError: the tokenizer cannot be read.
    """
    work = reading(reference, text)
    if work.lost():
        reading.clear(reference, text)  # asked again the next time
    return None if work.cancelled() else work.found()


@st.cache_resource(show_spinner=False, max_entries=256)
def reading(reference: str, text: str) -> Work[Cut]:
    """The same as a work; where the vocabulary is small, it is done."""
    from moliere_core.pretrained import cutting
    from moliere_core.system.work import Work

    found = cutting.cut(reference, text)
    return found if isinstance(found, Work) else Work.of(found)


@st.cache_data(show_spinner=False, max_entries=256)
def pieces(text: str) -> list[Piece]:
    """The tokens of a text, by the shipped tokenizer."""
    return tokenizer().pieces(text)


@st.cache_data(show_spinner=False, max_entries=512)
def pieces_after(text: str, merges: int) -> list[Piece]:
    """The tokens of a text if the shipped tokenizer's training had stopped after so many merges."""
    return tokenizer().pieces_after(text, merges)


@st.cache_data(show_spinner=False, max_entries=16)
def chars_per_token(reference: str, source: str) -> float | None:
    """How many characters a token of a corpus holds on average, each play cut by itself.

    None of a large vocabulary, which a page does not read.
    """
    from moliere_core.pretrained import cutting

    corpus = cached.corpus(source)
    texts = [corpus.select([play]).text() for play in corpus.plays]
    tokens = cutting.count(reference, texts)
    return None if tokens is None else sum(map(len, texts)) / max(tokens, 1)

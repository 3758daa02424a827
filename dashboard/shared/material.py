"""A corpus as a training reads it: its text, its alphabet, what is held out; and a series."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from dashboard.shared import cached
from moliere_core.config import RunConfig
from moliere_core.corpus import split
from moliere_core.text.normalise import normalise
from moliere_core.text.vocabulary import Ids, Vocabulary


@dataclass(frozen=True, eq=False)
class Material:
    """A corpus, ready to be cut into windows.

    Attributes:
        text: what a training reads, normalised.
        ids: its characters as integers, shape (chars,).
        vocabulary: its alphabet.
        cues: characters of each cue of the corpus, in order: the series of numbers.
        held: the text held out, normalised.
        held_cues: its cues, normalised; of all plays where no play is held out.
    """

    text: str
    ids: Ids
    vocabulary: Vocabulary
    cues: tuple[int, ...]
    held: str
    held_cues: tuple[str, ...]


@st.cache_resource(show_spinner=False, max_entries=4)
def material(source: str) -> Material:
    """The text and the series of a corpus."""
    corpus = cached.corpus(source)
    validation = RunConfig().validation
    texts = split(corpus, (), validation)
    text, held = normalise(texts.train_text), normalise(texts.validation_text)
    vocabulary = Vocabulary.from_text(text)
    plays = [play for play in validation if play in corpus.plays]
    cues = corpus.select(plays).frame["cue"] if texts.held_out == "plays" else corpus.frame["cue"]
    return Material(
        text=text,
        ids=vocabulary.encode(text),
        vocabulary=vocabulary,
        cues=tuple(corpus.frame["cue"].str.len().tolist()),
        held=held,
        held_cues=tuple(normalise(cue) for cue in cues),
    )

"""Plays as tables of cues: where they come from, how they are chosen, and their text."""

from moliere_core.corpus import library
from moliere_core.corpus.corpus import COLUMNS, Corpus, Split, split
from moliere_core.corpus.sources import EMBEDDED, MESSAGES, load_corpus

__all__ = ["COLUMNS", "EMBEDDED", "MESSAGES", "Corpus", "Split", "library", "load_corpus", "split"]

"""What `copies`, `verse` and `judge` have in common: the text, and what a model has read."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from moliere_core.errors import CorpusError, MoliereError

if TYPE_CHECKING:
    from moliere_core.corpus import Corpus
    from moliere_core.judging.sources import Sources


def text_of(file: str) -> Corpus:
    """The file as a corpus; CorpusError if it holds no text."""
    from moliere_core.corpus import load_corpus

    corpus = load_corpus(file)
    if not corpus.text().strip():
        raise CorpusError("{name} is empty: give at least one character", name=file)
    return corpus


def what_was_read(model: str) -> Sources:
    """What a model was trained on, with the corpora that are on this machine."""
    from moliere_core.judging.sources import sources

    return sources(model, known_corpora())


def known_corpora() -> list[Corpus]:
    """The corpora that are at hand: what `MOLIERE_CORPUS` names, and what has been fetched."""
    from moliere_core.corpus import library, load_corpus

    found = [load_corpus()] if os.environ.get("MOLIERE_CORPUS") else []
    for entry in library.entries():
        try:
            found.append(library.load(entry.id))
        except MoliereError:  # a copy that is damaged is not at hand
            continue
    return found

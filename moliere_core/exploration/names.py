"""Which words are names of characters."""

from __future__ import annotations

import numpy as np

from moliere_core.exploration.index import Bools, Ints, WordIndex
from moliere_core.exploration.stopwords import stop_words
from moliere_core.exploration.words import words_of

# Said before a name, and of everybody: they tell a tone, not a person.
TITLES = """
    monsieur madame mademoiselle maître maîtresse don done dom dona seigneur sieur messire sire
    docteur
"""
ALWAYS_CAPITAL = 0.9  # share of a name's occurrences: médecin is a role in some plays, not a name


def mask(index: WordIndex, plays: Ints) -> Bools:
    """(types,) words that name a character of some plays, which are given by their numbers.

    A name is a word of the column `speaker` that the corpus nearly always writes with a capital.
    Otherwise it is a role, which keywords should keep; titles and stop words are kept, too.
    """
    codes = np.unique(index.speaker_of_cue[np.isin(index.play_of_cue, plays)])
    spoken = {word for code in codes if code >= 0 for word in words_of(index.speakers[code])}
    spoken -= {*TITLES.split(), *stop_words()}
    known = [index.numbers[word] for word in spoken if word in index.numbers]
    named = np.zeros(len(index.types), np.bool_)
    named[known] = True
    return named & (index.capital_share >= ALWAYS_CAPITAL)

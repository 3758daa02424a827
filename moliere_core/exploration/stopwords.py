"""Words that say little by themselves: le, de, que, vous.

The list is the French one of the package `stop-words` (BSD licence), less the nouns that it also
has and that a theatre lives by, and with what `assets/stopwords/fr.txt` adds. A word with hyphens
is one where all of its parts are: est-ce, moi-même.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from stop_words import get_stop_words

from moliere_core.assets import ASSETS
from moliere_core.exploration.index import Bools, WordIndex

ADDED_PATH = ASSETS / "stopwords" / "fr.txt"
MEANINGFUL = """
    début dixit droite essai force forces grande haut juste mine mot nom nommé nommée nommés
    nouveau nouveaux parole pièce sujet valeur
"""


@cache
def stop_words() -> frozenset[str]:
    """The list, in lower case."""
    packaged = frozenset(word.strip(".").lower() for word in get_stop_words("fr"))
    added = [
        word
        for line in ADDED_PATH.read_text(encoding="utf-8").splitlines()
        for word in line.split()
        if not line.startswith("#")
    ]
    return (packaged - frozenset(MEANINGFUL.split())) | frozenset(added)


def mask(index: WordIndex) -> Bools:
    """(types,) which words of a corpus are stop words."""
    known = stop_words()
    return np.fromiter(
        (
            word in known or all(part in known for part in word.rstrip("'").split("-"))
            for word in index.types
        ),
        np.bool_,
        len(index.types),
    )
